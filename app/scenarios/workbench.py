"""The throw-away service that scenarios run in: an app of its own, with a database that is fresh for each scenario."""
from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from app.clock import PretendClock
from app.definitions import Bundle
from app.extensions import db
from app.operations.releases import publish_release
from app.people import SYSTEM, load_demo
from app.registers.loading import load_demo_registers
from app.store import session


class Workbench:
    """An app in test mode whose clock is pretended; `fresh()` gives it the prepared database again."""

    def __init__(self, folder: Path, bundle: Bundle, start):
        from app import create_app

        self.clock = PretendClock(start)
        self.database, self.prepared = folder / "scenario.db", folder / "prepared.db"
        self.app = create_app(
            {"MODE": "test", "VAR": str(folder), "DATABASE_URL": f"sqlite:///{self.database}", "PUBLIC_URL": "http://127.0.0.1",
             "LOG_LEVEL": "ERROR", "GATEWAY_URL": "http://127.0.0.1:9"},
            clock=lambda: self.clock(),
        )
        with self.app.app_context():
            db.create_all()
            publish_release(bundle, actor=SYSTEM, clock=self.clock, note="scenario")
            for name in bundle.procedures:
                load_demo(bundle.procedure(name).demo, self.clock)
                load_demo_registers(bundle.procedure(name), self.clock)
            self._close()
        shutil.copy(self.database, self.prepared)

    @contextmanager
    def fresh(self, start):
        """An app context with the prepared database and the clock at `start`."""
        for suffix in ("-wal", "-shm", ""):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.prepared, self.database)
        self.clock = PretendClock(start)
        with self.app.app_context():
            try:
                yield self.clock
            finally:
                self._close()

    def _close(self) -> None:
        session().rollback()
        session().execute(db.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        session().remove()
        db.engine.dispose()


@contextmanager
def workbench(bundle: Bundle, start):
    """A workbench that leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="pingshen-scenario-") as folder:
        yield Workbench(Path(folder), bundle, start)
