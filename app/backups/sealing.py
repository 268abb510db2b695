"""What lies on the medium: zstd inside age, written and read as a stream. Knows nothing of what is inside.

Whoever has the private key opens it without us: `age -d -i KEY FILE | zstd -d | tar x`.
"""
from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import pyrage
import zstandard

from app.errors import BackupRefused, BackupUnreadable

MAGIC = b"age-encryption.org/"
LEVEL = 3
BLOCK = 1 << 16  # bytes
LARGEST = 1 << 30  # bytes of one piece or file: more than any that the service takes


def recipients_of(text: str) -> list[pyrage.x25519.Recipient]:
    """The public keys (`age1…`) of a setting, apart by comma or blank. Raises BackupRefused."""
    try:
        return [pyrage.x25519.Recipient.from_str(word) for word in text.replace(",", " ").split()]
    except pyrage.RecipientError as error:
        raise BackupRefused(why="BACKUP_RECIPIENTS 中有一个不是 age 公钥（以 age1 开头）") from error


def identities_from(path: Path, passphrase: str = "") -> list[pyrage.x25519.Identity]:
    """The private keys of an identity file as age writes it; one locked by a passphrase is opened with it.

    Raises BackupUnreadable.
    """
    try:
        content = path.read_bytes()
        if content.startswith(MAGIC):
            content = pyrage.passphrase.decrypt(content, passphrase)
        lines = [line.strip() for line in content.decode().splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, pyrage.DecryptError, pyrage.IdentityError) as error:
        raise BackupUnreadable(why=f"私钥文件 {path} 打不开：没有此文件、口令不对，或不是 age 私钥") from error


def seal(data: bytes, recipients: list) -> bytes:
    """A small piece, packed and encrypted; only packed when nobody is to be the only reader."""
    packed = zstandard.compress(data, LEVEL)
    return pyrage.encrypt(packed, recipients) if recipients else packed


def unseal(data: bytes, identities: list) -> bytes:
    """The piece again. Raises BackupUnreadable."""
    try:
        if data.startswith(MAGIC):
            data = pyrage.decrypt(data, identities)
        if zstandard.get_frame_parameters(data).content_size > LARGEST:  # of unknown size, too
            raise BackupUnreadable(why="数据块过大")
        return zstandard.decompress(data)
    except (pyrage.DecryptError, zstandard.ZstdError, ValueError) as error:
        raise BackupUnreadable(why=_why(error)) from error


@contextmanager
def sealed_file(path: Path, recipients: list) -> Iterator[BinaryIO]:
    """A stream into a file that appears under its name only when it is whole and on the disk."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as out:
            draft.chmod(0o600)
            with _encrypting(out, recipients) if recipients else nullcontext(out) as inner:
                with zstandard.ZstdCompressor(LEVEL, write_checksum=True).stream_writer(inner, closefd=False) as packing:
                    yield packing
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened_file(path: Path, identities: list) -> Iterator[BinaryIO]:
    """A stream out of such a file. Raises BackupUnreadable for a wrong key, a flipped bit, an end that is missing."""
    with path.open("rb") as raw:
        encrypted = raw.read(len(MAGIC)) == MAGIC
        raw.seek(0)
        if encrypted and not identities:
            raise BackupUnreadable(why="备份已加密，须指明私钥文件（--identity）")
        try:
            with _decrypting(raw, identities) if encrypted else nullcontext(raw) as inner:
                yield zstandard.ZstdDecompressor().stream_reader(inner, closefd=False)
                while inner.read(BLOCK):  # to the very end: a missing last block shows only there
                    pass
        except (zstandard.ZstdError, pyrage.DecryptError) as error:
            raise BackupUnreadable(why=_why(error)) from error


@contextmanager
def _encrypting(out: BinaryIO, recipients: list) -> Iterator[BinaryIO]:
    """age reads, and we write: a pipe with age on a thread of its own between."""
    with _piped(lambda plain: pyrage.encrypt_io(plain, out, recipients), inwards=True) as plain:
        yield plain


@contextmanager
def _decrypting(raw: BinaryIO, identities: list) -> Iterator[BinaryIO]:
    with _piped(lambda plain: pyrage.decrypt_io(raw, plain, identities), inwards=False) as plain:
        yield plain


@contextmanager
def _piped(work, *, inwards: bool) -> Iterator[BinaryIO]:
    ends, failed = os.pipe(), []
    theirs, ours = (os.fdopen(ends[0], "rb"), os.fdopen(ends[1], "wb")) if inwards else (os.fdopen(ends[1], "wb"), os.fdopen(ends[0], "rb"))

    def run() -> None:
        try:
            with theirs:
                work(theirs)
        except Exception as error:  # told to whoever waits at the other end
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with ours:
            yield ours
    except Exception as error:
        thread.join()
        told = [each for each in failed if not isinstance(each, OSError)]  # a broken pipe is our own doing
        if told:
            raise told[0] from error
        raise
    thread.join()
    if failed:
        raise failed[0]


def _why(error: Exception) -> str:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return "私钥与备份不相配"
    return "内容已损坏或不完整"
