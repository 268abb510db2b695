"""The running service for all tests of this folder. Without Chromium the page tests are skipped."""
from __future__ import annotations

import pytest

from app import create_app
from app.definitions import read_folder
from app.extensions import db
from app.people import load_demo
from tests.whole.papers import LIBRARY
from tests.whole.service import RunningService


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """The service with its demo people, and the lending library beside them, as a second office would publish it."""
    running = RunningService(tmp_path_factory.mktemp("service"))
    try:
        running.start()
        published = running.command("publish", str(LIBRARY), "--note", "图书馆")
        assert published.returncode == 0, published.stdout + published.stderr
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def library_people(service):
    """The people of the lending library: `publish` makes none, a real office enters its own."""
    app = create_app({"VAR": service.var, "MODE": "local", "LOG_LEVEL": "ERROR"})
    with app.app_context():
        load_demo(read_folder(LIBRARY).procedure("lending-library").demo, app.extensions["clock"])
        db.session.remove()
        db.engine.dispose()
