"""Reads BPMN into plain facts with a hardened XML parser: the linter must be safe before the engine sees a file.

Only `app/definitions` imports this. It knows no engine, and judges nothing but whether the file is safe to read.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from .errors import DefinitionError, Problem

MAX_BYTES = 2_000_000
MAX_DEPTH = 60

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

_FORBIDDEN = (
    (re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE), "不允许 DOCTYPE 和实体"),
    (re.compile(r"http://www\.w3\.org/2001/XInclude"), "不允许 XInclude"),
)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
FLOW_NODES_WITH_CHILDREN = frozenset({"subProcess", "transaction", "adHocSubProcess"})


def parse_xml(content: bytes, path: str):
    """The root of an XML file. Raises DefinitionError for anything that could do harm (faults T14, H-05).

    Refused before a parser sees it: more than 2 MB, other encodings than UTF-8, DOCTYPE, entities, XInclude.
    """
    def refuse(why: str, line: int = 0):
        raise DefinitionError(path, [Problem(line, why, "unsafe-xml")])

    if len(content) > MAX_BYTES:
        refuse("文件超过 2 MB")
    declared = _ENCODING.match(content[:200])
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        refuse("只允许 UTF-8 编码")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("文件不是 UTF-8 编码")
    if "\x00" in text:
        refuse("文件不是 UTF-8 编码")
    for pattern, why in _FORBIDDEN:
        if match := pattern.search(text):
            refuse(why, text.count("\n", 0, match.start()) + 1)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as cause:
        raise DefinitionError(path, [Problem(cause.lineno or 0, f"不是合法的 XML：{cause.msg}", "bad-xml")]) from cause
    if _deeper_than(root, MAX_DEPTH):
        refuse("嵌套过深")
    return root


def _deeper_than(root, limit: int) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limit:
            return True
    return False


def local(node) -> str:
    """The element's name without its namespace."""
    return etree.QName(node).localname


@dataclass(eq=False)
class Element:
    """A flow node, with its XML for what only one check asks."""
    id: str
    kind: str
    name: str
    xml: object
    scope: "Scope"
    properties: dict[str, str]
    incoming: list["Flow"] = field(default_factory=list)
    outgoing: list["Flow"] = field(default_factory=list)
    boundaries: list["Element"] = field(default_factory=list)
    inner: "Scope | None" = None            # of a sub-process
    lane: "Lane | None" = None

    @property
    def line(self) -> int:
        return self.xml.sourceline or 0

    @property
    def attached_to(self) -> str:
        return self.xml.get("attachedToRef", "")

    @property
    def event(self) -> str:
        """message, timer, …; "" for a none event."""
        definitions = [local(child) for child in self.xml if local(child).endswith("EventDefinition")]
        return definitions[0].removesuffix("EventDefinition") if definitions else ""


@dataclass(eq=False)
class Flow:
    id: str
    name: str
    source: str
    target: str
    condition: str | None
    default: bool
    xml: object
    properties: dict[str, str]


@dataclass(eq=False)
class Lane:
    id: str
    name: str
    xml: object
    properties: dict[str, str]
    members: tuple[str, ...]


@dataclass(eq=False)
class Scope:
    """A process or a sub-process: what holds flow nodes."""
    id: str
    xml: object
    process: "Process | None" = None
    owner: Element | None = None
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    foreign: list = field(default_factory=list)      # children that are neither flow node, flow nor decoration

    def walk(self):
        """Every element of the scope and of the sub-processes in it."""
        for element in self.elements.values():
            yield element
            if element.inner:
                yield from element.inner.walk()

    def scopes(self):
        yield self
        for element in self.elements.values():
            if element.inner:
                yield from element.inner.scopes()


@dataclass(eq=False)
class Process:
    id: str
    name: str
    scope: Scope
    lanes: list[Lane]
    properties: dict[str, str]
    path: str
    xml: object

    def walk(self):
        return self.scope.walk()

    @property
    def stages(self) -> list[str]:
        return [stage.strip() for stage in self.properties.get("stages", "").split(";") if stage.strip()]


