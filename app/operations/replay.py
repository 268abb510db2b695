"""Replay: the events of a case run again through its release must give the same state digests (DESIGN 5).

Reads only: nothing is written, no connector is called, no ballot is looked at.
"""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app import engine
from app.operations import releases
from app.operations.contexts import facts_for
from app.operations.following import tab_after
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Case, Event, Snapshot

MOVING = ("start", "complete", "message", "timer", "answer")  # kinds of events that move the engine


@dataclass(frozen=True)
class Replayed:
    """What a replay found: `difference` is empty when everything was equal."""

    number: str
    events: int
    seq: int = 0  # event of the first difference
    difference: str = ""


class _Then:
    """The case as it stood before an event: what `facts_for` reads of a case."""

    def __init__(self, case: Case):
        self.number, self.process_id, self.title = case.number, case.process_id, case.title
        self.starter_id, self.starter_name, self.started_at = case.starter_id, case.starter_name, case.started_at
        self.release, self.id = case.release, case.id
        self.tab, self.parties = "draft", {}


def replay_cases(numbers: list[str] | None = None):
    """Replays the cases with these numbers, or all, one after the other. Yields Replayed."""
    query = sa.select(Case.id).order_by(Case.id)
    if numbers:
        query = query.where(Case.number.in_(numbers))
    for case_id in session().scalars(query).all():
        yield replay_case(session().get(Case, case_id))
        session().rollback()


def replay_case(case: Case) -> Replayed:
    """Runs the case's events again and names the first difference."""
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    try:
        process = releases.process_of(case)
        digest, seq, difference = _run(case, process, events)
    except Exception as error:  # a history that cannot even be read is a difference too
        return Replayed(case.number, len(events), 0, repr(error))
    if difference:
        return Replayed(case.number, len(events), seq, difference)
    return _compare_end(case, events, digest)


def _run(case: Case, process: engine.Process, events: list[Event]) -> tuple[str, int, str]:
    answers = _answers_by_seq(case)
    then, state, forms, digest = _Then(case), None, {}, ""
    for event in events:
        if event.kind in MOVING:
            new = answers.get(event.seq, {})
            forms = forms | new
            try:
                step = _again(process, state, event, then, forms)
            except Exception as error:
                return digest, event.seq, f"{event.kind} {event.element}: {error}"
            state, digest = step.state, step.digest
            _move_on(then, event, step)
        if digest != event.state_digest:
            return digest, event.seq, f"{event.kind} {event.element}: state {digest[:12]}… instead of {event.state_digest[:12]}…"
    return digest, 0, ""


def _again(process: engine.Process, state: bytes | None, event: Event, then: _Then, forms: dict) -> engine.Step:
    details = event.details
    then.tab = details["tab"]
    actor = {"ref": _reference_then(event.actor_id), "name": event.actor_name, "roles": details["roles"]}
    facts = facts_for(then, seq=event.seq, actor=actor, now=event.at, forms=forms, task=details["task"],
                      parties=then.parties | details.get("parties", {}))
    if event.kind == "start":
        return engine.start(process, facts)
    if event.kind == "complete":
        return engine.complete(process, state, event.task_id, event.outcome, facts)
    if event.kind == "message":
        return engine.send(process, state, event.outcome, details["payload"], facts, subscription_id=details["subscription"])
    if event.kind == "timer":
        return engine.fire_timers(process, state, facts)
    return engine.answer(process, state, details["request"], details["result"], facts)


def _reference_then(actor_id: str) -> str:
    """The reference an actor of this id had."""
    return SYSTEM.ref if actor_id == SYSTEM.id else f"person:{actor_id}"


def _move_on(then: _Then, event: Event, step: engine.Step) -> None:
    then.parties = dict(step.parties)
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
