"""Small pictures of files, and photos cut to the asked size. What a photo must be, forms say; here it is only done."""
from __future__ import annotations

from flask_babel import gettext as _

from app.clock import Clock
from app.errors import UploadRefused
from app.materials.blobs import put_blob, read_blob
from app.materials.inspection import cut_picture, small_picture
from app.materials.models import Material
from app.materials.operations import store_upload
from app.store import transaction

NONE = "-"


def thumbnail_of(material: Material) -> bytes | None:
    """Its first page as a small JPEG, drawn once; None when it cannot be drawn."""
    if not material.thumbnail:
        drawn = small_picture(read_blob(material.served))
        digest = put_blob(drawn) if drawn else NONE
        with transaction():
            material.thumbnail = digest
    return None if material.thumbnail == NONE else read_blob(material.thumbnail)


def cut_photo(material: Material, *, width: int, height: int, max_mb: float, where: str, owner: str, clock: Clock, **place) -> Material:
    """A new photo of exactly `width` × `height` pixels out of a picture; the picture stays in the library. Raises UploadRefused."""
    cut = cut_picture(read_blob(material.served), width=width, height=height, most=int(max_mb * 1024 * 1024), where=where)
    if cut is None:
        raise UploadRefused(name=material.name, why=_("这个文件不能裁剪成照片，请换一张 JPG 或 PNG 图片。"))
    stem = material.name.rpartition(".")[0] or material.name
    return store_upload(cut, f"{stem}-{width}x{height}.jpg", owner=owner, clock=clock, max_mb=max_mb, **place)
