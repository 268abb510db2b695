"""Reads DMN decision tables into plain facts, with the parser of `diagrams.py`. Only `app/definitions` imports this."""
from __future__ import annotations

from dataclasses import dataclass

from .diagrams import local, parse_xml
from .errors import DefinitionError, Problem


@dataclass(frozen=True)
class DecisionRule:
    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Decision:
    """`inputs` are CEL texts, `outputs` names; `hit_policy` as written, UNIQUE when absent.

    `labels` are the heads of the input columns as people read them, `types` their types as written ("" for none);
    `output_labels` the heads of the output columns.
    """
    id: str
    name: str
    path: str
    hit_policy: str
    aggregation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[DecisionRule, ...]
    has_table: bool
    line: int
    labels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    output_labels: tuple[str, ...] = ()


def read_decisions(content: bytes, path: str) -> list[Decision]:
    """The decisions of a DMN file. Raises DefinitionError when it is unsafe or no DMN."""
    root = parse_xml(content, path)
    if local(root) != "definitions" or "DMN" not in (root.tag or ""):
        raise DefinitionError(path, [Problem(1, "不是 DMN 文件", "bad-xml")])
    return [_decision(node, path) for node in root if local(node) == "decision"]


def _below(node, name: str) -> list:
    return [child for child in node if local(child) == name]


def _text(node, *names: str) -> str:
    for name in names:
        found = _below(node, name)
        if not found:
            return ""
        node = found[0]
    return (node.text or "").strip()


def _decision(node, path: str) -> Decision:
    tables = _below(node, "decisionTable")
    table = tables[0] if tables else node
    rules = tuple(
        DecisionRule(rule.get("id", ""), tuple(_text(cell, "text") for cell in _below(rule, "inputEntry")),
                     tuple(_text(cell, "text") for cell in _below(rule, "outputEntry")), rule.sourceline or 0)
        for rule in _below(table, "rule"))
    return Decision(
        id=node.get("id", ""), name=node.get("name", ""), path=path, hit_policy=table.get("hitPolicy", "UNIQUE"),
        aggregation=table.get("aggregation", ""),
        inputs=tuple(_text(column, "inputExpression", "text") for column in _below(table, "input")),
        outputs=tuple(column.get("name", "") for column in _below(table, "output")), rules=rules,
        has_table=len(tables) == 1, line=node.sourceline or 0,
        labels=tuple(_label(column) for column in _below(table, "input")),
        types=tuple(_type(column) for column in _below(table, "input")),
        output_labels=tuple(column.get("label", "") or column.get("name", "") for column in _below(table, "output")))


def _label(column) -> str:
    return column.get("label", "") or _text(column, "inputExpression", "text")


def _type(column) -> str:
    return next((found.get("typeRef", "") for found in _below(column, "inputExpression")), "")
