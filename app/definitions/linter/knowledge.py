"""What a procedure's expressions may refer to: forms, variables, parties, elements. Gathered once, before the checks."""
from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from app.expressions import ExpressionError, parse_assignments

from .. import kept
from ..bundle import Procedure
from ..decisions import Decision, read_decisions
from ..diagrams import BPMN, CAMUNDA, Diagram, Element, Process
from ..errors import DefinitionError
from ..form import Code, Form
from ..forms import load_code_table, load_form
from ..registers import Register, load_registers
from ..supplements import Role, load_roles
from .codes import Findings


@dataclass
class Knowledge:
    """`variables` and `parties` are the names that something sets. `forms_broken` holds keys of forms with faults."""
    procedure: Procedure
    findings: Findings
    topics: frozenset[str] | None
    diagrams: list[Diagram] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    forms_broken: set[str] = field(default_factory=set)
    code_tables: dict[str, tuple[Code, ...]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)
    used_forms: set[str] = field(default_factory=set)
    registers: dict[str, Register] = field(default_factory=dict)

    @cached_property
    def processes(self) -> list[Process]:
        return [process for diagram in self.diagrams for process in diagram.processes]

    @cached_property
    def element_ids(self) -> set[str]:
        return {element.id for process in self.processes for element in process.walk()}

    @cached_property
    def message_names(self) -> set[str]:
        return {name for diagram in self.diagrams for name in diagram.messages.values() if name}

    def read(self, path: str, load):
        """What `load` (a function of a module) makes of the file; None after telling the file's faults."""
        return self.attempt(path, lambda content, name: kept.read(load, content, name))

    def attempt(self, path: str, load):
        """What `load(content, path)` gives, not kept by this; None after telling the file's faults."""
        try:
            return load(self.procedure.files[path], path)
        except DefinitionError as error:
            for problem in error.problems:
                self.findings.add(problem.code, path, f"line {problem.line}" if problem.line else "",
                                  f"第{problem.line}行：{problem.why}" if problem.line else problem.why)
            return None


def gather(procedure: Procedure, findings: Findings, topics: frozenset[str] | None) -> Knowledge:
    """Everything of a procedure that can be read; what cannot becomes findings."""
    known = Knowledge(procedure, findings, topics)
    known.diagrams = [diagram for path in procedure.paths("processes", "*.bpmn")
                      if (diagram := known.attempt(path, kept.diagram))]
    for path in procedure.paths("processes", "*.dmn"):
        _add_decisions(known, path)
    for path in procedure.paths("forms", "codes/*.yml"):
        known.code_tables[path.rsplit("/", 1)[1].removesuffix(".yml")] = known.read(path, load_code_table) or ()
    for path in procedure.form_paths:
        _add_form(known, path)
    if procedure.registers_path in procedure.files:
        known.registers = known.read(procedure.registers_path, load_registers) or {}
        known.used_forms |= {register.form for register in known.registers.values()}
    roles = f"processes/{procedure.name}/roles.yml"
    if roles in procedure.files:
        known.roles = known.read(roles, load_roles) or {}
    with suppress(DefinitionError):  # told by check_reports
        known.used_forms |= {report.ask for report in procedure.reports.values() if report.ask}
    for diagram in known.diagrams:
        for process in diagram.processes:
            _add_names(known, diagram, process)
    return known


def _add_decisions(known: Knowledge, path: str) -> None:
    for decision in known.read(path, read_decisions) or ():
        if decision.id in known.decisions:
            known.findings.add("duplicate-id", path, decision.id, f"决策表“{decision.id}”重复")
        known.decisions[decision.id] = decision


def _add_form(known: Knowledge, path: str) -> None:
    form = known.read(path, load_form)
    if form is None:
        known.forms_broken.add(path.rsplit("/", 1)[1].removesuffix(".yml"))
        return
    known.forms[form.key] = form
    known.parties |= {field.party for field in form.fields() if field.party}


def _add_names(known: Knowledge, diagram: Diagram, process: Process) -> None:
    for element in process.walk():
        if element.kind == "scriptTask":
            _add_targets(known, element)
        if name := element.xml.get(f"{CAMUNDA}resultVariable"):
            known.variables.add(name)
        for output in element.xml.iter(f"{CAMUNDA}outputParameter"):
            known.variables.add(output.get("name", ""))
        if name := element.properties.get("gather_into"):
            known.variables.add(name)
        if name := message_of(element, diagram):
            known.variables.add(name)
        if form := element.xml.get(f"{CAMUNDA}formKey"):
            known.used_forms.add(form)


def _add_targets(known: Knowledge, element: Element) -> None:
    try:
        targets = [target for target, _ in parse_assignments(element.xml.findtext(f"{BPMN}script") or "")]
    except ExpressionError:
        return      # told by the check of the script
    known.variables |= {target for target in targets if "." not in target}
    known.parties |= {target.removeprefix("parties.") for target in targets if "." in target}


def message_of(element: Element, diagram: Diagram) -> str:
    """The name of the message that an element waits for, "" when it has none."""
    definition = element.xml.find(f"{BPMN}messageEventDefinition")
    reference = element.xml.get("messageRef") if definition is None else definition.get("messageRef")
    return diagram.messages.get(reference or "", "")
