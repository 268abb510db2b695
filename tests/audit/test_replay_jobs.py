"""Replays as a job: ranges of cases, progress, stopped and gone on with, a report; no writer waits for it."""
from __future__ import annotations

import io
import threading
import time

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app import jobs
from app.audit.replays import badge_of, choosing, reading
from app.audit.replays import jobs as replays
from app.errors import NothingChosen
from app.operations import replay
from app.store import append_only, session, transaction
from app.store.models import Case, Event
from tests.audit.desk_cases import lent
from tests.support import builders
from tests.support.builders import actor, person, publish

pytestmark = [pytest.mark.both_stores, pytest.mark.tampers]


@pytest.fixture
def cases(app, clock, monkeypatch):
    """Five cases of different lengths, an auditor, and items of two cases each."""
    monkeypatch.setattr(replays, "STEP", 2)
    publish(clock=clock)
    person("eve", "auditor", clock=clock)
    return [lent(clock, steps).id for steps in (0, 1, 2, 3, 3)]


def spoil(case_id):
    """Somebody with the database in their hands changes a decision."""
    with transaction() as store:
        append_only.drop(store.connection())
        store.execute(sa.update(Event).where(Event.case_id == case_id, Event.outcome == "lend").values(outcome="refuse"))


def begin(clock, scope="all", of=""):
    wanted = choosing.Wanted(scope, of)
    return replays.begin(choosing.chosen(wanted, clock), choosing.words_of(wanted), actor=actor("eve"), clock=clock)


def test_a_job_replays_all_cases_and_names_the_ones_that_differ(cases, clock):
    spoil(cases[3])
    job = begin(clock)
    assert job.total == 3
    jobs.run_jobs(clock)
    total = replays.sum_of(session().get(jobs.Job, job.id))
    assert (total.cases, total.equal, total.different, total.erased) == (5, 4, 1, 0)
    number, seq, words, state = total.differences[0]
    assert number == session().get(Case, cases[3]).number and state == "different" and seq == badge_of(cases[3]).seq and "走过的路不同" in words
    assert badge_of(cases[0]).state == "equal"
    counts = reading.counts()
    assert (counts["equal"], counts["different"], counts["never"], counts["all"]) == (4, 1, 0, 5)
    book = load_workbook(io.BytesIO(replays.workbook_of(session().get(jobs.Job, job.id))))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)] == [number]


def test_a_stopped_job_keeps_what_it_found_and_goes_on_with_the_rest(cases, clock):
    job = begin(clock)
    jobs.stop_job(job.id, actor=actor("eve"), clock=clock)
    jobs.run_jobs(clock)
    assert badge_of(cases[0]) is None
    jobs.retry_failed(job.id, actor=actor("eve"))
    jobs.run_jobs(clock)
    assert {badge_of(case).state for case in cases} == {"equal"}


def test_what_is_replayed_can_be_chosen_and_choosing_nothing_is_refused(cases, clock):
    case = session().get(Case, cases[0])
    assert choosing.chosen(choosing.Wanted("process", case.process_id), clock) == cases == choosing.chosen(choosing.Wanted("release", case.release), clock)
    assert choosing.chosen(choosing.Wanted("search", f"q={case.number}"), clock) == [cases[0]]
    begin(clock, "search", f"q={case.number}")
    jobs.run_jobs(clock)
    assert choosing.chosen(choosing.Wanted("never"), clock) == cases[1:]
    with pytest.raises(NothingChosen):
        choosing.chosen(choosing.Wanted("different"), clock)


def test_an_auditor_no_more_gets_nothing_replayed(cases, clock):
    job = begin(clock)
    with transaction():
        builders.people.set_roles("eve", [], actor=builders.SYSTEM, clock=clock)
    jobs.run_jobs(clock)
    assert session().get(jobs.Job, job.id).failed == job.total and badge_of(cases[0]) is None


def test_no_writer_waits_while_histories_are_read(cases, clock, app, monkeypatch):
    """A replay that takes long holds nothing: somebody completes a task meanwhile."""
    reading_now, go_on = threading.Event(), threading.Event()
    real = replay.replay_case

    def slow(case, after=None, history=None):
        reading_now.set()
        go_on.wait(20)
        return real(case, after, history)

    monkeypatch.setattr("app.audit.replays.badges.replay_case", slow)
    job_id = begin(clock).id
    worker = threading.Thread(target=in_context(app, lambda: jobs.run_jobs(clock)))
    worker.start()
    try:
        assert reading_now.wait(20)
        begun = time.monotonic()
        lent(clock, 1)
        assert time.monotonic() - begun < 5
    finally:
        go_on.set()
        worker.join(30)
    session().rollback()
    assert session().get(jobs.Job, job_id, populate_existing=True).state == "done"


def in_context(app, work):
    def run():
        with app.app_context():
            work()
            session().remove()

    return run
