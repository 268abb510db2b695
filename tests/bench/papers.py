"""Rows on what a real procedure of this repository shows and prints: its longest form as pages, reports, certificates.

The procedure is walked by its own scenario; which form, step and report are measured is found by size, not by name.
"""
from __future__ import annotations

import gc
import io
import itertools
import time
from pathlib import Path

import orjson
import pikepdf
import psutil
import sqlalchemy as sa

from app.clock import PretendClock
from app.connectors import Call, handler_of
from app.extensions import db
from app.operations import releases
from app.operations.drafts import save_draft
from app.operations.reports import render_case_report
from app.people import SYSTEM, actor_with_id
from app.store import session, transaction
from app.store.models import Answers, Task
from tests.bench.results import Row, median
from tests.support.builders import MONDAY, ROOT, make_app, publish, sign_in
from tests.whole.walks import ISSUED, Command, Walk, perform

FULL = 30_000  # bytes of answers
RUNS = 15


def rows(folder: Path, url: str, certificates: int) -> list[Row]:
    clock = PretendClock(MONDAY)
    app = make_app(folder, url, clock=clock)
    with app.app_context():
        publish(ROOT, clock=clock)
        walk = Walk(ISSUED, clock).start()
        commands = walk.commands()  # lazy: each is made from what the ones before it left
        found = _pages(app, walk, commands)
        for command in commands:
            _done(walk, command)
        found += _reports(walk) + _certificates(walk, certificates)
        session().remove()
        db.engine.dispose()
    return found


def _pages(app, walk: Walk, commands) -> list[Row]:
    """The longest form while it is filled, and when it is read beside the next step."""
    longest = _until(walk, commands, lambda command: len(orjson.dumps(command.answers)) > 2000)
    answers, task = grown(longest.answers), session().get(Task, longest.target)
    form = releases.procedure_of(walk.case().release).forms[task.form]
    save_draft(longest.target, answers, actor=actor_with_id(longest.actor), clock=walk.clock)
    filling = _server_ms(app, longest.actor, [f"/tasks/{longest.target}?part={section.key}" for section in form.sections])
    _done(walk, longest)
    with transaction():
        session().scalar(sa.select(Answers).where(Answers.form == task.form)).data = answers
    reading = _server_ms(app, longest.actor, [f"/cases/{walk.case().id}/form?key={task.form}"])
    following = _until(walk, commands, lambda command: command.verb == "complete")
    beside = _server_ms(app, following.actor, [f"/tasks/{following.target}"])
    _done(walk, following)
    size, sections = len(orjson.dumps(answers)) / 1000, len(form.sections)
    at = f"{sections} sections, {size:.0f} KB"
    return [
        Row(f"the longest form, read as a whole ({at})", f"{reading:.0f} ms", "≤ 40 ms", reading <= 40),
        Row("— read as a whole beside the next step's own form", f"{beside:.0f} ms", "≤ 40 ms", beside <= 40),
        Row("— filled, slowest section of it", f"{filling:.0f} ms", "≤ 40 ms", filling <= 40),
    ]


def grown(answers: dict) -> dict:
    """The answers with the rows of their tables repeated until there are 30 KB."""
    answers = dict(answers)
    tables = [key for key, value in answers.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    for key in itertools.cycle(tables):
        if len(orjson.dumps(answers)) >= FULL:
            return answers
        answers[key] = [*answers[key], answers[key][0]]
    return answers


def _server_ms(app, person: str, addresses: list[str]) -> float:
    """Milliseconds of CPU of the slowest of these pages, each the median of several."""
    password = "pingshen-demo"
    client = app.test_client()
    sign_in(client, person, password)
    slowest = 0.0
    for address in addresses:
        times = []
        for _ in range(RUNS if len(addresses) == 1 else 4):
            begun = time.process_time()
            answer = client.get(address)
            times.append((time.process_time() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status}")
        slowest = max(slowest, median(times))
    return slowest


def _until(walk: Walk, commands, wanted) -> Command:
    """Does what comes before the first command that is wanted; returns that one, not done yet."""
    for command in commands:
        if wanted(command):
            return command
        _done(walk, command)
    raise LookupError("the scenario has no such step")


def _done(walk: Walk, command: Command) -> None:
    perform(command, walk.clock)
    walk.settle()


def _reports(walk: Walk) -> list[Row]:
    """Every report of the case that can be drawn; the row tells the one nearest to two pages."""
    case, found = walk.case(), []
    for key in releases.procedure_of(case.release).reports:
        try:
            pdf = render_case_report(case, key, {}, actor=SYSTEM, clock=walk.clock).pdf
        except Exception:  # a report of the other process of the procedure: what it asks is not there
            continue
        found.append((abs(len(pikepdf.open(io.BytesIO(pdf)).pages) - 2), key, len(pikepdf.open(io.BytesIO(pdf)).pages)))
    _, key, pages = min(found)
    times = [_wall_and_cpu(lambda: render_case_report(case, key, {}, actor=SYSTEM, clock=walk.clock)) for _ in range(9)]
    wall, cpu = (median(each) for each in zip(*times))
    return [Row(f"a report of {pages} pages as PDF, warm", f"{cpu:.2f} s CPU ({wall:.2f} s by the clock)", "≤ 0.2 s", cpu <= 0.2)]


def _wall_and_cpu(action) -> tuple[float, float]:
    """Seconds by the clock, and of CPU here and in the process that draws."""
    begun, before = time.perf_counter(), _cpu()
    action()
    return time.perf_counter() - begun, _cpu() - before


def _cpu() -> float:
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:2]) for process in (me, *me.children()))


def _certificates(walk: Walk, count: int) -> list[Row]:
    """Certificates one after the other through their connector, with the memory of this process and of the one that draws."""
    case = walk.case()
    parameters = {"holder": f"person:{case.starter_id}", "title": "量测", "report": "certificate", "fields": {}}
    handle, memory = handler_of("certificate.issue"), []
    begun = time.perf_counter()
    for n in range(count):
        handle(Call(id=f"bench-{n}", case_id=case.id, case_number=case.number, parameters=parameters, clock=walk.clock, dry=False))
        session().rollback()
        memory.append(_resident())
    seconds = time.perf_counter() - begun
    tenth = max(1, count // 10)
    grown_by = (median(memory[-tenth:]) - median(memory[tenth:2 * tenth])) / 1e6
    return [Row(f"{count} certificates in a row", f"{seconds / count:.2f} s each; memory {grown_by:+.0f} MB from the second tenth to the last "
                f"(of {memory[-1] / 1e6:.0f} MB)", "memory flat", grown_by <= 0.05 * memory[-1] / 1e6)]


def _resident() -> int:
    gc.collect()
    me = psutil.Process()
    return me.memory_info().rss + sum(child.memory_info().rss for child in me.children())
