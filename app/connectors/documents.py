"""`certificate.issue`, `certificate.revoke` and `file.report`: documents drawn from the reports of the case's release."""
from __future__ import annotations

import sqlalchemy as sa

from app.certificates import issue_certificate, revoke_certificate
from app.certificates.numbers import DEFAULT_FORMAT
from app.certificates.operations import url_of
from app.connectors import Call, connector
from app.connectors.references import name_in
from app.materials import Material, store_document
from app.people import SYSTEM, party_of, reference_of
from app.store import session, transaction
from app.store.models import Case


@connector("certificate.issue")
def issue(call: Call) -> dict:
    """Result: {number, code, url}."""
    holder, report, parameters = call.need("holder"), str(call.need("report")), call.parameters
    reference = reference_of(holder)
    certificate = issue_certificate(
        call.id, call.case_id, clock=call.clock, holder=reference, title=str(call.need("title"))[:200],
        holder_name=name_in(holder) or (party_of(reference) or {"name": reference})["name"],
        fields=parameters.get("fields") or {}, number=str(parameters.get("number") or ""),
        number_format=str(parameters.get("number_format") or DEFAULT_FORMAT), replaces=str(parameters.get("replaces") or ""),
        render=lambda extra: _pdf(call, report, extra),
    )
    return {"number": certificate.number, "code": certificate.code, "url": url_of(certificate)}


@connector("certificate.revoke")
def revoke(call: Call) -> dict:
    """Result: {number, state}."""
    certificate = revoke_certificate(str(call.need("number")), reason=str(call.need("reason")), clock=call.clock)
    return {"number": certificate.number, "state": certificate.state}


@connector("file.report")
def file_report(call: Call) -> dict:
    """Draws a report and keeps it with the case. Result: {material: its id, name}."""
    report = str(call.need("report"))
    case = session().get(Case, call.case_id)
    owner = reference_of(call.parameters.get("owner")).partition(":")[2] or case.starter_id
    name = str(call.parameters.get("name") or f"{report}-{call.case_number}") + ".pdf"
    known = _filed(call)
    if known is None:
        pdf = _pdf(call, report, {})
        with transaction():
            known = _filed(call) or store_document(
                pdf, name, owner=owner, clock=call.clock, case_id=call.case_id, field=f"report:{call.id}")
    return {"material": known.id, "name": known.name}


def _filed(call: Call):
    return session().scalar(sa.select(Material).where(Material.case_id == call.case_id, Material.field == f"report:{call.id}"))


def _pdf(call: Call, report: str, extra: dict) -> bytes:
    from app.operations.reports import render_case_report  # operations import the registry of connectors

    _html, pdf = render_case_report(session().get(Case, call.case_id), report, extra, actor=SYSTEM, clock=call.clock)
    return pdf
