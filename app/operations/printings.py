"""What was printed: who printed which report of which case in which version, and when. Printing changes no case."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.store import session, transaction
from app.store.models import Printing


def record(run: str, papers: Mapping[int, tuple[str, int]], report: str, *, actor, clock) -> None:
    """Remembers one printing: case id -> (code, version). `run` joins the cases of one list."""
    where = organisation_id(actor)
    with transaction():
        session().add_all(
            Printing(run=run, case_id=case_id, report=report, code=code, version=version, person_id=actor.id,
                     organisation_id=where, at=clock())
            for case_id, (code, version) in papers.items())


def version_of(case_id: int, report: str, code: str) -> int:
    """The number of this content among the contents of the report that were printed before; a new one counts on."""
    known = _known_version(case_id, report, code)
    if known is not None:
        return known
    newest = sa.select(sa.func.max(Printing.version)).where(Printing.case_id == case_id, Printing.report == report)
    return (session().scalar(newest) or 0) + 1


def printed_version(case_id: int, report: str, code: str) -> tuple[int, datetime] | None:
    """(version, when it was last printed) of this content; None when it never was."""
    version = _known_version(case_id, report, code)
    if version is None:
        return None
    last = sa.select(sa.func.max(Printing.at)).where(*_content(case_id, report, code))
    return version, session().scalar(last)


def last_printed(actor, report: str, case_ids: Iterable[int]) -> dict[int, datetime]:
    """case id -> when the actor, or somebody of the organisation they act for, last printed this report."""
    return {case_id: at for (case_id, key), at in last_printings(actor, case_ids).items() if key == report}


def last_printings(actor, case_ids: Iterable[int]) -> dict[tuple[int, str], datetime]:
    """(case id, report) -> when the actor, or somebody of the organisation they act for, last printed it."""
    mine, where = Printing.person_id == actor.id, organisation_id(actor)
    if where:
        mine = sa.or_(mine, Printing.organisation_id == where)
    rows = session().execute(
        sa.select(Printing.case_id, Printing.report, sa.func.max(Printing.at))
        .where(Printing.case_id.in_(list(case_ids)), mine).group_by(Printing.case_id, Printing.report))
    return {(case_id, report): at for case_id, report, at in rows}


def organisation_id(actor) -> str:
    """The organisation that the actor acts for; "" for people on their own."""
    return actor.organisation["ref"].partition(":")[2] if actor.organisation else ""


def _known_version(case_id: int, report: str, code: str) -> int | None:
    return session().scalar(sa.select(Printing.version).where(*_content(case_id, report, code)).limit(1))


def _content(case_id: int, report: str, code: str) -> tuple:
    return Printing.case_id == case_id, Printing.report == report, Printing.code == code
