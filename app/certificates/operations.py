"""Verbs on certificates: issue, release, revoke, list; `changing.py` has those that make a new edition. They never commit and know no request."""
from __future__ import annotations

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.certificates.keeping import may_keep
from app.certificates.models import CURRENT, Certificate, CertificateChange
from app.certificates.numbers import DEFAULT_FORMAT, SHANGHAI, new_code, next_number
from app.certificates.signing import sign_certificate
from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.materials import store_document
from app.store import session, transaction
from app.store.models import Case

FIRST_ISSUED, EDITION_KIND = "first_issued_on", "edition_kind"  # members of `fields` of a later edition


def issue_certificate(call_id: str, case_id: int, *, clock: Clock, holder: str, holder_name: str, title: str, render,
                      fields: dict | None = None, number: str = "", number_format: str = DEFAULT_FORMAT, report: str = "",
                      batch: str = "", hold: bool = False) -> Certificate:
    """Issues a certificate, once per call. `holder` is a reference; `render(extra) -> pdf bytes` draws it.

    `extra` is what `printed` gives. A given `number` (of another authority) is taken as it is. With `hold` it cannot be
    printed before it is released. Raises RequestInvalid and whatever `render` raises.
    """
    with transaction():
        certificate = known(call_id) or _begin(
            clock, number, number_format, call_id=call_id, case_id=case_id, holder=holder, holder_name=holder_name,
            title=title, fields=fields or {}, report=report, batch=batch[:64],
        )
    return finish(certificate, render, clock, kind="held" if hold else "issued")


def finish(certificate: Certificate, render, clock: Clock, *, kind: str, **said) -> Certificate:
    """Draws, signs and puts in force what is numbered already; once."""
    if certificate.state != "making":
        return certificate
    call_id = certificate.call_id
    # Drawn outside any transaction: a quarter of a second in which nobody else could write. A crash here leaves a
    # numbered certificate in the making, which the next try of the same call completes.
    pdf = render(printed(certificate))
    with transaction():
        return _complete(call_id, pdf, clock, kind, said)


def printed(certificate: Certificate) -> dict:
    """What a report may print besides the case: {url, certificate: {holder, title, number, code, issued_on, edition, …}}."""
    fields = certificate.fields
    return {"url": url_of(certificate), "certificate": {
        "holder": certificate.holder_name, "title": certificate.title, "number": certificate.number,
        "code": certificate.code, "issued_on": fields.get(FIRST_ISSUED) or day_of(certificate.issued_at),
        "edition": certificate.edition, "edition_on": day_of(certificate.issued_at), "edition_kind": fields.get(EDITION_KIND, ""),
        "replaces": certificate.replaces if certificate.replaces != certificate.number else "", "fields": fields,
    }}


def url_of(certificate: Certificate) -> str:
    """Where anybody can check it."""
    return f"{current_app.config['PUBLIC_URL']}/verify/{certificate.code}"


def day_of(moment) -> str:
    """The day of an instant in Shanghai, as reports take it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def revoke_certificate(number: str, *, reason: str, clock: Clock, category: str = "", by_name: str = "", case_number: str = "") -> Certificate:
    """Revokes the edition in force; from the commit on the public check says so. Raises NotFound, RequestInvalid."""
    if not reason.strip():
        raise RequestInvalid(why=_("撤销证书须写明原因"))
    with transaction():
        certificate = locked(number)
        if certificate.state != "revoked":
            certificate.state, certificate.state_at, certificate.state_reason = "revoked", clock(), reason.strip()[:300]
            certificate.state_category = category[:60]
            note_change(certificate, "revoked", clock, reason=reason, category=category, by_name=by_name, case_number=case_number)
        return certificate


def release_certificate(number: str, *, clock: Clock, note: str = "") -> Certificate:
    """What was held may be printed from now on. Raises NotFound."""
    with transaction():
        certificate = locked(number)
        if certificate.state == "held":
            certificate.state, certificate.state_at = "valid", clock()
            note_change(certificate, "released", clock, note=note)
        return certificate


def certificates_of(actor) -> list[Certificate]:
    """The actor's own certificates, newest first."""
    query = sa.select(Certificate).where(Certificate.holder == actor.ref, Certificate.state != "making")
    return list(session().scalars(query.order_by(Certificate.id.desc())))


def certificate_for(number: str, actor, edition: int = 0) -> Certificate:
    """The certificate (its newest edition, unless one is named), or NotFound when there is none or the actor may not download it."""
    certificate = newest(number, edition)
    if certificate is None or not can_download(certificate, actor):
        raise NotFound()
    return certificate


