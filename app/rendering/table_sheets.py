"""Tables and lists of cases of a form as sheets and back: headings are labels, cells are words, dates are dates.

Columns that a cell cannot hold (files, look-ups, people) are left out. Reading gives raw rows, which the form's own
checks judge; it refuses nothing itself but what no check would see.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field as made
from datetime import date

from flask_babel import gettext as _

from app.rendering.codes import options_of
from app.rendering.field_types import field_type
from app.rendering.field_types.base import as_list
from app.sheets import Column, Row

IN_CELLS = frozenset({"text", "long_text", "number", "money", "date", "month", "choice", "checks", "yes_no", "cascade"})
_BETWEEN = "；"
_YES, _NO = ("是", "yes", "true", "1", "√"), ("否", "no", "false", "0", "×")


@dataclass(frozen=True)
class ReadRow:
    """A row of a sheet as raw answers; `faults` (label, message) of what the file itself spoilt."""

    line: int
    raw: dict
    faults: tuple = made(default=())


def sheet_columns(table, scene) -> list[tuple[object, Column]]:
    """(column of the table, column of the sheet), labels made different where two columns are called the same."""
    found = [(column, "") for column in table.columns]
    for option in table.kinds.options if table.kinds else ():
        found += [(column, option.label) for column in table.kinds.columns.get(option.value, ())]
    found = [(column, kind) for column, kind in found if _in_cell(column)]
    times = Counter(scene.text(column) for column, _kind in found)
    labels = [f"{scene.text(column)}（{kind or column.key}）" if times[scene.text(column)] > 1 else scene.text(column) for column, kind in found]
    return [(column, Column(column.key, label, required=bool(column.required and not kind), lines=column.type == "long_text",
                            width=36 if column.type == "long_text" else 18))
            for (column, kind), label in zip(found, labels, strict=True)]


def left_out(table, scene) -> list[str]:
    """Labels of the columns that no cell holds."""
    return [scene.text(column) for column in table.all_columns() if field_type(column).has_value and not _in_cell(column)]


def _in_cell(column) -> bool:
    return column.type in IN_CELLS and not (column.hidden or column.readonly)


def cells_of(table, rows: Iterable[Mapping], scene) -> list[list]:
    """The rows as cells, in the order of `sheet_columns`."""
    columns = [column for column, _sheet in sheet_columns(table, scene)]
    return [[_cell(column, row.get(column.key), scene) for column in columns] for row in rows]


def _cell(column, value, scene):
    if field_type(column).is_empty(value):
        return None
    if column.type == "date":
        return _day(value)
    if column.type == "number" and isinstance(value, (int, float)):
        return value
    if column.type == "money" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}" if abs(value) >= 10**14 else value / 100
    if column.type == "checks":
        return _BETWEEN.join(_label(options_of(column, scene), code, scene) for code in as_list(value))
    if column.type == "cascade":
        return " / ".join(_way(options_of(column, scene), as_list(value), scene))
    if column.type == "choice":
        return _label(options_of(column, scene), value, scene)
    if column.type == "yes_no":
        return (_("是") if value else _("否")) if isinstance(value, bool) else str(value)
    return str(value)


def _day(value):
    try:
        return date.fromisoformat(str(value))
    except ValueError:  # a draft may hold what is no day
        return str(value)


def _label(options, code, scene) -> str:
    """The label; the code where another option is called the same, or none has it."""
    found = next((option for option in options if option.value == str(code)), None)
    if found is None or sum(option.label == found.label for option in options) > 1 or _BETWEEN in found.label:
        return str(code)
    return found.in_words(scene.language)


def _way(options, codes: list, scene) -> Iterable[str]:
    for code in codes:
        yield _label(options, code, scene)
        options = next((option.children for option in options if option.value == str(code)), ())


def rows_read(table, lines: Iterable[Row], scene) -> list[ReadRow]:
    """The lines of a sheet as raw rows of the table."""
    columns = sheet_columns(table, scene)
    labels = {column.key: sheet.label for column, sheet in columns}
    return [ReadRow(line.line, {column.key: _value(column, line.values.get(column.key, ""), scene) for column, _sheet in columns if line.values.get(column.key)},
                    tuple((labels.get(key, key), message) for key, message in line.faults.items())) for line in lines]


def _value(column, text: str, scene):
    if column.type == "choice":
        return _code(options_of(column, scene), text)
    if column.type == "checks":
        return [_code(options_of(column, scene), part.strip()) for part in re.split(r"[;；\n]", text) if part.strip()]
    if column.type == "cascade":
        return _codes(options_of(column, scene), [part.strip() for part in text.split("/")])
    if column.type == "yes_no":
        said = text.strip().lower()
        return True if said in _YES else False if said in _NO else text
    return text


def _code(options, text: str) -> str:
    """The code of a label, in either language, or the code itself; what nobody knows stays, for the check to refuse."""
    by_code = next((option.value for option in options if option.value == text), None)
    named = [option.value for option in options if text in (option.label, option.label_en)]
    return named[0] if len(named) == 1 else by_code or text


def _codes(options, parts: list[str]) -> list[str]:
    found = []
    for part in parts:
        code = _code(options, part)
        found.append(code)
        options = next((option.children for option in options if option.value == code), ())
    return found


def case_columns() -> list[Column]:
    """The sheet of a field of cases: which there are, and which are ticked."""
    return [Column("number", _("业务流水号"), required=True, code=True, width=24), Column("summary", _("摘要"), width=44), Column("chosen", _("选择（是、否）"), width=16)]


def case_cells(field, chosen: Iterable[str], scene) -> list[list]:
    """A line for each case that may be chosen."""
    ticked = set(map(str, chosen or ()))
    return [[offer.value, offer.label, _("是") if offer.value in ticked else _("否")] for offer in field_type(field).offers(field, scene)]


def cases_read(field, lines: Iterable[Row], scene) -> tuple[list[str], list[tuple[int, str, str]]]:
    """(numbers that are ticked, faults). A line without a word about choosing counts as ticked: a bare list of numbers will do."""
    offered = {offer.value for offer in field_type(field).offers(field, scene)}
    numbers, faults = [], []
    for line in lines:
        number, said = line.values.get("number", ""), line.values.get("chosen", "").strip().lower()
        for message in line.faults.values():
            faults.append((line.line, _("业务流水号"), message))
        if said in _NO or (not number and not line.faults):
            continue
        if said and said not in _YES:
            faults.append((line.line, _("选择（是、否）"), _("请填“是”或“否”")))
        elif number and number not in offered:
            faults.append((line.line, _("业务流水号"), _("“%(number)s”现在不能选择，请核对", number=number)))
        elif number:
            numbers.append(number)
    return list(dict.fromkeys(numbers)), faults
