"""A small sound procedure as text, and what the tests change in it. No procedure of the repository is named here."""
from __future__ import annotations

import re

from app.definitions import Bundle, Finding, check

DIAGRAM = "processes/permit/permit.bpmn"
TABLE = "processes/permit/price.dmn"
FORM = "forms/permit/request.yml"
REPORTS = "reports/permit/reports.yml"
SCENARIO = "processes/permit/scenarios/granted.yml"
ROLES = "processes/permit/roles.yml"

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="definitions" targetNamespace="urn:permit">\n')

PROCESS = """<bpmn:message id="m_cancel" name="cancel" />
<bpmn:process id="permit" name="Permit" isExecutable="true">
 <bpmn:extensionElements><camunda:properties>
  <camunda:property name="casePrefix" value="123" /><camunda:property name="stages" value="A;B" />
  <camunda:property name="starters" value="citizen" /><camunda:property name="summary" value="form.request.name" />
 </camunda:properties></bpmn:extensionElements>
 <bpmn:laneSet id="lanes">
  <bpmn:lane id="lane_citizen" name="Citizen"><bpmn:extensionElements><camunda:properties>
    <camunda:property name="role" value="citizen" /><camunda:property name="scope" value="case.starter" />
   </camunda:properties></bpmn:extensionElements>
   <bpmn:flowNodeRef>begin</bpmn:flowNodeRef><bpmn:flowNodeRef>ask</bpmn:flowNodeRef></bpmn:lane>
  <bpmn:lane id="lane_clerk" name="Clerk"><bpmn:extensionElements><camunda:properties>
    <camunda:property name="role" value="clerk" /><camunda:property name="not" value="ask" />
   </camunda:properties></bpmn:extensionElements>
   <bpmn:flowNodeRef>fix</bpmn:flowNodeRef><bpmn:flowNodeRef>rate</bpmn:flowNodeRef><bpmn:flowNodeRef>look</bpmn:flowNodeRef>
   <bpmn:flowNodeRef>decided</bpmn:flowNodeRef><bpmn:flowNodeRef>tell</bpmn:flowNodeRef>
   <bpmn:flowNodeRef>hear</bpmn:flowNodeRef><bpmn:flowNodeRef>granted</bpmn:flowNodeRef>
   <bpmn:flowNodeRef>stopped</bpmn:flowNodeRef></bpmn:lane>
 </bpmn:laneSet>
 <bpmn:startEvent id="begin" />
 <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="ask" />
 <bpmn:userTask id="ask" name="Ask" camunda:formKey="request"><bpmn:extensionElements><camunda:properties>
   <camunda:property name="stage" value="A" /><camunda:property name="due" value="workdays_after(today, 5)" />
  </camunda:properties></bpmn:extensionElements></bpmn:userTask>
 <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="fix" />
 <bpmn:scriptTask id="fix" name="Fix" scriptFormat="cel"><bpmn:script>days = 5
parties.office = form.request.name</bpmn:script></bpmn:scriptTask>
 <bpmn:sequenceFlow id="f3" sourceRef="fix" targetRef="rate" />
 <bpmn:businessRuleTask id="rate" name="Rate" camunda:decisionRef="price" camunda:resultVariable="fee" />
 <bpmn:sequenceFlow id="f4" sourceRef="rate" targetRef="look" />
 <bpmn:userTask id="look" name="Look" camunda:formKey="review" />
 <bpmn:boundaryEvent id="late" name="Late" attachedToRef="look"><bpmn:timerEventDefinition id="t1">
   <bpmn:timeDuration>P30D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
 <bpmn:sequenceFlow id="f5" sourceRef="late" targetRef="stopped" />
 <bpmn:boundaryEvent id="cancelled" name="Cancel" attachedToRef="look"><bpmn:extensionElements><camunda:properties>
   <camunda:property name="role" value="citizen" /><camunda:property name="when" value="case.visits.look == 1" />
  </camunda:properties></bpmn:extensionElements>
  <bpmn:messageEventDefinition id="d1" messageRef="m_cancel" /></bpmn:boundaryEvent>
 <bpmn:sequenceFlow id="f6" sourceRef="cancelled" targetRef="stopped" />
 <bpmn:sequenceFlow id="f7" sourceRef="look" targetRef="decided" />
 <bpmn:exclusiveGateway id="decided" name="Decided" />
 <bpmn:sequenceFlow id="f8" name="Grant" sourceRef="decided" targetRef="tell">
  <bpmn:conditionExpression>outcome == "grant"</bpmn:conditionExpression></bpmn:sequenceFlow>
 <bpmn:sequenceFlow id="f9" name="Return" sourceRef="decided" targetRef="ask"><bpmn:extensionElements><camunda:properties>
   <camunda:property name="reason" value="required" /><camunda:property name="when" value="vars.fee.amount &gt; 0" />
  </camunda:properties></bpmn:extensionElements>
  <bpmn:conditionExpression>outcome == "return"</bpmn:conditionExpression></bpmn:sequenceFlow>
 <bpmn:serviceTask id="tell" name="Tell" camunda:type="external" camunda:topic="notify"><bpmn:extensionElements>
  <camunda:inputOutput><camunda:inputParameter name="to">case.parties.office</camunda:inputParameter>
   <camunda:outputParameter name="told">result.at</camunda:outputParameter></camunda:inputOutput>
  </bpmn:extensionElements></bpmn:serviceTask>
 <bpmn:sequenceFlow id="f10" sourceRef="tell" targetRef="hear" />
 <bpmn:callActivity id="hear" name="Hear" calledElement="hearing"><bpmn:multiInstanceLoopCharacteristics
   camunda:collection="form.request.rows" camunda:elementVariable="item">
   <bpmn:completionCondition>vars.days &gt; 3</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics></bpmn:callActivity>
 <bpmn:sequenceFlow id="f11" sourceRef="hear" targetRef="granted" />
 <bpmn:endEvent id="granted" name="Granted"><bpmn:extensionElements><camunda:properties>
   <camunda:property name="tone" value="good" /></camunda:properties></bpmn:extensionElements></bpmn:endEvent>
 <bpmn:endEvent id="stopped" name="Stopped"><bpmn:terminateEventDefinition id="e1" /></bpmn:endEvent>
</bpmn:process>
<bpmn:process id="hearing" name="Hearing" isExecutable="true">
 <bpmn:startEvent id="opened" />
 <bpmn:sequenceFlow id="h1" sourceRef="opened" targetRef="wait_day" />
 <bpmn:intermediateCatchEvent id="wait_day" name="Day"><bpmn:timerEventDefinition id="t2">
   <bpmn:timeDate>form.request.day</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
 <bpmn:sequenceFlow id="h2" sourceRef="wait_day" targetRef="closed" />
 <bpmn:endEvent id="closed" />
</bpmn:process>
"""

DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:permit">
<decision id="price" name="Price"><decisionTable id="pt" hitPolicy="FIRST">
 <input id="i1"><inputExpression id="e1" typeRef="string"><text>form.request.kind</text></inputExpression></input>
 <output id="o1" name="amount" typeRef="integer" />
 <rule id="r1"><inputEntry id="r1i"><text>"big","small"</text></inputEntry><outputEntry id="r1o"><text>100 * 2</text></outputEntry></rule>
 <rule id="r2"><inputEntry id="r2i"><text></text></inputEntry><outputEntry id="r2o"><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>
"""

REQUEST = """title: 申请
sections:
  - key: main
    title: 基本
    shown_when: answers.kind != "none"
    fields:
      - {key: name, type: text, label: 姓名, required: true, default: actor.name}
      - key: kind
        type: choice
        label: 种类
        code_table: kinds
        required_when: length(answers.name) > 0
        valid_when:
          - {rule: 'answers.kind != "x"', message: 不行}
      - {key: day, type: date, label: 日期, not_before: today}
      - {key: phone, type: text, label: 电话, format: phone, personal: contact}
      - {key: note, type: long_text, label: 说明, generated: '"甲" + answers.name'}
      - {key: clerk, type: person, label: 经办, role: clerk, scope: case.starter, party: chosen}
      - key: rows
        type: table
        label: 行
        columns:
          - {key: place, type: text, label: 地点}
          - {key: count, type: number, label: 数, required_when: row.place != null}
        row_valid_when:
          - {rule: 'row.count > 0', message: 要大于零}
"""

FILES = {
    TABLE: DMN,
    FORM: REQUEST,
    "forms/permit/review.yml": (
        "title: 审核\nsections:\n  - {key: main, title: 意见, fields: [{key: opinion, type: long_text, label: 意见}]}\n"),
    "forms/permit/codes/kinds.yml": "- {code: big, name: 大}\n- {code: small, name: 小}\n",
    ROLES: "citizen: {name: 市民, scope: person}\nclerk: {name: 经办人, scope: none, desk: true}\n",
    "processes/permit/demo.yml": (
        "organisations: {}\npeople:\n  li: {name: 李雷, password: x, roles: [{role: citizen}]}\n"),
    REPORTS: "slip: {title: 回执, roles: [citizen], available_when: 'form.request.name != null', stage: B}\n",
    "reports/permit/slip.html": "<p>{{ case.number }}</p>",
    SCENARIO: (
        "process: permit\ntitle: 通过\nclock: 2026-03-02T09:00:00+08:00\npeople:\n  li: {role: citizen, name: 李雷}\n"
        "  chen: {role: clerk}\nstart: {as: li, parties: {office: li}}\nsteps:\n"
        "  - {as: li, task: ask, answers_from: samples/request.yml, outcome: submit}\n"
        "  - {as: chen, task: look, answers: {opinion: 好}, outcome: grant, reason: 无}\n"
        "  - {as: li, message: cancel, refused: true}\n  - {message: cancel, payload: {at: 1}}\n  - {wait: P6D}\n"
        "  - {wait_workdays: 6}\n  - {expect: {open: [look], tab: todo, vars: {days: 5}, messages: [cancel]}}\n"
        "  - {expect: {ended: granted}}\n"),
    "processes/permit/scenarios/samples/request.yml": "name: 李雷\nday: 2026-03-02\n",
}


def diagram(body: str = PROCESS) -> str:
    """A whole BPMN file around processes, everything drawn."""
    ids = re.findall(r'<bpmn:\w+ id="([^"]*)"', body)
    shapes = "".join(f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}" />' for name in ids)
    return f'{HEAD}{body}<bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="pl">{shapes}' \
           "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"


def bundle(*changes: tuple[str, str, str], files: dict | None = None, without: str = "") -> Bundle:
    """The sound procedure with changes: (path, text to replace, new text); `files` are added, `without` is left out."""
    texts = {DIAGRAM: PROCESS, **FILES, **(files or {})}
    texts.pop(without, None)
    for path, old, new in changes:
        assert old in texts[path], f"{old!r} is not in {path}"
        texts[path] = texts[path].replace(old, new, 1)
    if isinstance(texts.get(DIAGRAM), str) and not texts[DIAGRAM].startswith("<?xml"):
        texts[DIAGRAM] = diagram(texts[DIAGRAM])
    return Bundle({path: text if isinstance(text, bytes) else text.encode() for path, text in texts.items()})


def findings_of(*changes, **options) -> list[Finding]:
    return check(bundle(*changes, **options), topics={"notify"})


def codes_of(*changes, **options) -> set[str]:
    return {finding.code for finding in findings_of(*changes, **options)}
