"""What reports of a batch are told of its members: who they are, the fields that `members` names, their dates; and the revisions.

A report is given no other field of a member, so that nothing else can be on it.
"""
from __future__ import annotations

from app import batches, rendering
from app.operations import releases
from app.operations.choices import CaseChoices
from app.operations.contexts import LatestAnswers, actor_facts, case_facts, instant
from app.operations.reading.batchpages import dates_of, view_batch
from app.operations.readership import readable_keys
from app.store.models import Case


def members_content(case: Case, key: str, actor) -> dict:
    """`members` and `revisions` for the template of a report that asks for members; nothing for others."""
    report = releases.procedure_of(case.release).reports.get(key)
    if report is None or not report.members or batches.batch_row(case.id) is None:
        return {"members": [], "revisions": []} if report is not None and report.members else {}
    page = view_batch(case, actor)
    rows = sorted(page.rows, key=lambda row: row.case.number)
    return {"members": [_member(row, report, actor) for row in rows], "revisions": [_revision(one) for one in page.revisions]}


def _member(row, report, actor) -> dict:
    return {
        "number": row.case.number, "starter": row.case.starter_name, "summary": row.case.summary, "unit": row.unit, "state": row.state,
        "since": instant(row.since), "reason": row.reason, "note": row.note, "dates": dates_of(row.case), "labels": _labels(row.case, report, actor)}


def _labels(case: Case, report, actor) -> dict:
    procedure, latest, readable = releases.procedure_of(case.release), LatestAnswers(case.latest), readable_keys(case, actor)
    context = {"form": latest, "case": case_facts(case), "vars": {}, "actor": actor_facts(actor), "today": "", "now": ""}
    wanted: dict[str, list[str]] = {}
    for path in report.members:
        form, _dot, field = path.partition(".")
        wanted.setdefault(form, []).append(field)
    choices, found = CaseChoices(case.release, case, actor), {}
    for form, keys in wanted.items():
        if form in readable and form in procedure.forms:
            known = {field.key for field in procedure.forms[form].fields()}
            found[form] = rendering.words_of(procedure.forms[form], [key for key in keys if key in known], latest[form], context, choices)
    return found


def _revision(one) -> dict:
    return {"number": one.number, "kind": one.kind, "names": [name for _number, name in one.cases], "reason": one.reason, "at": instant(one.at), "by": one.by_name}
