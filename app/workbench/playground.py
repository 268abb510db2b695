"""The throw-away service in which proposals are walked: an app of its own below var/plays, with keys and files of its own.

It knows no database, no mail server, no gateway and no look-up of the real one: its settings name none. Every walk has a
database file of its own; which one a request works in is a matter of the context (`inside`). Only `plays` uses it.
"""
from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.pool import NullPool

from app import logs
from app.clock import PretendClock, system_clock
from app.definitions import Bundle, DefinitionError
from app.errors import PlayRefused, ReleaseRefused
from app.extensions import db, limiter
from app.invented_registers import answer_of
from app.operations.releases import publish_release
from app.people import SYSTEM, load_demo
from app.registers.loading import load_demo_registers
from app.store import session

NOWHERE = "http://127.0.0.1:9"  # nobody listens there (port "discard")
PREPARED_KEPT = 20  # databases of procedures that were walked lately
SHOWN = 3  # findings named when a procedure cannot be walked
_place: ContextVar[Place | None] = ContextVar("place", default=None)
_making = threading.Lock()


@dataclass(frozen=True)
class Place:
    """The database and the clock of one walk."""

    database: Path
    clock: PretendClock


class Playground:
    """The app of all walks of this process."""

    def __init__(self, folder: Path, real: Flask):
        self.folder = folder
        for name in ("app", "prepared", "walks"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.nowhere = folder / "app" / "nowhere.db"
        self.app = _make(folder / "app", self._connect, real)

    def _connect(self) -> sqlite3.Connection:
        place = _place.get()
        return sqlite3.connect(place.database if place else self.nowhere, check_same_thread=False, timeout=30)

    @contextmanager
    def inside(self, database: Path, clock: PretendClock):
        """The context of the walk with this database. Nothing of the context around it can be reached in it."""
        token = _place.set(Place(database, clock))
        try:
            with self.app.app_context():
                try:
                    yield
                finally:
                    session().rollback()
                    session().remove()
        finally:
            _place.reset(token)

    def prepared(self, bundle: Bundle, clock: PretendClock) -> Path:
        """A database in which the bundle is published and its demo people are there; made once for each content.

        Raises PlayRefused when the linter finds errors: what cannot be published cannot be walked.
        """
        found = self.folder / "prepared" / f"{bundle.digest}.db"
        if found.exists():
            os.utime(found)
            return found
        handle, draft = tempfile.mkstemp(dir=found.parent, suffix=".new")
        os.close(handle)
        try:
            with self.inside(Path(draft), clock):
                db.create_all()
                _publish(bundle, clock)
            Path(draft).rename(found)
        finally:
            remove_database(Path(draft))
        self._forget_prepared()
        return found

    def _forget_prepared(self) -> None:
        kept = sorted((self.folder / "prepared").glob("*.db"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[PREPARED_KEPT:]:
            path.unlink(missing_ok=True)


def playground() -> Playground:
    """The one of this process, made when first asked for."""
    real = current_app._get_current_object()
    with _making:
        if "playground" not in real.extensions:
            real.extensions["playground"] = Playground(folder_of_plays(real), real)
    return real.extensions["playground"]


def folder_of_plays(real: Flask) -> Path:
    """Where everything of walks lies."""
    return Path(real.config["VAR"]) / "plays"


def copy_database(source: Path, target: Path) -> None:
    """A copy of a database that nobody has open."""
    remove_database(target)
    shutil.copyfile(source, target)


def remove_database(path: Path) -> None:
    """The file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _publish(bundle: Bundle, clock: PretendClock) -> None:
    try:
        publish_release(bundle, actor=SYSTEM, clock=clock, note="play")
        for name in bundle.procedures:
            load_demo(bundle.procedure(name).demo, clock)
            load_demo_registers(bundle.procedure(name), clock)
    except ReleaseRefused as refused:
        named = "；".join(finding.message for finding in refused.findings[:SHOWN])
        raise PlayRefused(why=f"检查发现 {len(refused.findings)} 处错误，请先在“检查”页改好：{named}") from refused
    except DefinitionError as error:
        raise PlayRefused(why=f"文件 {error.path} 读不出来：{error.message}") from error


def _make(folder: Path, connect, real: Flask) -> Flask:
    """An app in test mode whose every way out leads nowhere. What apps of one process share stays the real one's."""
    from app import create_app

    limits = dict(vars(limiter))
    try:
        made = create_app(_settings(folder, connect, real), clock=_now)
    finally:
        vars(limiter).update(limits)
        logs.configure(real)
    made.extensions.pop("ring", None)
    made.extensions["world"] = "play"
    made.extensions["look-ups"] = lambda register, asked: answer_of(register, {key: str(value) for key, value in asked.items()})
    return made


def _settings(folder: Path, connect, real: Flask) -> dict:
    return {
        "MODE": "test", "VAR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/nowhere.db", "SECRET_KEY": "", "CRASHPOINT": "",
        "BROKER_URL": "memory://", "FILES_URL": f"file://{folder}/files", "KEYS": f"{folder}/keys", "ANCHORS": f"{folder}/anchors",
        "GATEWAY_URL": NOWHERE, "GATEWAY_SECRET": "play", "GATEWAY_SECRET_OLD": "", "LOOKUP_URL": NOWHERE, "PROVINCE_URL": "", "OIDC_ISSUER": "",
        "MAIL_URL": "", "PUBLIC_URL": NOWHERE, "PROXIES": 0, "LOCK_TIMEOUT": 60.0, "LOG_LEVEL": real.config["LOG_LEVEL"],
        "TRUSTED_HOSTS": ",".join(real.config["TRUSTED_HOSTS"]), "SITE_NAME": real.config["SITE_NAME"], "SITE_NAME_EN": real.config["SITE_NAME_EN"],
        "SQLALCHEMY_ENGINE_OPTIONS": {"creator": connect, "poolclass": NullPool},
    }


def _now():
    place = _place.get()
    return place.clock() if place else system_clock()
