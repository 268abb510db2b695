"""What surely has a value where: the ways that the linter follows, and the ways it must not complain about."""
from xml.sax.saxutils import escape

import pytest

from app.definitions import Bundle, check
from app.definitions.linter.examples import EXAMPLES
from app.expressions import compared_words, given_values, needed_values
from tests.definitions import lint_examples as lint
from tests.definitions.sample import DIAGRAM as D
from tests.definitions.sample import findings_of

LATE = '<bpmn:timeDuration>P30D</bpmn:timeDuration>'


def _told(*changes, code="value-not-set"):
    return [finding for finding in findings_of(*changes) if finding.code == code]


@pytest.mark.parametrize("text, needed", [
    ("vars.fee.amount * 2", {"vars.fee"}),
    ("coalesce(vars.fee.amount, 0) * 2", set()),
    ("vars.fee != null ? vars.fee.amount + 1 : 0", set()),
    ("vars.fee == null || vars.fee.amount > 3", set()),
    ("vars.fee != null && vars.fee.amount > 3", set()),
    ("!(vars.fee == null) && vars.fee.amount > 3", set()),
    ("vars.fee.amount > 3 || vars.fee == null", {"vars.fee"}),
    ('vars.way == "back"', set()),
    ('"by " + form.request.name', {"form.request"}),
    ('{"a": vars.x, "b": [vars.y]}', set()),
    ("vars.rows.filter(r, r.n > vars.least)", {"vars.least"}),
    ("workdays_after(vars.day, 5)", {"vars.day"}),
    ("is no expression (", set()),
])
def test_what_an_expression_needs(text, needed):
    assert needed_values(text) == needed


def test_what_a_condition_lets_conclude():
    assert given_values("vars.a != null && vars.b == 3") == {"vars.a", "vars.b"}
    assert given_values("vars.a == null || vars.b > 3") == set()
    assert given_values("vars.a == null", truth=False) == {"vars.a"}
    assert compared_words('outcome in ["a", "b"] || outcome != "c"', "outcome") == {"a", "b", "c"}


def test_a_value_set_on_one_way_only_is_told_with_the_other_way():
    [finding] = [one for one in check(lint.example("value-not-set", "bad"), topics=lint.TOPICS)]
    assert finding.element == "tell"
    assert "从“开始”经“填写”、“要缴费？”到“通知”时，变量 vars.fee 还没有值" in finding.message


def test_a_value_that_every_way_sets_is_not_told():
    assert _told((D, LATE, "<bpmn:timeDuration>vars.days</bpmn:timeDuration>")) == []


@pytest.mark.parametrize("condition, told", [("vars.marked == true", 0), ("vars.fee != null", 0), ("vars.marked == false", 1), ("form.ask.count > 0", 1)])
def test_what_a_condition_says_about_the_way_is_believed(condition, told):
    """`fee` is there for whoever comes over a flow that asks for `marked`, for both are written in one script."""
    path = "processes/example/example.bpmn"
    files = dict(lint.example("value-not-set", "bad").files)
    text = files[path].decode()
    text = text.replace("fee = form.ask.count * 2", "fee = form.ask.count * 2\nmarked = true").replace('targetRef="tell"', 'targetRef="asks"')
    text = text.replace('<bpmn:scriptTask id="note"', '<bpmn:scriptTask id="clear" name="清" scriptFormat="cel"><bpmn:script>marked = false</bpmn:script></bpmn:scriptTask>'
                        '<bpmn:sequenceFlow id="clear_to_rich" sourceRef="clear" targetRef="rich" /><bpmn:scriptTask id="note"', 1)
    text = text.replace('sourceRef="ask" targetRef="rich"', 'sourceRef="ask" targetRef="clear"')
    text = text.replace("</bpmn:process>", '<bpmn:exclusiveGateway id="asks" default="asks_no" /><bpmn:sequenceFlow id="asks_no" sourceRef="asks" targetRef="done" />'
                        f'<bpmn:sequenceFlow id="asks_yes" sourceRef="asks" targetRef="tell"><bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process>')
    found = check(Bundle(files | {path: text.encode()}), topics=lint.TOPICS)
    assert len([one for one in found if one.code == "value-not-set"]) == told
    assert {one.code for one in found} <= {"value-not-set", "not-drawn"}


def test_called_processes_know_what_their_callers_set():
    assert _told((D, "form.request.day", "vars.due"), (D, "days = 5\n", 'days = 5\ndue = "2026-09-01"\n')) == []


def test_boundary_events_know_what_was_there_before_their_task_only():
    found = _told((D, "<bpmn:timeDuration>P30D</bpmn:timeDuration>", "<bpmn:timeDuration>vars.told</bpmn:timeDuration>"))
    assert {finding.element for finding in found} == {"late"}
    assert all("刚到" in finding.message or "从" in finding.message for finding in found)


def test_explanations_are_for_people():
    assert all("。" in example.why for example in EXAMPLES.values())


def test_a_form_that_shows_what_may_not_be_there_yet_is_told_unless_it_asks_first():
    """The field of the clerk's form is drawn on a way on which nobody has set the fee; `shown_when` may say so."""
    form = "forms/example/ask.yml"
    files = dict(lint.example("value-not-set", "good").files)
    told = []
    for field in ("value: '\"费\" + money(vars.fee)'", "shown_when: vars.fee != null, value: '\"费\" + money(vars.fee)'"):
        line = f"      - {{key: shown, type: read_only, label: 费用, {field}}}\n"
        found = check(Bundle(files | {form: files[form] + line.encode()}), topics=lint.TOPICS)
        told.append([(one.code, one.element) for one in found])
    assert told == [[("value-not-set", "ask")], []]
