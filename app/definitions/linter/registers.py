"""Registers: their forms, the columns they name, their roles, and the entries that `demo.yml` brings."""
from __future__ import annotations

from ..errors import near_miss
from ..registers import Register
from ..supplements import load_demo
from .expressions import Place, check_expression
from .knowledge import Knowledge
from .processes import check_role


def check_registers(known: Knowledge) -> None:
    path = known.procedure.registers_path
    for register in known.registers.values():
        form = known.forms.get(register.form)
        if form is None:
            if register.form not in known.forms_broken:
                known.findings.add("unknown-form", path, register.key,
                                   f"台账“{register.title}”：没有表单“{register.form}”{near_miss(register.form, known.forms)}")
            continue
        for role in register.managed_by:
            check_role(known, path, register.key, role, f"台账“{register.title}”的 managed_by")
        _check_columns(known, register, [field.key for field in form.fields()])
        place = Place(path, register.key, f"台账“{register.title}”的 name", frozenset({"row"}), form, tuple(form.fields()))
        check_expression(known, register.name, place)
    _check_demo(known)


def _check_columns(known: Knowledge, register: Register, keys: list[str]) -> None:
    for name in (*register.unique, *register.kept, *register.list_columns, *filter(None, (register.announces, register.announced_from, register.announced_until))):
        if name not in keys:
            known.findings.add("unknown-field", known.procedure.registers_path, register.key,
                               f"台账“{register.title}”：表单“{register.form}”没有字段“{name}”{near_miss(name, keys)}")


def _check_demo(known: Knowledge) -> None:
    path = f"processes/{known.procedure.name}/demo.yml"
    if path not in known.procedure.files:
        return
    for name in (known.read(path, load_demo) or {}).get("registers") or {}:
        if name not in known.registers:
            known.findings.add("unknown-register", path, name, f"没有台账“{name}”{near_miss(name, known.registers)}")
