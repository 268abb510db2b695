"""Public registers of the sandbox: the same question always gets the same invented answer. No real person is in it.

A number ending in 0 is unknown to every register, so that the way by hand can be shown as well.
"""
from __future__ import annotations

import hashlib

EMPLOYERS = (("深圳市前海智造科技有限公司", "91440300MA5DEMO01X"), ("深圳湾精密仪器有限公司", "91440300MA5DEMO02Y"),
             ("鹏城建筑设计研究院有限公司", "91440300MA5DEMO03Z"))
SCHOOLS = ("华南理工大学", "中山大学", "深圳大学", "哈尔滨工业大学", "西安电子科技大学")
MAJORS = ("机械工程", "电子信息工程", "土木工程", "计算机科学与技术", "环境工程")
LEVELS = ("大学本科", "硕士研究生", "大学专科")


def answer_of(register: str, asked: dict[str, str]) -> dict | None:
    """What a register says to the question; None when there is no such register or it knows nothing."""
    register_answer = REGISTERS.get(register)
    values = [value for value in asked.values() if value]
    if register_answer is None or not values or values[0].endswith("0"):
        return None
    return register_answer(_Dice(f"{register} {values[0]}"))


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


def _social_insurance(dice: _Dice) -> dict:
    name, code = dice.pick(EMPLOYERS)
    return {"payer": name, "payer_code": code, "since": f"{dice.number(2008, 2023)}-0{dice.number(1, 9)}"}


def _diploma(dice: _Dice) -> dict:
    begun, level = dice.number(1996, 2015), dice.pick(LEVELS)
    years = {"大学本科": 4}.get(level, 3)
    return {
        "institution": dice.pick(SCHOOLS), "begun_on": f"{begun}-09-01", "ended_on": f"{begun + years}-07-01",
        "education": level, "subject": dice.pick(MAJORS), "mode": dice.pick(("全日制", "非全日制")),
    }


def _exam(dice: _Dice) -> dict:
    return {"result": dice.pick(("合格", "合格", "不合格")), "score": dice.number(45, 98), "sat_on": f"{dice.number(2015, 2025)}-10-15"}


REGISTERS = {"social-insurance": _social_insurance, "diploma": _diploma, "exam": _exam}
