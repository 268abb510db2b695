"""The definitions of a procedure, file by file: a file that cannot be read is None and hides no other.

`Procedure` refuses as a whole when one of its files is faulty; a draft often has such a file.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import PurePosixPath

from app.definitions import DefinitionError, Procedure, load_code_table, load_form
from app.definitions.decisions import read_decisions
from app.definitions.diagrams import Diagram, read_diagram
from app.definitions.registers import load_registers
from app.definitions.supplements import load_reports, load_roles


class Readable:
    """What can be read of one side. `procedure` None: there is no older side."""

    def __init__(self, procedure: Procedure | None):
        self.files = dict(procedure.content) if procedure else {}
        self.name = procedure.name if procedure else ""

    def below(self, top: str, ending: str) -> list[str]:
        return [path for path in sorted(self.files) if path.startswith(f"{top}/") and path.endswith(ending)]

    def read(self, reader: Callable, path: str):
        """What the reader makes of a file; None when it is not there or faulty."""
        content = self.files.get(path)
        if content is None:
            return None
        try:
            return reader(content, path)
        except (DefinitionError, RecursionError):
            return None

    @cached_property
    def forms(self) -> dict:
        """Form key -> form."""
        found = (self.read(load_form, path) for path in self.below("forms", ".yml") if path.count("/") == 2 and not path.endswith("/registers.yml"))
        return {form.key: form for form in found if form}

    @cached_property
    def codes(self) -> dict:
        """Code table -> codes."""
        found = {PurePosixPath(path).stem: self.read(load_code_table, path) for path in self.below("forms", ".yml") if "/codes/" in path}
        return {name: codes for name, codes in found.items() if codes is not None}

    @cached_property
    def roles(self) -> dict:
        return self.read(load_roles, self._first("processes", "/roles.yml")) or {}

    @cached_property
    def registers(self) -> dict:
        return self.read(load_registers, self._first("forms", "/registers.yml")) or {}

    @cached_property
    def reports(self) -> dict:
        return self.read(lambda content, path: load_reports(content, path, {}), self._first("reports", "/reports.yml")) or {}

    def _first(self, top: str, ending: str) -> str:
        return next(iter(self.below(top, ending)), "")

    @cached_property
    def diagrams(self) -> list[Diagram]:
        return [found for found in (self.read(read_diagram, path) for path in self.below("processes", ".bpmn")) if found]

    @cached_property
    def decisions(self) -> dict:
        """Decision id -> its name."""
        found = (self.read(read_decisions, path) or [] for path in self.below("processes", ".dmn"))
        return {one.id: one.name for each in found for one in each}

    def named_decisions(self, path: str) -> list[str]:
        return [found.name or found.id for found in self.read(read_decisions, path) or []]

    def users_of(self, table: str) -> str:
        """The fields that offer a code table, in brackets; "" when none does."""
        names = [field.label or field.key for form in self.forms.values() for field in _with_columns(form) if field.code_table == table]
        return "（" + "、".join(dict.fromkeys(names)) + "）" if names else ""

    @cached_property
    def elements(self) -> dict:
        """Element id -> element, of all diagrams."""
        return {element.id: element for diagram in self.diagrams for process in diagram.processes for element in process.walk()}

    @cached_property
    def buttons(self) -> dict[str, str]:
        """Outcome -> what the button says; the first flow that names it counts."""
        found: dict[str, str] = {}
        for diagram in self.diagrams:
            for process in diagram.processes:
                for scope in process.scope.scopes():
                    for flow in scope.flows:
                        for outcome in re.findall(r'outcome\s*==\s*"([^"]+)"', flow.condition or ""):
                            found.setdefault(outcome, flow.name or outcome)
        return found


def _with_columns(form):
    return (each for field in form.fields() for each in (field, *field.all_columns()))
