"""Processes as a whole: kinds of elements, ids, starts and ends, what can be reached, lanes, the drawing."""
from __future__ import annotations

import re

from ..diagrams import BPMN, CAMUNDA, Diagram, Element, Process, Scope, local
from ..errors import near_miss
from .expressions import BASE, MEMBERS, Place, check_expression
from .knowledge import Knowledge

KINDS = frozenset(
    "startEvent endEvent userTask serviceTask scriptTask businessRuleTask receiveTask callActivity subProcess"
    " exclusiveGateway parallelGateway intermediateCatchEvent boundaryEvent".split())
WAITING = frozenset({"userTask", "serviceTask", "receiveTask", "intermediateCatchEvent", "callActivity"})

_POOL = ("role", "scope", "not")
_ACTION = ("role", "scope", "when", "confirm", "reason", "label", "style", "stage")
PROPERTIES = {
    "process": ("casePrefix", "stages", "starters", "summary", "title", "dates", "blind", "blind_label", "group_by", "group_under", "group_owner", "overseen_by", "certificates_kept_by"),
    "lane": _POOL,
    "userTask": ("stage", *_POOL, "due", "edit", "claim", "claim_rule", "barred_by", "bar_key", "discreet", "gather", "gather_into"),
    **dict.fromkeys(("boundaryEvent", "intermediateCatchEvent", "receiveTask"), _ACTION),
    "boundaryEvent": (*_ACTION, "drops_drafts", "frees_claim", "discreet"),
    **dict.fromkeys(("callActivity", "subProcess", "serviceTask", "scriptTask", "businessRuleTask"), ("stage",)),
    "sequenceFlow": ("reason", "marks", "confirm", "when", "style"),
    "startEvent": ("role", "stage", "barred_by", "bar_key"),
    "endEvent": ("result", "tone", "stage", "frees_claim"),
}
TELLING = ("tell_to", "tell_title", "tell_text", "tell_kind")
for _kind in (*KINDS - {"exclusiveGateway", "parallelGateway"}, "sequenceFlow"):
    PROPERTIES[_kind] = (*PROPERTIES.get(_kind, ()), *TELLING)
_WORDS = {"reason": ("required", "optional"), "marks": ("required", "optional", "none"), "edit": ("all", "marked"),
          "style": ("primary", "secondary", "danger"), "tone": ("good", "bad", "neutral"),
          "drops_drafts": ("true", "false"), "frees_claim": ("true", "false"), "discreet": ("true", "false")}
_CODE_ATTRIBUTES = frozenset(
    "class expression delegateExpression resource script formHandlerClass variableMappingClass"
    " variableMappingDelegateExpression".split())
_ATTRIBUTES = frozenset(
    "formKey type topic decisionRef resultVariable collection elementVariable historyTimeToLive versionTag"
    " isStartableInTasklist modelerTemplate modelerTemplateVersion modelerTemplateIcon".split())
_CODE_ELEMENTS = frozenset("executionListener taskListener connector field script errorEventDefinition".split())
_ID = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def check_processes(known: Knowledge) -> None:
    seen: dict[str, str] = {}
    for diagram in known.diagrams:
        if not diagram.processes:
            known.findings.add("no-process", diagram.path, "", "文件中没有流程")
        _check_ids(known, diagram, seen)
        _check_foreign_code(known, diagram)
        for process in diagram.processes:
            _check_process(known, diagram, process)


def _check_ids(known: Knowledge, diagram: Diagram, seen: dict[str, str]) -> None:
    own: set[str] = set()
    for node in diagram.root.iter():
        name = node.get("id")
        if name is None or not node.tag.startswith(BPMN):
            continue
        if name in own:
            known.findings.add("duplicate-id", diagram.path, name, f"标识“{name}”在文件中出现两次（第{node.sourceline}行）")
        own.add(name)
        if name in ("Start", "End") or not _ID.fullmatch(name):
            known.findings.add("bad-id", diagram.path, name, f"标识“{name}”不能使用：不能是 Start、End，不能含空白和汉字")
    for process in diagram.processes:
        for name in {process.id, *(element.id for element in process.walk())} & seen.keys():
            known.findings.add("duplicate-id", diagram.path, name, f"标识“{name}”在 {seen[name]} 中已经使用")
        seen.update({name: diagram.path for name in (process.id, *(element.id for element in process.walk()))})


