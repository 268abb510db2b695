"""`for:` in scenario files: one entry or step written once and meant for many.

Only the reader of scenarios imports this. What an entry means does not go in; it is repeated before it is read.
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

from .placeholders import PlaceholderError, listed, resolver, substituted
from .yaml_reader import Listed, Mapped, Reading

FOR, EXCEPT = "for", "except"
MOST = 20_000       # repetitions in one scenario: a slip of the finger must not hold up a publication


class Repeater:
    """Repeats entries of one file, and counts how many it made."""

    def __init__(self, reading: Reading):
        self.reading, self.made = reading, 0

    def repeated(self, value: Mapped, names: Mapping[str, object]) -> Iterator[tuple[Mapped, dict]]:
        """The entry once for every way of its `for`, placeholders filled, with the names that hold in it."""
        plain = without_for(value)
        for known in self.ways(value, names):
            yield self.filled(plain, known, value.line), known

    def ways(self, value: Mapped, names: Mapping[str, object]) -> Iterator[dict]:
        """The names that hold in each repetition of the entry: those from outside, and those of its `for`."""
        line = value.lines.get(FOR, value.line)
        for row in self.rows(self.filled(value.get(FOR), names, line, typed=True), line):
            self.made += 1
            self.ensure_not_too_many(self.made, value.line)
            yield {**names, **row}

    def filled(self, value, names: Mapping[str, object], line: int, typed: bool = False):
        """The value with its placeholders filled, and rows of its lists that have a `for` of their own repeated."""
        try:
            return substituted(self.unrolled(value, names), resolver(names), typed=typed)
        except PlaceholderError as why:
            self.reading.fault(line, str(why), "unknown-placeholder")
            return value

    def unrolled(self, value, names: Mapping[str, object]):
        """The value with repeated rows written out."""
        if isinstance(value, Mapped):
            result = Mapped(value.line)
            result.update({key: self.unrolled(member, names) for key, member in value.items()})
            result.lines = value.lines
            return result
        if not isinstance(value, Listed):
            return value
        rows = Listed(value.line)
        for member, line in zip(value, value.lines):
            found = self.row(member, names) if isinstance(member, Mapped) and FOR in member else [self.unrolled(member, names)]
            rows.extend(found)
            rows.lines.extend([line] * len(found))
        return rows

    def row(self, member: Mapped, names: Mapping[str, object]) -> list:
        plain = without_for(member)
        return [substituted(self.unrolled(plain, known), resolver(known)) for known in self.ways(member, names)]

    def rows(self, written, line: int) -> list[dict]:
        """The names of each way: `{n: 1..40}`, several names for every combination, or a list of such rows."""
        if written is None:
            return [{}]
        members = written if isinstance(written, Listed) else [written]
        rows: list[dict] = []
        for member in members:
            rows += self.combinations(self.reading.mapping(member, line, "for"), line)
            self.ensure_not_too_many(len(rows), line)
        return rows

    def combinations(self, written: Mapped, line: int) -> list[dict]:
        names = [key for key in written if key != EXCEPT]
        self.ensure_names(names, written)
        values = [self.values(written[name], written.lines[name]) for name in names]
        self.ensure_not_too_many(math.prod(map(len, values)), line)
        left_out = self.left_out(written)
        rows = (dict(zip(names, each)) for each in itertools.product(*values))
        return [row for row in rows if not any(_matches(row, out) for out in left_out)]

    def ensure_not_too_many(self, count: int, line: int) -> None:
        if count > MOST:
            self.reading.stop(line, f"for 展开后超过 {MOST} 项")

    def ensure_names(self, names: list[str], written: Mapped) -> None:
        for name in names:
            if not name.isidentifier():
                self.reading.fault(written.lines[name], f"for 里的“{name}”应是字母开头的名称")

    def left_out(self, written: Mapped) -> list[dict]:
        if written.get(EXCEPT) is None:
            return []
        line = written.lines[EXCEPT]
        members = written[EXCEPT] if isinstance(written[EXCEPT], Listed) else [written[EXCEPT]]
        return [self.reading.mapping(member, line, "except 的每一项") for member in members]

    def values(self, written, line: int) -> list:
        """What one name takes: a range, a list with ranges among its members, or one value."""
        found: list = []
        for member in written if isinstance(written, Listed) else [written]:
            try:
                found += [_plain(part) for part in listed(member)] if isinstance(member, str) else [member]
            except PlaceholderError as why:
                self.reading.fault(line, str(why))
            self.ensure_not_too_many(len(found), line)
        return found


def without_for(value: Mapped) -> Mapped:
    """The entry itself, without the word that repeats it."""
    plain = Mapped(value.line)
    plain.update({key: member for key, member in value.items() if key != FOR})
    plain.lines = {key: line for key, line in value.lines.items() if key != FOR}
    return plain


def _plain(part: str):
    """Numbers of a range are numbers, unless zeroes in front say that they are words."""
    return int(part) if part.isdecimal() and str(int(part)) == part else part


def _matches(row: dict, out: Mapping) -> bool:
    """Whether the row is one that is left out; members of `out` may be lists."""
    return all(str(row.get(name)) in [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
               for name, wanted in out.items())
