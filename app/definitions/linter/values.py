"""Values that are read on some way before anything has set them. Told with the way, so that it can be followed in the diagram."""
from __future__ import annotations

from collections.abc import Iterator

from app.expressions import ExpressionError, needed_values, parse_assignments

from ..diagrams import BPMN, CAMUNDA, Element
from .dataflow import Dataflow, Node, given_by
from .knowledge import Knowledge

_LONGEST = 6        # elements of a way that are named
_AT_ONCE = ("scope", "due", "tell_to", "tell_title", "tell_text", "tell_kind")
_AFTERWARDS = ("claim", "bar_key", "gather", "when")
_PASSED_ON = ("gather", "tell_to")
_CODES = {"vars": ("value-not-set", "变量 {name} 还没有值"), "form": ("form-not-filled", "表单“{title}”还没有填写")}


def check_values(known: Knowledge) -> None:
    flow = Dataflow(known)
    told: set[tuple] = set()
    for node in flow.nodes.values():
        for element, text, there, what, passed_on in _reads(known, flow, node):
            for name in sorted((needed_values(text, passed_on) & flow.setters.keys()) - there):
                way = flow.way_without(node, name)
                if way and (node.process.path, element, name) not in told:
                    told.add((node.process.path, element, name))
                    _tell(known, node, element, name, what, way)


def _tell(known: Knowledge, node: Node, element: str, name: str, what: str, way: list[Node]) -> None:
    root, _, key = name.partition(".")
    code, missing = _CODES[root]
    title = known.forms[key].title if root == "form" and key in known.forms else key
    known.findings.add(code, node.process.path, element,
                       f"{what}要用 {name}，但{_way(way)}时，{missing.format(name=name, title=title)}。"
                       f"请在这条路上先给它一个值，或写成 coalesce({name}…, 替代的值)")


def _way(way: list[Node]) -> str:
    """“从甲经乙、丙到丁”: the tasks, events and gateways that say which way it is."""
    names = [f"“{node.element.name}”" for node in way[1:-1] if node.element.name]
    if len(names) > _LONGEST:
        names = [*names[:3], "……", *names[-2:]]
    begin, end = (f"“{node.element.name or node.element.id}”" for node in (way[0], way[-1]))
    if begin == end:
        return f"刚到{end}"
    return f"从{begin}经{'、'.join(names)}到{end}" if names else f"从{begin}直接到{end}"


def _reads(known: Knowledge, flow: Dataflow, node: Node) -> Iterator[tuple[str, str, frozenset[str], str, bool]]:
    """(element or flow, expression, what surely has a value there, where it stands, whether the result is only passed on) of everything around an element."""
    element, name = node.element, f"“{node.element.name or node.element.id}”"
    waits = element.kind in ("boundaryEvent", "intermediateCatchEvent", "receiveTask")
    for key, text in _properties(element).items():
        there = node.behind if key in _AFTERWARDS and not waits or waits and key.startswith("tell_") else node.before
        yield element.id, text, there, f"{name}的 {key} ", key in _PASSED_ON
    for text, there, what, passed_on in _work(known, node):
        yield element.id, text, there, f"{name}的{what}", passed_on
    for text, there, what, passed_on in _asked(known, flow, node):
        yield element.id, text, there, f"{name}的{what}", passed_on
    for way in element.outgoing:
        title = f"{name}之后的连线“{way.name or way.id}”的"
        for text, what in ((way.condition, "条件"), *((way.properties.get(key), f" {key} ") for key in ("when", "tell_to", "tell_title", "tell_text"))):
            if text:
                yield way.id, text, node.behind, title + what, False


def _properties(element: Element) -> dict[str, str]:
    own = {key: text for key, text in element.properties.items() if key in _AT_ONCE + _AFTERWARDS and text}
    if element.kind == "userTask" and element.lane and "scope" not in own and element.lane.properties.get("scope"):
        own["scope"] = element.lane.properties["scope"]
    return own


def _work(known: Knowledge, node: Node) -> Iterator[tuple[str, frozenset[str], str, bool]]:
    element = node.element
    if element.kind == "scriptTask":
        yield from _script(node)
    for parameter in element.xml.iter(f"{CAMUNDA}inputParameter"):
        yield (parameter.text or "").strip(), node.before, f"参数 {parameter.get('name', '')} ", False
    for timer in (f"{BPMN}timerEventDefinition/{BPMN}timeDate", f"{BPMN}timerEventDefinition/{BPMN}timeDuration"):
        yield (element.xml.findtext(timer) or "").strip(), node.before, "时间", False
    loop = element.xml.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is not None:
        yield loop.get(f"{CAMUNDA}collection", ""), node.before, "多实例列表", False
    decision = known.decisions.get(element.xml.get(f"{CAMUNDA}decisionRef", ""))
    for text in (*decision.inputs, *(cell for rule in decision.rules for cell in rule.outputs)) if decision else ():
        yield text, node.before, f"决策表“{decision.name or decision.id}”", True


def _asked(known: Knowledge, flow: Dataflow, node: Node) -> Iterator[tuple[str, frozenset[str], str, bool]]:
    """What the form of a task reads while it is filled in; its own answers of earlier may be missing."""
    key = node.element.xml.get(f"{CAMUNDA}formKey", "")
    form = known.forms.get(key) if node.element.kind == "userTask" else None
    own = node.before | {f"form.{key}"}
    for section, field in ((section, field) for section in form.sections for field in section.fields) if form else ():
        there = flow.concluded(own, given_by(section.shown_when) + given_by(field.shown_when))
        what = f"表单“{form.title}”的“{field.label or field.key}”"
        for text in filter(None, (field.default, field.generated, field.value, field.among, field.scope, field.filter)):
            yield text, there, what, True
        for text in filter(None, (field.required_when, field.rows_from, field.not_before, field.not_after, *(rule.rule for rule in field.valid_when))):
            yield text, there, what, False


def _script(node: Node) -> Iterator[tuple[str, frozenset[str], str, bool]]:
    there = node.before
    try:
        for target, expression in parse_assignments(node.element.xml.findtext(f"{BPMN}script") or ""):
            yield expression.text, there, f"脚本 {target} ", True
            there = there | {f"vars.{target}"}
    except ExpressionError:
        return      # told by the check of the script

