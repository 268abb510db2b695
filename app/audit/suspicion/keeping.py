"""Findings as they are kept: worked out for cases that changed, compared with what is known, set aside with a reason. The worker's part too."""
from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _

from app.audit.suspicion import order, substance, timing
from app.audit.suspicion.course import Course, due_at
from app.audit.suspicion.kinds import Finding
from app.audit.suspicion.models import FindingLook, FindingProgress, KeptFinding
from app.audit.suspicion.patterns import PATTERNS, look_for_patterns
from app.audit.suspicion.thresholds import in_force, rules_of
from app.errors import DatabaseBusy, NotAllowed, NotFound, ReasonNeeded, RequestInvalid
from app.store import session, transaction
from app.store.models import Case, Event, Task

CHECKS = (*order.CHECKS, *timing.CHECKS, *substance.CHECKS)
SLICE = 200  # cases of one query of the worker
SECONDS = 10.0  # before other work of the worker has its turn
BEHIND = 2000  # events looked back at: on PostgreSQL a lower id may be committed later
LONGEST = 500  # characters of a reason
log = structlog.get_logger()


def findings_of(case: Case) -> list[Finding]:
    """Everything that is unusual in a case now, in the order of its events; what was set aside says why."""
    kept = {_key(row): row.dismissed_why for row in session().scalars(sa.select(KeptFinding).where(KeptFinding.case_id == case.id, KeptFinding.dismissed_at.is_not(None)))}
    patterns = [_plain(row) for row in session().scalars(sa.select(KeptFinding).where(KeptFinding.case_id == case.id, KeptFinding.code.in_(PATTERNS)))]
    fresh = [*_worked_out(Course(case, in_force(), _now(case))), *patterns]
    found = [Finding(one.code, one.severity, one.seq, one.element, one.words, one.person_id, one.dismissed or kept.get(_key(one), "")) for one in fresh]
    return sorted(found, key=lambda one: (one.seq, one.code))


def cases_with(code: str):
    """The ids of cases with a finding of this kind that nobody set aside, as a select for another query."""
    return sa.select(KeptFinding.case_id).where(KeptFinding.code == code, KeptFinding.dismissed_at.is_(None))


def look_at_case(case_id: int, clock) -> int:
    """Works out the findings of one case and keeps them; how many there are. Reads first, writes in one short transaction."""
    case, limits, now = session().get(Case, case_id), in_force(), clock()
    if case is None:
        _forget(case_id)
        return 0
    course, events = Course(case, limits, now), case.events
    rows = {_key(one): _row(course, one, now) for one in _worked_out(course)}
    session().rollback()
    with transaction() as store:
        known = {_key(row): row for row in store.scalars(sa.select(KeptFinding).where(KeptFinding.case_id == case_id, KeptFinding.code.not_in(PATTERNS)))}
        for key, values in rows.items():
            if key not in known:
                store.add(KeptFinding(**values))
            elif known[key].words != values["words"]:
                known[key].words = values["words"]
        for key in known.keys() - rows.keys():
            if known[key].dismissed_at is None:  # what somebody set aside stays, with who and why
                store.delete(known[key])
        store.merge(FindingLook(case_id=case_id, events=events, rules=rules_of(limits), at=now))
    return len(rows)


def watch(clock, seconds: float = SECONDS) -> int:
    """The worker's turn: looks at cases that changed, at tasks whose deadline has passed, and now and then for patterns. Returns how many cases."""
    ended, looked = time.monotonic() + seconds, 0
    while time.monotonic() < ended:
        waiting, upto = _changed()
        for case_id in waiting:
            _look_safely(case_id, clock)
            looked += 1
            if time.monotonic() > ended:
                return looked
        if not _move_on(upto):
            break
    for case_id in _overdue(clock()):
        if time.monotonic() > ended:
            break
        _look_safely(case_id, clock)
        looked += 1
    return looked


def watch_patterns(clock) -> int:
    """The worker's turn once in a while: what only many cases together show."""
    return look_for_patterns(in_force(), clock)


def dismiss(finding_id: int, why: str, *, actor, clock) -> KeptFinding:
    """Sets a finding aside, with a reason that is kept. Raises NotFound, NotAllowed, ReasonNeeded, RequestInvalid."""
    if not why.strip():
        raise ReasonNeeded(label=_("不作疑点"))
    if len(why.strip()) > LONGEST:
        raise RequestInvalid(why=_("理由最多 %(n)s 字", n=LONGEST))
    with transaction():
        row = _locked(finding_id)
        _ensure_not_theirs(row, actor)
        row.dismissed_at, row.dismissed_by, row.dismissed_by_name, row.dismissed_why = clock(), actor.id, actor.name, why.strip()
        return row


