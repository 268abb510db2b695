"""Edits of a YAML text: set, add, move, remove. Only the lines of what is edited change; comments, order and quotes stay.

Every edit is checked: the new text must read as the old values with just this edit done, or it is refused. The text
is cut by the marks of the YAML reader, never written anew as a whole.
"""
from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from app.definitions.plain_yaml import plain_values
from app.errors import EditRefused
from app.workbench.forms import cuts
from app.workbench.forms.order import place_for
from app.workbench.forms.writing import after_colon, block_lines, flow_text, item_lines

OPS = ("set", "add", "move", "remove")


@dataclass(frozen=True)
class Edit:
    """`path` leads from the top: keys of mappings, numbers of members. `to`: where something is moved, as a path."""

    op: str
    path: tuple
    value: object = None
    to: tuple = ()


def read_edit(given) -> Edit:
    """An edit as the browser tells it. Raises EditRefused."""
    if not isinstance(given, dict) or given.get("op") not in OPS:
        raise EditRefused(why="op")
    path, to = given.get("path"), given.get("to") or []
    for one in (path, to):
        if not isinstance(one, list) or len(one) > 20 or not all(isinstance(step, (str, int)) and not isinstance(step, bool) for step in one):
            raise EditRefused(why="path")
    return Edit(given["op"], tuple(path), given.get("value"), tuple(to))


def edited(text: str, edits: Sequence[Edit], path: str = "") -> str:
    """The text after the edits, in their order. Raises EditRefused and, for a text that is no YAML, DefinitionError."""
    for edit in edits:
        text = _edited(text, edit, path)
    return text


def _edited(text: str, edit: Edit, path: str) -> str:
    values = plain_values(text, path)
    wanted = applied(values, edit)
    if wanted == values:
        return text
    try:
        newer = _WAYS[edit.op](text, edit)
        if plain_values(newer, path) == wanted:
            return newer
    except (cuts.NoWay, ValueError, LookupError):
        pass
    raise EditRefused(why=".".join(map(str, edit.path)))


# -- the same on values: what the new text must read as

def applied(values, edit: Edit):
    """The values with the edit done. Raises EditRefused where the path leads nowhere."""
    values = copy.deepcopy(values)
    try:
        parent = value_at(values, edit.path[:-1])
        {"set": _set_value, "add": _add_value, "move": _move_value, "remove": _remove_value}[edit.op](values, parent, edit)
    except (LookupError, TypeError, AttributeError) as cause:
        raise EditRefused(why=".".join(map(str, edit.path))) from cause
    return values


def value_at(values, path):
    """Raises LookupError or TypeError where there is nothing."""
    for step in path:
        if isinstance(values, list) and not (isinstance(step, int) and 0 <= step < len(values)):
            raise LookupError(step)
        values = values[step]
    return values


def _set_value(_values, parent, edit: Edit) -> None:
    if isinstance(parent, list) and edit.path[-1] not in range(len(parent)):
        raise LookupError(edit.path)
    parent[edit.path[-1]] = edit.value


def _add_value(_values, parent, edit: Edit) -> None:
    *_, last = edit.path
    if not isinstance(parent, list) or not isinstance(last, int) or not 0 <= last <= len(parent):
        raise LookupError(edit.path)
    parent.insert(last, edit.value)


def _remove_value(_values, parent, edit: Edit) -> None:
    if isinstance(parent, list) and edit.path[-1] not in range(len(parent)):
        raise LookupError(edit.path)
    del parent[edit.path[-1]]


def _move_value(values, parent, edit: Edit) -> None:
    target, place = value_at(values, edit.to[:-1]), edit.to[-1]
    if not isinstance(parent, list) or not isinstance(target, list) or edit.path[-1] not in range(len(parent)):
        raise LookupError(edit.path)
    if len(edit.to) > len(edit.path) and edit.to[:len(edit.path)] == edit.path:  # into itself
        raise LookupError(edit.to)
    moved = parent.pop(edit.path[-1])
    if not isinstance(place, int) or not 0 <= place <= len(target):
        raise LookupError(edit.to)
    target.insert(place, moved)


