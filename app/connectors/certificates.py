"""`certificate.…`: issue, find, correct, issue anew, revoke, tell a superior system. Drawn by reports of the case's release."""
from __future__ import annotations

import httpx
from flask import current_app

from app.certificates import Certificate, issue_certificate, newest, release_certificate, revoke_certificate, take_number
from app.certificates.changing import CORRECTED, REISSUED, Wanted, change_certificate
from app.certificates.keeping import may_keep
from app.certificates.models import CURRENT, STATES
from app.certificates.numbers import DEFAULT_FORMAT
from app.certificates.operations import day_of, url_of
from app.connectors import Call, connector
from app.connectors.documents import drawn
from app.connectors.references import name_in
from app.errors import RequestInvalid
from app.people import actor_with_id, party_of, profile_of, reference_of
from app.registers.bars import pattern_in_force
from app.store import session
from app.store.models import Case

TIMEOUT = httpx.Timeout(10.0, connect=3.0)  # seconds


@connector("certificate.issue")
def issue(call: Call) -> dict:
    """Result: {number, code, url, edition, issued_on, held}."""
    parameters = call.parameters
    if parameters.get("replaces"):
        return _changed(call, CORRECTED, str(parameters["replaces"]))
    holder, report = call.need("holder"), str(call.need("report"))
    reference = reference_of(holder)
    certificate = issue_certificate(
        call.id, call.case_id, clock=call.clock, holder=reference, title=str(call.need("title"))[:200],
        holder_name=name_in(holder) or (party_of(reference) or {"name": reference})["name"],
        fields=parameters.get("fields") or {}, number=str(parameters.get("number") or ""), number_format=_format(call),
        report=report, batch=str(parameters.get("batch") or ""), hold=bool(parameters.get("hold")) and not call.dry,
        render=lambda extra: drawn(call, report, extra),
    )
    return _facts(certificate)


@connector("certificate.find")
def find(call: Call) -> dict:
    """What is known of a certificate, for whoever may know it: `asked_by` holds it or looks after its procedure.

    Result: {found} and, when found, {number, holder, title, fields, state, state_words, current, issued_on, case, parties, keeper, document}: `document` (of the account) for whoever looks after certificates alone.
    """
    certificate = newest(str(call.need("number")).strip())
    asker = actor_with_id(reference_of(call.need("asked_by")).partition(":")[2])
    if certificate is None or certificate.state == "making" or asker is None:
        return {"found": False}
    keeper = may_keep(certificate, asker)
    if not keeper and certificate.holder != asker.ref:
        return {"found": False}
    case = session().get(Case, certificate.case_id)
    return _facts(certificate) | {
        "found": True, "holder": {"ref": certificate.holder, "name": certificate.holder_name}, "title": certificate.title,
        "fields": certificate.fields, "state": certificate.state, "state_words": STATES[certificate.state],
        "current": certificate.state in CURRENT, "case": case.number, "parties": case.parties, "keeper": keeper,
        "document": _document(certificate) if keeper else {}}


def _document(certificate: Certificate) -> dict:
    """What the holder's account proves itself with: a register of barred people is kept by it."""
    profile = profile_of(certificate.holder.partition(":")[2])
    return {"type": profile.id_type, "number": profile.id_number} if profile and profile.id_number else {}


@connector("certificate.correct")
def correct(call: Call) -> dict:
    """Result: {number, code, url, edition, issued_on, held}."""
    return _changed(call, CORRECTED, str(call.need("number")))


@connector("certificate.reissue")
def reissue(call: Call) -> dict:
    """Result: {number, code, url, edition, issued_on, held}."""
    return _changed(call, REISSUED, str(call.need("number")))


@connector("certificate.revoke")
def revoke(call: Call) -> dict:
    """Result: {number, state, revoked_on}."""
    certificate = revoke_certificate(
        str(call.need("number")), reason=str(call.need("reason")), clock=call.clock, category=str(call.parameters.get("category") or ""),
        by_name=_by(call), case_number=call.case_number)
    return {"number": certificate.number, "state": certificate.state, "revoked_on": day_of(certificate.state_at)}


