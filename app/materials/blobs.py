"""Content-addressed storage of bytes, on a folder or anything that fsspec knows. Only materials/ imports it.

A blob is named by its SHA-256 and never changes; the same content is stored once.
"""
from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import fsspec
import structlog
from flask import current_app

from app.errors import PingshenError

log = structlog.get_logger(__name__)


class BlobDamaged(PingshenError):
    """此文件在存储中已损坏，无法打开。请联系系统管理员从备份中恢复（编号 {digest}）。"""

    code = "blob-damaged"


def put_blob(data: bytes) -> str:
    """Stores the bytes, durably, and returns their SHA-256. Storing the same again does nothing."""
    digest = hashlib.sha256(data).hexdigest()
    files, root = _place()
    path = _path(root, digest)
    if not _is_local(files):
        files.pipe_file(path, data)  # object stores show an object only when it is whole
    elif os.path.exists(path) and os.path.getsize(path) == len(data):
        os.utime(path)  # young again: the sweep must not take an old orphan whose row is on its way
    else:
        _write_whole(Path(path), data)
    return digest


def read_blob(digest: str) -> bytes:
    """The bytes of that SHA-256. Raises BlobDamaged when they are missing or are not what was stored (E-09)."""
    data = _stored(digest)
    if data is None or hashlib.sha256(data).hexdigest() != digest:
        log.error("blob damaged", digest=digest, missing=data is None)
        raise BlobDamaged(digest=digest[:12])
    return data


def put_back(digest: str, data: bytes) -> None:
    """Stores a blob out of a backup; one that lies there damaged is replaced."""
    there = _stored(digest)
    if there is not None and hashlib.sha256(there).hexdigest() == digest:
        return
    if there is not None:
        remove_blob(digest)
    put_blob(data)


def all_blobs() -> Iterator[tuple[str, datetime]]:
    """(digest, time of writing) of every stored blob."""
    files, root = _place()
    for path, facts in files.find(root, detail=True).items():
        name = path.rpartition("/")[2]
        if len(name) == 64:
            yield name, _written_at(facts)


def remove_blob(digest: str) -> None:
    """Removes a blob that nothing refers to."""
    files, root = _place()
    files.rm_file(_path(root, digest))


def _stored(digest: str) -> bytes | None:
    files, root = _place()
    try:
        return files.cat_file(_path(root, digest))
    except FileNotFoundError:
        return None


def _place():
    return fsspec.core.url_to_fs(current_app.config["FILES_URL"])


def _path(root: str, digest: str) -> str:
    return f"{root.rstrip('/')}/{digest[:2]}/{digest[2:4]}/{digest}"


def _is_local(files) -> bool:
    return "file" in ([files.protocol] if isinstance(files.protocol, str) else files.protocol)


def _write_whole(path: Path, data: bytes) -> None:
    """Written aside, forced to disk, then renamed: a crash leaves no half file under a blob's name (E-01)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written_at(facts: dict) -> datetime:
    stamp = facts.get("mtime") or facts.get("LastModified")
    return stamp if isinstance(stamp, datetime) else datetime.fromtimestamp(stamp, timezone.utc)
