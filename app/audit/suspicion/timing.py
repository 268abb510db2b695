"""Checks of time: deadlines, haste, unusual hours, clocks that go back, and places nobody signed in from before."""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.audit.suspicion.course import Course, due_at
from app.audit.suspicion.kinds import Finding
from app.audit.suspicion.order import finding
from app.expressions import calendar
from app.operations.contexts import SHANGHAI
from app.people import SYSTEM, SignIn
from app.store import session
from app.store.models import Event, Task

MOST_AROUND = 5000  # tasks of one person that are counted around one decision
SIGN_INS = 200  # of one person that are looked at, the newest before the decision


def clock_back(course: Course) -> Iterator[Finding]:
    """An event that says it happened before the one before it."""
    for before, event in zip(course.events, course.events[1:]):
        if event.at < before.at:
            back = before.at - event.at
            yield finding("clock-back", event, _("比前一个事件早 %(n)s 秒", n=max(1, round(back.total_seconds()))))


def deadlines(course: Course) -> Iterator[Finding]:
    """Tasks that were done after their due, or are still open behind it; timers that fired long after they should have."""
    grace, closing = timedelta(minutes=course.limits["late_minutes"]), {event.task_id: event for event in course.done}
    for task in course.tasks.values():
        due = due_at(task.due)
        if due is None:
            continue
        if task.state == "done" and task.closed_at and task.closed_at > due + grace and task.id in closing:
            yield finding("done-late", closing[task.id], _("“%(step)s”比期限晚 %(late)s 办理", step=task.name, late=_lasting(task.closed_at - due)))
        elif task.state == "open" and course.now > due + grace:
            began = course.opened_by(task)
            yield finding("still-open", None, _("“%(step)s”的期限已过，还没有办", step=task.name), seq=began.seq if began else 0, element=task.element, person=task.assignee)
    most = course.limits["timer_minutes"] * 60
    for event in course.events:
        late = event.details.get("late", 0) if event.kind == "timer" else 0
        if most and isinstance(late, int) and late > most:
            yield finding("timer-late", event, _("到期以后过了 %(late)s 才自动办理", late=_lasting(timedelta(seconds=late))))


def haste(course: Course) -> Iterator[Finding]:
    """A decision within seconds of opening the page; many decisions of one person within a short time."""
    told: set[str] = set()
    for event in course.decisions:
        task = course.tasks.get(event.task_id)
        if task is None or task.closed_at is None:
            continue
        spent = (task.closed_at - task.opened_at).total_seconds() if task.opened_at else None
        if spent is not None and 0 <= spent < course.limits["quick_seconds"]:
            yield finding("quick", event, _("“%(step)s”打开 %(n)s 秒后就作了决定", step=course.name(event), n=round(spent)))
        if course.limits["many_count"] and event.actor_id not in told:
            count = _decided_around(event.actor_id, task.closed_at, course.limits["many_seconds"])
            if count >= course.limits["many_count"]:
                told.add(event.actor_id)
                yield finding("many-at-once", event, _("同一人在 %(s)s 秒之内办了 %(n)s 件", s=course.limits["many_seconds"], n=count))


def _decided_around(person: str, at: datetime, seconds: int) -> int:
    """How many tasks the person completed within so many seconds that this one is among, wherever in them it lies."""
    length = timedelta(seconds=seconds)
    query = sa.select(Task.closed_at).where(Task.state == "done", Task.closed_at.between(at - length, at + length), Task.closed_by == person)
    times = session().scalars(query.order_by(Task.closed_at).limit(MOST_AROUND)).all()
    return max((bisect_right(times, first + length) - place for place, first in enumerate(times) if first <= at), default=0)


def odd_hours(course: Course) -> Iterator[Finding]:
    """Decisions at night, or on a day that the calendar has as free."""
    limits = course.limits
    for event in course.decisions:
        if event.actor_id == SYSTEM.id:
            continue
        local = event.at.astimezone(SHANGHAI)
        if limits["free_days"] and not calendar.is_workday(local.date()):
            yield finding("odd-hour", event, _("“%(step)s”在不上班的日子（%(at)s）办理", step=course.name(event), at=f"{local:%Y-%m-%d %H:%M}"))
        elif local.hour >= limits["night_from"] or local.hour < limits["night_until"]:
            yield finding("odd-hour", event, _("“%(step)s”在夜间（%(at)s）办理", step=course.name(event), at=f"{local:%Y-%m-%d %H:%M}"))


def new_addresses(course: Course) -> Iterator[Finding]:
    """A decision under a sign-in from an address that its person had not used before. Once for each person."""
    told: set[str] = set()
    for event in course.decisions if course.limits["known_sign_ins"] else ():
        if event.actor_id in told or not _from_a_new_address(event, course.limits["known_sign_ins"]):
            continue
        told.add(event.actor_id)
        yield finding("new-address", event, _("“%(step)s”办理时的登录，来自此人以前没有用过的网络地址", step=course.name(event)))


def _from_a_new_address(event: Event, least: int) -> bool:
    rows = session().execute(
        sa.select(SignIn.created_at, SignIn.address).where(SignIn.person_id == event.actor_id, SignIn.created_at <= event.at)
        .order_by(SignIn.created_at.desc()).limit(SIGN_INS)).all()
    earlier = [address for _at, address in rows[1:]]
    return len(earlier) >= least and bool(rows[0].address) and rows[0].address not in earlier


def _lasting(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes >= 1440:
        return _("%(n)s 天", n=round(minutes / 1440, 1))
    return _("%(n)s 小时", n=round(minutes / 60, 1)) if minutes >= 60 else _("%(n)s 分钟", n=minutes)


CHECKS = (clock_back, deadlines, haste, odd_hours, new_addresses)
