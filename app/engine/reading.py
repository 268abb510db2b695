"""Reads diagrams into elements and flows: what the XML says, checked against the dialect, nothing compiled yet.

Only `app/engine` imports it. SpiffWorkflow is not used here: its own parser compiles what we refuse, sorts flows by
their place on the page and recurses as deep as a diagram is long.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .dialect import ACTIVITIES, NODES, TELLING, ensure_in_dialect
from .errors import EngineError, near
from .model import Element
from .xml import BPMN, CAMUNDA, camunda, children, properties_of, read_xml, split_tag, text_of


@dataclass(frozen=True)
class FlowText:
    id: str
    source: str
    target: str
    name: str
    condition: str
    default: bool
    properties: Mapping[str, str]
    parent: str


@dataclass
class ProcessText:
    """One process as its file has it; elements and flows in file order, embedded sub-processes included."""

    id: str
    name: str
    file: str
    documentation: str
    properties: Mapping[str, str]
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, FlowText] = field(default_factory=dict)

    def inside(self, parent: str) -> list[Element]:
        """The elements that stand directly in the process ("") or in an embedded sub-process."""
        return [element for element in self.elements.values() if element.parent == parent]

    def start_of(self, parent: str) -> Element:
        found = [element for element in self.inside(parent) if element.kind == "startEvent"]
        if len(found) != 1:
            raise EngineError(f"需要恰好一个开始事件，现有 {len(found)} 个", file=self.file, element=parent or self.id,
                              element_name=self.elements[parent].name if parent else self.name)
        return found[0]

    def leaving(self, element: str) -> list[FlowText]:
        return [flow for flow in self.flows.values() if flow.source == element]

    def arriving(self, element: str) -> list[FlowText]:
        return [flow for flow in self.flows.values() if flow.target == element]


@dataclass(frozen=True)
class Lane:
    name: str
    role: str
    scope: str
    excluded: tuple[str, ...]


NO_LANE = Lane("", "", "", ())


class Library:
    """All diagrams of a procedure: finds the file of a process and reads it when it is asked for."""

    def __init__(self, files: Mapping[str, bytes]):
        self._nodes: dict[str, tuple] = {}
        for path in sorted(path for path in files if path.endswith(".bpmn")):
            self._add(path, read_xml(path, files[path]))

    def _add(self, path: str, root) -> None:
        messages = {node.get("id"): (node.get("name") or "").strip() for node in children(root, "message")}
        for node in children(root, "process"):
            if node.get("id") in self._nodes:
                raise EngineError("流程 id 重复", file=path, element=node.get("id"), element_name=node.get("name") or "")
            self._nodes[node.get("id")] = (path, node, messages)

    def read(self, process_id: str, caller: Element | None = None) -> ProcessText:
        """Raises EngineError when there is no such process or its diagram leaves the dialect."""
        if process_id not in self._nodes:
            reason, hint = f"没有流程“{process_id}”", near(process_id, self._nodes)
            if caller is not None:
                raise EngineError.at(caller, reason, hint=hint)
            raise EngineError(reason, element=process_id, hint=hint)
        path, node, messages = self._nodes[process_id]
        ensure_in_dialect(node, path)
        return _Reader(path, node, messages).process


class _Reader:
    def __init__(self, path: str, node, messages: Mapping[str, str]):
        self.path, self.messages = path, messages
        identifier = node.get("id")
        self.process = ProcessText(
            identifier, node.get("name") or identifier, path, text_of(node, "documentation"), properties_of(node))
        self._container(node, "", NO_LANE)
        self._ensure_attached()

    def refuse(self, node, reason: str, **facts):
        raise EngineError(
            reason, file=self.path, element=node.get("id") or "", element_name=node.get("name") or "", **facts)

    def _container(self, node, parent: str, around: Lane) -> None:
        lanes: dict[str, Lane] = {}
        for lane_set in children(node, "laneSet"):
            _read_lanes(lane_set, around, lanes)
        for child in children(node, *NODES):
            self._node(child, parent, lanes.get(child.get("id"), around))
        self.process.start_of(parent)
        defaults = {child.get("default") for child in children(node, *NODES)}
        here = {element.id: element for element in self.process.inside(parent)}
        for child in children(node, "sequenceFlow"):
            self._flow(child, parent, defaults, here)

    def _node(self, node, parent: str, lane: Lane) -> None:
        element = self._element(node, parent, lane)
        if element.id in self.process.elements:
            self.refuse(node, "元素 id 重复")
        self.process.elements[element.id] = element
        if element.kind == "subProcess":
            self._container(node, element.id, lane)

    def _element(self, node, parent: str, lane: Lane) -> Element:
        kind, properties = split_tag(node)[1], properties_of(node)
        facts = {"role": properties.get("role", ""), "scope": properties.get("scope", ""), "excluded": ()}
        if kind == "userTask":
            facts = {"role": facts["role"] or lane.role, "scope": facts["scope"] or lane.scope,
                     "excluded": _names(properties["not"]) if "not" in properties else lane.excluded}
        return Element(
            id=node.get("id"), kind=kind, name=node.get("name") or "", process=self.process.id, file=self.path,
            lane=lane.name, stage=properties.get("stage", ""), documentation=text_of(node, "documentation"),
            form=camunda(node, "formKey"), parent=parent, properties=properties, **facts,
            **self._own(node, kind), **self._repetition(node))

    def _own(self, node, kind: str) -> dict:
        """The attributes that only this kind of element has."""
        reader = getattr(self, f"_{kind}", None)
        return reader(node) if reader else {}

    def _repetition(self, node) -> dict:
        found = children(node, "multiInstanceLoopCharacteristics")
        if not found:
            return {}
        collection, variable = camunda(found[0], "collection"), camunda(found[0], "elementVariable")
        if not collection:
            self.refuse(node, "多实例需要 camunda:collection")
        if variable not in ("", "item"):
            self.refuse(node, f"多实例的成员变量只能叫 item，不能叫“{variable}”")
        kind = "sequential" if found[0].get("isSequential") == "true" else "parallel"
        return {"multiple": kind, "collection": collection, "completion": text_of(found[0], "completionCondition")}

    def _endEvent(self, node) -> dict:
        return {"terminate": bool(children(node, "terminateEventDefinition"))}

    def _boundaryEvent(self, node) -> dict:
        return {"attached_to": node.get("attachedToRef") or "", "interrupting": node.get("cancelActivity") != "false",
                **self._waits_for(node)}

    def _intermediateCatchEvent(self, node) -> dict:
        return self._waits_for(node)

    def _receiveTask(self, node) -> dict:
        return {"message": self._message(node, node)}

    def _waits_for(self, node) -> dict:
        found = children(node, "messageEventDefinition", "timerEventDefinition")
        if len(found) != 1:
            self.refuse(node, "需要恰好一个消息或定时器")
        if split_tag(found[0])[1] == "messageEventDefinition":
            return {"message": self._message(node, found[0])}
        texts = [(kind, text_of(found[0], kind)) for kind in ("timeDate", "timeDuration") if text_of(found[0], kind)]
        if len(texts) != 1:
            self.refuse(node, "定时器需要恰好一个 timeDate 或 timeDuration")
        return {"timer": texts[0]}

    def _message(self, node, definition) -> str:
        reference = definition.get("messageRef") or ""
        name = self.messages.get(reference, "")
        if not name:
            self.refuse(node, f"没有消息“{reference}”" if reference else "没有指明消息", hint=near(reference, self.messages))
        return name

    def _callActivity(self, node) -> dict:
        return {"called": node.get("calledElement") or self.refuse(node, "没有指明要调用的流程（calledElement）")}

    def _scriptTask(self, node) -> dict:
        if (node.get("scriptFormat") or "").lower() != "cel":
            self.refuse(node, f"脚本只能用 CEL，不能用“{node.get('scriptFormat') or ''}”", hint='请写 scriptFormat="cel"')
        found = children(node, "script")
        return {"script": (found[0].text or "") if found else ""}  # not stripped: an indented line goes on

    def _serviceTask(self, node) -> dict:
        if camunda(node, "type") != "external" or not camunda(node, "topic"):
            self.refuse(node, '服务任务需要 camunda:type="external" 和 camunda:topic')
        return {"topic": camunda(node, "topic"), "inputs": self._parameters(node, "inputParameter"),
                "outputs": self._parameters(node, "outputParameter")}

    def _parameters(self, node, kind: str) -> tuple[tuple[str, str], ...]:
        found = node.findall(f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}inputOutput/{{{CAMUNDA}}}{kind}")
        if any(len(each) for each in found):
            self.refuse(node, "参数的值只能是一个 CEL 表达式")
        return tuple((each.get("name") or "", (each.text or "").strip()) for each in found)

    def _businessRuleTask(self, node) -> dict:
        reference, variable = camunda(node, "decisionRef"), camunda(node, "resultVariable")
        if not reference or not re.fullmatch(r"[A-Za-z]\w*", variable, re.ASCII):
            self.refuse(node, "规则任务需要 camunda:decisionRef，以及由字母数字组成的 camunda:resultVariable")
        return {"decision_ref": reference, "result_variable": variable}

    def _flow(self, node, parent: str, defaults: set, here: Mapping[str, Element]) -> None:
        flow = FlowText(
            node.get("id") or "", node.get("sourceRef") or "", node.get("targetRef") or "", node.get("name") or "",
            text_of(node, "conditionExpression"), node.get("id") in defaults, properties_of(node), parent)
        if not flow.id or flow.id in self.process.flows:
            self.refuse(node, "顺序流的 id 缺失或重复")
        for end in (flow.source, flow.target):
            if end not in here:
                self.refuse(node, f"顺序流的一端“{end}”不在同一流程中", hint=near(end, here))
        self._ensure_ends(node, flow, here[flow.source], here[flow.target])
        self.process.flows[flow.id] = flow

    def _ensure_ends(self, node, flow: FlowText, source: Element, target: Element) -> None:
        if source.kind == "endEvent" or target.kind in ("startEvent", "boundaryEvent"):
            self.refuse(node, "顺序流不能从结束事件出发，也不能指向开始事件或边界事件")
        if source.kind != "exclusiveGateway" and (flow.condition or flow.default):
            self.refuse(node, "条件和默认流只能画在排他网关之后", expression=flow.condition)
        if not source.kind.endswith("Gateway") and self.process.leaving(source.id):
            self.refuse(node, f"“{source.name or source.id}”只能有一条去路", hint="请在其后画一个网关")

    def _ensure_attached(self) -> None:
        for element in self.process.elements.values():
            if element.kind != "boundaryEvent":
                continue
            target = self.process.elements.get(element.attached_to)
            if target is None or target.kind not in ACTIVITIES or target.parent != element.parent:
                raise EngineError.at(element, f"边界事件没有附着在任务上（attachedToRef “{element.attached_to}”）",
                                     hint=near(element.attached_to, self.process.elements))


def tells_of(texts: Iterable[ProcessText]) -> dict[str, dict[str, str]]:
    """id of an element or flow -> to, title, text, kind (CEL) of the notice that it tells."""
    said = {part.id: {name.removeprefix("tell_"): part.properties[name] for name in TELLING if part.properties.get(name)}
            for text in texts for part in (*text.elements.values(), *text.flows.values())}
    return {place: words for place, words in said.items() if words}


def _read_lanes(lane_set, around: Lane, found: dict[str, Lane]) -> None:
    """Fills element id -> its innermost lane; a lane without a role takes that of the lane around it."""
    for node in children(lane_set, "lane"):
        properties = properties_of(node)
        lane = Lane(node.get("name") or "", properties.get("role") or around.role,
                    properties.get("scope") or ("" if properties.get("role") else around.scope),
                    _names(properties["not"]) if "not" in properties else around.excluded)
        for reference in children(node, "flowNodeRef"):
            found[(reference.text or "").strip()] = lane
        for inner in children(node, "childLaneSet"):
            _read_lanes(inner, lane, found)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
