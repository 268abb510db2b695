"""The pages of 保管与清除 from a wish for deletion to the signed report, as two administrators and an auditor see them."""
from __future__ import annotations

import json

from app.jobs import run_jobs
from app.operations import own_data
from app.retention import holds, reports, runs
from app.retention.models import RetentionRun
from app.store import session
from app.store.models import DataRequest, Notice
from tests.retention.walked import LATER
from tests.support.builders import actor, csrf_token, person, sign_in


def browser(app, key: str):
    client = app.test_client()
    sign_in(client, key)
    client.token_of_page = csrf_token(client)
    return client


def post(client, address: str, **data):
    return client.post(address, data={"csrf_token": client.token_of_page} | data, follow_redirects=True)


def test_a_wish_is_proposed_by_one_granted_by_another_and_reported(app, office, clock):
    own_data.ask_deletion(actor("reader_jia"), "不再需要", clock)
    wish = session().query(DataRequest).one().id
    one, two = browser(app, "admin_one"), browser(app, "admin_two")
    address = f"/audit/retention/requests/{wish}"
    assert "档案保管期未满" in one.get(address).text
    assert "只能限制处理" in post(one, f"{address}/propose", what="erase", answer="试").text
    clock.move_to(clock() + LATER)
    one, two = browser(app, "admin_one"), browser(app, "admin_two")
    assert "没有必须保管的内容" in one.get(address).text
    assert "等另一位管理员批准" in post(one, f"{address}/propose", what="erase", answer="保管期已满").text
    assert "您已办理过" in post(one, f"{address}/decide", agreed="yes").text
    assert "已通知本人" in post(two, f"{address}/decide", agreed="yes").text
    assert "即将全部清除" in session().query(Notice).filter_by(person_id="reader_jia").order_by(Notice.id.desc()).first().text
    clock.move_to(clock() + runs.TOLD_WITHIN * 2)  # no mail server: after the hour it begins
    runs.close_runs(clock)
    run_jobs(clock, seconds=30)
    runs.close_runs(clock)
    run = session().query(RetentionRun).one()
    assert run.state == "done" and session().get(DataRequest, wish).state == "erased"
    two = browser(app, "admin_two")
    page = two.get(f"/audit/retention/runs/{run.id}").text
    assert "已经清除" in page and office.one.name not in page
    signed = json.loads(two.get(f"/audit/retention/runs/{run.id}/report.json").data)
    assert reports.is_authentic(signed["report"], signed["signature"], signed["key"])
    assert not reports.is_authentic(signed["report"] | {"run": 9}, signed["signature"], signed["key"])
    assert two.get(f"/audit/retention/runs/{run.id}/report.pdf").data.startswith(b"%PDF")
    assert [word for word in office.one.all() if word in json.dumps(signed, ensure_ascii=False)] == []


def test_a_hold_keeps_a_case_from_a_run_and_lifting_is_kept(app, office, clock):
    one = browser(app, "admin_one")
    assert "没有找到" in post(one, "/audit/retention/holds", kind="case", subject="1", reason="诉讼").text
    assert "已保全" in post(one, "/audit/retention/holds", kind="case", subject=office.case.number, reason="行政诉讼").text
    clock.move_to(clock() + LATER)
    one = browser(app, "admin_one")
    page = post(one, "/audit/retention/runs", rule="case|").text
    assert "事项 1 件" in page and "不清除 1 项" in page
    held = holds.holds()[0]
    assert "保全已解除" in post(one, f"/audit/retention/holds/{held.id}/lift", reason="判决生效").text
    session().expire_all()
    assert (holds.holds()[0].lifted_by, holds.holds()[0].lifted_reason) == ("admin_one", "判决生效")


def test_what_is_held_after_the_plan_stays_too(office, clock):
    clock.move_to(clock() + LATER)
    run = runs.plan_run([("case", "")], actor=office.first, clock=clock)
    holds.place_hold("person", "reader_yi", reason="检查", until="", actor=office.first, clock=clock)
    runs.approve_run(run.id, actor=office.second, clock=clock)
    run_jobs(clock, seconds=30)
    runs.close_runs(clock)
    session().expire_all()
    assert [one["what"] for one in run.report["stays"]] == [office.other.number]
    from app.store.models import Answers
    assert "金丝雀" in repr([row.data for row in session().query(Answers).filter_by(case_id=office.other.id)])


