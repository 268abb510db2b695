"""How entries of a register are opened period by period: what is checked before, and what moves when they are copied.

Read from `opening` in `registers.yml`. Only `app/definitions` imports the loader; the dataclasses are for anybody below
`operations`.
"""
from __future__ import annotations

from dataclasses import dataclass

from .yaml_reader import Mapped, Reading

_KEYS = ("period", "shifts", "checks", "period_checks")
_CHECK = ("rule", "each", "message", "message_en", "level")
_LEVELS = ("error", "warning")


@dataclass(frozen=True)
class Check:
    """A finding where `rule` does not hold, or one for every member of the list `each`. An error stands in the way of opening."""
    message: str
    message_en: str = ""
    rule: str = ""
    each: str = ""
    level: str = "error"


@dataclass(frozen=True)
class Opening:
    """`period` is the column that says to which year an entry belongs; `shifts` are its dates that move when it is copied."""
    period: str
    shifts: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()         # CEL over `row`, `others` (of its period), `before` (the period before), `today`
    period_checks: tuple[Check, ...] = ()  # CEL over `rows`, `before`, `today`


def read_opening(reading: Reading, value) -> Opening | None:
    """The opening of one register; None where there is none. Faults go to the reading."""
    if value.get("opening") is None:
        return None
    found = reading.mapping(value["opening"], value.lines["opening"], "opening")
    reading.known_keys(found, _KEYS, "opening")
    reading.needed_keys(found, ("period",), "opening")
    return Opening(
        reading.text(found, "period"), tuple(reading.texts(found, "shifts")),
        _checks(reading, found, "checks"), _checks(reading, found, "period_checks"))


def _checks(reading: Reading, value: Mapped, key: str) -> tuple[Check, ...]:
    if value.get(key) is None:
        return ()
    rows = reading.sequence(value[key], value.lines[key], key)
    return tuple(_check(reading, reading.mapping(row, line, key)) for row, line in zip(rows, rows.lines, strict=True))


def _check(reading: Reading, value: Mapped) -> Check:
    reading.known_keys(value, _CHECK, "检查")
    reading.needed_keys(value, ("message",), "检查")
    words = {name: reading.text(value, name) for name in ("message", "message_en", "rule", "each")}
    level = reading.text(value, "level", "error")
    if level not in _LEVELS:
        reading.fault(value.line, f"level 应是 error 或 warning，而不是“{level}”")
    if bool(words["rule"]) == bool(words["each"]):
        reading.fault(value.line, "检查要写 rule 或 each，二者取一")
    return Check(**words, level=level)
