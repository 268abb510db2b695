"""Entries that cases put into registers and take out: the same checks and the same record of changes as on the pages.

For connectors. A case that asks again gets the same entry; what does not fit is told as words, so that a diagram can
go on from it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa

from app.clock import Clock
from app.errors import AnswersInvalid
from app.people import SYSTEM
from app.registers.editing import Declared, add_entry, change_entry, checked, declared, retire_entry
from app.registers.models import RegisterEntry
from app.store import session


@dataclass(frozen=True)
class Source:
    """The case that puts or retires an entry: its number, the request, and whose deed it follows."""

    number: str
    call: str
    by_name: str

    def reason(self, why: str = "") -> str:
        """What the record of changes says."""
        return "".join([f"依事项 {self.number}", f"（{self.by_name}办理）" if self.by_name else "", f"：{why}" if why else ""])


def put_entry(procedure: str, register: str, values: Mapping, *, key: str = "", source: Source, clock: Clock) -> tuple[str, str]:
    """Adds the entry, or changes the one with this key: (key, "") or ("", what is wrong)."""
    where = declared(procedure, register)
    known = entry_with_key(where, key or _key_of(source.call))
    try:
        if known is None:
            row = add_entry(where, values, actor=SYSTEM, clock=clock, reason=source.reason(), key=key or _key_of(source.call))
            return row.key, ""
        if key and known.retired_at is None and (whole := _whole(where, known, values, clock)) != known.data:
            change_entry(where, known.id, whole, actor=SYSTEM, clock=clock, reason=source.reason(), version=known.version)
        return known.key, ""
    except AnswersInvalid as error:
        return "", "；".join(f"{_label(where, path)}：{message}" for path, message in error.fields.items())


def retire_with_key(procedure: str, register: str, key: str, *, why: str, source: Source, clock: Clock) -> bool:
    """Takes the entry with this key out of force; False when there is none. Asked again, nothing changes."""
    where = declared(procedure, register)
    known = entry_with_key(where, key)
    if known is None:
        return False
    if known.retired_at is None:
        retire_entry(where, known.id, actor=SYSTEM, clock=clock, reason=source.reason(why), version=known.version)
    return True


def entry_with_key(register: Declared, key: str) -> RegisterEntry | None:
    """The entry that answers keep under this key, retired or not."""
    return session().scalar(sa.select(RegisterEntry).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key, RegisterEntry.key == key))


def _whole(register: Declared, known: RegisterEntry, values: Mapping, clock: Clock) -> dict:
    """The entry as it would be stored with these values."""
    return checked(register, {**known.data, **values}, actor=SYSTEM, clock=clock, own=known.id)


def _key_of(call: str) -> str:
    return sha256(call.encode()).hexdigest()[:16]


def _label(register: Declared, path: str) -> str:
    field = register.form.field(path.split(".")[0])
    return field.label if field else path


__all__ = ["Source", "entry_with_key", "put_entry", "retire_with_key"]
