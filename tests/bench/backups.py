"""Ten thousand cases with files backed up, backed up again a minute later, tried out and brought back: seconds and memory.

`python -m tests.bench.backups [cases]` prints the figures alone.
"""
from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyrage
import sqlalchemy as sa
from flask_migrate import stamp

from app import keys, materials
from app.backups.making import make_backup
from app.backups.restoring import restore
from app.clock import PretendClock
from app.extensions import db
from app.operations.events import KEY_USE
from app.proof.chain import hash_of_event, link_of, mac_of
from app.store import session, transaction
from app.store.models import Answers, Case, Event, Snapshot
from tests.bench import replays
from tests.bench.results import Row
from tests.support import builders

CASES, FILES, BYTES, WRITE = 10_000, 2_000, 100_000, 500


def rows(folder: Path, cases: int = CASES) -> list[Row]:
    """The rows of the table of benchmarks."""
    identity = pyrage.x25519.Identity.generate()
    app = builders.make_app(folder, clock=PretendClock(builders.MONDAY), BACKUP_RECIPIENTS=str(identity.to_public()))
    with app.app_context():
        db.create_all()
        stamp()
        clock = builders.clock_of(app)
        builders.publish(clock=clock)
        _generate(cases, clock)
        vault = folder / "vault"
        vault.mkdir()
        found = [_row("a backup into one file", lambda: make_backup(folder / "one.backup", clock=clock)),
                 _row("a first backup into a folder", lambda: make_backup(vault, clock=clock))]
        builders.start_case(clock=clock)
        clock.now = clock.now.replace(minute=1)
        found.append(_row("the next one into the folder, a case later", lambda: make_backup(vault, clock=clock)))
        session().remove()
        found.append(_row("restore of the file, verified", lambda: restore(folder / "one.backup", [identity], clock=clock, over=True)))
        session().remove()
        db.engine.dispose()
    return found


def _row(what: str, act) -> Row:
    cpu, wall = time.process_time(), time.perf_counter()
    done = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = getattr(done, "size", 0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Row(what, f"{wall:.1f} s ({cpu:.1f} s CPU)" + (f", {size / 1e6:.1f} MB written" if size else "") + f", {memory} MB memory at most")


def _generate(count: int, clock) -> None:
    histories = [replays._history(replays._walked(walk, clock).id) for walk in replays.WALKS]
    for first in range(0, count, WRITE):
        copies = [_sealed(*replays._copy(*histories[number % len(histories)], number)) for number in range(first, min(first + WRITE, count))]
        with transaction() as store:
            for model, place in ((Case, 0), (Event, 1), (Answers, 2), (Snapshot, 3)):
                store.execute(sa.insert(model.__table__), [row for copy in copies for row in copy[place]])
    for number in range(FILES):
        materials.store_document(os.urandom(BYTES), f"{number}.pdf", owner="reader_wang", clock=clock)


def _sealed(cases: list, events: list, answers: list, states: list) -> tuple:
    """The rows with a chain of their own."""
    previous, key = "", keys.signing_key(KEY_USE)[1]
    for said in events:
        event = Event(**said)
        said["hash"] = event.hash = hash_of_event(event, cases[0]["number"], previous)
        said["mac"] = mac_of(event, cases[0]["number"], previous, key)
        previous = link_of(event)
    cases[0]["head"], cases[0]["events"] = previous, len(events)
    return cases, events, answers, states


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as here:
        for row in rows(Path(here), *map(int, sys.argv[1:])):
            print(row)
