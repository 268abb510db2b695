"""What the pages of retention show besides rules, holds and requests. Reads only."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import Page
from app.retention.models import RetentionItem, RetentionRun
from app.store import session
from app.store.models import Case, DataRequest, Process

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """What waits for an administrator."""

    runs: int
    requests: int


def waiting() -> Waiting:
    """How many plans and wishes wait."""
    return Waiting(_count(RetentionRun, RetentionRun.state == "planned"), _count(DataRequest, sa.and_(DataRequest.kind == "deletion", DataRequest.state == "recorded")))


def procedures() -> dict[str, str]:
    """Procedure -> what people call it."""
    found: dict[str, str] = {}
    for name, process_id, title in session().execute(sa.select(Process.procedure, Process.id, Process.name).order_by(Process.procedure, Process.name)):
        if name not in found or process_id == name:
            found[name] = title
    return found


def runs(*, cursor: str = "") -> Page:
    """Every run, newest first."""
    after = read_cursor(cursor, int)
    query = sa.select(RetentionRun).order_by(RetentionRun.id.desc())
    if after:
        query = query.where(RetentionRun.id < after[0])
    return Page(*cut_page(session().scalars(query.limit(PAGE + 1)).all(), PAGE, lambda run: (run.id,)))


def lines_of(run_id: int, *, stays: bool, cursor: str = "") -> Page:
    """The lines of a run that go, or those that stay."""
    after = read_cursor(cursor, int)
    query = sa.select(RetentionItem).where(RetentionItem.run_id == run_id, (RetentionItem.stays != "") == stays).order_by(RetentionItem.position)
    if after:
        query = query.where(RetentionItem.position > after[0])
    return Page(*cut_page(session().scalars(query.limit(PAGE + 1)).all(), PAGE, lambda line: (line.position,)))


def sums_of(run_id: int) -> dict[str, int]:
    """{cases, rows, stays}: lines with a case, rows of tables, lines that stay."""
    rows = session().execute(sa.select(RetentionItem.case_id.is_not(None), RetentionItem.stays != "", sa.func.count(), sa.func.sum(RetentionItem.count))
                             .where(RetentionItem.run_id == run_id).group_by(RetentionItem.case_id.is_not(None), RetentionItem.stays != "")).all()
    return {"cases": sum(lines for cased, stays, lines, _rows in rows if cased and not stays), "rows": sum(int(count) for cased, stays, _lines, count in rows if not cased and not stays),
            "stays": sum(lines for _cased, stays, lines, _rows in rows if stays)}


def cases_numbered(text: str) -> list[int]:
    """The ids of the cases whose numbers a text lists, by blanks, commas or lines."""
    numbers = text.replace(",", " ").replace("，", " ").replace("、", " ").split()[:10_000]
    return list(session().scalars(sa.select(Case.id).where(Case.number.in_(numbers)).order_by(Case.id)))


def _count(model, where) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model).where(where))
