"""Erasing by rules and at a person's wish: what goes, what stays, that the chain still verifies."""
from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.errors import FourEyes
from app.operations.replay import replay_case
from app.retention import runs
from app.retention.models import RetentionItem, Tombstone
from app.retention.rules import change_rule
from app.store import session
from app.store.models import Answers, Case, Event
from tests.retention.walked import LATER, carried_out


def verified():
    from app.proof.verification import verify_events

    return [fault.message for fault in verify_events()]


def dumped() -> str:
    """Everything that the tables say, opened."""
    from app.extensions import db

    return "\n".join(f"{table.name}: {row!r}" for table in db.metadata.sorted_tables for row in session().execute(sa.select(table)))


@pytest.mark.both_stores
def test_a_person_is_erased_the_chain_holds_and_the_other_stays_as_they_were(office, clock):
    clock.move_to(clock() + LATER)
    run = runs.plan_person_run("reader_jia", "", actor=office.first, clock=clock)
    with pytest.raises(FourEyes):
        runs.approve_run(run.id, actor=office.first, clock=clock)
    carried_out(run, office.second, clock)
    assert run.state == "done"
    left = dumped()
    assert [one for one in office.one.all() if one in left] == []
    assert all(one in left for one in office.two.all()[:5])
    assert verified() == []
    case, other = session().get(Case, office.case.id), session().get(Case, office.other.id)
    assert replay_case(case).state == "erased"
    assert replay_case(other).state == "equal"
    assert session().scalars(sa.select(Event.kind).where(Event.case_id == case.id).order_by(Event.seq)).all()[-1] == "erase"
    assert session().scalar(sa.select(sa.func.count()).select_from(Tombstone).where(Tombstone.case_id == case.id)) >= 2
    assert case.starter_name.startswith("已清除人员")


def test_a_rule_for_one_class_of_fields_takes_these_fields_alone(office, clock):
    rule = change_rule("field:identity", "", months=12, action="erase", active=False, reason="最小必要", actor=office.first, clock=clock)
    clock.move_to(clock() + LATER / 20)
    run = carried_out(runs.plan_run([("field:identity", "")], actor=office.first, clock=clock), office.second, clock)
    answers = session().scalars(sa.select(Answers).where(Answers.case_id == office.case.id, Answers.form == "request")).all()
    assert all("$erased" in row.data["reader_name"] for row in answers)
    assert answers[0].data["book"] == office.one.word("书名")
    assert office.one.name not in session().get(Case, office.case.id).summary
    assert verified() == [] and rule.id
    assert run.report["totals"][0]["class"] == "field:identity"


def test_what_was_erased_is_not_planned_again(office, clock):
    change_rule("case", "", months=120, action="erase", active=False, reason="试", actor=office.first, clock=clock)
    clock.move_to(clock() + LATER)
    carried_out(runs.plan_run([("case", "")], actor=office.first, clock=clock), office.second, clock)
    again = runs.plan_run([("case", "")], actor=office.first, clock=clock)
    assert session().scalars(sa.select(RetentionItem).where(RetentionItem.run_id == again.id)).all() == []


def test_a_case_that_was_erased_can_still_be_opened_read_and_printed(office, app, clock):
    from app.operations.reports import render_case_report
    from tests.support.builders import person, sign_in

    change_rule("case", "", months=120, action="erase", active=False, reason="试", actor=office.first, clock=clock)
    clock.move_to(clock() + LATER)
    carried_out(runs.plan_run([("case", ""), ("history", "")], actor=office.first, clock=clock), office.second, clock)
    auditor, client = person("auditor_lin", "auditor", clock=clock), app.test_client()
    sign_in(client, "auditor_lin")
    for place in ("", "/form", "/form?key=request&view=changes", "/materials"):
        page = client.get(f"/cases/{office.case.id}{place}", follow_redirects=True)
        assert page.status_code == 200 and "$erased" not in page.text and office.one.name not in page.text, place
    assert "已依法清除" in client.get(f"/cases/{office.case.id}/form").text
    case = session().get(Case, office.case.id)
    html, pdf = render_case_report(case, "lending_slip", {}, actor=auditor, clock=clock)
    assert "$erased" not in html and "已依法清除" in html and pdf.startswith(b"%PDF")
