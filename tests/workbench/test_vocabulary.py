"""What the editors offer is what there is, and what they say of an expression is what the linter says."""
from __future__ import annotations

import pytest

from app.clock import PretendClock
from app.connectors import KNOWN_TOPICS
from app.definitions.linter.processes import PROPERTIES
from app.workbench import diagramming, proposals, vocabulary
from app.workbench.dialect import PARAMETERS, SETTINGS
from app.workbench.element_templates import templates_of
from tests.support import builders
from tests.workbench.benches import begin, bench_app

LENDING = "processes/lending-library/lending.bpmn"
TABLE = "processes/lending-library/fine.dmn"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with bench_app(tmp_path_factory.mktemp("vocabulary"), PretendClock(builders.MONDAY)) as app, app.test_request_context():
        yield app


@pytest.fixture
def proposal(library):
    return begin(library)


def _problems(proposal, text, kind="expression", element="check", repeated=False):
    found = vocabulary.problems_of(proposal, text, kind=kind, file=LENDING, element=element, repeated=repeated, now=builders.MONDAY)
    return [(one.code, one.message) for one in found]


@pytest.mark.parametrize("kind", sorted(PROPERTIES))
def test_every_setting_of_the_dialect_has_words_and_no_words_are_without_a_setting(kind):
    assert {one.name for one in SETTINGS[kind]} == set(PROPERTIES[kind])


def test_every_parameter_of_a_connector_has_a_name_people_understand():
    assert {name for topic in KNOWN_TOPICS.values() for name in (*topic.needs, *topic.may)} <= set(PARAMETERS)


def test_the_real_roles_forms_tables_and_processes_are_offered(proposal):
    words = vocabulary.vocabulary_of(proposal)
    assert {"value": "request", "label": "借书单"}.items() <= words["forms"][[one["value"] for one in words["forms"]].index("request")].items()
    assert "librarian" in [one["value"] for one in words["roles"]]
    assert [one["value"] for one in words["decisions"]] == ["fine"]
    assert {one["value"] for one in words["topics"]} == set(KNOWN_TOPICS)
    assert {one["value"]: one["stages"] for one in words["processes"]}["lending"][:2] == ["申请", "审核"]


def test_a_variable_says_who_sets_it_and_what_is_in_it(proposal):
    variables = {one["value"]: one for one in vocabulary.vocabulary_of(proposal)["variables"]}
    assert variables["fine"]["members"] == ["amount", "reason"] and "计算逾期费" in variables["fine"]["label"]
    assert "pay_url" in variables["order"]["members"]


def test_what_one_adds_to_the_proposal_is_offered_at_once(proposal, library):
    path = "forms/lending-library/second_look.yml"
    proposals.save_file(proposal.id, path, "title: 复核\nsections:\n  - key: a\n    title: 意见\n    fields:\n      - {key: words, type: text, label: 意见}\n".encode(), expected=0, actor=builders.actor("ada"), clock=library.extensions["clock"])
    assert "second_look" in [one["value"] for one in vocabulary.vocabulary_of(proposal)["forms"]]


@pytest.mark.parametrize(("text", "kind", "code"), [
    ("form.request.titel", "expression", "unknown-field"), ("vars.dew", "expression", "unknown-variable"), ("a = 1", "expression", "expression"),
    ("addays(today, 1)", "expression", "unknown-function"), ("item.ref", "expression", "unknown-root"), ("result.x", "expression", "unknown-root"),
    ("x = ", "script", "expression"), ("P-5D", "duration", "timer-negative"), ("R/P1D", "duration", "timer-cycle"), ("2020-01-01", "date", "timer-past"),
    (">= ", "cell", "expression"), ("cell > 1", "cell_output", "unknown-root"), ("case.visits.chek > 1", "expression", "unknown-element")])
def test_a_wrong_expression_is_told_in_the_words_of_the_linter(proposal, text, kind, code):
    problems = _problems(proposal, text, kind)
    assert problems and problems[0][0] == code
    assert not problems[0][1].startswith(("：", "的"))


@pytest.mark.parametrize(("text", "kind", "more"), [
    ("form.request.reader_kind != ''", "expression", {}), ("item.ref", "expression", {"repeated": True}), ("item", "lane", {}), ("result.x", "output", {}),
    ("due = add_days(today, 30)\nlate = vars.due < today", "script", {}), ("P5D", "duration", {}), ("vars.due", "date", {}), ('"甲","乙"', "cell", {}), ("", "expression", {})])
def test_a_right_expression_is_told_nothing(proposal, text, kind, more):
    assert _problems(proposal, text, kind, **more) == []


def test_a_near_miss_is_named(proposal):
    assert "是否想写 due？" in _problems(proposal, "vars.dues")[0][1]


def test_a_script_knows_what_its_own_lines_above_have_set(proposal):
    assert _problems(proposal, "fresh = 1\nnext = vars.fresh + 1", "script") == []


def test_the_faults_of_a_table_are_told_cell_by_cell(proposal, library):
    assert vocabulary.cells_of(proposal, TABLE) == []
    content = proposals.read_file(proposal, TABLE).content.replace(b"&lt;= 3", b"&lt;= ")
    proposals.save_file(proposal.id, TABLE, content, expected=0, actor=builders.actor("ada"), clock=library.extensions["clock"])
    (fault,) = vocabulary.cells_of(proposal, TABLE)
    assert (fault["rule"], fault["column"], fault["output"], fault["severity"]) == ("rule_grace", 0, False, "error")


def test_the_templates_offer_the_real_names_and_a_template_for_every_connector(proposal):
    templates = {one["id"]: one for one in templates_of(vocabulary.vocabulary_of(proposal), LENDING)}
    review = {field["binding"]["name"]: field for field in templates["pingshen.review"]["properties"]}
    assert {"name": "借书单", "value": "request"} in review["camunda:formKey"]["choices"]
    assert {"name": "申请", "value": "申请"} in review["stage"]["choices"]
    assert {f"pingshen.connector.{topic}" for topic in KNOWN_TOPICS} <= set(templates)
    report = next(field for field in templates["pingshen.connector.file.report"]["properties"] if field["binding"].get("name") == "report")
    assert report["type"] == "Dropdown"


def test_a_new_diagram_has_only_the_findings_of_what_is_still_to_be_filled_in(proposal, library):
    from app.workbench.findings import findings_of

    path = diagramming.add_drawing(proposal, "diagram", "second-look", "复核", actor=builders.actor("ada"), clock=library.extensions["clock"])
    codes = {one.code for one in findings_of(proposal) if one.file == path}
    assert codes >= {"task-without-form", "lane-without-role"} and codes <= {"task-without-form", "lane-without-role", "task-without-role", "no-starters"}


def test_a_copied_diagram_has_ids_of_its_own_and_the_same_findings_as_the_original(proposal, library):
    from app.workbench.findings import findings_of

    diagramming.copy_drawing(proposal, "diagram", "lending", "lending-two", actor=builders.actor("ada"), clock=library.extensions["clock"])
    diagramming.copy_drawing(proposal, "table", "fine", "fine-two", actor=builders.actor("ada"), clock=library.extensions["clock"])
    errors = [one for one in findings_of(proposal) if one.severity == "error"]
    assert errors == []
