"""重放 and 疑点 as an auditor sees them: empty and with content, on a desk and a phone, by keyboard; nothing for axe-core."""
from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app import jobs
from app.audit import suspicion
from app.audit.replays import choosing, golden
from app.audit.replays import jobs as replays
from app.audit.suspicion.models import KeptFinding
from app.clock import PretendClock
from app.store import append_only, session, transaction
from app.store.models import Case, Event
from tests.audit.desk_cases import lent
from tests.support import builders
from tests.whole.looking import Looks
from tests.workbench.benches import bench_app, cookies_of, served

DESK, PHONE = {"width": 1024, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """(app, address, clock): a library in which nothing has happened yet."""
    clock = PretendClock(builders.MONDAY)
    with bench_app(tmp_path_factory.mktemp("desk"), clock=clock) as app, served(app) as address:
        yield app, address, clock


@pytest.fixture(scope="module")
def full(desk):
    """The same once things have happened: the job that replayed them."""
    return fill(desk[2])


@contextmanager
def auditor(desk, chromium):
    """A page of an auditor who has just signed in; at the end the browser may not have complained."""
    app, address, _clock = desk
    context, complaints = chromium.new_context(locale="zh-CN", viewport=DESK, base_url=address, reduced_motion="reduce"), []
    context.add_cookies(cookies_of(app, "eve", address))
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(f"{said.text} ({opened.url})") if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


def see(page, *addresses):
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, (address, answer.status)
        for size in (DESK, PHONE):
            looks = Looks(size)
            looks.at(page, address)
            assert looks.faults == [], "\n".join(looks.faults)
        page.set_viewport_size(DESK)


def fill(clock) -> Case:
    """Cases, one of them spoilt, one decided within seconds on a Saturday; a replay and a look at all of them."""
    clock.now = datetime.fromisoformat("2026-03-07T09:40:00+08:00")
    cases = [lent(clock, steps) for steps in (1, 2, 3, 3)]
    with transaction() as store:
        append_only.drop(store.connection())
        store.execute(sa.update(Event).where(Event.case_id == cases[2].id, Event.outcome == "lend").values(outcome="refuse"))
    golden.check_sample(clock, size=3)
    job = replays.begin(choosing.chosen(choosing.Wanted(), clock), "全部事项", actor=builders.actor("eve"), clock=clock)
    jobs.run_jobs(clock)
    clock.move_to(clock() + timedelta(days=12))
    suspicion.watch(clock)
    session().rollback()
    return job


@pytest.mark.timeout(240)
def test_the_pages_say_what_will_be_there_while_nothing_is(desk, chromium):
    with auditor(desk, chromium) as page:
        see(page, "/audit/replays", "/audit/suspicion", "/audit/suspicion/thresholds")
        page.goto("/audit/suspicion")
        assert page.get_by_text("没有找到不寻常之处").is_visible()


@pytest.mark.timeout(240)
def test_the_pages_with_content(desk, full, chromium):
    with auditor(desk, chromium) as page:
        see(page, "/audit/replays", f"/audit/replays/jobs/{full.id}", "/audit/suspicion", "/audit/suspicion?severity=serious")
        page.goto("/audit/replays?state=different")
        assert page.get_by_text("走过的路不同").first.is_visible()
    assert {"off-diagram", "odd-hour", "still-open"} <= set(session().scalars(sa.select(KeptFinding.code)))


@pytest.mark.timeout(240)
def test_a_finding_is_set_aside_with_a_reason_from_the_keyboard(desk, full, chromium):
    with auditor(desk, chromium) as page:
        page.goto("/audit/suspicion?code=odd-hour")
        before = page.locator(".suspicion-lines tbody tr").count()
        page.locator(".suspicion-act summary").first.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("评审期间统一加班")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("已记为").wait_for()
        assert page.locator(".suspicion-lines tbody tr").count() == before - 1
        page.goto("/audit/suspicion?state=dismissed")
        assert page.get_by_text("评审期间统一加班").is_visible() and page.get_by_text("周审").first.is_visible()


@pytest.mark.timeout(240)
def test_one_case_is_replayed_at_once_and_shows_in_the_player(desk, full, chromium):
    with auditor(desk, chromium) as page:
        page.goto("/audit/replays?state=equal")
        page.locator(".replay-again button").first.press("Enter")
        page.wait_for_url("**/audit/cases/*")