@connector("certificate.push")
def push(call: Call) -> dict:
    """Tells a superior system of a certificate, and takes its number where wanted; tried again until it answers.

    Result: {accepted, number}: without such a system `accepted` is false and nothing was sent.
    """
    number, url = str(call.need("number")), current_app.config["PROVINCE_URL"]
    certificate = newest(number)
    if certificate is None:
        raise RequestInvalid(why=f"没有证书 {number}")
    if call.dry or not url:
        return {"accepted": False, "number": release_certificate(number, clock=call.clock).number}
    answer = httpx.post(f"{url.rstrip('/')}/certificates", json=_sent(certificate, call.id), timeout=TIMEOUT, trust_env=False)
    answer.raise_for_status()
    given = str(answer.json().get("number") or "")
    if given and call.parameters.get("take_number"):
        certificate = take_number(call.id, number, given, render=lambda made, extra: _redrawn(call, made, extra), clock=call.clock, reason="启用上级系统编号")
    else:
        certificate = release_certificate(number, clock=call.clock)
    return {"accepted": True, "number": certificate.number, "code": certificate.code, "url": url_of(certificate)}


def _sent(certificate: Certificate, call_id: str) -> dict:
    """What the superior system is told; `request` lets it know a second try."""
    return {"request": call_id, "number": certificate.number, "name": certificate.holder_name, "title": certificate.title,
            "issued_on": day_of(certificate.issued_at), "fields": certificate.fields, "pdf_sha256": certificate.pdf_digest}


def _changed(call: Call, kind: str, number: str) -> dict:
    parameters = call.parameters
    texts = {name: str(parameters.get(name) or "").strip() for name in ("title", "holder_name", "category")}
    wanted = Wanted(
        number=str(parameters.get("new_number") or "").strip(), fields={k: v for k, v in (parameters.get("fields") or {}).items() if v not in (None, "")},
        reason=str(parameters.get("reason") or ("更正" if parameters.get("replaces") else "")), by_name=_by(call), case_number=call.case_number, **texts)
    render = lambda made, extra: _redrawn(call, made, extra)  # noqa: E731
    return _facts(change_certificate(call.id, number, kind, wanted, render=render, clock=call.clock))


def _redrawn(call: Call, certificate: Certificate, extra: dict) -> bytes:
    """The PDF of a later edition, by the report and the release that drew the first."""
    return drawn(call, certificate.report or str(call.need("report")), extra, case_id=certificate.case_id)


def drawn_again(certificate: Certificate, extra: dict, clock) -> bytes:
    """The PDF of a later edition that no diagram asked for: a number taken from a workbook."""
    call = Call(id="", case_id=certificate.case_id, case_number="", parameters={}, clock=clock)
    return drawn(call, certificate.report, extra)


def _by(call: Call) -> str:
    return name_in(call.parameters.get("by")) or str(call.parameters.get("by") or "")


def _format(call: Call) -> str:
    """The pattern of the number: what the diagram says, else the entry of the register it names, else the default."""
    from app.operations import releases  # operations import the registry of connectors

    name = str(call.parameters.get("numbers") or "")
    if not name:
        return str(call.parameters.get("number_format") or DEFAULT_FORMAT)
    case = session().get(Case, call.case_id)
    register = releases.procedure_of(case.release).registers.get(name)
    if register is None or register.numbering is None:
        raise RequestInvalid(why=f"没有写 numbering 的台账“{name}”")
    pattern = pattern_in_force(case.procedure, register, str(call.parameters.get("numbers_kind") or ""), day_of(call.clock()))
    return pattern or str(call.parameters.get("number_format") or DEFAULT_FORMAT)


def _facts(certificate: Certificate) -> dict:
    return {"number": certificate.number, "code": certificate.code, "url": url_of(certificate), "edition": certificate.edition,
            "issued_on": day_of(certificate.issued_at), "held": certificate.state == "held"}
