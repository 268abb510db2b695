"""The content of a diagram or table that is new: an empty one to begin with, or a copy with ids of its own. Pure."""
from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from flask_babel import gettext as _
from lxml import etree

from app.definitions.diagrams import local, parse_xml

_LISTS = frozenset({"not"})  # properties that hold ids of elements
_REFERENCES = frozenset({"id", "default", "bpmnElement"})  # and everything that ends with Ref; a form may be called like an element
_HOLDERS = frozenset({"incoming", "outgoing", "flowNodeRef"})


def copy_of(content: bytes, name: str, taken: set[str], word: str) -> bytes:
    """The file with new ids throughout: references, `not` and visits in expressions follow. The first process or decision is called `name`."""
    root = parse_xml(content, name)
    main = next((node.get("id") for node in root.iter() if local(node) in ("process", "decision")), "")
    renamed: dict[str, str] = {main: name} if main else {}
    for node in root.iter():
        if (old := node.get("id")) and old not in renamed:
            renamed[old] = _fresh(old, name, taken | set(renamed.values()))
    visits = re.compile(r"\bcase\.visits\.(" + "|".join(map(re.escape, sorted(renamed, key=len, reverse=True))) + r")\b") if renamed else None
    for node in root.iter():
        _rewrite(node, renamed, visits)
    _mark_copy(root, word)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fresh(old: str, name: str, taken: set[str]) -> str:
    stem = name.replace("-", "_")
    number = 2
    fresh = f"{stem}_{old}"
    while fresh in taken:
        fresh, number = f"{stem}_{old}_{number}", number + 1
    return fresh


def _rewrite(node, renamed: dict[str, str], visits) -> None:
    listed = local(node) == "property" and node.get("name") in _LISTS
    plain = local(node) in ("property", "inputParameter", "outputParameter")
    for attribute, value in node.attrib.items():
        if listed and attribute == "value":
            node.set(attribute, ",".join(renamed.get(part.strip(), part.strip()) for part in value.split(",")))
        elif value in renamed and (attribute in _REFERENCES or attribute.endswith("Ref") and not attribute.startswith("{")):
            node.set(attribute, renamed[value])
        elif value.startswith("#") and value[1:] in renamed:
            node.set(attribute, "#" + renamed[value[1:]])
        elif visits:
            node.set(attribute, visits.sub(lambda match: f"case.visits.{renamed[match[1]]}", value))
    text = (node.text or "").strip()
    if text in renamed and not plain and len(node) == 0 and local(node) in _HOLDERS:
        node.text = renamed[text]
    elif text and visits:
        node.text = visits.sub(lambda match: f"case.visits.{renamed[match[1]]}", node.text)


def _mark_copy(root, word: str) -> None:
    for node in root.iter():
        if local(node) in ("process", "decision", "participant") and node.get("name"):
            node.set("name", f"{node.get('name')}（{word}）")


def new_diagram(name: str, title: str) -> bytes:
    """A diagram to begin with: one lane, a start, a step, an end. What is still missing the findings say."""
    key, words = name.replace("-", "_"), {"title": quoteattr(title), "lane": quoteattr(_("办理人")), "start": quoteattr(_("发起")),
                                          "step": quoteattr(_("办理")), "end": quoteattr(_("办结"))}
    return _DIAGRAM.format(id=name, key=key, **words).encode()


def new_table(name: str, title: str) -> bytes:
    """A decision table to begin with: one input, one output, one rule."""
    return _TABLE.format(id=name, key=name.replace("-", "_"), title=quoteattr(title), input=quoteattr(_("条件")), output=quoteattr(_("结果"))).encode()


_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions_{key}" targetNamespace="https://pingshen.example/bpmn" modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.22.0">
  <bpmn:collaboration id="collaboration_{key}">
    <bpmn:participant id="pool_{key}" name={title} processRef="{id}" />
  </bpmn:collaboration>
  <bpmn:process id="{id}" name={title} isExecutable="true">
    <bpmn:laneSet id="lanes_{key}">
      <bpmn:lane id="lane_{key}" name={lane}>
        <bpmn:flowNodeRef>{key}_start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{key}_step</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{key}_end</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="{key}_start" name={start}>
      <bpmn:outgoing>{key}_begins</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="{key}_step" name={step}>
      <bpmn:incoming>{key}_begins</bpmn:incoming>
      <bpmn:outgoing>{key}_ends</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="{key}_end" name={end}>
      <bpmn:incoming>{key}_ends</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="{key}_begins" sourceRef="{key}_start" targetRef="{key}_step" />
    <bpmn:sequenceFlow id="{key}_ends" sourceRef="{key}_step" targetRef="{key}_end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="collaboration_{key}">
      <bpmndi:BPMNShape id="shape_pool_{key}" bpmnElement="pool_{key}" isHorizontal="true"><dc:Bounds x="160" y="80" width="800" height="200" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_lane_{key}" bpmnElement="lane_{key}" isHorizontal="true"><dc:Bounds x="190" y="80" width="770" height="200" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_{key}_start" bpmnElement="{key}_start"><dc:Bounds x="252" y="162" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="259" y="205" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_{key}_step" bpmnElement="{key}_step"><dc:Bounds x="380" y="140" width="100" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_{key}_end" bpmnElement="{key}_end"><dc:Bounds x="572" y="162" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="579" y="205" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="edge_{key}_begins" bpmnElement="{key}_begins"><di:waypoint x="288" y="180" /><di:waypoint x="380" y="180" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="edge_{key}_ends" bpmnElement="{key}_ends"><di:waypoint x="480" y="180" /><di:waypoint x="572" y="180" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="definitions_{key}" name={title} namespace="https://pingshen.example/dmn">
  <decision id="{id}" name={title}>
    <decisionTable id="{key}_table" hitPolicy="FIRST">
      <input id="{key}_input" label={input}><inputExpression id="{key}_expression" typeRef="string"><text></text></inputExpression></input>
      <output id="{key}_output" label={output} name="result" typeRef="string" />
      <rule id="{key}_rule">
        <inputEntry id="{key}_rule_in"><text></text></inputEntry>
        <outputEntry id="{key}_rule_out"><text>""</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="{key}_diagram">
      <dmndi:DMNShape id="{key}_shape" dmnElementRef="{id}"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""
