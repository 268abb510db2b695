"""Ten thousand generated cases replayed as a job: CPU for an event, and what it holds in memory.

The cases are made by the engine itself from histories that the service walked, with numbers of their own; rows are written in
bulk, since walking them all would take longer than anybody waits. Their chain is not sealed: a replay does not look at it.
`python -m tests.bench.replays [cases]` prints the figures alone.
"""
from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from app import jobs
from app.audit.replays import choosing
from app.audit.replays import jobs as replays
from app.clock import PretendClock
from app.extensions import db
from app.operations import replay
from app.store import session, transaction
from app.store.models import Answers, Case, Event, Snapshot
from tests.bench.results import Row
from tests.support import builders

CASES, WRITE = 10_000, 500  # cases of the job, cases of one write
WALKS = ((), ("request",), ("request", "check"), ("request", "check", "hand_out"), ("request", "back", "request", "check"), ("request", "back", "request", "back", "request", "check", "hand_out"))


def rows(folder: Path, cases: int = CASES) -> list[Row]:
    """The row of the table of benchmarks."""
    app = builders.make_app(folder, clock=PretendClock(builders.MONDAY))
    with app.app_context():
        db.create_all()
        clock = builders.clock_of(app)
        builders.publish(clock=clock)
        builders.person("eve", "auditor", clock=clock)
        _generate([_walked(walk, clock).id for walk in WALKS], cases)
        found = _measured(clock)
        session().remove()
        db.engine.dispose()
    return [found]


def _measured(clock) -> Row:
    job = replays.begin(choosing.chosen(choosing.Wanted(), clock), "bench", actor=builders.actor("eve"), clock=clock)
    begun, wall = time.process_time(), time.perf_counter()
    while jobs.run_jobs(clock):
        pass
    spent, wall = time.process_time() - begun, time.perf_counter() - wall
    total, memory = replays.sum_of(session().get(jobs.Job, job.id)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    each = spent / total.events * 1000
    return Row(f"replay of {total.cases} generated cases as a job", f"{each:.2f} ms CPU an event ({total.events} events in {wall:.0f} s, {total.different} differences, {memory} MB)",
               "≤ 0.5 ms", each <= 0.5 and not total.different)


def _walked(walk: tuple[str, ...], clock) -> Case:
    """A case of the library that went this way."""
    case = builders.start_case(clock=clock)
    for step in walk:
        answers, outcome, reason = {"in_stock": True}, "lend", ""
        if step == "back":
            outcome, reason = "ask_back", "请补正"
        elif step != "check":
            answers, outcome = builders.sample(step), "submit"
        by = "reader_wang" if step == "request" else "librarian_zhao"
        builders.complete(case, "check" if step == "back" else step, by, answers, outcome, reason, clock=clock)
    return case


def _generate(models: list[int], count: int) -> None:
    histories = [_history(case_id) for case_id in models]
    for first in range(0, count - len(models), WRITE):
        copies = [_copy(*histories[number % len(histories)], number) for number in range(first, min(first + WRITE, count - len(models)))]
        with transaction() as store:
            for model, place in ((Case, 0), (Event, 1), (Answers, 2), (Snapshot, 3)):
                store.execute(sa.insert(model.__table__), [row for copy in copies for row in copy[place]])


def _history(case_id: int) -> tuple[dict, list[dict], list[dict]]:
    def plain(model, *order):
        rows = session().execute(sa.select(model.__table__).where(model.__table__.c.id == case_id if model is Case else model.__table__.c.case_id == case_id).order_by(*order))
        return [dict(row) for row in rows.mappings()]

    return plain(Case)[0], plain(Event, Event.__table__.c.seq), plain(Answers, Answers.__table__.c.id)


def _copy(case: dict, events: list[dict], answers: list[dict], number: int) -> tuple[list, list, list, list]:
    """The rows of the same way under another number: ids and digests are other ones, so the engine goes it again."""
    case = case | {"id": 1000 + number, "number": f"901{20300101 + number // 1000}{number:08d}", "starter_name": case["starter_name"]}
    then = replay._Then(Case(**case), [])
    then.release, forms, written, step = case["release"], {}, [], None
    for event in events:
        if event["kind"] in replay.MOVING:
            opened = {task.element: task.id for task in step.open_tasks} if step else {}
            event = event | {"task_id": opened.get(event["element"], "")}
            forms = forms | {row["form"]: row["data"] for row in answers if row["seq"] == event["seq"]}
            again = Event(**{name: value for name, value in event.items() if name != "id"})
            replay._again(then, again, forms)
            step = then.step
            event = event | {"state_digest": step.digest, "details": event["details"] | {"trail": [list(walked) for walked in step.trail]}}
        written.append({name: value for name, value in event.items() if name != "id"} | {"case_id": case["id"]})
    kept = [{name: value for name, value in row.items() if name != "id"} | {"case_id": case["id"]} for row in answers]
    return [case], written, kept, [{"case_id": case["id"], "state": then.state}]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as here:
        print(*rows(Path(here), int(sys.argv[1]) if len(sys.argv) > 1 else CASES), sep="\n")
