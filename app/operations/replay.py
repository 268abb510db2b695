"""Replay: the events of a case run again through its releases must give the same state digests (DESIGN 5).

Reads only: nothing is written, no connector is called, no ballot is looked at.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import engine
from app.operations import releases
from app.operations.contexts import facts_for
from app.operations.differences import said_of_answers, said_of_states, said_of_trails
from app.operations.following import tab_after
from app.people import SYSTEM
from app.proof.digests import erased_of
from app.store import session
from app.store.models import Answers, Case, CaseMove, Event, Snapshot

_EVENTS, _ANSWERS, _STATES = Event.__table__, Answers.__table__, Snapshot.__table__
MOVING = ("start", "complete", "message", "timer", "answer", "move")  # kinds of events that move the engine


@dataclass(frozen=True)
class Replayed:
    """What a replay found: `difference` is empty when everything was equal, or could not be done again for what was erased."""

    number: str
    events: int
    seq: int = 0  # event of the first difference
    difference: str = ""  # in words: what differs, and from what to what
    element: str = ""  # of that event
    erased: str = ""  # why it could not be done again from event `seq` on: what the law had erased

    @property
    def state(self) -> str:
        """equal, different or erased."""
        return "different" if self.difference else "erased" if self.erased else "equal"


class _Then:
    """The case as it stood before an event: what `facts_for` reads of a case, its state and its release."""

    def __init__(self, case: Case, events: Sequence):
        self.number, self.process_id, self.title = case.number, case.process_id, case.title
        self.starter_id, self.starter_name, self.started_at = case.starter_id, case.starter_name, case.started_at
        first = next((event for event in events if event.kind == "move"), None)
        self.release, self.id = first.details["from"] if first else case.release, case.id
        self.tab, self.parties, self.state = "draft", {}, None
        self.step: engine.Step | None = None   # of the last event that moved the engine
        self._before: dict[int, dict] = {}   # number of a move -> how the case stood before it

    @property
    def process(self) -> engine.Process:
        return releases.process_in(self.release, self.process_id)

    def keep(self, seq: int) -> None:
        """Remembers how the case stands before a move, to go back to it."""
        self._before[seq] = {name: getattr(self, name) for name in ("release", "tab", "parties", "state")}

    def go_back(self, seq: int) -> str:
        """Puts everything back to before a move; the digest of that state."""
        for name, value in self._before[seq].items():
            setattr(self, name, value)
        return engine.digest_of(self.state)


@dataclass(frozen=True)
class History:
    """What is stored of a case: the rows of its events in their order, what was submitted by event and form, its present state."""

    events: Sequence
    answers: Mapping[int, dict]
    state: bytes | None


After = Callable[[Event, _Then], None]  # an event, and the case as it stands behind it


def replay_cases(numbers: list[str] | None = None):
    """Replays the cases with these numbers, or all, one after the other. Yields Replayed."""
    query = sa.select(Case.id).order_by(Case.id)
    if numbers:
        query = query.where(Case.number.in_(numbers))
    for case_id in session().scalars(query).all():
        yield replay_case(session().get(Case, case_id))
        session().rollback()


def replay_case(case: Case, after: After | None = None, history: History | None = None) -> Replayed:
    """Runs the case's events again and names the first difference. `after` is told of each event that came out equal.

    `history` is what `histories_of` read already; without it it is read here.
    """
    events: Sequence = ()
    try:
        history = history or histories_of([case.id])[case.id]
        events = history.events
        seq, difference = _run(case, history, after)
    except Exception as error:  # a history that cannot even be read is a difference too
        seq, difference = 0, f"办理记录无法读出：{error!r}"
    if not difference:
        return Replayed(case.number, len(events))
    element = next((event.element for event in events if event.seq == seq), "")
    if words := _erased_before(case, events, seq):
        return Replayed(case.number, len(events), seq, element=element, erased=words)
    return Replayed(case.number, len(events), seq, difference, element)


def histories_of(case_ids: Collection[int]) -> dict[int, History]:
    """case id -> its history: three queries however many cases there are, and rows instead of objects (docs/benchmarks.md)."""
    found: dict[int, tuple[list, dict]] = {case_id: ([], {}) for case_id in case_ids}
    for event in session().execute(sa.select(_EVENTS).where(_EVENTS.c.case_id.in_(case_ids)).order_by(_EVENTS.c.case_id, _EVENTS.c.seq)):
        found[event.case_id][0].append(event)
    submitted = sa.select(_ANSWERS.c.case_id, _ANSWERS.c.seq, _ANSWERS.c.form, _ANSWERS.c.data).where(_ANSWERS.c.case_id.in_(case_ids))
    for case_id, seq, form, data in session().execute(submitted.order_by(_ANSWERS.c.id)):
        found[case_id][1].setdefault(seq, {})[form] = data
    states = dict(session().execute(sa.select(_STATES.c.case_id, _STATES.c.state).where(_STATES.c.case_id.in_(case_ids))).all())
    return {case_id: History(events, answers, states.get(case_id)) for case_id, (events, answers) in found.items()}


def _run(case: Case, history: History, after: After | None) -> tuple[int, str]:
    """(number of the event, what differs) of the first difference; (0, "") where there is none."""
    then, forms, digest = _Then(case, history.events), {}, ""
    for place, event in enumerate(history.events):
        try:
            if event.kind in MOVING:
                forms = forms | history.answers.get(event.seq, {})
            digest = _done_again(then, event, forms, digest)
        except Exception as error:
            return event.seq, f"当时办成了，重放时办不成：{error}"
        if digest != event.state_digest:
            return event.seq, _difference(case, then, history, place, forms, digest)
        if after:
            after(event, then)
    return _compare_end(case, history, then, digest)


def _done_again(then: _Then, event: Event, forms: dict, digest: str) -> str:
    """Does what the event did, if it moved the engine; the digest of the state behind it."""
    if event.kind in MOVING:
        return _again(then, event, forms)
    return then.go_back(event.details["of"]) if event.kind == "move-undone" else digest


def _difference(case: Case, then: _Then, history: History, place: int, forms: dict, digest: str) -> str:
    """What differs at the event of this place, in words: the way walked, else the answers, else what a later stored state shows."""
    event, said = history.events[place], ""
    if event.kind in MOVING:
        said = said_of_trails(then.process, event.details.get("trail", []), then.step.trail)
    said = said or said_of_answers(case, event) or _seen_later(case, then, history, place, forms)
    return (f"{said}。" if said else "") + f"状态摘要应为 {event.state_digest[:12]}…，重放得到 {digest[:12]}…"


def _seen_later(case: Case, then: _Then, history: History, place: int, forms: dict) -> str:
    """Goes on to the next state that is stored (before a move, or the present one) and says what differs there."""
    kept, rest = {row.seq: row.state for row in session().scalars(sa.select(CaseMove).where(CaseMove.case_id == case.id, ~CaseMove.undone))}, history.events[place + 1:]
    try:
        for event in rest:
            if event.seq in kept:
                return said_of_states(then.process, kept[event.seq], then.state, "其后迁移前保存的状态")
            if event.kind in MOVING:
                forms = forms | history.answers.get(event.seq, {})
            _done_again(then, event, forms, "")
        return said_of_states(then.process, history.state, then.state, "现在保存的状态" if rest else "保存的状态") if history.state else ""
    except Exception:  # it went elsewhere and cannot go on: the digests alone are known
        return ""


def _compare_end(case: Case, history: History, then: _Then, digest: str) -> tuple[int, str]:
    last = history.events[-1].seq if history.events else 0
    if then.release != case.release:
        return last, "事项所用的发布版本，不是办理记录最后到达的那一个"
    if history.state is None:
        return last, "保存的状态不见了"
    if engine.digest_of(history.state) != digest:
        return last, said_of_states(then.process, history.state, then.state, "保存的状态") or "保存的状态与办理记录到达的状态不同"
    return 0, ""


def _erased_before(case: Case, events: Sequence, seq: int) -> str:
    """What was erased of what this event and those before it stand on, in words; "" when nothing was."""
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id, Answers.seq <= (seq or case.events)).order_by(Answers.seq)):
        if places := list(erased_of(row.data)):
            return f"第 {row.seq} 个事件的填报内容有 {len(places)} 处已依法清除，此后不能重放"
    for event in events:
        if (not seq or event.seq <= seq) and (event.kept is not None or any(erased_of(event.details))):
            return f"第 {event.seq} 个事件的记录有内容已依法清除，此后不能重放"
    return ""


def _again(then: _Then, event: Event, forms: dict) -> str:
    """Does what the event did; the digest of the state after it."""
    then.tab = event.details["tab"]
    if event.kind == "move":
        then.keep(event.seq)
    step = _step(then, event, _facts(then, event, forms))
    if event.kind == "move":
        then.release = event.details["to"]
    _move_on(then, event, step)
    return step.digest


def _facts(then: _Then, event: Event, forms: dict) -> engine.Facts:
    details = event.details
    actor = {"ref": _reference_then(event.actor_id), "name": event.actor_name, "roles": details["roles"]}
    return facts_for(then, seq=event.seq, actor=actor, now=event.at, forms=forms, task=details["task"],
                     parties=then.parties | details.get("parties", {}))


def _step(then: _Then, event: Event, facts: engine.Facts) -> engine.Step:
    process, state, details = then.process, then.state, event.details
    if event.kind == "start":
        return engine.start(process, facts)
    if event.kind == "complete":
        return engine.complete(process, state, event.task_id, event.outcome, facts)
    if event.kind == "message":
        return engine.send(process, state, event.outcome, details["payload"], facts, subscription_id=details["subscription"])
    if event.kind == "timer":
        return engine.fire_timers(process, state, facts)
    if event.kind == "move":
        since = {task: datetime.fromisoformat(began) for task, began in details["since"].items()}
        return engine.move(process, releases.process_in(details["to"], then.process_id), state, details["mapping"], facts, since)
    return engine.answer(process, state, details["request"], details["result"], facts)


def _reference_then(actor_id: str) -> str:
    """The reference an actor of this id had."""
    return SYSTEM.ref if actor_id == SYSTEM.id else f"person:{actor_id}"


def _move_on(then: _Then, event: Event, step: engine.Step) -> None:
    then.parties, then.state, then.step = dict(step.parties), step.state, step
    assignees = [task.scope.partition(":")[2] for task in step.open_tasks if task.scope.startswith("person:")]
    then.tab = tab_after(then.tab, then.starter_id, event.kind, assignees, step.ended)
