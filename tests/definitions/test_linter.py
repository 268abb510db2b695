"""The linter finds each fault that it has a code for, at the right file and element, and nothing in a sound procedure."""
import pytest

from app.definitions import CODES, read_folder
from tests.definitions.sample import (
    DIAGRAM, FORM, REPORTS, ROLES, SCENARIO, TABLE, bundle, codes_of, diagram, findings_of,
)

D, F, T, R, S = DIAGRAM, FORM, TABLE, REPORTS, SCENARIO
GRANT = 'outcome == "grant"'
LOOK = '<bpmn:userTask id="look" name="Look" camunda:formKey="review" />'
AFTER_HEAR = '<bpmn:sequenceFlow id="f11" sourceRef="hear" targetRef="granted" />'
RETURN = 'outcome == "return"'
AFTER_SMALL = ('"big","small"</text></inputEntry><outputEntry id="r1o"><text>100 * 2</text></outputEntry></rule>\n'
               ' <rule id="r2"><inputEntry id="r2i"><text></text>')


def with_element(element: str, name: str = "extra") -> tuple:
    """The element put between hear and granted."""
    flows = (f'<bpmn:sequenceFlow id="x1" sourceRef="hear" targetRef="{name}" />'
             f'<bpmn:sequenceFlow id="x2" sourceRef="{name}" targetRef="granted" />')
    return (D, AFTER_HEAR, element + flows)


