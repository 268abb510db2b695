"""Activities and events: forms, roles, timers, messages, services, scripts, rules, calls, several instances."""
from __future__ import annotations

import re
from datetime import datetime

from app.expressions import ExpressionError, parse_assignments

from ..diagrams import BPMN, CAMUNDA, Diagram, Element, Process, local
from ..durations import parse_duration
from ..errors import near_miss
from ..scenario import SHANGHAI
from .expressions import Place, check_expression, check_names
from .knowledge import Knowledge, message_of
from .processes import check_pool, check_properties, check_role
from .roots import roots_at
from .timers import fault_of

EVENTS = {
    "startEvent": ("",), "endEvent": ("", "terminate"), "intermediateCatchEvent": ("message", "timer"),
    "boundaryEvent": ("message", "timer"),
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


class ActivityCheck:
    """The checks of one element; each kind has a method of its name."""

    def __init__(self, known: Knowledge, diagram: Diagram, process: Process, element: Element, now: datetime):
        self.known, self.diagram, self.process, self.element, self.now = known, diagram, process, element, now
        self.what = f"“{element.name or element.id}”"
        self.roots = roots_at(element)

    def run(self) -> None:
        element = self.element
        check_properties(self.known, self.process.path, element.id, element.kind, element.properties)
        if element.kind in EVENTS:
            self.event()
        if element.xml.find(f"{BPMN}standardLoopCharacteristics") is not None:
            self.tell("multi-instance", f"{self.what}：不支持循环标记，请画回线")
        self.several()
        self.stage()
        method = getattr(self, element.kind, None)
        if method:
            method()

    def tell(self, code: str, message: str) -> None:
        self.known.findings.add(code, self.process.path, self.element.id, message)

    def expression(self, text: str | None, what: str, roots=frozenset()):
        place = Place(self.process.path, self.element.id, f"{self.what}的{what}", self.roots | roots)
        return check_expression(self.known, text, place)

    def attribute(self, name: str) -> str:
        return self.element.xml.get(f"{CAMUNDA}{name}", "")

    # -- who, what, where

    def form(self, needed: bool) -> None:
        key, forms = self.attribute("formKey"), self.known.forms
        if key and key not in forms and key not in self.known.forms_broken:
            self.tell("unknown-form", f"{self.what}：没有表单“{key}”{near_miss(key, forms)}")
        if needed and not key:
            self.tell("task-without-form", f"{self.what}没有表单（camunda:formKey）")

    def stage(self) -> None:
        stage = self.element.properties.get("stage")
        if stage and stage not in self.process.stages:
            self.tell("unknown-stage", f"{self.what}：流程没有阶段“{stage}”{near_miss(stage, self.process.stages)}")

    def role(self) -> None:
        properties = self.element.properties
        if role := properties.get("role"):
            check_role(self.known, self.process.path, self.element.id, role, self.what)
        check_pool(self.known, self.process, self.element.id, properties, self.what, self.roots)

    def userTask(self) -> None:
        self.form(needed=True)
        self.role()
        lane = self.element.lane
        if not self.element.properties.get("role") and not (lane and lane.properties.get("role")):
            self.tell("task-without-role", f"{self.what}没有角色：请放进泳道，或写属性 role")
        self.expression(self.element.properties.get("due"), "期限 due")
        self.expression(self.element.properties.get("claim"), "占用 claim")
        self.bar()

    def startEvent(self) -> None:
        self.form(needed=False)
        if role := self.element.properties.get("role"):
            for code in role.split(","):
                check_role(self.known, self.process.path, self.element.id, code.strip(), self.what)
        self.bar()

    def bar(self) -> None:
        """`barred_by` names registers that say whom they bar; `bar_key` is what their entries are found by."""
        properties, registers = self.element.properties, self.known.registers
        names = [name.strip() for name in properties.get("barred_by", "").split(",") if name.strip()]
        for name in names:
            if name not in registers:
                self.tell("unknown-register", f"{self.what}：没有台账“{name}”{near_miss(name, registers)}")
            elif registers[name].bars is None:
                self.tell("bad-property", f"{self.what}：台账“{name}”没有写 bars，不能用来限制办理")
        if bool(names) != bool(properties.get("bar_key")):
            self.tell("bad-property", f"{self.what}：barred_by 和 bar_key 须一起写")
        place = Place(self.process.path, self.element.id, f"{self.what}的限制 bar_key", self.roots, account=True)
        check_expression(self.known, properties.get("bar_key"), place)

    # -- events

    def event(self) -> None:
        element = self.element
        count = sum(local(child).endswith("EventDefinition") for child in element.xml)
        if count > 1 or element.event not in EVENTS[element.kind]:
            allowed = "、".join(kind or "无" for kind in EVENTS[element.kind])
            self.tell("bad-event", f"{self.what}：{element.kind} 只能是{allowed}，而不是{element.event or '无'}")
        if element.event == "timer":
            self.timer()
        if element.event == "message":
            self.message()

    def message(self) -> None:
        name = message_of(self.element, self.diagram)
        if not name:
            self.tell("message-without-name", f"{self.what}等待的消息没有名称")
        self.role()
        self.expression(self.element.properties.get("when"), "when")

    receiveTask = message

    def boundaryEvent(self) -> None:
        element = self.element
        if element.attached_to not in element.scope.elements:
            self.tell("unknown-element", f"{self.what}所附的元素“{element.attached_to}”不存在")
        if element.event == "timer" and set(element.properties) & {"role", "scope", "when"}:
            self.tell("bad-property", f"{self.what}：定时器没有办理人")

    def timer(self) -> None:
        definition = self.element.xml.find(f"{BPMN}timerEventDefinition")
        kinds = [child for child in definition if local(child).startswith("time")]
        if len(kinds) != 1 or not (kinds[0].text or "").strip():
            return self.tell("timer", f"{self.what}应写 timeDate 或 timeDuration 其中一个")
        text = kinds[0].text.strip()
        kind = local(kinds[0])
        if kind == "timeCycle" or re.match(r"R\d*/", text):
            return self.tell("timer-cycle", f"{self.what}不能用循环定时器（{text}），请画几个定时器")
        return self.date(text) if kind == "timeDate" else self.duration(text)

    def date(self, text: str) -> None:
        if not _DATE.fullmatch(text):
            return self.moment(text, "时间", "timeDate")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return self.tell("timer", f"{self.what}：“{text}”不是日期或时间")
        if (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)) < self.now:
            self.tell("timer-past", f"{self.what}：固定时间 {text} 已经过去，到达时会立即触发")

    def duration(self, text: str) -> None:
        literal = text.strip("\"'")
        if re.match(r"[-+]?P[-\dT]", literal):
            self.literal_duration(literal)
        else:
            self.moment(text, "时长", "timeDuration")

    def moment(self, text: str, what: str, kind: str) -> None:
        expression = self.expression(text, what)
        why = fault_of(self.known, expression, kind) if expression else ""
        if why:
            self.tell("timer-no-date", f"{self.what}的{what}“{text}”得不出{'日期或时刻' if kind == 'timeDate' else '时长'}：{why}")

    def literal_duration(self, text: str) -> None:
        if "-" in text:
            return self.tell("timer-negative", f"{self.what}：时长 {text} 为负")
        try:
            duration = parse_duration(text)
        except ValueError as cause:
            return self.tell("timer", f"{self.what}：{cause}")
        if not duration.months and not duration.rest:
            self.tell("timer-negative", f"{self.what}：时长 {text} 为零")

    # -- work without people

    def scriptTask(self) -> None:
        if self.element.xml.get("scriptFormat") != "cel":
            self.tell("script-format", f"{self.what}：scriptFormat 应是 cel，而不是“{self.element.xml.get('scriptFormat', '')}”")
        script = self.element.xml.findtext(f"{BPMN}script") or ""
        try:
            lines = parse_assignments(script)
        except ExpressionError as error:
            return self.tell(error.code, f"{self.what}的脚本：{error.message}")
        if not lines:
            self.tell("expression", f"{self.what}的脚本是空的")
        for target, expression in lines:
            place = Place(self.process.path, self.element.id, f"{self.what}的脚本 {target}", self.roots)
            check_names(self.known, expression, place)

    def serviceTask(self) -> None:
        topic = self.attribute("topic")
        if self.attribute("type") != "external" or not topic:
            self.tell("service-without-topic", f"{self.what}应有 camunda:type=\"external\" 和 camunda:topic")
        elif self.known.topics is not None and topic not in self.known.topics:
            self.tell("unknown-topic", f"{self.what}：没有主题“{topic}”{near_miss(topic, self.known.topics)}")
        path = f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}"
        for kind, roots in (("inputParameter", frozenset()), ("outputParameter", frozenset({"result"}))):
            for node in self.element.xml.findall(path + kind):
                self.parameter(node, roots)

    def parameter(self, node, roots: frozenset[str]) -> None:
        name = node.get("name", "")
        if not NAME.fullmatch(name):
            self.tell("bad-property", f"{self.what}：参数名“{name}”不能使用")
        if len(node):
            return self.tell("foreign-code", f"{self.what}的参数 {name}：只能写 CEL 表达式，不能嵌套 {local(node[0])}")
        if not (node.text or "").strip():
            return self.tell("expression", f"{self.what}的参数 {name} 是空的")
        return self.expression(node.text.strip(), f"参数 {name}", roots)

    def businessRuleTask(self) -> None:
        decision, variable = self.attribute("decisionRef"), self.attribute("resultVariable")
        if decision not in self.known.decisions:
            self.tell("unknown-decision", f"{self.what}：没有决策表“{decision}”{near_miss(decision, self.known.decisions)}")
        if not NAME.fullmatch(variable):
            self.tell("bad-property", f"{self.what}应写 camunda:resultVariable，只含字母、数字和下划线")

    def callActivity(self) -> None:
        called = self.element.xml.get("calledElement", "")
        ids = [process.id for process in self.known.processes]
        if called not in ids:
            self.tell("unknown-process", f"{self.what}：没有流程“{called}”{near_miss(called, ids)}")

    def several(self) -> None:
        loop = self.element.xml.find(f"{BPMN}multiInstanceLoopCharacteristics")
        self.gathering(loop is not None)
        if loop is None:
            return
        collection = loop.get(f"{CAMUNDA}collection", "")
        if not collection or loop.find(f"{BPMN}loopCardinality") is not None:
            self.tell("multi-instance", f"{self.what}：多实例应写 camunda:collection，不能写次数")
        if loop.get(f"{CAMUNDA}elementVariable", "item") != "item":
            self.tell("multi-instance", f"{self.what}：camunda:elementVariable 应是 item")
        # The list is asked for before there is a member.
        outside = roots_at(self.element.scope.owner)
        place = Place(self.process.path, self.element.id, f"{self.what}的多实例列表", outside)
        check_expression(self.known, collection, place)
        completion = loop.find(f"{BPMN}completionCondition")
        if completion is not None:
            self.expression((completion.text or "").strip(), "完成条件")

    def gathering(self, repeated: bool) -> None:
        gather, into = (self.element.properties.get(name) for name in ("gather", "gather_into"))
        if not gather and not into:
            return
        if not repeated:
            self.tell("multi-instance", f"{self.what}：gather、gather_into 只用于多实例任务")
        if not gather or not NAME.fullmatch(into or ""):
            self.tell("bad-property", f"{self.what}：gather 与 gather_into 要一起写，gather_into 只含字母、数字和下划线")
        self.expression(gather, "gather")


def check_activities(known: Knowledge, now: datetime) -> None:
    for diagram in known.diagrams:
        for process in diagram.processes:
            for element in process.walk():
                ActivityCheck(known, diagram, process, element, now).run()
    _check_calls(known)


def _check_calls(known: Knowledge) -> None:
    calls = {process.id: {element.xml.get("calledElement", "") for element in process.walk() if element.kind == "callActivity"}
             for process in known.processes}
    for process in known.processes:
        reached, waiting = set(), list(calls[process.id])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += calls.get(name, ())
        if process.id in reached:
            known.findings.add("call-cycle", process.path, process.id, f"流程“{process.id}”直接或间接调用自己")
