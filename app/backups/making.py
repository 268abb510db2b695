"""Making a backup: the database at one point, the files it names, the heads outside, settings without secrets. No keys."""
from __future__ import annotations

import time
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import sqlalchemy as sa
import structlog
from flask import current_app

from app.backups import outside
from app.backups.archive import ABOUT, FORMAT, HEADS, SETTINGS, Writer
from app.backups.models import BackupRun
from app.backups.pieces import PieceFolder, only_one
from app.backups.pruning import LISTED, POINT, STAMP, prune
from app.backups.reading import keep
from app.backups.sealing import recipients_of, sealed_file
from app.backups.stills import VERSIONS, Still, digest_of, still_of
from app.clock import Clock
from app.config import SETTINGS as ALL_SETTINGS, is_secret
from app.errors import BackupRefused
from app.materials.blobs import BlobDamaged, read_blob
from app.materials.sweep import named_blobs
from app.operations.contexts import instant
from app.store import session
from app.store.models import Case, Event

log = structlog.get_logger()


def make_backup(out: Path, *, clock: Clock, plain: bool = False) -> BackupRun:
    """Backs everything up into `out` and keeps a record of it; others go on working meanwhile.

    `out` is a file, or a folder: there a piece that did not change since an earlier backup is not written again, and old
    backups are thinned out. `plain`: for nobody in particular, unencrypted. Raises BackupRefused.
    """
    recipients = [] if plain else recipients_of(str(current_app.config["BACKUP_RECIPIENTS"]))
    if not plain and not recipients:
        raise BackupRefused(why="没有设置 BACKUP_RECIPIENTS（谁能打开备份）。用 pingshen backup-identity 生成一对密钥，私钥放在别处；确实不加密的，加 --plain")
    begun = time.monotonic()
    with only_one(out if out.is_dir() else out.parent):
        made = _into_folder(out, recipients, clock) if out.is_dir() else _into_file(out, recipients, clock)
        made.seconds = time.monotonic() - begun
    keep(made)
    log.info("backup-made", place=made.place, events=made.events, files=made.files, seconds=round(made.seconds, 1), state=made.state)
    return made


def _into_file(path: Path, recipients: list, clock: Clock) -> BackupRun:
    with sealed_file(path, recipients) as stream:
        run = _write(Writer(stream), clock, tidy=True)
    return _placed(run, path, path.stat().st_size)


def _into_folder(folder: Path, recipients: list, clock: Clock) -> BackupRun:
    path = folder / f"{clock():{STAMP}}{POINT}"
    pieces = PieceFolder(folder, recipients)
    with sealed_file(path, recipients) as stream:
        writer = Writer(stream, pieces)
        run = _write(writer, clock, tidy=False)
        # Which pieces a point needs, as names that say nothing: whoever thins out the folder has no private key.
        path.with_suffix(LISTED).write_text("\n".join(writer.stored))
    prune(folder, clock(), int(current_app.config["BACKUP_KEPT"]))
    return _placed(run, path, path.stat().st_size + pieces.written)


def _placed(run: BackupRun, path: Path, size: int) -> BackupRun:
    run.place, run.size = str(path), size
    return run


def _write(writer: Writer, clock: Clock, *, tidy: bool) -> BackupRun:
    session().rollback()
    at = clock()
    with TemporaryDirectory(prefix="backup-", dir=current_app.config["VAR"]) as folder:
        with still_of(session().get_bind(), Path(folder), tidy=tidy) as still:
            about = about_of(still, at)
            writer.add(ABOUT, orjson.dumps(about))
            writer.add(SETTINGS, orjson.dumps(_settings(), option=orjson.OPT_INDENT_2))
            writer.add(HEADS, heads.read_bytes() if (heads := outside.heads_path()).exists() else b"")
            for name, data in still.pieces():
                writer.add_piece(name, digest_of(data), partial(bytes, data))
            files, missing = _write_files(writer, still)
    writer.close(missing=missing)
    lost = [digest for digest in missing if _still_named(digest)]  # what was lawfully erased meanwhile is missed by nobody
    words = f"有 {len(lost)} 个文件已丢失或损坏，未能备份" if lost else ""
    return BackupRun(kind="backup", state="incomplete" if lost else "done", at=at, point_at=at, events=about["events"], files=files, words=words,
                     detail={"cases": about["cases"], "missing": lost[:50], "head": about["head"]})


def about_of(still: Still, at: datetime) -> dict:
    """What a backup says of itself: versions, and the end of the event log at its point."""
    if not sa.inspect(session().get_bind()).has_table(VERSIONS):
        raise BackupRefused(why="数据库还没有准备好，请先执行 pingshen init")
    revision = next(still.rows(sa.select(sa.column("version_num")).select_from(sa.table(VERSIONS))))[0]
    events, last = next(still.rows(sa.select(sa.func.count(), sa.func.max(Event.id)).select_from(Event)))
    cases = next(still.rows(sa.select(sa.func.count()).select_from(Case)))[0]
    head = next(still.rows(sa.select(Event.mac).where(Event.id == last)))[0] if last else ""
    return {"format": FORMAT, "service": version("pingshen"), "revision": revision, "store": still.store, "at": instant(at), "events": events,
            "cases": cases, "last": last or 0, "head": head, "tables": still.tables()}


def _write_files(writer: Writer, still: Still) -> tuple[int, list[str]]:
    """The files that the database at this point names; (how many, digests of those that are not there or not what they were).

    A file never changes, so that it may be read later than the point.
    """
    count, missing = 0, []
    for (digest,) in still.rows(named_blobs()):
        try:
            writer.add_piece(f"files/{digest}", digest, partial(read_blob, digest))
            count += 1
        except BlobDamaged:
            missing.append(digest)
    return count, missing


def _still_named(digest: str) -> bool:
    named = named_blobs().subquery()
    found = session().scalar(sa.select(named.c.digest).where(named.c.digest == digest)) is not None
    session().rollback()
    return found


def _settings() -> dict:
    """The settings in force, without secrets."""
    values = {setting.name: current_app.config[setting.name] for setting in ALL_SETTINGS}
    return {name: value for name, value in values.items() if not is_secret(name, value) and name != "CRASHPOINT"}
