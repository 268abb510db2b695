"""The keys, apart from everything else: who has a backup alone can neither sign nor open a ballot, who has the keys alone reads nothing."""
from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pyrage
from flask import current_app

from app.backups.sealing import MAGIC
from app.errors import BackupRefused, BackupUnreadable

OF_SIGN_INS = "session-"
_LARGEST = 1 << 20  # bytes of a key file


def write_keys(path: Path, *, recipients: list, passphrase: str = "") -> int:
    """Writes all key files into one encrypted file, for these readers or under a passphrase; returns how many."""
    if not recipients and not passphrase:
        raise BackupRefused(why="密钥只能加密备份：指明 --recipients，或给出口令")
    inside, files = io.BytesIO(), [each for each in sorted(_folder().iterdir()) if each.is_file()]
    with tarfile.open(fileobj=inside, mode="w") as tar:
        for each in files:
            tar.add(each, arcname=each.name)
    sealed = pyrage.encrypt(inside.getvalue(), recipients) if recipients else pyrage.passphrase.encrypt(inside.getvalue(), passphrase)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
    return len(files)


def read_keys(path: Path, *, identities: list, passphrase: str = "") -> int:
    """Puts the key files of such a file into KEYS; returns how many. One that is there and differs is never written over, but the
    key of sign-ins: outside production every command makes one on a bare machine, and a restore ends all sign-ins.

    Raises BackupUnreadable; BackupRefused when a key here is another one, before anything is written.
    """
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        raise BackupUnreadable(why=f"{path} 不是密钥备份")
    try:
        inside = pyrage.decrypt(content, identities) if identities else pyrage.passphrase.decrypt(content, passphrase)
    except pyrage.DecryptError as error:
        raise BackupUnreadable(why="私钥或口令与密钥备份不相配，或文件已损坏") from error
    found = _files_in(inside)
    others = [name for name, data in found.items() if not name.startswith(OF_SIGN_INS) and (_folder() / name).exists() and (_folder() / name).read_bytes() != data]
    if others:
        raise BackupRefused(why=f"{_folder()} 里已有不同的密钥：{'、'.join(others[:5])}。先把它们移到一旁")
    for name, data in found.items():
        target = _folder() / name
        target.write_bytes(data)
        target.chmod(0o600)
    return len(found)


def _files_in(inside: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(inside)) as tar:
        return {Path(entry.name).name: tar.extractfile(entry).read(_LARGEST) for entry in tar if entry.isfile()}


def _folder() -> Path:
    return Path(current_app.config["KEYS"])
