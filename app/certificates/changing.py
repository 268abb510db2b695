"""Corrections and re-issues: a new edition takes the place of the one in force, which stays readable and says so.

Connectors and jobs import it. The new edition is drawn by the report of the first one, in the release of its case.
"""
from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from app.certificates.models import CURRENT, STATES, Certificate
from app.certificates.numbers import new_code
from app.certificates.operations import EDITION_KIND, FIRST_ISSUED, day_of, ensure_unused, finish, insert, known, locked, release_certificate
from app.clock import Clock
from app.errors import RequestInvalid
from app.store import session, transaction

CORRECTED, REISSUED = "corrected", "reissued"


@dataclass(frozen=True)
class Wanted:
    """What the new edition says otherwise. Empty: as before."""

    number: str = ""
    holder_name: str = ""
    title: str = ""
    fields: dict = field(default_factory=dict)
    reason: str = ""
    category: str = ""
    by_name: str = ""
    case_number: str = ""


def change_certificate(call_id: str, number: str, kind: str, wanted: Wanted, *, render, clock: Clock) -> Certificate:
    """A new edition instead of the one in force, once per call. `render(certificate, extra) -> pdf bytes`.

    `kind` is CORRECTED or REISSUED. Raises NotFound, RequestInvalid (not in force, being changed already, number taken).
    """
    if not wanted.reason.strip():
        raise RequestInvalid(why=_("更正、补发证书须写明原因"))
    with transaction():
        certificate = known(call_id) or _begin(call_id, number, kind, wanted, clock)
    said = {"reason": wanted.reason, "category": wanted.category, "by_name": wanted.by_name, "case_number": wanted.case_number,
            "note": _what_changed(certificate)}
    return finish(certificate, lambda extra: render(certificate, extra), clock, kind=kind, **said)


def take_number(call_id: str, number: str, new: str, *, render, clock: Clock, reason: str, by_name: str = "") -> Certificate:
    """The number of another authority instead of ours: the old one stays findable. Releases what was held for it."""
    if number == new:
        return release_certificate(number, clock=clock, note=new)
    made = change_certificate(call_id, number, CORRECTED, Wanted(number=new, reason=reason, by_name=by_name), render=render, clock=clock)
    return release_certificate(made.number, clock=clock, note=new)


def _begin(call_id: str, number: str, kind: str, wanted: Wanted, clock: Clock) -> Certificate:
    old = locked(number)
    if old.state not in CURRENT:
        raise RequestInvalid(why=_("证书 %(number)s %(state)s，不能更正", number=number, state=STATES[old.state]))
    if session().scalar(sa.select(Certificate.id).where(Certificate.replaces_id == old.id, Certificate.state == "making")):
        raise RequestInvalid(why=_("证书 %(number)s 正在更正或补发，请等它完成", number=number))
    if wanted.number and wanted.number != old.number:
        ensure_unused(wanted.number)
    now, kept = clock(), wanted.number in ("", old.number)
    fields = old.fields | wanted.fields | {FIRST_ISSUED: old.fields.get(FIRST_ISSUED) or day_of(old.issued_at), EDITION_KIND: kind}
    return insert(Certificate(
        number=old.number if kept else wanted.number, edition=old.edition + 1 if kept else 1, code=new_code(), call_id=call_id,
        case_id=old.case_id, procedure=old.procedure, batch=old.batch, report=old.report, holder=old.holder,
        holder_name=wanted.holder_name or old.holder_name, title=wanted.title or old.title, fields=fields, issued_at=now,
        state_at=now, replaces=old.number, replaces_id=old.id))


def _what_changed(certificate: Certificate) -> str:
    """The values that differ from the edition before, each as 旧值 → 新值."""
    old = session().get(Certificate, certificate.replaces_id)
    pairs = [(getattr(old, name), getattr(certificate, name)) for name in ("number", "holder_name", "title")]
    pairs += [(old.fields.get(key, ""), value) for key, value in certificate.fields.items() if key not in (FIRST_ISSUED, EDITION_KIND)]
    return "；".join(f"{before or '空'} → {after or '空'}" for before, after in pairs if before != after)[:500]
