"""How the proof stands, for the first page of the desk: last head, last verification, replays that differ, findings, holds. Reads only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit.replays.models import ReplayResult
from app.audit.suspicion.models import KeptFinding
from app.proof.heads import latest_at
from app.proof.models import Verification
from app.retention.models import Hold
from app.store import session


@dataclass(frozen=True)
class Standing:
    """`head`: when the last signed head was written; `verified`: when everything was verified last, `faults` what it found;
    `different`: cases whose replay differs; `findings`, `holds`: open ones. None: never."""

    head: datetime | None
    verified: datetime | None
    faults: int
    different: int
    findings: int
    holds: int


def standing_of() -> Standing:
    """As it is now."""
    last = session().execute(sa.select(Verification.ended_at, Verification.count).order_by(Verification.id.desc()).limit(1)).first()
    return Standing(latest_at(), last.ended_at if last else None, last.count if last else 0, _count(ReplayResult.state == "different"),
                    _count(KeptFinding.dismissed_at.is_(None)), _count(Hold.lifted_at.is_(None)))


def _count(condition) -> int:
    return session().scalar(sa.select(sa.func.count()).where(condition))
