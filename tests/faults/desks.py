"""Small procedures for the tests of races and timers: one desk, several at once, one that is left alone."""
from __future__ import annotations

from tests.connectors.procedures import HEAD
from tests.support import builders

ROLES = """clerk: {name: 经办人, scope: organisation, desk: true}
member: {name: 委员, scope: person}
asker: {name: 申请人, scope: person}
"""


def _properties(**values: str) -> str:
    inner = "".join(f'<camunda:property name="{name.rstrip("_")}" value="{value}"/>' for name, value in values.items())
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


def _process(name: str, lanes: str, content: str, flows: str, before: str = "") -> str:
    links = "".join(
        f'<bpmn:sequenceFlow id="{a}_to_{b}" sourceRef="{a}" targetRef="{b}"' + (
            f'><bpmn:conditionExpression>outcome == "{word}"</bpmn:conditionExpression></bpmn:sequenceFlow>' if word else "/>")
        for a, b, word in (link.split(">") + [""] * (3 - len(link.split(">"))) for link in flows.split()))
    return (f'{HEAD}{before}<bpmn:process id="{name}" name="{name}" isExecutable="true">'
            f'{_properties(casePrefix="090", starters="*", stages="办理")}'
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet><bpmn:startEvent id="begin"/>{content}{links}</bpmn:process></bpmn:definitions>')


def _lane(name: str, role: str, scope: str, *nodes: str) -> str:
    refs = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    return f'<bpmn:lane id="{name}" name="{name}">{_properties(role=role, scope=scope)}{refs}</bpmn:lane>'


def _timer(name: str, task: str, date: str, interrupting: bool) -> str:
    kind = "" if interrupting else ' cancelActivity="false"'
    return (f'<bpmn:boundaryEvent id="{name}" name="{name}" attachedToRef="{task}"{kind}><bpmn:timerEventDefinition id="on_{name}">'
            f"<bpmn:timeDate>{date}</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>")


STAGED = _properties(stage="办理")
DESK = _process(
    "desk", _lane("clerks", "clerk", "", "review"),
    f'<bpmn:userTask id="review" name="审核" camunda:formKey="remark">{STAGED}</bpmn:userTask><bpmn:exclusiveGateway id="decision"/>'
    f'<bpmn:boundaryEvent id="withdraw" name="撤回" attachedToRef="review">{_properties(role="asker", scope="case.starter")}'
    '<bpmn:messageEventDefinition id="on_withdraw" messageRef="message_withdraw"/></bpmn:boundaryEvent>'
    + _timer("deadline", "review", "'2026-03-09T17:00:00+08:00'", True)
    + "".join(f'<bpmn:endEvent id="{end}" name="{end}"/>' for end in ("approved", "returned", "withdrawn", "overdue")),
    "begin>review review>decision decision>approved>approve decision>returned>return withdraw>withdrawn deadline>overdue",
    before='<bpmn:message id="message_withdraw" name="withdraw"/>')
PANEL = _process(
    "panel", _lane("members", "member", "item", "judge"),
    f'<bpmn:userTask id="judge" name="评议" camunda:formKey="remark">{STAGED}'
    "<bpmn:multiInstanceLoopCharacteristics camunda:collection='[\"person:m1\", \"person:m2\", \"person:m3\", \"person:m4\", \"person:m5\"]' "
    'camunda:elementVariable="item"/></bpmn:userTask><bpmn:endEvent id="done" name="done"/>', "begin>judge judge>done")
FORMS = {"remark": "title: 意见\nsections:\n  - {key: s, title: 意见, fields: [{key: remark, type: text, label: 意见}]}\n"}
REMINDERS = ("2026-03-03T09:00:00+08:00", "2026-03-04T09:00:00+08:00", "2026-03-05T09:00:00+08:00")
WAITING = _process(
    "waiting", _lane("askers", "asker", "case.starter", "fill"),
    f'<bpmn:userTask id="fill" name="填写" camunda:formKey="remark">{STAGED}</bpmn:userTask><bpmn:endEvent id="done" name="done"/>'
    + "".join(_timer(f"remind{n}", "fill", f"'{date}'", False)
              + f'<bpmn:scriptTask id="note{n}" scriptFormat="cel"><bpmn:script>noted = coalesce(vars.noted, []) + [{n}]</bpmn:script></bpmn:scriptTask>'
              f'<bpmn:endEvent id="noted{n}" name="noted"/>' for n, date in enumerate(reversed(REMINDERS))),
    "begin>fill fill>done " + " ".join(f"remind{n}>note{n} note{n}>noted{n}" for n in range(3)))


def publish(clock) -> None:
    """All three, and the people: clerks `one` and `two` of one office, members `m1` to `m5`, an asker `asker`."""
    for name, diagram in (("desk", DESK), ("panel", PANEL), ("waiting", WAITING)):
        builders.publish(builders.bundle_from(diagram, name=name, roles=ROLES, forms=FORMS), demo=False, clock=clock)
    builders.person("one", "clerk@office", name="甲经办", clock=clock)
    builders.person("two", "clerk@office", name="乙经办", clock=clock)
    builders.person("asker", "asker", clock=clock)
    for number in range(1, 6):
        builders.person(f"m{number}", "member", clock=clock)
