"""A pack on its way to the disk: a ZIP whose files are digested as they are written, with a limit of its size."""
from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import orjson

from app.days import SHANGHAI
from app.errors import PackTooLarge

STORED = (".pdf", ".jpg", ".jpeg", ".png", ".zip")  # packed already


def json_of(value) -> bytes:
    """A value as a file of a pack: readable, and read back to the same canonical JSON."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


class PackWriter:
    """`files`: path -> {sha256, size} of what was written so far. The same content under the same path is written once."""

    def __init__(self, target: Path, at: datetime, most: int):
        """`most`: bytes of all files together."""
        self.files: dict[str, dict] = {}
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=6)
        self._date = at.astimezone(SHANGHAI).timetuple()[:6]
        self._most, self._size = most, 0

    def __enter__(self) -> PackWriter:
        return self

    def __exit__(self, *_error) -> None:
        self._zip.close()

    def add(self, path: str, content: bytes) -> None:
        """One file. Raises PackTooLarge."""
        if path not in self.files:
            with self.open(path) as out:
                out.write(content)

    @contextmanager
    def open(self, path: str) -> Iterator[Digested]:
        """A file that is written in pieces. Raises PackTooLarge."""
        info = zipfile.ZipInfo(path, self._date)
        info.compress_type = zipfile.ZIP_STORED if path.endswith(STORED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as raw:
            out = Digested(raw, self)
            yield out
        self.files[path] = {"sha256": out.digest, "size": out.size}

    def take(self, size: int) -> None:
        """Counts bytes. Raises PackTooLarge."""
        self._size += size
        if self._size > self._most:
            raise PackTooLarge(most=self._most // 1_000_000)


class Digested:
    """A file that digests what is written to it."""

    def __init__(self, raw, pack: PackWriter | None = None):
        self._raw, self._pack, self._sha256, self.size = raw, pack, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        if self._pack:
            self._pack.take(len(data))
        self._sha256.update(data)
        self.size += len(data)
        return self._raw.write(data)

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()
