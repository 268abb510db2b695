"""The record of a draw as anybody may keep it, and the proof that it holds: alone, against the conditions, against the case's history."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone

import sqlalchemy as sa

from app.definitions.pools import Ground, Pool
from app.errors import NotFound
from app.pools import lots
from app.pools.counting import judged
from app.pools.models import Draw
from app.store import session
from app.store.models import Event


def draw_with_number(number: str) -> Draw:
    """Raises NotFound."""
    found = session().scalar(sa.select(Draw).where(Draw.number == number))
    if found is None:
        raise NotFound()
    return found


def record_of(draw: Draw) -> dict:
    """Everything about a draw as plain JSON: what is downloaded, and what the digest is of."""
    return {
        "algorithm": lots.ALGORITHM, "number": draw.number, "case": draw.case_number, "plan": draw.plan, "plan_digest": draw.plan_digest,
        "secret": draw.secret, "commitment": draw.commitment, "committed_at": _moment(draw.committed_at), "words": draw.words, "seed": draw.seed,
        "order": draw.order, "seats": draw.seats, "supervisors": draw.supervisors, "reason": draw.reason, "before": draw.before,
        "actor": {"ref": f"person:{draw.actor_id}" if draw.actor_id else "", "name": draw.actor_name}, "drawn_at": _moment(draw.drawn_at), "digest": draw.digest,
    }


def check_draw(draw: Draw) -> list[str]:
    """What is wrong with a draw that the service keeps; [] when the record, its conditions and the case's history agree."""
    record = record_of(draw)
    return [*lots.faults_of(record), *unfair(record["plan"]), *_history(draw)]


def unfair(plan: Mapping) -> list[str]:
    """Those whom the conditions of the plan judge otherwise than the plan says."""
    pool = Pool("", plan["eligible_when"], tuple(Ground(ground["when"], ground["reason"]) for ground in plan["excluded_when"]))
    faults = []
    for one in plan["people"]:
        fits, reasons = judged(pool, one, plan["criteria"], plan["seats"], plan["today"])
        # Somebody may also be left out by name, with a reason that no condition gives.
        if one["seats"] != fits and not (one["seats"] == [] and set(one["reasons"]) > set(reasons)):
            faults.append(f"{one['name']}（{one['ref']}）：记录为{'可抽取' if one['seats'] else '不可抽取'}，按条件重算为{'可抽取' if fits else '不可抽取'}")
    return faults


def _history(draw: Draw) -> list[str]:
    """The digests that the history of the case was told: it is chained, and its heads are kept outside the database."""
    rows = session().scalars(sa.select(Event.details).where(Event.case_id == draw.case_id))
    told = {found["digest"] for found in map(_result_in, rows) if found.get("draw") == draw.number and found.get("digest")}
    return [] if told <= {draw.digest} else ["记录摘要与事项办理记录中的不一致"]


def _result_in(details) -> dict:
    result = details.get("result") if isinstance(details, Mapping) else None
    return result if isinstance(result, dict) else {}


def _moment(at) -> str:
    return at.astimezone(timezone.utc).isoformat() if at else ""
