"""Databases for tests: a fresh one per test, copied from a template that `create_all` made once. Tests only."""
from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


class Databases:
    """Makes databases of both kinds; the templates live as long as the test session."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._made: dict[str, str] = {}

    @contextmanager
    def fresh(self, kind: str, folder: Path):
        """The URL of an empty database with all tables, gone afterwards."""
        if kind == "sqlite":
            shutil.copyfile(self._sqlite_template(), folder / "test.db")
            yield f"sqlite:///{folder}/test.db"
            return
        name = f"pingshen_{uuid.uuid4().hex[:12]}"
        _administer(f'CREATE DATABASE {name} TEMPLATE {self._postgres_template()}')
        try:
            yield _url_of(name)
        finally:
            _administer(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def blank(self):
        """The URL of a PostgreSQL database without any table, gone afterwards."""
        name = f"pingshen_{uuid.uuid4().hex[:12]}"
        _administer(f"CREATE DATABASE {name}")
        try:
            yield _url_of(name)
        finally:
            _administer(f"DROP DATABASE {name} WITH (FORCE)")

    def drop_templates(self) -> None:
        if "postgresql" in self._made:
            _administer(f"DROP DATABASE {self._made['postgresql']} WITH (FORCE)")

    def _sqlite_template(self) -> str:
        if "sqlite" not in self._made:
            path = self.folder / "template.db"
            _create_tables(f"sqlite:///{path}", self.folder)
            self._made["sqlite"] = str(path)
        return self._made["sqlite"]

    def _postgres_template(self) -> str:
        if "postgresql" not in self._made:
            name = f"pingshen_template_{uuid.uuid4().hex[:12]}"
            _administer(f"CREATE DATABASE {name}")
            self._made["postgresql"] = name
            _create_tables(_url_of(name), self.folder)
        return self._made["postgresql"]


def _create_tables(url: str, folder: Path) -> None:
    from app.extensions import db
    from tests.support.builders import make_app

    app = make_app(folder, url)
    with app.app_context():
        db.create_all()
        db.session.remove()
        if url.startswith("sqlite"):  # everything into the one file that is copied
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        db.engine.dispose()


@cache
def postgres_server() -> str:
    """The URL of a PostgreSQL that tests may make databases on: the one named or found, else one started for them."""
    for url in (os.environ.get("PINGSHEN_TEST_POSTGRES"), LOCAL):
        if url and _answers(url):
            return url
    import pgserver

    return pgserver.get_server(tempfile.mkdtemp(prefix="pingshen-pg-"), cleanup_mode="delete").get_uri()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _administer(statement: str) -> None:
    with psycopg.connect(postgres_server(), autocommit=True) as connection:
        connection.execute(statement)


def _url_of(name: str) -> str:
    url = make_url(postgres_server()).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)
