"""The running service for all tests of this folder, and a browser. Without Chromium the page tests are skipped."""
from __future__ import annotations

import os
import shutil

import pytest

from app import create_app
from app.definitions import read_folder
from app.extensions import db
from app.people import load_demo
from tests.whole.papers import LIBRARY
from tests.whole.service import RunningService

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--lang=zh-CN")


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


@pytest.fixture(scope="session")
def chromium():
    """The browser itself."""
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
