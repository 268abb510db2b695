"""The report of a run: what was erased by which rule, with digests, never values; signed with a key outside the database."""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import keys, rendering
from app.jobs import JobItem
from app.operations.contexts import instant
from app.proof.digests import canonical
from app.retention.classes import CLASSES, TRACES, class_words, table_words
from app.retention.models import RetentionItem, RetentionRun, Tombstone
from app.store import session
from app.store.models import Case

KEY_USE = "retention"
TEMPLATE = Path(__file__).with_name("report.html")


def sign(run: RetentionRun, compacted: bool) -> None:
    """Writes the report of a run that is over, and signs its canonical JSON."""
    run.report = _facts(run) | {"compacted": compacted}
    run.key_id, seed = keys.signing_key(KEY_USE)
    run.signature = Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(run.report)).hex()


def is_authentic(report: dict, signature: str, key_id: str) -> bool:
    """Whether this is what was signed."""
    seed = keys.verifying_key(KEY_USE, key_id)
    try:
        Ed25519PrivateKey.from_private_bytes(seed or bytes(32)).public_key().verify(bytes.fromhex(signature), canonical(report))
    except (InvalidSignature, ValueError):
        return False
    return seed is not None


def as_json(run: RetentionRun) -> bytes:
    """The report with its signature and the public key, for whoever checks it elsewhere: Ed25519 over the canonical JSON of `report`."""
    return canonical({"report": run.report, "algorithm": "ed25519", "key": run.key_id, "signature": run.signature, "public_key": public_key(run.key_id)})


def as_pdf(run: RetentionRun) -> bytes:
    """The same to read and to file."""
    named = [one["table"] for one in run.report["tombstones"]] + [one["what"] for one in run.report.get("stays", ())]
    words = {"tables": {name: table_words(name) for name in named}, "labels": {key: class_words(key) for key in (*CLASSES, TRACES)}}
    return rendering.render_report(TEMPLATE.read_text("utf-8"), run.report | words | {"signature": run.signature, "key": run.key_id}).pdf


def public_key(key_id: str) -> str:
    """The PEM of the key that signed."""
    seed = keys.verifying_key(KEY_USE, key_id)
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() if seed else ""


def totals_of(run_id: int) -> list[dict]:
    """What a run has erased until now: {class, table, cases, count}, by table."""
    query = sa.select(Tombstone.data_class, Tombstone.table, sa.func.count(sa.distinct(Tombstone.case_id)), sa.func.sum(Tombstone.count)).where(
        Tombstone.run_id == run_id).group_by(Tombstone.data_class, Tombstone.table).order_by(Tombstone.data_class, Tombstone.table)
    return [{"class": key, "table": table, "cases": cases, "count": int(count)} for key, table, cases, count in session().execute(query)]


def undone_of(run: RetentionRun) -> list[JobItem]:
    """The lines that failed, or were left when somebody stopped the job: another run goes on with them."""
    return list(session().scalars(sa.select(JobItem).where(JobItem.job_id == run.job_id, JobItem.state.in_(("failed", "stopped"))).order_by(JobItem.position)))


def _facts(run: RetentionRun) -> dict:
    stays = session().scalars(sa.select(RetentionItem).where(RetentionItem.run_id == run.id, RetentionItem.stays != "").order_by(RetentionItem.position))
    return {
        "run": run.id, "kind": run.kind, "person": run.person_id, "rules": [{key: rule[key] for key in ("class", "procedure", "months", "action")} for rule in run.rules],
        "planned_by": run.planned_by, "planned_at": instant(run.planned_at), "approved_by": run.decided_by, "approved_at": instant(run.decided_at),
        "closed_at": instant(run.closed_at), "totals": totals_of(run.id), "tombstones": _tombstones(run.id),
        "stays": [{"what": one.label, "class": one.data_class, "why": one.stays} for one in stays],
        "undone": [{"what": one.label, "why": one.words} for one in undone_of(run)],
    }


def _tombstones(run_id: int) -> list[dict]:
    query = sa.select(Tombstone, Case.number).outerjoin(Case, Case.id == Tombstone.case_id).where(Tombstone.run_id == run_id).order_by(Tombstone.id)
    return [{"at": instant(one.at), "case": number or "", "class": one.data_class, "table": one.table, "count": one.count, "digest": one.digest}
            for one, number in session().execute(query)]