def take_up_again(finding_id: int, *, actor, clock) -> KeptFinding:
    """Takes a finding up again that was set aside; the words of before stay in it, so that nothing is forgotten."""
    with transaction():
        row = _locked(finding_id)
        if row.dismissed_at is not None:
            said = _("（%(who)s 重新列为疑点；此前的理由：%(why)s）", who=actor.name, why=row.dismissed_why)
            row.dismissed_at, row.dismissed_by, row.dismissed_by_name, row.dismissed_why = None, actor.id, actor.name, said[:LONGEST]
        return row


def _ensure_not_theirs(row: KeptFinding, actor) -> None:
    """Raises NotAllowed for a finding about the actor, or of a case that is theirs or that they acted in."""
    acted = sa.select(Event.id).where(Event.case_id == row.case_id, Event.actor_id == actor.id).limit(1)
    case = session().get(Case, row.case_id)
    if actor.id == row.person_id or (case is not None and case.starter_id == actor.id) or session().scalar(acted) is not None:
        raise NotAllowed()


def _locked(finding_id: int) -> KeptFinding:
    row = session().get(KeptFinding, finding_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _worked_out(course: Course) -> Iterator[Finding]:
    seen: set[tuple] = set()
    for check in CHECKS:
        for one in check(course):
            if _key(one) not in seen:
                seen.add(_key(one))
                yield one


def _row(course: Course, one: Finding, now: datetime) -> dict:
    at = next((event.at for event in course.events if event.seq == one.seq), course.case.changed_at)
    return {"case_id": course.case.id, "process_id": course.case.process_id, "code": one.code, "severity": one.severity, "seq": one.seq, "element": one.element[:100],
            "person_id": one.person_id, "organisation": course.organisation(one.seq), "words": one.words[:1000], "at": at, "found_at": now}


def _key(one) -> tuple:
    return one.code, one.seq, one.element[:100], one.person_id


def _plain(row: KeptFinding) -> Finding:
    return Finding(row.code, row.severity, row.seq, row.element, row.words, row.person_id, row.dismissed_why if row.dismissed_at else "")


def _now(case: Case) -> datetime:
    """What counts as now where nobody passes a clock: when the worker last looked, so that a case reads the same twice."""
    return session().scalar(sa.select(FindingLook.at).where(FindingLook.case_id == case.id)) or case.changed_at


def _changed() -> tuple[list[int], int]:
    """Cases that have events since they were looked at, or were looked at by other thresholds; and the last event that this covers."""
    rules, progress = rules_of(in_force()), session().get(FindingProgress, 1)
    upto = progress.upto if progress is not None and progress.rules == rules else 0
    stretch = session().execute(sa.select(Event.id).where(Event.id > upto).order_by(Event.id).limit(SLICE * 20)).scalars().all()
    last = stretch[-1] if stretch else upto
    cases = sa.select(Event.case_id).where(Event.id > max(0, upto - BEHIND), Event.id <= last).distinct()
    fresh = sa.or_(FindingLook.case_id.is_(None), FindingLook.events != Case.events, FindingLook.rules != rules)
    query = sa.select(Case.id).outerjoin(FindingLook, FindingLook.case_id == Case.id).where(Case.id.in_(cases), fresh).order_by(Case.id)
    found = list(session().scalars(query))
    session().rollback()
    return found, last


def _move_on(upto: int) -> bool:
    """Remembers how far the log was gone through; whether there was anything new."""
    rules, progress = rules_of(in_force()), session().get(FindingProgress, 1)
    if progress is not None and (progress.upto, progress.rules) == (upto, rules):
        session().rollback()
        return False
    with transaction() as store:
        store.merge(FindingProgress(id=1, upto=upto, rules=rules))
    return True


def _overdue(now: datetime) -> Iterable[int]:
    """Cases with an open task whose deadline has passed and of which nothing is said yet."""
    said = sa.exists().where(KeptFinding.case_id == Task.case_id, KeptFinding.code == "still-open", KeptFinding.element == Task.element)
    rows = session().execute(sa.select(Task.case_id, Task.due).where(Task.state == "open", Task.due != "", Task.due < now.isoformat(), ~said).order_by(Task.due).limit(SLICE)).all()
    session().rollback()
    return dict.fromkeys(case_id for case_id, due in rows if (over := due_at(due)) is not None and over < now)


def _look_safely(case_id: int, clock) -> None:
    try:
        look_at_case(case_id, clock)
    except DatabaseBusy:  # the next turn comes to it again: what it was looked at with is not written
        session().rollback()
    except Exception as error:  # one case that cannot be read must not hold up the others
        session().rollback()
        log.error("look-out-failed", case_id=case_id, error=repr(error))


def _forget(case_id: int) -> None:
    """A case that was deleted by law leaves no findings."""
    with transaction() as store:
        store.execute(sa.delete(KeptFinding).where(KeptFinding.case_id == case_id))
        store.execute(sa.delete(FindingLook).where(FindingLook.case_id == case_id))
