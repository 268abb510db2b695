"""Setting free what waits for a person: held timers and requests that were set aside. Each is an event of its case."""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app import mail
from app.operations import events
from app.operations.commands import locked_case
from app.store import session, transaction
from app.store.models import Case, IdempotencyKey, Outbox, Timer

KEYS_KEPT = timedelta(days=30)  # how long a repeated request still gets its first answer


def waiting_for_a_person() -> list[dict]:
    """What stands still: `{case, element, what, why}` of held timers, set-aside requests and mails."""
    timers = session().execute(sa.select(Case.number, Timer.element, Timer.held).join(Case, Case.id == Timer.case_id).where(Timer.held != ""))
    requests = session().execute(
        sa.select(Case.number, Outbox.element, Outbox.error).join(Case, Case.id == Outbox.case_id).where(Outbox.state == "set_aside"))
    found = [("timer", row) for row in timers] + [("request", row) for row in requests]
    return [{"case": number, "element": element, "what": what, "why": why} for what, (number, element, why) in found] + mail.sending_stands_still()


def try_again(*, actor, clock) -> int:
    """Lets all of it be tried again from now; returns how many cases and mails it concerned."""
    held = set(session().scalars(sa.select(Timer.case_id).where(Timer.held != "")))
    aside = set(session().scalars(sa.select(Outbox.case_id).where(Outbox.state == "set_aside")))
    for case_id in sorted(held | aside):
        _free(case_id, actor, clock)
    return len(held | aside) + mail.try_again(clock)


def _free(case_id: int, actor, clock) -> None:
    with locked_case(case_id) as case:
        session().execute(sa.update(Timer).where(Timer.case_id == case_id, Timer.held != "").values(held="", tries=0))
        session().execute(
            sa.update(Outbox).where(Outbox.case_id == case_id, Outbox.state == "set_aside")
            .values(state="new", tries=0, error="", next_at=clock()))
        case.version += 1
        events.append_event(case, "retry", actor=actor, at=clock(), state_digest=events.latest_state_digest(case))


def forget_old_keys(clock) -> int:
    """Removes idempotency keys that nobody repeats any more; returns how many."""
    with transaction():
        return session().execute(sa.delete(IdempotencyKey).where(IdempotencyKey.at < clock() - KEYS_KEPT)).rowcount
