"""A form of a proposal as people will meet it: empty, with a sample, or with what a past case holds, masked.

Reads only. Nothing outside is asked; nobody real is offered for choosing. Of a past case whatever could say who it is
about is covered before an expression or a template sees it, whoever looks.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import sqlalchemy as sa

from app.definitions import Bundle, DefinitionError, Form, Procedure, load_code_table, load_form
from app.definitions.plain_yaml import plain_values
from app.errors import NotFound
from app.expressions import EvaluationError, ExpressionError, compile_expression
from app.operations import releases
from app.operations.contexts import case_variables, instant
from app.rendering import Choice, Entry, Material, NoChoices
from app.store import session
from app.store.models import Answers, Case
from app.workbench import proposals
from app.workbench.models import Proposal

COVERED = "＊＊＊"


class ExampleChoices(NoChoices):
    """People, organisations and entries of the procedure's own demo data."""

    def __init__(self, procedure: Procedure):
        super().__init__(_code_tables(procedure))
        self._procedure, self._demo = procedure, _demo(procedure)

    def people(self, role, scope):
        return [Choice(f"person:{key}", str((one or {}).get("name") or key)) for key, one in (self._demo.get("people") or {}).items()]

    def organisations(self, kind):
        found = self._demo.get("organisations") or {}
        return [Choice(f"org:{key}", str((one or {}).get("name") or key)) for key, one in found.items() if not kind or (one or {}).get("kind") == kind]

    def entries(self, register):
        declared = _registers(self._procedure).get(register)
        rows = (self._demo.get("registers") or {}).get(register) or {}
        return [Entry(str(key), _named(declared.name, row), row, declared.kept) for key, row in rows.items() if isinstance(row, dict)] if declared else []

    def materials(self, ids):
        return [Material(str(one), f"{one}.pdf", 120_000, "pdf") for one in ids]


@dataclass(frozen=True)
class Preview:
    """`covered`: the answers are those of a past case, to be read only."""

    form: Form
    answers: dict
    context: Mapping
    choices: ExampleChoices
    covered: bool = False


class Previews:
    """The previews of one form of a proposal."""

    def __init__(self, proposal: Proposal, key: str, actor, clock):
        self.proposal, self.key, self.actor, self.clock = proposal, key, actor, clock

    @cached_property
    def procedure(self) -> Procedure:
        return proposals.bundle_of(self.proposal).procedure(self.proposal.procedure)

    @cached_property
    def form(self) -> Form:
        """Raises NotFound, and DefinitionError for a form that cannot be read."""
        path = form_path(self.proposal.procedure, self.key)
        content = self.procedure.files.get(path)
        if content is None or path not in self.procedure.form_paths:
            raise NotFound()
        return replace(load_form(content, path), code_tables=_code_tables(self.procedure))

    def samples(self) -> list[str]:
        """The names of the samples that fit the form, the nearest first."""
        fitting = [(_fit(self.form, sample), name) for name, sample in samples_of(self.procedure).items()]
        return [name for fit, name in sorted(fitting, key=lambda pair: (pair[1] != self.key, -pair[0], pair[1])) if fit >= 0.5]

    def show(self, filled: str = "", role: str = "") -> Preview:
        """`filled`: "", `sample:<name>` or `case:<number>`. Raises NotFound."""
        what, _colon, name = filled.partition(":")
        if what == "case":
            return self._past(name)
        answers = samples_of(self.procedure).get(name) if what == "sample" else {}
        if answers is None:
            raise NotFound()
        return Preview(self.form, dict(answers), self._context(role, answers), ExampleChoices(self.procedure))

    def _context(self, role: str, answers: Mapping) -> dict:
        keys = {path.rsplit("/", 1)[1].removesuffix(".yml") for path in self.procedure.form_paths}
        forms = {name: sample for name, sample in samples_of(self.procedure).items() if name in keys} | ({self.key: dict(answers)} if answers else {})
        return {
            "form": forms, "case": {"number": "0" * 19, "process": "", "title": "", "tab": "", "started_at": instant(self.clock()), "parties": {}, "visits": {},
                                    "starter": {"ref": "person:example", "name": "示例申请人", "kind": "person"}},
            "task": {"element": "", "opened": True, "taken": True, "assignee": "example"},
            "actor": {"ref": "person:example", "name": "示例人员", "roles": [role] if role else [], "profile": {}, "units": []},
            "vars": {}, "item": None, "now": instant(self.clock()), "today": instant(self.clock())[:10],
        }

    def _past(self, number: str) -> Preview:
        case = session().scalar(sa.select(Case).where(Case.number == number, Case.procedure == self.proposal.procedure))
        rows = session().scalars(sa.select(Answers).where(Answers.id.in_(list(case.latest.values())))) if case and not self.form.readers else ()
        forms = {row.form: row.data for row in rows}
        if self.key not in forms:
            raise NotFound()
        # By what the case's own release says as well: otherwise a draft that calls a name a number would uncover it.
        released = releases.procedure_of(case.release).forms
        shown = {key: covered(self._form(key), covered(released.get(key), data)) for key, data in forms.items()}
        variables = {name: value for name, value in case_variables(case).items() if isinstance(value, (int, float, bool))}
        context = self._context("", {}) | {"form": shown, "vars": variables}
        return Preview(self.form, shown[self.key], context, ExampleChoices(self.procedure), covered=True)

    def _form(self, key: str) -> Form | None:
        with suppress(DefinitionError, KeyError):
            path = form_path(self.proposal.procedure, key)
            return load_form(self.procedure.files[path], path)
        return None


