"""The public check of a certificate: as few facts as tell whether it is real (T18, E-11). Who asked is kept for the holder.

A wrong answer and an unknown number look the same and take the same work. Whether a proof of work is asked for is the
routes' decision.
"""
from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
import structlog
from flask import current_app

from app.certificates.models import STATES, Certificate, CertificateCheck
from app.certificates.numbers import new_code, tidy_code
from app.certificates.signing import is_authentic
from app.clock import Clock
from app.store import session, transaction

log = structlog.get_logger(__name__)
REPEATED = timedelta(minutes=10)  # the same person asking again within this time is one check
DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・.．", "·"))


@dataclass(frozen=True)
class Verified:
    """What anybody may know of a certificate."""

    holder: str  # name, partly masked
    title: str
    issued_at: datetime
    state: str  # valid|revoked|corrected|reissued
    state_words: str
    state_at: datetime
    category: str = ""  # why it was revoked, in a word
    id: int = 0  # for the note of who asked; not shown


def verify_code(typed: str) -> Verified | None:
    """The facts behind a code; None when there is no such certificate or its row is not what was signed."""
    return _shown(session().scalar(sa.select(Certificate).where(Certificate.code == tidy_code(typed))))


def verify_number(number: str, name: str) -> Verified | None:
    """The facts behind a number for whoever knows the holder's name too; an old number leads to the edition it was on."""
    query = sa.select(Certificate).where(Certificate.number == unicodedata.normalize("NFKC", number).strip()[:64], Certificate.state != "making")
    found = session().scalar(query.order_by(Certificate.edition.desc()).limit(1))
    # An unknown number is compared and verified like a known one: the time an answer takes tells nothing.
    row = found or _anybody()
    same = hmac.compare_digest(tidy_name(row.holder_name).encode() if found else new_code().encode(), tidy_name(name).encode())
    shown = _shown(row)
    return shown if found is not None and same else None


def verify_file(content: bytes) -> Verified | None:
    """The facts behind a PDF, when it is byte for byte one that was issued here. Nothing of it is kept."""
    found = session().scalar(sa.select(Certificate).where(Certificate.pdf_digest == sha256(content).hexdigest()).limit(1)) if content else None
    return _shown(found)


def note_check(shown: Verified, way: str, actor, clock: Clock) -> None:
    """Keeps that somebody asked and was told; the holder looking at their own leaves no trace."""
    person, now = (actor.id if actor else ""), clock()
    if actor is not None and session().scalar(sa.select(Certificate.holder).where(Certificate.id == shown.id)) == actor.ref:
        return
    with transaction():
        lately = sa.select(CertificateCheck.id).where(
            CertificateCheck.certificate_id == shown.id, CertificateCheck.person_id == person, CertificateCheck.way == way,
            CertificateCheck.at > now - REPEATED)
        if session().scalar(lately.limit(1)) is None:
            session().add(CertificateCheck(
                certificate_id=shown.id, at=now, way=way, person_id=person, person_name=actor.name if actor else "",
                organisation=(actor.organisation or {}).get("name", "") if actor else ""))


def checks_of(ids: list[int]) -> dict[int, list[CertificateCheck]]:
    """Who asked about these certificates, newest first; at most 100 altogether."""
    rows = session().scalars(sa.select(CertificateCheck).where(CertificateCheck.certificate_id.in_(ids)).order_by(CertificateCheck.id.desc()).limit(100))
    found: dict[int, list[CertificateCheck]] = {}
    for row in rows:
        found.setdefault(row.certificate_id, []).append(row)
    return found


def forget_old_checks(clock: Clock) -> None:
    """Deletes what is older than the settings keep."""
    with transaction():
        session().execute(sa.delete(CertificateCheck).where(CertificateCheck.at < clock() - timedelta(days=int(current_app.config["CHECKS_KEPT"]))))


def tidy_name(name: str) -> str:
    """A name as people type it: without blanks, every kind of middle dot the same."""
    return "".join(unicodedata.normalize("NFKC", name).translate(DOTS).split()).casefold()[:200]


def masked_name(name: str) -> str:
    """A name with its middle, or the last of two characters, hidden."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def _anybody() -> Certificate:
    """Some certificate to spend the same work on."""
    return session().scalar(sa.select(Certificate).where(Certificate.state != "making").order_by(Certificate.id.desc()).limit(1)) or Certificate(
        number="", code="", case_id=0, holder="", holder_name="", title="", fields={}, issued_at=datetime.min, replaces="",
        pdf_digest="", signature="", algorithm="ed25519", key_id="1", edition=1, state="making")


def _shown(found: Certificate | None) -> Verified | None:
    if found is None or found.state == "making":
        return None
    if not is_authentic(found):
        log.error("certificate altered", number=found.number)
        return None
    state = "valid" if found.state == "held" else found.state  # a wait between authorities is not the public's business
    category = found.state_category if state == "revoked" else ""
    return Verified(masked_name(found.holder_name), found.title, found.issued_at, state, STATES[state], found.state_at, category, found.id)
