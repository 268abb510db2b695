"""Registers in and out of Excel: the same columns both ways; a file is taken whole or not at all."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app import sheets
from app.errors import AnswersInvalid
from app.registers.editing import Declared, add_entry, change_entry, checked, choices_of, context_of, ensure_can_keep
from app.registers.models import RegisterEntry
from app.registers.reading import cells
from app.registers.within import is_met
from app.rendering.codes import options_of
from app.rendering.field_types import field_type
from app.rendering.scene import Scene
from app.store import session, transaction

KEY = "entry-key"
_NO_CELL = ("table", "file", "photo", "ballot", "cases", "look_up", "entry", "people", "cascade")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell of a file: `line` as Excel counts."""

    line: int
    label: str
    message: str


class _Refused(Exception):
    """Undoes a file of which some lines are wrong."""


def columns_of(register: Declared) -> list[sheets.Column]:
    """The columns of the table: first the key, empty for a new entry."""
    own = [sheets.Column(f.key, f.label, required=f.required, code=f.type in ("text", "choice") and bool(f.format)) for f in _fields(register)]
    return [sheets.Column(KEY, _("条目标识"), width=20), *own]


def _fields(register: Declared) -> list:
    return [f for f in register.form.fields() if field_type(f).has_value and f.type not in _NO_CELL and not (f.hidden or f.readonly)]


def export(register: Declared, query, *, actor, clock) -> bytes:
    """The entries of a query (`reading.matching`) as a workbook that can be imported again."""
    rows = session().scalars(query.order_by(RegisterEntry.name, RegisterEntry.id))
    return sheets.write_book(register.register.title, columns_of(register), [_row(register, row, actor, clock) for row in rows], notes=_notes(register))


def template(register: Declared) -> bytes:
    """An empty table with its explanations."""
    return sheets.write_book(register.register.title, columns_of(register), [], notes=_notes(register))


def _row(register: Declared, row: RegisterEntry, actor, clock) -> list:
    fields = _fields(register)
    words = cells(register, row.data, fields, actor, clock)
    plain = [row.data.get(f.key) if f.type in ("date", "month", "number") and row.data.get(f.key) is not None else word for f, word in zip(fields, words, strict=True)]
    return [row.key, *plain]


def _notes(register: Declared) -> list[str]:
    notes = [_("“条目标识”不填的是新条目，填写的修改该条目；不要改动表头。有一行不对，整个文件都不会导入。")]
    return notes + [f"{f.label}：{f.hint}" for f in _fields(register) if f.hint]


def import_entries(register: Declared, data: bytes, name: str, *, actor, clock, reason: str) -> tuple[int, int, list[Fault]]:
    """(added, changed, faults): all lines when there is no fault, none otherwise. Raises SheetRefused, NotAllowed."""
    ensure_can_keep(register, actor)
    lines = sheets.read_rows(data, name, columns=columns_of(register), most=2000)
    counts, faults = [0, 0], []
    try:
        with transaction():
            for line in lines:
                _take(register, line, counts, faults, actor=actor, clock=clock, reason=reason or _("导入“%(name)s”", name=name))
            if faults:
                raise _Refused
    except _Refused:
        return 0, 0, faults
    return counts[0], counts[1], []


def _take(register: Declared, line, counts: list[int], faults: list[Fault], *, actor, clock, reason: str) -> None:
    labels = {f.key: f.label for f in _fields(register)}
    if line.faults:
        faults += [Fault(line.line, labels.get(key, ""), message) for key, message in line.faults.items()]
        return
    known = _known(register, line.values[KEY], actor)
    if line.values[KEY] and known is None:
        faults.append(Fault(line.line, _("条目标识"), _("没有这个条目；新条目请不要填写标识")))
        return
    answers = {**(known.data if known else {}), **read_values(register, line.values, actor, clock)}
    try:
        if known is None:
            add_entry(register, answers, actor=actor, clock=clock, reason=reason)
            counts[0] += 1
        elif _filled(checked(register, answers, actor=actor, clock=clock, own=known.id)) != _filled(known.data):
            change_entry(register, known.id, answers, actor=actor, clock=clock, reason=reason, version=known.version)
            counts[1] += 1
    except AnswersInvalid as error:
        faults += [Fault(line.line, labels.get(path.split(".")[0], path), message) for path, message in error.fields.items()]


def _filled(data: Mapping) -> dict:
    """The data without what is empty: a cell cannot tell nothing from an empty list."""
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def _known(register: Declared, key: str, actor) -> RegisterEntry | None:
    found = session().scalar(sa.select(RegisterEntry).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key, RegisterEntry.key == key)) if key else None
    return found if found is not None and is_met(register, found.data, actor) else None


def read_values(register: Declared, values: Mapping[str, str], actor, clock) -> dict:
    """The answers that the words of a line stand for; what nobody can read stays as it is, for the check to refuse."""
    scene = Scene(register.form, {}, context_of(actor, clock), choices_of(register, actor))
    return {f.key: value_of(f, values.get(f.key, ""), scene) for f in _fields(register)}


def value_of(field, text: str, scene: Scene):
    """What a cell says, or its text where it is not understood."""
    if not text:
        return field_type(field).empty(field)
    if field.type == "choice":
        return _code(field, text, scene)
    if field.type == "checks":
        return [_code(field, part, scene) for part in re.split(r"[、,，;；\s]+", text) if part]
    if field.type == "yes_no":
        return {"是": True, "否": False}.get(text, text)
    if field.type == "organisation":
        return next((choice.value for choice in scene.choices.organisations(field.kind) if text in (choice.label, choice.code, choice.value)), text)
    return text


def _code(field, text: str, scene: Scene) -> str:
    return next((option.value for option in options_of(field, scene) if text in (option.label, option.value)), text)
