"""Drills: a backup brought back to a temporary place and looked at, so that nobody finds out in need that it is no good."""
from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import current_app

from app.backups.archive import read_about
from app.backups.models import BackupRun
from app.backups.pruning import points_in
from app.backups.reading import keep
from app.backups.restoring import FAULTS, Restored, bring_back, faults_of_chains, faults_of_count, faults_of_files
from app.backups.sealing import identities_from
from app.backups.staging import Stage, stage
from app.clock import Clock
from app.errors import BackupRefused, PingshenError
from app.extensions import db
from app.operations.replay import replay_case
from app.store import session
from app.store.models import Case

log = structlog.get_logger()


@dataclass
class _Tried:
    """How far a drill came."""

    found: Restored | None = None
    opened: int = 0
    faults: list[str] = field(default_factory=list)


def drill(path: Path, identities: list, *, clock: Clock, cases: int) -> BackupRun:
    """Brings a backup back beside the service, verifies it, opens so many random cases and replays them; keeps what came of it.

    Never raises for a bad backup: finding it is what a drill is for. The record says `failed`, and why.
    """
    begun, at, seed = time.monotonic(), clock(), secrets.randbits(32)
    tried = _try(path, identities, cases, seed)
    words = "；".join(tried.faults[:FAULTS]) or f"恢复成功，随机打开 {tried.opened} 件，重放全部一致"
    run = BackupRun(
        kind="drill", state="failed" if tried.faults else "done", at=at, seconds=time.monotonic() - begun, place=str(path), words=words[:2000],
        detail={"faults": tried.faults[:50], "seed": seed, "cases": tried.opened})
    if tried.found:
        run.point_at, run.events, run.files = datetime.fromisoformat(tried.found.about["at"]), tried.found.about["events"], tried.found.files
    keep(run)
    if tried.faults:
        log.error("drill-failed", place=run.place, why=tried.faults[:FAULTS])
    return run


def newest_backup() -> Path:
    """The newest backup of the folder of backups; else the last one that was made by hand. Raises BackupRefused."""
    folder = str(current_app.config["BACKUP_FOLDER"])
    points = points_in(Path(folder)) if folder else []
    if points:
        return points[-1]
    made = session().scalar(sa.select(BackupRun.place).where(BackupRun.kind == "backup").order_by(BackupRun.at.desc()).limit(1))
    if made is None:
        raise BackupRefused(why="还没有可供演练的备份")
    return Path(made)


def own_identities() -> list:
    """The private keys that the setting BACKUP_IDENTITY names; none when it is empty. Raises BackupUnreadable."""
    path = str(current_app.config["BACKUP_IDENTITY"])
    return identities_from(Path(path)) if path else []


def _try(path: Path, identities: list, cases: int, seed: int) -> _Tried:
    tried = _Tried()
    try:
        with stage("drill", read_about(path, identities)) as made:
            tried.found = bring_back(path, identities, made)
            _look(made, tried, cases, seed)
    except PingshenError as error:
        tried.faults.append(error.message)
    except Exception as error:  # whatever a damaged backup makes a library say: the drill has failed, loudly
        tried.faults.append(f"{type(error).__name__}: {error}"[:300])
    return tried


def _look(made: Stage, tried: _Tried, cases: int, seed: int) -> None:
    with made.app().app_context():
        try:
            tried.faults += faults_of_count(tried.found.about) + faults_of_chains() + faults_of_files(tried.found.missing)
            ids = session().scalars(sa.select(Case.id).where(Case.events > 0).order_by(Case.id)).all()
            for case_id in random.Random(seed).sample(ids, min(cases, len(ids))):
                replayed = replay_case(session().get(Case, case_id))
                if replayed.difference:
                    tried.faults.append(f"{replayed.number} 第 {replayed.seq} 个事件重放不一致：{replayed.difference}")
                tried.opened += 1
                session().rollback()
        finally:
            session().remove()
            db.engine.dispose()
