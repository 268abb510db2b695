"""Sequence flows: conditions, defaults, and the outcomes that gateways after user tasks offer."""
from __future__ import annotations

from app.expressions import Expression

from ..diagrams import CAMUNDA, Element, Flow, Process, Scope
from .expressions import Place, check_expression
from .knowledge import Knowledge
from .processes import check_properties
from .roots import roots_at


def check_flows(known: Knowledge) -> None:
    for process in known.processes:
        for scope in process.scope.scopes():
            for flow in scope.flows:
                _check_flow(known, process, scope, flow)
            for element in scope.elements.values():
                _check_ways_out(known, process, scope, element)


def _check_flow(known: Knowledge, process: Process, scope: Scope, flow: Flow) -> None:
    for end, word in ((flow.source, "起点"), (flow.target, "终点")):
        if end not in scope.elements:
            known.findings.add("dangling-flow", process.path, flow.id, f"连线“{flow.name or flow.id}”的{word}“{end}”不存在")
    check_properties(known, process.path, flow.id, "sequenceFlow", flow.properties)
    source = scope.elements.get(flow.source)
    roots = roots_at(source) if source else roots_at(scope.owner)
    place = Place(process.path, flow.id, f"连线“{flow.name or flow.id}”的 when", roots)
    check_expression(known, flow.properties.get("when"), place)
    for node in flow.xml:
        if node.get("language") or node.get(f"{CAMUNDA}resource"):
            known.findings.add("foreign-code", process.path, flow.id, "条件只能是 CEL 表达式，不能写 language 或 resource")
    if flow.condition is not None and source and source.kind != "exclusiveGateway":
        known.findings.add("condition-not-allowed", process.path, flow.id,
                           f"连线“{flow.name or flow.id}”有条件，但起点不是互斥网关")


def _check_ways_out(known: Knowledge, process: Process, scope: Scope, element: Element) -> None:
    if len(element.outgoing) > 1 and not element.kind.endswith("Gateway"):
        known.findings.add("several-flows-out", process.path, element.id,
                           f"“{element.name or element.id}”有{len(element.outgoing)}条出线，请用网关分开")
    if element.kind == "exclusiveGateway":
        _check_gateway(known, process, scope, element)
    else:
        for flow in element.outgoing:
            _condition(known, process, element, flow)


def _condition(known: Knowledge, process: Process, source: Element, flow: Flow) -> Expression | None:
    what = f"连线“{flow.name or flow.id}”的条件"
    return check_expression(known, flow.condition, Place(process.path, flow.id, what, roots_at(source)))


def _check_gateway(known: Knowledge, process: Process, scope: Scope, gateway: Element) -> None:
    conditions = {flow: _condition(known, process, gateway, flow) for flow in gateway.outgoing}
    if len(gateway.outgoing) < 2:
        return
    name = gateway.name or gateway.id
    for flow in gateway.outgoing:
        if not flow.condition and not flow.default:
            known.findings.add("flow-without-condition", process.path, flow.id,
                               f"网关“{name}”的出线“{flow.name or flow.id}”没有条件，也不是默认出线")
    tasks = [flow.source for flow in gateway.incoming if _kind(scope, flow.source) == "userTask"]
    if tasks and len(gateway.incoming) > 1:
        known.findings.add("gateway-after-two-tasks", process.path, gateway.id,
                           f"网关“{name}”决定“{tasks[0]}”的办理结果，只能由这一个任务到达，现有{len(gateway.incoming)}条入线")
    _check_outcomes(known, process, gateway, conditions)
    if not any(flow.default for flow in gateway.outgoing) and not (tasks and all(map(_only_outcome, conditions.values()))):
        known.findings.add("no-default-flow", process.path, gateway.id, f"网关“{name}”没有默认出线，条件都不成立时无路可走")


def _kind(scope: Scope, name: str) -> str:
    return scope.elements[name].kind if name in scope.elements else ""


def _only_outcome(condition: Expression | None) -> bool:
    """Whether the condition asks for nothing but the outcome: then somebody's button always leads somewhere."""
    return condition is None or condition.paths == {"outcome"} and len(condition.literals_of("outcome")) == 1


def _check_outcomes(known: Knowledge, process: Process, gateway: Element, conditions: dict) -> None:
    seen: dict[str, Flow] = {}
    for flow, condition in conditions.items():
        for outcome in condition.literals_of("outcome") if condition else ():
            if outcome in seen:
                known.findings.add("same-outcome", process.path, flow.id,
                                   f"连线“{flow.name or flow.id}”与“{seen[outcome].name or seen[outcome].id}”的办理结果都是“{outcome}”")
            seen.setdefault(outcome, flow)
