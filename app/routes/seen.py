"""What was seen: each answer that shows somebody's data to another is noted, and who has nothing to do in a case first says what for (D-125).

Deny by default: an address that names a case, a task, a file, a certificate, an order or a person is noted, unless
UNSEEN says why not. Lists and exports are named in LISTS. A test holds that every route is accounted for.
"""
from __future__ import annotations

from urllib.parse import unquote

from flask import Flask, current_app, redirect, request, url_for

from app import viewings
from app.errors import PingshenError, PurposeNeeded
from app.routes.actors import clock, find_actor
from app.routes.errors import wants_json

SAYS = "Purpose"  # the header in which a program says what for; other scripts than Latin percent-encoded
# name in an address -> kind of what is seen there, where KINDS_OF says nothing
KINDS_BY_NAME = {"case_id": "case", "task_id": "task", "material_id": "material", "certificate_id": "certificate", "number": "certificate",
                 "order_no": "payment", "person_id": "person"}
KINDS_OF = {
    "cases.form": "form", "cases.materials": "materials", "materials.thumbnail": "thumbnail", "reports.index": "report", "reports.show": "report",
    "batches.show": "batch", "batches.book": "export", "tablesheets.book": "export", "pools.person": "pool", "audit_player": "play",
    "audit_replays": "replay", "audit_packs": "pack", "audit_suspicion": "suspicion", "audit_retention": "retention",
}
# What shows many people at once: one row with what was asked for. Endpoint -> kind.
LISTS = {
    "home.search": "search", "people.show": "search", "people.handover_request": "person", "people.proof": "person", "operators.show": "personnel",
    "personnel.show": "personnel", "personnel.remove": "personnel", "desk.export": "export", "desk.choose": "list", "reports.ask": "report",
    "reports.over": "report", "overview.cases": "list", "overview.export_cases": "export", "bulk.show": "list", "bulk.ask": "list", "bulk.confirm": "list",
    "certificate_register.index": "list", "certificate_register.book": "export", "registers.show": "register", "registers.entry": "register",
    "registers.edit": "register", "registers.export": "export", "openings.show": "register", "openings.propose": "register", "pools.draw": "pool",
    "pools.record": "pool", "pools.draws": "pool", "pools.taken_part": "pool", "pools.taken_part_book": "export", "finance.orders": "payment",
    "finance.book": "export", "finance.bank_file": "payment", "finance.refund_list": "payment", "finance.incident_list": "payment",
    "finance.reconciled": "payment", "finance.reconciled_book": "export", "payments.joint_index": "payment", "payments.show_joint": "payment",
    "workbench_whatif.index": "list", "workbench_whatif.export": "export", "workbench_moves.new": "list", "workbench_moves.show": "list",
    "workbench_moves.export": "export",
    "audit_replays.index": "replay", "audit_replays.export": "export", "audit_replays.job": "replay", "audit_replays.job_export": "export",
    "audit_retention.run": "retention", "audit_retention.held": "retention", "audit_retention.wishes": "retention", "audit_retention.asked": "retention",
    "audit_suspicion.index": "suspicion", "audit_suspicion.export": "export",
    "audit.show": "audit", "audit.export": "export", "audit.fetch": "export", "audit.samples": "sample", "audit.sample": "sample", "audit.note": "sample",
    "audit.draw": "sample", "audit.sample_book": "export", "audit_viewings.index": "viewings", "audit_viewings.export": "export",
}
_WAY, _OWN, _TODO = "only the diagram and where the case stands in it", "shows the reader's own things alone", "names of what the reader is to do; opening one is noted"
_RULES, _PUBLIC = "procedures, settings and templates; nobody's data", "open to everybody; what is asked there has a log of its own"
# Addresses at which nobody's data is shown to another: endpoint or blueprint -> why.
UNSEEN = {
    "cases.diagram": _WAY, "cases.progress": _WAY, "cases.mine": _OWN, "cases.ask": "the question before an act, which is an event of the case",
    "api_cases.list_mine": _OWN, "api_tasks.list_waiting": _TODO, "api_jobs": _OWN, "api_releases": _RULES, "api_tokens": _OWN, "api-docs": _RULES,
    "desk.show": _TODO, "home.show": _TODO, "voting": "papers of the reader's own votes", "jobs": _OWN, "mylist": _OWN, "notices": _OWN,
    "account": _OWN, "my_viewings": _OWN, "again": _OWN, "resuming": _OWN, "materials.library": _OWN, "certificates.index": _OWN, "certificates.signature": "digests and numbers alone",
    "reports.centre": _OWN, "payments.index": _OWN, "payments.book": _OWN, "payments.state": "only whether it is paid", "pools.mine": _OWN, "pools.index": _RULES,
    "uploads": _OWN, "unit": "the organisation's own data", "phrases": "texts of an office", "handover": _OWN, "registration": _PUBLIC, "recovery": _PUBLIC,
    "provider": _PUBLIC, "proofs": _PUBLIC, "sign_in": _OWN, "certificates.ask": _PUBLIC, "certificates.keys": _PUBLIC, "certificates.verify": _PUBLIC,
    "health": _RULES, "static": _RULES, "releases": _RULES, "start": _OWN, "overview.index": "numbers alone", "overview.export": "numbers alone",
    "overview.show": "numbers alone", "overview.export_group": "numbers alone", "registers.index": _RULES, "registers.new": _RULES, "registers.template": _RULES,
    "registers.choose_file": _RULES, "personnel.new": _RULES, "personnel.load": "what the reader has just sent", "personnel.template": _RULES,
    "operators.new": _RULES, "certificate_register.numbers": _RULES, "certificate_register.numbers_template": _RULES, "finance.bank_files": "names of files and sums",
    "finance.bank_template": _RULES, "finance.reconciliation": "sums of days", "files.sample": _RULES, "purposes": "the question what for",
    "workbench": _RULES, "workbench_content": _RULES, "workbench_files": _RULES, "workbench_publishing": _RULES, "workbench_diagrams": _RULES,
    "workbench_forms": _RULES, "workbench_reports": _RULES, "workbench_findings": _RULES, "workbench_play": "invented people in a database of its own",
    "workbench_scenarios": _RULES, "workbench_changes": _RULES, "workbench_whatif.gaps": _RULES, "workbench_whatif.table": _RULES,
    "audit_insight": "figures and diagrams", "audit_proof": "digests, heads and numbers of cases", "audit_backups": "names and sizes of backups",
    "audit_retention.index": _RULES, "audit_retention.rule": _RULES, "audit_retention.made": "figures", "audit_retention.report": "digests and figures",
    "audit_suspicion.limits": _RULES, "audit.new_sample": "the number of cases found",
    "audit.sample_record": "numbers of cases", "workbench_moves.index": "numbers alone", "workbench_moves.diagram": _RULES,
}
NOTED_BY_VIEW = frozenset({"audit_player", "audit_packs"})  # endpoints and blueprints that note by themselves what they showed
SHOWN, SHOWN_AGAIN = (200, 206), (200, 206, 409, 422)  # a list stands below the refusal of what was done with it, too
_SUBJECT = "pingshen.subject"  # in the WSGI environment: found once per request


