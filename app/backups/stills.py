"""The database at one point in time, while others go on writing: pieces of it, and questions about it.

SQLite through its backup API into a copy of our own; PostgreSQL by COPY inside one REPEATABLE READ transaction, which
needs no program beside the service and any version of the server reads again.
"""
from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from app.backups.archive import PIECE
from app.errors import BackupRefused

VERSIONS = "alembic_version"


class Still:
    """A database that stands still. `rows` answers a statement; `pieces` yields (name, bytes) of all of it."""

    store = ""

    def __init__(self, connection, dialect):
        self.connection, self.dialect = connection, dialect

    def rows(self, statement: sa.Select) -> Iterator[tuple]:
        """The rows of a statement without parameters, one by one."""
        raise NotImplementedError

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        raise NotImplementedError

    def tables(self) -> dict[str, list[str]]:
        """Columns by table, where the pieces are those of tables."""
        return {}

    def _words(self, statement) -> str:
        return str(statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True}))


class SqliteStill(Still):
    store = "sqlite"

    def __init__(self, connection, dialect, path: Path):
        super().__init__(connection, dialect)
        self.path = path

    def rows(self, statement):
        yield from self.connection.execute(self._words(statement))

    def pieces(self):
        with self.path.open("rb") as file:
            for number, block in enumerate(iter(lambda: file.read(PIECE), b"")):
                yield f"database/pingshen.db/{number:08d}", block


class PostgresStill(Still):
    store = "postgresql"

    def rows(self, statement):
        with self.connection.cursor(name="still") as cursor:  # on the server: the rows never are in memory together
            cursor.execute(self._words(statement))
            yield from cursor

    def tables(self):
        found: dict[str, list[str]] = {}
        for table, column in self.connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) "
                "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position"):
            found.setdefault(table, []).append(column)
        return found

    def pieces(self):
        for table, columns in self.tables().items():
            with self.connection.cursor() as cursor, cursor.copy(_copy("COPY {} ({}) TO STDOUT (FORMAT BINARY)", table, columns)) as flow:
                for number, block in enumerate(_blocks(flow)):
                    yield f"database/{table}/{number:08d}", block


def postgres_address(url: sa.URL) -> str:
    """A database as libpq is told of it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def still_of(engine: sa.Engine, folder: Path, *, tidy: bool) -> Iterator[Still]:
    """The database as it is now; the copy of an SQLite one lies in `folder`.

    `tidy`: the copy is written anew without the free room of what was deleted. Raises BackupRefused for one that is damaged.
    """
    if engine.dialect.name != "sqlite":
        with psycopg.connect(postgres_address(engine.url)) as connection:
            connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            yield PostgresStill(connection, engine.dialect)
        return
    path = folder / "copy.db"
    _copy_sqlite(engine.url.database, path, tidy)
    with closing(sqlite3.connect(path)) as connection:
        yield SqliteStill(connection, engine.dialect, path)


def load_postgres(connection: psycopg.Connection, table: str, columns: list[str], blocks: Iterator[bytes]) -> None:
    """Fills an empty table with the pieces of one."""
    with connection.cursor() as cursor, cursor.copy(_copy("COPY {} ({}) FROM STDIN (FORMAT BINARY)", table, columns)) as flow:
        for block in blocks:
            flow.write(block)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _copy(words: str, table: str, columns: list[str]) -> sql.Composed:
    return sql.SQL(words).format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))


def _blocks(flow) -> Iterator[bytes]:
    """Pieces of equal size out of a flow of rows; a table without rows has one, too: its head."""
    waiting = bytearray()
    for part in flow:
        waiting += part
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    yield bytes(waiting)


def _copy_sqlite(source: str, path: Path, tidy: bool) -> None:
    # All pages in one step: it reads one snapshot of the WAL, so writers neither wait nor make it begin again.
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(path, isolation_level=None)) as copy:
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        if tidy:
            copy.execute("VACUUM")
        found = [row[0] for row in copy.execute("PRAGMA quick_check(5)")]
    if found != ["ok"]:
        raise BackupRefused(why="数据库文件已损坏：" + "；".join(found)[:300])
