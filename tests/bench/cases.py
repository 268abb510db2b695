"""Rows measured inside one process on SQLite: growth with loops, size of the state, replay and verification."""
from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from app.clock import system_clock
from app.extensions import db
from app.operations import outbox
from app.operations.cases import start_case
from app.operations.replay import replay_case
from app.operations.tasks import complete_task
from app.proof.chains import verify_case
from app.people import actor_with_id
from app.store import session
from app.store.models import Case, Snapshot, Task
from tests.bench import naive, work
from tests.bench.results import Row, median
from tests.bench.servers import prepared

FIRST = ["declare", *work.REVIEWS[:4]]  # the first and the last five completions are of these steps
LOOPS = 50


class Journey:
    """A case walked by the operations; times are milliseconds of CPU, states are bytes."""

    def __init__(self):
        self.actors = {person: actor_with_id(person) for person in (work.OWNER, work.OFFICER)}
        self.case_id = start_case(work.PROCESS, actor=self.actors[work.OWNER], clock=system_clock).id
        self.states: list[int] = []

    def do(self, element: str, outcome: str = "") -> float:
        open_tasks = sa.select(Task.id).where(Task.case_id == self.case_id, Task.state == "open", Task.element == element)
        task_id, answers = session().scalars(open_tasks).first(), work.answers_for(element)
        begun = time.process_time()
        complete_task(task_id, actor=self.actors[work.person_for(element)], clock=system_clock, answers=answers,
                      outcome=outcome or work.outcome_for(element))
        spent = (time.process_time() - begun) * 1000
        session().rollback()
        self.states.append(session().scalar(sa.select(sa.func.length(Snapshot.state)).where(Snapshot.case_id == self.case_id)))
        return spent

    def whole(self) -> "Journey":
        for element in ["declare", *work.STEPS[1:10], *["vote"] * work.EXPERTS, *work.STEPS[-2:]]:
            self.do(element)
        outbox.drain_outbox(system_clock)
        return self


def rows(folder: Path, url: str, cases: int) -> list[Row]:
    app = prepared(folder, url)
    with app.app_context():
        Journey().whole()
        found = [*_growth(cases), *_state(), *_history(cases)]
        session().remove()
        db.engine.dispose()
    return found


def _growth(cases: int) -> list[Row]:
    first, last, states = [], [], []
    for _ in range(cases):
        journey = Journey()
        first += [journey.do(element) for element in FIRST[:1]]
        first += [journey.do(element) for element in FIRST[1:]]
        journey.do(work.REVIEWS[4], "return")
        for _loop in range(LOOPS - 1):
            journey.do("declare")
            journey.do(work.REVIEWS[0], "return")
        last += [journey.do(element) for element in FIRST]
        states.append(journey.states)
    ratio = median(last) / median(first)
    flat = max(max(each[-5:]) - max(each[:5]) for each in states)
    biggest = max(map(max, states))
    before, after = _naive_growth()
    return [
        Row(f"last five completions of a case with {LOOPS} return loops to its first five", f"{ratio:.2f} × ({median(first):.1f} → {median(last):.1f} ms CPU)", "≤ 1.2 ×", ratio <= 1.2),
        Row("— naive SpiffWorkflow", f"{after / before:.1f} × ({before:.1f} → {after:.1f} ms CPU)"),
        Row(f"engine state after {LOOPS} loops to before them", f"{flat:+d} bytes (at most {biggest})", "flat", flat <= 64),
    ]


def _naive_growth() -> tuple[float, float]:
    """Milliseconds of the first and of the last five completions of the same journey."""
    text = naive.begun()
    text, first = _naive_walk(text, [(element, "approve") for element in FIRST])
    text, _ = _naive_walk(text, [(work.REVIEWS[4], "return")])
    text, _ = _naive_walk(text, [("declare", ""), (work.REVIEWS[0], "return")] * (LOOPS - 1))
    _text, last = _naive_walk(text, [(element, "approve") for element in FIRST])
    return median(first), median(last)


def _naive_walk(text: str, steps: list) -> tuple[str, list[float]]:
    times = []
    for element, outcome in steps:
        workflow = naive._serializer.deserialize_json(text)
        task_id = str(next(task.id for task in naive.ready(workflow) if naive.element_of(task) == element))
        begun = time.process_time()
        text, _workflow = naive.completed(text, task_id, work.answers_for(element), outcome)
        times.append((time.process_time() - begun) * 1000)
    return text, times


def _state() -> list[Row]:
    biggest = max(Journey().whole().states)
    return [Row("engine state of a running case with 30 KB of answers, biggest on its way", f"{biggest / 1000:.1f} KB", "≤ 4 KB", biggest <= 4096)]


def _history(cases: int) -> list[Row]:
    """Replay and verification of every case there is by now, loops and all."""
    for _ in range(cases):
        Journey().whole()
    found = session().scalars(sa.select(Case).order_by(Case.id)).all()
    events = sum(case.events for case in found)
    replayed, results = _spent(lambda: [replay_case(case) for case in found])
    verified, faults = _spent(lambda: [fault for case in found for fault in verify_case(case)])
    wrong = sum(1 for each in results if each.difference)
    each = replayed / events * 1000
    return [
        Row("replay", f"{each:.2f} ms CPU an event ({events} events of {len(found)} cases, {wrong} differences)", "≤ 0.5 ms", each <= 0.5 and not wrong),
        Row("verification of the event log", f"{events / verified:.0f} events/s ({len(faults)} faults)"),
    ]


def _spent(action) -> tuple[float, object]:
    session().rollback()
    begun = time.process_time()
    result = action()
    return time.process_time() - begun, result
