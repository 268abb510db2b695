"""One durable transaction as cheaply as the two databases allow it: for the floor and the naive app only."""
from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager

import psycopg

_here = threading.local()
_writing = threading.Lock()


class Plain:
    """A connection per thread. `url` is what SQLAlchemy takes; statements are written with `?`."""

    def __init__(self, url: str):
        self.sqlite = url.startswith("sqlite")
        self.address = url.removeprefix("sqlite:///") if self.sqlite else url.replace("postgresql+psycopg", "postgresql")

    @contextmanager
    def transaction(self):
        """Yields `run(statement, values) -> rows`; commits at the end."""
        if not self.sqlite:
            with self._connection().transaction():
                yield self._run
            return
        with _writing:
            self._run("BEGIN IMMEDIATE")
            try:
                yield self._run
                self._run("COMMIT")
            except BaseException:
                self._run("ROLLBACK")
                raise

    def _run(self, statement: str, values: tuple = ()) -> list:
        cursor = self._connection().execute(statement if self.sqlite else statement.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description else []

    def _connection(self):
        if not hasattr(_here, "connection"):
            _here.connection = self._connect()
        return _here.connection

    def _connect(self):
        if not self.sqlite:
            return psycopg.connect(self.address, autocommit=True)
        connection = sqlite3.connect(self.address, isolation_level=None, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection
