"""Adding, changing and retiring entries of registers. Every change is kept with who, when and why; nothing is deleted.

For routes and loaders. An entry is checked by the form that its register names, so that a page, a table of Excel and a
demo file are judged alike.
"""
from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson
import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import rendering
from app.clock import Clock
from app.definitions import Form, Register
from app.errors import AnswersInvalid, EntryChanged, NotAllowed, NotFound, ReasonNeeded
from app.expressions import compile_expression
from app.operations import releases
from app.operations.choices import CaseChoices
from app.operations.contexts import FormActor, instant
from app.people import SYSTEM, Actor
from app.registers.checking import ERROR, findings_on
from app.registers.models import RegisterChange, RegisterEntry
from app.registers.within import ensure_met, is_met
from app.store import session, transaction

ADDED, CHANGED, RETIRED, RESTORED = "added", "changed", "retired", "restored"
DRAFT, OPEN = "draft", "open"  # states of entries where a register opens them
SYSTEM_KEEPER = "administrator"  # may keep up every register


@dataclass(frozen=True)
class Declared:
    """A register of a procedure as its current release declares it."""

    procedure: str
    release: str
    register: Register
    form: Form

    @property
    def key(self) -> str:
        return self.register.key


def declared_registers() -> list[Declared]:
    """Every register of every procedure in use, in the order of its file."""
    return [Declared(name, release, register, releases.procedure_of(release).forms[register.form])
            for name, release in releases.in_force() for register in releases.procedure_of(release).registers.values()]


def declared(procedure: str, key: str) -> Declared:
    """One register. Raises NotFound."""
    found = next((one for one in declared_registers() if (one.procedure, one.key) == (procedure, key)), None)
    if found is None:
        raise NotFound()
    return found


def can_keep(register: Declared, actor: Actor) -> bool:
    """Whether this actor may change the entries: the system's administrator, and the roles that the register names."""
    held = {role for role, _organisation in actor.roles}
    return actor is SYSTEM or SYSTEM_KEEPER in held or bool(held & set(register.register.managed_by))


def can_see(register: Declared, actor: Actor) -> bool:
    """Whether this actor may read the list with its history: whoever keeps it, whom it lets read, and whoever checks the service."""
    readers = ("auditor", "analyst", *register.register.seen_by)
    return can_keep(register, actor) or any(role in readers for role, _organisation in actor.roles)


def sees_registers(actor: Actor) -> bool:
    """Whether there is any register that this actor may read: what the link in the top bar asks."""
    return any(can_see(register, actor) for register in declared_registers()) if actor.roles else False


def ensure_can_see(register: Declared, actor: Actor) -> None:
    if not can_see(register, actor):
        raise NotAllowed()


def ensure_can_keep(register: Declared, actor: Actor) -> None:
    if not can_keep(register, actor):
        raise NotAllowed()


def context_of(actor: Actor, clock: Clock) -> dict:
    """What the conditions of a register's form may read: no case."""
    now = instant(clock())
    return {"form": {}, "case": {}, "task": {}, "vars": {}, "outcome": "", "item": None, "actor": FormActor(actor),
            "now": now, "today": now[:10]}


def choices_of(register: Declared, actor: Actor) -> CaseChoices:
    return CaseChoices(register.release, None, actor)


def find(register: Declared, entry_id: int, actor: Actor) -> RegisterEntry:
    """An entry of this register that the actor meets. Raises NotFound."""
    row = session().get(RegisterEntry, entry_id)
    if row is None or (row.procedure, row.register) != (register.procedure, register.key) or not is_met(register, row.data, actor):
        raise NotFound()
    return row


def checked(register: Declared, data: Mapping, *, actor: Actor, clock: Clock, own: int | None = None) -> dict:
    """The data as it may be stored. Raises AnswersInvalid, also where another entry has the same unique columns."""
    clean, errors = rendering.validate(register.form, data, context_of(actor, clock), choices_of(register, actor))
    if not errors and (other := _same(register, clean, own)):
        errors = {name: _("已有相同的条目“%(name)s”，请修改它，或改这里", name=other.name) for name in register.register.unique[:1]}
    if errors:
        raise AnswersInvalid(count=len(errors), fields=errors)
    return clean


def _same(register: Declared, data: Mapping, own: int | None) -> RegisterEntry | None:
    mark = _mark(register, data)
    if mark is None:
        return None
    return session().scalar(sa.select(RegisterEntry).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key, RegisterEntry.mark == mark,
        RegisterEntry.id != (own or 0)))


def _mark(register: Declared, data: Mapping) -> str | None:
    if not register.register.unique:
        return None
    return sha256(orjson.dumps([data.get(name) for name in register.register.unique], option=orjson.OPT_SORT_KEYS)).hexdigest()


def name_of(register: Declared, data: Mapping) -> str:
    """What an entry is called in lists and forms."""
    return str(compile_expression(register.register.name).evaluate({"row": data}) or "")[:200]


