"""查阅记录 for auditors and administrators: who looked at whose data, filtered, page by page, as a workbook. Reads only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.days import SHANGHAI, day_of
from app.operations.reading.keysets import cut_page, read_cursor
from app.people import Person
from app.sheets import Column, write_book
from app.store import session, transaction
from app.store.models import Case
from app.viewings.kinds import KINDS, kind_words
from app.viewings.models import Viewing, ViewingPurpose

PAGE = 50
MOST = 20_000  # rows of a workbook


@dataclass(frozen=True)
class Filter:
    """What of the log is asked for; each word stands in the address. "" = all.

    `reader` and `whose`: name or account; `case`: number; `since`, `until`: days (Shanghai), both included; `asked`: yes|no, whether a purpose was said.
    """

    reader: str = ""
    whose: str = ""
    case: str = ""
    kind: str = ""
    purpose: str = ""
    asked: str = ""
    since: str = ""
    until: str = ""

    def words(self) -> dict[str, str]:
        """The filter as words of an address."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Look:
    """A row of the log with what it names: the person's name as it is now, the number of the case while it is there."""

    row: Viewing
    whose: str
    number: str


def viewings_found(asked: Filter, *, cursor: str = "", size: int = PAGE) -> tuple[list[Look], str]:
    """(rows newest first, cursor of the next page or "")."""
    query = (sa.select(Viewing, Person.name, Case.number).outerjoin(Person, Person.id == Viewing.person_id)
             .outerjoin(Case, Case.id == Viewing.case_id).where(*_conditions(asked)).order_by(Viewing.id.desc()).limit(size + 1))
    if after := read_cursor(cursor, int):
        query = query.where(Viewing.id < after[0])
    rows, following = cut_page(session().execute(query).all(), size, lambda found: (found[0].id,))
    return [Look(row, name or row.person_id, number or "") for row, name, number in rows], following


def book_of(asked: Filter) -> bytes:
    """What the filter leaves as a workbook, at most MOST rows."""
    found, _cursor = viewings_found(asked, size=MOST)
    labels = (_("时间"), _("次数"), _("查阅人"), _("账号"), _("单位"), _("查阅内容"), _("说明"), _("谁的资料"), _("业务流水号"), _("查阅事由"))
    columns = [Column(str(place), label, code=place in (3, 8), width=20) for place, label in enumerate(labels)]
    return write_book(_("查阅记录"), columns, [
        (f"{look.row.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", look.row.count, look.row.reader_name, look.row.reader_id, look.row.organisation,
         kind_words(look.row.kind), look.row.detail, look.whose, look.number, look.row.purpose) for look in found])


def forget_old_viewings(clock) -> None:
    """Deletes what is older than the settings keep."""
    before = clock() - timedelta(days=int(current_app.config["VIEWINGS_KEPT"]))
    with transaction() as store:
        store.execute(sa.delete(Viewing).where(Viewing.at < before))
        store.execute(sa.delete(ViewingPurpose).where(ViewingPurpose.at < before))


def _conditions(asked: Filter):
    if asked.reader.strip():
        yield sa.or_(Viewing.reader_id == asked.reader.strip(), Viewing.reader_name == asked.reader.strip())
    if asked.whose.strip():
        yield Viewing.person_id.in_(sa.select(Person.id).where(sa.or_(Person.id == asked.whose.strip(), Person.name == asked.whose.strip())))
    if asked.case.strip():
        yield Viewing.case_id.in_(sa.select(Case.id).where(Case.number == "".join(asked.case.split())))
    if asked.kind in KINDS:
        yield Viewing.kind == asked.kind
    if asked.purpose.strip():
        yield Viewing.purpose.contains(asked.purpose.strip(), autoescape=True)
    if asked.asked in ("yes", "no"):
        yield (Viewing.purpose != "") if asked.asked == "yes" else (Viewing.purpose == "")
    if first := day_of(asked.since):
        yield Viewing.at >= first
    if last := day_of(asked.until):
        yield Viewing.at < last + timedelta(days=1)
