"""`file.report`: documents drawn from the reports of the case's release."""
from __future__ import annotations

import sqlalchemy as sa

from app.connectors import Call, connector
from app.materials import Material, store_document
from app.people import SYSTEM, reference_of
from app.store import session, transaction
from app.store.models import Case


@connector("file.report")
def file_report(call: Call) -> dict:
    """Draws a report and keeps it with the case. Result: {material: its id, name}."""
    report = str(call.need("report"))
    case = session().get(Case, call.case_id)
    owner = reference_of(call.parameters.get("owner")).partition(":")[2] or case.starter_id
    name = str(call.parameters.get("name") or f"{report}-{call.case_number}") + ".pdf"
    known = _filed(call)
    if known is None:
        pdf = drawn(call, report, {})
        with transaction():
            known = _filed(call) or store_document(
                pdf, name, owner=owner, clock=call.clock, case_id=call.case_id, field=f"report:{call.id}")
    return {"material": known.id, "name": known.name}


def _filed(call: Call):
    return session().scalar(sa.select(Material).where(Material.case_id == call.case_id, Material.field == f"report:{call.id}"))


def drawn(call: Call, report: str, extra: dict, case_id: int = 0) -> bytes:
    """A report of this case, or of another one, as PDF; `extra` is what it may print besides the case."""
    from app.operations.reports import render_case_report  # operations import the registry of connectors

    _html, pdf = render_case_report(session().get(Case, case_id or call.case_id), report, extra, actor=SYSTEM, clock=call.clock)
    return pdf