def _check_foreign_code(known: Knowledge, diagram: Diagram) -> None:
    """Nothing may name a program: no class, no listener, no expression of another language (faults T1)."""
    for node in diagram.root.iter():
        owner = _owner_id(node)
        for attribute in node.attrib:
            name = attribute.removeprefix(CAMUNDA)
            if attribute.startswith(CAMUNDA) and name not in _ATTRIBUTES:
                code = "foreign-code" if name in _CODE_ATTRIBUTES else "unknown-attribute"
                known.findings.add(code, diagram.path, owner, f"不支持 camunda:{name}{near_miss(name, _ATTRIBUTES)}")
        outside = not node.tag.startswith(BPMN) and local(node) in _CODE_ELEMENTS
        if outside:
            known.findings.add("foreign-code", diagram.path, owner, f"不允许 {local(node)}")
        if node.tag.startswith("{http://spiffworkflow.org"):
            known.findings.add("foreign-code", diagram.path, owner, f"不允许 spiffworkflow:{local(node)}")


def _owner_id(node) -> str:
    while node is not None and not node.get("id"):
        node = node.getparent()
    return "" if node is None else node.get("id")


def _check_process(known: Knowledge, diagram: Diagram, process: Process) -> None:
    _check_own_properties(known, process)
    for scope in process.scope.scopes():
        _check_scope(known, diagram, scope)
    _check_lanes(known, process)
    for element in process.walk():
        check_telling(known, process.path, element.id, element.properties)
        for flow in element.outgoing:
            check_telling(known, process.path, flow.id, flow.properties)
        if element.id not in diagram.shapes:
            known.findings.add("not-drawn", process.path, element.id, f"“{element.name or element.id}”没有图形")


def _check_own_properties(known: Knowledge, process: Process) -> None:
    check_properties(known, process.path, process.id, "process", process.properties)
    prefix = process.properties.get("casePrefix", "")
    if prefix and not re.fullmatch(r"\d{3}", prefix):
        known.findings.add("bad-property", process.path, process.id, f"casePrefix 应是三位数字，而不是“{prefix}”")
    if "starters" in process.properties:
        for role in process.properties["starters"].split(","):
            if role.strip() != "*":
                check_role(known, process.path, process.id, role.strip(), "starters")
    for name, what in (("summary", "摘要 summary"), ("dates", "重要日期 dates"), ("blind", "盲评 blind"), ("blind_label", "盲评时的称呼 blind_label"), ("group_by", "分组 group_by"), ("group_under", "分组 group_under"), ("group_owner", "分组 group_owner")):
        check_expression(known, process.properties.get(name), Place(process.path, process.id, what))
    for name in ("overseen_by", "certificates_kept_by"):
        for role in filter(None, map(str.strip, process.properties.get(name, "").split(","))):
            check_role(known, process.path, process.id, role, name)


def check_properties(known: Knowledge, path: str, element: str, kind: str, properties: dict[str, str]) -> None:
    """Whether the names and fixed words of the properties of one element are known."""
    for name, value in properties.items():
        if name not in PROPERTIES.get(kind, ()):
            known.findings.add("unknown-property", path, element,
                               f"{kind} 没有属性“{name}”{near_miss(name, PROPERTIES.get(kind, ()))}")
        elif name in _WORDS and value not in _WORDS[name]:
            known.findings.add("bad-property", path, element,
                               f"属性 {name} 应是{'、'.join(_WORDS[name])}之一，而不是“{value}”{near_miss(value, _WORDS[name])}")


def check_telling(known: Knowledge, path: str, element: str, properties: dict[str, str], roots=BASE) -> None:
    """The notice that an element or flow tells: to whom and its title are needed, all of it is CEL."""
    said = [name for name in TELLING if properties.get(name)]
    for name in ("tell_to", "tell_title") if said else ():
        if name not in said:
            known.findings.add("bad-property", path, element, f"写了 {'、'.join(said)}，还要写 {name}")
    for name in said:
        check_expression(known, properties[name], Place(path, element, f"通知 {name}", roots))


def check_role(known: Knowledge, path: str, element: str, role: str, what: str) -> None:
    if role not in known.roles:
        known.findings.add("unknown-role", path, element, f"{what}：没有角色“{role}”{near_miss(role, known.roles)}")


