"""What a change note consists of: frozen values that the page draws and the tests compare. Nothing is worked out here."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

GROUPS = ("process", "forms", "codes", "tables", "reports", "roles", "others")
KINDS = ("added", "removed", "changed", "renamed", "order")   # of what means something else now
SAME = ("layout", "same")                                      # of what reads the same as before


@dataclass(frozen=True)
class Piece:
    """A sentence or line of a text: `sign` is "+" for new, "-" for gone, " " for kept."""

    sign: str
    text: str


@dataclass(frozen=True)
class Detail:
    """One thing that differs: before and after, None where there was nothing. `…_words` say an expression in words."""

    label: str
    old: str | None
    new: str | None
    old_words: str = ""
    new_words: str = ""
    code: bool = False                       # written as an expression or identifier
    pieces: tuple[Piece, ...] = ()           # instead of old and new: a text, sentence by sentence


@dataclass(frozen=True)
class Change:
    """One line of the note. `element` is the shape in the newer diagram, `was` the one in the older."""

    kind: str
    text: str
    details: tuple[Detail, ...] = ()
    element: str = ""
    was: str = ""
    roles: frozenset[str] = frozenset()      # whose work it touches
    subject: str = ""                        # the step or form in a word, for the summary
    lines: tuple[Piece, ...] = ()            # of a file that nobody here can read: its lines


@dataclass(frozen=True)
class Block:
    """The changes of one file."""

    group: str
    path: str
    title: str
    changes: tuple[Change, ...]
    drawn: bool = False                      # a diagram, to be shown side by side
    marks: tuple[dict, dict] = field(default=({}, {}), hash=False)   # shape -> added, removed, changed; in the older and the newer one

    @property
    def means_something(self) -> bool:
        return any(change.kind in KINDS for change in self.changes)


@dataclass(frozen=True)
class Affected:
    """A role and what is new, different or gone for it."""

    role: str
    name: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeNote:
    """Everything that differs between two contents of a procedure."""

    procedure: str
    old: str                                 # digests; "" for a new procedure
    new: str
    blocks: tuple[Block, ...] = ()
    affected: tuple[Affected, ...] = ()
    titles: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def identical(self) -> bool:
        return self.old == self.new

    @property
    def same_meaning(self) -> bool:
        """Whether nobody meets anything different: at most the drawing or the writing of files was touched."""
        return not any(block.means_something for block in self.blocks)

    def changes(self) -> Iterator[Change]:
        return (change for block in self.blocks for change in block.changes)

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes())

    def of(self, group: str) -> list[Block]:
        return [block for block in self.blocks if block.group == group]
