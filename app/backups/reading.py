"""What can be said of the backups: what was done, how old the newest is, what is wrong."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.backups import outside
from app.backups.models import BackupRun
from app.clock import Clock
from app.store import session, transaction

LATE = 2  # times the interval after which something is overdue
BY_HAND = timedelta(days=2)  # the interval where the worker makes none


@dataclass(frozen=True)
class Standing:
    """How the backups stand: the newest that is whole, the last drill and restore, and what is wrong, in words."""

    backup: BackupRun | None
    drill: BackupRun | None
    restore: BackupRun | None
    automatic: bool
    alarms: list[str]


def standing(clock: Clock) -> Standing:
    """How the backups stand now."""
    folder, every = current_app.config["BACKUP_FOLDER"], int(current_app.config["BACKUP_EVERY"])
    automatic = bool(folder and every)
    backup, drill, back = newest("backup", "done", "incomplete"), newest("drill"), newest("restore")
    alarms = [*_of_rollback(), *_of_backup(backup, timedelta(seconds=every) * LATE if automatic else BY_HAND, clock), *_of_drill(drill, clock)]
    return Standing(backup, drill, back, automatic, alarms)


def keep(run: BackupRun) -> BackupRun:
    """Keeps a record and lets go of it: whoever made it reads it also when this database is no longer there."""
    with transaction() as store:
        store.add(run)
    session().refresh(run)
    session().expunge(run)
    session().rollback()
    return run


def newest(kind: str, *states: str) -> BackupRun | None:
    """The latest record of a kind, in one of these states where any are named."""
    query = sa.select(BackupRun).where(BackupRun.kind == kind)
    if states:
        query = query.where(BackupRun.state.in_(states))
    return session().scalar(query.order_by(BackupRun.at.desc(), BackupRun.id.desc()).limit(1))


def runs(*, kind: str = "", before: int = 0, limit: int = 50) -> list[BackupRun]:
    """Records, latest first; of one kind, older than one of them."""
    query = sa.select(BackupRun).order_by(BackupRun.id.desc()).limit(limit)
    if kind:
        query = query.where(BackupRun.kind == kind)
    return list(session().scalars(query.where(BackupRun.id < before) if before else query))


def _of_rollback() -> list[str]:
    found = outside.gap()
    return [_("数据库比外部锚点旧：%(what)s", what=found.words)] if found else []


def _of_backup(backup: BackupRun | None, within: timedelta, clock: Clock) -> list[str]:
    last = newest("backup")
    alarms = [_("最近一次备份没有成功：%(why)s", why=last.words)] if last and last.state == "failed" else []
    if backup is None:
        return [*alarms, _("还没有备份。")]
    if clock() - backup.at > within:
        alarms.append(_("最近的备份已经过了 %(hours)s 小时。", hours=int((clock() - backup.at).total_seconds() // 3600)))
    if backup.state == "incomplete":
        alarms.append(_("最近的备份不完整：%(why)s", why=backup.words))
    return alarms


def _of_drill(drill: BackupRun | None, clock: Clock) -> list[str]:
    days = int(current_app.config["DRILL_EVERY"])
    if drill is not None and drill.state == "failed":
        return [_("最近一次恢复演练没有通过：%(why)s", why=drill.words)]
    if days and (drill is None or clock() - drill.at > timedelta(days=days * LATE)):
        return [_("超过 %(days)s 天没有做过恢复演练。", days=days * LATE)]
    return []
