"""A diagram as flat facts: every attribute and every text of every element, so that a comparison can lose nothing.

Only `diagrams.py` imports it. Colours and places are kept apart: they mean nothing to a case.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.definitions.diagrams import BPMN, CAMUNDA, FLOW_NODES_WITH_CHILDREN, local, parse_xml

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_THROUGH = {f"{BPMN}extensionElements", f"{CAMUNDA}properties", f"{CAMUNDA}inputOutput"}   # wrappers that say nothing themselves
_NO_ITEMS = frozenset("documentation extensionElements laneSet incoming outgoing ioSpecification property monitoring auditing dataInputAssociation"
                      " dataOutputAssociation resourceRole performer potentialOwner script".split())
_UNSAID = {"cancelActivity": "true", "isSequential": "false", "triggeredByEvent": "false", "isInterrupting": "true", "name": ""}


@dataclass
class Item:
    """An element, flow, lane, process or note of a diagram. `facts` is everything said of it but its id and its place."""

    id: str
    kind: str
    owner: str                       # the process or sub-process around it
    facts: dict[str, str]
    lane: str = ""

    @property
    def name(self) -> str:
        return self.facts.get("name", "")


@dataclass
class Drawing:
    items: dict[str, Item] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)      # element -> the flows that leave it, in the order of their buttons
    layout: bytes = b""


def read_drawing(content: bytes, path: str) -> Drawing:
    """The facts of a BPMN file. Raises DefinitionError when it is unsafe or no XML."""
    root = parse_xml(content, path)
    drawing = Drawing()
    messages = {node.get("id", ""): node.get("name", "") for node in root.iter(f"{BPMN}message")}
    pointed = {node.get("messageRef") for node in root.iter() if node.get("messageRef")}
    for child in root:
        if child.tag == f"{DI}BPMNDiagram":
            drawing.layout += etree.tostring(child, method="c14n")
        elif child.tag == f"{BPMN}process":
            _process(drawing, child)
        elif child.tag == f"{BPMN}collaboration":
            _collaboration(drawing, child)
        elif not (child.tag == f"{BPMN}message" and child.get("id") in pointed):
            _add(drawing, Item(child.get("id") or local(child), local(child), "", facts_of(child)))
    _say_messages(drawing, messages)
    return drawing


def _say_messages(drawing: Drawing, messages: dict[str, str]) -> None:
    for item in drawing.items.values():
        for key, value in item.facts.items():
            if key.endswith("messageRef"):
                item.facts[key] = messages.get(value) or value


def _add(drawing: Drawing, item: Item) -> None:
    number, known = 1, item.id
    while item.id in drawing.items:      # two of one id: the linter refuses it, the note must still show both
        number += 1
        item.id = f"{known} #{number}"
    drawing.items[item.id] = item


def _collaboration(drawing: Drawing, node) -> None:
    for child in node:
        _add(drawing, Item(child.get("id") or local(child), local(child), "", facts_of(child)))


def _process(drawing: Drawing, node) -> None:
    _add(drawing, Item(node.get("id", ""), "process", "", facts_of(node, skip=_is_item)))
    lanes = {}
    for lane in node.iter(f"{BPMN}lane"):
        facts = facts_of(lane, skip=lambda child: local(child) in ("flowNodeRef", "childLaneSet"))
        _add(drawing, Item(lane.get("id", ""), "lane", node.get("id", ""), facts))
        lanes |= {(member.text or "").strip(): lane.get("id", "") for member in lane.findall(f"{BPMN}flowNodeRef")}
    _scope(drawing, node, lanes, "")


def _scope(drawing: Drawing, node, lanes: dict[str, str], around: str) -> None:
    for child in node:
        if not _is_item(child):
            continue
        kind = local(child)
        own = lanes.get(child.get("id", ""), around)
        inner = kind in FLOW_NODES_WITH_CHILDREN
        item = Item(child.get("id", ""), kind, node.get("id", ""), facts_of(child, skip=_is_item if inner else None), own)
        _add(drawing, item)
        if kind == "sequenceFlow":
            item.lane = ""
            drawing.order.setdefault(child.get("sourceRef", ""), []).append(item.id)
        if inner:
            _scope(drawing, child, lanes, own)


def _is_item(node) -> bool:
    name = local(node)
    return bool(node.tag.startswith(BPMN) and node.get("id") and name not in _NO_ITEMS and not name.endswith(("EventDefinition", "Characteristics")))


def facts_of(node, skip=None) -> dict[str, str]:
    """key -> text of everything in the node but its id, where its ways go, and the children that `skip` names."""
    found: dict[str, str] = {}
    for key, value in [*_attributes(node, ""), *_inside(node, "", skip)]:
        if value == _UNSAID.get(key.rpartition("@")[2]):
            continue
        number, known = 1, key
        while key in found:
            number += 1
            key = f"{known} #{number}"
        found[key] = value
    return found


def _attributes(node, at: str) -> Iterator[tuple[str, str]]:
    for name, value in node.attrib.items():
        if name != "id" and not name.startswith(_XSI):
            yield (f"{at}@{_short(name)}" if at else _short(name)), value.strip()


def _inside(node, at: str, skip=None) -> Iterator[tuple[str, str]]:
    for child in node:
        if child.tag in (f"{BPMN}incoming", f"{BPMN}outgoing", f"{BPMN}laneSet") or skip and skip(child):
            continue
        if child.tag in _THROUGH:
            yield from _inside(child, at)
        elif child.tag == f"{CAMUNDA}property":
            yield f"property:{(child.get('name') or '').strip()}", (child.get("value") or child.text or "").strip()
        elif child.tag in (f"{CAMUNDA}inputParameter", f"{CAMUNDA}outputParameter"):
            key = f"{'input' if 'input' in child.tag else 'output'}:{child.get('name', '')}"
            yield key, (child.text or "").strip()
            yield from _inside(child, f"{key}/")
        else:
            yield from _child(child, at)
        if (child.tail or "").strip():
            yield f"{at}text", child.tail.strip()


def _child(child, at: str) -> Iterator[tuple[str, str]]:
    key = f"{at}{_short(child.tag)}"
    said = [*_attributes(child, key), *_inside(child, f"{key}/")]
    text = (child.text or "")
    if text.strip() or not said:
        yield key, text.strip("\n").rstrip() if local(child) == "script" else text.strip()
    yield from said


def _short(name: str) -> str:
    """`formKey` for camunda's and BPMN's own names, the whole name for any other namespace."""
    return name.removeprefix(BPMN).removeprefix(CAMUNDA)
