"""Brings up the three servers on one database: the service itself, the floor, the naive app. Used by the load rows."""
from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text

from app import people
from app.clock import system_clock
from app.extensions import db
from app.people import SYSTEM
from tests.bench import work
from tests.bench.load import Server
from tests.bench.serving import served
from tests.support.builders import PASSWORD, make_app, publish

UNLIMITED = {"PINGSHEN_RATE_LIMIT": "1000000000/minute", "PINGSHEN_SIGN_IN_RATE": "1000000/minute"}
_FLOOR_TABLES = (
    "CREATE TABLE floor_row (id {key}, task text, outcome text, content {bytes})", "CREATE TABLE naive_case (id {key}, state text)",
)
_KINDS = {
    "sqlite": {"key": "integer PRIMARY KEY", "bytes": "blob"},
    "postgresql": {"key": "bigserial PRIMARY KEY", "bytes": "bytea"},
}
SHAPE = {"sqlite": (1, 8), "postgresql": (2, 4)}  # processes, threads of each


@dataclass
class Three:
    """The servers, and the app that sees the service's database from here."""

    service: Server
    floor: Server
    naive: Server
    app: object


def prepared(folder: Path, url: str):
    """An app on an empty database with the procedure of the work and its two people."""
    app = make_app(folder, url, clock=system_clock)
    with app.app_context():
        publish(work.bundle(), demo=False)
        for key, roles in ((work.OWNER, []), (work.OFFICER, [("officer", "")])):
            people.create_person(key, key, password=PASSWORD, roles=roles, actor=SYSTEM, clock=system_clock)
        db.session.remove()
    return app


@contextmanager
def three(kind: str, folder: Path, url: str, other_url: str, stored_bytes: int):
    """The servers on `url` (service) and `other_url` (the two others)."""
    app = prepared(folder, url)
    _make_tables(folder, kind, other_url)
    beside = {"BENCH_URL": other_url, "BENCH_BYTES": str(stored_bytes)}
    ours = {"PINGSHEN_VAR": str(folder / "served"), "PINGSHEN_DATABASE_URL": url, "PINGSHEN_SECRET_KEY": "bench" * 10, **UNLIMITED}
    with ExitStack() as stack:
        ports = [stack.enter_context(served(module, folder, *SHAPE[kind], **environment)) for module, environment in (
            ("app.wsgi", ours), ("tests.bench.floor", beside), ("tests.bench.naive", beside))]
        service = Server(ports[0], "/api/v1", {person: sign_in(ports[0], person) for person in (work.OWNER, work.OFFICER)})
        yield Three(service, Server(ports[1]), Server(ports[2]), app)
    with app.app_context():
        db.engine.dispose()


def sign_in(port: int, person: str) -> str:
    """Signs in as a browser would; the headers of its session."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser:
        token = browser.get("/sign-in").text.split('name="csrf-token" content="')[1].split('"')[0]
        browser.post("/sign-in", data={"account": person, "password": PASSWORD, "csrf_token": token})
        token = browser.get("/api/v1/me").raise_for_status().json()["csrf_token"]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return f"Cookie: {cookies}\r\nX-CSRFToken: {token}\r\n"


def _make_tables(folder: Path, kind: str, url: str) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in _FLOOR_TABLES:
            connection.execute(text(statement.format(**_KINDS[kind])))
    engine.dispose()
