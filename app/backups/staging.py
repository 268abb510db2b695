"""A place beside the real one where a backup comes to life: an SQLite file, or a schema of its own in PostgreSQL.

Nothing there is in use until it is put in place; a drill throws it away.
"""
from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

import psycopg
from flask import Flask, current_app
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from app.backups.stills import load_postgres, postgres_address
from app.config import SETTINGS
from app.errors import BackupUnreadable, RestoreRefused
from app.extensions import db, limiter
from app.store import session

_KEYS_OF = ("SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace")
_SERIALS = ("SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped "
            "AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL")


class Stage:
    """An empty place for a database. `url` is where an app finds it, `files_url` where its files go: below the folder unless told."""

    store = ""

    def __init__(self, name: str, folder: Path, url: URL):
        self.name, self.folder, self.url, self.files_url = name, folder, url, f"file://{folder}/files"
        self._app: Flask | None = None

    def fill(self, about: dict, pieces: Iterator[tuple[str, bytes]]) -> None:
        """Takes the pieces of the database in. Raises BackupUnreadable."""
        raise NotImplementedError

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def app(self) -> Flask:
        """The service on this database, with the settings, keys and heads of the one around it."""
        if self._app is None:
            self._app = self._make_app()
        return self._app

    def _make_app(self) -> Flask:
        from app import create_app

        real, limits = current_app, dict(vars(limiter))
        kept = {setting.name: real.config[setting.name] for setting in SETTINGS} | {"TRUSTED_HOSTS": ""}
        settings = {"DATABASE_URL": self.url.render_as_string(hide_password=False), "VAR": str(self.folder), "FILES_URL": self.files_url,
                    "BACKUP_FOLDER": ""}
        try:
            made = create_app(kept | settings, clock=real.extensions["clock"])
        finally:
            vars(limiter).update(limits)  # shared by all apps of a process
        made.extensions.pop("ring", None)
        return made


class SqliteStage(Stage):
    store = "sqlite"

    @property
    def path(self) -> Path:
        return Path(self.url.database)

    def fill(self, about, pieces):
        with self.path.open("wb") as file:
            for _name, data in pieces:
                file.write(data)
        try:
            with closing(sqlite3.connect(self.path)) as connection:
                found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
                loose = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupUnreadable(why=f"数据库打不开：{error}") from error
        if found != ["ok"] or loose:
            raise BackupUnreadable(why="数据库不完整：" + ("；".join(found) if not loose else f"{loose[0]} 引用了不存在的行")[:300])


class PostgresStage(Stage):
    store = "postgresql"

    def fill(self, about, pieces):
        with self.app().app_context():
            upgrade(revision=about["revision"])
            session().remove()
            db.engine.dispose()
        with psycopg.connect(postgres_address(self.url)) as connection:
            keys = connection.execute(_KEYS_OF).fetchall()
            for table, name, _words in keys:
                connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name)))
            for table in about["tables"]:  # migrations may have put rows in
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, blocks in groupby(pieces, key=lambda piece: piece[0].split("/")[1]):
                load_postgres(connection, table, about["tables"][table], (data for _name, data in blocks))
            for table, name, words in keys:  # looked at again, all of them
                connection.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(sql.SQL(table), sql.Identifier(name), sql.SQL(words)))
            _set_counters(connection)

    def remove(self):
        with psycopg.connect(postgres_address(self.url), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(self.name)))
        super().remove()


def _set_counters(connection: psycopg.Connection) -> None:
    for table, column, counter in connection.execute(_SERIALS).fetchall():
        connection.execute(sql.SQL("SELECT setval({}, coalesce((SELECT max({}) FROM {}), 0) + 1, false)").format(
            sql.Literal(counter), sql.Identifier(column), sql.Identifier(table)))


@contextmanager
def stage(purpose: str, about: dict, *, keep: bool = False) -> Iterator[Stage]:
    """An empty stage of the kind that the service runs on; gone afterwards, unless it is kept and nothing failed.

    Raises RestoreRefused when the backup is of another kind of database.
    """
    real = make_url(current_app.config["DATABASE_URL"])
    store = real.get_backend_name()
    if about["store"] != store:
        raise RestoreRefused(why=f"备份来自 {about['store']}，而 DATABASE_URL 是 {store}")
    name = f"{purpose}_{secrets.token_hex(4)}"
    # Beside the database: put in place it is renamed, not copied.
    folder = (Path(real.database).parent if store == "sqlite" else Path(current_app.config["VAR"])) / name
    folder.mkdir(parents=True, mode=0o700)
    made = _sqlite(name, folder, real) if store == "sqlite" else _postgres(name, folder, real)
    try:
        yield made
    except BaseException:
        made.remove()
        raise
    if not keep:
        made.remove()


def _sqlite(name: str, folder: Path, real: URL) -> Stage:
    return SqliteStage(name, folder, real.set(database=str(folder / "pingshen.db")))


def _postgres(name: str, folder: Path, real: URL) -> Stage:
    with psycopg.connect(postgres_address(real), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    return PostgresStage(name, folder, real.update_query_dict({"options": f"-csearch_path={name}"}))
