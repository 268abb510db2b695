"""What a diagram may say: the tags, attributes and properties of the dialect, and the refusal of everything else.

Only `app/engine` imports it. The meaning of what is allowed is in `reading.py`.
"""
from __future__ import annotations

from .errors import EngineError, near
from .xml import BPMN, CAMUNDA, split_tag

TASKS = frozenset({"userTask", "serviceTask", "scriptTask", "businessRuleTask", "receiveTask"})
ACTIVITIES = TASKS | {"subProcess", "callActivity"}
EVENTS = frozenset({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway"})
NODES = ACTIVITIES | EVENTS | GATEWAYS

_OWNERS = NODES | {"sequenceFlow", "lane", "process"}
_SCENERY = frozenset({
    "textAnnotation", "association", "group", "dataObject", "dataObjectReference", "dataStoreReference"})
_ANYWHERE = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})
_CONTENT = NODES | _SCENERY | {"sequenceFlow", "laneSet"}
_REPEATED = frozenset({"multiInstanceLoopCharacteristics"})

CHILDREN = {
    "process": _CONTENT,
    "subProcess": _CONTENT | _REPEATED,
    "scriptTask": _REPEATED | {"script"},
    **dict.fromkeys(ACTIVITIES - {"subProcess", "scriptTask"}, _REPEATED),
    "startEvent": frozenset(),
    "endEvent": frozenset({"terminateEventDefinition"}),
    "boundaryEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
    "intermediateCatchEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "multiInstanceLoopCharacteristics": frozenset({"completionCondition"}),
    "timerEventDefinition": frozenset({"timeDate", "timeDuration"}),
    "laneSet": frozenset({"lane"}),
    "lane": frozenset({"flowNodeRef", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
}

GATHERING = ("gather", "gather_into")   # what each instance of a multi-instance leaves behind
_ACTION = frozenset({"role", "scope", "when", "confirm", "reason", "label", "style"})
PROPERTIES = {
    "process": frozenset({"casePrefix", "stages", "starters", "summary", "title", "dates", "blind", "blind_label", "group_by", "group_under", "group_owner", "overseen_by", "certificates_kept_by"}),
    "lane": frozenset({"role", "scope", "not"}),
    "startEvent": frozenset({"role", "stage", "barred_by", "bar_key"}),
    "userTask": frozenset({"stage", "role", "scope", "not", "due", "edit", "claim", "claim_rule", "barred_by", "bar_key", "discreet", *GATHERING}),
    "sequenceFlow": frozenset({"reason", "marks", "confirm", "when", "style"}),
    "boundaryEvent": _ACTION | {"stage", "drops_drafts", "frees_claim", "discreet"},
    "intermediateCatchEvent": _ACTION | {"stage"},
    "receiveTask": _ACTION | {"stage"},
    "endEvent": frozenset({"result", "tone", "stage", "frees_claim"}),
    **dict.fromkeys(ACTIVITIES - {"userTask", "receiveTask"}, frozenset({"stage"})),
}
TELLING = ("tell_to", "tell_title", "tell_text", "tell_kind")   # notices for which nobody waits
for _kind in (*NODES - GATEWAYS, "sequenceFlow"):
    PROPERTIES[_kind] = PROPERTIES.get(_kind, frozenset()) | set(TELLING)

_VALUES = {
    "reason": frozenset({"optional", "required"}),
    "marks": frozenset({"optional", "required", "none"}),
    "edit": frozenset({"all", "marked"}),
    "style": frozenset({"primary", "secondary", "danger"}),
    "tone": frozenset({"good", "bad", "neutral"}),
    "drops_drafts": frozenset({"true", "false"}),
    "frees_claim": frozenset({"true", "false"}),
    "discreet": frozenset({"true", "false"}),
}

_TEMPLATE = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})
ATTRIBUTES = {
    "process": frozenset({"historyTimeToLive", "versionTag", "isStartableInTasklist"}),
    "startEvent": frozenset({"formKey"}),
    "userTask": frozenset({"formKey"}),
    "serviceTask": frozenset({"type", "topic"}),
    "businessRuleTask": frozenset({"decisionRef", "resultVariable"}),
    "multiInstanceLoopCharacteristics": frozenset({"collection", "elementVariable"}),
}
_EXTENSIONS = {"serviceTask": frozenset({"properties", "inputOutput"})}

