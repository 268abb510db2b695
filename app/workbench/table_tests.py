"""The test rows of a decision table in a proposal: read, tried, saved; and what the table leaves open or answers twice."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml
from flask_babel import gettext as _

from app.definitions import Bundle, Procedure
from app.definitions.decisions import Decision, read_decisions
from app.definitions.linter.gaps import TableProblem
from app.definitions.linter.table_checks import domain_of, problems_in
from app.definitions.table_rows import MOST_ROWS, RowOutcome, TableRow, load_table_rows, rows_path, try_row
from app.errors import NotFound
from app.workbench import proposals
from app.workbench.models import Proposal

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_WORDS = {"是": True, "否": False, "true": True, "false": False}


@dataclass(frozen=True)
class Column:
    """A column of the sheet of test rows; `options` are (value, words) where the field has a list of them."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """All that the page of a table shows. `version` is that of the file of rows."""

    decision: Decision
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    outcomes: tuple[RowOutcome, ...]
    problems: tuple[TableProblem, ...]
    version: int


def procedure_of(proposal: Proposal) -> Procedure:
    """The procedure as the proposal would have it."""
    return proposals.bundle_of(proposal).procedure(proposal.procedure)


def problems_at(proposal: Proposal, path: str) -> list[tuple[str, TableProblem]]:
    """(decision, problem) of every table of a file. Raises NotFound; DefinitionError where the file cannot be read."""
    found = proposals.read_file(proposal, path)
    procedure = Bundle({each: content for each, content in proposals.files_of(proposal).items() if each.startswith("forms/")})
    known = procedure.procedure(proposal.procedure) if proposal.procedure in procedure.procedures else None
    forms, codes = (known.forms, known.code_tables) if known else ({}, {})
    return [(decision.id, problem) for decision in read_decisions(found.content, path) for problem in problems_in(decision, forms, codes)]


def sheet_of(proposal: Proposal, decision_id: str) -> Sheet:
    """The test rows of a table, tried. Raises NotFound, DefinitionError."""
    procedure = procedure_of(proposal)
    decision = procedure.decisions.get(decision_id)
    if decision is None:
        raise NotFound()
    rows, version = _rows(proposal, rows_path(procedure.name, decision_id))
    inputs = tuple(_input(text, label, procedure) for text, label in zip(decision.inputs, decision.labels))
    outputs = tuple(Column(name, label) for name, label in zip(decision.outputs, decision.output_labels))
    return Sheet(decision, inputs, outputs, tuple(try_row(decision, row) for row in rows), problems_in(decision, procedure.forms, procedure.code_tables), version)


def _rows(proposal: Proposal, path: str) -> tuple[tuple[TableRow, ...], int]:
    try:
        found = proposals.read_file(proposal, path)
    except NotFound:
        changed = proposals.changed_files(proposal).get(path)
        return (), changed.version if changed else 0
    return load_table_rows(found.content, path), found.version


def _input(text: str, label: str, procedure: Procedure) -> Column:
    domain = domain_of(text, procedure.forms, procedure.code_tables)
    return Column(text, label, tuple((str(value), domain.names.get(value, str(value))) for value in domain.values) if domain else ())


def save_rows(proposal: Proposal, decision_id: str, typed: Iterable[Mapping], *, expected: int, actor, clock) -> None:
    """Saves the rows as typed; rows left empty are left out. Raises ProposalConflict and what `save_file` raises.

    A typed row is {"note", "given": {input: text}, "expect": {output: text}}.
    """
    decision = sheet_of(proposal, decision_id).decision
    rows = [row for each in typed if (row := _read(each, decision))]
    content = "".join(yaml.safe_dump([row], allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000) for row in rows)
    head = _("# 决策表“%(name)s”的测试行：发布前必须全部符合。", name=decision.name or decision.id)
    path = rows_path(proposal.procedure, decision_id)
    proposals.save_file(proposal.id, path, f"{head}\n{content}".encode() if rows else None, expected=expected, actor=actor, clock=clock)


def _read(typed: Mapping, decision: Decision) -> dict:
    given = {name: value_of(text) for name in decision.inputs if (text := typed["given"].get(name, "").strip())}
    expect = {name: value_of(text) for name in decision.outputs if (text := typed["expect"].get(name, "").strip())}
    note = typed.get("note", "").strip()
    return ({"note": note} if note else {}) | {"given": given, "expect": expect} if given or expect else {}


def value_of(text: str):
    """What somebody typed as a value: a number, 是 or 否, else a text; quotation marks around it make it a text."""
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 1 and text[0] in "\"“" and text[-1] in "\"”":
        return text[1:-1]
    if _NUMBER.fullmatch(text) and not re.match(r"-?0\d", text):
        return float(text) if "." in text else int(text)
    return text


def typed_as(value) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value_of(value) != value:
        return f'"{value}"'
    return "" if value is None else str(value)