@dataclass(eq=False)
class Diagram:
    path: str
    root: object
    processes: list[Process]
    messages: dict[str, str]        # id -> name
    shapes: frozenset[str]          # ids that are drawn


_DECORATION = frozenset(
    "extensionElements documentation laneSet textAnnotation association group category ioSpecification property".split())


def read_diagram(content: bytes, path: str) -> Diagram:
    """The facts of a BPMN file. Raises DefinitionError when it is unsafe or no BPMN."""
    root = parse_xml(content, path)
    if root.tag != f"{BPMN}definitions":
        raise DefinitionError(path, [Problem(1, "不是 BPMN 2.0 文件", "bad-xml")])
    messages = {node.get("id", ""): node.get("name", "") for node in root.findall(f"{BPMN}message")}
    shapes = frozenset(node.get("bpmnElement", "") for node in root.iter(f"{BPMNDI}BPMNShape", f"{BPMNDI}BPMNEdge"))
    processes = [_process(node, path) for node in root.findall(f"{BPMN}process")]
    return Diagram(path, root, processes, messages, shapes)


def properties_of(node) -> dict[str, str]:
    """The `camunda:properties` of an element."""
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    return {entry.get("name", ""): entry.get("value", "") for entry in node.findall(path)}


def _process(node, path: str) -> Process:
    scope = _scope(node, None)
    lanes = [_lane(lane) for lane in node.iter(f"{BPMN}lane")]
    process = Process(node.get("id", ""), node.get("name", ""), scope, lanes, properties_of(node), path, node)
    for inner in scope.scopes():
        inner.process = process
    for lane in lanes:      # inner lanes come after outer ones and win
        for element in scope.walk():
            if element.id in lane.members:
                element.lane = lane
    for element in scope.walk():
        owner = element.scope.owner
        element.lane = element.lane or (owner.lane if owner else None)
    return process


def _lane(node) -> Lane:
    members = tuple((reference.text or "").strip() for reference in node.findall(f"{BPMN}flowNodeRef"))
    return Lane(node.get("id", ""), node.get("name", ""), node, properties_of(node), members)


def _scope(node, owner: Element | None) -> Scope:
    scope = Scope(node.get("id", ""), node, owner=owner)
    defaults = {child.get("default") for child in node if child.get("default")}
    for child in node:
        _add(scope, child, defaults)
    _connect(scope)
    return scope


def _add(scope: Scope, child, defaults: set[str]) -> None:
    kind = local(child)
    if kind == "sequenceFlow":
        scope.flows.append(_flow(child, defaults))
    elif kind in _DECORATION:
        return
    elif not child.get("id") or not child.tag.startswith(BPMN) or kind.endswith(("Characteristics", "EventDefinition")) \
            or kind in ("incoming", "outgoing"):
        if kind not in ("incoming", "outgoing", "multiInstanceLoopCharacteristics"):
            scope.foreign.append(child)
    else:
        element = Element(child.get("id"), kind, child.get("name", ""), child, scope, properties_of(child))
        if kind in FLOW_NODES_WITH_CHILDREN:
            element.inner = _scope(child, element)
        scope.elements.setdefault(element.id, element)


def _flow(node, defaults: set[str]) -> Flow:
    condition = node.find(f"{BPMN}conditionExpression")
    text = None if condition is None else (condition.text or "").strip()
    return Flow(node.get("id", ""), node.get("name", ""), node.get("sourceRef", ""), node.get("targetRef", ""), text,
                node.get("id") in defaults, node, properties_of(node))


def _connect(scope: Scope) -> None:
    for flow in scope.flows:
        if flow.source in scope.elements:
            scope.elements[flow.source].outgoing.append(flow)
        if flow.target in scope.elements:
            scope.elements[flow.target].incoming.append(flow)
    for element in scope.elements.values():
        if element.kind == "boundaryEvent" and element.attached_to in scope.elements:
            scope.elements[element.attached_to].boundaries.append(element)
