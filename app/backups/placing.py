"""Putting a stage in the place of what is there, and what is there aside: renamed, never deleted."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import current_app
from psycopg import sql
from sqlalchemy.engine import make_url

from app.backups.pruning import STAMP
from app.backups.staging import Stage
from app.backups.stills import postgres_address
from app.errors import RestoreRefused
from app.extensions import db
from app.store import session

IN_USE = "数据库正在使用中。请先停止服务（网页和后台进程），再恢复"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"


def ensure_free(over: bool) -> None:
    """Raises RestoreRefused when there is a database already and nobody said `over`, or when somebody still uses it."""
    tables = sa.inspect(db.engine).get_table_names()
    session().remove()
    db.engine.dispose()
    if tables and not over:
        raise RestoreRefused(why="这里已经有数据库。确要恢复到它的位置，请停止服务后加 --over：原有数据会移到一旁，不会删除")
    url = make_url(current_app.config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        _ensure_sqlite_unused(Path(url.database))
    else:
        _ensure_postgres_unused(url)


def put_in_place(made: Stage, now: datetime) -> str:
    """The stage becomes the service's database; returns where the one before lies now ("" when there was none)."""
    session().remove()
    db.engine.dispose()
    url = make_url(current_app.config["DATABASE_URL"])
    stamp = f"{now:{STAMP}}-{made.name.rpartition('_')[2]}"
    return _swap_files(made, Path(url.database), stamp) if made.store == "sqlite" else _swap_schemas(made, url, stamp)


def _ensure_sqlite_unused(path: Path) -> None:
    # Leaving WAL needs the file for oneself alone: it fails while any other process has it open, idle ones included.
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise RestoreRefused(why=IN_USE) from error


def _ensure_postgres_unused(url) -> None:
    with psycopg.connect(postgres_address(url)) as connection:
        if connection.execute(_OTHERS).fetchone()[0]:
            raise RestoreRefused(why=IN_USE)


def _swap_files(made: Stage, path: Path, stamp: str) -> str:
    _ensure_sqlite_unused(made.path)  # one file, nothing beside it
    _ensure_sqlite_unused(path)
    aside = path.parent / f"before-restore-{stamp}"
    aside.mkdir(mode=0o700)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        if (path.parent / name).exists():
            (path.parent / name).rename(aside / name)
    made.path.rename(path)
    made.remove()
    return str(aside)


def _swap_schemas(made: Stage, url, stamp: str) -> str:
    aside = f"before_restore_{stamp.lower().replace('-', '_')}"
    with psycopg.connect(postgres_address(url)) as connection:
        here = connection.execute("SELECT current_schema()").fetchone()[0]
        for old, new in ((here, aside), (made.name, here)):
            connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
    return f"schema {aside}"
