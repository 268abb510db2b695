"""What is said of one use of a field, and which paths a text reads. For `field_uses.py` and its drawers alone."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from app.expressions import ExpressionError, compile_cell, compile_expression, parse_assignments

_BRACES = re.compile(r"\{([^{}]+)\}")
_ROOTED = re.compile(r"\b(?:form|answers|row|labels)\b")


@dataclass(frozen=True)
class Use:
    """One place that uses a field. `element`: id of a shape, key of a field, or a line, for the address of the place."""

    form: str
    field: str
    column: str
    kind: str  # diagram, form, table, report, register, scenario
    file: str
    element: str
    what: str


@lru_cache(maxsize=8192)
def paths_of(text: str) -> frozenset[tuple[str, ...]]:
    """The paths that an expression, a script, a cell or a text with `{…}` reads: ("form", "request", "book")."""
    if not _ROOTED.search(text):
        return frozenset()
    for compiled in (compile_expression, compile_cell):
        with suppress(ExpressionError):
            found = compiled(text)
            if found is not None:
                return _split(found)
    with suppress(ExpressionError):
        return frozenset(path for _name, one in parse_assignments(text) for path in _split(one))
    return frozenset(path for piece in _BRACES.findall(text) for path in _piece(piece))


def _piece(text: str) -> frozenset:
    with suppress(ExpressionError):
        return _split(compile_expression(text.strip()))
    return frozenset()


def _split(expression) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(step.removesuffix("[]") for step in path.split(".")) for path in expression.paths | expression.row_paths)


def fields_of(text: str) -> Iterator[tuple[str, str, str]]:
    for root, *rest in paths_of(text):
        if root == "form" and len(rest) > 1:
            yield rest[0], rest[1], rest[2] if len(rest) > 2 else ""
