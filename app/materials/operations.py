"""Verbs on materials: store, reuse, remove, list, and who may see one. They never commit and know no request."""
from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import MaterialErased, NotFound, UploadRefused, UploadTooLarge
from app.materials.blobs import put_blob
from app.materials.inspection import inspect
from app.materials.library import ensure_room
from app.materials.models import Material
from app.store import session, transaction
from app.store.models import Case

KINDS = ("pdf", "jpg", "png")
MEGABYTE = 1024 * 1024


def store_upload(data: bytes, name: str, *, owner: str, clock: Clock, **where) -> Material:
    """Keeps an uploaded file and returns its row. `owner` is a person id, `where` as of `read_upload`.

    What the file is decides its content, not its name. Raises UploadRefused.
    """
    return keep(read_upload(data, name, owner=owner, clock=clock, **where))


def read_upload(data: bytes, name: str, *, owner: str, clock: Clock, case_id: int | None = None, task_id: str = "",
                field: str = "", label: str = "", accept: Iterable[str] = KINDS, max_mb: float = 10) -> Material:
    """What `store_upload` does before its transaction: looks into the file for seconds and stores its bytes.

    `accept` names of KINDS; `label` is what was asked for, as the person read it.
    """
    name = shown_name(name)
    ensure_size(len(data), name, max_mb)
    ensure_room(owner, len(data), name)
    found = inspect(data, name)
    if found.kind not in accept:
        kinds = "、".join(kind.upper() for kind in accept)
        raise UploadRefused(name=name, why=_("这里只能上传 %(kinds)s 文件，这个文件的内容是 %(kind)s。", kinds=kinds, kind=found.kind.upper()))
    # The blob is durable before its row exists: a crash between leaves an orphan for the sweep, never a row alone.
    return Material(
        owner=owner, case_id=case_id, task_id=task_id, field=field, label=label, name=name, size=len(data), pages=found.pages,
        width=found.width, height=found.height, mode=found.mode,
        media_type=found.media_type, sha256=put_blob(data), served=put_blob(found.clean), created_at=clock(),
    )


def store_document(data: bytes, name: str, *, owner: str, clock: Clock, case_id: int | None = None,
                   field: str = "") -> Material:
    """Keeps a PDF that the service itself made."""
    digest = put_blob(data)
    return keep(Material(
        owner=owner, case_id=case_id, field=field, source="made", name=shown_name(name), size=len(data),
        media_type="application/pdf", sha256=digest, served=digest, created_at=clock(),
    ))


def reuse_material(material_id: str, *, owner: str, clock: Clock, case_id: int | None = None, task_id: str = "",
                   field: str = "", label: str = "", accept: Iterable[str] = KINDS, max_mb: float = 10) -> Material:
    """Uses a file of the person's own library for another field (S1-116). Raises NotFound, UploadRefused."""
    known = session().get(Material, material_id)
    if known is None or known.owner != owner:
        raise NotFound()
    if known.media_type not in {_media_type(kind) for kind in accept} or known.size > max_mb * MEGABYTE:
        raise UploadRefused(name=known.name, why=_("它的类型或大小不符合此处的要求，请选择其他文件。"))
    return keep(Material(
        owner=owner, case_id=case_id, task_id=task_id, field=field, label=label, source="reuse", name=known.name, size=known.size,
        pages=known.pages, width=known.width, height=known.height, mode=known.mode, thumbnail=known.thumbnail,
        media_type=known.media_type, sha256=known.sha256, served=known.served, created_at=clock(),
    ))


def materials_by_id(ids: Iterable[str]) -> dict[str, Material]:
    """id -> material, of those that exist."""
    wanted = list(ids)
    rows = session().scalars(sa.select(Material).where(Material.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}


def of_case(case_id: int | None, ids: Iterable[str], *, owner: str = "") -> list[Material]:
    """Those of the ids that belong to the case, in their order; and `owner`'s own that belong to no case yet."""
    known = materials_by_id(ids)
    return [m for m in (known.get(key) for key in ids) if m and (
        (m.case_id is not None and m.case_id == case_id) or (m.case_id is None and owner and m.owner == owner))]


def claim_for_case(ids: Iterable[str], *, owner: str, case_id: int) -> None:
    """Gives the owner's files that belong to no case yet to this one; call it when answers that name them are stored."""
    with transaction():
        free = sa.update(Material).where(Material.id.in_(list(ids)), Material.owner == owner, Material.case_id.is_(None))
        session().execute(free.values(case_id=case_id))


def material_for(material_id: str, actor) -> Material:
    """The material, or NotFound when there is none or the actor may not see it (J-02). Raises MaterialErased."""
    material = session().get(Material, material_id)
    if material is None or not can_view_material(material, actor):
        raise NotFound()
    if material.erased_at is not None:
        raise MaterialErased()
    return material


def can_view_material(material: Material, actor) -> bool:
    """Whether this actor may read this file."""
    if material.owner == actor.id:  # their own
        return True
    if material.case_id is None:  # uploaded before a case exists: nobody else's business
        return False
    from app.operations.access import can_view_case  # operations import the noun packages, not the other way at load
    from app.operations.readership import may_read_file
    from app.operations.reading.filled import hides_file

    case = session().get(Case, material.case_id)
    # A case they may read, a form they may read, and no scan of who somebody is.
    return can_view_case(case, actor) and may_read_file(case, material, actor) and not hides_file(case, material, actor)


def shown_name(name: str) -> str:
    """A file name fit to be shown: its last part, without control and direction characters, at most 255 long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
    if len(visible) > 255:
        stem, dot, ending = visible.rpartition(".")
        visible = f"{stem[:240]}…{dot}{ending}" if dot and len(ending) < 10 else visible[:255]
    return visible if visible.strip(".") else "未命名"


def ensure_size(size: int, name: str, max_mb: float) -> None:
    """Raises UploadRefused for nothing and for too much; sizes in bytes, so that 10 MB is 10 × 1024 × 1024 (D-75)."""
    if not size:
        raise UploadRefused(name=name, why=_("文件是空的，请重新选择。"))
    if size > max_mb * MEGABYTE:
        shown = f"{size / MEGABYTE:.1f} MB" if size / MEGABYTE >= max_mb + 0.1 else _("%(size)s 字节", size=f"{size:,}")
        raise UploadTooLarge(name=name, why=_("文件有 %(shown)s，最大 %(most)s MB，请压缩或拆分后再上传。", shown=shown, most=f"{max_mb:g}"))


def keep(material: Material) -> Material:
    """Writes the row of a material that `read_upload` made."""
    material.id = uuid.uuid4().hex
    with transaction():
        session().add(material)
        session().flush()
    return material


def _media_type(kind: str) -> str:
    return "application/pdf" if kind == "pdf" else f"image/{'jpeg' if kind == 'jpg' else kind}"