def add_entry(register: Declared, data: Mapping, *, actor: Actor, clock: Clock, reason: str = "", key: str = "", state: str = "") -> RegisterEntry:
    """A new entry; a draft where the register opens its entries and `state` says nothing. Raises NotAllowed, AnswersInvalid."""
    ensure_can_keep(register, actor)
    with _unique(register), transaction() as store:
        clean = checked(register, data, actor=actor, clock=clock)
        ensure_met(register, clean, actor)
        row = RegisterEntry(
            procedure=register.procedure, register=register.key, key=key or secrets.token_hex(8), name=name_of(register, clean),
            data=clean, mark=_mark(register, clean), version=1, state=(state or DRAFT) if register.register.opening else "", changed_at=clock())
        store.add(row)
        store.flush()
        _note(row, ADDED, None, clean, reason, actor, clock)
    return row


def change_entry(register: Declared, entry_id: int, data: Mapping, *, actor: Actor, clock: Clock, reason: str, version: int) -> RegisterEntry:
    """Changes an entry. Raises NotAllowed, NotFound, ReasonNeeded, EntryChanged, AnswersInvalid."""
    ensure_can_keep(register, actor)
    with _unique(register), transaction():
        row = _locked(register, entry_id, reason, version, actor)
        clean, before = checked(register, data, actor=actor, clock=clock, own=row.id), row.data
        ensure_met(register, clean, actor)
        _ensure_stays_open(register, row, clean, clock)
        row.data, row.name, row.version, row.changed_at = clean, name_of(register, clean), row.version + 1, clock()
        row.mark = None if row.retired_at else _mark(register, clean)
        _note(row, CHANGED, before, clean, reason, actor, clock)
    return row


def retire_entry(register: Declared, entry_id: int, *, actor: Actor, clock: Clock, reason: str, version: int) -> RegisterEntry:
    """Takes an entry out of force: it stays readable and can no longer be chosen."""
    ensure_can_keep(register, actor)
    with transaction():
        row = _locked(register, entry_id, reason, version, actor)
        if row.retired_at is None:
            row.retired_at, row.mark, row.version, row.changed_at = clock(), None, row.version + 1, clock()
            _note(row, RETIRED, row.data, None, reason, actor, clock)
    return row


def restore_entry(register: Declared, entry_id: int, *, actor: Actor, clock: Clock, reason: str, version: int) -> RegisterEntry:
    """Puts a retired entry in force again. Raises AnswersInvalid when another took its place."""
    ensure_can_keep(register, actor)
    with _unique(register), transaction():
        row = _locked(register, entry_id, reason, version, actor)
        if row.retired_at is not None:
            clean = checked(register, row.data, actor=actor, clock=clock, own=row.id)
            row.retired_at, row.mark, row.version, row.changed_at = None, _mark(register, clean), row.version + 1, clock()
            _note(row, RESTORED, None, clean, reason, actor, clock)
    return row


def _locked(register: Declared, entry_id: int, reason: str, version: int, actor: Actor) -> RegisterEntry:
    if not reason.strip():
        raise ReasonNeeded(label="修改")
    find(register, entry_id, actor)
    row = session().get(RegisterEntry, entry_id, with_for_update=True, populate_existing=True)
    if row.version != version:
        raise EntryChanged(name=row.name)
    return row


def _ensure_stays_open(register: Declared, row: RegisterEntry, data: Mapping, clock: Clock) -> None:
    """What would not be opened cannot be made of an open entry either."""
    found = findings_on(register, data, row.id, instant(clock())[:10]) if row.state == OPEN and row.retired_at is None else []
    if errors := [finding.text for finding in found if finding.level == ERROR]:
        raise AnswersInvalid(count=len(errors), fields={register.register.opening.period: "；".join(errors)})


def locked_rows(register: Declared, ids: Iterable[int], actor: Actor) -> list[RegisterEntry]:
    """The entries of these ids that are in force, locked in one order. Raises NotFound."""
    wanted = sorted(set(ids))
    for entry_id in wanted:
        find(register, entry_id, actor)
    rows = session().scalars(sa.select(RegisterEntry).where(RegisterEntry.id.in_(wanted), RegisterEntry.retired_at.is_(None))
                             .order_by(RegisterEntry.id).with_for_update().execution_options(populate_existing=True))
    return list(rows)


def note_turn(row: RegisterEntry, kind: str, reason: str, actor: Actor, clock: Clock) -> None:
    """Keeps on record that an entry was opened or closed."""
    _note(row, kind, None, None, reason, actor, clock)


def _note(row: RegisterEntry, kind: str, before, after, reason: str, actor: Actor, clock: Clock) -> None:
    session().add(RegisterChange(
        entry_id=row.id, at=clock(), actor_id=actor.id, actor_name=actor.name, kind=kind, reason=reason.strip()[:500],
        before=before, after=after))


class _unique:
    """Two people who add the same entry at once: the second is told like one who came later."""

    def __init__(self, register: Declared):
        self.fields = register.register.unique[:1]

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, IntegrityError):
            raise AnswersInvalid(count=1, fields={name: _("已有相同的条目，请刷新后修改它") for name in self.fields}) from error
