"""Moving a running case to another release of its procedure, and undoing that while nobody has acted on it.

Each is one command and one event. What people have stays theirs: tasks keep their ids, whoever took one keeps it
where the new lane allows, drafts stay as they were typed.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app import engine
from app.errors import MoveNotUndone, MoveRefused, NotFound, ReasonNeeded
from app.operations import events, releases
from app.operations.commands import Entry, locked_case, move
from app.operations.contexts import LatestAnswers, actor_facts, facts_for, instant, task_facts
from app.operations.images import image_of, restore
from app.people import actor_with_id
from app.store import session
from app.store.models import Case, CaseMove, Event, Outbox, Release, Snapshot, Task

LOOKING = ("open", "move", "move-undone")  # kinds of events after which a move can still be undone: nothing was done, or undone as well


@dataclass(frozen=True)
class Course:
    """How cases are moved: to which release, which element stands for which, from when new time limits count."""

    release: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    since_opened: bool = False  # new and changed time limits count from when a task opened, not from the move


def try_move(case: Case, course: Course, *, actor, clock) -> engine.Trial:
    """What moving this case would do, written nowhere. Raises MoveRefused where the release has no such process."""
    new = _target(case, course.release)
    facts = facts_for(case, seq=case.events + 1, actor=actor_facts(actor), now=clock(), forms=LatestAnswers(case.latest),
                      task=task_facts(None), parties=case.parties)
    return engine.try_move(releases.process_of(case), new, session().get(Snapshot, case.id).state, course.mapping, facts, _since(case, course))


def move_case(case_id: int, course: Course, *, actor, clock, reason: str, key: str = "") -> Event | None:
    """Moves the case; the same key moves it once. Returns None when it was moved under this key already.

    Raises NotFound, MoveRefused with the reasons, ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded(label="迁移")
    with locked_case(case_id) as case:
        if key and session().scalar(sa.select(CaseMove.seq).where(CaseMove.case_id == case.id, CaseMove.key == key)):
            return None
        new, old, came_from = _target(case, course.release), releases.process_of(case), case.release
        since, before = _since(case, course), image_of(case)
        entry = Entry("move", actor, clock(), untold=_renamed(old, new, course.mapping))
        entry.details = {"from": came_from, "to": course.release, "mapping": dict(course.mapping), "reason": reason.strip(),
                         "since": {task: instant(began) for task, began in since.items()}}
        entry.rewrite = lambda task, _opened, fields: _rewrite(task, fields, _keeps_due(old, new, task.element, fields["element"], entry.untold))
        state = session().get(Snapshot, case.id).state
        case.release = course.release
        session().add(CaseMove(case_id=case.id, seq=case.events + 1, from_release=came_from, to_release=course.release, key=key,
                               state=state, rows=before, undone=False))
        _rename_requests(case, course.mapping)
        return move(case, entry, lambda _new, state, facts: engine.move(old, new, state, course.mapping, facts, since))


def undo_move(case_id: int, *, actor, clock, reason: str = "") -> Event:
    """Puts the case back to how it stood before its last move. Raises NotFound, MoveNotUndone with the reason."""
    with locked_case(case_id) as case:
        last = last_move(case)
        if last is None:
            raise MoveNotUndone(why="此事项没有迁移过，或者已经撤销")
        if why := why_not_undone(case, last):
            raise MoveNotUndone(why=why)
        restore(case, last, actor=actor, clock=clock)
        case.version += 1
        session().get(Snapshot, case.id).state = last.state
        details = {"of": last.seq, "from": last.to_release, "to": last.from_release} | ({"reason": reason} if reason else {})
        event = events.append_event(case, "move-undone", actor=actor, at=clock(), details=details, state_digest=engine.digest_of(last.state))
        last.undone, last.state, last.rows = True, None, {}
        return event


def last_move(case: Case) -> CaseMove | None:
    """The last move of a case that was not undone."""
    return session().scalar(sa.select(CaseMove).where(CaseMove.case_id == case.id, ~CaseMove.undone).order_by(CaseMove.seq.desc()).limit(1))


def why_not_undone(case: Case, last: CaseMove) -> str:
    """Why a move cannot be undone any more; "" when it can."""
    return reasons_against([last])[case.id, last.seq]


