"""Verbs on certificates: issue, revoke, list. They never commit and know no request."""
from __future__ import annotations

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.certificates.models import STATES, Certificate
from app.certificates.numbers import DEFAULT_FORMAT, SHANGHAI, new_code, next_number
from app.certificates.signing import sign_certificate
from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.materials import store_document
from app.store import session, transaction
from app.store.models import Case


def issue_certificate(call_id: str, case_id: int, *, clock: Clock, holder: str, holder_name: str, title: str, render,
                      fields: dict | None = None, number: str = "", number_format: str = DEFAULT_FORMAT,
                      replaces: str = "") -> Certificate:
    """Issues a certificate, once per call. `holder` is a reference; `render(extra) -> pdf bytes` draws it.

    `extra` is what `printed` gives. A given `number` (of another authority) is taken as it is.
    Raises RequestInvalid, NotFound (nothing to replace) and whatever `render` raises.
    """
    with transaction():
        certificate = _known(call_id) or _begin(
            call_id=call_id, case_id=case_id, clock=clock, holder=holder, holder_name=holder_name, title=title,
            fields=fields or {}, number=number, number_format=number_format, replaces=replaces,
        )
    if certificate.state != "making":
        return certificate
    # Drawn outside any transaction: a quarter of a second in which nobody else could write. A crash here leaves a
    # numbered certificate in the making, which the next try of the same call completes.
    pdf = render(printed(certificate))
    with transaction():
        return _complete(call_id, pdf, clock)


def printed(certificate: Certificate) -> dict:
    """What a report may print besides the case: {url, certificate: {holder, title, number, code, issued_on, fields}}."""
    return {"url": url_of(certificate), "certificate": {
        "holder": certificate.holder_name, "title": certificate.title, "number": certificate.number,
        "code": certificate.code, "issued_on": f"{certificate.issued_at.astimezone(SHANGHAI):%Y-%m-%d}",
        "fields": certificate.fields,
    }}


def url_of(certificate: Certificate) -> str:
    """Where anybody can check it."""
    return f"{current_app.config['PUBLIC_URL']}/verify/{certificate.code}"


def revoke_certificate(number: str, *, reason: str, clock: Clock) -> Certificate:
    """Revokes a certificate; from the commit on the public check says so. Raises NotFound, RequestInvalid."""
    if not reason.strip():
        raise RequestInvalid(why=_("撤销证书须写明原因"))
    with transaction():
        certificate = _locked(number)
        if certificate.state != "revoked":
            certificate.state, certificate.state_at, certificate.state_reason = "revoked", clock(), reason.strip()[:300]
        return certificate


def certificates_of(actor) -> list[Certificate]:
    """The actor's own certificates, newest first."""
    query = sa.select(Certificate).where(Certificate.holder == actor.ref, Certificate.state != "making")
    return list(session().scalars(query.order_by(Certificate.id.desc())))


def certificate_for(number: str, actor) -> Certificate:
    """The certificate, or NotFound when there is none or the actor may not download it."""
    certificate = session().scalar(sa.select(Certificate).where(Certificate.number == number))
    if certificate is None or not can_download(certificate, actor):
        raise NotFound()
    return certificate


def can_download(certificate: Certificate, actor) -> bool:
    """Whether this actor may have the PDF."""
    if certificate.state == "making":  # there is none yet
        return False
    if certificate.holder == actor.ref:  # their own
        return True
    from app.operations.access import can_view_case  # operations import the noun packages

    return can_view_case(session().get(Case, certificate.case_id), actor)  # it came from a case they may read


def _known(call_id: str) -> Certificate | None:
    return session().scalar(sa.select(Certificate).where(Certificate.call_id == call_id))


def _begin(*, clock: Clock, number: str, number_format: str, replaces: str, **facts) -> Certificate:
    if replaces:
        old = _locked(replaces)
        if old.state != "valid":
            raise RequestInvalid(why=_("证书 %(number)s %(state)s，不能更正", number=replaces, state=STATES[old.state]))
    elif number and session().scalar(sa.select(Certificate.id).where(Certificate.number == number)):
        raise RequestInvalid(why=_("证书编号 %(number)s 已被使用", number=number))
    now = clock()
    certificate = Certificate(
        number=number or next_number(number_format or DEFAULT_FORMAT, now), code=new_code(), replaces=replaces,
        issued_at=now, state_at=now, **facts,
    )
    session().add(certificate)
    session().flush()
    return certificate


def _complete(call_id: str, pdf: bytes, clock: Clock) -> Certificate:
    certificate = session().scalar(
        sa.select(Certificate).where(Certificate.call_id == call_id).with_for_update().execution_options(populate_existing=True))
    if certificate.state != "making":  # another worker was faster
        return certificate
    owner = certificate.holder.partition(":")[2]
    name = f"{certificate.title}{certificate.number}.pdf"
    material = store_document(pdf, name, owner=owner, clock=clock, case_id=certificate.case_id)
    certificate.material_id, certificate.pdf_digest = material.id, material.sha256
    certificate.state, certificate.state_at = "valid", clock()
    sign_certificate(certificate)
    if certificate.replaces:
        old = _locked(certificate.replaces)
        old.state, old.state_at, old.state_reason = "corrected", clock(), f"更正为 {certificate.number}"
    session().flush()
    return certificate


def _locked(number: str) -> Certificate:
    query = sa.select(Certificate).where(Certificate.number == number).with_for_update()
    certificate = session().scalar(query.execution_options(populate_existing=True))
    if certificate is None:
        raise NotFound()
    return certificate
