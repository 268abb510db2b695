"""Compiles and evaluates expressions: the one place where the CEL library is run.

Anybody may import it through `app.expressions`. Expressions are pure and may be shared between threads: the budget
and the CEL context belong to one evaluation.
"""
from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import cel

from . import syntax
from .errors import EvaluationError, ExpressionError, Refusal
from .functions import COSTS, TABLE
from .translation import Translation
from .values import MAX_READ, OPERATORS, Budget, plain, weight

# The CEL library logs every complaint of a function with its text, which may be personal data.
logging.getLogger("cel").setLevel(logging.CRITICAL + 1)

_RUN = {**OPERATORS, **{f"_f_{name}": function.run for name, function in TABLE.items() if function.run}}
_COMPLAINT = re.compile(r"Refusal: (.*?)\. Check function arguments", re.DOTALL)
_ASSIGNMENT = re.compile(r"\s*(?:(parties)\s*\.\s*)?([A-Za-z][A-Za-z0-9_]*)\s*=(?!=)\s*(.*)", re.DOTALL)


class Expression:
    """A compiled expression. `paths`, `row_paths`, `functions` say what it reads and calls."""

    __slots__ = ("text", "paths", "row_paths", "functions", "sized", "kind", "_equal", "_slots", "_times", "_program", "_helpers",
                 "_walks")

    def __init__(self, text: str):
        made = Translation(text, syntax.parse(text))
        self.text = text
        self.paths = frozenset(".".join(path) for path in made.slots)
        self.row_paths = frozenset(made.row_paths)       # "form.a.rows[].b": fields of the rows that macros walk
        self.functions = frozenset(made.functions)
        self.sized = tuple(sorted(filter(None, map(made.origin, made.sized))))
        self.kind = made.kind
        self._equal = {path: frozenset(values) for path, values in made.equal.items()}
        named = Counter(re.findall(r"\bp\d+\b", made.source))
        self._slots = tuple((name, path[0], path[1:]) for path, name in made.slots.items())
        self._times = {name: max(1, named[name]) for name in made.slots.values()}
        self._program = _compiled(text, made.source)
        self._walks = made.walks
        self._helpers = {name: _RUN[name] for name in made.helpers if name in _RUN}

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def literals_of(self, path: str) -> frozenset:
        """What a path is compared with by `==` or `in […]`: {"return"} for `outcome == "return"`."""
        return self._equal.get(path, frozenset())

    def evaluate(self, context: Mapping):
        """The plain value of the expression: None, bool, int, float, str, list or dict.

        `context` maps roots to plain values; missing members read as null. Raises EvaluationError.
        """
        # Outside the try: the context may read from the database, and its failure is not the expression's.
        found = [(name, _read(context.get(root), rest)) for name, root, rest in self._slots]
        try:
            variables = {name: plain(value) for name, value in found}
            self._ensure_small(variables)
            if self._walks:
                return self._walk(variables)
            return _returned(self._program.execute(cel.Context(variables=variables, functions=self._helpers)))
        except Refusal as cause:
            raise EvaluationError(self.text, str(cause)) from None
        except Exception as cause:
            raise EvaluationError(self.text, _why(cause)) from None

    def _ensure_small(self, variables: dict) -> None:
        """Before CEL copies them: `[a, a]` written a few times over fills any memory, and that ends the process (faults H-03)."""
        large = [(name, value) for name, value in variables.items() if isinstance(value, (list, dict, str))]
        if sum(weight(value) * self._times[name] for name, value in large) > MAX_READ:
            raise Refusal("读取的内容过大")

    def _walk(self, variables: dict):
        budget = Budget()
        functions = {name: budget.charged(run, COSTS.get(name.removeprefix("_f_"))) for name, run in self._helpers.items()}
        functions |= {"_walked": budget.walked, "_kept": budget.kept, "_spend": budget.spend, "_solvent": budget.solvent}
        value = self._program.execute(cel.Context(variables=variables, functions=functions))
        budget.spend(0)     # `exists(…) || true` would swallow the refusal
        return _returned(value)


def _read(value, path: tuple[str, ...]):
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _returned(value):
    if isinstance(value, (list, dict)) and weight(value) > MAX_READ:
        raise Refusal("结果过大")
    return value


def _why(cause: Exception) -> str:
    found = _COMPLAINT.search(str(cause))
    if found:
        return found.group(1)
    return f"值的类型不合适（{str(cause).split('.')[0]}）"


def _compiled(text: str, source: str):
    """The CEL program. Both texts must be CEL: the analyst's own, so that other CEL tools read it, and ours."""
    for candidate in (text, source):
        try:
            program = cel.compile(candidate)
        except Exception as cause:
            raise ExpressionError(text, "不是合法的 CEL 表达式") from cause
    return program


@lru_cache(maxsize=8192)
def compile_expression(text: str) -> Expression:
    """The compiled expression, cached. Raises ExpressionError with the position when it is no CEL of ours."""
    return Expression(text)


def parse_assignments(script: str) -> list[tuple[str, Expression]]:
    """The lines `name = <CEL>` and `parties.name = <CEL>` of a script: [("fee", …), ("parties.reviewer", …)].

    A line that starts with `#` is a comment; a line that is indented goes on with the one above it.
    Raises ExpressionError for anything else.
    """
    return [_assignment(statement) for statement in _statements(script or "")]


def _statements(script: str) -> list[str]:
    found: list[str] = []
    margin = None
    for line in script.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        margin = indent if margin is None else margin
        if found and indent > margin:
            found[-1] += "\n" + line
        else:
            found.append(line.strip())
    return found


def _assignment(statement: str) -> tuple[str, Expression]:
    match = _ASSIGNMENT.fullmatch(statement)
    if match is None:
        raise ExpressionError(statement, "脚本的每一行应写成“名称 = 表达式”", 0)
    parties, name, text = match.groups()
    return (f"parties.{name}" if parties else name), compile_expression(text.strip())
