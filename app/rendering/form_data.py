"""What a submitted page says: raw answers of a section or row, and which button was pressed.

Imported by `app/rendering/__init__.py` for the routes. Takes a MultiDict (`get`, `getlist`), knows no request.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.rendering.field_types import field_type

# Verbs of buttons. The routes save what was typed first, whatever the verb.
REFRESH, LOOK_UP, UPLOAD, FILE_REMOVE, GENERATE, PHRASE = "refresh", "look-up", "upload", "file-remove", "generate", "phrase"
ROW_ADD, ROW_EDIT, ROW_DELETE, ROW_UP, ROW_DOWN = "row-add", "row-edit", "row-delete", "row-up", "row-down"
VERBS = frozenset({REFRESH, LOOK_UP, UPLOAD, FILE_REMOVE, GENERATE, PHRASE, ROW_ADD, ROW_EDIT, ROW_DELETE, ROW_UP, ROW_DOWN})


@dataclass(frozen=True)
class Command:
    """A button inside a form: `<button name="do" value="row-edit:works:2">`. `place`: row number or material id."""

    verb: str
    field: str = ""
    place: str = ""

    @property
    def index(self) -> int:
        """The row's number from 0; -1 when there is none."""
        return int(self.place) if self.place.isascii() and self.place.isdigit() else -1


def read_command(data) -> Command | None:
    """The command of the pressed button; None when it was not one of the form's own (save, submit)."""
    verb, _, rest = (data.get("do") or "").partition(":")
    field, _, place = rest.partition(":")
    return Command(verb, field, place) if verb in VERBS else None


def joined(before: str | None, added: str) -> str:
    """A text with another one on a line of its own behind it."""
    return f"{before.rstrip()}\n{added}" if before and before.strip() else added


def last_generated(data) -> dict[str, str]:
    """field key -> the text that was worked out when the page was made, as its hidden inputs say."""
    return {name.removeprefix("generated."): data[name] for name in data if name.startswith("generated.")}


def parse_section(form, section, data) -> dict:
    """Raw answers of the section's fields that a person may fill in; tables whose rows are edited one by one, read-only and
    shown-only ones are not in it."""
    return {
        field.key: field_type(field).parse(field, data, field.key) for field in section.fields
        if field_type(field).has_value and not (field.readonly or field.hidden) and (field_type(field).typed or field.rows_from)
    }


def parse_row(field, data) -> dict:
    """Raw answers of a table's row, from inputs `row.<column>`; columns that were not on the page are left out."""
    sent = set(data.keys())
    return {
        column.key: field_type(column).parse(column, data, f"row.{column.key}") for column in field.all_columns()
        if field_type(column).has_value and field_type(column).typed and any(name == f"row.{column.key}" or name.startswith(f"row.{column.key}.") for name in sent)
    }


def merged_row(field, stored: Mapping, sent: Mapping) -> dict:
    """The stored row with what was sent; a box without a tick is not sent at all, so checks are taken as unticked."""
    unticked = {c.key: field_type(c).empty(c) for c in field.all_columns() if c.type in ("checks", "people") and c.key not in sent}
    return {**stored, **unticked, **sent}


def with_row(answers: Mapping, key: str, index: int, row: Mapping) -> dict:
    """The answers with a row put in place of another, or at the end when `index` is -1 or beyond it."""
    rows = list(answers.get(key) or [])
    if 0 <= index < len(rows):
        rows[index] = dict(row)
    else:
        rows.append(dict(row))
    return {**answers, key: rows}


def with_rows_changed(answers: Mapping, command: Command) -> dict:
    """The answers after a delete, up or down of a row; unchanged when there is no such row."""
    rows, index = list(answers.get(command.field) or []), command.index
    if not 0 <= index < len(rows):
        return dict(answers)
    row = rows.pop(index)
    if command.verb == ROW_UP:
        rows.insert(max(0, index - 1), row)
    elif command.verb == ROW_DOWN:
        rows.insert(index + 1, row)
    return {**answers, command.field: rows}


def without_file(answers: Mapping, command: Command) -> dict:
    """The answers without one file of a file or photo field."""
    value = answers.get(command.field)
    left = [one for one in value if one != command.place] if isinstance(value, list) else None if value == command.place else value
    return {**answers, command.field: left}
