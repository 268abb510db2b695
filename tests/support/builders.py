"""Builders: what tests speak of, with defaults for all they do not speak of. They use the same operations as the service.

Call them inside an app context; the fixture `app` gives one.
"""
from __future__ import annotations

import itertools
import re
from datetime import datetime
from pathlib import Path

import yaml
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import BytecodeCache, Bucket

from app import create_app, people
from app.clock import PretendClock
from app.definitions import Bundle, read_folder
from app.people import SYSTEM, Actor, actor_of
from app.store import session, transaction
from tests.support import quick_routes

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
PASSWORD = "correct-horse"
_numbers = itertools.count(1)


class Client(FlaskClient):
    """A browser whose requests do not share anything with the context the test itself runs in."""

    token = ""

    def open(self, *args, **kwargs):
        session().rollback()  # a read of the test keeps a snapshot: it must see what the request wrote
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}"} | dict(kwargs.pop("headers", None) or {})
            kwargs["headers"] = headers
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Compiled(BytecodeCache):
    """Compiled templates, kept for all apps of the process: a test makes an app of its own, and its pages would be compiled for each anew."""

    def __init__(self):
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_compiled = Compiled()
quick_routes.use()


def make_app(folder: Path, database_url: str = "", clock=None, **settings) -> Flask:
    """The real app in test mode, with all it writes below `folder`."""
    settings = {
        "MODE": "test", "VAR": str(folder / "var"), "DATABASE_URL": database_url or f"sqlite:///{folder}/test.db",
        "SECRET_KEY": "for-tests-only-" * 4, "RATE_LIMIT": "100000/minute", "SIGN_IN_RATE": "100000/minute",
        "VERIFY_RATE": "100000/minute", "LOG_LEVEL": "ERROR", "PURPOSE_ASKED": "never", **settings,
    }
    app = create_app(settings, clock=clock or PretendClock(MONDAY))
    app.test_client_class = Client
    app.jinja_env.bytecode_cache = _compiled
    return app


def clock_of(app: Flask) -> PretendClock:
    """The clock of the app, to be moved."""
    return app.extensions["clock"]


def organisation(organisation_id: str = "", name: str = "", kind: str = "", code: str = ""):
    """An organisation; made up where nothing is said."""
    key = organisation_id or f"org{next(_numbers)}"
    return people.create_organisation(key, name or f"单位 {key}", kind=kind, code=code)


def person(person_id: str = "", *roles, name: str = "", password: str = PASSWORD, clock=None) -> Actor:
    """A person with roles "code" or "code@organisation", as an actor. Organisations that are not there are made."""
    key = person_id or f"person{next(_numbers)}"
    pairs = [(role, where) for role, _, where in (text.partition("@") for text in roles)]
    for _role, where in pairs:
        if where and session().get(people.Organisation, where) is None:
            organisation(where)
    made = people.create_person(key, name or f"人员 {key}", password=password, roles=pairs, actor=SYSTEM,
                                clock=clock or PretendClock(MONDAY))
    return actor_of(made)


def actor(person_id: str) -> Actor:
    """The actor that a person in the database is now."""
    return actor_of(session().get(people.Person, person_id))


def bundle_of(source: str | Path = DATA / "lending-library") -> Bundle:
    """The files of a folder that has processes/, forms/ and reports/."""
    return read_folder(Path(source))


def bundle_from(diagram: str, *, name: str = "sample", forms: dict[str, str] | None = None, roles: str = "", **files: str) -> Bundle:
    """A bundle written in the test: one diagram, forms by key, roles.yml, further files by path."""
    content = {f"processes/{name}/{name}.bpmn": diagram, f"processes/{name}/roles.yml": roles}
    content |= {f"forms/{name}/{key}.yml": text for key, text in (forms or {}).items()} | files
    return Bundle({path: text.encode() for path, text in content.items() if text})


def publish(bundle: Bundle | str | Path = DATA / "lending-library", *, note: str = "test", demo: bool = True, clock=None):
    """Publishes a bundle or folder and, by default, makes its demo people. Returns the releases."""
    from app.operations.releases import publish_release
    from app.registers.loading import load_demo_registers

    bundle = bundle if isinstance(bundle, Bundle) else bundle_of(bundle)
    clock = clock or PretendClock(MONDAY)
    releases = publish_release(bundle, actor=SYSTEM, clock=clock, note=note)
    for name in bundle.procedures if demo else ():
        people.load_demo(bundle.procedure(name).demo or {}, clock)
        load_demo_registers(bundle.procedure(name), clock)
    return releases


def start_case(process_id: str = "lending", by: str | Actor = "reader_wang", *, clock=None, answers=None, parties=None):
    """A started case of a published process."""
    from app.operations.cases import start_case as start

    who = actor(by) if isinstance(by, str) else by
    return start(process_id, actor=who, clock=clock or PretendClock(MONDAY), answers=answers, parties=parties)


def open_task(case, element: str = ""):
    """The open task of a case at this element; its only one when none is named."""
    from app.store.models import Task

    found = session().query(Task).filter_by(case_id=case.id, state="open").all()
    return next(task for task in found if element in ("", task.element))


def complete(case, element: str, by: str | Actor, answers: dict | None = None, outcome: str = "submit", reason: str = "", clock=None):
    """Completes the open task of the case at this element."""
    from app.operations.tasks import complete_task

    who = actor(by) if isinstance(by, str) else by
    return complete_task(open_task(case, element).id, actor=who, clock=clock or PretendClock(MONDAY),
                         answers=answers or {}, outcome=outcome, reason=reason)


def sample(name: str, folder: Path = DATA / "lending-library" / "processes" / "lending-library") -> dict:
    """The answers of a sample file of a procedure."""
    return yaml.safe_load((folder / "scenarios" / "samples" / f"{name}.yml").read_text("utf-8"))


def sign_in(client: FlaskClient, account: str, password: str = PASSWORD):
    """Signs a browser in as a person would: page, token, form, the sum where one is asked. Returns the answer."""
    token, page = csrf_token(client), client.get("/sign-in").text
    return client.post("/sign-in", data={"account": account, "password": password, "csrf_token": token} | answered(page))


def answered(page: str) -> dict:
    """The fields that answer the question of a page against robots; none when it asks none."""
    asked = re.search(r'name="question" value="([^"]+)"', page)
    words = re.search(r"(.)加(.)等于几", page)
    numerals = "零一二三四五六七八九十"
    return {"question": asked[1], "sum": str(sum(map(numerals.index, words.groups())))} if asked and words else {}


def csrf_token(client: FlaskClient) -> str:
    """The CSRF token of the browser's session, as a page shows it."""
    text = client.get("/sign-in").text
    if 'name="csrf-token" content="' not in text:  # signed in: the page goes on to the start page
        return client.get("/api/v1/me").json["csrf_token"]
    return text.split('name="csrf-token" content="')[1].split('"')[0]


def program(app: Flask, person_id: str) -> FlaskClient:
    """A client that calls the API with a token of this person."""
    client = app.test_client()
    client.token = people.issue_token(person_id, "test", clock_of(app))
    return client


def disable(person_id: str) -> None:
    """Disables an account."""
    with transaction():
        people.set_active(person_id, False, actor=SYSTEM, clock=PretendClock(MONDAY))
