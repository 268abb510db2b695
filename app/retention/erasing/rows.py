"""Deleting rows by age: logs, notices, drafts, exports, technical rows. What is held stays; what is still worked with stays."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.certificates.models import CertificateCheck
from app.jobs.models import Job, JobItem
from app.mail.models import Mail
from app.people import AccountEvent, SignIn, WrongPasswords
from app.people.listed import PendingImport
from app.people.registered import Letter, SentCode, SpentSolution
from app.retention.erasing.tombstones import Act
from app.retention.holds import Held
from app.store import session
from app.store.models import Case, Draft, IdempotencyKey, KeptPage, Notice, PrintingAnswers, Task
from app.viewings.models import Viewing, ViewingPurpose

MOST = 50_000  # rows of one table in one run: the next run goes on
_AT_ONCE = 400  # of one statement


@dataclass(frozen=True)
class Aged:
    """Rows that are deleted once `at` is long enough ago. `also`: what must hold besides; `person`, `case`: columns that a hold reads."""

    model: type
    at: object
    person: object = None
    case: object = None
    also: Callable = lambda: sa.true()


ROWS: dict[str, tuple[Aged, ...]] = {
    "notices": (Aged(Notice, Notice.at, Notice.person_id, Notice.case_id), Aged(Mail, Mail.created_at, also=lambda: Mail.state != "new"), Aged(Letter, Letter.at)),
    "drafts": (
        Aged(Draft, Draft.saved_at, Draft.person_id, Draft.case_id, lambda: Draft.task_id.not_in(sa.select(Task.id).where(Task.state == "open"))),
        Aged(KeptPage, KeptPage.at, KeptPage.person_id), Aged(PrintingAnswers, PrintingAnswers.at)),
    "logs": (
        Aged(SignIn, SignIn.last_seen, SignIn.person_id), Aged(AccountEvent, AccountEvent.at, AccountEvent.person_id),
        Aged(CertificateCheck, CertificateCheck.at, CertificateCheck.person_id), Aged(Viewing, Viewing.last_at, Viewing.person_id, Viewing.case_id),
        Aged(ViewingPurpose, ViewingPurpose.at, case=ViewingPurpose.case_id)),
    "exports": (
        Aged(JobItem, JobItem.at, case=JobItem.case_id, also=lambda: JobItem.job_id.in_(sa.select(Job.id).where(Job.state.in_(("done", "stopped"))))),),
    "technical": (
        Aged(IdempotencyKey, IdempotencyKey.at, IdempotencyKey.person_id), Aged(SentCode, SentCode.expires_at), Aged(WrongPasswords, WrongPasswords.at),
        Aged(SpentSolution, SpentSolution.expires_at), Aged(PendingImport, PendingImport.at, PendingImport.person_id)),
}


def due_rows(data_class: str, before: datetime, held: Held) -> list[tuple[str, int, int]]:
    """(table, rows that would go, rows that are held) of a class."""
    found = []
    for aged in ROWS[data_class]:
        due, free = _count(aged, _due(aged, before)), _count(aged, _free(aged, before, held))
        found.append((aged.model.__tablename__, free, due - free))
    return found


def delete_rows(data_class: str, before: datetime, held: Held, act: Act) -> int:
    """Deletes what is due, up to MOST of each table; how many."""
    for aged in ROWS[data_class]:
        keys = tuple(aged.model.__table__.primary_key.columns)
        rows = session().execute(sa.select(*keys).where(_free(aged, before, held)).order_by(*keys).limit(MOST)).all()
        for start in range(0, len(rows), _AT_ONCE):
            session().execute(sa.delete(aged.model.__table__).where(sa.tuple_(*keys).in_([tuple(row) for row in rows[start:start + _AT_ONCE]])))
        act.took(aged.model.__tablename__, len(rows), [":".join(map(str, row)) for row in rows])
    return act.bury()


def _due(aged: Aged, before: datetime):
    return sa.and_(aged.at < before, aged.also())


def _free(aged: Aged, before: datetime, held: Held):
    """What is due and not held: by its person, by its case."""
    parts = [_due(aged, before)]
    if aged.person is not None and held.people:
        parts.append(aged.person.not_in(held.people))
    if aged.case is not None and held.holds:
        kept = sa.select(Case.id).where(sa.or_(Case.id.in_(held.cases), Case.number.in_(held.numbers), Case.procedure.in_(held.procedures), Case.starter_id.in_(held.people)))
        parts.append(sa.or_(aged.case.is_(None), aged.case.not_in(kept)))
    return sa.and_(*parts)


def _count(aged: Aged, where) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(aged.model).where(where)) or 0
