"""What all tests share: a fresh database of the kind asked for, the real app on it, a browser, a clock that stands still.

`both_stores` runs a test on SQLite and on PostgreSQL. The fixture `app` also enters the app's context.
"""
from __future__ import annotations

import os
import shutil
from types import SimpleNamespace

import pytest

from app.clock import PretendClock
from tests.support import builders
from tests.support.databases import Databases

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--lang=zh-CN")


def pytest_configure(config):
    config.addinivalue_line("markers", "both_stores: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "tampers: changes histories by hand, so that they need not replay afterwards")


def pytest_generate_tests(metafunc):
    if "store" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_stores")
        metafunc.parametrize("store", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop_templates()


@pytest.fixture
def store(request, databases, tmp_path):
    """The URL of a fresh database."""
    with databases.fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def clock():
    """Monday 2026-03-02, 09:00 in Shanghai, until moved."""
    return PretendClock(builders.MONDAY)


@pytest.fixture
def app(store, clock, tmp_path, request):
    """The app on a fresh database, its context entered. Afterwards every case of the test must replay."""
    from app.extensions import db

    made = builders.make_app(tmp_path, store, clock)
    with made.app_context():
        yield made
        db.session.rollback()
        if not request.node.get_closest_marker("tampers"):
            _ensure_histories_replay()
        db.session.remove()
        db.engine.dispose()


def _ensure_histories_replay():
    from app.operations.replay import replay_cases
    from app.store import session
    from app.store.models import Case

    walked = [number for (number,) in session().query(Case.number).filter(Case.events > 0)]  # others are rows made by hand
    assert not walked or [found for found in replay_cases(walked) if found.difference] == []


@pytest.fixture
def one_salt(monkeypatch):
    """The machine's random source gives the salt of every row alike: two databases that hold the same are the same."""
    monkeypatch.setattr("app.proof.digests.secrets", SimpleNamespace(token_hex=lambda size: "5a" * size))


@pytest.fixture
def client(app):
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def chromium():
    """The browser itself: one for all tests of a process, which cannot start a second one beside it."""
    executable = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if executable is None and os.environ.get("PINGSHEN_TEST_REQUIRE_BROWSER") == "1":
        pytest.fail(f"no browser found: {', '.join(CHROMIUM)}")
    if executable is None:
        pytest.skip("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        speaks = {**os.environ, "LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}  # its own date and file controls
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS), env=speaks)
        yield browser
        browser.close()
