"""Tables inside an entry of a register as lines of text: one row a line, its cells apart by tabs, as Excel copies and pastes them."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app import rendering
from app.definitions import Form
from app.registers.editing import Declared, choices_of, context_of
from app.registers.exchange import value_of
from app.rendering.field_types import field_type
from app.rendering.scene import Scene

_PLAIN = ("date", "month", "number")  # written as they are stored, so that they can be read again
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def without_tables(form: Form) -> Form:
    """The form without its tables, which are typed as lines beside it."""
    return replace(form, sections=tuple(replace(s, fields=tuple(f for f in s.fields if not _is_typed(f))) for s in form.sections))


def tables_of(register: Declared) -> list:
    """The tables that are typed as lines."""
    return [field for field in register.form.fields() if _is_typed(field)]


def columns_of(field) -> list:
    """The columns of a line, in order."""
    return [column for column in field.all_columns() if field_type(column).has_value]


def lines_of(register: Declared, field, rows: Sequence[Mapping] | None, actor, clock) -> str:
    """The rows as lines."""
    scene = rendering.scene_of(register.form, {}, context_of(actor, clock), choices_of(register, actor))
    return "\n".join("\t".join(_cell(column, row, scene) for column in columns_of(field)) for row in rows or ())


def rows_from(register: Declared, field, text: str, actor, clock) -> list[dict]:
    """What the lines say; values as they were typed where they are not understood, for the check to refuse."""
    scene = Scene(register.form, {}, context_of(actor, clock), choices_of(register, actor))
    columns = columns_of(field)
    lines = [line.split("\t") for line in text.replace("\r", "").split("\n") if line.strip()]
    return [{c.key: value_of(c, _typed(c, cells[n].strip() if n < len(cells) else ""), scene) for n, c in enumerate(columns)} for cells in lines]


def _is_typed(field) -> bool:
    return field.type == "table" and not field.rows_from


def _cell(column, row: Mapping, scene) -> str:
    value = row.get(column.key)
    if field_type(column).is_empty(value):
        return ""
    text = str(value) if column.type in _PLAIN else field_type(column).print(column, value, scene)
    return text.replace("\t", " ").replace("\n", " ")


def _typed(column, text: str) -> str:
    """A date in any of the usual spellings as the form wants it."""
    found = _DATE.fullmatch(text) if column.type == "date" else None
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else text
