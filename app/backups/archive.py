"""The inside of a backup: a tar of what it is about, its pieces in order, and last a manifest of digests.

A piece is a megabyte of the database, or one file. In a backup of one file they stand in the tar; in a folder the tar
says where they lie. Whoever reads sees no difference, and memory holds one piece at a time.
"""
from __future__ import annotations

import hashlib
import io
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson
import zstandard

from app.backups.pieces import PieceFolder, fetch
from app.backups.sealing import LARGEST, opened_file
from app.errors import BackupUnreadable

FORMAT = 1
ABOUT, SETTINGS, HEADS, LIST, MANIFEST = "about.json", "settings.json", "heads.jsonl", "pieces.txt", "manifest.json"
PIECE = 1 << 20  # bytes
_NAME = re.compile(r"(database/[A-Za-z0-9_.]{1,63}/[0-9]{8}|files/[0-9a-f]{64})\Z")
_LINE = 1000  # characters of a line that says where a piece lies
_OWN = (ABOUT, SETTINGS, HEADS, LIST, MANIFEST)


class Writer:
    """Writes a backup into a stream; `pieces` is where they go when not into the stream itself."""

    def __init__(self, stream: BinaryIO, pieces: PieceFolder | None = None):
        self._tar, self._pieces = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT), pieces
        self._said, self._digests = hashlib.sha256(), {}
        self._list = tempfile.TemporaryFile()
        self.count = 0
        self.stored: list[str] = []

    def add(self, name: str, data: bytes) -> None:
        """A part of its own: what the backup is about, settings, heads."""
        self._digests[name] = hashlib.sha256(data).hexdigest()
        self._put(name, data)

    def add_piece(self, name: str, digest: str, load) -> None:
        """The next piece; `load()` gives its bytes if they have to be written. When that fails the piece is not in."""
        line = f"{name}\t{digest}".encode()
        if self._pieces is None:
            self._put(name, load())
        else:
            self.stored.append(self._pieces.keep(digest, load))
            self._list.write(line + f"\t{self.stored[-1]}\n".encode())
        self._said.update(line + b"\n")
        self.count += 1

    def close(self, **facts) -> None:
        """The manifest ends the backup: what has none is not whole."""
        if self._pieces is not None:
            entry = tarfile.TarInfo(LIST)
            entry.size = self._list.tell()
            self._list.seek(0)
            self._tar.addfile(entry, self._list)
        self._put(MANIFEST, orjson.dumps({
            "format": FORMAT, "parts": self._digests, "pieces": self.count, "digest": self._said.hexdigest(), **facts}))
        self._list.close()
        self._tar.close()

    def _put(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))


def read_about(path: Path, identities: list) -> dict:
    """What a backup is about, without reading on. Raises BackupUnreadable."""
    parts = read_archive(path, identities)
    name, data = next(parts)
    parts.close()
    if name != ABOUT:
        raise BackupUnreadable(why="这不是本系统的备份")
    return orjson.loads(data)


def read_archive(path: Path, identities: list) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every part and piece in order, each checked, the manifest last. Raises BackupUnreadable."""
    check = _Check()
    try:
        with opened_file(path, identities) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for name, data in _parts(tar, path.parent, identities):
                if name not in _OWN and not _NAME.match(name):
                    raise BackupUnreadable(why=f"有不认识的内容：{name[:60]}")
                check.see(name, data)
                yield name, data
    except (tarfile.TarError, zstandard.ZstdError, EOFError, OSError, ValueError) as error:
        raise BackupUnreadable(why=f"内容已损坏或不完整（{type(error).__name__}）") from error
    check.end()


def _parts(tar: tarfile.TarFile, folder: Path, identities: list) -> Iterator[tuple[str, bytes]]:
    for entry in tar:
        content = tar.extractfile(entry)
        if content is None:
            raise BackupUnreadable(why=f"有不认识的内容：{entry.name[:60]}")
        if entry.name == LIST:
            while line := content.readline(_LINE):
                name, digest, stored = line.decode().rstrip("\n").split("\t")
                yield name, fetch(folder, stored, digest, identities)
        else:
            if entry.size > LARGEST and entry.name != HEADS:  # heads of many years may be longer
                raise BackupUnreadable(why=f"内容过大：{entry.name[:60]}")
            yield entry.name, content.read()


class _Check:
    """Compares what is read with what the manifest says was written."""

    def __init__(self):
        self._said, self._digests, self._count, self._manifest = hashlib.sha256(), {}, 0, None

    def see(self, name: str, data: bytes) -> None:
        if name == MANIFEST:
            self._manifest = orjson.loads(data)
            return
        digest = hashlib.sha256(data).hexdigest()
        if name in _OWN:
            self._digests[name] = digest
            return
        if name.startswith("files/") and name != f"files/{digest}":
            raise BackupUnreadable(why=f"文件 {name[6:18]} 的内容与名称不符")
        self._said.update(f"{name}\t{digest}\n".encode())
        self._count += 1

    def end(self) -> None:
        said = self._manifest
        if said is None:
            raise BackupUnreadable(why="没有清单，备份没有写完")
        if (said["parts"], said["pieces"], said["digest"]) != (self._digests, self._count, self._said.hexdigest()):
            raise BackupUnreadable(why="内容与清单不符")
