"""Which of the things that an expression reads must have a value for it to make sense, and which may be missing.

`vars.fee.amount * 2` needs `vars.fee`; `coalesce(vars.fee.amount, 0)`, `vars.fee != null ? … : …` and a plain comparison
with a word (`vars.way == "back"`) say themselves what holds while there is none. The linter asks; nothing is evaluated.
"""
from __future__ import annotations

from functools import lru_cache

from . import syntax
from .errors import ExpressionError
from .nodes import Binary, Call, Choice, ListOf, Literal, MapOf, Member, Name, Unary, children

_WALKING = frozenset({"filter", "map", "exists", "all", "exists_one"})
_FORGIVING = frozenset({"coalesce", "join", "length", "distinct", "without", "pluck"})   # null counts as nothing there is


@lru_cache(maxsize=4096)
def needed_values(text: str, passed_on: bool = False) -> frozenset[str]:
    """`vars.name` and `form.key` that the expression needs; empty for text that is no expression.

    `passed_on`: the result is only kept or handed on, so that nothing is a fair value of the whole.
    """
    try:
        tree = syntax.parse(text)
    except ExpressionError:
        return frozenset()
    return frozenset(_needed_copy(tree) if passed_on else _needed(tree))


@lru_cache(maxsize=4096)
def given_values(text: str, truth: bool = True) -> frozenset[str]:
    """`vars.name` and `form.key` that surely have a value when the condition came out as `truth`."""
    try:
        return frozenset(_set_when(syntax.parse(text), truth))
    except ExpressionError:
        return frozenset()


def path_of(node) -> tuple[str, ...]:
    """The names of a plain path such as `form.review.opinion`; empty for anything else."""
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Member) and isinstance(node.key, Literal) and isinstance(node.key.value, str):
        below = path_of(node.target)
        return (*below, node.key.value) if below else ()
    return ()


def _value(node) -> set[str]:
    path = path_of(node)
    return {".".join(path[:2])} if len(path) > 1 and path[0] in ("vars", "form") else set()


def _needed(node) -> set[str]:
    own = _value(node)
    if own:
        return own
    match node:
        case Binary("&&", left, right):
            return _needed_truth(left) | (_needed_truth(right) - _set_when(left, True))
        case Binary("||", left, right):
            return _needed_truth(left) | (_needed_truth(right) - _set_when(left, False))
        case Binary("==" | "!=" | "in", left, right):
            return _needed_truth(left) | _needed_truth(right)
        case Choice(condition, yes, no):
            return (_needed_truth(condition) | (_needed(yes) - _set_when(condition, True))
                    | (_needed(no) - _set_when(condition, False)))
        case Unary("!", operand):
            return _needed_truth(operand)
        case MapOf() | ListOf():
            return _needed_copy(node)
        case Call(name, target, arguments):
            return _needed_call(name, target, arguments)
    return set().union(*map(_needed, children(node)))


def _needed_copy(node) -> set[str]:
    """A value that is only copied may be missing: into a map, a list, or by a choice."""
    match node:
        case Choice(condition, yes, no):
            return (_needed_truth(condition) | (_needed_copy(yes) - _set_when(condition, True))
                    | (_needed_copy(no) - _set_when(condition, False)))
        case MapOf(entries):
            return set().union(*(_needed_copy(value) for _key, value in entries))
        case ListOf(items):
            return set().union(*map(_needed_copy, items))
    return _needed_truth(node)


def _needed_truth(node) -> set[str]:
    """A plain value asked for its truth or compared for being the same: while it is missing the answer is no."""
    return set() if _value(node) else _needed(node)


def _needed_call(name: str, target, arguments) -> set[str]:
    if name == "coalesce":
        return set().union(*map(_needed_truth, arguments))
    if name in _FORGIVING:
        return set().union(*map(_needed_truth, arguments))
    if target is None:
        return set().union(*map(_needed, arguments))
    return (_needed_truth(target) if name in _WALKING else _needed(target)).union(*map(_needed, arguments))


def _set_when(node, truth: bool) -> set[str]:
    """The values that are surely there when the condition came out this way."""
    if truth and _value(node):
        return _value(node)
    match node:
        case Unary("!", operand):
            return _set_when(operand, not truth)
        case Binary("&&" | "||" as operator, left, right):
            if (operator == "&&") == truth:
                return _set_when(left, truth) | _set_when(right, truth)
            return _set_when(left, truth) & _set_when(right, truth)
        case Binary("!=" | "==" as operator, left, right):
            known = [other for one, other in ((left, right), (right, left)) if isinstance(one, Literal) and (one.value is None) == ((operator == "!=") == truth)]
            return set().union(*map(_value, known))
        case Binary("<" | "<=" | ">" | ">=", left, right) if truth:
            return _value(left) | _value(right)
    return set()


@lru_cache(maxsize=4096)
def compared_words(text: str, path: str) -> frozenset[str]:
    """The words that a plain path is compared with, by `==`, `!=` or `in […]`; empty for text that is no expression."""
    try:
        return frozenset(_compared(syntax.parse(text), tuple(path.split("."))))
    except ExpressionError:
        return frozenset()


def _compared(node, path: tuple[str, ...]) -> set[str]:
    found = set().union(*(_compared(child, path) for child in children(node)))
    match node:
        case Binary("==" | "!=" | "in", left, right) if path in (path_of(left), path_of(right)):
            words = [item for side in (left, right) for item in (side.items if isinstance(side, ListOf) else (side,))]
            found |= {item.value for item in words if isinstance(item, Literal) and isinstance(item.value, str)}
    return found
