"""What the worker does about backups: makes them, tries them out, sees that the database was not rolled back, catches up after a restore."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.backups import afterwards, outside
from app.backups.drills import drill, newest_backup, own_identities
from app.backups.making import make_backup
from app.backups.models import BackupRun
from app.backups.reading import newest
from app.clock import Clock
from app.errors import BackupRefused, PingshenError
from app.people import people_with_role, reference_of
from app.people.tellings import tell
from app.store import session, transaction

TOLD = "administrator"  # the role whose people hear of it
log = structlog.get_logger()


def look_after(clock: Clock) -> None:
    """Every minute: a database older than its heads is an alarm, once; a restored one catches up with what was paid."""
    notice_rollback(clock)
    afterwards.catch_up(clock)


def look_at_start(app: Flask) -> outside.Gap | None:
    """Whether the database that the service starts on is older than its heads. It starts all the same, health red: who decides is a person."""
    with app.app_context():
        try:
            return notice_rollback(app.extensions["clock"])
        except SQLAlchemyError:  # not migrated yet: health says so
            return None
        finally:
            session().remove()


def notice_rollback(clock: Clock) -> outside.Gap | None:
    """Looks whether the database is older than the heads outside, and keeps a record of it, once for each gap.

    Administrators are told by whoever writes the heads: it stumbles over the same.
    """
    found, last = outside.gap(), newest("rollback")
    if found is None or (last and (last.detail["after"], last.detail["since"]) == (found.after, found.since)):
        return found
    log.error("database-rolled-back", events=found.events, after=found.after, upto=found.upto)
    with transaction():
        session().add(BackupRun(kind="rollback", state="failed", at=clock(), words=found.words[:2000], detail=found.as_dict() | {"cases": found.cases[:50]}))
    return found


def accept_rollback(why: str, clock: Clock) -> outside.Gap:
    """A person knows of the gap and goes on with this database: noted outside and in the cases.

    Raises BackupRefused when there is none, RestoreRefused where more is wrong than a lost end.
    """
    found = outside.gap()
    if found is None:
        raise BackupRefused(why="数据库与外部锚点一致，没有缺失要确认")
    with transaction():
        afterwards.note_lost(found, clock)
    afterwards.accept(why, clock)
    return found


def back_up_due(clock: Clock) -> BackupRun | None:
    """Makes a backup into the folder of backups when one is due."""
    folder, every = str(current_app.config["BACKUP_FOLDER"]), int(current_app.config["BACKUP_EVERY"])
    last = newest("backup")
    # Half a minute early rather than a whole round of the worker late.
    if not folder or not every or (last and clock() - last.at < timedelta(seconds=every - min(30, every // 2))):
        return None
    Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return make_backup(Path(folder), clock=clock)
    except (PingshenError, OSError) as error:
        session().rollback()
        return _failed(last, str(error), folder, clock)


def drill_due(clock: Clock) -> BackupRun | None:
    """Tries the newest backup out when that is due and a private key is there for it."""
    days, last = int(current_app.config["DRILL_EVERY"]), newest("drill")
    if not days or not current_app.config["BACKUP_IDENTITY"] or (last and clock() - last.at < timedelta(days=days)):
        return None
    try:
        done = drill(newest_backup(), own_identities(), clock=clock, cases=int(current_app.config["DRILL_CASES"]))
    except PingshenError as error:
        log.warning("no-drill", why=error.message)
        return None
    if done.state == "failed":
        with transaction():
            _tell("备份恢复演练没有通过", done.words, clock)
    return done


def _failed(last: BackupRun | None, why: str, folder: str, clock: Clock) -> BackupRun:
    log.error("backup-failed", why=why)
    with transaction():
        if last is None or last.state != "failed":  # told once, not at every try
            _tell("自动备份没有成功", why, clock)
        run = BackupRun(kind="backup", state="failed", at=clock(), place=folder, words=why[:2000])
        session().add(run)
    return run


def _tell(title: str, text: str, clock: Clock) -> None:
    for party in people_with_role(TOLD):
        tell(reference_of(party).partition(":")[2], title, text[:1000], clock)
