"""Public registers as they are invented: the same question always gets the same answer. No real person is in it.

For the sandbox, which answers over HTTP, and for walks of the workbench, which ask nobody outside; never for real cases.

What a number ends in says how the register behaves: 0 it knows nothing; 9999 it answers too late; 9998 it answers with
something that nobody can read; 7 (insurance) the person is employed through an agency that has no account here.
"""
from __future__ import annotations

import hashlib

EMPLOYERS = (("深圳市艾克米精密机械有限公司", "D2143569-X"), ("深圳湾市第一人民医院", "12440300000000019R"))
AGENCY = ("深圳市通达人力资源服务有限公司", "91440300MA5FK7T62C")
SCHOOLS = ("华南理工大学", "中山大学", "深圳大学", "哈尔滨工业大学", "西安电子科技大学")
MAJORS = ("机械工程", "电子信息工程", "土木工程", "计算机科学与技术", "环境工程")
LEVELS = ("21", "14", "31")  # GB/T 4658: first degree, master's programme, college
SUBJECTS = ("机械工程师专业实践能力考试", "电子信息专业实践能力考试", "卫生专业实践能力考试")
SLOW, GARBLED = "9999", "9998"


def mood_of(asked: dict[str, str]) -> str:
    """How a register takes this question: "slow", "garbled" or ""."""
    values = [value for value in asked.values() if value]
    return {SLOW: "slow", GARBLED: "garbled"}.get(values[0][-4:], "") if values else ""


def answer_of(register: str, asked: dict[str, str]) -> dict | None:
    """What a register says to the question; None when there is no such register or it knows nothing."""
    register_answer = REGISTERS.get(register)
    values = [value for value in asked.values() if value]
    if register_answer is None or not values or values[0].endswith("0"):
        return None
    return register_answer(_Dice(" ".join([register, *values])), values)


class _Dice:
    """Choices that follow from a text alone."""

    def __init__(self, seed: str):
        self._bytes = hashlib.sha256(seed.encode()).digest()
        self._place = 0

    def pick(self, options):
        self._place += 1
        return options[self._bytes[self._place] % len(options)]

    def number(self, first: int, last: int) -> int:
        return self.pick(range(first, last + 1))


def _social_insurance(dice: _Dice, asked: list[str]) -> dict:
    if asked[0].endswith("7"):
        name, code = AGENCY
    else:
        name, code = EMPLOYERS[asked[0][-1] in "345"]
    return {"payer": name, "payer_code": code, "since": f"{dice.number(2008, 2023)}-0{dice.number(1, 9)}"}


def _diploma(dice: _Dice, asked: list[str]) -> dict:
    begun, level = dice.number(1996, 2015), dice.pick(LEVELS)
    years = {"21": 4}.get(level, 3)
    return {
        "institution": dice.pick(SCHOOLS), "begun_on": f"{begun}-09-01", "ended_on": f"{begun + years}-07-01",
        "education": level, "subject": dice.pick(MAJORS), "mode": dice.pick(("full_time", "part_time")),
    }


def _exam(dice: _Dice, asked: list[str]) -> dict:
    day = f"{dice.number(2018, 2025)}-10-{dice.number(10, 20)}"
    return {"subject": dice.pick(SUBJECTS), "score": str(dice.number(60, 98)), "begun_on": day, "ended_on": day}


REGISTERS = {"social-insurance": _social_insurance, "diploma": _diploma, "exam": _exam}
