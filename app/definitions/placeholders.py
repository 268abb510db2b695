"""`${…}` in scenario files: variables of a repetition, made-up people, ranges as lists. Known when a file is read.

What only a running case knows (its number, its variables) keeps its `${…}` and is filled in by whoever runs the scenario.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.identifiers import id_card_check_digit

from .yaml_reader import Listed, Mapped

WHEN_RUNNING = ("case", "cases", "vars")        # filled in by the runner
MOST_PEOPLE = 5_000
_PLACEHOLDER = re.compile(r"\$\{([^${}]*)\}")
_RANGE = re.compile(r"(.*?)(\d+)\s*\.\.\s*(.*?)(\d+)")
_AS_THEY_ARE = frozenset({"answers", "payload", "with", "vars", "wait_workdays", "refused"})   # numbers stay numbers below these
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = ("伟强", "静怡", "思远", "晓峰", "雨桐", "志明", "佳宁", "海波", "文博", "秀兰", "建华", "子涵", "立新", "梦洁", "国庆",
          "玉梅", "家豪", "欣然", "永康")
_FIRST_BIRTH = date(1984, 1, 9)


class PlaceholderError(ValueError):
    """Why a placeholder cannot be filled; the text is for the analyst."""


def substituted(value, resolve: Callable[[str], object], *, typed: bool = True):
    """The value with what `resolve` knows put in; None from it leaves a placeholder as it is.

    A list that stands for a member of a list becomes its members. Lines of a reading are kept.
    """
    if isinstance(value, str):
        return _text(value, resolve, typed)
    if isinstance(value, dict):
        return _mapping(value, resolve, typed)
    return _members(value, resolve, typed) if isinstance(value, list) else value


def _mapping(value: dict, resolve, typed: bool) -> dict:
    result = Mapped(value.line) if isinstance(value, Mapped) else {}
    for key, member in value.items():
        name = str(_text(key, resolve, False))
        result[name] = substituted(member, resolve, typed=typed or key in _AS_THEY_ARE)
        if isinstance(result, Mapped):
            result.lines[name] = value.lines[key]
    return result


def _members(value: list, resolve, typed: bool) -> list:
    result = Listed(value.line) if isinstance(value, Listed) else []
    for place, member in enumerate(value):
        found = substituted(member, resolve, typed=typed)
        spliced = found if isinstance(found, list) and isinstance(member, str) else [found]
        result.extend(spliced)
        if isinstance(result, Listed):
            result.lines.extend([value.lines[place]] * len(spliced))
    return result


def _text(text: str, resolve, typed: bool):
    while "${" in text:     # inner ones first: ${case:a${n}}
        whole = _PLACEHOLDER.fullmatch(text)
        if whole and (found := resolve(whole[1].strip())) is not None:
            return found if typed or isinstance(found, list) else str(found)
        filled = _PLACEHOLDER.sub(lambda match: _within(resolve(match[1].strip()), match[0]), text)
        if filled == text:
            break
        text = filled
    return text


def _within(found, written: str) -> str:
    if found is None:
        return written
    return "、".join(map(str, found)) if isinstance(found, list) else str(found)


def resolver(names: Mapping[str, object]) -> Callable[[str], object]:
    """What the names of a repetition and the made-up people stand for. Raises PlaceholderError for anything else."""
    def resolve(written: str):
        kind, colon, argument = (part.strip() for part in written.partition(":"))
        if colon and kind in WHEN_RUNNING:
            return None
        if colon and kind == "list":
            return listed(argument)
        if colon and kind in _MADE_UP:
            return _MADE_UP[kind](_number(argument, names))
        if written in names:
            return names[written]
        raise PlaceholderError(f"不知道“${{{written}}}”是什么；可以写的有：{'、'.join([*names, *_HINTS])}")
    return resolve


def listed(text: str) -> list[str]:
    """`a1..a6, a8` as a list: every part is a word, or a first and a last one that count up. Zeroes in front are kept."""
    found: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        match = _RANGE.fullmatch(part)
        found += [part] if match is None else _counted(part, *match.groups())
        if len(found) > MOST_PEOPLE:
            raise PlaceholderError(f"最多写 {MOST_PEOPLE} 个")
    return [part for part in found if part]


def _counted(part: str, before: str, first: str, again: str, last: str) -> list[str]:
    if again not in ("", before):
        raise PlaceholderError(f"“{part}”的两头不是同一种编号")
    if not int(first) <= int(last) < int(first) + MOST_PEOPLE:
        raise PlaceholderError(f"“{part}”应从小到大，最多 {MOST_PEOPLE} 个")
    width = len(first) if first.startswith("0") else 0
    return [f"{before}{number:0{width}d}" for number in range(int(first), int(last) + 1)]


def _number(argument: str, names: Mapping[str, object]) -> int:
    found = str(names.get(argument, argument))
    if not found.isdecimal() or not 0 < int(found) <= MOST_PEOPLE:
        raise PlaceholderError(f"“{argument}”应是 1 到 {MOST_PEOPLE} 的数字，或者 for 里的名称")
    return int(found)


def _birth(number: int) -> str:
    return (_FIRST_BIRTH + timedelta(days=number * 137 % 2200)).isoformat()


def _id(number: int) -> str:
    """A resident number with a right check digit. Area 440399 is nobody's: these numbers belong to no living person."""
    first17 = f"440399{_birth(number).replace('-', '')}{number % 1000:03d}"
    return first17 + id_card_check_digit(first17)


def _sex(number: int) -> str:
    return "1" if number % 2 else "2"


def _name(number: int) -> str:
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % len(_GIVEN)]


def _phone(number: int) -> str:
    return f"139{number:08d}"


def _serial(number: int) -> str:
    return f"{number:04d}"


_MADE_UP = {"id": _id, "birth": _birth, "sex": _sex, "name": _name, "phone": _phone, "serial": _serial}
_HINTS = ["id:n", "birth:n", "sex:n", "name:n", "phone:n", "serial:n", "list:a1..a9", "case:名称", "cases:a1..a9", "vars:名称.变量"]
