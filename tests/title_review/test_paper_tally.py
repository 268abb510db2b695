"""Votes on paper (D-105): two people enter them without seeing each other's figures; what differs is counted again, then settled."""
import pytest

from app.errors import AnswersInvalid, FourEyes
from app.materials import store_document
from app.operations import reading
from app.operations.contexts import case_variables
from app.store import transaction
from tests.connectors.procedures import HEAD
from tests.support import builders

ROWS = '[{"case": "001", "name": "甲", "attending": 5}, {"case": "002", "name": "乙", "attending": 4}]'
CALLER = f"""{HEAD}<bpmn:process id="sitting" name="计票" isExecutable="true"><bpmn:extensionElements><camunda:properties>
<camunda:property name="casePrefix" value="098"/><camunda:property name="starters" value="office_clerk"/><camunda:property name="stages" value="计票"/>
</camunda:properties></bpmn:extensionElements><bpmn:startEvent id="begin" camunda:formKey="office"/>
<bpmn:scriptTask id="rows" name="名单" scriptFormat="cel"><bpmn:script>paper_rows = {ROWS}</bpmn:script></bpmn:scriptTask>
<bpmn:callActivity id="count" name="计票" calledElement="paper-tally"/><bpmn:endEvent id="done" name="办结"/>
<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="rows"/><bpmn:sequenceFlow id="f2" sourceRef="rows" targetRef="count"/>
<bpmn:sequenceFlow id="f3" sourceRef="count" targetRef="done"/></bpmn:process></bpmn:definitions>"""
OFFICE = "title: 办公室\nsections: [{key: s, title: 办公室, fields: [{key: office, type: organisation, label: 办公室, party: office}]}]\n"
ROLES = "office_clerk: {name: 经办人, scope: organisation, desk: true}\n" + "".join(
    f"{role}: {{name: 核准岗, scope: organisation, desk: true}}\n" for role in ("bureau_acceptance", "bureau_review", "bureau_approval", "bureau_certificates"))
FORMS = ("paper_tally", "paper_tally_check", "paper_tally_settle")


@pytest.fixture
def case(app, clock):
    root = builders.ROOT
    forms = {key: (root / "forms" / "title-review" / f"{key}.yml").read_text("utf-8") for key in FORMS}
    called = {"processes/tally/paper-tally.bpmn": (root / "processes" / "title-review" / "paper-tally.bpmn").read_text("utf-8")}
    builders.publish(builders.bundle_from(CALLER, name="tally", roles=ROLES, forms=forms | {"office": OFFICE}, **called), demo=False, clock=clock)
    builders.organisation("house", "办公室")
    for clerk in ("zhou", "sun", "qian"):
        builders.person(clerk, "office_clerk@house", clock=clock)
    return builders.start_case("sitting", "zhou", answers={"office": "org:house"}, clock=clock)


def _rows(*votes):
    return [dict(zip(("number", "yes", "no", "abstain", "spoilt"), (number, *four))) for number, four in zip(("001", "002"), votes)]


def _scan(who, clock):
    with transaction():
        return [store_document(b"%PDF-1.4 scan", f"{who}.pdf", owner=who, clock=clock).id]


def _enter(case, who, votes, clock):
    answers = {"rows": _rows(*votes), "tellers": "李", "supervisor": "赵"}
    return builders.complete(case, "enter_tally", who, answers, clock=clock)


def _again(case, who, votes, clock):
    return builders.complete(case, "check_tally", who, {"rows": _rows(*votes), "scan": _scan(who, clock)}, clock=clock)


def test_two_equal_entries_are_the_count_and_what_is_not_for_or_against_abstains(case, clock):
    votes = ((4, 1, 0, 0), (2, 0, 1, 0))
    _enter(case, "zhou", votes, clock)
    _again(case, "sun", votes, clock)
    assert case_variables(case)["paper"] == [
        {"case": "001", "name": "甲", "attending": 5, "yes": 4, "no": 1, "abstain": 0},
        {"case": "002", "name": "乙", "attending": 4, "yes": 2, "no": 0, "abstain": 2}]
    assert case.ended_at is not None


def test_the_same_person_cannot_enter_twice_and_nobody_reads_the_others_figures(case, clock):
    _enter(case, "zhou", ((4, 1, 0, 0), (2, 2, 0, 0)), clock)
    with pytest.raises(FourEyes):
        _again(case, "zhou", ((4, 1, 0, 0), (2, 2, 0, 0)), clock)
    for who, reads in (("zhou", True), ("sun", False), ("qian", False)):
        assert ("paper_tally" in {link.key for link in reading.readable_forms(case, builders.actor(who))}) is reads
    view = reading.view_task(builders.open_task(case).id, builders.actor("sun"), clock)
    assert view.answers == {} and "paper_tally" not in {link.key for link in view.beside}


def test_more_votes_than_voters_are_refused_by_applicant(case, clock):
    with pytest.raises(AnswersInvalid) as refused:
        _enter(case, "zhou", ((5, 1, 0, 0), (2, 2, 0, 0)), clock)
    assert list(refused.value.fields) == ["rows.0"] and "6 张，多于出席投票的 5 人" in refused.value.fields["rows.0"]


def test_what_differs_is_counted_again_by_name_and_the_second_time_settled_by_the_chair(case, clock):
    _enter(case, "zhou", ((4, 1, 0, 0), (2, 2, 0, 0)), clock)
    _again(case, "sun", ((4, 1, 0, 0), (3, 1, 0, 0)), clock)
    assert case_variables(case)["tally_differs"] == [{"number": "002", "name": "乙", "attending": 4}]
    with pytest.raises(FourEyes):  # who entered second would see nothing new, but must stay independent of their own count
        _enter(case, "sun", ((4, 1, 0, 0), (3, 1, 0, 0)), clock)
    _enter(case, "zhou", ((4, 1, 0, 0), (2, 2, 0, 0)), clock)
    _again(case, "sun", ((4, 1, 0, 0), (3, 1, 0, 0)), clock)
    answers = {"rows": [{"number": "002", "yes": 3, "no": 0, "abstain": 0, "spoilt": 1}], "chair": "王主任", "reason": "一张票折叠",
               "scan": _scan("qian", clock)}
    builders.complete(case, "settle_tally", "qian", answers, clock=clock)
    assert [(row["case"], row["yes"], row["no"], row["abstain"]) for row in case_variables(case)["paper"]] == [("001", 4, 1, 0), ("002", 3, 0, 1)]


def test_a_second_count_that_agrees_needs_no_chair(case, clock):
    _enter(case, "zhou", ((4, 1, 0, 0), (2, 2, 0, 0)), clock)
    _again(case, "sun", ((3, 1, 0, 0), (2, 2, 0, 0)), clock)
    _enter(case, "zhou", ((3, 1, 0, 0), (2, 2, 0, 0)), clock)
    _again(case, "sun", ((3, 1, 0, 0), (2, 2, 0, 0)), clock)
    assert case.ended_at is not None and case_variables(case)["paper"][0]["yes"] == 3
