"""One service with the lending library and two analysts for all tests of a module: publishing takes longer than most of them."""
from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import datetime, timezone

from werkzeug.serving import make_server

from app.extensions import db
from app.workbench import proposals
from tests.support import builders

PEOPLE = (("ada", "analyst", "陈晓"), ("ben", "analyst", "林一"), ("eve", "auditor", "周审"))


@contextmanager
def bench_app(folder, clock=None, procedures=(builders.DATA / "lending-library",)):
    """The real app with published procedures, its context entered."""
    clock = clock or (lambda: datetime.now(timezone.utc))
    app = builders.make_app(folder, clock=clock)
    with app.app_context():
        db.create_all()
        for procedure in procedures:
            builders.publish(procedure, clock=clock)
        for key, role, name in PEOPLE:
            builders.person(key, role, name=name, clock=clock)
        yield app
        db.session.remove()
        db.engine.dispose()


def begin(app, procedure: str = "lending-library", title: str = "改图"):
    """A fresh proposal of the first analyst."""
    return proposals.begin_proposal(procedure, title=title, actor=builders.actor("ada"), clock=app.extensions["clock"])


@contextmanager
def served(app):
    """The app on a port of this machine: its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)


def cookies_of(app, person: str, address: str) -> list[dict]:
    """The cookies of somebody who signed in, for a browser."""
    client = app.test_client()
    builders.sign_in(client, person)
    return [{"name": one.key, "value": one.value, "url": address} for one in client._cookies.values()]
