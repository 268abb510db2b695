"""Small diagrams for the tests of the engine, written as Python calls: no diagram interchange, defaults for the rest."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape, quoteattr

from app import engine

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">')
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=timezone.utc)   # a Monday, 12:00 in Shanghai


def attributes(**given) -> str:
    names = {"form": "camunda:formKey", "collection": "camunda:collection", "variable": "camunda:elementVariable"}
    return "".join(f" {names.get(name, name)}={quoteattr(value)}" for name, value in given.items() if value is not None)


def properties(given: dict | None, inner: str = "") -> str:
    if not given and not inner:
        return ""
    each = "".join(f"<camunda:property name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in (given or {}).items())
    wrapped = f"<camunda:properties>{each}</camunda:properties>" if each else ""
    return f"<bpmn:extensionElements>{wrapped}{inner}</bpmn:extensionElements>"


def node(tag: str, id: str, *inner: str, props: dict | None = None, extension: str = "", **given) -> str:
    return f"<bpmn:{tag} id={quoteattr(id)}{attributes(**given)}>{properties(props, extension)}{''.join(inner)}</bpmn:{tag}>"


def begin(id: str = "begin", **given) -> str:
    return node("startEvent", id, **given)


def end(id: str = "done", terminate: bool = False, **given) -> str:
    return node("endEvent", id, "<bpmn:terminateEventDefinition/>" if terminate else "", **given)


def user(id: str, *inner: str, **given) -> str:
    return node("userTask", id, *inner, **given)


def script(id: str, text: str, *inner: str) -> str:
    return node("scriptTask", id, *inner, f"<bpmn:script>{escape(text)}</bpmn:script>", scriptFormat="cel")


def service(id: str, topic: str, *inner: str, inputs: dict | None = None, outputs: dict | None = None) -> str:
    texts = [(kind, name, text) for kind, pairs in (("inputParameter", inputs), ("outputParameter", outputs))
             for name, text in (pairs or {}).items()]
    parameters = "".join(f"<camunda:{kind} name={quoteattr(name)}>{escape(text)}</camunda:{kind}>" for kind, name, text in texts)
    extension = f"<camunda:inputOutput>{parameters}</camunda:inputOutput>" if parameters else ""
    return node("serviceTask", id, *inner, extension=extension, **{"camunda:type": "external", "camunda:topic": topic})


def rule(id: str, decision: str, variable: str, *inner: str) -> str:
    return node("businessRuleTask", id, *inner, **{"camunda:decisionRef": decision, "camunda:resultVariable": variable})


def receive(id: str, message: str, *inner: str, **given) -> str:
    return node("receiveTask", id, *inner, messageRef=f"m_{message}", **given)


def xor(id: str, **given) -> str:
    return node("exclusiveGateway", id, **given)


def both(id: str) -> str:
    return node("parallelGateway", id)


def call(id: str, process: str, *inner: str) -> str:
    return node("callActivity", id, *inner, calledElement=process)


def sub(id: str, *inner: str) -> str:
    return node("subProcess", id, *inner)


def many(collection: str, *, sequential: bool = False, until: str = "") -> str:
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    given = attributes(collection=collection, variable="item", isSequential="true" if sequential else None)
    return f"<bpmn:multiInstanceLoopCharacteristics{given}>{condition}</bpmn:multiInstanceLoopCharacteristics>"


def on_message(id: str, on: str, message: str, *, interrupting: bool = True, **given) -> str:
    return node("boundaryEvent", id, f'<bpmn:messageEventDefinition messageRef="m_{message}"/>', attachedToRef=on,
                cancelActivity=None if interrupting else "false", **given)


def timer_definition(duration: str | None = None, date: str | None = None) -> str:
    tag, text = ("timeDuration", duration) if duration is not None else ("timeDate", date)
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"


def on_timer(id: str, on: str, duration: str | None = None, *, date: str | None = None, interrupting: bool = True) -> str:
    return node("boundaryEvent", id, timer_definition(duration, date), attachedToRef=on,
                cancelActivity=None if interrupting else "false")


def wait(id: str, duration: str | None = None, *, date: str | None = None) -> str:
    return node("intermediateCatchEvent", id, timer_definition(duration, date))


def wait_message(id: str, message: str, **given) -> str:
    return node("intermediateCatchEvent", id, f'<bpmn:messageEventDefinition messageRef="m_{message}"/>', **given)


def flow(source: str, target: str, condition: str = "", *, name: str = "", props: dict | None = None) -> str:
    asked = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    id = f"{source}_{target}" + (f"_{name}" if name else "")
    return node("sequenceFlow", id, asked, sourceRef=source, targetRef=target, name=name or None, props=props)


def path(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in zip(ids, ids[1:]))


def process(id: str, *inner: str, props: dict | None = None, **given) -> str:
    return node("process", id, *inner, props=props, isExecutable="true", **given)


def diagram(*processes: str) -> bytes:
    """A file; it declares a message for every reference `m_<name>` in it."""
    text = "".join(processes)
    names = sorted({part.split('"')[0] for part in text.split('messageRef="m_')[1:]})
    messages = "".join(f'<bpmn:message id="m_{name}" name="{name}"/>' for name in names)
    return f"{HEAD}{messages}{text}</bpmn:definitions>".encode()


def table(id: str, inputs: dict, outputs: list, rows: list, policy: str = "UNIQUE", name: str = "Fee") -> bytes:
    """A decision table: label -> expression, output names, rows of cells."""
    def text(cell: str) -> str:
        return f"<text>{escape(cell)}</text>"
    head = "".join(f"<input label={quoteattr(label)}><inputExpression>{text(each)}</inputExpression></input>" for label, each in inputs.items())
    head += "".join(f"<output name={quoteattr(each)}/>" for each in outputs)
    body = "".join("<rule>" + "".join(
        f"<{'inputEntry' if place < len(inputs) else 'outputEntry'}>{text(cell)}</{'inputEntry' if place < len(inputs) else 'outputEntry'}>"
        for place, cell in enumerate(row)) + "</rule>" for row in rows)
    return (f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="{id}" name={quoteattr(name)}>'
            f'<decisionTable hitPolicy="{policy}">{head}{body}</decisionTable></decision></definitions>').encode()


def load(*inner: str, files: dict | None = None, id: str = "p", **given) -> engine.Process:
    return engine.load_process(id, {"p.bpmn": diagram(process(id, *inner, **given)), **(files or {})})


def facts(seed="1", *, hours: float = 0, **given) -> engine.Facts:
    return engine.Facts(now=NOON + timedelta(hours=hours), seed=str(seed), **given)


class Run:
    """A case that is restored before every step; names elements and messages instead of ids."""

    def __init__(self, of: engine.Process, **given):
        self.process, self.count, self.trail = of, 0, []
        self._took(engine.start(of, self.facts(**given)))

    def facts(self, **given) -> engine.Facts:
        self.count += 1
        return facts(self.count, **given)

    def _took(self, step: engine.Step) -> "Run":
        self.step = step
        self.trail.extend(step.trail)
        return self

    def task(self, element: str, item=None) -> engine.OpenTask:
        return next(task for task in self.step.open_tasks if task.element == element and item in (None, task.item))

    def do(self, element: str, outcome: str = "submit", item=None, **given) -> "Run":
        return self._took(engine.complete(self.process, self.step.state, self.task(element, item).id, outcome, self.facts(**given)))

    def send(self, message: str, payload=None, subscription: str | None = None, **given) -> "Run":
        return self._took(engine.send(self.process, self.step.state, message, payload, self.facts(**given), subscription))

    def answer(self, request: engine.Request, result=None, **given) -> "Run":
        return self._took(engine.answer(self.process, self.step.state, request.id, result, self.facts(**given)))

    def ring(self, **given) -> "Run":
        return self._took(engine.fire_timers(self.process, self.step.state, self.facts(**given)))

    @property
    def open(self) -> list[str]:
        return [task.element for task in self.step.open_tasks]

    @property
    def messages(self) -> list[str]:
        return [each.message for each in self.step.subscriptions]

    @property
    def ended(self) -> str | None:
        return self.step.ended and self.step.ended.element

    def walked(self, kind: str) -> list[str]:
        return [each.id for each in self.trail if each.kind == kind]
