"""Code tables as a grid: one line per entry, lower levels named by the code above them; and back into the file's text.

What nobody changed keeps its lines and comments; only a table that was changed in very many places at once (out of Excel)
is written anew below its first comment. Excel goes out and comes in through `app/sheets.py`.
"""
from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flask_babel import gettext as _

from app.definitions import load_code_table
from app.definitions.plain_yaml import plain_values
from app.errors import SheetRefused
from app.sheets import Column, read_rows, write_book
from app.workbench.forms.edits import Edit, edited
from app.workbench.forms.writing import item_lines

KEYS = ("code", "name", "name_en", "valid_from", "valid_to")
DEEPEST = 6
MANY = 40  # changed rows: from here on the table is written anew


def columns() -> tuple[Column, ...]:
    """The columns of the grid and of the workbook. `path` says under which entry one stands: its codes, with / between."""
    return (Column("path", _("上级"), width=30), Column("code", _("代码"), required=True, width=16), Column("name", _("名称"), required=True, width=40),
            Column("name_en", _("英文名称"), width=40), Column("valid_from", _("启用日期"), width=14), Column("valid_to", _("停用日期"), width=14))


def rows_of(text: str, path: str) -> list[dict]:
    """The entries in order, each with `path`. Raises DefinitionError."""
    load_code_table(text, path)
    return list(_rows(plain_values(text, path) or [], ""))


def _rows(entries, above: str):
    for entry in entries:
        code = str(entry.get("code", ""))
        yield {"path": above, **{key: "" if entry.get(key) is None else str(entry[key]) for key in KEYS}}
        yield from _rows(entry.get("children") or [], f"{above}/{code}" if above else code)


def text_of(rows: Sequence[dict], before: str, path: str) -> str:
    """The text of the table with these rows: the lines of entries that stayed as they were are kept.

    Raises SheetRefused for rows that make no table, with the line.
    """
    wanted = _nested(rows)
    changed = set(map(_told, rows_of(before, path))) ^ set(map(_told, _rows(wanted, "")))
    text = _levelled(before, (), wanted, path) if len(changed) <= MANY and _values(before, path) else _anew(before, wanted)
    if plain_values(text, path) != wanted and not _same(text, wanted, path):
        raise SheetRefused(name=path.rsplit("/", 1)[1], why=_("表格内容无法写成代码表，请检查代码和名称。"))
    load_code_table(text, path)
    return text


def _same(text: str, wanted: list, path: str) -> bool:
    return rows_of(text, path) == list(_rows(wanted, ""))


def _nested(rows: Sequence[dict]) -> list[dict]:
    top: list[dict] = []
    known: dict[str, list] = {"": top}
    for number, row in enumerate(rows, 1):
        above, code, name = (str(row.get(key) or "").strip() for key in ("path", "code", "name"))
        _ensure_entry(number, row, above, code, name, known)
        entry = {"code": code, "name": name, **{key: str(row[key]).strip() for key in KEYS[2:] if str(row.get(key) or "").strip()}}
        known[above].append(entry)
        known[f"{above}/{code}" if above else code] = _Below(entry)
    return top


class _Below(list):
    """The children of an entry, written into it with the first of them."""

    def __init__(self, entry: dict):
        super().__init__()
        self._entry = entry

    def append(self, child) -> None:
        if not self:
            self._entry["children"] = self
        super().append(child)


def _ensure_entry(number: int, row: dict, above: str, code: str, name: str, known: dict) -> None:
    why = ""
    if not code or not name:
        why = _("代码和名称都要填")
    elif "/" in code or len(code) > 60 or len(name) > 200 or any(ord(c) < 32 for c in code + name):
        why = _("代码不能含“/”，最多 60 字；名称最多 200 字，不能换行")
    elif above not in known or above.count("/") >= DEEPEST:
        why = _("没有上级“%(above)s”：上级要写在它的前面", above=above)
    elif any(one["code"] == code for one in known[above]):
        why = _("代码“%(code)s”重复", code=code)
    if why:
        raise SheetRefused(name=_("第 %(line)d 行", line=number), why=why)


def _told(row: dict) -> tuple:
    return tuple(row[key] for key in ("path", *KEYS))


def _anew(before: str, wanted: list[dict]) -> str:
    """The whole table, below the comment that the file begins with."""
    lines = before.splitlines()
    head = [line for number, line in enumerate(lines) if line.startswith("#") and all(one.startswith("#") for one in lines[:number])]
    return "\n".join([*head, *(line for entry in wanted for line in item_lines(_plain(entry), 0, "children" not in entry))]) + "\n"


@lru_cache(maxsize=8)
def _values(text: str, path: str) -> list:
    return plain_values(text, path) or []


def _levelled(text: str, where: tuple, wanted: list[dict], path: str) -> str:
    """The text after the edits that lead to the wanted entries; level by level, an entry is known by its code."""
    present = _at(text, where, path)
    for place in reversed(range(len(present))):
        if str(present[place].get("code")) not in {entry["code"] for entry in wanted} and len(_at(text, where, path)) > 1:
            text = edited(text, [Edit("remove", (*where, place))], path)
    for place, entry in enumerate(wanted):
        text = _placed(text, where, place, entry, path)
    for place in reversed(range(len(wanted), len(_at(text, where, path)))):
        text = edited(text, [Edit("remove", (*where, place))], path)
    return text


def _placed(text: str, where: tuple, place: int, entry: dict, path: str) -> str:
    present = _at(text, where, path)
    found = next((n for n, one in enumerate(present) if str(one.get("code")) == entry["code"] and n >= place), None)
    if found is None:
        return edited(text, [Edit("add", (*where, place), _plain(entry))], path)
    if found != place:
        text = edited(text, [Edit("move", (*where, found), None, (*where, place))], path)
    return _changed(text, (*where, place), present[found], entry, path)


def _changed(text: str, where: tuple, old: dict, entry: dict, path: str) -> str:
    edits = [Edit("set", (*where, key), entry[key]) for key in KEYS if key in entry and str(old.get(key)) != entry[key]]
    edits += [Edit("remove", (*where, key)) for key in KEYS if key in old and key not in entry]
    if old.get("children") and not entry.get("children"):
        edits.append(Edit("remove", (*where, "children")))
    if entry.get("children") and not old.get("children"):
        edits.append(Edit("set", (*where, "children"), _plain(entry)["children"]))
    text = edited(text, edits, path)
    return _levelled(text, (*where, "children"), entry["children"], path) if entry.get("children") and old.get("children") else text


def _plain(entry: dict) -> dict:
    below = {"children": [_plain(child) for child in entry["children"]]} if entry.get("children") else {}
    return {key: entry[key] for key in KEYS if key in entry} | below


def _at(text: str, where: tuple, path: str) -> list:
    value = _values(text, path)
    for step in where:
        value = value[step]
    return value


def book_of(rows: Sequence[dict], title: str) -> bytes:
    """The table as a workbook."""
    notes = [_("代码存进数据、用于条件：用过的代码不要改，也不要删；停用的写停用日期。"), _("上级：写上一级的代码，多级用 / 连接；第一级留空。"), _("日期写成 2026-03-02。")]
    return write_book(title, columns(), [[row.get(column.key) or None for column in columns()] for row in rows], notes=notes)


def rows_from_book(data: bytes, name: str) -> list[dict]:
    """The rows of a workbook. Raises SheetRefused."""
    return [dict(row.values) for row in read_rows(data, name, columns=columns(), most=5000)]
