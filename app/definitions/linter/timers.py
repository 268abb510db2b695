"""Whether the expression of a timer can give a moment or a duration at all. What is surely neither is told."""
from __future__ import annotations

import json
import re

from app.expressions import Expression

from ..diagrams import Element
from ..durations import parse_duration
from .dataflow import UNKNOWN, assigned
from .knowledge import Knowledge

_KINDS = {"bool": "是或否", "number": "数", "list": "列表"}
_MAY_BE_A_DATE = frozenset({"text", "long_text", "date", "month", "read_only", "shown", "choice", "look_up", "lookup", "entry", "code"})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


def fault_of(known: Knowledge, expression: Expression, kind: str) -> str:
    """Why an expression gives no date (`timeDate`) or duration (`timeDuration`); "" when it may."""
    if expression.kind in _KINDS:
        return f"得出的是{_KINDS[expression.kind]}"
    constant = _constant(expression.text)
    if constant is not UNKNOWN:
        return _fault_of_value(constant, kind)
    root, _, rest = expression.text.strip().partition(".")
    if root == "form" and re.fullmatch(r"\w+\.\w+", rest):
        return _fault_of_field(known, *rest.split("."))
    if root == "vars" and re.fullmatch(r"\w+", rest):
        return _fault_of_variable(known, rest, kind)
    return ""


def _constant(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return UNKNOWN


def _fault_of_value(value, kind: str) -> str:
    if not isinstance(value, str):
        return f"得出的是{json.dumps(value)}"
    if kind == "timeDate":
        return "" if _MOMENT.fullmatch(value) else f"“{value}”不是日期或时刻"
    try:
        parse_duration(value)
    except ValueError:
        return f"“{value}”不是时长"
    return ""


def _fault_of_field(known: Knowledge, form: str, key: str) -> str:
    field = known.forms[form].field(key) if form in known.forms else None
    if field is None or field.type in _MAY_BE_A_DATE:
        return ""
    return f"字段“{field.label or key}”填的不是日期"


def _fault_of_variable(known: Knowledge, name: str, kind: str) -> str:
    """Every script that writes the variable writes a constant that will not do, and nothing else writes it."""
    written = [value for process in known.processes for element in process.walk() for value in _written(element, name)]
    faults = [UNKNOWN if value is UNKNOWN else _fault_of_value(value, kind) for value in written]
    return f"vars.{name} {faults[0]}" if faults and all(fault and fault is not UNKNOWN for fault in faults) else ""


def _written(element: Element, name: str) -> list:
    return [value for target, value in assigned(element) if target == f"vars.{name}"] if element.kind == "scriptTask" else []
