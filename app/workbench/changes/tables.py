"""What differs between two versions of a decision table: columns, and rows cell by cell.

A row is the same row by its id, else by its content; where the policy lets rows stand in any order, order says nothing.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.definitions.diagrams import local, parse_xml
from app.expressions import ExpressionError, compile_cell

from .drawing import facts_of
from .note import Change, Detail
from .words import SHORT, Words, quoted, told

_ANY = ("", "-")


@dataclass
class Column:
    id: str
    name: str                       # what people call it
    text: str                       # the expression it reads; "" for an output
    facts: dict[str, str] = field(default_factory=dict)


@dataclass
class Row:
    id: str
    number: int
    cells: dict[str, str]           # id of the column -> text
    description: str = ""


@dataclass
class Table:
    id: str
    name: str
    facts: dict[str, str]
    columns: dict[str, Column]
    rows: list[Row]
    ordered: bool                   # whether the first row that fits wins


def read_decision_tables(content: bytes, path: str) -> tuple[dict[str, Table], dict[str, str]]:
    """Decision id -> table, and every other fact of the file. Raises DefinitionError."""
    root = parse_xml(content, path)
    found, rest = {}, {}
    for node in root:
        if local(node) == "decision":
            found[node.get("id", "")] = _table(node)
        elif local(node) != "DMNDI":
            rest |= {f"{_plain(node.tag)} {key}": value for key, value in facts_of(node).items()}
    return found, rest


def _plain(name: str) -> str:
    return re.sub(r"\{[^}]*\}", "", name)


def _table(node) -> Table:
    table = next((child for child in node if local(child) == "decisionTable"), None)
    facts = {_plain(key): value for key, value in facts_of(node, skip=lambda child: local(child) == "decisionTable").items()}
    if table is None:
        return Table(node.get("id", ""), node.get("name", ""), facts, {}, [], False)
    parts = {"input", "output", "rule"}
    facts |= {_plain(key): value for key, value in facts_of(table, skip=lambda child: local(child) in parts).items()}
    facts.setdefault("hitPolicy", "UNIQUE")
    columns = [_column(child) for child in table if local(child) in ("input", "output")]
    rows = [_row(child, number, columns) for number, child in enumerate((each for each in table if local(each) == "rule"), 1)]
    return Table(node.get("id", ""), node.get("name", ""), facts, {column.id: column for column in columns}, rows, facts["hitPolicy"] != "UNIQUE")


def _column(node) -> Column:
    expression = next((_text(child) for child in node if local(child) == "inputExpression"), "")
    facts = {_plain(key): value for key, value in facts_of(node).items()}
    kind = local(node)
    return Column(f"{kind}:{node.get('id') or node.get('label') or node.get('name') or expression}", node.get("label") or node.get("name") or expression, expression, facts)


def _row(node, number: int, columns: list[Column]) -> Row:
    cells = {"input": [], "output": []}
    for child in node:
        if local(child) in ("inputEntry", "outputEntry"):
            cells[local(child).removesuffix("Entry")].append(_text(child))
    known = {kind: [column.id for column in columns if column.id.startswith(kind)] for kind in cells}
    found = {}
    for kind, texts in cells.items():
        for place, text in enumerate(texts):
            name = known[kind][place] if place < len(known[kind]) else f"{kind}:#{place + 1}"
            found[name] = "" if kind == "input" and text in _ANY else text
    said = next(((child.text or "").strip() for child in node if local(child) == "description"), "")
    return Row(node.get("id", ""), number, found, said)


def _text(node) -> str:
    found = [child for child in node if local(child) == "text"]
    return (found[0].text or "").strip() if found else ""


class TableChanges:
    """The changes of one decision; either side may be missing."""

    def __init__(self, old: Table | None, new: Table | None, words: Words):
        self.old, self.new, self.words = old, new, words
        self.columns: dict[str, str] = {}

    @property
    def title(self) -> str:
        table = self.new or self.old
        return table.name or table.id

    def of(self) -> list[Change]:
        if self.old is None or self.new is None:
            table, kind = (self.new, "added") if self.old is None else (self.old, "removed")
            text = (_("增加决策表「%(name)s」，共 %(count)s 行") if kind == "added" else _("取消决策表「%(name)s」，共 %(count)s 行")) % {"name": self.title, "count": len(table.rows)}
            return [Change(kind, text, tuple(self._told(row, table, kind) for row in table.rows), subject=self.title)]
        self._match_columns()
        return [*self._heads(), *self._column_changes(), *self._row_changes()]

    def _heads(self) -> list[Change]:
        names = {"hitPolicy": _("命中策略"), "name": _("名称"), "description": _("说明"), "aggregation": _("汇总方式")}
        clauses = [told(names.get(key, key), self.old.facts.get(key), self.new.facts.get(key))
                   for key in dict.fromkeys((*self.old.facts, *self.new.facts)) if self.old.facts.get(key) != self.new.facts.get(key)]
        return [Change("changed", _("决策表「%(name)s」：%(what)s", name=self.title, what="；".join(clauses)), subject=self.title)] if clauses else []

    # -- columns

    def _match_columns(self) -> None:
        self.columns = {id: id for id in self.old.columns if id in self.new.columns}
        free = [column for id, column in self.new.columns.items() if id not in self.columns]
        for id, column in self.old.columns.items():
            if id in self.columns:
                continue
            same = [other for other in free if other.id.partition(":")[0] == id.partition(":")[0] and other.facts == column.facts]
            if len(same) == 1:
                self.columns[id] = same[0].id
                free.remove(same[0])

    def _column_changes(self) -> list[Change]:
        kinds, found = {"input": _("条件列"), "output": _("结果列")}, []
        for id, column in self.old.columns.items():
            kind = kinds[id.partition(":")[0]]
            if id not in self.columns:
                found.append(Change("removed", _("取消%(kind)s「%(name)s」", kind=kind, name=column.name), self._reads(column, False), subject=self.title))
            elif self.new.columns[self.columns[id]].facts != column.facts:
                found.append(self._column_changed(kind, column, self.new.columns[self.columns[id]]))
        matched = set(self.columns.values())
        found += [Change("added", _("增加%(kind)s「%(name)s」", kind=kinds[id.partition(":")[0]], name=column.name), self._reads(column, True), subject=self.title)
                  for id, column in self.new.columns.items() if id not in matched]
        return found

    def _reads(self, column: Column, new: bool) -> tuple[Detail, ...]:
        if not column.text:
            return ()
        words = self.words.explain(column.text)
        return (Detail(_("读取"), None if new else column.text, column.text if new else None, "" if new else words, words if new else "", code=True),)

    def _column_changed(self, kind: str, old: Column, new: Column) -> Change:
        names = {"label": _("名称"), "name": _("变量名"), "inputExpression/text": _("读取"), "inputExpression@typeRef": _("类型"), "typeRef": _("类型")}
        clauses = [told(names.get(key, key), old.facts.get(key), new.facts.get(key))
                   for key in dict.fromkeys((*old.facts, *new.facts)) if old.facts.get(key) != new.facts.get(key)]
        return Change("changed", _("%(kind)s「%(name)s」：%(what)s", kind=kind, name=new.name, what="；".join(clauses)), subject=self.title)

    # -- rows

    def _cells(self, row: Row, renamed: bool) -> dict[str, str]:
        return {self.columns.get(id, id) if renamed else id: text for id, text in row.cells.items()}

    def _row_changes(self) -> list[Change]:
        pairs = self._match_rows()
        found = [Change("removed", _("取消第 %(n)s 行", n=row.number), (self._told(row, self.old, "removed"),), subject=self.title)
                 for row in self.old.rows if row.number not in pairs]
        taken = {row.number for row in pairs.values()}
        found += [Change("added", _("增加第 %(n)s 行", n=row.number), (self._told(row, self.new, "added"),), subject=self.title)
                  for row in self.new.rows if row.number not in taken]
        for old in self.old.rows:
            if old.number in pairs:
                found += self._row_changed(old, pairs[old.number])
        return found + self._order(pairs)

    def _match_rows(self) -> dict[int, Row]:
        by_id = {row.id: row for row in self.new.rows if row.id}
        pairs = {row.number: by_id[row.id] for row in self.old.rows if row.id in by_id}
        free = [row for row in self.new.rows if row.number not in {each.number for each in pairs.values()}]
        for row in self.old.rows:
            same = next((other for other in free if other.cells == self._cells(row, True)), None) if row.number not in pairs else None
            if same is not None:
                pairs[row.number] = same
                free.remove(same)
        return pairs

    def _row_changed(self, old: Row, new: Row) -> list[Change]:
        before, details = self._cells(old, True), []
        for id in dict.fromkeys((*before, *new.cells)):
            if (id in self.new.columns or before.get(id)) and before.get(id, "") != new.cells.get(id, "") and id in {**self.new.columns}:
                details.append(self._cell(id, before.get(id, ""), new.cells.get(id, "")))
        if old.description != new.description:
            details.append(Detail(_("备注"), old.description or None, new.description or None))
        if not details:
            return []
        said = "；".join(told(detail.label, detail.old, detail.new) for detail in details)
        shown = tuple(detail for detail in details if detail.old_words or detail.new_words or max(len(detail.old or ""), len(detail.new or "")) > SHORT)
        return [Change("changed", _("第 %(n)s 行：%(what)s", n=new.number, what=said), shown, subject=self.title)]

    def _cell(self, id: str, old: str, new: str) -> Detail:
        column, anything = self.new.columns[id], _("（任意）") if id.startswith("input") else _("（空）")
        words = [self._said(column, text) for text in (old, new)]
        return Detail(column.name, *(_unquoted(text) or anything for text in (old, new)), *words, code=bool(column.text))

    def _said(self, column: Column, text: str) -> str:
        """A cell with what it asks of its column, in words."""
        if not text or not column.text:
            return ""
        try:
            test = compile_cell(text)
        except ExpressionError:
            return ""
        return self.words.explain(re.sub(r"(?<![\w.\"])cell(?![\w\"])", column.text, test.text)) if test else ""

    def _told(self, row: Row, table: Table, kind: str) -> Detail:
        ifs = [self._said(table.columns[id], text) or f"{table.columns[id].name}：{text}" for id, text in row.cells.items() if id.startswith("input") and text and id in table.columns]
        thens = [f"{table.columns[id].name} = {text or _('（空）')}" for id, text in row.cells.items() if id.startswith("output") and id in table.columns]
        said = _("如果%(ifs)s，则%(thens)s", ifs=_("，并且").join(ifs), thens="，".join(thens)) if ifs else _("无论如何，%(thens)s", thens="，".join(thens))
        said += f"（{row.description}）" if row.description else ""
        return Detail(_("第 %(n)s 行", n=row.number), None if kind == "added" else said, said if kind == "added" else None)

    def _order(self, pairs: dict[int, Row]) -> list[Change]:
        after = [row.number for row in pairs.values()]
        if not self.new.ordered or after == sorted(after):
            return []
        moved = "、".join(_("原第 %(old)s 行现为第 %(new)s 行", old=old, new=new.number) for old, new in pairs.items() if old != new.number)
        return [Change("order", _("各行调整了先后，先符合的先用：%(moved)s", moved=moved), subject=self.title)]


def _unquoted(text: str) -> str:
    """A text without the quotation marks of the expression language."""
    return text[1:-1] if re.fullmatch(r'"[^"\\]*"', text) else text


def rest_changes(old: dict[str, str], new: dict[str, str]) -> list[Change]:
    """What else differs in a DMN file."""
    clauses = [told(quoted(key), old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
    return [Change("changed", "；".join(clauses))] if clauses else []
