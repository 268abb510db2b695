"""Where every field of every form is used: flows, scripts, decision tables, other forms, reports, registers, samples.

Asks the compiled expressions for what they read and the parsed templates for what they print, so that a field that is
reached by another name is found too. A file that cannot be read is passed over: the linter tells of it.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from flask_babel import gettext as _

from app.definitions import DefinitionError, Procedure
from app.definitions.diagrams import parse_xml
from app.workbench.used_in_forms import in_forms, in_registers
from app.workbench.used_in_reports import in_reports, in_samples
from app.workbench.uses import Use, fields_of

__all__ = ["Use", "uses_by_field", "uses_of"]


def uses_of(procedure: Procedure) -> list[Use]:
    """Every use of every field of the procedure's forms, in the order of the files."""
    own = []
    for read in (_in_diagrams, in_forms, _in_tables, in_reports, in_registers, in_samples):
        own += dict.fromkeys(read(procedure))
    return own


def uses_by_field(procedure: Procedure, form: str) -> dict[str, list[Use]]:
    """Field key (`table.column` for columns) -> its uses."""
    found: dict[str, list[Use]] = {}
    for use in uses_of(procedure):
        if use.form == form:
            found.setdefault(f"{use.field}.{use.column}" if use.column else use.field, []).append(use)
    return found


def _in_diagrams(procedure: Procedure) -> Iterator[Use]:
    for path in procedure.paths("processes", "*.bpmn"):
        with suppress(DefinitionError):
            yield from _in_xml(procedure.files[path], path, "diagram")


def _in_tables(procedure: Procedure) -> Iterator[Use]:
    for path in procedure.paths("processes", "*.dmn"):
        with suppress(DefinitionError):
            yield from _in_xml(procedure.files[path], path, "table")


def _in_xml(content: bytes, path: str, kind: str) -> Iterator[Use]:
    for node in parse_xml(content, path).iter():
        for text in (node.text or "", *node.attrib.values()):
            for form, key, column in fields_of(text.strip()):
                owner = _owner(node)
                yield Use(form, key, column, kind, path, owner.get("id", ""), _what(owner, node))


def _owner(node):
    """The shape that an expression belongs to: the nearest one above that people see."""
    while node is not None and not (node.get("id") and not str(node.tag).rsplit("}", 1)[-1].endswith(("EventDefinition", "Expression", "Characteristics", "inputExpression", "text"))):
        node = node.getparent()
    return node if node is not None else {}


def _what(owner, node) -> str:
    name = owner.get("name") or owner.get("id", "") if owner is not None else ""
    local = str(node.tag).rsplit("}", 1)[-1]
    words = {"conditionExpression": _("条件"), "script": _("脚本"), "property": _("设置 %(name)s", name=node.get("name", "")), "inputParameter": _("参数 %(name)s", name=node.get("name", ""))}
    return f"{name} · {words[local]}" if local in words else name
