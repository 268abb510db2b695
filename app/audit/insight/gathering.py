"""Works insight out of the events: for the worker, again and again, each time only the cases that went on since.

Any run may be cut short or run twice at once: a case counts as done by the number of events it was worked out from.
"""
from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.insight.columns import Packed, pack
from app.audit.insight.shortest import Shortest
from app.audit.insight.facts import Facts, Happened, TaskRow, facts_of, second, way_id
from app.audit.insight.models import InsightCase, InsightChunk, InsightGathering, InsightReturn, InsightWay
from app.audit.insight.worktime import WorkTime
from app.errors import PingshenError
from app.logs import get_logger
from app.operations import releases
from app.store import session, transaction
from app.store.models import Case, Event, Task

log = get_logger(__name__)
CASES = 256  # ids of a chunk
AT_MOST = 20_000  # cases of one run
# case, element, release, entered, left, how, outcome, effect, due; case, flow, release, second. True: a text.
VISITS = (False, True, True, False, False, False, True, False, False)
WALKS = (False, True, True, False)


def gather_insight(clock) -> int:
    """Brings the figures up to date; returns how many cases were looked at."""
    now, stale = clock(), _stale()
    chunks: dict[tuple[str, int], list[int]] = defaultdict(list)
    for case_id, process_id in stale[:AT_MOST]:
        chunks[process_id, case_id // CASES].append(case_id)
    for (process_id, number), case_ids in chunks.items():
        _gather_chunk(process_id, number, case_ids)
    with transaction() as store:
        store.merge(InsightGathering(id=1, at=now, waiting=max(0, len(stale) - AT_MOST)))
    return min(len(stale), AT_MOST)


def _stale() -> list[tuple[int, str]]:
    query = sa.select(Case.id, Case.process_id).outerjoin(InsightCase, InsightCase.case_id == Case.id).where(
        Case.events > 0, sa.or_(InsightCase.events.is_(None), InsightCase.events != Case.events))
    return [tuple(row) for row in session().execute(query.order_by(Case.id).limit(AT_MOST * 50))]


def _gather_chunk(process_id: str, number: int, case_ids: list[int]) -> None:
    # Read before the lock. An event that comes between the two counts anew: a row says how many events it was made of.
    found, time = _facts_of_cases(case_ids), WorkTime()
    session().expunge_all()  # the cases stay as they were read
    with transaction() as store:
        chunk = store.get(InsightChunk, (process_id, number), with_for_update=True)
        data = _repacked(chunk.data if chunk else None, {case.id: facts for case, facts in found})
        store.merge(InsightChunk(process_id=process_id, number=number, data=data))
        _write_cases(found, time)


def _facts_of_cases(case_ids: list[int]) -> list[tuple[Case, Facts]]:
    """Each case with its facts, as its events stand at this moment."""
    cases = list(session().scalars(sa.select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)))
    columns = (Event.case_id, Event.seq, Event.at, Event.kind, Event.element, Event.outcome, Event.details)
    events, tasks = defaultdict(list), defaultdict(list)
    for case_id, *said in session().execute(sa.select(*columns).where(Event.case_id.in_(case_ids)).order_by(Event.case_id, Event.seq)):
        events[case_id].append(Happened(*said))
    for case_id, element, due, created, closed in session().execute(
            sa.select(Task.case_id, Task.element, Task.due, Task.created_at, Task.closed_at).where(Task.case_id.in_(case_ids), Task.due != "")):
        tasks[case_id].append(TaskRow(element, due, second(created), second(closed) if closed else 0))
    ways = _Ways()
    return [(case, _facts(case, events[case.id], tasks[case.id], ways)) for case in cases]


class _Ways(dict):
    """(release, process) -> its shortest ways, worked out when asked for."""

    def __missing__(self, key: tuple[str, str]) -> Shortest:
        self[key] = Shortest(releases.process_in(*key))
        return self[key]


def _facts(case: Case, events: list[Happened], tasks: list[TaskRow], ways: _Ways) -> Facts:
    try:
        return facts_of(events, tasks, release=case.release, shortest=lambda digest: ways[digest, case.process_id], ended_at=case.ended_at, tone=case.tone)
    except PingshenError as error:  # one odd history must not keep all figures from being brought up to date
        log.error("insight-unreadable-case", case=case.number, error=error.code)
        return Facts()


def _repacked(data: bytes | None, fresh: dict[int, Facts]) -> bytes:
    before = Packed(data) if data else None
    visits, walks = ([row for row in before.rows(table) if row[0] not in fresh] if before else [] for table in ("visits", "walks"))
    for case_id, facts in fresh.items():
        visits += [(case_id, v.element, v.release, v.entered, v.left, v.how, v.outcome, v.effect, v.due) for v in facts.visits]
        walks += [(case_id, *walk) for walk in facts.walks]
    return pack({"visits": (VISITS, visits), "walks": (WALKS, walks)})


def _write_cases(found: list[tuple[Case, Facts]], time: WorkTime) -> None:
    """The rows of these cases, written anew: in a few statements, however many they are."""
    store, case_ids = session(), [case.id for case, _facts in found]
    rows = {InsightWay: {}, InsightCase: [], InsightReturn: []}
    for case, facts in found:
        lost, lost_worked = facts.lost(time)
        way = way_id(case.process_id, facts.steps, case.ended_element) if case.ended_at else ""
        if way:
            rows[InsightWay][way] = {"id": way, "process_id": case.process_id, "steps": facts.steps, "ended_element": case.ended_element}
        rows[InsightCase].append({"case_id": case.id, "events": case.events, "way": way, "returns": len(facts.returns), "again": facts.again,
                                  "lost": lost, "lost_worked": lost_worked})
        rows[InsightReturn] += [{"case_id": case.id, "process_id": case.process_id, **each._asdict()} for each in facts.returns]
    for model in (InsightCase, InsightReturn):
        store.execute(sa.delete(model).where(model.case_id.in_(case_ids)))
        if rows[model]:
            store.execute(sa.insert(model.__table__), rows[model])
    if rows[InsightWay]:
        insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[store.get_bind().dialect.name]
        store.execute(insert(InsightWay.__table__).on_conflict_do_nothing(), list(rows[InsightWay].values()))


def gathered() -> tuple[datetime, int] | None:
    """(as of when the figures are, cases that are still to be looked at); None before the first run."""
    row = session().get(InsightGathering, 1)
    return (row.at, row.waiting) if row else None
