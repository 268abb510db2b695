"""Registers (台账): administration data that a procedure declares and people keep up. Read from `forms/<procedure>/registers.yml`.

Only `app/definitions` imports the loader; the dataclass is for anybody below `operations`. The columns of a register are
the fields of a form, so that checks, pages and tables of Excel follow from the same words.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from .yaml_reader import Mapped, Reading

_KEYS = ("title", "title_en", "hint", "hint_en", "form", "name", "managed_by", "unique", "kept", "list_columns", "announces", "announced_from", "announced_until")


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
    unique: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    list_columns: tuple[str, ...] = ()
    announces: str = ""    # column with the address of a notice; shown before a start, between the dates of the next two
    announced_from: str = ""
    announced_until: str = ""
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
    lists = {name: tuple(reading.texts(value, name)) for name in ("managed_by", "unique", "kept", "list_columns")}
    return Register(key, **words, **lists, line=value.line)
