"""Drawing people of a pool by lot: counted, then bound in a commit of its own, then drawn. Called by connectors.

Between binding and drawing nobody can choose the outcome: the plan and the secret are fixed, and the words of whoever
supervises are not yet spoken. A request that comes again after a crash goes on where it was and never draws twice.
"""
from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app.errors import NotAPool, NotFound
from app.operations import releases
from app.operations.contexts import instant
from app.pools import lots
from app.pools.counting import count_pool
from app.pools.models import COUNTING, DRAWN, PREPARED, Draw
from app.pools.records import record_of
from app.store import crashpoint, session, transaction
from app.store.models import Case
from app.store.sequences import next_number

PATTERN = "CQ{year}{seq:5}"


@dataclass(frozen=True)
class Wanted:
    """What a draw is asked for. `seats`: [{name, count, criteria}]; `left_out`: reference -> why; `by` is (id, name)."""

    register: str
    seats: Sequence[Mapping]
    criteria: Mapping = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    supervisors: Sequence[str] = ()
    reason: str = ""
    before: str = ""
    by: tuple[str, str] = ("", "")


def bind_lots(case_id: int, wanted: Wanted, *, call: str, clock) -> Draw:
    """Counts the pool and binds plan and secret; the draw is prepared or, when the request came before, further. Raises NotAPool."""
    draw_id = _begin(case_id, wanted, call, clock())
    draw = session().get(Draw, draw_id)
    if draw.state != COUNTING:
        return draw
    plan = _count(draw, wanted, instant(clock())[:10])
    crashpoint("draw-counted")
    with transaction():
        draw = _locked(draw_id)
        if draw.state == COUNTING:
            _bind(draw, plan, clock())
    crashpoint("draw-bound")
    return session().get(Draw, draw_id)


def draw_lots(draw: Draw, *, words: str, clock, supervisors: Sequence[str] = (), by: tuple[str, str] = ("", "")) -> Draw:
    """Draws what was prepared; a draw that was drawn stays as it is, whoever asks again."""
    draw_id = draw.id
    with transaction():
        draw = _locked(draw_id)
        if draw.state == PREPARED:
            _draw(draw, words.strip()[:200], clock())
            draw.supervisors = list(supervisors) or draw.supervisors
            draw.actor_id, draw.actor_name = by if by[0] else (draw.actor_id, draw.actor_name)
            draw.digest = lots.digest_of({key: value for key, value in record_of(draw).items() if key != "digest"})
    return session().get(Draw, draw_id)


def prepared_for(number: str, case_id: int) -> Draw:
    """The draw with this number that was prepared in this case. Raises NotFound."""
    found = session().scalar(sa.select(Draw).where(Draw.number == number, Draw.case_id == case_id, Draw.state != COUNTING))
    if found is None:
        raise NotFound()
    return found


def _begin(case_id: int, wanted: Wanted, call: str, at: datetime) -> int:
    """The row of this request, made when it is asked for the first time."""
    with transaction():
        known = session().scalar(sa.select(Draw.id).where(Draw.call == call))
        if known is not None:
            return known
        case = session().get(Case, case_id)
        procedure = releases.procedure_of(case.release)
        if getattr(procedure.registers.get(wanted.register), "pool", None) is None:
            raise NotAPool(register=wanted.register)
        draw = Draw(
            number=next_number(PATTERN, at, kind="draw"), case_id=case.id, case_number=case.number, procedure=procedure.name, register=wanted.register,
            release=case.release, state=COUNTING, supervisors=list(wanted.supervisors), reason=wanted.reason[:500], begun_at=at,
            before=wanted.before or (_last(case_id, wanted.register) if wanted.reason else ""), actor_id=wanted.by[0], actor_name=wanted.by[1], call=call)
        session().add(draw)
        session().flush()
        return draw.id


def _last(case_id: int, register: str) -> str:
    query = sa.select(Draw.number).where(Draw.case_id == case_id, Draw.register == register, Draw.state == DRAWN)
    return session().scalar(query.order_by(Draw.id.desc()).limit(1)) or ""


def _count(draw: Draw, wanted: Wanted, today: str) -> dict:
    draw_id, procedure = draw.id, releases.procedure_of(draw.release)

    def progress(judged: int, of: int) -> None:
        with transaction():
            session().execute(sa.update(Draw).where(Draw.id == draw_id, Draw.state == COUNTING).values(looked_at=judged, pool=of))

    return count_pool(procedure, wanted.register, wanted.criteria, wanted.seats, wanted.left_out, today, progress=progress)


def _bind(draw: Draw, plan: dict, at: datetime) -> None:
    """Writes down everything that decides the outcome but the words; `plan` names the draw, so that it serves for no other."""
    draw.plan = {**plan, "number": draw.number, "case": draw.case_number, "release": draw.release}
    draw.plan_digest = lots.digest_of(draw.plan)
    draw.secret = secrets.token_hex(32)
    draw.commitment = lots.commitment_of(draw.plan_digest, draw.secret)
    draw.pool = draw.looked_at = len(plan["people"])
    draw.eligible = sum(bool(one["seats"]) for one in plan["people"])
    draw.state, draw.committed_at = PREPARED, at


def _draw(draw: Draw, words: str, at: datetime) -> None:
    fits = {one["ref"]: one["seats"] for one in draw.plan["people"] if one["seats"]}
    draw.words = words
    draw.seed = lots.seed_of(draw.commitment, draw.secret, words)
    draw.order = lots.order_of(fits, draw.seed)
    draw.seats = lots.take(draw.order, draw.plan["seats"], fits)
    draw.state, draw.drawn_at = DRAWN, at


def _locked(draw_id: int) -> Draw:
    return session().get(Draw, draw_id, with_for_update=True, populate_existing=True)
