"""Whether an expression compiles and everything it names exists. Each place where one may stand comes through here.

| place                                                        | checked by                |
|--------------------------------------------------------------|---------------------------|
| conditions of flows; `when`, `reason`… on flows              | flows.py                  |
| scripts, timers, multi-instance collection and completion    | activities.py             |
| service input and output parameters                          | activities.py             |
| `scope`, `when`, `due` of lanes, tasks, boundary events      | processes.py, activities.py |
| `summary` of processes                                       | processes.py              |
| inputs, input cells and output cells of decision tables      | tables.py                 |
| conditions, defaults, generated texts and rules of forms     | forms.py                  |
| `available_when` of reports                                  | reports.py                |
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.expressions import Expression, ExpressionError, compile_cell, compile_expression
from app.expressions.functions import ACTOR_MEMBERS, CASE_MEMBERS, TASK_MEMBERS

from ..errors import near_miss
from ..form import Field, Form
from .knowledge import Knowledge

BASE = frozenset({"form", "case", "task", "actor", "outcome", "vars", "now", "today"})
MEMBERS = frozenset({"item", "index"})
FORM_ACTOR = frozenset({"profile", "units"})      # what forms see of an actor besides
TEXT_TYPES = frozenset({"text", "long_text", "choice", "date", "month", "read_only", "person", "organisation"})


@dataclass(frozen=True)
class Place:
    """Where an expression stands: for the message, and which roots it may use there."""
    file: str
    element: str
    what: str
    roots: frozenset[str] = BASE
    form: Form | None = None
    row: tuple[Field, ...] = field(default=())      # columns that `row` has
    account: bool = False                           # whether the account's own data may be read here


def check_expression(known: Knowledge, text: str | None, place: Place, compile_text: Callable = compile_expression):
    """The compiled expression, None when there is none or it does not compile. Every fault becomes a finding."""
    if not text:
        return None
    try:
        expression = compile_text(text)
    except ExpressionError as error:
        hint = "；不要写 ${…}，直接写表达式" if "${" in text else ""
        known.findings.add(error.code, place.file, place.element, f"{place.what}：{error.message}{hint}")
        return None
    if expression is not None:
        check_names(known, expression, place)
    return expression


def check_cell(known: Knowledge, text: str, place: Place) -> Expression | None:
    return check_expression(known, text, place, compile_cell)


def check_names(known: Knowledge, expression: Expression, place: Place) -> None:
    """Whether the paths of a compiled expression lead somewhere."""
    for path in sorted(expression.paths | expression.row_paths):
        root, *rest = path.split(".")
        root, rest = (root.removesuffix("[]"), rest)
        if root not in place.roots:
            _tell(known, place, "unknown-root", f"此处没有“{root}”{near_miss(root, place.roots)}", expression)
        elif root in _CHECKS:
            _CHECKS[root](known, expression, place, rest)
    for path in expression.sized:
        field = _field_of(known, place, path.split("."))
        if field is not None and field.type in TEXT_TYPES:
            _tell(known, place, "size-of-text", f"“{path}”是文字，长度请用 length(…)", expression)


def _tell(known: Knowledge, place: Place, code: str, why: str, expression: Expression) -> None:
    known.findings.add(code, place.file, place.element, f"{place.what}：{why}（表达式：{expression.text}）")


def _form_path(known, expression, place, rest) -> None:
    if not rest:
        return
    key, *inner = rest
    form = known.forms.get(key)
    if form is None:
        if key not in known.forms_broken:
            _tell(known, place, "unknown-form", f"没有表单“{key}”{near_miss(key, known.forms)}", expression)
    elif inner:
        _field_path(known, expression, place, form, inner)


def _answers_path(known, expression, place, rest) -> None:
    if place.form is not None and rest:
        _field_path(known, expression, place, place.form, rest)


def _row_path(known, expression, place, rest) -> None:
    if rest:
        _column(known, expression, place, place.row, rest[0].removesuffix("[]"), "这一行")


def _field_path(known, expression, place, form: Form, rest: list[str]) -> None:
    name = rest[0].removesuffix("[]")
    field = form.field(name)
    if field is None or field.type == "note":
        keys = [field.key for field in form.fields()]
        _tell(known, place, "unknown-field", f"表单“{form.key}”没有字段“{name}”{near_miss(name, keys)}", expression)
    elif field.type == "ballot":
        _tell(known, place, "unknown-field", f"“{name}”是秘密投票，任何表达式都读不到", expression)
    elif field.type == "table" and rest[0].endswith("[]") and len(rest) > 1:
        _column(known, expression, place, field.all_columns(), rest[1].removesuffix("[]"), f"表格“{name}”")


def _column(known, expression, place, columns, name: str, what: str) -> None:
    keys = [column.key for column in columns]
    if name not in keys:
        _tell(known, place, "unknown-field", f"{what}没有“{name}”这一列{near_miss(name, keys)}", expression)


def _members(members: frozenset[str], what: str):
    def check(known, expression, place, rest) -> None:
        if rest and rest[0].removesuffix("[]") not in members:
            _tell(known, place, "unknown-member", f"{what} 没有“{rest[0]}”{near_miss(rest[0], members)}", expression)
    return check


def _case_path(known, expression, place, rest) -> None:
    _members(CASE_MEMBERS, "case")(known, expression, place, rest)
    if len(rest) < 2:
        return
    if rest[0] == "visits" and rest[1] not in known.element_ids:
        _tell(known, place, "unknown-element", f"没有环节“{rest[1]}”{near_miss(rest[1], known.element_ids)}", expression)
    if rest[0] == "parties" and rest[1] not in known.parties:
        _tell(known, place, "unknown-party", f"没有当事方“{rest[1]}”{near_miss(rest[1], known.parties)}", expression)


def _actor_path(known, expression, place, rest) -> None:
    """The account's own data is for forms: what diagrams decide must not hang on it (replay)."""
    members = ACTOR_MEMBERS | FORM_ACTOR if place.form is not None or place.account else ACTOR_MEMBERS
    _members(members, "actor")(known, expression, place, rest)


def _vars_path(known, expression, place, rest) -> None:
    name = rest[0].removesuffix("[]") if rest else ""
    if name and name not in known.variables:
        _tell(known, place, "unknown-variable", f"没有任何环节写入 vars.{name}{near_miss(name, known.variables)}", expression)


_CHECKS = {
    "form": _form_path, "answers": _answers_path, "row": _row_path, "case": _case_path, "vars": _vars_path,
    "task": _members(TASK_MEMBERS, "task"), "actor": _actor_path,
}


def _field_of(known: Knowledge, place: Place, path: list[str]) -> Field | None:
    if path[0] == "form" and len(path) == 3 and path[1] in known.forms:
        return known.forms[path[1]].field(path[2])
    if path[0] == "answers" and len(path) == 2 and place.form:
        return place.form.field(path[1])
    if path[0] == "row" and len(path) == 2:
        return next((column for column in place.row if column.key == path[1]), None)
    return None
