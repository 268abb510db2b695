"""Excel and CSV in and out: tables of texts, with the line each row stands on. A leaf that knows no noun.

What comes in is hostile until it was weighed (faults I-03); what goes out holds no live formula (I-08).
"""
from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from flask_babel import gettext as _

from app.errors import SheetRefused

LARGEST = 5 * 1024 * 1024  # bytes of a file
UNPACKED = 60 * 1024 * 1024  # bytes of all that lies in it
RATIO = 100  # unpacked to packed, of one part
READER = Path(__file__).with_name("sheet_reader.py")
WALL_SECONDS = 30  # for opening a workbook
HEAD_WITHIN = 10  # lines in which the head of the table is looked for
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet read a text of a CSV as a formula


@dataclass(frozen=True)
class Column:
    """A column of a table: `code` for numbers that are names (IDs, phones): blanks and full-width forms are put right."""

    key: str
    label: str
    required: bool = False
    code: bool = False
    width: int = 18  # characters
    lines: bool = False  # line ends inside a cell are kept


@dataclass(frozen=True)
class Row:
    """A row as it came: `line` counts from 1 as Excel does; `faults` (column key -> message) is what the file itself spoilt."""

    line: int
    values: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)


def read_rows(data: bytes, name: str, *, columns: Sequence[Column], most: int = 5000) -> list[Row]:
    """The rows below the head of the first sheet (.xlsx, .xls, .csv in UTF-8 or GB 18030), empty ones left out.

    Columns are found by their label, in any order; others are left unread. Raises SheetRefused: no table, too large, columns missing.
    """
    if not data:
        raise SheetRefused(name=name, why=_("文件是空的，请重新选择。"))
    if len(data) > LARGEST:
        raise SheetRefused(name=name, why=_("文件有 %(mb)s MB，最大 %(most)s MB，请分成几个文件。", mb=f"{len(data) / 1024 / 1024:.1f}", most=LARGEST // 1024 // 1024))
    lines = list(_lines(data, name, most))
    head, places = _head(lines, name, columns)
    rows = [_row(line, cells, columns, places) for line, cells in lines if line > head]
    found = [row for row in rows if any(row.values.values()) or row.faults]
    if len(found) > most:
        raise SheetRefused(name=name, why=_("文件有 %(rows)s 行，一次最多 %(most)s 行，请分成几个文件。", rows=len(found), most=most))
    if not found:
        raise SheetRefused(name=name, why=_("表头下面没有内容，请填写后再导入。"))
    return found


def plain(text: str) -> str:
    """A number that is a name, as it is compared: without blanks, full-width forms made half-width, letters large."""
    return "".join(text.translate(_FULL_WIDTH).split()).upper()


def _lines(data: bytes, name: str, most: int) -> Iterator[tuple[int, list]]:
    if data[:2] == b"PK":
        _ensure_light(data, name)
    elif data[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        yield from _csv_lines(data, name)
        return
    found = _in_child(data, most * 4 + HEAD_WITHIN)
    if found.get("refused") == "rows":
        raise SheetRefused(name=name, why=_("表格有 %(rows)s 行，一次最多 %(most)s 行，请删去多余的空行或分成几个文件。", rows=found['rows'], most=most))
    if found.get("refused") == "heavy":
        raise SheetRefused(name=name, why=_("表格太大，打不开。请把内容复制到下载的模板里再上传，不要带上空行、空列。"))
    if "refused" in found:
        raise SheetRefused(name=name, why=_("打不开这个表格，可能已损坏或有密码。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"))
    yield from enumerate(([_cell_read(cell) for cell in row] for row in found["rows"]), found["first"])


def _csv_lines(data: bytes, name: str) -> Iterator[tuple[int, list]]:
    try:
        yield from enumerate(csv.reader(io.StringIO(_text(data, name), newline="")), 1)
    except csv.Error as error:
        raise SheetRefused(name=name, why=_("有一格内容过长，或引号没有成对。请下载模板填写后上传。")) from error


def _in_child(data: bytes, most: int) -> dict:
    """What the reader says of a workbook; killed by its limits it says nothing: heavy."""
    try:
        done = subprocess.run([sys.executable, "-I", str(READER), str(most)], input=data, capture_output=True, timeout=WALL_SECONDS, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": "heavy"}


def _cell_read(cell):
    if not isinstance(cell, dict):
        return cell
    return datetime.fromisoformat(cell["at"]) if "T" in cell["at"] else date.fromisoformat(cell["at"])


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetRefused(name=name, why=_("不是 Excel 或 CSV 表格。请下载模板填写后上传。"))


def _ensure_light(data: bytes, name: str) -> None:
    """Weighs a packed file by its directory before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SheetRefused(name=name, why=_("打不开这个表格，可能没有传完整。请重新保存后上传。")) from error
    names = [part.filename for part in parts]
    heavy = any(part.file_size > RATIO * max(part.compress_size, 1024) for part in parts)
    strange = len(set(names)) < len(names) or any(_strange(part) for part in parts) or "[Content_Types].xml" not in names
    if heavy or strange or sum(part.file_size for part in parts) > UNPACKED:
        raise SheetRefused(name=name, why=_("不是平常的表格文件（压缩内容异常）。请把内容复制到下载的模板里再上传。"))


def _strange(part: zipfile.ZipInfo) -> bool:
    linked = (part.external_attr >> 16) & 0o170000 == 0o120000
    nested = part.filename.lower().endswith((".zip", ".xlsx", ".xls", ".jar"))
    return linked or nested or ".." in part.filename.split("/") or part.filename.startswith(("/", "\\"))


def _head(lines: list, name: str, columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """The line of the head, and where each column stands in it."""
    missing = [column.label for column in columns if column.required]
    for line, cells in lines[:HEAD_WITHIN]:
        labels = [_words(cell).rstrip("*＊").strip() for cell in cells]
        places = {column.key: labels.index(column.label) for column in columns if column.label in labels}
        if all(column.key in places for column in columns if column.required) and places:
            return line, places
        lacking = [column.label for column in columns if column.required and column.key not in places]
        missing = min(missing, lacking, key=len)
    raise SheetRefused(name=name, why=_("没有找到列“%(columns)s”。请下载模板，在模板里填写，不要改动表头。", columns='”“'.join(missing)))


def _row(line: int, cells: list, columns: Sequence[Column], places: dict[str, int]) -> Row:
    values, faults = {}, {}
    for column in columns:
        place = places.get(column.key)
        cell = cells[place] if place is not None and place < len(cells) else ""
        values[column.key] = plain(_words(cell)) if column.code else _words(cell, column.lines)
        if column.code and isinstance(cell, (int, float)) and abs(cell) >= 10**15:
            faults[column.key] = _("%(label)s被存成了数字，后几位已经丢失。请把这一列设为“文本”格式后重新填写", label=column.label)
    return Row(line, values, faults)


def _words(cell, lines: bool = False) -> str:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a point; several lines only where `lines`."""
    if cell is None or isinstance(cell, bool):
        return {True: "是", False: "否"}.get(cell, "")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d") if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    text = unicodedata.normalize("NFC", str(cell).replace("\r\n", "\n") if lines else str(cell))
    shown = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") or (lines and c == "\n"))
    return shown.strip()


def write_book(title: str, columns: Sequence[Column], rows: Iterable[Sequence], *, notes: Sequence[str] = ()) -> bytes:
    """A workbook with one sheet (head, rows) and, with `notes`, a second one. Texts stay texts, whatever they begin with (I-08).

    `rows` hold a value for each column: text, whole number, float, date or None.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = column.width
        dimension.number_format = "@" if column.code else "General"
    sheet.append([_head_cell(sheet, column) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, value, column) for value, column in zip(row, columns, strict=True)])
    if notes:
        page = book.create_sheet("填写说明")
        page.column_dimensions["A"].width = 90
        for note in notes:
            page.append([_text_cell(page, note)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence]) -> bytes:
    """The same table as CSV for Excel (UTF-8 with a mark); a text that would be read as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.label for column in columns])
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\")[:31] or "表"


def _head_cell(sheet, column: Column) -> WriteOnlyCell:
    cell = _text_cell(sheet, f"{column.label}*" if column.required else column.label)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF7")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet, value, column: Column) -> WriteOnlyCell:
    if value is None or (isinstance(value, (int, float, date)) and not isinstance(value, bool) and not column.code):
        return WriteOnlyCell(sheet, value)
    return _text_cell(sheet, _words(value, column.lines))


def _text_cell(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # openpyxl takes a leading = for a formula
    cell.number_format = "@"
    return cell
