"""The decision tables of the title review, asked through the engine with the test vectors of the requirements (F)."""
from datetime import datetime, timezone
from pathlib import Path

import pytest

from app import engine

FOLDER = Path(__file__).parents[2] / "processes" / "title-review"
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <bpmn:process id="ask" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:scriptTask id="given" scriptFormat="cel"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>
    <bpmn:businessRuleTask id="table" camunda:decisionRef="{table}" camunda:resultVariable="found" />
    <bpmn:endEvent id="done" />
    <bpmn:sequenceFlow id="one" sourceRef="begin" targetRef="given" />
    <bpmn:sequenceFlow id="two" sourceRef="given" targetRef="table" />
    <bpmn:sequenceFlow id="three" sourceRef="table" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>"""


def decide(table: str, script: str = "", forms: dict | None = None, now: datetime = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)) -> dict:
    """What the table of the procedure answers when `script` has set the variables."""
    files = {path.name: path.read_bytes() for path in FOLDER.glob("*.dmn")}
    files["ask.bpmn"] = DIAGRAM.format(script=script, table=table).encode()
    step = engine.start(engine.load_process("ask", files), engine.Facts(now=now, seed="1", forms=forms or {}))
    return step.variables["found"]


@pytest.mark.parametrize("attending, yes, passed", [
    (21, 14, True), (21, 13, False), (18, 12, True), (20, 13, False), (20, 14, True), (3, 2, True), (3, 1, False), (2, 2, False)])
def test_two_thirds_of_the_experts_attending_must_agree(attending, yes, passed):
    found = decide("pass-rule", f'tally = {{"attending": {attending}, "yes": {yes}}}')
    assert found["passed"] is passed


@pytest.mark.parametrize("members, present, quorum", [(25, 16, False), (25, 17, True), (3, 2, False), (5, 4, True)])
def test_two_thirds_of_the_committee_must_attend(members, present, quorum):
    voters = ", ".join(f'"{number}"' for number in range(present))
    assert decide("quorum-rule", f"members = {members}\npresent = {present}\nvoters = [{voters}]")["quorum"] is quorum


def test_too_few_experts_left_after_recusals_cannot_vote():
    assert decide("quorum-rule", 'members = 5\npresent = 5\nvoters = ["a", "b"]')["quorum"] is False


@pytest.mark.parametrize("day, exemption, kind, amount, label", [
    ("2026-12-31T23:59:59", "none", "review", 58000, "高级"), ("2027-01-01T00:00:00", "none", "review", 60000, "高级"),
    ("2020-01-01T00:00:00", "none", "review", 58000, "高级"), ("2019-12-31T23:59:59", "none", "review", 60000, "请核对"),
    ("2026-12-31T23:59:59", "half", "review", 29000, "减半"), ("2027-01-01T00:00:00", "half", "review", 30000, "减半"),
    ("2026-12-31T12:00:00", "exempt", "review", 0, "免缴"), ("2026-06-01T12:00:00", "none", "recognition", 20000, "考核认定")])
def test_a_fee_follows_its_dates_kind_and_reason_and_names_its_basis(day, exemption, kind, amount, label):
    """D-89, C-055: on both sides of each boundary, by the day in Shanghai."""
    forms = {"declaration": {"requested_level": "副高", "application_type": kind}, "office_pre_review": {"fee_exemption": exemption}}
    found = decide("fee", forms=forms, now=datetime.fromisoformat(f"{day}+08:00"))
    assert found["amount"] == amount and label in found["label"] and found["basis"]


@pytest.mark.parametrize("level, exemption, amount", [
    ("正高", "none", 58000), ("副高", "none", 58000), ("中级", "none", 45000), ("初级", "none", 28000), ("副高", "exempt", 0)])
def test_the_fee_follows_the_level_and_an_exemption_costs_nothing(level, exemption, amount):
    forms = {"declaration": {"requested_level": level}, "office_pre_review": {"fee_exemption": exemption}}
    assert decide("fee", forms=forms)["amount"] == amount