def register(app: Flask) -> None:
    """Asks what for before a request, and notes after it."""
    app.before_request(_ask_what_for)
    app.after_request(_note)


def listed_in(table, endpoint: str):
    """The endpoint's line of a table, or that of its blueprint; None without one."""
    blueprint = endpoint.partition(".")[0]
    return next((name for name in (endpoint, blueprint) if name in table), None)


def _ask_what_for():
    subject = _subject() if request.method == "GET" else None
    actor = find_actor() if subject and subject.case_id is not None else None
    if actor is None or not viewings.must_say_why(actor, subject.case_id, clock()):
        return None
    if said := request.headers.get(SAYS, ""):
        viewings.keep_words(actor, subject.case_id, unquote(said), clock())
        return None
    if wants_json():
        raise PurposeNeeded()
    return redirect(url_for("purposes.ask", case=subject.case_id, next=request.full_path.rstrip("?")), 303)


def _note(response):
    try:
        _note_what_was_shown(response.status_code)
    except PingshenError as error:  # nobody sees what could not be noted
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _note_what_was_shown(status: int) -> None:
    kind = LISTS.get(request.endpoint)
    shown = SHOWN_AGAIN if kind else SHOWN
    if status not in shown or not request.endpoint or listed_in(NOTED_BY_VIEW, request.endpoint):
        return
    subject = viewings.Subject(detail=_asked_for()) if kind and request.method in ("GET", "POST") else _subject()
    actor = find_actor() if subject is not None and (kind or request.method == "GET") else None
    if actor is not None:
        viewings.note_viewing(actor, kind=kind or _kind(), clock=clock(), case_id=subject.case_id, person_id=subject.person_id, detail=subject.detail)


def _subject() -> viewings.Subject | None:
    """Whose data the address names; None where nothing of them is shown."""
    endpoint, values = request.endpoint, request.view_args or {}
    if not endpoint or viewings.NAMES.isdisjoint(values) or endpoint in LISTS or listed_in(UNSEEN, endpoint):
        return None
    if _SUBJECT not in request.environ:
        request.environ[_SUBJECT] = viewings.subject_of(values)
    return request.environ[_SUBJECT]


def _kind() -> str:
    named = listed_in(KINDS_OF, request.endpoint)
    return KINDS_OF[named] if named else next(kind for name, kind in KINDS_BY_NAME.items() if name in request.view_args)


def _asked_for() -> str:
    """What was asked of a list: the words of its address, without where the page ended."""
    asked = (value if name == "q" else f"{name}={value}" for name, value in request.args.items() if value and name not in ("cursor", "lang"))
    return " ".join([*map(str, (request.view_args or {}).values()), *asked])
