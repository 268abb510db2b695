"""Outcomes: every word that somebody asks for must be one that a button gives, and every way behind buttons needs one."""
from __future__ import annotations

from app.expressions import ExpressionError, compared_words, compile_expression

from ..diagrams import CAMUNDA, Element, Flow, Process
from ..errors import near_miss
from ..form import Form
from .knowledge import Knowledge

SUBMIT = "submit"


def outcomes_of(task: Element) -> list[str]:
    """The outcomes that the buttons of a user task give, in the order of the diagram."""
    gateway = gateway_behind(task)
    words = [word for flow in gateway.outgoing for word in _asked(flow)] if gateway else []
    return list(dict.fromkeys(words)) or [SUBMIT]


def gateway_behind(task: Element) -> Element | None:
    """The exclusive gateway that a task leads to."""
    target = task.scope.elements.get(task.outgoing[0].target) if task.outgoing else None
    return target if target is not None and target.kind == "exclusiveGateway" else None


def _asked(flow: Flow) -> list[str]:
    try:
        words = compile_expression(flow.condition).literals_of("outcome") if flow.condition else ()
    except ExpressionError:
        return []
    return sorted(word for word in words if isinstance(word, str))


def check_outcomes(known: Knowledge) -> None:
    by_form: dict[str, set[str]] = {}
    for process in known.processes:
        for element in process.walk():
            if element.kind == "userTask":
                by_form.setdefault(element.xml.get(f"{CAMUNDA}formKey", ""), set()).update(outcomes_of(element))
                _check_unasked(known, process, element)
            if element.kind == "exclusiveGateway":
                _check_gateway(known, process, element)
    for form in known.forms.values():
        if form.key in by_form:
            _check_form(known, form, by_form[form.key])


def _check_unasked(known: Knowledge, process: Process, task: Element) -> None:
    """A way behind buttons that asks for no outcome has no button: nobody can ever take it."""
    gateway = gateway_behind(task)
    if gateway is None or len(gateway.incoming) > 1 or not any(map(_asked, gateway.outgoing)):
        return
    if any(flow.condition and not _only_outcome(flow.condition) for flow in gateway.outgoing):
        return
    for flow in gateway.outgoing:
        if not flow.condition:
            known.findings.add("way-without-button", process.path, flow.id,
                               f"连线“{flow.name or flow.id}”没有按钮：“{task.name or task.id}”的其他出线各有办理结果，这条线永远走不到。"
                               "请写条件 outcome == \"词\"，或删去这条线")


def _only_outcome(text: str) -> bool:
    try:
        return compile_expression(text).paths == {"outcome"}
    except ExpressionError:
        return False


def _check_gateway(known: Knowledge, process: Process, gateway: Element) -> None:
    asked = {flow: _asked(flow) for flow in gateway.outgoing}
    if not any(asked.values()):
        return
    given = _given_before(known, gateway)
    for flow, words in asked.items():
        for word in words:
            if word not in given:
                known.findings.add("unknown-outcome", process.path, flow.id,
                                   f"连线“{flow.name or flow.id}”要办理结果“{word}”，但到这个网关之前没有按钮给出它{near_miss(word, given)}")


def _given_before(known: Knowledge, gateway: Element) -> set[str]:
    """The outcomes of the tasks that come last before a gateway, in called processes and sub-processes too."""
    found: set[str] = set()
    seen, waiting = set(), [gateway]
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        if element.kind == "userTask":
            found.update(outcomes_of(element))
            continue
        waiting += _sources(known, element)
    return found


def _sources(known: Knowledge, element: Element) -> list[Element]:
    """Where the last outcome may come from: what leads here, what a boundary event sits on, what runs inside."""
    scope = element.scope
    names = [flow.source for flow in element.incoming] + ([element.attached_to] if element.kind == "boundaryEvent" else [])
    found = [scope.elements[name] for name in names if name in scope.elements]
    found += [source for name in names if name in scope.elements for source in _ends_inside(known, scope.elements[name])]
    if element.kind == "startEvent" and scope.owner is not None:
        found.append(scope.owner)
    elif element.kind == "startEvent":
        found += [caller for process in known.processes for caller in process.walk()
                  if caller.kind == "callActivity" and scope.process and caller.xml.get("calledElement") == scope.process.id]
    return found


def _ends_inside(known: Knowledge, element: Element) -> list[Element]:
    called = element.xml.get("calledElement", "") if element.kind == "callActivity" else ""
    scopes = [element.inner] if element.inner else [process.scope for process in known.processes if called and process.id == called]
    return [inner for scope in scopes for inner in scope.elements.values() if inner.kind == "endEvent"]


def _check_form(known: Knowledge, form: Form, given: set[str]) -> None:
    for section in form.sections:
        _check_texts(known, form, section.key, (section.shown_when,), given)
        for field in section.fields:
            for each in (field, *field.all_columns()):
                _check_texts(known, form, each.key, texts_of(each), given)


def texts_of(field) -> list[str]:
    """The conditions of a field that may ask for the outcome."""
    rules = (rule.rule for name in ("valid_when", "warn_when", "row_valid_when", "row_warn_when") for rule in getattr(field, name))
    return list(filter(None, (field.required_when, field.shown_when, field.default, field.generated, *rules)))


def _check_texts(known: Knowledge, form: Form, key: str, texts, given: set[str]) -> None:
    for word in sorted({word for text in texts if text for word in compared_words(text, "outcome")} - given - {""}):
        known.findings.add("unknown-outcome", form.path, key,
                           f"“{key}”的条件里有办理结果“{word}”，但使用这张表单的环节没有这个按钮{near_miss(word, given)}")
