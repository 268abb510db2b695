"""Entries that keep somebody from something until a day: found by the text that a diagram compares them with. Reads only."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.definitions import Register
from app.expressions import compile_expression
from app.identifiers import plain_number
from app.registers.rows import entries_in_force


@dataclass(frozen=True)
class Bar:
    """An entry in force: why, and until which day (that day included)."""

    reason: str
    until: str


def bar_in_force(procedure: str, register: Register, keys: str | Collection[str], today: str) -> Bar | None:
    """The bar with one of these keys that holds today, the one that lasts longest; None for empty keys.

    An entry that says no last day holds until it is retired. Both days count as barred. A number is the same number
    however it is written: small letters, blanks, full width, 15 digits.
    """
    wanted = {plain_number(key) for key in ([keys] if isinstance(keys, str) else keys)} - {""}
    if not wanted or register.bars is None:
        return None
    said, keyed = register.bars, compile_expression(register.bars.key)
    found = [entry.data for entry in entries_in_force(procedure, register.key)
             if _holds(entry.data, said, today) and plain_number(str(keyed.evaluate({"row": entry.data}) or "")) in wanted]
    bars = [Bar(str(data.get(said.reason) or ""), str(data.get(said.ends) or "")) for data in found]
    return max(bars, key=lambda bar: bar.until or "9999") if bars else None


def _holds(data: dict, said, today: str) -> bool:
    begins, ends = str(data.get(said.begins) or ""), str(data.get(said.ends) or "")
    return begins <= today and (not ends or today <= ends)


def pattern_in_force(procedure: str, register: Register, kind: str, today: str) -> str:
    """How numbers of this kind are made today: the entry of the kind before one for all, the one that began last; "" when none."""
    said = register.numbering
    rows = [entry.data for entry in entries_in_force(procedure, register.key) if _holds(entry.data, said, today)]
    fitting = [data for data in rows if not said.kind or str(data.get(said.kind) or "") in ("", kind)]
    best = max(fitting, key=lambda data: (bool(said.kind and data.get(said.kind)), str(data.get(said.begins) or "")), default=None)
    return str(best.get(said.pattern) or "") if best else ""
