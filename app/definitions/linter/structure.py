"""What may stand inside what: parts that are in the wrong place would be overlooked by us and refused by the engine."""
from __future__ import annotations

from ..diagrams import BPMN, CAMUNDA, Diagram, Process, local
from .knowledge import Knowledge

_ANYWHERE = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})
_REPEATED = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})    # the second is told by `multi-instance`
_EVENTS = frozenset({"messageEventDefinition", "timerEventDefinition", "terminateEventDefinition"})
CHILDREN = {
    "scriptTask": _REPEATED | {"script"},
    **dict.fromkeys(("userTask", "serviceTask", "businessRuleTask", "receiveTask", "callActivity"), _REPEATED),
    **dict.fromkeys(("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent"), _EVENTS),
    **dict.fromkeys(("exclusiveGateway", "parallelGateway"), frozenset()),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "multiInstanceLoopCharacteristics": frozenset({"completionCondition", "loopCardinality"}),
    "timerEventDefinition": frozenset({"timeDate", "timeDuration", "timeCycle"}),
    "messageEventDefinition": frozenset(), "terminateEventDefinition": frozenset(),
    **dict.fromkeys(("conditionExpression", "script", "timeDate", "timeDuration", "completionCondition", "flowNodeRef", "incoming", "outgoing"), frozenset()),
    "laneSet": frozenset({"lane"}), "childLaneSet": frozenset({"lane"}), "lane": frozenset({"flowNodeRef", "childLaneSet"}),
}
_BARE = frozenset("conditionExpression script timeDate timeDuration completionCondition flowNodeRef incoming outgoing".split())


def check_structure(known: Knowledge) -> None:
    for diagram in known.diagrams:
        for process in diagram.processes:
            for node in process.xml.iter(f"{BPMN}*"):
                _check_children(known, diagram, node)
            for node in process.xml.iter(f"{BPMN}extensionElements"):
                _check_extensions(known, diagram, node)
            _check_flows(known, process)


def _owner(node) -> str:
    while node is not None and not node.get("id"):
        node = node.getparent()
    return "" if node is None else node.get("id")


def _check_children(known: Knowledge, diagram: Diagram, node) -> None:
    allowed = CHILDREN.get(local(node))
    if allowed is None:
        return
    for child in node.iterchildren(f"{BPMN}*"):
        name = local(child)
        if name.endswith("EventDefinition") and local(node).endswith("Event"):
            continue        # told by `bad-event`
        if name not in allowed and (name not in _ANYWHERE or local(node) in _BARE):
            known.findings.add("unknown-kind", diagram.path, _owner(node), f"“{_owner(node)}”：{local(node)} 里不能有 {name}，请在画图工具里删去它，再画一次")


def _check_extensions(known: Knowledge, diagram: Diagram, node) -> None:
    owner = local(node.getparent())
    allowed = {"properties", "inputOutput"} if owner == "serviceTask" else {"properties"}
    for child in node.iterchildren(f"{CAMUNDA}*"):
        if local(child) not in allowed:
            known.findings.add("unknown-property", diagram.path, _owner(node), f"{owner} 里不能有 camunda:{local(child)}")
        inner = {"properties": ("property",), "inputOutput": ("inputParameter", "outputParameter")}.get(local(child), ())
        for entry in child:
            if inner and (not entry.tag.startswith(CAMUNDA) or local(entry) not in inner or not entry.get("name")):
                known.findings.add("unknown-property", diagram.path, _owner(node), f"{owner} 有一个没有名称的属性，请删去它")


def _check_flows(known: Knowledge, process: Process) -> None:
    for scope in process.scope.scopes():
        for flow in scope.flows:
            source, target = scope.elements.get(flow.source), scope.elements.get(flow.target)
            what = f"连线“{flow.name or flow.id}”"
            if not flow.id:
                known.findings.add("bad-id", process.path, flow.source, f"“{flow.source}”的一条出线没有标识，请删去它，再连一次")
            if source is not None and source.kind == "endEvent":
                known.findings.add("flow-misplaced", process.path, flow.id, f"{what}从结束事件“{source.name or source.id}”出发：结束以后不能再走")
            if target is not None and target.kind in ("startEvent", "boundaryEvent"):
                known.findings.add("flow-misplaced", process.path, flow.id, f"{what}通向“{target.name or target.id}”：开始事件和边界事件不能有进线，请连到任务或网关")
            if flow.default and source is not None and source.kind != "exclusiveGateway":
                known.findings.add("condition-not-allowed", process.path, flow.id, f"{what}是默认出线，但起点不是互斥网关")
