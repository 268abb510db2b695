"""Which entries of a register somebody meets who holds a role in an organisation: those of their own (`within`). Reads only.

Knows a register as it is declared; whether somebody reads or keeps it at all is said by `editing`.
"""
from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from app.errors import AnswersInvalid
from app.people import SYSTEM, Actor, reference_of
from app.registers.models import RegisterEntry

EVERYWHERE = ("administrator", "auditor", "analyst")  # meet all entries of every register


def organisations_met(register, actor: Actor) -> frozenset[str] | None:
    """References of the organisations whose entries this actor meets; None for all of them."""
    said = register.register.within
    if said is None or actor is SYSTEM:
        return None
    whole = {*EVERYWHERE, *register.register.managed_by, *register.register.seen_by} - set(said.roles)
    if any(role in whole for role, _organisation in actor.roles):
        return None
    return frozenset(f"org:{where}" for role, where in actor.roles if role in said.roles and where)


def is_met(register, data: Mapping, actor: Actor) -> bool:
    """Whether an entry with these columns is one that this actor meets."""
    met = organisations_met(register, actor)
    return met is None or reference_of(data.get(register.register.within.column)) in met


def only_met(register, query, actor: Actor):
    """The query of entries without those that this actor does not meet."""
    met = organisations_met(register, actor)
    if met is None:
        return query
    # A party is stored with its reference first; quotes inside texts are escaped there, so that no text looks like one.
    near = [RegisterEntry.data.cast(sa.Text).contains(f'"{register.register.within.column}":{{"ref":"{ref}"', autoescape=True) for ref in sorted(met)]
    return query.where(sa.or_(sa.false(), *near))


def ensure_met(register, data: Mapping, actor: Actor) -> None:
    """Raises AnswersInvalid where the entry would be another organisation's."""
    if not is_met(register, data, actor):
        raise AnswersInvalid(count=1, fields={register.register.within.column: _("只能登记和修改本单位的条目，请选择本单位；其他单位的由其自行办理")})
