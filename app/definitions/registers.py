"""Registers (台账): administration data that a procedure declares and people keep up. Read from `forms/<procedure>/registers.yml`.

Only `app/definitions` imports the loader; the dataclass is for anybody below `operations`. The columns of a register are
the fields of a form, so that checks, pages and tables of Excel follow from the same words.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from .bars import Bars, Numbering, read_bars, read_numbering
from .openings import Opening, read_opening
from .pools import Pool, read_pool
from .yaml_reader import Mapped, Reading

_KEYS = ("title", "title_en", "hint", "hint_en", "form", "name", "managed_by", "unique", "kept", "list_columns", "announces", "announced_from", "announced_until", "cutoffs", "opening", "seen_by", "within", "pool", "bars", "numbering")


@dataclass(frozen=True)
class Within:
    """Holders of these roles in an organisation meet the entries whose `column` names it, and no others."""
    column: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """`name` is CEL over `row`; `unique` columns together name one entry; `kept` columns are copied into answers."""
    key: str
    title: str
    form: str
    name: str
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    managed_by: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()  # roles that read it and change nothing
    within: Within | None = None  # where some roles meet the entries of their organisation alone
    unique: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    list_columns: tuple[str, ...] = ()
    announces: str = ""    # column with the address of a notice; shown before a start, between the dates of the next two
    announced_from: str = ""
    announced_until: str = ""
    cutoffs: tuple[str, ...] = ()  # dates that overviews count down to
    opening: Opening | None = None  # where entries are opened period by period
    pool: Pool | None = None  # where people are drawn from it by lot
    bars: Bars | None = None  # where entries keep somebody from something for a time
    numbering: Numbering | None = None  # where entries say how numbers are made
    line: int = field(default=0, compare=False)


def load_registers(text: str | bytes, path: str) -> dict[str, Register]:
    """`registers.yml`. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.mapping(reading.parse(text), 1, "台账清单")
    found = {key: _register(reading, key, reading.mapping(entry, value.lines[key], "台账")) for key, entry in value.items()}
    reading.finish()
    return found


def _register(reading: Reading, key: str, value: Mapped) -> Register:
    reading.known_keys(value, _KEYS, "台账")
    reading.needed_keys(value, ("title", "form", "name"), "台账")
    words = {name: reading.text(value, name) for name in ("title", "title_en", "hint", "hint_en", "form", "name", "announces", "announced_from", "announced_until")}
    lists = {name: tuple(reading.texts(value, name)) for name in ("managed_by", "seen_by", "unique", "kept", "list_columns", "cutoffs")}
    return Register(key, **words, **lists, opening=read_opening(reading, value), pool=read_pool(reading, value), bars=read_bars(reading, value),
                    numbering=read_numbering(reading, value), within=_within(reading, value), line=value.line)


def _within(reading: Reading, value: Mapped) -> Within | None:
    if value.get("within") is None:
        return None
    found = reading.mapping(value["within"], value.lines["within"], "within")
    reading.known_keys(found, ("column", "roles"), "within")
    reading.needed_keys(found, ("column", "roles"), "within")
    return Within(reading.text(found, "column"), tuple(reading.texts(found, "roles")))
