"""What the attributes and properties of the diagram dialect are called, and how their values are read. A table, no logic."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

# How a value is read: an expression, a list of roles, of steps, a form, …; everything else is a plain text.
EXPRESSION, ROLES, STEPS, FORM, TIME, LONG, FLAG, REGISTERS, DECISION, RESULT = (
    "expression", "roles", "steps", "form", "time", "long", "flag", "registers", "decision", "result")

KINDS = {
    "userTask": _l("环节"), "serviceTask": _l("服务步骤"), "scriptTask": _l("计算步骤"), "businessRuleTask": _l("查表步骤"), "receiveTask": _l("等待"),
    "subProcess": _l("子流程"), "callActivity": _l("调用流程"), "startEvent": _l("开始"), "endEvent": _l("结束"), "boundaryEvent": _l("边界事件"),
    "intermediateCatchEvent": _l("等待"), "exclusiveGateway": _l("判断"), "parallelGateway": _l("并行"), "sequenceFlow": _l("去路"), "lane": _l("泳道"),
    "process": _l("流程"), "participant": _l("参与者"), "textAnnotation": _l("批注"), "association": _l("批注连线"), "group": _l("框"), "message": _l("消息"),
    "dataObjectReference": _l("数据"), "dataStoreReference": _l("数据"), "dataObject": _l("数据"), "messageFlow": _l("消息流"),
}

FACTS = {
    "name": (_l("名称"), ""), "documentation": (_l("说明"), LONG), "formKey": (_l("表单"), FORM), "topic": (_l("连接器"), ""), "type": (_l("服务类型"), ""),
    "decisionRef": (_l("决策表"), DECISION), "resultVariable": (_l("结果变量"), ""), "script": (_l("计算内容"), LONG), "scriptFormat": (_l("脚本语言"), ""),
    "conditionExpression": (_l("条件"), EXPRESSION), "timerEventDefinition/timeDate": (_l("到期时刻"), TIME), "timerEventDefinition/timeDuration": (_l("时长"), TIME),
    "timerEventDefinition/timeCycle": (_l("循环"), ""), "messageEventDefinition@messageRef": (_l("消息"), ""), "messageRef": (_l("消息"), ""),
    "terminateEventDefinition": (_l("立刻结束整个流程"), FLAG), "calledElement": (_l("调用的流程"), ""), "attachedToRef": (_l("附着的环节"), STEPS),
    "cancelActivity": (_l("是否打断"), ""), "default": (_l("默认去路"), "flow"), "isExecutable": (_l("可运行"), ""),
    "multiInstanceLoopCharacteristics": (_l("每人一份"), FLAG), "multiInstanceLoopCharacteristics@collection": (_l("每人一份的名单"), EXPRESSION),
    "multiInstanceLoopCharacteristics@elementVariable": (_l("成员变量"), ""), "multiInstanceLoopCharacteristics@isSequential": (_l("逐个办理"), ""),
    "multiInstanceLoopCharacteristics/completionCondition": (_l("提前完成的条件"), EXPRESSION), "text": (_l("文字"), LONG), "processRef": (_l("所画流程"), ""),
    "sourceRef": (_l("起点"), STEPS), "targetRef": (_l("终点"), STEPS), "modelerTemplate": (_l("元素模板"), ""), "modelerTemplateVersion": (_l("元素模板版本"), ""),
    "historyTimeToLive": (_l("历史保留"), ""), "versionTag": (_l("版本标签"), ""),
}
PROPERTIES = {
    "role": (_l("角色"), ROLES), "scope": (_l("范围"), EXPRESSION), "not": (_l("不得由办理过这些环节的人办理"), STEPS), "stage": (_l("所属阶段"), ""),
    "due": (_l("办理期限"), TIME), "edit": (_l("退回后可改"), ""), "claim": (_l("占用"), EXPRESSION), "claim_rule": (_l("占用的规定"), LONG),
    "barred_by": (_l("限制台账"), REGISTERS), "bar_key": (_l("限制依据"), EXPRESSION), "discreet": (_l("对发起人不显示"), ""), "gather": (_l("逐人收集"), EXPRESSION),
    "gather_into": (_l("收集到的变量"), ""), "reason": (_l("原因"), ""), "marks": (_l("标注"), ""), "confirm": (_l("按下前的提示"), LONG), "when": (_l("出现条件"), EXPRESSION),
    "style": (_l("按钮样式"), ""), "label": (_l("按钮文字"), ""), "drops_drafts": (_l("清除暂存"), ""), "frees_claim": (_l("让出占用"), ""), "result": (_l("办理结果"), RESULT),
    "tone": (_l("结果性质"), ""), "casePrefix": (_l("流水号前三位"), ""), "stages": (_l("阶段"), LONG), "starters": (_l("可发起的角色"), ROLES), "summary": (_l("摘要"), EXPRESSION),
    "title": (_l("事项名称"), ""), "dates": (_l("重要日期"), EXPRESSION), "blind": (_l("盲评条件"), EXPRESSION), "blind_label": (_l("盲评称呼"), EXPRESSION),
    "group_by": (_l("汇总依据"), EXPRESSION), "group_under": (_l("汇总的上级"), EXPRESSION), "group_owner": (_l("汇总的归属"), EXPRESSION), "overseen_by": (_l("看全部汇总的角色"), ROLES),
    "certificates_kept_by": (_l("保管证书的角色"), ROLES), "tell_to": (_l("通知谁"), EXPRESSION), "tell_title": (_l("通知标题"), EXPRESSION),
    "tell_text": (_l("通知内容"), EXPRESSION), "tell_kind": (_l("通知类别"), ""),
}
VALUES = {
    "required": _l("必填"), "optional": _l("可填"), "none": _l("不带"), "all": _l("全部"), "marked": _l("只改被标注的"), "true": _l("是"), "false": _l("否"),
    "primary": _l("主要"), "secondary": _l("次要"), "danger": _l("红色"), "good": _l("通过"), "bad": _l("不通过"), "neutral": _l("其他"),
}
# What the dialect allows no other value for: nobody needs to read it of a step that is new or gone.
UNTOLD = frozenset({("type", "external"), ("scriptFormat", "cel"), ("isExecutable", "true")})
WITH_VALUES = frozenset("reason marks edit style tone drops_drafts frees_claim discreet".split()) | {
    "cancelActivity", "isExecutable", "multiInstanceLoopCharacteristics@isSequential"}


def known(key: str) -> tuple[str, str]:
    """(label, how its value is read) of a fact; a name that nobody here knows is its own label."""
    plain = key.partition(" #")[0]
    if plain.startswith("property:"):
        name = plain.partition(":")[2]
        label, kind = PROPERTIES.get(name, (name, ""))
        return str(label), kind
    if plain.startswith(("input:", "output:")):
        direction, _colon, name = plain.partition(":")
        label = _l("送出的参数") if direction == "input" else _l("取回的结果")
        return f"{label} {name}", EXPRESSION
    label, kind = FACTS.get(plain, (plain, ""))
    return str(label), kind
