"""G-16: while a process goes on writing, database and files of a backup are of one point, and nothing committed before it is missing."""
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.backups.making import make_backup
from app.backups.restoring import restore
from app.materials.blobs import read_blob
from app.materials.sweep import named_blobs
from app.operations.replay import replay_cases
from app.store import session
from app.store.models import Event
from tests.backups.vaults import IDENTITY, bare_machine, furnish
from tests.support.builders import ROOT


@contextmanager
def writing(folder: Path, url: str):
    """The lines of a writer that is at work."""
    command = [sys.executable, "-m", "tests.backups.writer", str(folder), url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout
        finally:
            child.stdin.close()
            child.stdout.read()


@pytest.mark.both_stores
@pytest.mark.parametrize("into", ["file", "folder"])
def test_a_backup_under_load_holds_one_point_in_time(app, clock, store, databases, tmp_path, into):
    furnish(app, clock, cases=1)
    session().rollback()
    vault = tmp_path / "vault"
    vault.mkdir()
    places, committed = [], []
    with writing(tmp_path, store) as lines:
        for number in range(3):
            for _case in range(4):
                lines.readline()
            committed.append(session().query(Event).count())
            session().rollback()
            places.append(Path(make_backup(vault / f"{number}.backup" if into == "file" else vault, clock=clock).place))
        assert lines.readline(), "the writer never stood still"
    with bare_machine(app, databases, "sqlite" if store.startswith("sqlite") else "postgresql", tmp_path / "bare"):
        found = restore(places[-1], [IDENTITY], clock=clock)
        assert found.faults == [] and found.about["events"] >= committed[-1] and found.missing == []
        assert all(read_blob(digest) for digest in session().scalars(named_blobs()))
        assert [each for each in replay_cases() if each.difference] == []
