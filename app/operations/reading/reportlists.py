"""The reports of a case as lists show them (S1-208 … S1-210), and all of somebody's cases in the print centre."""
from __future__ import annotations

import sqlalchemy as sa

from app.operations import printings, releases
from app.operations.access import can_view_case, worked_with
from app.operations.contexts import case_context, holds
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import CaseReports, Page, ReportLink
from app.operations.reports import can_print
from app.store import session
from app.store.models import Case, CaseParty, Task

CASES = 10  # to a page of the print centre: each has several reports


def report_links(case: Case, actor, clock) -> tuple[ReportLink, ...]:
    """The reports that this actor may print of the case, now or later, in the order of the catalogue."""
    context, printed = case_context(case, actor=actor, clock=clock), printings.last_printings(actor, [case.id])
    return tuple(
        ReportLink(key, report.title, report.title_en, stage_for(report, actor), holds(report.available_when, context),
                   printed.get((case.id, key)), bool(report.over))
        for key, report in releases.procedure_of(case.release).reports.items() if can_print(report, case, actor))


def stage_for(report, actor) -> str:
    """The stage that a report belongs to, as holders of the actor's roles know it (S1-210)."""
    held = {role for role, _organisation in actor.roles}
    return next((stage for role, stage in report.stages.items() if role in held), report.stage)


def print_centre(actor, clock, *, q: str = "", cursor: str = "", size: int = CASES) -> Page:
    """The cases that are the actor's, name them or their organisation, or had work for them, newest first, with their reports."""
    after = read_cursor(cursor, int)
    ids = sa.union(*(sa.select(source.subquery().c[0]) for source in _sources(actor, q.strip(), after, size))).subquery()
    found = session().scalars(sa.select(Case).where(Case.id.in_(sa.select(ids)), worked_with(actor)).order_by(Case.id.desc()).limit(size + 1)).all()
    page, following = cut_page(found, size, lambda case: (case.id,))
    rows = (CaseReports(case, report_links(case, actor, clock)) for case in page if can_view_case(case, actor))
    return Page(tuple(row for row in rows if row.reports), following)


def _sources(actor, q: str, after: tuple | None, size: int) -> list:
    refs = {actor.ref} | {pool.partition("@")[2] for pool in actor.pools if not pool.endswith("@")}
    theirs = sa.or_(Task.assignee == actor.id, Task.closed_by == actor.id, Task.pool.in_(actor.pools))
    chosen = [
        sa.select(Case.id).where(Case.starter_id == actor.id),
        sa.select(Case.id).where(Case.id.in_(sa.select(CaseParty.case_id).where(CaseParty.ref.in_(refs)))),
        sa.select(Case.id).where(Case.id.in_(sa.select(Task.case_id).where(theirs))),
    ]
    wanted = [Case.id < after[0]] if after else []
    if q:
        like = f"%{q.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
        wanted.append(sa.or_(*(column.like(like, escape="/") for column in (Case.number, Case.summary, Case.starter_name))))
    return [statement.where(*wanted).order_by(Case.id.desc()).limit(size + 1) for statement in chosen]