def _check_scope(known: Knowledge, diagram: Diagram, scope: Scope) -> None:
    path = diagram.path
    for node in scope.foreign:
        known.findings.add("unknown-kind", path, node.get("id", scope.id), f"不支持 {local(node)}")
    for element in scope.elements.values():
        if element.kind not in KINDS or element.xml.get("triggeredByEvent") == "true":
            kind = "事件子流程" if element.kind in KINDS else element.kind
            known.findings.add("unknown-kind", path, element.id, f"“{element.name or element.id}”：不支持 {kind}")
    starts = [element for element in scope.elements.values() if element.kind == "startEvent"]
    if len(starts) != 1:
        code = "several-starts" if starts else "no-start"
        known.findings.add(code, path, scope.id, f"“{scope.id}”应有且只有一个开始事件，现有{len(starts)}个")
    if not any(element.kind == "endEvent" for element in scope.elements.values()):
        known.findings.add("no-end", path, scope.id, f"“{scope.id}”没有结束事件")
    _check_reach(known, path, scope, starts)
    _check_loops(known, path, scope)


def _check_reach(known: Knowledge, path: str, scope: Scope, starts: list[Element]) -> None:
    reached, waiting = set(), list(starts)
    while waiting:
        element = waiting.pop()
        if element.id in reached:
            continue
        reached.add(element.id)
        waiting += [scope.elements[flow.target] for flow in element.outgoing if flow.target in scope.elements]
        waiting += element.boundaries
    for element in scope.elements.values():
        if element.id not in reached and starts:
            known.findings.add("unreachable", path, element.id, f"从开始事件到不了“{element.name or element.id}”")
        if not element.outgoing and element.kind != "endEvent":
            known.findings.add("dead-end", path, element.id, f"“{element.name or element.id}”没有去向，应连到下一环节或结束事件")


def _check_loops(known: Knowledge, path: str, scope: Scope) -> None:
    """Finds rings of elements that never wait: the engine would run them for ever inside one command."""
    automatic = {name: element for name, element in scope.elements.items()
                 if element.kind not in WAITING and not (element.inner and _waits(element.inner))}
    colour: dict[str, int] = {}
    for start in automatic:
        stack = [(start, iter(automatic[start].outgoing))] if start not in colour else []
        if stack:
            colour[start] = 1
        while stack:
            name, flows = stack[-1]
            flow = next(flows, None)
            if flow is None:
                colour[name] = 2
                stack.pop()
            elif colour.get(flow.target) == 1:
                known.findings.add("endless-loop", path, flow.target, f"经过“{flow.target}”的循环中没有用户任务、消息或定时器")
            elif flow.target in automatic and flow.target not in colour:
                colour[flow.target] = 1
                stack.append((flow.target, iter(automatic[flow.target].outgoing)))


def _waits(scope: Scope) -> bool:
    return any(element.kind in WAITING for element in scope.walk())


def _check_lanes(known: Knowledge, process: Process) -> None:
    for lane in process.lanes:
        _check_lane(known, process, lane)
    if not process.lanes:
        return
    for element in process.scope.elements.values():
        if element.lane is None and element.kind != "boundaryEvent":
            known.findings.add("element-in-no-lane", process.path, element.id,
                               f"“{element.name or element.id}”不在任何泳道里")


def _check_lane(known: Knowledge, process: Process, lane) -> None:
    what = f"泳道“{lane.name or lane.id}”"
    check_properties(known, process.path, lane.id, "lane", lane.properties)
    ids = {element.id for element in process.walk()}
    for member in lane.members:
        if member not in ids:
            known.findings.add("unknown-element", process.path, lane.id, f"{what}：没有元素“{member}”")
    has_tasks = any(element.kind == "userTask" and element.lane is lane for element in process.walk())
    if role := lane.properties.get("role"):
        check_role(known, process.path, lane.id, role, what)
    elif has_tasks:
        known.findings.add("lane-without-role", process.path, lane.id, f"{what}没有写角色 role")
    check_pool(known, process, lane.id, lane.properties, what, BASE | MEMBERS)


def check_pool(known: Knowledge, process: Process, element: str, properties: dict[str, str], what: str, roots) -> None:
    """The `scope` and `not` of a lane, task or boundary event."""
    check_expression(known, properties.get("scope"), Place(process.path, element, f"{what}的 scope", roots))
    for name in filter(None, map(str.strip, properties.get("not", "").split(","))):
        if name not in known.element_ids:
            known.findings.add("unknown-element", process.path, element,
                               f"{what}的 not：没有元素“{name}”{near_miss(name, known.element_ids)}")
