"""A table of figures as the page, the chart beside it and the workbook show it: one set of cells for all three."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _

from app.audit.insight.words import percent, spoken
from app.sheets import Column, write_book

TEXT, COUNT, SPAN, SHARE = "text", "count", "span", "share"
LEVELS = 5


class Head(NamedTuple):
    """A column: `key` is what a chart asks for it by; a span is in seconds, a share 0 to 1."""

    key: str
    label: str
    kind: str = COUNT


@dataclass(frozen=True)
class Row:
    """A line. `element` or `flow` is drawn on the diagram with `badge`; `to` changes the question of the page; `case` is an example."""

    cells: Sequence
    element: str = ""
    flow: str = ""
    badge: str = ""
    level: int = 0  # 0 to LEVELS
    to: Mapping[str, str] = field(default_factory=dict)
    case: int = 0
    more: tuple[str, ...] = ()  # unfolded below the first cell


@dataclass(frozen=True)
class Table:
    """`chart` says how it is drawn: bars, ranges, weeks or "" for not at all; `measures` which columns."""

    key: str
    title: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    worked: bool = False
    note: str = ""
    chart: str = ""
    measures: tuple[str, ...] = ()
    nothing: str = ""
    floor: int = 0  # counts above nothing and below it are covered

    def shown(self, head: Head, value) -> str:
        """A cell in words."""
        if value is None:
            return "—"
        if head.kind == SPAN:
            return spoken(value, self.worked)
        if head.kind == SHARE:
            return percent(value)
        if head.kind == COUNT and 0 < value < self.floor:
            return _("少于 %(n)s", n=self.floor)
        return f"{value:.1f}" if isinstance(value, float) else str(value)

    def plain(self, head: Head, value) -> float | str:
        """A cell for a chart: days, percents, numbers; "" where nothing may be drawn."""
        if value is None or head.kind == COUNT and 0 < value < self.floor:
            return ""
        return round(value / 86_400, 3) if head.kind == SPAN else round(value * 100, 2) if head.kind == SHARE else value


def levels(values: Sequence[float]) -> list[int]:
    """How strongly each is drawn: in equal parts of the largest one, nothing for nothing."""
    largest = max(values, default=0)
    return [min(LEVELS, -int(-value * LEVELS // largest)) if value and largest else 0 for value in values]


def workbook(table: Table, notes: Sequence[str]) -> bytes:
    """The table as a workbook with what it was asked on a second sheet; spans in days, shares in percent."""
    columns = [Column(head.key, _unit(table, head), width=30 if head.kind == TEXT else 14) for head in table.heads]
    return write_book(table.title, columns, [[_cell(table, *pair) for pair in zip(table.heads, row.cells, strict=True)] for row in table.rows],
                      notes=[*filter(None, (table.note,)), *notes])


def _unit(table: Table, head: Head) -> str:
    if head.kind == SPAN:
        return _("%(what)s（工作日）", what=head.label) if table.worked else _("%(what)s（天）", what=head.label)
    return _("%(what)s（%%）", what=head.label) if head.kind == SHARE else head.label


def _cell(table: Table, head: Head, value):
    if head.kind == TEXT:
        return value
    plain = table.plain(head, value)
    return plain if plain != "" else (table.shown(head, value) if value is not None else None)
