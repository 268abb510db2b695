"""A procedure whose second step is a script of the test's choice, behind a timer, so that the worker meets it. Tests only."""
from __future__ import annotations

from datetime import timedelta
from xml.sax.saxutils import escape

from app.definitions import Bundle
from tests.support import builders

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="x">
 <process id="scripted" name="脚本" isExecutable="true">
  <extensionElements><camunda:properties><camunda:property name="starters" value="*"/><camunda:property name="casePrefix" value="019"/></camunda:properties></extensionElements>
  <laneSet id="lanes"><lane id="lane" name="本人"><extensionElements><camunda:properties><camunda:property name="role" value="reader"/><camunda:property name="scope" value="case.starter"/></camunda:properties></extensionElements>
   <flowNodeRef>begin</flowNodeRef><flowNodeRef>pause</flowNodeRef><flowNodeRef>work</flowNodeRef><flowNodeRef>read</flowNodeRef><flowNodeRef>finish</flowNodeRef></lane></laneSet>
  <startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="pause"/>
  <intermediateCatchEvent id="pause" name="稍候"><timerEventDefinition id="t"><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f2" sourceRef="pause" targetRef="work"/>
  <scriptTask id="work" name="计算" scriptFormat="cel"><script>SCRIPT</script></scriptTask>
  <sequenceFlow id="f3" sourceRef="work" targetRef="read"/>
  <userTask id="read" name="阅读" camunda:formKey="read"/>
  <sequenceFlow id="f4" sourceRef="read" targetRef="finish"/><endEvent id="finish" name="已读"/>
 </process></definitions>"""
FORM = "title: 阅读\nsections:\n  - key: main\n    title: 阅读\n    fields:\n      - {key: seen, type: yes_no, label: 已读}\n"
ROLES = "reader: {name: 读者, scope: person}\n"


def bundle(script: str, name: str = "scripted") -> Bundle:
    diagram = DIAGRAM.replace("SCRIPT", escape(script)).replace('id="scripted"', f'id="{name}"')
    return builders.bundle_from(diagram, name=name, forms={"read": FORM}, roles=ROLES)


def due_case(script: str, clock, name: str = "scripted", by: str = "ming"):
    """A case whose timer is due, with the script behind it."""
    builders.publish(bundle(script, name), demo=False, clock=clock)
    case = builders.start_case(name, builders.person(f"{by}-{name}", "reader", clock=clock), clock=clock)
    clock.move_to(clock() + timedelta(hours=2))
    return case
