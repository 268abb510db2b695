"""Due timers: each case in a transaction of its own, in due order, once, however long the service was down."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog

from app import engine
from app.errors import DatabaseBusy
from app.operations.commands import Entry, locked_case, move
from app.operations.contexts import instant
from app.people import SYSTEM
from app.store import session, transaction
from app.store.models import Timer

BATCH = 200  # cases looked at in one go
TRIES = 20  # after so many failures (a sweep apart) a timer is held for a person: `pingshen stuck`
log = structlog.get_logger()


def fire_due_timers(clock, limit: int = BATCH) -> int:
    """Fires what is due by now; returns how many cases moved. A case that fails does not stop the others."""
    now = clock()
    due = session().execute(
        sa.select(Timer.case_id, sa.func.min(Timer.due)).where(Timer.due <= now, Timer.held == "")
        .group_by(Timer.case_id).order_by(sa.func.min(Timer.due)).limit(limit)
    ).all()
    return sum(_fire_safely(case_id, clock) for case_id, _due in due)


def _fire_safely(case_id: int, clock) -> bool:
    try:
        return fire_timers_of(case_id, clock)
    except DatabaseBusy:  # nobody's fault: the next sweep tries again
        return False
    except Exception as error:  # whatever one case raises, a damaged state too: the others must go on
        log.error("timer-failed", case_id=case_id, error=repr(error))
        _count_failure(case_id, clock, str(error))
        return False


def fire_timers_of(case_id: int, clock) -> bool:
    """Fires the due timers of one case; False when another worker was first."""
    with locked_case(case_id) as case:
        now = clock()
        due = session().scalars(
            sa.select(Timer).where(Timer.case_id == case_id, Timer.due <= now, Timer.held == "").order_by(Timer.due, Timer.id)
        ).all()
        if not due:
            return False
        entry = Entry("timer", SYSTEM, now, element=due[0].element)
        entry.details = {"timers": [[timer.element, instant(timer.due)] for timer in due], "late": _lateness(due[0], now)}
        move(case, entry, engine.fire_timers)
        return True


def _lateness(timer: Timer, now: datetime) -> int:
    """Seconds after the due instant."""
    return int((now - timer.due).total_seconds())


def _count_failure(case_id: int, clock, message: str) -> None:
    with transaction():
        for timer in session().scalars(sa.select(Timer).where(Timer.case_id == case_id, Timer.due <= clock())):
            timer.tries += 1
            if timer.tries >= TRIES:
                timer.held = message[:300]