def test_an_account_and_its_traces_stay_when_a_case_of_theirs_or_they_themselves_are_held_after_the_plan(office, clock):
    from app.people import Person
    from app.store.models import Answers

    clock.move_to(clock() + LATER)
    for kind, subject, lift in (("case", office.case.number, True), ("person", "reader_jia", False)):
        run = runs.plan_person_run("reader_jia", "", actor=office.first, clock=clock)
        runs.approve_run(run.id, actor=office.second, clock=clock)
        held = holds.place_hold(kind, subject, reason="检查", until="", actor=office.first, clock=clock)
        run_jobs(clock, seconds=30)
        runs.close_runs(clock)
        session().expire_all()
        assert session().get(Person, "reader_jia").name == office.one.name
        assert "金丝雀" in repr([row.data for row in session().query(Answers).filter_by(case_id=office.case.id)])
        if lift:
            holds.lift_hold(held.id, reason="已毕", actor=office.first, clock=clock)


def test_every_page_says_at_its_head_who_is_signed_in(app, office):
    admin = browser(app, "admin_one")
    for page in ("", "/runs", "/holds", "/requests"):
        assert f">{actor('admin_one').name}<" in admin.get(f"/audit/retention{page}").text


def test_an_auditor_reads_everything_and_changes_nothing(app, office, clock):
    person("auditor_lin", "auditor")
    client = browser(app, "auditor_lin")
    for address in ("", "/runs", "/holds", "/requests", "/rules/case", "/rules/field:identity"):
        answer = client.get(f"/audit/retention{address}")
        assert answer.status_code == 200, address
        assert "勾选" not in answer.text and "data-guard" not in answer.text
    assert post(client, "/audit/retention/holds", kind="case", subject=office.case.number, reason="x").status_code == 403


def test_a_rule_is_changed_with_a_reason_and_within_the_law(app, office, clock):
    client = browser(app, "admin_one")
    assert "至少保管 6 个月" in post(client, "/audit/retention/rules/logs", months="3", action="delete", reason="试").text
    assert "请写明依据" in post(client, "/audit/retention/rules/logs", months="12", action="delete").text
    page = post(client, "/audit/retention/rules/logs", months="24", action="delete", reason="网络安全法", active="on").text
    assert "规则已保存" in page and "网络安全法" in page and "2 年" in page
    assert client.get("/audit/retention/rules/certificates").status_code == 404


def test_a_rule_that_is_on_is_planned_by_the_worker_and_approved_by_somebody_else(office, clock):
    from app.errors import FourEyes
    from app.retention.rules import change_rule
    import pytest

    change_rule("notices", "", months=24, action="delete", active=True, reason="试", actor=office.first, clock=clock)
    assert runs.plan_due(clock) is None  # nothing is due
    clock.move_to(clock() + LATER)
    run = runs.plan_due(clock)
    assert run.planned_by == "system" and runs.plan_due(clock) is None
    with pytest.raises(FourEyes):
        runs.approve_run(run.id, actor=office.first, clock=clock)
    runs.approve_run(run.id, actor=office.second, clock=clock)
    run_jobs(clock, seconds=30)
    assert session().query(Notice).filter_by(person_id="reader_jia").count() == 0


def test_a_restricted_person_is_found_by_themselves_and_by_auditors_alone(app, office, clock):
    from app.operations.reading.caselists import search_cases
    from app.people.restrictions import lift_restriction, restrict
    from app.store import transaction

    librarian = actor("librarian_zhao")
    assert [row.number for row in search_cases(librarian, office.case.number)] in ([], [office.case.number])
    restrict("reader_jia", "保管期未满", actor=office.first, clock=clock)
    assert search_cases(librarian, office.case.number) == ()
    assert [row.number for row in search_cases(actor("reader_jia"), office.case.number)] == [office.case.number]
    with transaction():
        lift_restriction("reader_jia")


def test_a_stopped_run_says_what_it_left_and_the_next_one_takes_it(office, clock):
    from app.jobs import stop_job

    clock.move_to(clock() + LATER)
    run = runs.plan_run([("case", "")], actor=office.first, clock=clock)
    runs.approve_run(run.id, actor=office.second, clock=clock)
    stop_job(run.job_id, actor=office.second, clock=clock)
    runs.close_runs(clock)
    session().expire_all()
    assert [one["what"] for one in run.report["undone"]] == [office.case.number, office.other.number] and run.report["totals"] == []
    again = runs.plan_run([("case", "")], actor=office.first, clock=clock)
    assert len(session().query(runs.RetentionItem).filter_by(run_id=again.id).all()) == 2
