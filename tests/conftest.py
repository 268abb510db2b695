"""What all tests share: a fresh database of the kind asked for, the real app on it, a browser, a clock that stands still.

`both_stores` runs a test on SQLite and on PostgreSQL. The fixture `app` also enters the app's context.
"""
from __future__ import annotations

import pytest

from app.clock import PretendClock
from tests.support import builders
from tests.support.databases import Databases


def pytest_configure(config):
    config.addinivalue_line("markers", "both_stores: runs on SQLite and on PostgreSQL")


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
def app(store, clock, tmp_path):
    """The app on a fresh database, its context entered."""
    from app.extensions import db

    made = builders.make_app(tmp_path, store, clock)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app):
    """A browser in which nobody is signed in."""
    return app.test_client()