def form_path(procedure: str, key: str) -> str:
    return f"forms/{procedure}/{key}.yml"


def covered(form: Form | None, answers: Mapping) -> dict:
    """Answers in which nothing says who somebody is: personal data, names, free texts and files are covered. Of a form
    that is not there any more, or that few may read, nothing is left."""
    if form is None or form.readers:
        return {}
    return {one.key: _covered(one, answers.get(one.key)) for one in form.fields() if answers.get(one.key) is not None}


# What stays readable of a past case: what is chosen, counted and dated. What people write themselves may name somebody.
_PLAIN = frozenset({"number", "money", "date", "month", "choice", "cascade", "yes_no", "checks"})


def _covered(one, value):
    if one.type == "table" and isinstance(value, list):
        return [{column.key: _covered(column, row[column.key]) for column in one.all_columns() if row.get(column.key) is not None} for row in value if isinstance(row, dict)]
    if one.type in _PLAIN and not one.personal and not one.names_person:
        return value
    if one.type in ("text", "long_text"):
        return COVERED
    return None


def samples_of(procedure: Procedure) -> dict[str, dict]:
    """Name -> answers of every sample of the scenarios that can be read."""
    found = {}
    for path in procedure.paths("processes", "scenarios/samples/*.yml"):
        with suppress(DefinitionError):
            values = plain_values(procedure.files[path], path)
            if isinstance(values, dict):
                found[path.rsplit("/", 1)[1].removesuffix(".yml")] = values
    return found


def _fit(form: Form, sample: Mapping) -> float:
    return sum(form.field(key) is not None for key in sample) / len(sample) if sample else 0


def _code_tables(procedure: Procedure) -> dict:
    found = {}
    for path in procedure.paths("forms", "codes/*.yml"):
        with suppress(DefinitionError):
            found[path.rsplit("/", 1)[1].removesuffix(".yml")] = load_code_table(procedure.files[path], path)
    return found


def _demo(procedure: Procedure) -> dict:
    with suppress(DefinitionError):
        return procedure.demo
    return {}


def _registers(procedure: Procedure) -> Mapping:
    with suppress(DefinitionError):
        return procedure.registers
    return {}


def _named(text: str, row: Mapping) -> str:
    try:
        return str(compile_expression(text).evaluate({"row": row}))
    except (EvaluationError, ExpressionError):
        return "—"


def roles_of(bundle: Bundle, procedure: str) -> Mapping:
    """The roles of the procedure; none where their file cannot be read."""
    with suppress(DefinitionError):
        return bundle.procedure(procedure).roles
    return {}
