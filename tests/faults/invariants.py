"""What must hold of every case at any time (INV of the faults' tables): state, events, tasks and outbox agree.

Tests only; reads the database of this app context.
"""
from __future__ import annotations

import orjson
import sqlalchemy as sa
import zstandard

from app import engine
from app.extensions import db
from app.operations import releases
from app.operations.replay import replay_case
from app.proof.chains import verify_case
from app.store import session
from app.store.models import Case, Event, Outbox, Snapshot, Subscription, Task, Timer

RANDOM = {"ballot_box": {"sealed"}}  # sealed anew under a fresh nonce


def broken(case: Case) -> list[str]:
    """Everything about the case that does not agree; empty when all is well."""
    state = session().get(Snapshot, case.id, populate_existing=True).state
    step = engine.look(releases.process_of(case), state)
    found = [str(fault) for fault in verify_case(case)]
    replayed = replay_case(case)
    found += [f"replay: event {replayed.seq} {replayed.difference}"] if replayed.difference else []
    for model, rows in ((Task, step.open_tasks), (Subscription, step.subscriptions), (Timer, step.timers)):
        found += _different(case, model, {row.id for row in rows})
    latest = session().scalar(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1))
    found += [] if engine.digest_of(state) == latest.state_digest else ["the state is not that of the latest event"]
    return found + _lost_requests(case)


def all_broken() -> list[str]:
    """`broken` of every case."""
    session().rollback()
    return [f"{case.number}: {what}" for case in session().scalars(sa.select(Case)).all() for what in broken(case)]


def _different(case: Case, model, expected: set[str]) -> list[str]:
    query = sa.select(model.id).where(model.case_id == case.id)
    if model is Task:
        query = query.where(Task.state == "open")
    there = set(session().scalars(query))
    return [] if there == expected else [f"{model.__tablename__}: rows {sorted(there)}, engine {sorted(expected)}"]


def _lost_requests(case: Case) -> list[str]:
    """Every service task that was reached has its request; every answer event its request done, once."""
    rows = {row.id: row.state for row in session().scalars(sa.select(Outbox).where(Outbox.case_id == case.id))}
    events = session().scalars(sa.select(Event.details).where(Event.case_id == case.id, Event.kind == "answer"))
    answered = [details["request"] for details in events]
    found = [f"request {key} was answered twice" for key in answered if answered.count(key) > 1]
    return found + [f"request {key} was answered and is {rows.get(key)}" for key in answered if rows.get(key) != "done"]


def dump() -> dict[str, list]:
    """table -> its rows in order, as they lie in the database; what is random by design only by its length."""
    session().rollback()
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [sa.type_coerce(column, _plain(column)).label(column.name) for column in table.columns]
        rows = session().execute(sa.select(*columns).order_by(*table.primary_key.columns)).mappings()
        found[table.name] = [_readable(table.name, row) for row in rows]
    session().rollback()
    return found


def _plain(column):
    """The type the database knows: nothing of ours unpacks it."""
    return getattr(column.type, "impl_instance", column.type)


def _readable(table: str, row) -> dict:
    return {name: len(value) if name in RANDOM.get(table, ()) else value for name, value in row.items()}


def unpacked(value):
    """A stored value as plain data: zstd and JSON taken apart, whatever column it lay in."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes) and value[:4] == b"\x28\xb5\x2f\xfd":
        value = zstandard.decompress(value, max_output_size=50_000_000)
    if isinstance(value, (bytes, str)):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value
