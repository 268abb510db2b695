"""What an uploaded file really is, judged by its content in a child process. Only materials/ imports it."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.errors import UploadRefused

PROBE = Path(__file__).with_name("probe.py")
WALL_SECONDS = 20
KINDS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

REASONS = {
    "unknown-kind": _l("只能上传 PDF、JPG 或 PNG 文件（按文件内容识别，改扩展名无效）。"),
    "password": _l("文件设有打开密码，请去掉密码后再上传。"),
    "damaged": _l("文件已损坏或不完整，请重新导出或扫描后再上传。"),
    "too-many-pages": _l("页数超过 500 页，请拆分后再上传。"),
    "too-many-pixels": _l("图片超过 2500 万像素，请缩小后再上传。"),
    "too-big-inside": _l("文件解开后过大，请重新导出后再上传。"),
    "animated": _l("不能上传动画图片，请换成普通图片。"),
    "infected": _l("文件带有病毒特征，已拒绝。请在本机查杀病毒，重新导出后再上传。"),
    "two-in-one": _l("文件里夹带了压缩包或网页，不能上传。请重新导出或扫描后再上传。"),
    "active": _l("PDF 含有脚本、自动操作或嵌入文件，请用“打印为 PDF”重新导出后再上传。"),
}


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: its media type by content, its pages, and the copy that is handed out."""

    media_type: str
    pages: int
    clean: bytes
    width: int = 0  # pixels, of a picture
    height: int = 0
    mode: str = ""  # colours of a picture, as in Material

    @property
    def kind(self) -> str:
        return KINDS[self.media_type]


def inspect(data: bytes, name: str) -> Inspected:
    """Looks into the bytes. Raises UploadRefused saying what is wrong and what to do."""
    found, clean = _in_child("look", data)
    if "refused" in found:
        raise UploadRefused(name=name, why=str(REASONS[found["refused"]]))
    picture = {key: found[key] for key in ("width", "height", "mode") if key in found}
    return Inspected(found["media_type"], found["pages"], clean or data, **picture)


def small_picture(data: bytes) -> bytes | None:
    """The first page, or the picture, as a small JPEG; None when it cannot be drawn."""
    return _in_child("thumbnail", data)[1]


def cut_picture(data: bytes, *, width: int, height: int, most: int, where: str) -> bytes | None:
    """A JPEG of exactly `width` × `height` pixels and at most `most` bytes; `where` is middle or top. None: it cannot be read."""
    asked = {"width": width, "height": height, "most": most, "where": where}
    return _in_child("crop", data, json.dumps(asked))[1]


def _in_child(verb: str, data: bytes, *more: str) -> tuple[dict, bytes | None]:
    """(what the child says, the file it made) of hostile bytes."""
    with tempfile.TemporaryDirectory() as folder:
        original, made = Path(folder, "original"), Path(folder, "made")
        original.write_bytes(data)
        found = _ask([sys.executable, "-I", str(PROBE), verb, str(original), str(made), *more])
        return found, made.read_bytes() if made.exists() and "refused" not in found else None


def _ask(command: list[str]) -> dict:
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return {"refused": "too-big-inside"}  # killed by its limits: nothing was printed
