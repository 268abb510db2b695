"""What placing speaks of: rows of a state on their way to another process, where they land, what stands in their way.

`placing.py` and `moving.py` use it; `app.engine` gives Landing and Obstacle to everybody. No behaviour goes in here.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a token goes: `how` is stays, renamed, moved (the same task at another step), begins (afresh) or dropped."""

    old: str
    new: str
    how: str
    task: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way: kind `choose` when naming another element could help (see `proposals`), else `refused`."""

    kind: str
    element: str
    name: str
    reason: str
    proposals: tuple[str, ...] = ()


class Arm(NamedTuple):
    """An event of the new diagram that has to begin to wait on the activity of this task."""

    task: str
    event: str


class Jump(NamedTuple):
    """A token that begins afresh at another element."""

    task: str
    target: str


class Row:
    """One row of a workflow on its way. `above` is the row of its parent."""

    def __init__(self, fields: list, above: "Row | None"):
        self.number, self.id, self.spec, self.state, _place, self.data, self.internal = fields
        self.base, _bar, self.part = self.spec.partition("|")
        self.above, self.target, self.gone = above, "", False

    def fields(self, places: Mapping) -> list:
        return [self.number, self.id, self.spec, self.state, places.get(id(self.above), -1), self.data, self.internal]