# -- on the text

def _set(text: str, edit: Edit) -> str:
    tree = cuts.Tree(text)
    parent = tree.at(edit.path[:-1])
    member = parent.member(edit.path[-1]) if not parent.empty else None
    if member is None:
        return _with_key(tree, parent, edit)
    if parent.listed:
        new = flow_text(edit.value, member.style) if parent.flow or member.one_line else after_colon(edit.value, parent.column, member.style).lstrip()
        return tree.replaced(member.start, member.end, new)
    if parent.flow:
        return tree.replaced(member.start, member.end, flow_text(edit.value, member.style))
    return tree.replaced(member.colon, member.end, after_colon(edit.value, parent.column, member.style))


def _with_key(tree, parent, edit: Edit) -> str:
    key = edit.path[-1]
    if parent.listed or not isinstance(key, str):
        raise cuts.NoWay
    if parent.empty:
        return tree.replaced(parent.start, parent.end, flow_text({key: edit.value}))
    before = place_for(key, parent.keys())
    if parent.flow:
        return tree.inserted_in_flow(parent, before, f"{key}: {flow_text(edit.value)}")
    return tree.inserted_lines(parent, before, block_lines({key: edit.value}, parent.column))


def _add(text: str, edit: Edit) -> str:
    tree = cuts.Tree(text)
    parent = tree.at(edit.path[:-1])
    if not parent.listed:
        raise cuts.NoWay
    if parent.empty:
        return _set(text, Edit("set", edit.path[:-1], [edit.value])) if len(edit.path) > 1 else tree.replaced(parent.start, parent.end, "\n".join(block_lines([edit.value], 0)) + "\n")
    if parent.flow:
        return tree.inserted_in_flow(parent, edit.path[-1], flow_text(edit.value))
    beside = parent.members[min(edit.path[-1], len(parent.members) - 1)]
    return tree.inserted_lines(parent, edit.path[-1], item_lines(edit.value, parent.column, beside.flow), spaced=True)


def _remove(text: str, edit: Edit) -> str:
    tree = cuts.Tree(text)
    parent = tree.at(edit.path[:-1])
    if len(parent.members) == 1:
        empty = "[]" if parent.listed else "{}"
        if not edit.path[:-1]:
            return tree.replaced(parent.members[0].from_line, parent.members[0].to_line, empty + "\n")
        holder = tree.at(edit.path[:-2])
        held = holder.member(edit.path[-2])
        if holder.listed or holder.flow:
            return tree.replaced(held.start, held.end, empty)
        return tree.replaced(held.colon, held.end, " " + empty)
    return tree.without(parent, edit.path[-1])


def _move(text: str, edit: Edit) -> str:
    tree = cuts.Tree(text)
    source, target = tree.at(edit.path[:-1]), tree.at(edit.to[:-1])
    if edit.path[:-1] == edit.to[:-1]:
        return tree.reordered(source, edit.path[-1], edit.to[-1])
    carried = tree.carried(source, edit.path[-1], target)
    value = value_at(plain_values(text, ""), edit.path)
    shifted = _after_removal(edit)
    rest = _remove(text, Edit("remove", edit.path))
    if carried is None:
        return _add(rest, Edit("add", shifted, value))
    tree = cuts.Tree(rest)
    return tree.inserted_lines(tree.at(shifted[:-1]), shifted[-1], carried, spaced=False)


def _after_removal(edit: Edit) -> tuple:
    """The path of the target once the source is gone: members behind it in the same list moved up."""
    depth = len(edit.path) - 1
    to = list(edit.to)
    if len(to) > depth and tuple(to[:depth]) == edit.path[:-1] and isinstance(to[depth], int) and depth < len(to) - 1 and to[depth] > edit.path[-1]:
        to[depth] -= 1
    return tuple(to)


_WAYS = {"set": _set, "add": _add, "move": _move, "remove": _remove}
