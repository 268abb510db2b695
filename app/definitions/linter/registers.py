"""Registers: their forms, the columns they name, their roles, and the entries that `demo.yml` brings."""
from __future__ import annotations

import re

from ..errors import near_miss
from ..registers import Register
from ..supplements import load_demo
from .expressions import Place, check_expression
from .knowledge import Knowledge
from .pools import check_pool
from .processes import check_role

_PLACES = re.compile(r"\{([^{}]+)\}")
_ONE = frozenset({"row", "others", "before", "today"})
_PERIOD = frozenset({"rows", "before", "today"})


def check_registers(known: Knowledge) -> None:
    path = known.procedure.registers_path
    for register in known.registers.values():
        form = known.forms.get(register.form)
        if form is None:
            if register.form not in known.forms_broken:
                known.findings.add("unknown-form", path, register.key,
                                   f"台账“{register.title}”：没有表单“{register.form}”{near_miss(register.form, known.forms)}")
            continue
        for name in ("managed_by", "seen_by"):
            for role in getattr(register, name):
                check_role(known, path, register.key, role, f"台账“{register.title}”的 {name}")
        for role in register.within.roles if register.within else ():
            check_role(known, path, register.key, role, f"台账“{register.title}”的 within")
        _check_columns(known, register, [field.key for field in form.fields()])
        place = Place(path, register.key, f"台账“{register.title}”的 name", frozenset({"row"}), form, tuple(form.fields()))
        check_expression(known, register.name, place)
        _check_opening(known, register, form)
        check_pool(known, register, form)
        if register.bars:
            check_expression(known, register.bars.key, Place(path, register.key, f"台账“{register.title}”的 bars.key", frozenset({"row"}), form, tuple(form.fields())))
    _check_demo(known)


def _check_columns(known: Knowledge, register: Register, keys: list[str]) -> None:
    for name in (*register.unique, *register.kept, *register.list_columns, *register.cutoffs, *_opening_columns(register), *_ruling_columns(register), *filter(None, (register.announces, register.announced_from, register.announced_until))):
        if name not in keys:
            known.findings.add("unknown-field", known.procedure.registers_path, register.key,
                               f"台账“{register.title}”：表单“{register.form}”没有字段“{name}”{near_miss(name, keys)}")


def _opening_columns(register: Register) -> tuple[str, ...]:
    return (register.opening.period, *register.opening.shifts) if register.opening else ()


def _ruling_columns(register: Register) -> tuple[str, ...]:
    """The columns that bars, the numbering and the organisation are read from."""
    bars, numbering = register.bars, register.numbering
    names = ((bars.begins, bars.ends, bars.reason) if bars else ()) + ((numbering.pattern, numbering.begins, numbering.ends, numbering.kind) if numbering else ())
    return tuple(filter(None, (*names, register.within.column if register.within else "")))


def _check_opening(known: Knowledge, register: Register, form) -> None:
    """The expressions of what is checked before entries are opened."""
    path, columns = known.procedure.registers_path, tuple(form.fields())
    for roots, checks in ((_ONE, register.opening.checks), (_PERIOD, register.opening.period_checks)) if register.opening else ():
        for check in checks:
            what = f"台账“{register.title}”的检查“{check.message[:20]}”"
            for text, more in ((check.rule, frozenset()), (check.each, frozenset()), *((inner, frozenset({"item"})) for inner in _PLACES.findall(check.message + check.message_en))):
                check_expression(known, text, Place(path, register.key, what, roots | more, form, columns))


def _check_demo(known: Knowledge) -> None:
    path = f"processes/{known.procedure.name}/demo.yml"
    if path not in known.procedure.files:
        return
    for name in (known.read(path, load_demo) or {}).get("registers") or {}:
        if name not in known.registers:
            known.findings.add("unknown-register", path, name, f"没有台账“{name}”{near_miss(name, known.registers)}")
