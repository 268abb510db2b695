"""A hall in which people vote: each case is one question, put to the same voters; and the office that ends the vote."""
from __future__ import annotations

import orjson

from app.operations.outbox import drain_outbox
from tests.connectors.procedures import HEAD, service
from tests.support import builders

FORM = """title: 选票
title_en: Ballot
sections:
  - key: vote
    title: 选票
    fields:
      - {key: question, type: read_only, label: 议题, label_en: Question, value: 'form.ask.question'}
      - {key: said, type: ballot, label: 意见, required: true, box: vars.opened.ballot,
         options: [{value: "yes", label: 同意}, {value: "no", label: 不同意}, {value: abstain, label: 弃权}]}
"""
ASK = """title: 提案
sections: [{key: ask, title: 提案, fields: [{key: question, type: text, label: 议题, required: true}]}]
"""
ROLES = "voter: {name: 委员, scope: none, desk: false}\nclerk: {name: 书记, scope: organisation, desk: true}"


def diagram(voters: list[str]) -> str:
    """Ask, open the ballot, everybody votes, the clerk may end it, count, end."""
    people = orjson.dumps([f"person:{voter}" for voter in voters]).decode().replace('"', "&quot;")
    return f"""{HEAD}<bpmn:message id="m_end" name="end_vote"/><bpmn:process id="hall" name="表决" isExecutable="true">
<bpmn:extensionElements><camunda:properties><camunda:property name="casePrefix" value="098"/><camunda:property name="starters" value="*"/>
<camunda:property name="stages" value="表决"/><camunda:property name="summary" value="form.ask.question"/></camunda:properties></bpmn:extensionElements>
<bpmn:laneSet id="ls"><bpmn:lane id="l" name="委员"><bpmn:extensionElements><camunda:properties>
<camunda:property name="role" value="voter"/><camunda:property name="scope" value="item"/></camunda:properties></bpmn:extensionElements>
<bpmn:flowNodeRef>vote</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begin" camunda:formKey="ask"/>{service("open", "ballot.open", "opened", voters=people.replace("&quot;", '"'), members=str(len(voters)))}
<bpmn:userTask id="vote" name="表决" camunda:formKey="vote"><bpmn:extensionElements><camunda:properties>
<camunda:property name="stage" value="表决"/><camunda:property name="scope" value="item"/></camunda:properties></bpmn:extensionElements>
<bpmn:multiInstanceLoopCharacteristics camunda:collection="{people}" camunda:elementVariable="item"/></bpmn:userTask>
<bpmn:boundaryEvent id="ended" name="结束投票" attachedToRef="vote"><bpmn:extensionElements><camunda:properties>
<camunda:property name="label" value="结束投票"/><camunda:property name="role" value="clerk"/><camunda:property name="scope" value="&quot;org:house&quot;"/>
</camunda:properties></bpmn:extensionElements><bpmn:messageEventDefinition id="on_end" messageRef="m_end"/></bpmn:boundaryEvent>
{service("count", "ballot.close", "tally", ballot="vars.opened.ballot")}<bpmn:endEvent id="done" name="办结"/>
<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="open"/><bpmn:sequenceFlow id="f2" sourceRef="open" targetRef="vote"/>
<bpmn:sequenceFlow id="f3" sourceRef="vote" targetRef="count"/><bpmn:sequenceFlow id="f4" sourceRef="count" targetRef="done"/>
<bpmn:sequenceFlow id="f5" sourceRef="ended" targetRef="count"/></bpmn:process></bpmn:definitions>"""


def publish(voters: list[str], clock) -> None:
    """The hall with its people: the voters, who puts questions, and the clerk."""
    builders.publish(builders.bundle_from(diagram(voters), name="hall", roles=ROLES, forms={"vote": FORM, "ask": ASK}), demo=False, clock=clock)
    builders.organisation("house", "会议室")
    for voter in voters:
        builders.person(voter, "voter", clock=clock)
    builders.person("asker", clock=clock)
    builders.person("clerk", "clerk@house", clock=clock)


def put(question: str, clock):
    """A question on which the vote has opened."""
    case = builders.start_case("hall", "asker", answers={"question": question}, clock=clock)
    drain_outbox(clock)
    return case


def end(case, clock):
    """The clerk ends the vote; it is counted. The counts."""
    from app.operations.contexts import case_variables
    from app.operations.messages import send_message

    send_message(case.id, "end_vote", actor=builders.actor("clerk"), clock=clock)
    return counted(case, clock, case_variables)


def counted(case, clock, read=None) -> dict:
    """The counts of a vote that has ended."""
    from app.operations.contexts import case_variables

    drain_outbox(clock)
    return (read or case_variables)(case)["tally"]
