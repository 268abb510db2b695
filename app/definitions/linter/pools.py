"""Pools: the column of the person, the registers looked into, and the conditions of draws and recusals."""
from __future__ import annotations

from ..errors import near_miss
from ..pools import Record
from ..registers import Register
from .expressions import Place, check_expression
from .knowledge import Knowledge

_DRAW = frozenset({"row", "criteria", "records", "started", "today"})
_RELATION = frozenset({"row", "form", "case", "today"})


def check_pool(known: Knowledge, register: Register, form) -> None:
    pool = register.pool
    if pool is None:
        return
    _check_person(known, register, form, pool.person)
    for record in pool.records.values():
        _check_record(known, register, record)
    path, columns = known.procedure.registers_path, tuple(form.fields())
    texts = [("eligible_when", pool.eligible_when, _DRAW), *((f"excluded_when“{ground.reason}”", ground.when, _DRAW) for ground in pool.excluded_when),
             *((f"relations“{ground.reason}”", ground.when, _RELATION) for ground in pool.relations)]
    for what, text, roots in texts:
        check_expression(known, text, Place(path, register.key, f"台账“{register.title}”的 {what}", roots, form, columns))


def _check_person(known: Knowledge, register: Register, form, column: str) -> None:
    field = form.field(column)
    if field is None or field.type != "person":
        keys = [one.key for one in form.fields() if one.type == "person"]
        known.findings.add("unknown-field", known.procedure.registers_path, register.key,
                           f"台账“{register.title}”：pool 的 person 应是表单“{form.key}”中 person 类型的字段，“{column}”不是{near_miss(column, keys)}")


def _check_record(known: Knowledge, register: Register, record: Record) -> None:
    other = known.registers.get(record.register)
    if other is None:
        known.findings.add("unknown-register", known.procedure.registers_path, register.key,
                           f"台账“{register.title}”的 records：没有台账“{record.register}”{near_miss(record.register, known.registers)}")
    elif other.form in known.forms:
        theirs = known.forms[other.form]
        if not record.own:
            _check_person(known, other, theirs, record.person)
        _check_columns(known, register, theirs, (record.person, *record.columns))
        _check_columns(known, register, known.forms[register.form], (record.own,) if record.own else ())


def _check_columns(known: Knowledge, register: Register, form, columns: tuple[str, ...]) -> None:
    keys = [field.key for field in form.fields()]
    for column in columns:
        if column not in keys:
            known.findings.add("unknown-field", known.procedure.registers_path, register.key,
                               f"台账“{register.title}”的 records：表单“{form.key}”没有字段“{column}”{near_miss(column, keys)}")
