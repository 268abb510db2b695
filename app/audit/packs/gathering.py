"""The files of one case in a pack: its events and answers as their digests want them, the course, the history, materials and papers. Reads only.

Of ballots nothing but counts is here: neither events nor answers hold more, and the course tells no more.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit.packs.concealing import WITHHELD, Concealer
from app.audit.packs.history import history_of
from app.audit.packs.looks import looks_of
from app.audit.packs.naming import Naming
from app.audit.packs.player_files import case_player
from app.audit.packs.writing import json_of
from app.audit.player import track_of
from app.audit.replays import badge_of
from app.audit.suspicion import findings_of
from app.errors import PingshenError
from app.materials import Material
from app.materials.blobs import read_blob
from app.operations import reports
from app.operations.contexts import instant
from app.people import actor_with_id
from app.proof.chain import instant_of, link_of
from app.store import session
from app.store.models import Answers, Case, Event, Printing

SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


@dataclass(frozen=True)
class Options:
    """What a pack holds besides the course. Without names there are no materials: people stand in them."""

    names: bool = True
    materials: bool = True

    @property
    def with_materials(self) -> bool:
        return self.names and self.materials


def files_of_case(case: Case, options: Options, naming: Naming, *, actor, clock) -> Iterator[tuple[str, bytes]]:
    """(path in the pack, content) of everything about one case but the bytes of its materials. Raises NotAllowed for an auditor's own case."""
    concealer, folder = Concealer(case, naming), f"cases/{case.number}"
    track, looks, found = _track(case, concealer, actor, clock), looks_of(case, concealer, actor=actor), _findings(case, concealer)
    for name, content in (
        ("track", track), ("looks", looks), ("findings", found), ("case", _head(case, concealer)), ("events", [_event(event, concealer) for event in _events(case)]),
        ("answers", [_answers(row, concealer) for row in _revisions(case)]), ("materials", [_material(row, naming) for row in _materials(case)]),
    ):
        yield f"{folder}/{name}.json", json_of(content)
    papers, drawn = _papers(case, options, naming, clock)
    yield f"{folder}/reports.json", json_of(papers)
    yield from ((f"{folder}/{path}", pdf) for path, pdf in drawn)
    yield f"{folder}/history.pdf", history_of(case, track, looks, clock=clock)
    files = {row.id: material_path(row) for row in _materials(case)} if options.with_materials else {}
    yield from case_player(case, track, looks, found["findings"], files)


def material_files(case: Case, options: Options) -> Iterator[tuple[str, str]]:
    """(path in the pack, digest) of the bytes of its materials, each content once."""
    for row in _materials(case) if options.with_materials else ():
        yield material_path(row), row.sha256


def material_path(row: Material) -> str:
    """Where the bytes of a material lie in a pack: by content, each once."""
    return f"materials/{row.sha256}{SUFFIXES.get(row.media_type, '')}"


def _track(case: Case, concealer: Concealer, actor, clock) -> dict:
    track = concealer.value(track_of(case, actor=actor, clock=clock))
    if not concealer.naming.names:
        track["case"] |= {"starter": concealer.naming.person(case.starter_id), "summary": "", "handler": ""}
        for frame in track["frames"]:
            _conceal(frame)
    return track


def _conceal(frame: dict) -> None:
    """Takes out what free words and files could tell of people."""
    for one in frame["materials"]:
        one["name"] = ""
    for one in frame["changes"]:
        one["before"] = one["after"] = WITHHELD
    for one in frame["messages"]:
        one |= {name: WITHHELD for name in ("payload", "text") if one.get(name)}
    frame["reason"] = frame["reason"] and WITHHELD
    frame["marks"] = [{**mark, "remark": WITHHELD} for mark in frame["marks"]]


def _events(case: Case) -> list[Event]:
    return session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()


def _revisions(case: Case) -> list[Answers]:
    return session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)).all()


