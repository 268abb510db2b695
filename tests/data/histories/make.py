"""Freezes whole histories with their release: `python -m tests.data.histories.make`. The README beside says when.

A file is named by its release's digest and is never changed: the golden set of this build and of all that follow. Tests only.
"""
from __future__ import annotations

import base64
import json
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import zstandard

from app.clock import PretendClock
from app.extensions import db
from app.store import session, transaction
from app.store.models import Answers, Case, CaseMove, Event, Release, ReleaseFile, Snapshot
from tests.support import builders

FOLDER = Path(__file__).parent
TABLES = (Release, ReleaseFile, Case, Event, Answers, Snapshot, CaseMove)
SOURCES = {
    builders.ROOT: ("issued", "office_returns", "withdrawn_and_overdue", "employer_rejects", "rejected_at_publicity", "terminated"),
    builders.DATA / "lending-library": ("asked_back_then_cancelled", "borrowed_elsewhere_and_late", "lost_after_due", "nobody_has_it"),
}


def main() -> None:
    """Writes a file for each release that has none yet; leaves every other as it is."""
    for root, scenarios in SOURCES.items():
        with tempfile.TemporaryDirectory() as folder:
            app = builders.make_app(Path(folder))
            with app.app_context():
                db.create_all()
                print(_freeze(root, scenarios))
                session().remove()
                db.engine.dispose()


def _freeze(root: Path, scenarios: tuple[str, ...]) -> str:
    (release,) = builders.publish(root)
    path = FOLDER / f"{release.digest}.json.zst"
    if path.exists():
        return f"{path.name}: is there"
    walked = 0
    for number, name in enumerate(scenarios):
        walked += _walk(next((root / "processes").glob(f"*/scenarios/{name}.yml")), number)
    rows = {model.__tablename__: [_plain(row) for row in session().execute(sa.select(model.__table__)).mappings()] for model in TABLES}
    path.write_bytes(zstandard.compress(json.dumps(rows, ensure_ascii=False).encode(), 19))
    return f"{path.name}: {walked} cases, {len(rows['event'])} events"


def _walk(scenario: Path, number: int) -> int:
    from tests.whole.walks import Walk, perform

    clock = PretendClock(builders.MONDAY)
    walk = Walk(scenario, clock).start()
    for command in walk.commands():
        perform(command, clock, key=f"{number}-{command.key}")
        walk.settle()
    return len(walk.cases)


def load(path: Path) -> int:
    """Puts a frozen file into the empty database of this app context, whatever columns came since; how many cases it has."""
    rows = json.loads(zstandard.decompress(path.read_bytes()))
    with transaction() as store:
        for model in TABLES:
            found = [{name: _read(value) for name, value in row.items()} for row in rows[model.__tablename__]]
            if found:
                store.execute(sa.insert(model.__table__), found)
    return len(rows[Case.__tablename__])


def _plain(row) -> dict:
    """A row as JSON: instants and bytes under a name that says so."""
    def said(value):
        if isinstance(value, datetime):
            return {"$at": value.isoformat()}
        return {"$bytes": base64.b64encode(bytes(value)).decode()} if isinstance(value, (bytes, memoryview)) else value

    return {name: said(value) for name, value in row.items()}


def _read(value):
    if isinstance(value, dict) and value.keys() == {"$at"}:
        return datetime.fromisoformat(value["$at"])
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) and value.keys() == {"$bytes"} else value


if __name__ == "__main__":
    main()
