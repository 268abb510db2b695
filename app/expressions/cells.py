"""Cells of decision tables: short tests such as `>= 5` written out as whole expressions over the root `cell`.

Anybody may import it through `app.expressions`. Reading DMN files does not happen here.
"""
from __future__ import annotations

from functools import lru_cache

from . import syntax
from .errors import ExpressionError
from .expression import Expression, compile_expression
from .nodes import Binary, Choice, ListOf, Literal, Name, Unary

_COMPARISONS = (">=", "<=", "==", "!=", ">", "<")


@lru_cache(maxsize=4096)
def compile_cell(text: str) -> Expression | None:
    """The test of an input cell as an expression over `cell` (the input's value) and the vocabulary.

    `>= 5` becomes `cell >= 5`; `"甲"` becomes `cell == "甲"`; `"甲","乙"` is one of; a `?` stands for the value:
    `? in [1, 2]`. An empty cell or `-` means any value: None. Raises ExpressionError.
    """
    text = (text or "").strip()
    if text in ("", "-"):
        return None
    for operator in _COMPARISONS:
        if text.startswith(operator):
            return compile_expression(f"cell {text}")
    marked = _with_value(text)
    if marked is not None:
        return compile_expression(marked)
    return compile_expression(_one_of(text))


def _with_value(text: str) -> str | None:
    """The text with each `?` that is the value written as `cell`; None when the value is not named.

    A `?` of the choice operator follows an operand and one of the value does not.
    """
    parts, last, value_seen, operand_before = [], 0, False, False
    for token in syntax.tokens(text):
        value_seen = value_seen or token.text == "cell"
        if token.text == "?" and not operand_before:
            parts += [text[last:token.offset], "cell"]
            last, value_seen, operand_before = token.offset + 1, True, True
            continue
        operand_before = token.kind in ("string", "number") or token.text in (")", "]", "}") or (
            token.kind == "name" and token.text != "in")
    return "".join([*parts, text[last:]]) if value_seen else None


def _one_of(text: str) -> str:
    try:
        return compile_expression(f"cell in [{text}]").text if _many(text) else f"cell == {text}"
    except ExpressionError as cause:
        raise ExpressionError(text, cause.why) from None


def _many(text: str) -> bool:
    depth = 0
    for token in syntax.tokens(text):
        depth += token.text in ("(", "[", "{") and token.kind == "operator"
        depth -= token.text in (")", "]", "}") and token.kind == "operator"
        if token.text == "," and depth == 0:
            return True
    return False


def constants_of(cell: Expression) -> frozenset | None:
    """What the test of a cell compares the value with: {5} for `>= 5`. Between two of them, and beyond, the test gives
    the same answer. None for a test that depends on more than the value and constants, or does sums with the value.
    """
    found: set = set()
    return frozenset(found) if _gather(syntax.parse(cell.text), found) else None


def _gather(node, found: set) -> bool:
    """Adds the constants below a node that is true or false; whether there was nothing else."""
    match node:
        case Binary("&&" | "||", left, right):
            return _gather(left, found) and _gather(right, found)
        case Unary("!", operand):
            return _gather(operand, found)
        case Choice(condition, yes, no):
            return all(_gather(each, found) for each in (condition, yes, no))
        case Binary("==" | "!=" | "<" | "<=" | ">" | ">=", left, right):
            return _compared(left, right, found) or _compared(right, left, found)
        case Binary("in", Name("cell"), ListOf(items)):
            return all(_constant(item, found) for item in items)
        case Name("cell"):
            found |= {True, False}
            return True
    return isinstance(node, Literal) and isinstance(node.value, bool)


def _compared(value, other, found: set) -> bool:
    return isinstance(value, Name) and value.name == "cell" and _constant(other, found)


def _constant(node, found: set) -> bool:
    negative = isinstance(node, Unary) and node.operator == "-"
    literal = node.operand if negative else node
    if not isinstance(literal, Literal) or negative and not isinstance(literal.value, (int, float)):
        return False
    found.add(-literal.value if negative else literal.value)
    return True
