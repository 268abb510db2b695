"""Who travels in a batch, since when and why; and the batch that a case travels in. Writes nothing, decides no right."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.batches.models import Batch, BatchMember, BatchRevision
from app.store import session
from app.store.models import Case

RUNNING = ("in", "held")


@dataclass(frozen=True)
class Travel:
    """A batch that a case is or was in."""

    batch: Case
    number: str
    member: BatchMember


def batch_row(case_id: int) -> Batch | None:
    """What is kept of a batch; None when the case is none."""
    return session().get(Batch, case_id)


def members_of(case_id: int) -> list[tuple[BatchMember, Case]]:
    """The members of a batch with their cases, those who travel first, by number."""
    rows = session().execute(
        sa.select(BatchMember, Case).join(Case, Case.id == BatchMember.case_id).where(BatchMember.batch_id == case_id).order_by(Case.number)).all()
    order = {"in": 0, "held": 1, "done": 2, "out": 3}
    return sorted(((member, case) for member, case in rows), key=lambda pair: order[pair[0].state])


def revisions_of(case_id: int) -> list[BatchRevision]:
    """What changed in a batch, in order."""
    return list(session().scalars(sa.select(BatchRevision).where(BatchRevision.batch_id == case_id).order_by(BatchRevision.number)))


def travels_of(case_id: int) -> list[Travel]:
    """The batches of a case, the latest first."""
    rows = session().execute(
        sa.select(Case, Batch.number, BatchMember).join(BatchMember, BatchMember.batch_id == Case.id).join(Batch, Batch.case_id == Case.id)
        .where(BatchMember.case_id == case_id).order_by(BatchMember.since.desc(), Case.id.desc())).all()
    return [Travel(*row) for row in rows]


def open_to(case_id: int, roles: Iterable[str]) -> list[Case]:
    """The running batches of a case whose workers in one of these roles may read it."""
    held = set(roles)
    rows = session().execute(
        sa.select(Case, Batch.readers).join(Batch, Batch.case_id == Case.id).join(BatchMember, BatchMember.batch_id == Batch.case_id)
        .where(BatchMember.case_id == case_id, BatchMember.state != "out"))
    return [case for case, readers in rows if held & set(readers or ())]
