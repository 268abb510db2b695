"""The page of proof and the daily verification: what auditors and administrators see and do there."""
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.jobs import run_jobs
from app.proof import alarms
from app.proof.jobs import verify_daily
from app.proof.models import Verification
from app.store import append_only, session, transaction
from app.store.models import Notice
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.visitors import PHONE
from tests.workbench.benches import bench_app, cookies_of, served

DESK = {"width": 1024, "height": 768}


@pytest.fixture
def auditor(app, clock):
    """The browser of an auditor of a service with two cases and a head."""
    builders.publish()
    builders.person("watch", "auditor")
    for _time in range(2):
        builders.start_case(clock=clock)
    clock.move_to(clock() + timedelta(minutes=1))
    alarms.beat(clock)
    client = app.test_client()
    builders.sign_in(client, "watch")
    return client


def ask(client):
    """Presses the button."""
    return client.post("/audit/proof/verifications", data={"csrf_token": builders.csrf_token(client)})


def tamper() -> str:
    """Somebody with the database in hand changes one event; the number of its case."""
    with transaction():
        append_only.drop(session().connection())
        session().execute(sa.text("UPDATE event SET actor_id = 'nobody' WHERE id = 2"))
    session().expire_all()
    return session().scalar(sa.text("SELECT number FROM case_ JOIN event ON event.case_id = case_.id WHERE event.id = 2"))


def test_verifying_now_goes_through_everything_as_a_job_and_is_kept(auditor, clock):
    assert ask(auditor).status_code == 303
    assert "正在校验" in auditor.get("/audit/proof").text
    ask(auditor)  # a second click starts no second one
    run_jobs(clock)
    kept = session().query(Verification).one()
    assert (kept.cases, kept.events, kept.heads, kept.count, kept.person_id) == (2, 2, 1, 0, "watch")
    page = auditor.get("/audit/proof").text
    assert "没有发现改动" in page and "正在校验" not in page


@pytest.mark.tampers
def test_the_first_bad_event_is_named_with_its_case(auditor, clock):
    number = tamper()
    ask(auditor)
    run_jobs(clock)
    page = auditor.get("/audit/proof").text
    assert "最近一次校验发现 1 处异常" in page and "第 1 个事件：" in page and "事件被改动、插入或挪动" in page
    detail = auditor.get(f"/audit/proof/verifications/{session().query(Verification).one().id}").text
    assert "was altered, inserted or moved" in detail and number[-4:] in detail


@pytest.mark.tampers
def test_the_worker_verifies_once_a_day_and_tells_administrators_what_it_found(auditor, clock):
    builders.person("root", "administrator")
    assert verify_daily(clock).count == 0 and verify_daily(clock) is None
    tamper()
    clock.move_to(clock() + timedelta(days=1))
    assert verify_daily(clock).count == 1
    assert "第一处" in session().query(Notice).filter_by(person_id="root").one().text


def test_heads_and_public_keys_are_taken_away(auditor):
    assert auditor.get("/audit/proof/heads.jsonl").text.count('"signature"') == 1
    (key,) = auditor.get("/audit/proof/public-keys.json").json
    assert key["algorithm"] == "ed25519" and len(key["public"]) == 64
    assert key["public"] in auditor.get("/audit/proof").text


def test_a_place_that_takes_no_heads_stands_in_red_with_its_reason(auditor, app, clock):
    app.config["ANCHOR_SINKS"] = "file:/nonexistent/volume/heads.jsonl"
    alarms.beat(clock)
    page = auditor.get("/audit/proof").text
    assert "写不进去" in page and "/nonexistent/volume/heads.jsonl" in page and "No such file" in page


@pytest.mark.tampers
@pytest.mark.timeout(240)
def test_the_pages_have_nothing_that_axe_knows_and_scroll_nowhere_sideways(tmp_path, chromium):
    with bench_app(tmp_path) as app, served(app) as address:
        clock = app.extensions["clock"]
        builders.person("watch", "auditor", clock=clock)
        faults = []
        context = chromium.new_context(locale="zh-CN", base_url=address)
        context.add_cookies(cookies_of(app, "watch", address))
        page = context.new_page()
        faults += looked(page, "/audit/proof", "empty")
        for _time in range(3):
            builders.start_case(clock=clock)
        app.config["ANCHOR_SINKS"] = "file:/nonexistent/volume/with/a/long/name/heads.jsonl"
        alarms.beat(lambda: clock() + timedelta(minutes=1))
        tamper()
        page.goto("/audit/proof")
        page.get_by_role("button", name="立即校验").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("progress")
        run_jobs(clock)
        faults += looked(page, "/audit/proof", "bad") + looked(page, f"/audit/proof/verifications/{session().query(Verification).first().id}", "faults")
        context.close()
        assert not faults, "\n".join(faults)


def looked(page, where: str, name: str) -> list[str]:
    page.goto(where)
    page.wait_for_load_state("networkidle")
    found = []
    for size in (DESK, PHONE):
        looks = Looks(size)
        looks.at(page, name)
        found += looks.faults
    return found