_HINTS = {
    "task": "请改为 userTask（用户任务）",
    "manualTask": "请改为 userTask（用户任务）",
    "sendTask": "请改为 serviceTask，topic 写 message.send",
    "intermediateThrowEvent": "请改为 serviceTask，topic 写 message.send",
    "inclusiveGateway": "请用 parallelGateway 与 exclusiveGateway 组合",
    "complexGateway": "请用 parallelGateway 与 exclusiveGateway 组合",
    "eventBasedGateway": "请把消息和定时器作为边界事件画在任务上",
    "timeCycle": "请改为若干个定时器",
    "loopCardinality": "请用 camunda:collection 给出列表",
    "standardLoopCharacteristics": "请用排他网关画出循环",
    "transaction": "请改为 subProcess（子流程）",
    "adHocSubProcess": "请改为 subProcess（子流程）",
    "dataInputAssociation": "数据请用 vars.名称 表示",
    "dataOutputAssociation": "数据请用 vars.名称 表示",
    "ioSpecification": "数据请用 vars.名称 表示",
    "executionListener": "请改为 scriptTask 或 serviceTask",
    "taskListener": "请改为 scriptTask 或 serviceTask",
    "formData": "表单请写在 forms/ 下，用 formKey 引用",
    "assignee": "请用泳道或任务的属性 role、scope",
    "candidateUsers": "请用泳道或任务的属性 role、scope",
    "candidateGroups": "请用泳道或任务的属性 role、scope",
    "dueDate": "请用任务的属性 due",
}


def ensure_in_dialect(node, file: str) -> None:
    """Refuses whatever stands in or below a process and is not part of the dialect. Raises EngineError."""
    _, tag = split_tag(node)
    _ensure_id(node, tag, file)
    _ensure_attributes(node, tag, file)
    allowed = CHILDREN.get(tag)
    for child in node:
        namespace, name = split_tag(child)
        if namespace == BPMN and name == "extensionElements":
            _ensure_extensions(node, child, tag, file)
        elif namespace == BPMN and allowed is not None:
            if name not in allowed | _ANYWHERE:
                raise _refused(child, file, name, allowed)
            if name in CHILDREN or name in NODES:
                ensure_in_dialect(child, file)


def _refused(node, file: str, name: str, known) -> EngineError:
    owner = node
    while split_tag(owner)[1] not in _OWNERS and split_tag(owner.getparent())[1] not in ("process", "subProcess"):
        owner = owner.getparent()
    return EngineError(f"不能使用 {name}", file=file, element=owner.get("id") or "", element_name=owner.get("name") or "",
                       hint=_HINTS.get(name) or near(name, known))


def _ensure_id(node, tag: str, file: str) -> None:
    found = node.get("id") or ""
    if tag in NODES and found in ("", "Start", "End"):
        raise EngineError(f"元素的 id 不能是“{found}”", file=file, element=found, element_name=node.get("name") or "")
    if any(mark.isspace() or mark == "|" for mark in found):
        raise EngineError("元素的 id 不能含空白或“|”", file=file, element=found, element_name=node.get("name") or "")


def _ensure_attributes(node, tag: str, file: str) -> None:
    known = ATTRIBUTES.get(tag, frozenset())
    prefix = f"{{{CAMUNDA}}}"
    for name in node.attrib:
        if name.startswith(prefix) and name.removeprefix(prefix) not in known | _TEMPLATE:
            raise _refused(node, file, name.removeprefix(prefix), known)
    if tag == "subProcess" and node.get("triggeredByEvent") == "true":
        raise EngineError("不能使用事件子流程", file=file, element=node.get("id") or "", element_name=node.get("name") or "",
                          hint="请把消息和定时器作为边界事件画在任务上")


def _ensure_extensions(owner, extensions, tag: str, file: str) -> None:
    for child in extensions:
        namespace, name = split_tag(child)
        if namespace != CAMUNDA:
            continue
        if name not in _EXTENSIONS.get(tag, {"properties"}):
            raise _refused(owner, file, name, {"properties"})
        if name == "properties":
            for each in child:
                _ensure_property(owner, each, tag, file)


def _ensure_property(owner, node, tag: str, file: str) -> None:
    name, value = (node.get("name") or "").strip(), (node.get("value") or "").strip()
    known = PROPERTIES.get(tag, frozenset())
    place = {"file": file, "element": owner.get("id") or "", "element_name": owner.get("name") or ""}
    if name not in known:
        raise EngineError(f"{tag} 没有属性“{name}”", **place, hint=near(name, known))
    if value and value not in _VALUES.get(name, {value}):
        raise EngineError(f"属性 {name} 不能是“{value}”", **place,
                          hint=near(value, _VALUES[name]) or "可用：" + "、".join(sorted(_VALUES[name])))