def newest(number: str, edition: int = 0) -> Certificate | None:
    """The newest edition of a number that is drawn already, or the one named."""
    query = sa.select(Certificate).where(Certificate.number == number, Certificate.state != "making")
    query = query.where(Certificate.edition == edition) if edition else query.order_by(Certificate.edition.desc())
    return session().scalar(query.limit(1))


def can_download(certificate: Certificate, actor) -> bool:
    """Whether this actor may have the PDF."""
    if certificate.state == "making":  # there is none yet
        return False
    if may_keep(certificate, actor):  # they look after all certificates of its procedure
        return True
    if certificate.state == "held":  # nobody prints it before it is released
        return False
    if certificate.holder == actor.ref:  # their own
        return True
    from app.operations.access import can_view_case  # operations import the noun packages

    return can_view_case(session().get(Case, certificate.case_id), actor)  # it came from a case they may read


def note_change(certificate: Certificate, kind: str, clock: Clock, *, reason: str = "", category: str = "", note: str = "",
                by_name: str = "", case_number: str = "") -> None:
    """A line of the certificate's history."""
    session().add(CertificateChange(
        certificate_id=certificate.id, at=clock(), kind=kind, by_name=by_name[:100], case_number=case_number,
        category=category[:60], reason=reason.strip()[:300], note=note[:500]))


def known(call_id: str) -> Certificate | None:
    """What this call has made already."""
    return session().scalar(sa.select(Certificate).where(Certificate.call_id == call_id))


def locked(number: str) -> Certificate:
    """The newest drawn edition of a number, locked until the end of the transaction. Raises NotFound."""
    query = sa.select(Certificate).where(Certificate.number == number, Certificate.state != "making").order_by(Certificate.edition.desc()).limit(1).with_for_update()
    certificate = session().scalar(query.execution_options(populate_existing=True))
    if certificate is None:
        raise NotFound()
    return certificate


def insert(certificate: Certificate) -> Certificate:
    """A new row, numbered. Two that take one number at the same moment: the second is told. Raises RequestInvalid."""
    try:
        with session().begin_nested():
            session().add(certificate)
    except IntegrityError:
        raise RequestInvalid(why=_("证书编号 %(number)s 已被使用", number=certificate.number)) from None
    return certificate


def ensure_unused(number: str) -> None:
    if session().scalar(sa.select(Certificate.id).where(Certificate.number == number)):
        raise RequestInvalid(why=_("证书编号 %(number)s 已被使用", number=number))


def _begin(clock: Clock, number: str, number_format: str, **facts) -> Certificate:
    if number:
        ensure_unused(number)
    now = clock()
    return insert(Certificate(
        number=number or next_number(number_format or DEFAULT_FORMAT, now), edition=1, code=new_code(), issued_at=now,
        state_at=now, procedure=_procedure(facts["case_id"]), **facts))


def _procedure(case_id: int) -> str:
    return session().scalar(sa.select(Case.procedure).where(Case.id == case_id)) or ""


def _complete(call_id: str, pdf: bytes, clock: Clock, kind: str, said: dict) -> Certificate:
    certificate = session().scalar(
        sa.select(Certificate).where(Certificate.call_id == call_id).with_for_update().execution_options(populate_existing=True))
    if certificate.state != "making":  # another worker was faster
        return certificate
    owner = certificate.holder.partition(":")[2]
    name = f"{certificate.title}{certificate.number}.pdf"
    material = store_document(pdf, name, owner=owner, clock=clock, case_id=certificate.case_id)
    certificate.material_id, certificate.pdf_digest = material.id, material.sha256
    certificate.state, certificate.state_at = "held" if kind == "held" else "valid", clock()
    sign_certificate(certificate)
    note_change(certificate, kind, clock, **said)
    if certificate.replaces_id:
        _retire(certificate, kind, clock, said)
    session().flush()
    return certificate


def _retire(certificate: Certificate, kind: str, clock: Clock, said: dict) -> None:
    """The edition before this one is in force no longer."""
    old = session().get(Certificate, certificate.replaces_id, with_for_update=True, populate_existing=True)
    if old.state not in CURRENT:  # revoked while the new one was drawn: then so is the new one
        certificate.state, certificate.state_reason, certificate.state_category = old.state, old.state_reason, old.state_category
        return
    if old.state == "held":
        certificate.state = "held"
    old.state, old.state_at, old.state_reason = kind, clock(), f"由 {certificate.number} 第 {certificate.edition} 版替代"
    note_change(old, kind, clock, **said | {"note": old.state_reason})
