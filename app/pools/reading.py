"""Draws and pools as their pages show them: who may see what, lists, one's own entry. Writes nothing."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import NotFound
from app.operations.access import can_view_case
from app.operations.reading.keysets import cut_page, read_cursor
from app.pools.counting import person_in
from app.pools.models import DRAWN, Draw
from app.pools.records import draw_with_number
from app.registers import entries_in_force
from app.registers.editing import Declared, can_see, declared, declared_registers
from app.registers.models import RegisterEntry
from app.registers.reading import ALL, Filters, matching
from app.registers.within import organisations_met
from app.store import session
from app.store.models import Case

PAGE = 50


@dataclass(frozen=True)
class Own:
    """Somebody's entry in a pool."""

    register: Declared
    entry: RegisterEntry


def draw_seen_by(number: str, actor) -> Draw:
    """The draw, for those who keep or check the pool and may see the case. Raises NotFound for everybody else: names are confidential."""
    draw = draw_with_number(number)
    if not _may_see(draw, actor):
        raise NotFound()
    return draw


def draws_of(register: Declared, actor, *, cursor: str = "") -> tuple[list[Draw], str]:
    """The draws from a pool that this actor may see, newest first, with the cursor of the next page."""
    columns = sa.orm.load_only(Draw.id, Draw.number, Draw.case_id, Draw.case_number, Draw.procedure, Draw.register, Draw.state, Draw.pool, Draw.eligible,
                               Draw.looked_at, Draw.seats, Draw.supervisors, Draw.reason, Draw.actor_name, Draw.begun_at, Draw.drawn_at)
    query = sa.select(Draw).where(Draw.procedure == register.procedure, Draw.register == register.key).options(columns)
    if place := read_cursor(cursor, int):
        query = query.where(Draw.id < place[0])
    rows, following = cut_page(list(session().scalars(query.order_by(Draw.id.desc()).limit(PAGE + 1))), PAGE, lambda row: (row.id,))
    return [row for row in rows if _may_see(row, actor)], following


def pool_named(procedure: str, key: str, actor) -> Declared:
    """A pool that this actor may see. Raises NotFound."""
    found = declared(procedure, key)
    if found.register.pool is None or not can_see(found, actor):
        raise NotFound()
    return found


def people_met(register: Declared, actor) -> frozenset[str] | None:
    """References of the people whose entries, in force or not, this actor meets; None where that is everybody."""
    if organisations_met(register, actor) is None:
        return None
    return frozenset(person_in(register.register.pool, row.data) for row in session().scalars(matching(register, Filters(state=ALL), actor)))


def pools_seen_by(actor) -> list[Declared]:
    """The pools that this actor keeps or checks."""
    return [register for register in declared_registers() if register.register.pool and can_see(register, actor)] if actor.roles else []


def can_be_in_a_pool(actor) -> bool:
    """Whether this actor holds the role that people of some pool hold: what the link in the menu asks."""
    return bool(actor.roles) and any(actor.has_role(_role(register)) for register in declared_registers() if register.register.pool)


def own_entries(actor) -> list[Own]:
    """The entries in force of pools that are about this actor."""
    return [Own(register, row) for register in declared_registers() if register.register.pool for row in _about(register, actor)]


def counted(draw: Draw) -> dict[str, int]:
    """Why how many were left out: reason -> people."""
    found: dict[str, int] = {}
    for one in (draw.plan or {"people": []})["people"]:
        for reason in one["reasons"]:
            found[reason] = found.get(reason, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def left_out(draw: Draw) -> list[dict]:
    """Those of the pool who could not be drawn."""
    return [one for one in (draw.plan or {"people": []})["people"] if not one["seats"]]


def names_in(draw: Draw) -> dict[str, str]:
    """Reference -> name of everybody in the snapshot."""
    return {one["ref"]: one["name"] for one in (draw.plan or {"people": []})["people"]}


def later_draws(draw: Draw) -> list[str]:
    """The numbers of draws that came after this one because of it."""
    return list(session().scalars(sa.select(Draw.number).where(Draw.before == draw.number, Draw.state == DRAWN).order_by(Draw.id)))


def _may_see(draw: Draw, actor) -> bool:
    return can_see(declared(draw.procedure, draw.register), actor) and can_view_case(session().get(Case, draw.case_id), actor)


def _role(register: Declared) -> str:
    return register.form.field(register.register.pool.person).role


def _about(register: Declared, actor) -> list[RegisterEntry]:
    # The text is a first sieve; who it is about is read from the column.
    near = session().scalar(sa.select(RegisterEntry.id).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key,
        RegisterEntry.data.cast(sa.Text).contains(f'"{actor.ref}"', autoescape=True)).limit(1))
    rows = entries_in_force(register.procedure, register.key) if near else []
    return [row for row in rows if person_in(register.register.pool, row.data) == actor.ref]
