"""The objects of an OCEL log: what a case is about besides itself, with what changed about it when, and what belongs to what. Reads only."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import NamedTuple

import sqlalchemy as sa

from app.audit.packs.log_rows import LogCase
from app.audit.packs.naming import Naming
from app.batches.models import Batch, BatchMember
from app.certificates.models import Certificate, CertificateChange
from app.materials import Material
from app.payments.models import PaymentOrder
from app.people import Organisation, Person
from app.store import session
from app.store.models import Case

# Object type -> its attributes and their types, as the standard names types.
TYPES = {
    "case": {"procedure": "string", "process": "string", "title": "string", "release": "string", "result": "string", "stage": "string", "ended_at": "time"},
    "person": {"name": "string"},
    "organisation": {"name": "string", "kind": "string"},
    "material": {"name": "string", "media_type": "string", "size": "integer", "sha256": "string", "source": "string"},
    "payment": {"subject": "string", "amount_fen": "integer", "currency": "string", "state": "string"},
    "batch": {"number": "string"},
    "certificate": {"number": "string", "edition": "integer", "title": "string", "state": "string", "replaces": "string"},
}
ALWAYS = datetime(1970, 1, 1, tzinfo=timezone.utc)  # since when what never changes holds, by the standard
_KEPT = {"issued": "valid", "released": "valid"}  # what happened to a certificate, as the state that it led to


class Thing(NamedTuple):
    """One object: `attributes` are (name, value, from when), `relations` (id of another object, what it is to this one)."""

    id: str
    type: str
    attributes: list[tuple[str, object, datetime]]
    relations: list[tuple[str, str]]


class Around(NamedTuple):
    """What hangs on a piece of cases, by case id; `made_by`: (case id, request) -> ids of what its answer brought; `by_task`: task -> materials."""

    things: dict[int, list[Thing]]
    made_by: dict[tuple[int, str], list[str]]
    by_task: dict[str, list[str]]


def things_around(ids: list[int], naming: Naming) -> Around:
    """Materials, payments, certificates and batches of these cases."""
    around = Around(defaultdict(list), defaultdict(list), defaultdict(list))
    _add_materials(around, ids, naming)
    _add_payments(around, ids, naming)
    _add_certificates(around, ids, naming)
    _add_batches(around, ids)
    return around


def case_thing(case: LogCase, around: list[Thing], naming: Naming) -> Thing:
    """The case as an object, related to its people, organisations and things."""
    row, start = case.row, case.row.started_at
    attributes = [("procedure", row.procedure, start), ("process", row.process_id, start), ("title", row.title, start)]
    attributes += [("release", digest, at) for at, digest in case.releases]
    attributes += [("stage", row.stage, row.changed_at)] if row.stage else []
    if row.ended_at:
        attributes += [("result", row.result, row.ended_at), ("ended_at", row.ended_at, row.ended_at)]
    relations = [(f"person:{naming.person(row.starter_id)}", "starter")]
    relations += [(naming.reference(party["ref"]), name) for name, party in (row.parties or {}).items() if isinstance(party, dict) and _is_somebody(party.get("ref"))]
    relations += [(thing.id, thing.type) for thing in around if thing.type != "batch"] + [(thing.id, "member") for thing in around if thing.type == "batch"]
    return Thing(case_id(row.number), "case", attributes, list(dict.fromkeys(relations)))


def people_things(naming: Naming) -> Iterator[Thing]:
    """Everybody who was spoken of; by name only where names are told."""
    for keys in _by_hundreds(sorted(naming.people)):
        names = dict(session().execute(sa.select(Person.id, Person.name).where(Person.id.in_(keys))).all()) if naming.names else {}
        for key in keys:
            yield Thing(f"person:{naming.person(key)}", "person", [("name", names[key], ALWAYS)] if key in names else [], [])


def organisation_things(ids: set[str]) -> Iterator[Thing]:
    """The organisations with these ids."""
    for keys in _by_hundreds(sorted(ids)):
        found = session().execute(sa.select(Organisation.id, Organisation.name, Organisation.kind).where(Organisation.id.in_(keys)))
        rows = {row.id: row for row in found}
        for key in keys:
            row = rows.get(key)
            yield Thing(f"org:{key}", "organisation", [("name", row.name, ALWAYS), ("kind", row.kind, ALWAYS)] if row else [], [])


def case_id(number: str) -> str:
    """The id of a case as an object."""
    return f"case:{number}"


def _by_hundreds(keys: list[str]) -> Iterator[list[str]]:
    yield from (keys[start:start + 100] for start in range(0, len(keys), 100))


def _is_somebody(reference) -> bool:
    return isinstance(reference, str) and reference.startswith(("person:", "org:"))


def _add_materials(around: Around, ids: list[int], naming: Naming) -> None:
    query = sa.select(Material.id, Material.case_id, Material.task_id, Material.owner, Material.name, Material.media_type, Material.size, Material.sha256,
                      Material.source, Material.created_at).where(Material.case_id.in_(ids)).order_by(Material.created_at, Material.id)
    for row in session().execute(query):
        key, at = f"material:{row.id}", row.created_at
        named = [("name", row.name, at)] if naming.names else []
        around.things[row.case_id].append(Thing(key, "material", [
            *named, ("media_type", row.media_type, at), ("size", row.size, at), ("sha256", row.sha256, at), ("source", row.source, at),
        ], [(f"person:{naming.person(row.owner)}", "owner")]))
        if row.task_id:
            around.by_task[row.task_id].append(key)


def _add_payments(around: Around, ids: list[int], naming: Naming) -> None:
    for row in session().scalars(sa.select(PaymentOrder).where(PaymentOrder.case_id.in_(ids)).order_by(PaymentOrder.id)):
        key, at = f"payment:{naming.thing(row.order_no)}", row.created_at
        states = [("state", "open", at)] + ([("state", "paid", row.paid_at)] if row.paid_at else [])
        states += [("state", row.state, row.asked_at)] if row.state not in ("new", "open", "paid") else []
        around.things[row.case_id].append(Thing(key, "payment", [
            ("subject", row.subject, at), ("amount_fen", row.amount, at), ("currency", row.currency, at), *states,
        ], [(naming.reference(row.payer), "payer")] if _is_somebody(row.payer) else []))
        around.made_by[row.case_id, row.call_id].append(key)


def _add_certificates(around: Around, ids: list[int], naming: Naming) -> None:
    rows = session().scalars(sa.select(Certificate).where(Certificate.case_id.in_(ids)).order_by(Certificate.id)).all()
    changes = defaultdict(list)
    for change in session().scalars(sa.select(CertificateChange).where(CertificateChange.certificate_id.in_([row.id for row in rows])).order_by(CertificateChange.id)):
        changes[change.certificate_id].append(("state", _KEPT.get(change.kind, change.kind), change.at))
    for row in rows:
        at = row.issued_at
        relations = [(naming.reference(row.holder), "holder")] if _is_somebody(row.holder) else []
        around.things[row.case_id].append(Thing(f"certificate:{row.id}", "certificate", [
            ("number", naming.thing(row.number), at), ("edition", row.edition, at), ("title", row.title, at),
            *([("replaces", f"certificate:{row.replaces_id}", at)] if row.replaces_id else []), *(changes[row.id] or [("state", row.state, row.state_at)]),
        ], relations))
        around.made_by[row.case_id, row.call_id].append(f"certificate:{row.id}")


def _add_batches(around: Around, ids: list[int]) -> None:
    query = sa.select(BatchMember.case_id, Batch.case_id.label("batch"), Batch.number, Batch.made_at, Case.number.label("case_number")).join(
        Batch, Batch.case_id == BatchMember.batch_id).join(Case, Case.id == Batch.case_id).where(BatchMember.case_id.in_(ids)).order_by(Batch.case_id)
    for row in session().execute(query):
        around.things[row.case_id].append(Thing(f"batch:{row.batch}", "batch", [("number", row.number or row.case_number, row.made_at)], []))
