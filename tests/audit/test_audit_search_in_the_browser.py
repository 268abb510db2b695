"""查询, 抽样, 查阅记录 and 「谁查看过我的资料」 with a thousand rows: on a desk and a phone, by keyboard alone; nothing for axe-core."""
from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.search import samples
from app.audit.search.asked import asked_for
from app.clock import PretendClock
from app.store import session, transaction
from app.store.models import Case, Event
from app.viewings.models import Viewing
from tests.audit.desk_cases import lent
from tests.audit.test_replay_and_suspicion_in_the_browser import auditor, see
from tests.support import builders
from tests.workbench.benches import bench_app, cookies_of, served

MANY = 1000


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """(app, address, clock): a library with a thousand cases and a thousand looks at one reader's."""
    clock = PretendClock(builders.MONDAY)
    with bench_app(tmp_path_factory.mktemp("desk"), clock=clock) as app, served(app) as address:
        case = lent(clock)
        _copy(case.id, clock)
        yield app, address, clock


@pytest.fixture(scope="module")
def sample(desk):
    return samples.draw_sample(asked_for({}), "60", title="借书抽查", reason="年度审计", actor=builders.actor("eve"), clock=desk[2], by="result").id


def _copy(case_id: int, clock) -> None:
    """The same case a thousand times under other numbers, as plain rows, and as many lines of the log."""
    with transaction() as store:
        case = dict(store.execute(sa.select(Case.__table__).where(Case.id == case_id)).mappings().one())
        events = [dict(row) for row in store.execute(sa.select(Event.__table__).where(Event.case_id == case_id)).mappings()]
        store.execute(sa.insert(Case), [case | {"id": 5000 + n, "number": f"8{n:018d}"} for n in range(MANY)])
        store.execute(sa.insert(Event), [{key: value for key, value in event.items() if key != "id"} | {"case_id": 5000 + n} for n in range(MANY) for event in events])
        store.execute(sa.insert(Viewing), [
            {"slot": f"{n}", "at": clock() - timedelta(minutes=n), "last_at": clock() - timedelta(minutes=n), "count": 1 + n % 3, "reader_id": "eve", "reader_name": "周审",
             "roles": "auditor", "organisation": "", "kind": "case", "case_id": 5000 + n, "person_id": "ada", "detail": "", "purpose": "审计检查"}
            for n in range(MANY)])
    session().rollback()


@pytest.mark.timeout(240)
def test_the_pages_of_the_search_and_of_samples(desk, sample, chromium):
    with auditor(desk, chromium) as page:
        see(page, "/audit", "/audit?view=events", "/audit?q=%E6%B2%A1%E6%9C%89&since=2026-01-01", "/audit/samples", "/audit/samples/new?state=ended", f"/audit/samples/{sample}?check=1")


@pytest.mark.timeout(240)
def test_the_log_of_viewings_and_what_the_person_sees_of_it(desk, chromium):
    app, address, _clock = desk
    with auditor(desk, chromium) as page:
        see(page, "/audit/viewings", "/audit/viewings?kind=case")
        page.context.clear_cookies()
        page.context.add_cookies(cookies_of(app, "ada", address))
        see(page, "/me/viewings")
        assert page.get_by_text("审计检查").first.is_visible()


@pytest.mark.timeout(240)
def test_a_search_a_sample_and_a_note_by_keyboard_alone(desk, sample, chromium):
    with auditor(desk, chromium) as page:
        page.goto("/audit")
        page.get_by_label("流水号或摘要").focus()
        page.keyboard.type("8000000000000000007")
        page.keyboard.press("Enter")
        page.get_by_text("共 1").wait_for()
        page.locator(".search-more summary").press("Enter")
        finding = page.get_by_label("疑点种类")
        finding.focus()
        page.keyboard.press("End")
        assert finding.input_value() == "favours"
        page.keyboard.press("Enter")
        page.goto(f"/audit/samples/{sample}")
        page.get_by_label("第 1 件的结论").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("材料齐全")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("已看 1 / 60 件").wait_for()
