"""Replay: the events of a case run again through its releases must give the same state digests (DESIGN 5).

Reads only: nothing is written, no connector is called, no ballot is looked at.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import engine
from app.operations import releases
from app.operations.contexts import facts_for
from app.operations.following import tab_after
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Case, Event, Snapshot

MOVING = ("start", "complete", "message", "timer", "answer", "move")  # kinds of events that move the engine


@dataclass(frozen=True)
class Replayed:
    """What a replay found: `difference` is empty when everything was equal."""

    number: str
    events: int
    seq: int = 0  # event of the first difference
    difference: str = ""


class _Then:
    """The case as it stood before an event: what `facts_for` reads of a case, its state and its release."""

    def __init__(self, case: Case, events: list[Event]):
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


After = Callable[[Event, _Then], None]  # an event, and the case as it stands behind it


def replay_cases(numbers: list[str] | None = None):
    """Replays the cases with these numbers, or all, one after the other. Yields Replayed."""
    query = sa.select(Case.id).order_by(Case.id)
    if numbers:
        query = query.where(Case.number.in_(numbers))
    for case_id in session().scalars(query).all():
        yield replay_case(session().get(Case, case_id))
        session().rollback()


def replay_case(case: Case, after: After | None = None) -> Replayed:
    """Runs the case's events again and names the first difference. `after` is told of each event that came out equal."""
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    try:
        digest, seq, difference = _run(case, events, after)
    except Exception as error:  # a history that cannot even be read is a difference too
        return Replayed(case.number, len(events), 0, repr(error))
    if difference:
        return Replayed(case.number, len(events), seq, difference)
    return _compare_end(case, events, digest)


def _run(case: Case, events: list[Event], after: After | None) -> tuple[str, int, str]:
    answers = _answers_by_seq(case)
    then, forms, digest = _Then(case, events), {}, ""
    for event in events:
        try:
            if event.kind in MOVING:
                forms = forms | answers.get(event.seq, {})
                digest = _again(then, event, forms)
            elif event.kind == "move-undone":
                digest = then.go_back(event.details["of"])
        except Exception as error:
            return digest, event.seq, f"{event.kind} {event.element}: {error}"
        if digest != event.state_digest:
            return digest, event.seq, f"{event.kind} {event.element}: state {digest[:12]}… instead of {event.state_digest[:12]}…"
        if after:
            after(event, then)
    if then.release != case.release:
        return digest, events[-1].seq, "the release of the case is not the one its events lead to"
    return digest, 0, ""


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


def _answers_by_seq(case: Case) -> dict[int, dict]:
    found: dict[int, dict] = {}
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)):
        found.setdefault(row.seq, {})[row.form] = row.data
    return found


def _compare_end(case: Case, events: list[Event], digest: str) -> Replayed:
    snapshot = session().get(Snapshot, case.id)
    if snapshot is None or engine.digest_of(snapshot.state) != digest:
        return Replayed(case.number, len(events), events[-1].seq if events else 0, "the stored snapshot is not the state the events lead to")
    return Replayed(case.number, len(events))
