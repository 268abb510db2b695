"""People of an organisation from an Excel file: read and weighed line by line first, written only when told so (D-41).

Nothing is imported by halves: a file with one wrong line cannot be confirmed. Lines that are listed already are skipped.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import ListRefused
from app.people.actors import Actor
from app.people.listed import PendingImport
from app.people.personnel import DOCUMENTS, Entry, checked, list_all, names_by_number
from app.sheets import Column, read_rows, write_book
from app.store import session, transaction

MOST = 5000  # rows of a file
KEPT = timedelta(days=1)  # how long a file that nobody confirmed is kept
NAME, DOCUMENT, NUMBER = "name", "document", "number"
COLUMNS = (
    Column(NAME, "姓名", required=True, width=20), Column(DOCUMENT, "证件类型", width=26), Column(NUMBER, "证件号码", required=True, code=True, width=28),
)
_NOTES = (
    "姓名、证件号码必填；证件类型不填的，按居民身份证处理。",
    f"证件类型可填：{'、'.join(DOCUMENTS.values())}。",
    "证件号码列已设为文本格式，请不要改成数字，否则后几位会丢失；空格、全角字符会自动更正。",
    f"一次最多 {MOST} 人；已在名单中的人会跳过，不会重复。有一行不合要求，整个文件都不会导入。",
)
_CODES = {name: code for code, name in DOCUMENTS.items()}


@dataclass(frozen=True)
class Line:
    """One line of the file as it was understood; `line` as Excel counts; `known`: listed already, will be skipped."""

    line: int
    entry: Entry
    fault: str = ""
    known: bool = False


@dataclass(frozen=True)
class Preview:
    """What an import would do. `stamp` names this reading of the file: confirming another one is refused."""

    name: str
    stamp: str
    lines: tuple[Line, ...]

    @property
    def wrong(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.fault)

    @property
    def known(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.known)

    @property
    def fresh(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.fault and not line.known)


def template() -> bytes:
    """The empty workbook to fill in (S1-044)."""
    return write_book("人员名单", COLUMNS, [], notes=_NOTES)


def read_import(organisation_id: str, data: bytes, name: str, *, actor: Actor, clock: Clock) -> None:
    """Reads a file and keeps its rows for a look. Raises SheetRefused. A file read before by the same person is replaced."""
    rows = [[row.line, row.values, row.faults] for row in read_rows(data, name, columns=COLUMNS, most=MOST)]
    with transaction() as store:
        store.execute(sa.delete(PendingImport).where(PendingImport.at < clock() - KEPT))
        store.merge(PendingImport(organisation_id=organisation_id, person_id=actor.id, name=name[:200], rows=rows, at=clock()))


def preview_of(organisation_id: str, person_id: str) -> Preview | None:
    """What the file read last would do now; None when there is none."""
    kept = session().get(PendingImport, (organisation_id, person_id))
    if kept is None:
        return None
    return Preview(kept.name, kept.at.isoformat(), tuple(_lines(kept.rows, names_by_number(organisation_id))))


def confirm_import(organisation_id: str, stamp: str, *, actor: Actor, clock: Clock) -> int:
    """Writes the file that was looked at; how many people are new. Raises ListRefused when a line is wrong or the file is another."""
    with transaction() as store:
        preview = preview_of(organisation_id, actor.id)
        ensure_same(preview, stamp)
        ensure_faultless(preview)
        count = list_all(organisation_id, [line.entry for line in preview.fresh], source=preview.name, actor=actor, clock=clock)
        store.delete(store.get(PendingImport, (organisation_id, actor.id)))
    return count


def drop_import(organisation_id: str, *, actor: Actor) -> None:
    """Forgets the file; nothing was written."""
    with transaction() as store:
        store.execute(sa.delete(PendingImport).where(
            PendingImport.organisation_id == organisation_id, PendingImport.person_id == actor.id))


def ensure_same(preview: Preview | None, stamp: str) -> None:
    """Raises ListRefused when this is not the file that was looked at."""
    if preview is None or preview.stamp != stamp:
        raise ListRefused(why=_("要导入的文件已更换或已导入，请重新选择文件。"))


def ensure_faultless(preview: Preview) -> None:
    """Raises ListRefused when a line is wrong."""
    if preview.wrong:
        raise ListRefused(why=_("文件有 %(count)s 行不合要求，请改正后重新选择文件。", count=len(preview.wrong)))


def _lines(rows: list, names: dict[str, str]):
    """Each row with what is wrong with it, or that it is known: in the file above, or on the list."""
    seen: dict[str, int] = {}
    for line, values, spoilt in rows:
        written = values[DOCUMENT].strip()
        entry, faults = checked(values[NAME], _CODES.get(written, written), values[NUMBER])
        faults |= spoilt
        fault = "；".join(faults.values()) or _clash(entry, seen, names)
        seen.setdefault(entry.number, line)
        yield Line(line, entry, fault, known=not fault and entry.number in names)


def _clash(entry: Entry, seen: dict[str, int], names: dict[str, str]) -> str:
    if entry.number in seen:
        return _("与第 %(line)s 行的证件号码相同，请删去一行", line=seen[entry.number])
    listed_as = names.get(entry.number, entry.name)
    return "" if listed_as == entry.name else _("此证件号码已在名单中，姓名为“%(name)s”，请核对", name=listed_as)
