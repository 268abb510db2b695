"""Lists: one's own cases by tab, the desk, search, pages by keyset, and what a stranger does not see."""
from __future__ import annotations

import sqlalchemy as sa
import pytest

from app.errors import RequestInvalid
from app.operations import reading
from app.store import session
from tests.support import builders


def test_my_cases_count_by_tab_and_offer_what_the_case_offers(browser, lent):
    page = browser("reader_wang")
    page.open("/my?tab=doing")
    assert "共 1 个事项" in page.text and lent.number in page.text and "取消借书" in page.text
    assert "共 0 个事项" in page.open("/my?tab=todo").text


def test_the_quick_search_stays_in_the_address(browser, lent):
    page = browser("reader_wang")
    assert lent.number in page.open("/my?q=十万").text
    assert "没有找到“红楼梦”" in page.open("/my?q=红楼梦").text


def test_the_desk_shows_what_may_be_taken_and_then_what_one_holds(browser, lent):
    page = browser("librarian_zhao")
    page.open("/desk")
    assert "待领取" in page.text and lent.number in page.text and "我手上的" not in page.text
    page.send(f"/tasks/{builders.open_task(lent, 'check').id}/take")
    assert "我手上的" in page.open("/desk").text


def test_another_library_sees_nothing_of_it(browser, lent):
    page = browser("librarian_sun")
    assert lent.number not in page.open("/desk").text
    assert f"/cases/{lent.id}" not in page.open(f"/search?q={lent.number}").text
    assert page.open(f"/cases/{lent.id}").status_code == 404


@pytest.mark.both_stores
def test_pages_of_an_inbox_follow_each_other_without_a_gap(library, clock):
    for _n in range(5):
        case = builders.start_case(clock=clock)
        builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    actor, seen, cursor = builders.actor("librarian_zhao"), [], ""
    while True:
        page = reading.inbox(actor, cursor=cursor, size=2)
        seen += [row.id for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    assert reading.count_waiting(actor).pool == 5
    assert reading.work_lists(actor)[0].count == 5


@pytest.mark.both_stores
def test_pages_of_my_cases_follow_each_other_without_a_gap(library, clock):
    numbers = [builders.start_case(clock=clock).number for _n in range(5)]
    actor, seen, cursor = builders.actor("reader_wang"), [], ""
    while True:
        page = reading.my_cases(actor, "all", cursor=cursor, size=2)
        seen += [row.number for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == numbers[::-1]
    assert reading.count_tabs(actor)["draft"] == 5


def test_an_inbox_page_walks_its_partial_indexes(library):
    actor, statements = builders.actor("librarian_zhao"), []
    sa.event.listen(session().get_bind(), "before_cursor_execute", lambda _c, _u, text, values, *_r: statements.append((text, values)))
    reading.inbox(actor)
    text, values = next((t, v) for t, v in statements if "UNION ALL" in t)
    plan = " ".join(row[3] for row in session().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values))
    assert "USING INDEX ix_task_mine" in plan and "USING INDEX ix_task_pool" in plan and "SCAN task" not in plan


def test_a_made_up_cursor_is_refused(library):
    with pytest.raises(RequestInvalid):
        reading.inbox(builders.actor("librarian_zhao"), cursor="nonsense!")
