"""Bars and patterns of numbers out of registers: in force from the first day to the last, both included (C-013, C-015, decision 8, C-047)."""
from datetime import datetime

import pytest

from app.clock import PretendClock
from app.definitions import Register
from app.definitions.bars import Bars, Numbering
from app.errors import Barred
from app.operations.cases import start_case
from app.operations.contexts import SHANGHAI
from app.people import SYSTEM
from app.people.registered import PersonProfile
from app.registers.bars import bar_in_force, pattern_in_force
from app.registers.editing import add_entry, declared, retire_entry
from app.store import session, transaction
from app.store.models import Case
from tests.support import builders

FORMS = {
    "record": "title: 记录\nsections: [{key: a, title: 甲, fields: [{key: who, type: text, label: 谁, required: true}, {key: begun, type: date, label: 始}, {key: ended, type: date, label: 终}, {key: why, type: text, label: 由}]}]\n",
    "registers": "blacklist:\n  title: 失信\n  form: record\n  name: row.who\n  bars: {key: row.who, from: begun, until: ended, reason: why}\n",
    "ask": "title: 申请\nsections: [{key: a, title: 甲, fields: [{key: card, type: text, label: 卡号, required: true}]}]\n",
}


def diagram(start: str = "", task: str = "") -> str:
    """A start with a form and a task with the same form; each with the properties given."""
    def said(text):
        rows = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in (pair.split("=", 1) for pair in text.split("|") if pair))
        return f"<bpmn:extensionElements><camunda:properties>{rows}</camunda:properties></bpmn:extensionElements>" if rows else ""

    return f'''<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="https://pingshen.example/bpmn">
  <bpmn:process id="asking" name="申请" isExecutable="true">
    <bpmn:extensionElements><camunda:properties><camunda:property name="starters" value="*"/></camunda:properties></bpmn:extensionElements>
    <bpmn:startEvent id="begin" camunda:formKey="ask">{said(start)}<bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="fill" name="填写" camunda:formKey="ask">{said("role=asker|scope=case.starter|" + task)}<bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="done"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="fill"/><bpmn:sequenceFlow id="f2" sourceRef="fill" targetRef="done"/>
  </bpmn:process>
</bpmn:definitions>'''


@pytest.fixture
def world(app, clock):
    """Publishes the asking with these properties, and bars a card for three years from the day."""
    def made(**places):
        builders.publish(builders.bundle_from(diagram(**places), name="asking", forms=FORMS, roles="asker: {name: 申请人, scope: none, desk: false}\n"), demo=False, clock=clock)
        return builders.person("li", "asker", name="李雷", clock=clock)

    return made


def bar(card="1", begun="2026-03-02", ended="2029-03-02"):
    return add_entry(declared("asking", "blacklist"), {"who": card, "begun": begun, "ended": ended, "why": "证书被撤销"}, actor=SYSTEM, clock=PretendClock(builders.MONDAY))


def on(day: str):
    return PretendClock(datetime.fromisoformat(f"{day}T23:59:00").replace(tzinfo=SHANGHAI))


START = {"start": "barred_by=blacklist|bar_key=form.ask.card"}
TASK = {"task": "barred_by=blacklist|bar_key=form.ask.card"}


@pytest.mark.parametrize("day, refused", [("2026-03-01", False), ("2026-03-02", True), ("2029-03-02", True), ("2029-03-03", False)])
def test_a_start_is_refused_from_the_first_day_to_the_last_and_no_longer(world, day, refused):
    li = world(**START)
    bar()
    if refused:
        with pytest.raises(Barred) as told:
            start_case("asking", actor=li, clock=on(day), answers={"card": "1"})
        assert "2029年3月2日" in told.value.message and "证书被撤销" in told.value.message and "草稿" not in told.value.message
        session().rollback()
        assert session().query(Case).count() == 0
    else:
        assert start_case("asking", actor=li, clock=on(day), answers={"card": "1"}).id


@pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002"])
def test_a_number_is_barred_however_it_was_written_into_the_register(world, typed):
    li = world(**START)
    bar(card=typed)
    with pytest.raises(Barred):
        start_case("asking", actor=li, clock=on("2026-03-02"), answers={"card": "11010519491231002X"})


