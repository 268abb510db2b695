"""Registers as their pages show them: lists with search and filters, one entry with its history. Writes nothing."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from app import rendering
from app.operations.reading.keysets import cut_page, read_cursor
from app.registers.editing import Declared, choices_of, context_of
from app.registers.models import RegisterChange, RegisterEntry
from app.registers.within import only_met
from app.rendering.field_types import field_type
from app.store import session

PAGE = 50
IN_FORCE, RETIRED, ALL = "current", "retired", "all"
TURNS = ("draft", "open", "closed")  # states of entries that are opened


@dataclass(frozen=True)
class Filters:
    """`q` is searched in all columns; `state` is current, retired, all, or one of TURNS; `chosen` (column -> code) of columns with a code table."""

    q: str = ""
    state: str = IN_FORCE
    chosen: Mapping[str, str] | None = None


def columns_shown(register: Declared) -> tuple:
    """The columns of the list: those that the register names, else the first six."""
    known = {field.key: field for field in register.form.fields() if field_type(field).has_value and not field.hidden}
    keys = register.register.list_columns or tuple(known)[:6]
    return tuple(known[key] for key in keys if key in known)


def columns_to_filter(register: Declared) -> tuple:
    """The shown columns by which a list can be narrowed."""
    return tuple(field for field in columns_shown(register) if field.type == "choice")


def list_entries(register: Declared, filters: Filters, *, actor, clock, cursor: str = ""):
    """(rows as [(entry, cells)], cursor of the next page or "")."""
    query = matching(register, filters, actor).order_by(RegisterEntry.name, RegisterEntry.id)
    if place := read_cursor(cursor, str, int):
        query = query.where(sa.tuple_(RegisterEntry.name, RegisterEntry.id) > sa.tuple_(*map(sa.literal, place)))
    rows, following = cut_page(list(session().scalars(query.limit(PAGE + 1))), PAGE, lambda row: (row.name, row.id))
    shown = columns_shown(register)
    return [(row, cells(register, row.data, shown, actor, clock)) for row in rows], following


def matching(register: Declared, filters: Filters, actor):
    """The query of the entries that a list or an export is over: no others than the actor meets."""
    own = sa.select(RegisterEntry).where(RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key)
    query = only_met(register, own, actor)
    if filters.state in TURNS:
        states = ("", "open") if filters.state == "open" else (filters.state,)
        query = query.where(RegisterEntry.retired_at.is_(None), RegisterEntry.state.in_(states))
    elif filters.state != ALL:
        query = query.where(RegisterEntry.retired_at.is_(None) if filters.state == IN_FORCE else RegisterEntry.retired_at.is_not(None))
    if filters.q:
        query = query.where(sa.or_(RegisterEntry.name.contains(filters.q, autoescape=True), RegisterEntry.data.cast(sa.Text).contains(filters.q, autoescape=True)))
    for key, code in (filters.chosen or {}).items():
        # The store writes JSON without blanks, so that one member can be found in its text on both databases.
        query = query.where(RegisterEntry.data.cast(sa.Text).contains(orjson.dumps({key: code}).decode()[1:-1], autoescape=True))
    return query


def cells(register: Declared, data: Mapping, fields, actor, clock) -> list[str]:
    """The values of an entry in words."""
    scene = rendering.scene_of(register.form, data, context_of(actor, clock), choices_of(register, actor))
    return ["" if field_type(f).is_empty(data.get(f.key)) else field_type(f).print(f, data.get(f.key), scene) for f in fields]


def history(register: Declared, entry: RegisterEntry, *, actor, clock) -> list[tuple[RegisterChange, list[tuple[str, str, str]]]]:
    """Every change of an entry, newest first, each with (label, before, after) of what differs."""
    rows = session().scalars(sa.select(RegisterChange).where(RegisterChange.entry_id == entry.id).order_by(RegisterChange.id.desc()))
    return [(row, _differences(register, row, actor, clock) if row.before and row.after else []) for row in rows]


def _differences(register: Declared, change: RegisterChange, actor, clock) -> list[tuple[str, str, str]]:
    fields = [f for f in register.form.fields() if field_type(f).has_value and change.before.get(f.key) != change.after.get(f.key)]
    sides = [cells(register, data, fields, actor, clock) for data in (change.before, change.after)]
    return [(field.label, old, new) for field, old, new in zip(fields, *sides, strict=True) if old != new]
