"""Putting cases into a batch, holding, releasing and taking them out. Called by connectors, inside no command of a case.

Every verb is done once per request (`call`): asked again it tells what it did.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.batches.models import Batch, BatchMember, BatchRevision
from app.store import session, transaction
from app.store.models import Case
from app.store.sequences import next_number


@dataclass(frozen=True)
class Deed:
    """Who does something to a batch, when and why; `call` is the request it comes from."""

    call: str
    at: datetime
    by: str = ""
    by_name: str = ""
    reason: str = ""
    note: str = ""


def batch_of(case_id: int, deed: Deed) -> Batch:
    """The batch that this case is, locked until the commit; made when there is none yet."""
    query = sa.select(Batch).where(Batch.case_id == case_id).with_for_update().execution_options(populate_existing=True)
    found = session().scalar(query)
    if found is None:
        try:
            with session().begin_nested():
                session().add(Batch(case_id=case_id, made_at=deed.at))
        except IntegrityError:  # another request was first
            pass
        found = session().scalar(query)
    return found


def number_batch(case_id: int, pattern: str, deed: Deed, *, own: str = "") -> str:
    """The number of the batch: given once, then always the same. `own` is one set by hand; "" when that is another's."""
    with transaction():
        batch = batch_of(case_id, deed)
        if batch.number:
            return batch.number
        if own and session().scalar(sa.select(Batch.case_id).where(Batch.number == own)):
            return ""
        batch.number, batch.by_hand = own or _unused(pattern, deed.at), deed.reason[:300] if own else ""
        session().flush()
        return batch.number


def _unused(pattern: str, at: datetime) -> str:
    """The next number; one that somebody has set by hand is passed over."""
    while session().scalar(sa.select(Batch.case_id).where(Batch.number == (number := next_number(pattern, at, kind="batch")))):
        pass
    return number


def put_members(case_id: int, numbers: list[str], deed: Deed, *, readers: list[str]) -> dict:
    """Puts cases into the batch: {put, taken}; `taken` are those that travel in another running batch, or do not exist."""
    with transaction():
        batch = batch_of(case_id, deed)
        batch.readers = list(readers) or batch.readers or []
        cases = cases_by_number(numbers)
        known = set(session().scalars(sa.select(BatchMember.case_id).where(BatchMember.batch_id == case_id, BatchMember.state.in_(("in", "held")))))
        here = [number for number in numbers if number in cases and cases[number].id in known]
        new = _done_before(deed)
        if new is None:
            new = [number for number in numbers if number in cases and cases[number].id not in known and _placed(case_id, cases[number], deed)]
            _revise(case_id, "put", [cases[number] for number in new], deed)
        put = {*here, *new}
        return {"put": [number for number in numbers if number in put], "taken": [number for number in numbers if number not in put]}


def _placed(batch_id: int, case: Case, deed: Deed) -> bool:
    """Whether the case is in this batch afterwards. Of two batches at the same moment one gets it: the index decides."""
    row = session().get(BatchMember, (batch_id, case.id), populate_existing=True)
    _leave_ended(case.id, deed)
    try:
        with session().begin_nested():
            row = row or BatchMember(batch_id=batch_id, case_id=case.id)
            _set(row, "in", deed)
            session().add(row)
    except IntegrityError:
        return False
    return True


def _leave_ended(case_id: int, deed: Deed) -> None:
    """A batch whose case is over keeps nobody, however it ended."""
    over = sa.select(Case.id).where(Case.ended_at.is_not(None))
    session().execute(
        sa.update(BatchMember).where(BatchMember.case_id == case_id, BatchMember.state.in_(("in", "held")), BatchMember.batch_id.in_(over))
        .values(state="out", since=deed.at).execution_options(synchronize_session=False))


def change_members(case_id: int, numbers: list[str] | None, kind: str, deed: Deed) -> list[str]:
    """Holds, releases, takes out or finishes members (all that run when none are named); the numbers of those it changed."""
    before, after = {"held": (("in",), "held"), "released": (("held",), "in"), "out": (("in", "held"), "out"), "done": (("in",), "done")}[kind]
    with transaction():
        batch_of(case_id, deed)
        done = _done_before(deed)
        if done is not None:
            return done
        query = sa.select(BatchMember, Case).join(Case, Case.id == BatchMember.case_id).where(BatchMember.batch_id == case_id, BatchMember.state.in_(before))
        if numbers is not None:
            query = query.where(Case.number.in_(numbers))
        found = session().execute(query.order_by(Case.number)).all()
        for member, _case in found:
            _set(member, after, deed)
        _revise(case_id, kind, [case for _member, case in found], deed)
        return [case.number for _member, case in found]


def _done_before(deed: Deed) -> list[str] | None:
    """What this request changed when it was first heard; None when it is new, or changed nothing."""
    cases = session().scalar(sa.select(BatchRevision.cases).where(BatchRevision.call == deed.call))
    return None if cases is None else [number for number, _name in cases]


def cases_by_number(numbers) -> dict[str, Case]:
    """The cases of these numbers."""
    return {case.number: case for case in session().scalars(sa.select(Case).where(Case.number.in_(list(numbers))))}


def _set(member: BatchMember, state: str, deed: Deed) -> None:
    member.state, member.since, member.by, member.by_name = state, deed.at, deed.by, deed.by_name
    member.reason, member.note = deed.reason[:500], deed.note[:200]


def _revise(batch_id: int, kind: str, cases: list[Case], deed: Deed) -> None:
    if not cases or session().scalar(sa.select(BatchRevision.id).where(BatchRevision.call == deed.call)):
        return
    last = session().scalar(sa.select(sa.func.max(BatchRevision.number)).where(BatchRevision.batch_id == batch_id)) or 0
    session().add(BatchRevision(
        batch_id=batch_id, number=last + 1, kind=kind, cases=[[case.number, case.starter_name] for case in cases],
        reason=deed.reason[:500], call=deed.call, at=deed.at, by_name=deed.by_name))
    session().flush()