def reasons_against(moves: Collection[CaseMove]) -> dict[tuple[int, int], str]:
    """(case, number of its move) -> why it cannot be undone any more, "" where it can; of moves that were not undone."""
    ids, requests = [move.case_id for move in moves], {}
    acted = sa.exists().where(Event.case_id == CaseMove.case_id, Event.seq > CaseMove.seq, Event.kind.not_in(LOOKING))
    gone_on = {tuple(row) for row in session().execute(sa.select(CaseMove.case_id, CaseMove.seq).where(CaseMove.case_id.in_(ids), acted))}
    for case_id, request in session().execute(sa.select(Outbox.case_id, Outbox.id).where(Outbox.case_id.in_(ids))):
        requests.setdefault(case_id, set()).add(request)
    return {(move.case_id, move.seq): _reason(move, (move.case_id, move.seq) in gone_on, requests.get(move.case_id, set())) for move in moves}


def _reason(move: CaseMove, gone_on: bool, requests: set[str]) -> str:
    if gone_on:
        return "迁移以后此事项已经办理过"
    if requests.difference(move.rows["requests"]):
        return "迁移时已经向外部系统或有关人员发出请求、通知"
    return ""


def _target(case: Case, digest: str) -> engine.Process:
    """The case's process in the release it is to go to. Raises MoveRefused, NotFound."""
    release = session().get(Release, digest)
    if release is None or release.procedure != case.procedure:
        raise NotFound()
    if case.ended_at is not None:
        raise MoveRefused(why="事项已办结，按原版本保留")
    if case.release == digest:
        raise MoveRefused(why="事项已经在这个版本")
    return target_process(case.process_id, digest)


def target_process(process_id: str, digest: str) -> engine.Process:
    """A process in a release. Raises MoveRefused when the release does not hold it."""
    if process_id not in releases.procedure_of(digest).processes:
        raise MoveRefused(why="目标版本中没有这个流程")
    return releases.process_in(digest, process_id)


def _since(case: Case, course: Course) -> dict[str, datetime]:
    """When each open task began, to the second, as the event keeps it."""
    if not course.since_opened:
        return {}
    rows = session().execute(sa.select(Task.id, Task.created_at).where(Task.case_id == case.id, Task.state == "open"))
    return {task: datetime.fromisoformat(instant(began)) for task, began in rows}


def _renamed(old: engine.Process, new: engine.Process, mapping: Mapping[str, str]) -> frozenset[str]:
    """Elements that are the same under another id: nobody is told anew."""
    return frozenset(target for source, target in mapping.items() if source not in new.elements and target not in old.elements)


def _rename_requests(case: Case, mapping: Mapping[str, str]) -> None:
    for source, target in mapping.items():
        if target:
            session().execute(sa.update(Outbox).where(Outbox.case_id == case.id, Outbox.element == source, Outbox.state.in_(("new", "sent", "set_aside")))
                              .values(element=target))


def _keeps_due(old: engine.Process, new: engine.Process, was: str, is_now: str, renamed: frozenset[str]) -> bool:
    """Whether the same step says by the same words until when it should be done: they are not worked out again."""
    said = old.elements[was].properties.get("due", "")
    return bool(said) and (was == is_now or is_now in renamed) and said == new.elements[is_now].properties.get("due", "")


def _rewrite(task: Task, fields: dict, keeps_due: bool) -> None:
    """The row of a task that stays open, at its place in the new release."""
    same_people = (task.pool, task.personal) == (fields["pool"], fields["personal"]) and (not task.personal or task.assignee == fields["assignee"])
    kept = {"assignee"} if same_people or _may_keep(task, fields) else set()
    kept |= {"due"} if keeps_due else set()
    for name, value in fields.items():
        if name not in kept and name != "item":
            setattr(task, name, value)


def _may_keep(task: Task, fields: dict) -> bool:
    """Whether whoever took the task may do it in its new pool as well."""
    if not task.assignee or task.personal or fields["personal"]:
        return False
    actor = actor_with_id(task.assignee)
    return actor is not None and fields["pool"] in actor.pools and all(person != actor.id for person, _step in fields["excluded"])
