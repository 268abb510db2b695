"""Files that come in pieces (tus 1.0): announced, appended to, finished or given up. They know no request.

The part file is the only truth about how much has come: no row is written per piece, and a break at 95 % costs the last
piece only (E-06, D-78). Nothing is listed before the whole file was looked into.
"""
from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import NotFound, PieceDamaged, PieceOutOfPlace, UploadRefused
from app.materials.library import ensure_room
from app.materials.models import Material, Transfer
from app.materials.operations import KINDS, ensure_size, keep, read_upload, shown_name
from app.store import session, transaction

KEPT = timedelta(hours=24)  # how long a broken upload can be gone on with
MOST_OPEN = 50  # of one person at a time
LARGEST = 10 * 1024 * 1024  # bytes; a field may take less
CHECKSUMS = ("sha256", "sha1")


def begin_transfer(name: str, size: int, *, owner: str, clock: Clock, case_id: int | None = None, task_id: str = "",
                   field: str = "", label: str = "", accept=KINDS, max_mb: float = 10) -> Transfer:
    """Announces a file of `size` bytes. Raises UploadRefused before a single byte has come when it cannot be taken."""
    name = shown_name(name)
    ensure_size(size, name, max_mb)
    ensure_room(owner, size, name)
    if len(list(session().scalars(_open_of(owner, clock)))) >= MOST_OPEN:
        raise UploadRefused(name=name, why=_("同时上传的文件不能超过 %(most)s 个，请等前面的传完，或取消未传完的。", most=MOST_OPEN))
    transfer = Transfer(
        id=uuid.uuid4().hex, owner=owner, case_id=case_id, task_id=task_id, field=field, label=label, accept=",".join(accept),
        name=name, size=size, created_at=clock())
    part = part_of(transfer)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch(mode=0o600)
    with transaction():
        session().add(transfer)
    return transfer


def transfer_of(transfer_id: str, *, owner: str, clock: Clock) -> Transfer:
    """One's own transfer that is not too old and was not refused. Raises NotFound."""
    found = session().get(Transfer, transfer_id)
    if found is None or found.owner != owner or clock() - found.created_at > KEPT:
        raise NotFound()
    if found.state == "refused" or (found.state == "open" and not part_of(found).exists()):
        raise NotFound()
    return found


def unfinished(owner: str, task_id: str, clock: Clock) -> list[Transfer]:
    """The person's broken transfers of a task, oldest first."""
    return [t for t in session().scalars(_open_of(owner, clock).where(Transfer.task_id == task_id)) if part_of(t).exists()]


def offset_of(transfer: Transfer) -> int:
    """How many bytes have come."""
    return transfer.size if transfer.state == "kept" else part_of(transfer).stat().st_size if part_of(transfer).exists() else 0


def append_piece(transfer: Transfer, offset: int, piece: bytes, checksum: str = "") -> int:
    """Adds a piece at `offset`; how many bytes there are now. Raises PieceOutOfPlace, PieceDamaged.

    `checksum` as in tus: the algorithm, a blank, base64.
    """
    _ensure_whole(piece, checksum)
    with _locked(transfer) as part:
        there = os.fstat(part.fileno()).st_size if transfer.state == "open" else transfer.size
        if transfer.state != "open" or offset != there or there + len(piece) > transfer.size:
            raise PieceOutOfPlace(offset=there)
        part.write(piece)
        part.flush()
        os.fsync(part.fileno())
        return there + len(piece)


def finish_transfer(transfer: Transfer, *, clock: Clock) -> Material:
    """The material of a transfer whose last byte has come; asked twice, it is the same. Raises UploadRefused, and
    NotFound when another window gave it up meanwhile.

    The part is gone afterwards, also when the file was refused: what is wrong with it does not get better.
    """
    with _locked(transfer):
        if session().get(Transfer, transfer.id, populate_existing=True) is None:
            raise NotFound()
        if transfer.state == "kept":
            return session().get(Material, transfer.material_id)
        if transfer.state == "refused":
            raise UploadRefused(name=transfer.name, why=transfer.why)
        return _taken_in(transfer, clock)


def _taken_in(transfer: Transfer, clock: Clock) -> Material:
    try:
        read = read_upload(
            part_of(transfer).read_bytes(), transfer.name, owner=transfer.owner, clock=clock, case_id=transfer.case_id,
            task_id=transfer.task_id, field=transfer.field, label=transfer.label, accept=transfer.accept.split(","),
            max_mb=transfer.size)
    except UploadRefused as refusal:
        with transaction():
            transfer.state, transfer.why = "refused", refusal.facts["why"]
        part_of(transfer).unlink(missing_ok=True)
        raise
    with transaction():
        material = keep(read)
        transfer.state, transfer.material_id = "kept", material.id
    part_of(transfer).unlink(missing_ok=True)
    return material


def give_up(transfer: Transfer) -> None:
    """Forgets a transfer and what has come of it."""
    part_of(transfer).unlink(missing_ok=True)
    with transaction():
        session().delete(transfer)


def sweep_transfers(clock: Clock) -> int:
    """Removes transfers older than a day with their parts, and parts without a row; how many (E-07)."""
    old = list(session().scalars(sa.select(Transfer).where(Transfer.created_at < clock() - KEPT)))
    for transfer in old:
        give_up(transfer)
    known = set(session().scalars(sa.select(Transfer.id)))
    now = clock().timestamp()
    stray = [p for p in _folder().glob("*.part") if p.stem not in known and now - p.stat().st_mtime > KEPT.total_seconds()]
    for part in stray:
        part.unlink(missing_ok=True)
    return len(old) + len(stray)


def part_of(transfer: Transfer) -> Path:
    """Where its bytes lie; the name is our own id, never the person's."""
    return _folder() / f"{transfer.id}.part"


def _folder() -> Path:
    return Path(current_app.config["VAR"], "parts")


def _open_of(owner: str, clock: Clock):
    return sa.select(Transfer).where(
        Transfer.owner == owner, Transfer.state == "open", Transfer.created_at > clock() - KEPT).order_by(Transfer.created_at)


@contextmanager
def _locked(transfer: Transfer):
    # Two windows may go on with the same file: the second waits, and then finds its offset taken.
    try:
        part = open(part_of(transfer), "ab" if transfer.state == "open" else "rb")
    except FileNotFoundError:
        part = open(os.devnull, "ab")
    with part:
        if part.name != os.devnull:
            fcntl.flock(part, fcntl.LOCK_EX)
        yield part


def _ensure_whole(piece: bytes, checksum: str) -> None:
    if not checksum:
        return
    algorithm, _blank, told = checksum.partition(" ")
    if algorithm not in CHECKSUMS:
        raise PieceDamaged(why=_("不认识校验方式 %(algorithm)s", algorithm=algorithm[:20]))
    found = base64.b64encode(hashlib.new(algorithm, piece, usedforsecurity=False).digest()).decode()
    if found != told.strip():
        raise PieceDamaged(why=_("传输中有数据损坏"))
