"""The copy of a person's own data: a ZIP with JSON for programs, a page for people, and the files they uploaded.

Only what concerns the person themselves: of reviewers neither names nor words, as their case page shows it to them.
"""
from __future__ import annotations

import zipfile
from pathlib import Path

import orjson
import sqlalchemy as sa
from flask import current_app, render_template

from app import certificates, materials, payments, people, rendering
from app.errors import PingshenError
from app.materials.blobs import read_blob
from app.operations import releases
from app.operations.blinding import veiled_notice
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context, instant
from app.operations.reading.filled import readable_forms
from app.operations.reading.histories import timeline
from app.store import session
from app.store.models import Answers, Case, Draft, Notice


def write_copy(person_id: str, target: Path, clock) -> int:
    """Writes the copy, whole or not at all; returns its size in bytes."""
    actor = people.actor_with_id(person_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as book:
        data = gathered(actor, clock)
        data["files"] = list(_add_files(book, actor))
        book.writestr("data.json", orjson.dumps(data, option=orjson.OPT_INDENT_2))
        book.writestr("index.html", render_template("mail/own_data.html", site=current_app.config["SITE_NAME"], made_at=instant(clock()), **data))
    draft.chmod(0o600)
    draft.rename(target)
    return target.stat().st_size


def gathered(actor, clock) -> dict:
    """All that is kept about the person, as plain data; the files apart."""
    profile = people.profile_of(actor.id)
    return {
        "person": {"account": actor.id, "name": actor.name, "profile": vars(profile) if profile else {},
                   "organisations": [party["name"] for party in people.organisations_of(actor.id)], "roles": sorted(actor.roles)},
        "cases": [_case(case, actor, clock) for case in session().scalars(sa.select(Case).where(Case.starter_id == actor.id).order_by(Case.id))],
        "notices": [{"at": instant(n.at), "title": n.title, "text": n.text, "read_at": instant(n.read_at) if n.read_at else ""}
                    for n in _notices(actor)],
        "payments": [_order(order) for order in payments.orders_of(actor, limit=10_000) if order.payer == actor.ref],
        "certificates": [{"number": c.number, "title": c.title} for c in certificates.certificates_of(actor)],
        "sign_ins": [{"at": instant(v.created_at), "from": v.address, "way": v.way} for v in session().scalars(
            sa.select(people.SignIn).where(people.SignIn.person_id == actor.id).order_by(people.SignIn.created_at.desc()).limit(1000))],
    }


def _notices(actor) -> list:
    """Their notices as their page shows them: a copy tells a blind reader nothing that the pages keep from them."""
    rows = session().scalars(sa.select(Notice).where(Notice.person_id == actor.id).order_by(Notice.id))
    return [veiled_notice(row, actor) for row in rows]


def _case(case: Case, actor, clock) -> dict:
    forms = releases.procedure_of(case.release).forms
    return {
        "number": case.number, "title": case.title, "summary": case.summary, "started_at": instant(case.started_at),
        "ended_at": instant(case.ended_at) if case.ended_at else "", "stage": case.stage, "result": case.result,
        "forms": [_form(forms[link.key], link, case, actor, clock) for link in readable_forms(case, actor)],
        "drafts": [dict(draft.data) for draft in session().scalars(sa.select(Draft).where(Draft.case_id == case.id, Draft.person_id == actor.id))],
        "history": [{"at": instant(h.at), "step": h.element_name, "what": h.outcome_label or h.kind, "who": h.who, "reason": h.reason}
                    for h in timeline(case, actor)],
    }


def _form(form, link, case: Case, actor, clock) -> dict:
    """A form as labels with words, and raw as it was stored."""
    raw, names = session().get(Answers, link.answers_id).data, rendering.labels(form)
    words = rendering.printed(form, raw, case_context(case, actor=actor, clock=clock), CaseChoices(case.release, case, actor))
    return {"title": link.title, "given_at": instant(link.at), "raw": raw,
            "answers": [{"label": names.get(key, key), "value": _labelled(value, key, names)} for key, value in words.items() if value not in ("", [])]}


def _labelled(value, key: str, names: dict):
    if isinstance(value, list):
        return [{names.get(f"{key}.{column}", column): text for column, text in row.items()} if isinstance(row, dict) else str(row) for row in value]
    return str(value)


def _order(order) -> dict:
    return {"order": order.order_no, "case": order.case_number, "subject": order.subject, "amount_fen": order.amount,
            "state": order.state, "paid_at": instant(order.paid_at) if order.paid_at else ""}


def _add_files(book: zipfile.ZipFile, actor):
    """Puts the person's files in; each once, named so that no two meet. A damaged one is listed and not there."""
    for number, kept in enumerate(materials.library_of(actor.id, limit=100_000), 1):
        name = f"files/{number:04d}-{kept.material.name.replace('/', '_')[-120:]}"
        facts = {"name": kept.material.name, "file": name, "label": kept.label, "uploaded_at": instant(kept.material.created_at), "used_in": list(kept.used_in)}
        try:
            book.writestr(zipfile.ZipInfo(name), read_blob(kept.material.sha256))
        except PingshenError as error:
            facts |= {"file": "", "fault": error.message}
        yield facts
