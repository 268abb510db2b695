"""Making a pack: one ZIP of cases, logs, diagrams, materials, proof, player and verifier, with a signed list of everything in it.

Cases may be gathered one by one into pieces beforehand (jobs do), or all at once (the command line does).
"""
from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.audit.packs import ocel, xes
from app.audit.packs.gathering import Options, files_of_case, material_files
from app.audit.packs.naming import Naming
from app.audit.packs.player_files import shared_player
from app.audit.packs.proofs import add_proof, sign_manifest
from app.audit.packs.scope import Scope
from app.audit.packs.writing import PackWriter, json_of
from app.errors import TooManyForPack
from app.materials.blobs import BlobDamaged, read_blob
from app.operations import releases
from app.operations.contexts import instant
from app.operations.past_releases import releases_of
from app.proof.chains import verify_case
from app.store import session
from app.store.models import Case, Release

FORMAT = "pingshen-pack"
VERSION = 1
OFFLINE = Path(__file__).with_name("offline")  # what goes into every pack as it is


@dataclass(frozen=True)
class Asked:
    """What a pack is to hold, and of whom it says that they made it."""

    options: Options
    title: str
    purpose: str
    made_by: str

    def naming(self, key: bytes = b"") -> Naming:
        return Naming(self.options.names, key)


def most_bytes() -> int:
    """How large a pack may be."""
    return int(current_app.config["PACK_LIMIT"]) * 1_000_000


def ensure_size(cases: int) -> None:
    """Raises TooManyForPack."""
    if cases > int(current_app.config["PACK_CASES"]):
        raise TooManyForPack(count=cases, most=current_app.config["PACK_CASES"])


def gather_case(case_id: int, target: Path, asked: Asked, naming: Naming, *, actor, clock) -> None:
    """Writes one case as a piece of a pack to come, whole or not at all."""
    case = session().get(Case, case_id)
    draft = target.with_suffix(".draft")
    with PackWriter(draft, clock(), most_bytes()) as piece:
        for path, content in files_of_case(case, asked.options, naming, actor=actor, clock=clock):
            piece.add(path, content)
    draft.rename(target)


def make_pack(target: Path, case_ids: Iterable[int], asked: Asked, *, actor, clock, naming: Naming | None = None) -> dict:
    """A whole pack in one go; its manifest. Raises TooManyForPack, PackTooLarge, NotAllowed for an auditor's own case."""
    ids, naming = sorted(set(case_ids)), naming or asked.naming()
    ensure_size(len(ids))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pieces-") as folder:
        pieces = [Path(folder, f"{case_id}.zip") for case_id in ids]
        for case_id, piece in zip(ids, pieces):
            gather_case(case_id, piece, asked, naming, actor=actor, clock=clock)
        return close_pack(target, ids, pieces, asked, naming, clock=clock)


def close_pack(target: Path, ids: list[int], pieces: list[Path], asked: Asked, naming: Naming, *, clock, told: Callable[[int], None] = lambda n: None) -> dict:
    """Puts the pieces and all that they share into one ZIP and signs the list of it; returns the manifest. Whole or not at all."""
    draft = target.with_suffix(".part")
    with PackWriter(draft, clock(), most_bytes()) as pack:
        for piece in pieces:
            _take_over(pack, piece)
        cases = [session().get(Case, case_id) for case_id in ids]
        missing = _add_materials(pack, cases, asked.options, told)
        _add_logs(pack, ids, naming, told)
        _add_releases(pack, cases)
        add_proof(pack, cases)
        for path, content in (*shared_player(cases, asked, instant(clock())), *_offline_files()):
            pack.add(path, content)
        manifest = _manifest(pack, cases, asked, missing, clock)
        content = json_of(manifest)
        pack.add("manifest.json", content)
        pack.add("manifest.sig.json", json_of(sign_manifest(content)))
    draft.rename(target)
    return manifest


def _take_over(pack: PackWriter, piece: Path) -> None:
    with zipfile.ZipFile(piece) as gathered:
        for name in gathered.namelist():
            pack.add(name, gathered.read(name))


def _add_materials(pack: PackWriter, cases: list[Case], options: Options, told) -> list[str]:
    """The bytes of all materials; the digests of those that are damaged or gone."""
    missing = []
    for case in cases:
        for path, digest in material_files(case, options):
            try:
                pack.add(path, read_blob(digest))
            except BlobDamaged:
                missing.append(digest)
        told(0)
    return sorted(set(missing))


def _add_logs(pack: PackWriter, ids: list[int], naming: Naming, told) -> None:
    scope = Scope(cases=tuple(ids))
    with pack.open("logs/events.xes") as out:
        xes.write_xes(out, scope, naming, lambda _cases: told(0))
    with pack.open("logs/events.ocel.json") as out:
        ocel.write_ocel(out, scope, naming, lambda _cases: told(0))


def _add_releases(pack: PackWriter, cases: list[Case]) -> None:
    """Every release that a case was in, as it was published: diagrams, forms, tables and report templates; diagrams once more where the course looks."""
    digests = sorted(set().union(*(releases_of(case) for case in cases)))
    for row in session().scalars(sa.select(Release).where(Release.digest.in_(digests)).order_by(Release.digest)):
        procedure = releases.procedure_of(row.digest)
        for path, content in procedure.content.items():
            pack.add(f"releases/{row.digest}/{path}", content)
        for process_id, path in procedure.processes.items():
            pack.add(f"diagrams/{row.digest[:16]}/{process_id}.bpmn", procedure.content[path])
        pack.add(f"releases/{row.digest}.json", json_of({
            "digest": row.digest, "procedure": row.procedure, "number": row.number, "note": row.note, "published_at": instant(row.published_at),
            "files": sorted(procedure.content)}))


def _offline_files() -> list[tuple[str, bytes]]:
    """The verifier and the words that explain a pack."""
    paths = sorted(path for path in OFFLINE.rglob("*") if path.is_file() and path.suffix in (".py", ".md"))
    return [(path.relative_to(OFFLINE).as_posix(), path.read_bytes()) for path in paths]


def _manifest(pack: PackWriter, cases: list[Case], asked: Asked, missing: list[str], clock) -> dict:
    return {
        "format": FORMAT, "version": VERSION, "title": asked.title, "purpose": asked.purpose, "made_by": asked.made_by, "made_at": instant(clock()),
        "service": current_app.config["PUBLIC_URL"], "options": asdict(asked.options), "missing_materials": missing,
        "faults": [{"case": fault.case, "seq": fault.seq} for case in cases for fault in verify_case(case)],
        "cases": [{"number": case.number, "events": case.events, "head": case.head} for case in cases], "files": dict(sorted(pack.files.items()))}
