"""The public check of a certificate: as few facts as tell whether it is real (T18, E-11). Reads only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from app.certificates.models import STATES, Certificate
from app.certificates.numbers import tidy_code
from app.certificates.signing import is_authentic
from app.store import session

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Verified:
    """What anybody may know of a certificate."""

    holder: str  # name, partly masked
    title: str
    issued_at: datetime
    state: str  # valid|revoked|corrected
    state_words: str
    state_at: datetime


def verify_code(typed: str) -> Verified | None:
    """The facts behind a code; None when there is no such certificate or its row is not what was signed."""
    found = session().scalar(sa.select(Certificate).where(Certificate.code == tidy_code(typed)))
    if found is None or found.state == "making":
        return None
    if not is_authentic(found):
        log.error("certificate altered", number=found.number)
        return None
    return Verified(
        masked_name(found.holder_name), found.title, found.issued_at, found.state, STATES[found.state], found.state_at,
    )


def masked_name(name: str) -> str:
    """A name with its middle, or the last of two characters, hidden."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
