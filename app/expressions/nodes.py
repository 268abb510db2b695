"""The tree of an expression: frozen nodes with the place in the text. `app/expressions` makes it, others may read it."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    source: str
    value: object
    offset: int


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Member:
    target: object
    key: object          # a node: a Literal for `.name`, anything for `[…]`
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    target: object | None
    arguments: tuple
    offset: int


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple
    offset: int


@dataclass(frozen=True, slots=True)
class MapOf:
    entries: tuple       # of (key node, value node)
    offset: int


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: object
    offset: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: object
    right: object
    offset: int


@dataclass(frozen=True, slots=True)
class Choice:
    condition: object
    yes: object
    no: object
    offset: int


def children(node) -> tuple:
    """The nodes directly below a node."""
    match node:
        case Member():
            return node.target, node.key
        case Call():
            return node.arguments if node.target is None else (node.target, *node.arguments)
        case ListOf():
            return node.items
        case MapOf():
            return tuple(part for entry in node.entries for part in entry)
        case Unary():
            return (node.operand,)
        case Binary():
            return node.left, node.right
        case Choice():
            return node.condition, node.yes, node.no
    return ()
