"""The worker's side of packs: cases one by one, then everything together; logs in one go, telling how far they are."""
from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from app import jobs
from app.audit.packs import making, ocel, ocel_sqlite, xes
from app.audit.packs.gathering import Options
from app.audit.packs.models import Pack
from app.audit.packs.naming import Naming
from app.audit.packs.operations import draft_of, pack_with_id, path_of, pieces_folder, scope_of
from app.errors import NotAllowed, PackIncomplete, PackRefused
from app.store import session, transaction

ROLE = "auditor"
LEASE = timedelta(minutes=5)  # for the part of a job that takes long; it is renewed while work goes on
_TELL_EVERY = 2.0  # seconds


class Made(NamedTuple):
    """What became of the last item: the events of a log or pack, and its file."""

    events: int
    size: int
    sha256: str


def _look_case(work: jobs.Work) -> Made | None:
    pack = _allowed(work)
    if "case" in work.item:
        return _gather(pack, work)
    return _close(pack, work)


@jobs.job_kind("audit-pack", look=_look_case)
def _pack_item(work: jobs.Work) -> jobs.Done:
    if work.found is None:
        return jobs.Done(_("已取出"))
    return _finished(work)


def _look_log(work: jobs.Work) -> Made:
    return _write_log(_allowed(work), work)


@jobs.job_kind("audit-log", look=_look_log)
def _log_item(work: jobs.Work) -> jobs.Done:
    return _finished(work)


def _allowed(work: jobs.Work) -> Pack:
    """The pack of the work. Raises NotAllowed: its person may be no auditor any more; PackRefused when it is gone."""
    if not work.actor.has_role(ROLE):
        raise NotAllowed()
    pack = pack_with_id(work.parameters["pack"])
    if pack.state == "gone":
        raise PackRefused(why=_("它已被删除"))
    return pack


def _asked(pack: Pack) -> making.Asked:
    return making.Asked(Options(pack.names, pack.materials), pack.title, pack.purpose, pack.person_name)


def _naming(pack: Pack, work: jobs.Work) -> Naming:
    return Naming(pack.names, bytes.fromhex(work.parameters["key"]))


def _gather(pack: Pack, work: jobs.Work) -> None:
    pieces_folder(pack).mkdir(exist_ok=True, mode=0o700)
    making.gather_case(work.item["case"], _piece(pack, work.item["case"]), _asked(pack), _naming(pack, work), actor=work.actor, clock=work.clock)
    session().rollback()


def _close(pack: Pack, work: jobs.Work) -> Made:
    """Raises PackIncomplete while a case of it is missing: a pack that lacks one must not look whole."""
    ids, target = list(pack.scope["cases"]), path_of(pack)
    pieces = [_piece(pack, case_id) for case_id in ids]
    missing = sum(not piece.exists() for piece in pieces)
    if missing:
        raise PackIncomplete(count=missing)
    manifest = making.close_pack(target, ids, pieces, _asked(pack), _naming(pack, work), clock=work.clock, told=_teller(pack, work))
    for piece in pieces:
        piece.unlink(missing_ok=True)
    pieces_folder(pack).rmdir()
    return Made(sum(case["events"] for case in manifest["cases"]), *_facts(target))


def _write_log(pack: Pack, work: jobs.Work) -> Made:
    target, scope, naming, told = path_of(pack), scope_of(pack), _naming(pack, work), _teller(pack, work)
    draft = draft_of(target)
    if pack.kind == "ocel-sqlite":
        events = ocel_sqlite.write_ocel_sqlite(draft, scope, naming, told)
    else:
        write = xes.write_xes if pack.kind == "xes" else ocel.write_ocel
        with gzip.GzipFile(draft, "wb", compresslevel=4, mtime=0) as out:
            events = write(out, scope, naming, told)
    draft.chmod(0o600)
    draft.rename(target)
    return Made(events, *_facts(target))


def _finished(work: jobs.Work) -> jobs.Done:
    made: Made = work.found
    session().execute(sa.update(jobs.Job).where(jobs.Job.id == work.key.partition(":")[0]).values(parameters={"pack": work.parameters["pack"]}))  # the key of pseudonyms goes
    session().execute(sa.update(Pack).where(Pack.id == work.parameters["pack"]).values(
        state="ready", ready_at=work.clock(), events=made.events, size=made.size, sha256=made.sha256, done=Pack.total))
    return jobs.Done(_("%(events)s 个事件，可以下载", events=made.events))


def _teller(pack: Pack, work: jobs.Work) -> Callable[[int], None]:
    """Says now and then how far the work is, and keeps other workers off it. Raises PackRefused when its job was stopped."""
    pack_id, job_id = pack.id, pack.job_id
    state = {"done": 0, "told": time.monotonic()}

    def told(cases: int) -> None:
        state["done"] += cases
        if time.monotonic() - state["told"] < _TELL_EVERY:
            return
        state["told"] = time.monotonic()
        with transaction() as store:
            store.execute(sa.update(Pack).where(Pack.id == pack_id).values(done=state["done"]))
            store.execute(sa.update(jobs.Job).where(jobs.Job.id == job_id, jobs.Job.state == "running").values(lease_until=work.clock() + LEASE))
        if session().scalar(sa.select(jobs.Job.state).where(jobs.Job.id == job_id)) == "stopped":
            raise PackRefused(why=_("作业已停止"))
        session().rollback()

    return told


def _piece(pack: Pack, case_id: int) -> Path:
    return pieces_folder(pack) / f"{case_id}.zip"


def _facts(path: Path) -> tuple[int, str]:
    """(size, SHA-256) of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return path.stat().st_size, digest.hexdigest()
