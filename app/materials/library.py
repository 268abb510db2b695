"""A person's own files (我的资料库): what there is, where it is used, how much room is left. Knows no request."""
from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import NotFound, UploadRefused
from app.materials.models import Material
from app.store import session, transaction
from app.store.models import Answers, Case, Draft

MEGABYTE = 1024 * 1024
_MINE = sa.and_(Material.owner == sa.bindparam("of"), Material.source != "made")


@dataclass(frozen=True)
class Kept:
    """A file of the library: its newest row, what it was asked for, the cases that use it, where it came from (S1-127)."""

    material: Material
    label: str
    used_in: tuple[str, ...]  # numbers of cases
    first_case: str  # number of the case that it was uploaded for; "": straight into the library
    passed_on: bool  # came from one application and was taken into another

    @property
    def id(self) -> str:
        return self.material.id


def library_of(owner: str, *, q: str = "", kind: str = "", used: str = "", limit: int = 500) -> list[Kept]:
    """The person's own files, one per content, newest first (S1-126). `kind` as of Material; `used`: yes, no or ""."""
    rows = session().execute(
        sa.select(Material, Case.number).outerjoin(Case, Case.id == Material.case_id)
        .where(_MINE, Material.removed_at.is_(None)).order_by(Material.created_at.desc(), Material.id), {"of": owner})
    rows, groups = list(rows), {}
    named = _named_by({material.case_id for material, _number in rows if material.case_id})
    for material, number in rows:
        in_use = number if material.id in named.get(material.case_id, "") else ""
        groups.setdefault(material.sha256, []).append((material, number or "", in_use))
    found = [_kept(group) for group in groups.values()]
    return [kept for kept in found if _fits(kept, q.strip().lower(), kind, used)][:limit]


def _named_by(cases: set[int]) -> dict[int, str]:
    """case id -> the ids in what was filled in there, submitted or not: a file that was taken out again is not used."""
    found: dict[int, list] = {case_id: [] for case_id in cases}
    for kept in (Answers, Draft):
        for case_id, data in session().execute(sa.select(kept.case_id, kept.data).where(kept.case_id.in_(cases))):
            found[case_id].append(json.dumps(data))
    return {case_id: " ".join(texts) for case_id, texts in found.items()}


def _kept(rows: list) -> Kept:
    newest, first_case = rows[0][0], rows[-1][1]
    numbers = tuple(dict.fromkeys(used for _row, _number, used in rows if used))
    return Kept(newest, next((row.label for row, _n, _u in rows if row.label), ""), numbers, first_case,
                len({number for _row, number, _used in rows if number}) > 1)


def _fits(kept: Kept, q: str, kind: str, used: str) -> bool:
    if kind and kept.material.kind != kind:
        return False
    if used and (used == "yes") != bool(kept.used_in):
        return False
    return q in f"{kept.material.name} {kept.label} {' '.join(kept.used_in)}".lower()


def remove_material(material_id: str, *, owner: str, clock: Clock) -> None:
    """Takes a file out of its owner's library, with all its uses; every case keeps its own reference (D-79). Raises NotFound."""
    with transaction():
        material = session().get(Material, material_id)
        if material is None or material.owner != owner:
            raise NotFound()
        same = sa.update(Material).where(
            Material.owner == owner, Material.sha256 == material.sha256, Material.removed_at.is_(None))
        session().execute(same.values(removed_at=clock()).execution_options(synchronize_session="fetch"))


def room_of(owner: str) -> tuple[int, int]:
    """(bytes, files) that are alive: in the library or used by a case; the same content counts once."""
    alive = sa.select(Material.sha256, sa.func.max(Material.size).label("size")).where(
        _MINE, sa.or_(Material.removed_at.is_(None), Material.case_id.is_not(None))).group_by(Material.sha256).subquery()
    size, count = session().execute(sa.select(sa.func.coalesce(sa.func.sum(alive.c.size), 0), sa.func.count()).select_from(alive), {"of": owner}).one()
    return int(size), int(count)


def ensure_room(owner: str, size: int, name: str) -> None:
    """Raises UploadRefused when the person's files would take more than they may."""
    most, count_most = current_app.config["FILES_QUOTA"], current_app.config["FILES_MOST"]
    taken, count = room_of(owner)
    if taken + size > most * MEGABYTE:
        raise UploadRefused(name=name, why=_("您的文件共 %(mb)s MB，已到 %(most)s MB 上限。请在“我的资料库”删除未使用的文件后再上传。", mb=f"{taken / MEGABYTE:.0f}", most=most))
    if count >= count_most:
        raise UploadRefused(name=name, why=_("您的文件已有 %(count)s 个，最多 %(most)s 个。请在“我的资料库”删除未使用的文件后再上传。", count=count, most=count_most))
