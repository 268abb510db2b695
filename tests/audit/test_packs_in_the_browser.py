"""The pages of packs by keyboard and with axe, on a desk and on a phone; the player of a pack opened from the disk with no network."""
import os
import zipfile
from datetime import timedelta

import pytest

from app.audit import packs
from app.audit.packs.models import Pack
from app.audit.packs.operations import path_of
from app.jobs import run_jobs
from app.store import session, transaction
from tests.audit.packing import PURPOSE, walked
from tests.support import builders
from tests.whole.looking import Looks
from tests.workbench.benches import cookies_of, served

SIZES = ({"width": 1024, "height": 768}, {"width": 390, "height": 844})


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """(app, address, case, folder of an unpacked pack)."""
    from app.extensions import db

    folder = tmp_path_factory.mktemp("packs")
    app = builders.make_app(folder)
    with app.app_context():
        db.create_all()
        cases = walked(app)
        auditor, clock = builders.person("ming", "auditor", name="明审计"), builders.clock_of(app)
        made = packs.ask("pack", packs.Scope(tuple(case.id for case in cases)), title="样本 #1", purpose=PURPOSE, names=True, materials=True, actor=auditor, clock=clock)
        run_jobs(clock)
        session().expire_all()
        with zipfile.ZipFile(path_of(session().get(Pack, made.id))) as pack:
            pack.extractall(folder / "open")
        number = cases[1].number
        with served(app) as address:
            yield app, address, number, folder / "open"
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def page(desk, chromium):
    app, address, _number, _folder = desk
    context, complaints = chromium.new_context(locale="zh-CN", viewport=SIZES[0], base_url=address, reduced_motion="reduce"), []
    context.add_cookies(cookies_of(app, "ming", address))
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


def looked_at(page, name: str) -> None:
    """Both sizes: nothing sideways, nothing for axe. Pictures go where PINGSHEN_PICTURES says."""
    for size in SIZES:
        looks = Looks(size)
        looks.at(page)
        assert looks.faults == []
        if folder := os.environ.get("PINGSHEN_PICTURES"):
            page.set_viewport_size(size)
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


def test_the_form_and_the_list_are_fit_for_desk_and_phone(desk, page):
    page.goto("/audit/packs")
    looked_at(page, "packs")
    page.goto("/audit/packs/make")
    looked_at(page, "packs-make")


def test_an_auditor_asks_for_a_pack_by_keyboard_alone(desk, page):
    page.goto("/audit/packs/make")
    page.get_by_role("textbox", name="业务流水号").focus()
    page.keyboard.type(desk[2])
    page.get_by_label("用途").focus()
    page.keyboard.type("信访复查")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/packs")
    assert page.get_by_text("信访复查").is_visible() and page.get_by_text("排队中").first.is_visible()


def test_a_thousand_packs_come_in_pages(desk, page):
    app, _address, _number, _folder = desk
    with app.app_context(), transaction() as store:
        at = builders.MONDAY - timedelta(days=1)
        store.add_all(Pack(id=f"old-{place}", kind="xes", title=f"第 {place} 次", purpose=PURPOSE, person_id="ming", person_name="明审计", scope={"cases": None},
                           state="gone", asked_at=at - timedelta(seconds=place)) for place in range(1000))
    page.goto("/audit/packs")
    assert page.locator("#packs tbody tr").count() == 30
    page.get_by_role("link", name="下一页").click()
    assert page.locator("#packs tbody tr").count() == 30


def test_a_pack_plays_from_the_disk_without_a_network(desk, chromium):
    _app, _address, number, folder = desk
    context, complaints = chromium.new_context(locale="zh-CN", viewport=SIZES[0], reduced_motion="reduce", offline=True), []
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    page.goto((folder / "player" / "index.html").as_uri())
    page.get_by_role("link", name=number).click()
    page.wait_for_selector(".djs-container")
    page.keyboard.press("End")
    page.wait_for_selector(".look-form")
    assert page.locator(".play-count").inner_text() == "4 / 4"
    assert "十万个为什么（第六版）" in page.locator(".look").inner_text()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.play-reason')")
    assert "请王小满写明版本" in page.locator(".play-reason").inner_text()
    assert complaints == []
    looked_at(page, "offline")  # axe itself asks for the style sheet, which a page from the disk may not
    context.close()
