"""A process of its own that performs commands in children which kill themselves at a crashpoint. Tests only.

    python -m tests.faults.driver <folder> <database url>

One JSON object a line comes in: {"command", "now", "crashpoint", "drain"}; one goes out: {"killed", "answer", "error"}.
Each child connects anew, as a fresh worker would. The driver rehearses a command that it has not seen, and takes it
back: its children find every statement compiled and every form parsed.
"""
from __future__ import annotations

import gc
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.clock import PretendClock
from app.connectors import handler_of
from app.extensions import db
from app.operations import releases
from app.operations.outbox import drain_outbox
from app.store import crashpoint, session, transaction
from app.store.models import Process
from tests.support import builders
from tests.whole.walks import Command, perform


def main(folder: str, url: str) -> None:
    """Serves until the input ends."""
    clock = PretendClock(builders.MONDAY)
    app = builders.make_app(Path(folder), url, clock)
    with app.app_context():
        _warm_up()
        rehearsed = set()
        for line in sys.stdin:
            asked = json.loads(line)
            clock.now = datetime.fromisoformat(asked["now"])
            if not asked.get("drain") and asked["command"]["target"] not in rehearsed:
                rehearsed.add(asked["command"]["target"])
                _rehearse(asked, clock)
            print(json.dumps(_in_a_child(app, asked, clock)), flush=True)


def _warm_up() -> None:
    """Imports and parses what every child needs, once."""
    handler_of("notify")
    for row in session().scalars(sa.select(Process)).all():
        releases.parsed(row)
    session().remove()
    db.engine.dispose()


class TakenBack(Exception):
    """Ends a rehearsal."""


def _rehearse(asked: dict, clock) -> None:
    try:
        with transaction():
            perform(Command(**asked["command"]), clock)
            session().flush()
            raise TakenBack
    except TakenBack:
        session().remove()
        db.engine.dispose()
        gc.collect()
        gc.freeze()  # the collector of a child need not touch, and so copy, what it shares


def _in_a_child(app, asked: dict, clock) -> dict:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _serve(app, asked, clock, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": killed} | (json.loads(said) if said else {})


def _serve(app, asked: dict, clock, writing: int) -> None:
    app.config["CRASHPOINT"] = asked["crashpoint"]
    try:
        answer = drain_outbox(clock, dry=True) if asked.get("drain") else perform(Command(**asked["command"]), clock)
        said = {"answer": answer}
    except Exception as error:
        said = {"error": repr(error)}
    os.write(writing, json.dumps(said).encode())
    crashpoint("after-reply")
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
