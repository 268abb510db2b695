"""Where a YAML text may be cut: the spans of its members with their comments, and the cuts themselves.

Only `edits.py` imports this. It knows places, not meanings: whether a cut was right is checked by reading the result.
"""
from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from app.definitions.yaml_reader import Loader


class NoWay(Exception):
    """The text is written in a way that is not cut here."""


@dataclass
class Member:
    """A pair of a mapping or a member of a list: [begin, end) with its key, [start, end) its value, whole lines where it has them."""

    name: object
    begin: int
    start: int
    end: int
    colon: int
    style: str | None
    flow: bool
    one_line: bool
    inline: bool = False  # stands behind something else on its line
    from_line: int = 0
    to_line: int = 0


@dataclass
class Spot:
    """A mapping or list of the text, or the place of one that is empty."""

    start: int
    end: int
    column: int
    listed: bool
    flow: bool
    empty: bool
    members: list[Member] = field(default_factory=list)

    def keys(self) -> list:
        return [member.name for member in self.members]

    def member(self, name) -> Member | None:
        return next((member for member in self.members if member.name == name), None)


class Tree:
    """A text with its marks. Texts come out of every cut; the tree itself does not change."""

    def __init__(self, text: str):
        self.text = text
        self.root = yaml.compose(text, Loader=Loader)
        self.line_end = "\r\n" if "\r\n" in text else "\n"

    def at(self, path) -> Spot:
        """The mapping or list at the end of a path. Raises NoWay where there is none."""
        node = self.root
        for step in path:
            node = self._child(node, step)
        if node is None:
            raise NoWay
        return self._spot(node)

    def _child(self, node, step):
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return node.value[step]
        found = [inner for key, inner in node.value if key.value == step] if isinstance(node, yaml.MappingNode) else []
        if not found:
            raise NoWay
        return found[0]

    def _spot(self, node) -> Spot:
        listed = isinstance(node, yaml.SequenceNode)
        flow = bool(getattr(node, "flow_style", True))
        empty = isinstance(node, yaml.ScalarNode) or not node.value
        spot = Spot(node.start_mark.index, self._end(node), node.start_mark.column, listed, flow, empty)
        if not empty:
            spot.members = [self._item(one, place, spot) for place, one in enumerate(node.value)] if listed \
                else [self._pair(key, inner, spot) for key, inner in node.value]
        return spot

    def _pair(self, key, node, spot: Spot) -> Member:
        begin, start, end = key.start_mark.index, node.start_mark.index, self._end(node)
        colon = self.text.index(":", key.end_mark.index) + 1
        return self._placed(Member(key.value, begin, start, end, colon, getattr(node, "style", None), _flow(node), "\n" not in self.text[start:end]), spot)

    def _item(self, node, place: int, spot: Spot) -> Member:
        start, end = node.start_mark.index, self._end(node)
        begin = start if spot.flow else self._dash(start, spot.column)
        return self._placed(Member(place, begin, start, end, 0, getattr(node, "style", None), _flow(node), "\n" not in self.text[start:end]), spot)

    def _placed(self, member: Member, spot: Spot) -> Member:
        line = self._line_start(member.begin)
        member.inline = bool(self.text[line:member.begin].strip())
        member.from_line = line if member.inline or spot.flow else self._with_comments(line, spot.column)
        member.to_line = self._line_after(member.end)
        return member

    def _dash(self, start: int, column: int) -> int:
        """The dash before a member: on its line, or on one above where it stands alone."""
        line = self._line_start(start)
        while True:
            at = line + column
            if at <= start and self.text[at:at + 1] == "-":
                return at
            if line == 0:
                raise NoWay
            line = self._line_start(line - 1)

    def _end(self, node) -> int:
        """Where the last word of a node ends: the reader's own marks of blocks run on to what follows."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar_end(node)
        if node.flow_style or not node.value:
            return node.end_mark.index
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)

    def _scalar_end(self, node) -> int:
        if node.style not in ("|", ">"):
            return node.end_mark.index
        body = self.text[node.start_mark.index:node.end_mark.index]
        head = body.split("\n", 1)[0]
        kept = body.removesuffix("\n").removesuffix("\r") if "+" in head else body.rstrip()
        return node.start_mark.index + len(kept)

    # -- lines

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_after(self, index: int) -> int:
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def _with_comments(self, line: int, column: int) -> int:
        """The first of the lines of comment that stand right above, as far in as what they are about."""
        given = line
        while line:
            above = self._line_start(line - 1)
            if not self.text[above:line].strip(" \t").startswith("#") or self.text[above:above + column + 1].find("#") != column:
                break
            line = above
        return given if line == 0 and column == 0 else line  # what stands on top is about the whole file

    def _gap(self, members: list[Member], place: int) -> str:
        """What stands between a member and the next, when it is nothing but empty lines."""
        between = self.text[members[place].to_line:members[place + 1].from_line] if 0 <= place < len(members) - 1 else ""
        return "" if between.strip() else between

    # -- cuts

    def replaced(self, start: int, end: int, new: str) -> str:
        behind = self.text[end:self._line_after(end)].strip()
        if start == end and start and self.text[start - 1] == ":" and not new.startswith((" ", "\n")):
            new = " " + new
        if "\n" in new and behind:
            raise NoWay
        return self.text[:start] + new.replace("\n", self.line_end) + self.text[end:]

    def inserted_in_flow(self, spot: Spot, place: int, piece: str) -> str:
        if place < len(spot.members):
            return self.replaced(spot.members[place].begin, spot.members[place].begin, piece + ", ")
        end = spot.members[-1].end
        return self.text[:end] + ", " + piece + self.text[end:]

    def inserted_lines(self, spot: Spot, place: int, lines: list[str], spaced: bool = False) -> str:
        members, new = spot.members, "\n".join(lines) + "\n"
        if place < len(members):
            if members[place].inline:
                raise NoWay
            at, gap = members[place].from_line, self._gap(members, max(place - 1, 0)) if spaced else ""
            return self.text[:at] + (new + gap).replace("\n", self.line_end) + self.text[at:]
        at, gap = members[-1].to_line, self._gap(members, len(members) - 2) if spaced else ""
        if not self.text[:at].endswith("\n"):
            gap, new = self.line_end + gap, new.removesuffix("\n")
        return self.text[:at] + gap + new.replace("\n", self.line_end) + self.text[at:]

    def without(self, spot: Spot, name) -> str:
        place = spot.keys().index(name)
        members, gone = spot.members, spot.members[place]
        if spot.flow:
            start, end = (gone.begin, members[place + 1].begin) if place + 1 < len(members) else (members[place - 1].end, gone.end)
        elif gone.inline:
            if place + 1 >= len(members):
                raise NoWay
            start, end = gone.begin, members[place + 1].begin
        else:
            start, end = gone.from_line, gone.to_line
            if spot.listed and place + 1 < len(members):
                end += len(self._gap(members, place))
            elif spot.listed:
                start -= len(self._gap(members, place - 1))
        return self.text[:start] + self.text[end:]

    def reordered(self, spot: Spot, place: int, to: int) -> str:
        spans = [(m.begin, m.end) if spot.flow else (m.from_line, self._whole(m)) for m in spot.members]
        if not spot.flow and any(member.inline for member in spot.members):
            raise NoWay
        pieces = [self.text[start:end] for start, end in spans]
        between = [self.text[one[1]:other[0]] for one, other in zip(spans, spans[1:])]
        pieces.insert(to, pieces.pop(place))
        joined = "".join(piece + gap for piece, gap in zip(pieces, [*between, ""]))
        return self.text[:spans[0][0]] + joined + self.text[spans[-1][1]:]

    def _whole(self, member: Member) -> int:
        """The end of a member's last line, without the line end."""
        end = member.to_line
        while end > member.end and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def carried(self, source: Spot, place: int, target: Spot) -> list[str] | None:
        """The lines of a member as they would stand in another list; None where they have to be written anew."""
        member = source.members[place]
        if source.flow or target.flow or target.empty or member.inline:
            return None
        shift, lines = target.column - source.column, self.text[member.from_line:self._whole(member)].splitlines()
        if shift < 0 and any(line.strip() and line[:-shift].strip() for line in lines):
            return None
        return [" " * shift + line if shift > 0 and line.strip() else line[-shift:] if shift < 0 else line for line in lines]


def _flow(node) -> bool:
    return bool(getattr(node, "flow_style", False))
