"""A folder of pieces: each sealed by itself, named so that only we can tell of what, and kept once however many points need it.

A name is an HMAC over digest and readers: who finds the folder cannot ask whether it holds a file that they know, and
other readers get copies of their own.
"""
from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import keys
from app.backups.sealing import seal, unseal
from app.errors import BackupRefused, BackupUnreadable

KEY_USE = "backups"
_NAME = re.compile(r"[0-9a-f]{40}\Z")


class PieceFolder:
    """The pieces below a folder of backups."""

    def __init__(self, folder: Path, recipients: list):
        self.folder, self.recipients = folder / "pieces", recipients
        self.written = 0  # bytes that were new
        self._readers = " ".join(sorted(map(str, recipients)))
        self._key = keys.signing_key(KEY_USE)[1]

    def keep(self, digest: str, load) -> str:
        """The stored name of the piece with this SHA-256; `load()` gives its bytes when it is not there yet."""
        name = hmac.new(self._key, f"{digest} {self._readers}".encode(), hashlib.sha256).hexdigest()[:40]
        path = _path(self.folder, name)
        if not path.exists():
            self.written += _write_whole(path, seal(load(), self.recipients))
        return name


def fetch(folder: Path, name: str, digest: str, identities: list) -> bytes:
    """A piece by its stored name. Raises BackupUnreadable."""
    if not _NAME.match(name):  # a list may be anybody's: nothing outside the folder is opened
        raise BackupUnreadable(why=f"有不认识的数据块名称：{name[:60]}")
    try:
        data = unseal(_path(folder / "pieces", name).read_bytes(), identities)
    except FileNotFoundError as error:
        raise BackupUnreadable(why=f"缺少数据块 {name[:12]}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise BackupUnreadable(why=f"数据块 {name[:12]} 与清单不符")
    return data


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Nobody else makes or removes backups in this folder meanwhile. Raises BackupRefused."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(why=f"另一个备份正在写入 {folder}") from None
        yield


def sweep_pieces(folder: Path, wanted: set[str]) -> int:
    """Removes the pieces that no point names any more; returns how many."""
    gone = [path for path in (folder / "pieces").glob("*/*") if path.name not in wanted]
    for path in gone:
        path.unlink()
    return len(gone)


def _path(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def _write_whole(path: Path, data: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return len(data)