def test_whoever_types_another_number_is_barred_by_that_of_the_account(world, clock):
    world(start="barred_by=blacklist|bar_key=[form.ask.card, actor.profile.id_number]")
    with transaction() as store:
        store.add(PersonProfile(person_id="li", id_type="111", id_number="11010519491231002X"))
    bar(card="11010519491231002X")
    with pytest.raises(Barred):
        start_case("asking", actor=builders.actor("li"), clock=on("2026-03-02"), answers={"card": "7"})


def test_others_are_not_barred(world, clock):
    li = world(**START)
    bar(card="2")
    assert start_case("asking", actor=li, clock=clock, answers={"card": "1"}).id


def test_an_entry_taken_out_of_force_bars_nobody(world, clock):
    li = world(**START)
    row = bar()
    retire_entry(declared("asking", "blacklist"), row.id, actor=SYSTEM, clock=clock, reason="认定有误", version=row.version)
    assert start_case("asking", actor=li, clock=clock, answers={"card": "1"}).id


def test_a_bar_that_comes_while_one_fills_in_refuses_the_submission_and_keeps_the_draft(world, clock, client):
    from app.operations.drafts import read_draft, save_draft

    li = world(**TASK)
    case = builders.start_case("asking", li, clock=clock, answers={"card": "1"})
    task = builders.open_task(case, "fill")
    save_draft(task.id, {"card": "1"}, actor=li, clock=clock)
    bar()
    builders.sign_in(client, "li")
    assert "不能办理" in client.get(f"/tasks/{task.id}").text
    with pytest.raises(Barred):
        builders.complete(case, "fill", li, {"card": "1"}, clock=clock)
    session().rollback()
    assert read_draft(builders.open_task(case, "fill"), li).data == {"card": "1"}


def test_without_a_last_day_it_holds_until_it_is_retired():
    register = Register("r", "r", "f", "row.who", bars=Bars("row.who", "begun", "ended", "why"))
    assert register.bars.ends == "ended"
    assert bar_in_force("p", register, "", "2026-01-01") is None


@pytest.mark.parametrize("place, code", [
    ({"start": "barred_by=blacklst|bar_key=form.ask.card"}, "unknown-register"), ({"start": "barred_by=blacklist"}, "bad-property"),
    ({"task": "barred_by=blacklist|bar_key=form.ask.crad"}, "unknown-field"), ({"task": "barred_by=blacklist|bar_key=nobody"}, "unknown-root")])
def test_a_mistake_in_the_diagram_is_found_before_it_is_published(place, code):
    from app.definitions.linter import check

    found = check(builders.bundle_from(diagram(**place), name="asking", forms=FORMS, roles="asker: {name: 申请人, scope: none, desk: false}\n"))
    assert code in {finding.code for finding in found}


def test_the_pattern_of_a_number_is_the_one_in_force_on_the_day(app, clock):
    forms = FORMS | {"registers": "numbers:\n  title: 编号\n  form: record\n  name: row.who\n  numbering: {pattern: who, from: begun, until: ended, kind: why}\n"}
    builders.publish(builders.bundle_from(diagram(), name="asking", forms=forms, roles="asker: {name: 申请人, scope: none, desk: false}\n"), demo=False, clock=clock)
    where = declared("asking", "numbers")
    for pattern, begun, ended, kind in (("A{seq}", "2020-01-01", "2026-12-31", ""), ("B{seq}", "2027-01-01", None, ""), ("C{seq}", "2026-01-01", None, "高级")):
        add_entry(where, {"who": pattern, "begun": begun, "ended": ended, "why": kind}, actor=SYSTEM, clock=clock)
    asked = [pattern_in_force("asking", where.register, kind, day) for kind, day in (
        ("", "2026-12-31"), ("", "2027-01-01"), ("高级", "2027-01-01"), ("中级", "2019-12-31"))]
    assert asked == ["A{seq}", "B{seq}", "C{seq}", ""]
    assert Numbering("who", "begun", "ended").kind == ""