CASES = [
    # code, element where it is told, change
    ("bad-xml", "line 4", (D, "<bpmn:process id=\"permit\"", "<bpmn:process <<")),
    ("definition", "line 12", (F, "required_when: length(answers.name) > 0", "required: vielleicht")),
    ("unknown-key", "line 7", (F, "required: true", "requierd: true")),
    ("unknown-key", "line 9", (S, "outcome: submit}", "outcom: submit}")),
    ("missing-key", "line 3", (F, "title: 基本", "hint: 基本")),
    ("duplicate-key", "line 15", (F, "key: day", "key: name")),
    ("expression", "f8", (D, GRANT, 'outcome = "grant"')),
    ("expression", "look", (D, LOOK, LOOK.replace("/>", '><bpmn:extensionElements><camunda:properties><camunda:property '
                                                  'name="due" value="today +" /></camunda:properties>'
                                                  "</bpmn:extensionElements></bpmn:userTask>"))),
    ("unknown-function", "ask", (D, "workdays_after(today", "workday_after(today")),
    ("unknown-root", "f8", (D, GRANT, "approved == true")),
    ("unknown-root", "f8", (D, GRANT, "answers.name == \"grant\"")),
    ("unknown-root", "tell", (D, ">case.parties.office<", ">result.to<")),
    ("unknown-root", "name", (F, "default: actor.name", "default: row.name")),
    ("unknown-member", "lane_citizen", (D, "case.starter", "case.owner")),
    ("unknown-member", "name", (F, "default: actor.name", "default: actor.phone")),
    ("unknown-variable", "f9", (D, "vars.fee.amount", "vars.feee.amount")),
    ("unknown-party", "tell", (D, "case.parties.office", "case.parties.offic")),
    ("size-of-text", "kind", (F, "length(answers.name)", "size(answers.name)")),
    ("unknown-kind", "extra", with_element('<bpmn:inclusiveGateway id="extra" />')),
    ("unknown-kind", "extra", with_element('<bpmn:task id="extra" />')),
    ("unknown-kind", "extra", with_element('<bpmn:dataObject id="extra" />')),
    ("bad-id", "End", (D, 'id="t1"', 'id="End"')),
    ("bad-id", "t 1", (D, 'id="t1"', 'id="t 1"')),
    ("duplicate-id", "closed", (D, 'id="opened"', 'id="closed"')),
    ("no-start", "permit", (D, '<bpmn:startEvent id="begin" />', "")),
    ("several-starts", "permit", (D, '<bpmn:startEvent id="begin" />',
                                  '<bpmn:startEvent id="begin" /><bpmn:startEvent id="begin2" />'
                                  '<bpmn:sequenceFlow id="b2" sourceRef="begin2" targetRef="ask" />')),
    ("no-end", "hearing", (D, '<bpmn:endEvent id="closed" />', "")),
    ("unreachable", "late", (D, 'id="late" name="Late" attachedToRef="look"', 'id="late" name="Late" attachedToRef="nobody"')),
    ("dead-end", "tell", (D, '<bpmn:sequenceFlow id="f10" sourceRef="tell" targetRef="hear" />', "")),
    ("endless-loop", "fix", (D, 'sourceRef="rate" targetRef="look"', 'sourceRef="rate" targetRef="fix"')),
    ("foreign-code", "tell", (D, 'camunda:type="external"', 'camunda:class="java.lang.Runtime"')),
    ("foreign-code", "tell", (D, 'camunda:type="external"', 'camunda:delegateExpression="${x}"')),
    ("foreign-code", "ask", (D, '<camunda:property name="stage" value="A" />',
                             '<camunda:property name="stage" value="A" /></camunda:properties>'
                             '<camunda:taskListener event="create" class="x" /><camunda:properties>')),
    ("foreign-code", "f8", (D, "<bpmn:conditionExpression>" + GRANT,
                            '<bpmn:conditionExpression language="python">' + GRANT)),
    ("unknown-attribute", "ask", (D, 'camunda:formKey="request"', 'camunda:formKey="request" camunda:assignee="li"')),
    ("unknown-property", "ask", (D, 'name="stage" value="A"', 'name="stag" value="A"')),
    ("bad-property", "permit", (D, 'value="123"', 'value="12a"')),
    ("bad-property", "f9", (D, 'name="reason" value="required"', 'name="reason" value="maybe"')),
    ("bad-property", "rate", (D, ' camunda:resultVariable="fee"', "")),
    ("bad-event", "begin", (D, '<bpmn:startEvent id="begin" />',
                            '<bpmn:startEvent id="begin"><bpmn:signalEventDefinition id="s1" /></bpmn:startEvent>')),
    ("bad-event", "late", (D, '<bpmn:timerEventDefinition id="t1">\n   <bpmn:timeDuration>P30D</bpmn:timeDuration>'
                           '</bpmn:timerEventDefinition>', '<bpmn:errorEventDefinition id="t1" />')),
    ("unknown-element", "lane_clerk", (D, 'name="not" value="ask"', 'name="not" value="aks"')),
    ("unknown-element", "cancelled", (D, "case.visits.look", "case.visits.loook")),
    ("unknown-element", "line 10", (S, "task: look", "task: lock")),
    ("unknown-stage", "ask", (D, 'name="stage" value="A"', 'name="stage" value="C"')),
    ("unknown-stage", "slip", (R, "stage: B", "stage: Z")),
    ("dangling-flow", "f11", (D, 'sourceRef="hear" targetRef="granted"', 'sourceRef="hear" targetRef="nowhere"')),
    ("flow-without-condition", "f8", (D, "<bpmn:conditionExpression>" + GRANT + "</bpmn:conditionExpression>", "")),
    ("no-default-flow", "decided", (D, GRANT, GRANT + " &amp;&amp; vars.days &gt; 3")),
    ("condition-not-allowed", "f10", (D, 'sourceRef="tell" targetRef="hear" />', 'sourceRef="tell" targetRef="hear">'
                                      "<bpmn:conditionExpression>vars.days == 5</bpmn:conditionExpression></bpmn:sequenceFlow>")),
    ("several-flows-out", "tell", (D, AFTER_HEAR, AFTER_HEAR +
                                   '<bpmn:sequenceFlow id="x1" sourceRef="tell" targetRef="granted" />')),
    ("same-outcome", "f9", (D, RETURN, GRANT)),
    ("gateway-after-two-tasks", "decided", (D, 'sourceRef="late" targetRef="stopped"', 'sourceRef="late" targetRef="decided"')),
    ("task-without-form", "look", (D, ' camunda:formKey="review"', "")),
    ("unknown-form", "look", (D, 'camunda:formKey="review"', 'camunda:formKey="revue"')),
    ("unknown-form", "slip", (R, "form.request.name", "form.reqest.name")),
    ("unknown-field", "permit", (D, "form.request.name", "form.request.nam")),
    ("unknown-field", "count", (F, "row.place", "row.palce")),
    ("unknown-field", "kind", (F, "length(answers.name) > 0", "answers.rows.exists(r, r.plac == null)")),
    ("task-without-role", "look", (D, "<bpmn:flowNodeRef>look</bpmn:flowNodeRef>", "")),
    ("element-in-no-lane", "look", (D, "<bpmn:flowNodeRef>look</bpmn:flowNodeRef>", "")),
    ("lane-without-role", "lane_clerk", (D, '<camunda:property name="role" value="clerk" />', "")),
    ("unknown-role", "lane_clerk", (D, 'name="role" value="clerk"', 'name="role" value="clark"')),
    ("unknown-role", "permit", (D, 'name="starters" value="citizen"', 'name="starters" value="citizens"')),
    ("unknown-role", "clerk", (F, "role: clerk", "role: clark")),
    ("unknown-role", "slip", (R, "roles: [citizen]", "roles: [public]")),
    ("timer", "late", (D, "<bpmn:timeDuration>P30D</bpmn:timeDuration>", "")),
    ("timer", "late", (D, "P30D", "P30X")),
    ("timer-cycle", "late", (D, "<bpmn:timeDuration>P30D</bpmn:timeDuration>", "<bpmn:timeCycle>R1000000/PT1S</bpmn:timeCycle>")),
    ("timer-negative", "late", (D, "P30D", "-P30D")),
    ("timer-negative", "late", (D, "P30D", "P-30D")),
    ("timer-negative", "late", (D, "P30D", "PT0S")),
    ("timer-past", "wait_day", (D, "form.request.day", "2001-01-01")),
    ("message-without-name", "cancelled", (D, 'messageRef="m_cancel"', 'messageRef="m_nothing"')),
    ("unknown-process", "hear", (D, 'calledElement="hearing"', 'calledElement="hering"')),
    ("unknown-process", "line 1", (S, "process: permit", "process: permits")),
    ("call-cycle", "permit", (D, 'calledElement="hearing"', 'calledElement="permit"')),
    ("unknown-topic", "tell", (D, 'camunda:topic="notify"', 'camunda:topic="notifi"')),
    ("service-without-topic", "tell", (D, 'camunda:topic="notify"', "")),
    ("script-format", "fix", (D, 'scriptFormat="cel"', 'scriptFormat="python"')),
    ("multi-instance", "hear", (D, 'camunda:collection="form.request.rows"', "")),
    ("multi-instance", "hear", (D, 'camunda:elementVariable="item"', 'camunda:elementVariable="row"')),
    ("multi-instance", "extra", with_element('<bpmn:userTask id="extra" camunda:formKey="review"><bpmn:extensionElements><camunda:properties><camunda:property name="role" value="clerk"/><camunda:property name="gather" value="outcome"/><camunda:property name="gather_into" value="all"/></camunda:properties></bpmn:extensionElements></bpmn:userTask>')),
    ("unknown-decision", "rate", (D, 'camunda:decisionRef="price"', 'camunda:decisionRef="prize"')),
    ("hit-policy", "price", (T, "FIRST", "RULE ORDER")),
    ("hit-policy", "price", (T, 'hitPolicy="FIRST"', 'hitPolicy="COLLECT" aggregation="SUM"')),
    ("rule-width", "r2", (T, '<inputEntry id="r2i"><text></text></inputEntry>', "")),
    ("decision", "price", (T, "<text>form.request.kind</text>", "<text></text>")),
    ("expression", "r1", (T, '"big","small"', ">= ")),
    ("table-gap", "price", (T, AFTER_SMALL, AFTER_SMALL.replace('"big","small"', '"big"').replace("<text></text>", '<text>"big"</text>'))),
    ("table-overlap", "r2", (T, 'hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')),
    ("table-row-unreached", "r2", (T, '<inputEntry id="r2i"><text></text>', '<inputEntry id="r2i"><text>"huge"</text>')),
    ("reserved-name", "outcome", (F, "key: note", "key: outcome")),
    ("reserved-name", "len", (F, "key: note", "key: len")),
    ("reserved-name", "line 17", (F, "key: note", "key: __builtins__")),
    ("reserved-name", "line 17", (F, "key: note", "key: ｃａｓｅ")),
    ("unknown-type", "line 15", (F, "type: date", "type: dat")),
    ("unknown-code-table", "kind", (F, "code_table: kinds", "code_table: kind")),
    ("no-sample-file", "day", (F, "type: date, label: 日期, not_before: today", "type: file, label: 日期, sample: none.pdf")),
    ("unknown-register", "day", (F, "type: date, label: 日期, not_before: today", "type: entry, label: 日期, register: offices")),
    ("personal-without-class", "phone", (F, ", personal: contact", "")),
    ("unused-form", "", (D, 'camunda:formKey="review"', 'camunda:formKey="request"')),
    ("report-syntax", "line 1", ("reports/permit/slip.html", "{{ case.number }}", "{{ case.number }")),
    ("report-without-template", "slips", (R, "slip:", "slips:")),
    ("unused-template", "", (R, "slip:", "slips:")),
    ("list-report", "slip", (R, "slip: {", "slip: {offered_at: [nowhere], ")),
    ("unknown-person", "line 9", (S, "- {as: li, task", "- {as: nobody, task")),
    ("unknown-sample", "line 9", (S, "samples/request.yml", "samples/reqest.yml")),
    ("unknown-message", "line 11", (S, "message: cancel", "message: cancle")),
    ("unknown-case", "line 11", (S, "message: cancel", "case: other, message: cancel")),
    ("unknown-placeholder", "line 9", (S, "- {as: li, task", "- {as: 'p${n}', task")),
]


