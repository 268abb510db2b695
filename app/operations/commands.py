"""What every command on a case has in common: lock it, tell the engine the facts, write down all that followed.

Only the verbs of this package use it. A command is one transaction; nothing here reads a clock or a random source:
the same events through the same release give the same states (see replay).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app import engine
from app.errors import CaseStuck, NotFound
from app.operations import events, releases
from app.operations.contexts import LatestAnswers, actor_facts, facts_for, task_facts
from app.operations.following import follow
from app.proof.digests import new_salt, tree_digest
from app.store import crashpoint, session, transaction
from app.store.models import Answers, Case, Event, Snapshot, Task

Move = Callable[[engine.Process, bytes | None, engine.Facts], engine.Step]

# Made once: to build a statement costs as much as to run it (docs/benchmarks.md).
_LOCKED = sa.select(Case).where(Case.id == sa.bindparam("case_id")).with_for_update().execution_options(populate_existing=True)
_CASE_ID = sa.select(Task.__table__.c.case_id).where(Task.__table__.c.id == sa.bindparam("task_id"))
_STORE = sa.insert(Answers.__table__)
_REVISION = sa.select(Answers.__table__.c.revision).where(Answers.__table__.c.id == sa.bindparam("answers_id"))


@dataclass
class Entry:
    """What goes into the event of one command."""

    kind: str
    actor: object
    at: datetime
    element: str = ""
    task: Task | None = None
    outcome: str = ""
    details: dict = field(default_factory=dict)  # must hold all that a replay needs besides answers
    answers: Mapping[str, dict] = field(default_factory=dict)  # form -> new answers
    parties: Mapping[str, dict] = field(default_factory=dict)  # named by this command
    rewrite: Callable | None = None  # how the row of a task that stays open is written anew: by moves to another release alone
    untold: frozenset[str] = frozenset()  # elements of which no notice is sent though they are entered


@contextmanager
def locked_case(case_id: int):
    """The case, locked until the commit. Raises NotFound."""
    with transaction():
        case = session().scalar(_LOCKED, {"case_id": case_id})
        if case is None:
            raise NotFound()
        crashpoint("after-lock")
        yield case


def locked_task(task_id: str) -> Task:
    """The task, read again under the lock of its case. Raises NotFound."""
    task = session().get(Task, task_id, populate_existing=True)
    if task is None:
        raise NotFound()
    return task


def case_id_of(task_id: str) -> int:
    """Which case a task belongs to. Raises NotFound."""
    case_id = session().scalar(_CASE_ID, {"task_id": task_id})
    if case_id is None:
        raise NotFound()
    return case_id


def move(case: Case, entry: Entry, step_of: Move) -> Event:
    """Moves the engine by one step and writes answers, event, snapshot, tasks, subscriptions, timers and outbox."""
    process = releases.process_of(case)
    snapshot = session().get(Snapshot, case.id)
    crashpoint("after-read")
    stored = [_store_answers(case, entry, form, data) for form, data in entry.answers.items()]
    facts = facts_for(
        case, seq=case.events + 1, actor=actor_facts(entry.actor), now=entry.at,
        forms=LatestAnswers(case.latest, dict(entry.answers)), task=task_facts(entry.task), parties=case.parties | dict(entry.parties),
    )
    entry.details |= {"parties": dict(entry.parties)} if entry.parties else {}
    entry.details["roles"] = facts.actor["roles"]
    entry.details["task"] = facts.task
    entry.details["tab"] = case.tab
    step = _run(step_of, process, snapshot.state if snapshot else None, facts)
    crashpoint("after-engine")
    with session().no_autoflush:  # one flush at the end instead of one before each look-up
        _store_snapshot(case, snapshot, step)
        event = _append(case, entry, step, stored)
        follow(case, process, step, entry)
    session().flush()
    crashpoint("after-follow")
    return event


def _run(step_of: Move, process: engine.Process, state: bytes | None, facts: engine.Facts) -> engine.Step:
    try:
        return step_of(process, state, facts)
    except engine.EngineError as error:
        raise CaseStuck(element=error.element, element_name=error.element_name, cause=str(error)) from error


def _store_answers(case: Case, entry: Entry, form: str, data: dict) -> list:
    """Stores a new revision; [form, revision, digest], as its event says it."""
    latest = case.latest.get(form)
    revision = session().scalar(_REVISION, {"answers_id": latest}) + 1 if latest else 1
    scheme, salt = events.scheme_now(), new_salt()
    digest = tree_digest(data, salt, algorithm=scheme)
    stored = session().execute(_STORE, {
        "case_id": case.id, "form": form, "revision": revision, "seq": case.events + 1, "task_id": entry.task.id if entry.task else "",
        "actor_id": entry.actor.id, "at": entry.at, "data": data, "digest": digest, "scheme": scheme, "salt": salt,
    })
    case.latest = case.latest | {form: stored.inserted_primary_key[0]}
    return [form, revision, digest]


def _store_snapshot(case: Case, snapshot: Snapshot | None, step: engine.Step) -> None:
    if snapshot is None:
        session().add(Snapshot(case_id=case.id, state=step.state))
    else:
        snapshot.state = step.state
    crashpoint("after-state-write")


def _append(case: Case, entry: Entry, step: engine.Step, stored: list[list]) -> Event:
    trail = [[walked.kind, walked.id] for walked in step.trail]
    event = events.append_event(
        case, entry.kind, actor=entry.actor, at=entry.at, element=entry.element,
        task_id=entry.task.id if entry.task else "", outcome=entry.outcome, details=entry.details | {"trail": trail},
        answers_digest=events.digest_of_answers(stored),
        state_digest=step.digest,
    )
    crashpoint("after-event")
    return event
