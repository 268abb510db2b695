"""Verbs on packs: ask for one, see those that were made, take one away, forget old ones."""
from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app import jobs
from app.audit.packs.making import ensure_size
from app.audit.packs.models import KINDS, Pack
from app.audit.packs.scope import Scope, count_of, pieces_of
from app.errors import NothingChosen, NotFound, PackRefused
from app.jobs import Job
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import Page
from app.store import session, transaction
from app.viewings import note_viewing

PAGE = 30
SUFFIXES = {"pack": ".zip", "xes": ".xes.gz", "ocel": ".ocel.json.gz", "ocel-sqlite": ".ocel.sqlite"}
SHORTEST_PURPOSE = 4


def ask(kind: str, scope: Scope, *, title: str, purpose: str, names: bool, materials: bool, actor, clock) -> Pack:
    """Asks for a pack or log; the worker makes it. Raises PackRefused, TooManyForPack, NothingChosen."""
    purpose = purpose.strip()[:300]
    if kind not in KINDS:
        raise PackRefused(why=_("没有这种格式"))
    if len(purpose) < SHORTEST_PURPOSE:
        raise PackRefused(why=_("请写明用途，至少 %(n)s 个字。", n=SHORTEST_PURPOSE))
    if kind == "pack":
        scope = replace(scope, cases=tuple(_all(scope)))
    total = count_of(scope)
    if not total:
        raise NothingChosen()
    with transaction() as store:
        pack = Pack(id=secrets.token_hex(16), kind=kind, title=title[:200], purpose=purpose, person_id=actor.id, person_name=actor.name, names=names,
                    materials=materials and names, scope=_stored(scope), total=total, asked_at=clock(), state="making", done=0, events=0, size=0,
                    sha256="", downloads=0)
        store.add(pack)
        store.flush()
        pack.job_id = jobs.start_job(f"audit-{'pack' if kind == 'pack' else 'log'}", actor=actor, clock=clock, title=title, items=_items(pack, scope),
                                     parameters={"pack": pack.id, "key": secrets.token_hex(32)}).id
    _note(pack, _("制作：%(title)s", title=pack.title), actor, clock)
    return pack


def packs_made(*, cursor: str = "", size: int = PAGE) -> Page:
    """(pack, its job or None), newest first, whoever asked for them."""
    after = read_cursor(cursor, datetime, str)
    query = sa.select(Pack, Job).outerjoin(Job, Job.id == Pack.job_id).order_by(Pack.asked_at.desc(), Pack.id.desc())
    if after:
        query = query.where(sa.or_(Pack.asked_at < after[0], sa.and_(Pack.asked_at == after[0], Pack.id < after[1])))
    rows = [tuple(row) for row in session().execute(query.limit(size + 1))]
    return Page(*cut_page(rows, size, lambda row: (row[0].asked_at, row[0].id)))


def pack_with_id(pack_id: str) -> Pack:
    """Raises NotFound."""
    pack = session().get(Pack, pack_id)
    if pack is None:
        raise NotFound()
    return pack


def download(pack_id: str, *, actor, clock) -> tuple[Pack, Path]:
    """A pack and its file, remembered as taken away. Raises NotFound while it is made and after it is gone."""
    pack = pack_with_id(pack_id)
    if pack.state != "ready" or not path_of(pack).is_file():
        raise NotFound()
    with transaction() as store:
        store.execute(sa.update(Pack).where(Pack.id == pack.id).values(downloads=Pack.downloads + 1))
    _note(pack, _("下载：%(title)s", title=pack.title), actor, clock)
    return pack, path_of(pack)


def sweep_packs(clock) -> int:
    """Removes packs whose days are over, and what was left behind by those that were never finished; how many."""
    oldest = clock() - timedelta(days=int(current_app.config["PACKS_KEPT"]))
    old = session().scalars(sa.select(Pack).where(Pack.state != "gone", Pack.asked_at < oldest)).all()
    for pack in old:
        remove(pack)
    return len(old)


def remove(pack: Pack) -> None:
    """Takes the file of a pack away, and what there is of one never finished; the row stays and says that there was one."""
    for path in (path_of(pack), draft_of(path_of(pack))):
        path.unlink(missing_ok=True)
    shutil.rmtree(pieces_folder(pack), ignore_errors=True)
    with transaction() as store:
        store.execute(sa.update(Pack).where(Pack.id == pack.id).values(state="gone"))


def forget_packs_about(case_ids) -> int:
    """Takes away every pack and log that may hold something of these cases: for values that were erased. How many."""
    wanted = set(case_ids)
    held = [pack for pack in session().scalars(sa.select(Pack).where(Pack.state != "gone")) if _holds(pack, wanted)]
    for pack in held:
        remove(pack)
    return len(held)


def scope_of(pack: Pack) -> Scope:
    """The cases of a pack, as it was asked for."""
    said = pack.scope
    since, until = (datetime.fromisoformat(said[name]) if said[name] else None for name in ("since", "until"))
    return Scope(tuple(said["cases"]) if said["cases"] is not None else None, said["procedure"], since, until)


def path_of(pack: Pack) -> Path:
    """Where the file of a pack lies."""
    return folder() / f"{pack.id}{SUFFIXES[pack.kind]}"


def draft_of(target: Path) -> Path:
    """Where the file of a pack is written before it is whole."""
    return target.with_suffix(".part")


def pieces_folder(pack: Pack) -> Path:
    """Where the pieces of a pack lie while it is made."""
    return folder() / f"{pack.id}.pieces"


def folder() -> Path:
    """Where packs lie; for the service's own user alone."""
    path = Path(current_app.config["VAR"]) / "packs"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _all(scope: Scope) -> list[int]:
    """The ids of all cases of a pack. Raises TooManyForPack."""
    ensure_size(count_of(scope))
    return [case_id for piece in pieces_of(scope) for case_id in piece]


def _items(pack: Pack, scope: Scope) -> list[dict]:
    """A pack is gathered case by case and closed at the end; a log is written in one go."""
    last = {"item": {"close": True}, "label": _("汇总、签名"), "case": None}
    if pack.kind != "pack":
        return [{"item": {"close": True}, "label": pack.title, "case": None}]
    return [*({"item": {"case": case_id}, "label": _("事项 %(n)s", n=place), "case": case_id} for place, case_id in enumerate(scope.cases, 1)), last]


def _stored(scope: Scope) -> dict:
    return {"cases": list(scope.cases) if scope.cases is not None else None, "procedure": scope.procedure,
            "since": scope.since.isoformat() if scope.since else "", "until": scope.until.isoformat() if scope.until else ""}


def _holds(pack: Pack, wanted: set[int]) -> bool:
    cases = pack.scope["cases"]
    return cases is None or not wanted.isdisjoint(cases)


def _note(pack: Pack, detail: str, actor, clock) -> None:
    """Each case of a pack is a look at somebody's data; a log is one look at everybody's."""
    cases = pack.scope["cases"] if pack.kind == "pack" else [None]
    with transaction():
        for case_id in cases:
            note_viewing(actor, kind="pack", clock=clock, case_id=case_id, detail=detail, purpose=pack.purpose)