def _materials(case: Case) -> list[Material]:
    return session().scalars(sa.select(Material).where(Material.case_id == case.id).order_by(Material.created_at, Material.id)).all()


def _head(case: Case, concealer: Concealer) -> dict:
    named = concealer.naming.names
    return {
        "number": case.number, "title": case.title, "procedure": case.procedure, "process_id": case.process_id, "release": case.release,
        "starter": concealer.naming.person(case.starter_id), "starter_name": case.starter_name if named else "", "summary": case.summary if named else "",
        "parties": case.parties if named else {}, "started_at": instant(case.started_at), "ended_at": instant(case.ended_at) if case.ended_at else "",
        "stage": case.stage, "result": case.result, "events": case.events, "head": case.head}


def _event(event: Event, concealer: Concealer) -> dict:
    said = concealer.event(event)
    return {
        "id": event.id, "seq": event.seq, "at": instant_of(event.at), "kind": event.kind, "element": event.element, "task_id": event.task_id,
        "actor_id": event.actor_id, "said": said.value, "salt": said.salt, "kept": said.kept, "answers_digest": event.answers_digest,
        "state_digest": event.state_digest, "scheme": event.scheme, "hash": event.hash, "link": link_of(event), "mac": event.mac, "key": event.key_id}


def _answers(row: Answers, concealer: Concealer) -> dict:
    said = concealer.answers(row)
    return {"form": row.form, "revision": row.revision, "seq": row.seq, "at": instant_of(row.at), "actor_id": row.actor_id, "task_id": row.task_id,
            "data": said.value, "salt": said.salt, "kept": said.kept, "digest": row.digest, "scheme": row.scheme}


def _material(row: Material, naming: Naming) -> dict:
    return {"id": row.id, "name": naming.word(row.name), "label": row.label, "owner": naming.person(row.owner), "task_id": row.task_id, "field": row.field,
            "source": row.source, "size": row.size, "media_type": row.media_type, "pages": row.pages, "sha256": row.sha256, "created_at": instant(row.created_at), "file": material_path(row)}


def _papers(case: Case, options: Options, naming: Naming, clock) -> tuple[list[dict], list[tuple[str, bytes]]]:
    """What was printed, and of each report the last print again where it still shows the same: papers themselves are not kept."""
    rows = session().scalars(sa.select(Printing).where(Printing.case_id == case.id).order_by(Printing.at, Printing.id)).all()
    last = {(row.report, row.code): row for row in rows}
    drawn = {key: _drawn(case, row, clock) for key, row in last.items()} if options.names else {}
    said = [{"report": row.report, "code": row.code, "version": row.version, "person": naming.person(row.person_id), "at": instant(row.at),
             "file": _paper_path(row) if drawn.get((row.report, row.code)) else ""} for row in rows]
    return said, [(_paper_path(last[key]), pdf) for key, pdf in drawn.items() if pdf]


def _paper_path(row: Printing) -> str:
    return f"reports/{row.report}-v{row.version}-{row.code}.pdf"


def _drawn(case: Case, printing: Printing, clock) -> bytes:
    """The report as whoever printed it would print it now; nothing where it would show something else."""
    reader = actor_with_id(printing.person_id)
    try:
        paper = reports.draw(case, printing.report, {}, actor=reader, clock=clock) if reader else None
    except PingshenError:
        return b""
    return paper.report.pdf if paper and paper.name.code == printing.code else b""


def _findings(case: Case, concealer: Concealer) -> dict:
    """What stands out and whether the history replays, as the desk knows it now."""
    badge = badge_of(case.id)
    replay = {"state": badge.state, "at": instant(badge.at), "seq": badge.seq, "words": badge.words} if badge else None
    found = [{"code": one.code, "severity": one.severity, "seq": one.seq, "element": one.element, "words": concealer.text(str(one.words))} for one in findings_of(case)]
    return {"replay": replay, "findings": found}
