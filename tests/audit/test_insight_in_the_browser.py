"""Insight in a browser: what is painted says what the list says, charts stand beside their tables, nothing for axe-core on desk and phone."""
from __future__ import annotations

import pytest

from app.audit.insight.gathering import gather_insight
from tests.audit.insight_histories import fill
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.visitors import PHONE
from tests.workbench.benches import bench_app, cookies_of, served

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 1024, "height": 768}
PAGES = ("?mode=waiting", "?mode=duration", "?mode=frequency", "/rework", "/ways", "/compare", "/course")


@pytest.fixture(scope="module")
def insight(tmp_path_factory):
    """(app, address) with two hundred loans."""
    with bench_app(tmp_path_factory.mktemp("insight"), clock=lambda: builders.MONDAY) as app, served(app) as address:
        fill("lending", 200, builders.MONDAY, groups=[("g1", "鲁迅组", "2026"), ("g2", "老舍组", "2025")], parties=[("library", "org:city_library")])
        gather_insight(app.extensions["clock"])
        yield app, address


@pytest.fixture
def page(insight, chromium):
    """A page of the auditor; at the end the browser may not have complained."""
    app, address = insight
    context, complaints = chromium.new_context(locale="zh-CN", viewport=WIDE, base_url=address, reduced_motion="reduce"), []
    context.add_cookies(cookies_of(app, "eve", address))
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(f"{said.text} ({opened.url})") if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


@pytest.mark.timeout(120)
def test_the_diagram_shows_the_figures_of_the_list(page):
    for mode in ("waiting", "duration", "frequency"):
        page.goto(f"/audit/insight?process=lending&mode={mode}")
        page.wait_for_selector("#heat[data-ready]")
        listed = set(page.locator("#t-steps tr[data-badge]").evaluate_all("rows => rows.map((row) => row.dataset.badge)"))
        painted = set(page.locator(".heat-badge:not(.heat-badge-flow)").all_text_contents())
        assert painted and painted <= listed, mode
    walked = page.locator("#t-flows tr[data-flow]").evaluate_all("rows => rows.map((row) => row.dataset.badge)")
    assert walked and set(page.locator(".heat-badge-flow").all_text_contents()) <= set(walked)


@pytest.mark.timeout(120)
def test_what_to_see_on_the_diagram_is_chosen_by_the_keyboard_and_stays_in_the_address(page):
    page.goto("/audit/insight?process=lending&since=2025-06-01&until=")
    page.get_by_role("link", name="每步用时").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#heat[data-ready]")
    assert "mode=duration" in page.url and "since=2025-06-01" in page.url
    assert page.locator("#heat .heat-5").count(), "the slowest step is painted strongest"


@pytest.mark.timeout(240)
def test_every_page_is_in_order_on_desk_and_phone(page):
    faults = []
    for where in PAGES:
        page.goto(f"/audit/insight{where}")
        page.wait_for_load_state("networkidle")
        for size in (WIDE, NARROW, PHONE):
            looks = Looks(size)
            looks.at(page, where)
            faults += looks.faults
        charts = page.locator("[data-chart-of]:visible")
        assert all(charts.nth(n).locator("svg").count() for n in range(charts.count())), where
    assert not faults, "\n".join(faults)