def test_a_sound_procedure_has_no_findings():
    assert findings_of() == []


@pytest.mark.parametrize("code, element, change", CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_each_fault_is_found_where_it_is(code, element, change):
    found = [finding for finding in findings_of(change) if finding.code == code]
    assert found, codes_of(change)
    assert element in {finding.element for finding in found}
    assert {finding.severity for finding in found} == {CODES[code][0]}
    assert {finding.file for finding in found} <= {change[0], F, D, "reports/permit/slip.html", "forms/permit/review.yml"}


def test_no_test_speaks_of_a_code_that_is_not_there():
    assert {case[0] for case in CASES} <= set(CODES)    # that every code has an example: test_lint_examples.py


def test_a_file_that_belongs_to_nothing_is_told():
    assert "unknown-file" in codes_of(files={"forms/permit/old.doc": "x"})
    assert "unknown-file" in codes_of(files={"forms/stray.yml": "x"})
    assert "unknown-file" in codes_of(files={"forms/permit/samples/old.pdf": "x"})


def test_a_sample_that_a_field_shows_is_a_known_file_whatever_its_kind():
    named = (F, "type: date, label: 日期, not_before: today", "type: file, label: 日期, sample: how.txt")
    assert not {"unknown-file", "no-sample-file"} & set(codes_of(named, files={"forms/permit/samples/how.txt": "x"}))


def test_a_diagram_without_a_process_is_refused():
    assert "no-process" in codes_of(files={"processes/permit/empty.bpmn": diagram("")})


def test_a_message_names_the_near_miss():
    [finding] = findings_of((D, "workdays_after(today", "workday_after(today"))
    assert "workdays_after" in finding.message
    [finding] = findings_of((D, 'name="role" value="clerk"', 'name="role" value="clark"'))
    assert "clerk" in finding.message


def test_topics_are_only_checked_when_they_are_known():
    from app.definitions import check
    assert check(bundle((D, 'camunda:topic="notify"', 'camunda:topic="elsewhere"'))) == []


def test_a_default_flow_covers_what_conditions_leave_open():
    changed = codes_of((D, GRANT, GRANT + " &amp;&amp; vars.days &gt; 3"),
                       (D, '<bpmn:exclusiveGateway id="decided"', '<bpmn:exclusiveGateway id="decided" default="f9"'))
    assert "no-default-flow" not in changed


def test_two_procedures_may_not_have_the_same_process():
    files = {"processes/other/permit.bpmn": diagram(
        '<bpmn:process id="permit"><bpmn:startEvent id="a" /><bpmn:sequenceFlow id="b" sourceRef="a" targetRef="c" />'
        '<bpmn:endEvent id="c" /></bpmn:process>')}
    assert "duplicate-id" in codes_of(files=files)


def test_a_call_to_another_procedure_is_refused():
    files = {"processes/other/other.bpmn": diagram(
        '<bpmn:process id="other"><bpmn:startEvent id="a" /><bpmn:sequenceFlow id="b" sourceRef="a" targetRef="c" />'
        '<bpmn:endEvent id="c" /></bpmn:process>')}
    assert "unknown-process" in codes_of((D, 'calledElement="hearing"', 'calledElement="other"'), files=files)


def test_a_missing_roles_file_makes_every_role_unknown():
    assert "unknown-role" in codes_of(without=ROLES)


def test_reading_a_folder_and_checking_it_agree(tmp_path):
    made = bundle()
    for path, content in made.files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    assert read_folder(tmp_path).digest == made.digest


def test_an_element_that_is_not_drawn_is_only_a_warning():
    whole = diagram().replace('<bpmndi:BPMNShape id="fix_di" bpmnElement="fix" />', "")
    [finding] = findings_of(files={D: whole})
    assert (finding.code, finding.severity, finding.element) == ("not-drawn", "warning", "fix")
