"""Every finding of the linter: its code, how severe it is, and what it means. Codes are stable: scripts match on them."""
from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One finding. `element` is an element id, form field or file line, "" when it is the whole file."""
    code: str
    severity: str
    file: str
    element: str
    message: str


CODES: dict[str, tuple[str, str]] = {
    # files
    "unsafe-xml": (ERROR, "XML 含 DOCTYPE、实体、XInclude，或编码、大小、嵌套不合规定"),
    "bad-xml": (ERROR, "不是合法的 XML、BPMN 或 DMN"),
    "definition": (ERROR, "表单、角色、报表、演示或情景文件写法有误"),
    "unknown-key": (ERROR, "文件中有不认识的属性"),
    "missing-key": (ERROR, "缺少必写的属性"),
    "duplicate-key": (ERROR, "同一个键、字段或代码写了两次"),
    "unknown-file": (WARNING, "文件不属于任何一种定义"),
    # expressions
    "expression": (ERROR, "不是合法的 CEL 表达式"),
    "unknown-function": (ERROR, "没有这个函数"),
    "unknown-root": (ERROR, "没有这个词，或此处不能使用"),
    "unknown-member": (ERROR, "case、task、actor 没有这个成员"),
    "unknown-variable": (WARNING, "没有任何环节写入这个变量"),
    "unknown-party": (WARNING, "没有任何表单或脚本指定这个当事方"),
    "value-not-set": (WARNING, "走某些路到这里时，变量还没有值"),
    "form-not-filled": (WARNING, "走某些路到这里时，表单还没有填写"),
    "size-of-text": (ERROR, "size() 对文字数的是字节，应使用 length()"),
    # elements
    "unknown-kind": (ERROR, "流程图中有方言之外的元素"),
    "bad-id": (ERROR, "元素标识不能使用"),
    "duplicate-id": (ERROR, "元素标识重复"),
    "no-process": (ERROR, "文件中没有流程"),
    "no-start": (ERROR, "没有开始事件"),
    "several-starts": (ERROR, "有几个开始事件"),
    "no-end": (ERROR, "没有结束事件"),
    "unreachable": (ERROR, "从开始事件到不了这个元素"),
    "dead-end": (ERROR, "元素没有去向"),
    "endless-loop": (ERROR, "循环中没有任何等待，流程会无限循环"),
    "no-way-out": (ERROR, "绕成一圈，没有路通向结束"),
    "join-never-complete": (ERROR, "并行网关等不齐：它的进线从互斥网关分出"),
    "not-drawn": (WARNING, "元素没有图形，打开流程图时看不到"),
    "foreign-code": (ERROR, "流程图中不允许程序代码、监听器和类名"),
    "unknown-attribute": (ERROR, "不支持这个 camunda 属性"),
    "unknown-property": (ERROR, "元素没有这个属性"),
    "bad-property": (ERROR, "属性的值不合规定"),
    "bad-event": (ERROR, "事件的种类不在方言之内"),
    "unknown-element": (ERROR, "引用的元素不存在"),
    "unknown-stage": (ERROR, "阶段不在流程的 stages 里"),
    # flows
    "dangling-flow": (ERROR, "连线的起点或终点不存在"),
    "flow-misplaced": (ERROR, "连线从结束事件出发，或通向开始事件、边界事件"),
    "flow-without-condition": (ERROR, "网关的出线没有条件，也不是默认"),
    "no-default-flow": (ERROR, "网关可能无路可走：缺少默认出线"),
    "condition-not-allowed": (ERROR, "只有互斥网关的出线可以有条件"),
    "several-flows-out": (ERROR, "只有网关可以有几条出线"),
    "same-outcome": (ERROR, "两条出线的办理结果相同"),
    "unknown-outcome": (ERROR, "没有按钮给出这个办理结果"),
    "way-without-button": (ERROR, "任务后的出线没有按钮，永远走不到"),
    "gateway-after-two-tasks": (ERROR, "办理结果的网关只能由一个用户任务到达"),
    # activities
    "task-without-form": (ERROR, "用户任务没有表单"),
    "unknown-form": (ERROR, "没有这张表单"),
    "unknown-field": (ERROR, "表单没有这个字段"),
    "task-without-role": (ERROR, "用户任务没有角色：泳道和任务都没有写 role"),
    "role-nobody-holds": (WARNING, "还没有人担任泳道的角色"),
    "lane-without-role": (ERROR, "泳道没有角色"),
    "unknown-role": (ERROR, "roles.yml 里没有这个角色"),
    "element-in-no-lane": (WARNING, "元素不在任何泳道里"),
    "timer": (ERROR, "定时器的写法不合规定"),
    "timer-cycle": (ERROR, "不允许循环定时器"),
    "timer-negative": (ERROR, "时长不能为负或为零"),
    "timer-past": (WARNING, "固定时间已经过去"),
    "timer-no-date": (ERROR, "定时器的表达式得不出日期或时长"),
    "message-without-name": (ERROR, "消息没有名称"),
    "message-nobody-sends": (WARNING, "没有人、也没有环节送出所等的消息"),
    "message-nobody-awaits": (WARNING, "没有环节等这个消息"),
    "unknown-process": (ERROR, "没有这个流程"),
    "call-cycle": (ERROR, "流程互相调用，没有尽头"),
    "unknown-topic": (ERROR, "没有这个主题的连接器"),
    "service-without-topic": (ERROR, "服务任务没有主题"),
    "script-format": (ERROR, "脚本只能是 CEL 赋值，scriptFormat=\"cel\""),
    "multi-instance": (ERROR, "多实例的写法不合规定"),
    # decision tables
    "unknown-decision": (ERROR, "没有这张决策表"),
    "hit-policy": (ERROR, "不支持的命中策略"),
    "rule-width": (ERROR, "规则的格数与列数不符"),
    "decision": (ERROR, "决策表的写法不合规定"),
    "table-overlap": (ERROR, "决策表只能有一行符合，却有输入让两行同时符合"),
    "table-gap": (WARNING, "有的输入没有一行符合"),
    "table-row-unreached": (WARNING, "决策表有一行永远轮不到"),
    "table-test": (ERROR, "决策表的测试行没有得出预期的结果"),
    # forms and reports
    "reserved-name": (ERROR, "字段名在表达式中已有含义，或不能作名称"),
    "unknown-type": (ERROR, "没有这种字段类型"),
    "unknown-code-table": (ERROR, "没有这张代码表"),
    "unknown-register": (ERROR, "没有这个台账"),
    "register-in-use": (ERROR, "台账里有记录，不能去掉"),
    "no-sample-file": (ERROR, "没有这个范本文件"),
    "personal-without-class": (WARNING, "个人信息字段没有写 personal，不会被遮盖"),
    "unused-form": (WARNING, "没有任何环节使用这张表单"),
    "report-without-template": (ERROR, "报表没有模板文件"),
    "report-syntax": (ERROR, "报表模板的语法有误"),
    "list-report": (ERROR, "ask、offered_at、shows 只用于列出多个事项的报表"),
    "unused-template": (WARNING, "模板没有写进 reports.yml"),
    # scenarios
    "unknown-person": (ERROR, "情景里没有这个人"),
    "unknown-sample": (ERROR, "没有 answers_from 所指的文件"),
    "unknown-message": (ERROR, "流程图里没有这个消息"),
    "unknown-case": (ERROR, "情景里没有这件事项"),
    "unknown-placeholder": (ERROR, "情景里的 ${…} 不知道是什么"),
}


def finding_of(code: str, file: str, element: str, message: str) -> Finding:
    """A finding whose severity follows from its code."""
    return Finding(code, CODES.get(code, (ERROR, ""))[0], file, element, message)


class Findings(list):
    """Findings being gathered; severity follows from the code."""

    def add(self, code: str, file: str, element: str, message: str) -> None:
        finding = finding_of(code, file, element, message)
        if finding not in self:
            self.append(finding)
