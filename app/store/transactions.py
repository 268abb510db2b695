"""The one commit. `transaction()` is the only way to write; nothing else in the service commits.

On SQLite a writer takes a lock of its process, then a lock file between processes, then `BEGIN IMMEDIATE`: SQLite's
own busy handler backs off in steps of up to 100 ms (p99 of 106 ms against 13 ms with several processes).
"""
from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError

from app.errors import DatabaseBusy
from app.extensions import db, migrate

_outer: ContextVar[list | None] = ContextVar("transaction", default=None)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_process_lock = threading.Lock()


def session():
    """The session of this app context."""
    return db.session


@contextmanager
def transaction():
    """One command, one commit: joins the transaction around it, or is the outermost one that commits.

    Raises DatabaseBusy when another writer holds the database longer than LOCK_TIMEOUT seconds.
    """
    if _outer.get() is not None:
        yield db.session
        return
    # A read of this request may have opened a snapshot; upgrading it to a write would fail on SQLite (BUSY_SNAPSHOT).
    db.session.rollback()
    doorbells: list = []
    tokens = _outer.set(doorbells), _writing.set(True)
    try:
        with _writer_lock():
            yield db.session
            crashpoint("before-commit")
            db.session.commit()
            crashpoint("after-commit")
    except OperationalError as error:
        db.session.rollback()
        raise _busy_or(error) from error
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _outer.reset(tokens[0])
        _writing.reset(tokens[1])
    for ring in doorbells:
        ring()


def after_commit(ring) -> None:
    """Runs `ring()` once the commit around us is durable; at once when there is no transaction."""
    doorbells = _outer.get()
    if doorbells is None:
        ring()
    elif ring not in doorbells:
        doorbells.append(ring)


def crashpoint(name: str) -> None:
    """Kills this process here when a test asked for it (setting CRASHPOINT); otherwise nothing."""
    if current_app.config.get("CRASHPOINT") == name:
        db.session.flush()  # what was written so far has reached the database, not its commit
        os.kill(os.getpid(), signal.SIGKILL)


def _busy_or(error: OperationalError) -> Exception:
    text = str(error.orig)
    locked = "locked" in text or "lock timeout" in text or "deadlock" in text
    return DatabaseBusy() if locked else error


@contextmanager
def writers_waiting():
    """No other writer until the end of the block. For work on the files themselves; commands use `transaction()`."""
    with _writer_lock():
        yield


@contextmanager
def _writer_lock():
    engine = db.engine
    if engine.dialect.name != "sqlite" or not engine.url.database or engine.url.database == ":memory:":
        yield
        return
    seconds = float(current_app.config["LOCK_TIMEOUT"])
    if not _process_lock.acquire(timeout=seconds):
        raise DatabaseBusy()
    try:
        handle = os.open(engine.url.database + ".writer", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(handle, seconds)
            yield
        finally:
            os.close(handle)
    finally:
        _process_lock.release()


def _wait_for(handle: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    pause = 0.0005
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseBusy() from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)


def prepare_engine(engine: sa.Engine, lock_timeout: float) -> None:
    """Sets what a connection needs: WAL, FULL, foreign keys and our own BEGIN on SQLite; a lock timeout on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _sqlite_connection(lock_timeout))
        sa.event.listen(engine, "begin", _sqlite_begin)
    else:
        sa.event.listen(engine, "connect", _postgres_connection(lock_timeout))


def _sqlite_connection(lock_timeout: float):
    def connect(connection, _record):
        connection.isolation_level = None  # the driver must not begin by itself: see _sqlite_begin
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(lock_timeout * 1000)}"):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    return connect


def _sqlite_begin(connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _postgres_connection(lock_timeout: float):
    def connect(connection, _record):
        autocommit, connection.autocommit = connection.autocommit, True
        connection.execute(f"SET lock_timeout = '{int(lock_timeout * 1000)}ms'")
        connection.autocommit = autocommit

    return connect


def connect(app) -> None:
    """Binds the database to the app and sets what its connections need."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.root_path) + "/migrations", render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine, float(app.config["LOCK_TIMEOUT"]))
