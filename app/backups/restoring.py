"""The way back: a backup comes to life beside, is verified there, and only then takes the place of what is there.

What was there is moved aside and never deleted. Nothing is believed: manifest, database, files, chain, and the heads
outside are compared; what the heads know and the backup does not is said in words and kept.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import orjson
import sqlalchemy as sa
from flask import current_app
from flask_migrate import upgrade

from app.backups import afterwards, outside, placing
from app.backups.archive import HEADS, MANIFEST, read_about, read_archive
from app.backups.staging import Stage, stage
from app.clock import Clock
from app.errors import BackupUnreadable, RestoreRefused
from app.extensions import db
from app.materials.blobs import BlobDamaged, put_back, read_blob
from app.materials.sweep import named_blobs
from app.proof.verification import parts as parts_of_log, verify_part
from app.store import session
from app.store.models import Event

FAULTS = 5  # told in words


@dataclass
class Restored:
    """What a restore, or a drill, found. `faults` are words; without any, all is as it was at the point."""

    about: dict
    faults: list[str] = field(default_factory=list)
    gap: outside.Gap | None = None
    compared: bool = True  # whether there were heads outside to compare with
    files: int = 0
    missing: list[str] = field(default_factory=list)  # digests of files that were already gone when the backup was made
    aside: str = ""  # where what was there lies now
    seconds: float = 0.0


def restore(path: Path, identities: list, *, clock: Clock, over: bool = False, despite: bool = False) -> Restored:
    """Brings a backup back as the service's database and files.

    `over`: also when there is a database already; it is moved aside. `despite`: also when something was found wrong.
    Raises BackupUnreadable, and RestoreRefused: then nothing has changed.
    """
    begun, about = time.monotonic(), read_about(path, identities)
    placing.ensure_free(over)
    with stage("restore", about, keep=True) as made:
        found = Restored(about)
        made.files_url = current_app.config["FILES_URL"]
        heads = _bring_in(path, identities, made, found)
        found.compared = outside.heads_path().exists()
        if not found.compared and heads:
            outside.heads_path().write_bytes(heads)  # a bare machine: the heads of the point are better than none
        with made.app().app_context():
            _look_through(found)
            if found.faults and not despite:
                raise RestoreRefused(why="；".join(found.faults[:FAULTS]))
            found.seconds = time.monotonic() - begun
            afterwards.settle(found, path, clock=clock)
            _close()
        found.aside = placing.put_in_place(made, clock())
    if found.gap:
        afterwards.accept(f"从备份恢复：{path.name}", clock)
    return found


def bring_back(path: Path, identities: list, made: Stage) -> Restored:
    """A backup come to life on a stage, with its files beside it; for drills. Raises BackupUnreadable."""
    found = Restored(read_about(path, identities))
    _bring_in(path, identities, made, found)
    return found


def _bring_in(path: Path, identities: list, made: Stage, found: Restored) -> bytes:
    """Reads the backup to its end: database onto the stage, files to where files lie. Returns the heads that were with it."""
    parts = _Parts(read_archive(path, identities))
    made.fill(found.about, parts.database())
    with made.app().app_context():
        for name, data in parts.files():
            put_back(name.partition("/")[2], data)
            found.files += 1
        found.missing = parts.missing
        upgrade()
        _close()
    return parts.heads


class _Parts:
    """The parts of a backup in their order: first those of its own, then the database, then files."""

    def __init__(self, parts: Iterator[tuple[str, bytes]]):
        self._parts, self.heads, self.missing = parts, b"", []

    def database(self) -> Iterator[tuple[str, bytes]]:
        for name, data in self._parts:
            if name == HEADS:
                self.heads = data
            if name.startswith("database/"):
                rest = chain([(name, data)], self._parts)
                yield from self._until_other(rest)
                return
        raise BackupUnreadable(why="备份里没有数据库")

    def _until_other(self, parts) -> Iterator[tuple[str, bytes]]:
        for name, data in parts:
            if not name.startswith("database/"):
                self._parts = chain([(name, data)], self._parts)
                return
            yield name, data

    def files(self) -> Iterator[tuple[str, bytes]]:
        for name, data in self._parts:
            if name == MANIFEST:
                self.missing = orjson.loads(data)["missing"]
            if name.startswith("files/"):
                yield name, data


def _look_through(found: Restored) -> None:
    """Compares the database of the app around with what the backup says of itself, its chains, its files, and the heads."""
    found.faults += faults_of_count(found.about) + faults_of_chains() + faults_of_files(found.missing)
    found.gap = outside.gap()
    session().rollback()


def faults_of_count(about: dict) -> list[str]:
    """Whether the event log ends where the backup says that it ends."""
    count, last = session().execute(sa.select(sa.func.count(), sa.func.max(Event.id)).select_from(Event)).one()
    mac = session().scalar(sa.select(Event.mac).where(Event.id == last)) if last else ""
    return [] if (count, last or 0, mac) == (about["events"], about["last"], about["head"]) else [f"事件数 {count} 或最后一个事件与备份所说的不符（{about['events']} 个）"]


def faults_of_chains() -> list[str]:
    """What is wrong with the histories, in words: each case's first bad event."""
    faults = []
    for low, high in list(parts_of_log()):
        faults += [f"{fault.case} 第 {fault.seq} 个事件：{fault.message}" for fault in verify_part(low, high)]
    return faults


def faults_of_files(known: list[str]) -> list[str]:
    """Files that the database names and that are not there or not what they were, but for those known to be gone."""
    faults = []
    for digest in set(session().scalars(named_blobs())) - set(known):
        try:
            read_blob(digest)
        except BlobDamaged as error:
            faults.append(error.message)
    return faults


def _close() -> None:
    session().remove()
    db.engine.dispose()
