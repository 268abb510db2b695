"""What the editors of one proposal may offer and what an expression in it may name. Reads, never writes.

Everything comes from the linter's own knowledge and checks, so that what is offered here passes there.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace

from flask_babel import get_locale, gettext as _
from lxml import etree

from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, DefinitionError
from app.definitions.diagrams import BPMN, CAMUNDA, Element, Scope
from app.definitions.form import Field
from app.definitions.linter.activities import ActivityCheck
from app.definitions.linter.codes import Finding, Findings
from app.definitions.linter.expressions import BASE, MEMBERS, Place, check_cell, check_expression, check_names
from app.definitions.linter.knowledge import Knowledge, gather, message_of
from app.definitions.linter.roots import roots_at
from app.expressions import FUNCTIONS, VOCABULARY, ExpressionError, parse_assignments
from app.expressions.functions import TABLE
from app.workbench import dialect, proposals
from app.workbench.models import Proposal

LONGEST = 20_000  # characters of an expression that is checked
KINDS = ("expression", "lane", "output", "collection", "bar_key", "script", "date", "duration", "cell", "cell_output")


@dataclass(frozen=True)
class _Content:
    digest: str
    bundle: Bundle = field(compare=False, hash=False)


def known_of(proposal: Proposal) -> Knowledge:
    """What the linter knows of the procedure as the proposal would have it, with findings of its own to add to."""
    bundle = proposals.bundle_of(proposal)
    return replace(_gathered(_Content(bundle.digest, bundle), proposal.procedure), findings=Findings())


@lru_cache(maxsize=6)
def _gathered(content: _Content, procedure: str) -> Knowledge:
    files = content.bundle if procedure in content.bundle.procedures else Bundle({f"processes/{procedure}/roles.yml": b""})
    return gather(files.procedure(procedure), Findings(), frozenset(KNOWN_TOPICS))


def vocabulary_of(proposal: Proposal) -> dict:
    """Everything that can be chosen or named in the diagrams of the proposal, as plain values for the browser."""
    known, language = known_of(proposal), str(get_locale() or "zh")
    return {
        "settings": {kind: [_setting(one) for one in found] for kind, found in dialect.SETTINGS.items()},
        "acting": sorted(dialect.ACTING),
        "roles": [{"value": role.code, "label": role.named(language), "scope": role.scope} for role in known.roles.values()],
        "forms": [_form(form, language) for form in known.forms.values()],
        "reports": _reports(known, language),
        "topics": [{"value": topic.name, "label": topic.gloss, "needs": topic.needs, "may": topic.may, "gives": topic.gives, "external": topic.external}
                   for topic in KNOWN_TOPICS.values()],
        "decisions": [{"value": one.id, "label": one.name or one.id, "path": one.path, "outputs": one.outputs} for one in known.decisions.values()],
        "processes": [{"value": one.id, "label": one.name or one.id, "path": one.path, "stages": one.stages} for one in known.processes],
        "registers": [{"value": one.key, "label": one.title, "bars": one.bars is not None} for one in known.registers.values()],
        "parties": sorted(known.parties),
        "variables": _variables(known),
        "elements": [{"value": element.id, "label": element.name or element.id, "kind": element.kind, "process": process.id}
                     for process in known.processes for element in process.walk()],
        "messages": sorted(known.message_names),
        "words": [{"value": word, "label": gloss} for word, gloss in VOCABULARY.items()],
        "members": {root: [{"value": name, "label": str(label)} for name, label in found.items()] for root, found in dialect.MEMBERS.items()},
        "parameters": {name: str(label) for name, label in dialect.PARAMETERS.items()},
        "functions": [{"value": name, "label": gloss, "method": TABLE[name].method} for name, gloss in FUNCTIONS.items()],
    }


def _setting(setting: dialect.Setting) -> dict:
    return {"name": setting.name, "label": str(setting.label), "help": str(setting.help), "input": setting.input,
            "check": setting.check, "options": [{"value": value, "label": str(label)} for value, label in setting.options]}


def _form(form, language: str) -> dict:
    return {"value": form.key, "label": _named(form, "title", language), "fields": [_field(one, language) for one in form.fields() if one.type not in ("note", "ballot")]}


def _field(one: Field, language: str) -> dict:
    found = {"value": one.key, "label": _named(one, "label", language) or one.key, "type": one.type}
    if one.type == "table":
        found["columns"] = [_field(column, language) for column in one.all_columns()]
    return found


def _named(thing, name: str, language: str) -> str:
    return (getattr(thing, f"{name}_en") if language == "en" else "") or getattr(thing, name)


def _reports(known: Knowledge, language: str) -> list[dict]:
    try:
        reports = known.procedure.reports.values()
    except DefinitionError:  # a faulty reports.yml is told by the findings
        reports = ()
    return [{"value": report.key, "label": _named(report, "title", language)} for report in reports]


def _variables(known: Knowledge) -> list[dict]:
    """Every variable with who sets it, and the members that are known of it."""
    setters, members = defaultdict(list), defaultdict(set)
    for name, element, inside in _writers(known):
        setters[name].append(element.name or element.id)
        members[name] |= set(inside)
    return [{"value": name, "label": _("由“%(who)s”写入", who="”“".join(setters[name][:3])) if setters[name] else "", "members": sorted(members[name])}
            for name in sorted(known.variables - {""})]


def _writers(known: Knowledge) -> Iterator[tuple[str, Element, tuple[str, ...]]]:
    for diagram in known.diagrams:
        for process in diagram.processes:
            for element in process.walk():
                yield from ((name, element, inside) for name, inside in _written_by(known, diagram, element))


def _written_by(known: Knowledge, diagram, element: Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    if element.kind == "scriptTask":
        yield from ((name, ()) for name in _targets(element))
    if name := element.xml.get(f"{CAMUNDA}resultVariable"):
        decision = known.decisions.get(element.xml.get(f"{CAMUNDA}decisionRef", ""))
        yield name, decision.outputs if decision else ()
    topic = KNOWN_TOPICS.get(element.xml.get(f"{CAMUNDA}topic", ""))
    for output in element.xml.iter(f"{CAMUNDA}outputParameter"):
        yield output.get("name", ""), topic.gives if topic and (output.text or "").strip() == "result" else ()
    if name := element.properties.get("gather_into"):
        yield name, ()
    if name := message_of(element, diagram):
        yield name, ()


def _targets(element: Element) -> list[str]:
    try:
        return [target for target, _text in parse_assignments(element.xml.findtext(f"{BPMN}script") or "") if "." not in target]
    except ExpressionError:
        return []


# -- checking while one types

def problems_of(proposal: Proposal, text: str, *, kind: str, file: str, element: str, repeated: bool, now: datetime) -> list[Finding]:
    """What the linter would say of one text at this place; [] for nothing.

    `repeated`: whether the place is inside a multi-instance activity, which may not be saved yet.
    """
    known = known_of(proposal)
    roots = (_roots_of(known, file, element) or BASE) | (MEMBERS if repeated else frozenset())
    place = Place(file, element, "", roots, account=kind == "bar_key")
    _CHECKS.get(kind, _plain)(known, text[:LONGEST].strip(), place, now)
    return [replace(finding, message=finding.message.lstrip("：的")) for finding in known.findings]


def _roots_of(known: Knowledge, file: str, element: str) -> frozenset[str] | None:
    for process in known.processes:
        if process.path == file:
            for found in process.walk():
                if element == found.id or any(flow.id == element for flow in found.outgoing):
                    return roots_at(found)
    return None


def _plain(known, text, place, now) -> None:
    check_expression(known, text, place)


def _more(*roots: str):
    return lambda known, text, place, now: check_expression(known, text, replace(place, roots=place.roots | set(roots)))


def _script(known, text, place, now) -> None:
    try:
        lines = parse_assignments(text)
    except ExpressionError as error:
        known.findings.add(error.code, place.file, place.element, error.message)
        return
    known.variables = known.variables | {target for target, _expression in lines}
    for _target, expression in lines:
        check_names(known, expression, place)


def _timer(way: str):
    """Dates and durations are judged by the check of a whole element: it gets one that is nothing but its place."""
    def check(known, text, place, now) -> None:
        bare = Element(place.element, "", "", etree.Element("bare"), Scope("", None), {})
        judge = ActivityCheck(known, None, SimpleNamespace(path=place.file), bare, now)
        judge.what, judge.roots = "", place.roots
        if re.match(r"R\d*/", text):
            known.findings.add("timer-cycle", place.file, place.element, _("不能用循环定时器（%(text)s），请画几个定时器", text=text))
        elif text:
            getattr(judge, way)(text)
    return check


_CHECKS = {
    "lane": _more(*MEMBERS), "output": _more("result"), "script": _script, "date": _timer("date"), "duration": _timer("duration"),
    "cell": lambda known, text, place, now: check_cell(known, text, replace(place, roots=place.roots | MEMBERS | {"cell"})),
    "cell_output": _more(*MEMBERS),
}


def cells_of(proposal: Proposal, path: str) -> list[dict]:
    """The faults of every cell of a decision table: {rule, column, output, severity, message}, columns counted from 0."""
    known = known_of(proposal)
    found = []
    for decision in (one for one in known.decisions.values() if one.path == path):
        for rule in decision.rules:
            found += _cells(known, path, rule.id, rule.inputs, check_cell, {"cell"}, False)
            found += _cells(known, path, rule.id, rule.outputs, check_expression, set(), True)
    return found


def _cells(known: Knowledge, path: str, rule: str, texts, check, roots: set[str], output: bool) -> Iterator[dict]:
    for column, text in enumerate(texts):
        own = replace(known, findings=Findings())
        check(own, text, Place(path, rule, "", BASE | MEMBERS | roots))
        for finding in own.findings:
            yield {"rule": rule, "column": column, "output": output, "severity": finding.severity, "message": finding.message.lstrip("：")}
