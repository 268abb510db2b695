"""G-13, G-16: a backup of both kinds comes back on a bare machine as it was, and says what the heads know besides."""
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from app.backups import outside
from app.backups.archive import read_about, read_archive
from app.backups.making import make_backup
from app.backups.reading import newest
from app.backups.restoring import restore
from app.errors import BackupRefused, RestoreRefused
from app.materials.blobs import all_blobs, read_blob
from app.proof.heads import write_heads
from app.operations.replay import replay_cases
from app.people import sign_in, signed_in
from app.proof.verification import verify_events
from app.store import session
from app.store.models import Case, Event
from tests.backups.vaults import IDENTITY, bare_machine, furnish, work
from tests.support import builders

both_stores = pytest.mark.both_stores


def kind_of(store: str) -> str:
    return store.partition("+")[0].partition(":")[0]


@pytest.fixture(params=["file", "folder"])
def target(request, tmp_path) -> Path:
    """Where a backup goes: a file, or a folder."""
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder / "one.backup" if request.param == "file" else folder


@both_stores
def test_a_backup_comes_back_on_a_bare_machine_as_it_was(app, clock, target, databases, store, tmp_path):
    furnish(app, clock)
    write_heads(clock, settled=timedelta())
    made = make_backup(target, clock=clock)
    before = [(case.number, case.events, case.head) for case in session().query(Case).order_by(Case.id)]
    files = {digest: read_blob(digest) for digest, _at in all_blobs()}
    assert (made.state, made.events, made.files) == ("done", session().query(Event).count(), len(files)) and files
    session().rollback()
    with bare_machine(app, databases, kind_of(store), tmp_path / "bare"):
        found = restore(Path(made.place), [IDENTITY], clock=clock)
        assert (found.faults, found.gap, found.compared, found.files) == ([], None, True, len(files))
        assert [(case.number, case.events, case.head) for case in session().query(Case).order_by(Case.id)] == before
        assert {digest: read_blob(digest) for digest in files} == files
        assert [each for each in replay_cases() if each.difference] == []
        builders.complete(session().query(Case).first(), "check", "librarian_zhao", {"in_stock": True}, outcome="lend", clock=clock)
        assert newest("restore").words == "与外部锚点一致，没有缺失"


@both_stores
def test_what_the_heads_know_besides_is_said_in_words_and_noted_in_the_cases(app, clock, databases, store, tmp_path):
    cases = furnish(app, clock)
    write_heads(clock, settled=timedelta())
    made = make_backup(tmp_path / "one.backup", clock=clock)
    clock.move_to(clock() + timedelta(minutes=30))
    builders.complete(cases[0], "check", "librarian_zhao", {"in_stock": True}, outcome="lend", clock=clock)
    work(clock)
    write_heads(clock, settled=timedelta())
    number, case_id, lost = cases[0].number, cases[0].id, session().query(Event).filter(Event.id > made.events).count()
    session().rollback()
    with bare_machine(app, databases, kind_of(store), tmp_path / "bare"):
        found = restore(Path(made.place), [IDENTITY], clock=clock)
        assert found.gap.events == lost and found.gap.cases[0] == number and len(found.gap.cases) == 2
        assert f"{lost} 个" in found.gap.words and number in found.gap.words and "2026-03-02 09:30" in found.gap.words
        assert session().query(Event).filter_by(kind="restored").one().case_id == case_id
        work(clock)
        clock.move_to(clock() + timedelta(minutes=1))
        write_heads(clock)
        assert verify_events() == [] and outside.gap() is None, "known from now on, and new events are under heads again"
        assert [each for each in replay_cases() if each.difference] == []


def test_without_heads_outside_a_restore_says_that_it_cannot_tell(app, clock, databases, tmp_path):
    furnish(app, clock, cases=1)
    write_heads(clock, settled=timedelta())
    made = make_backup(tmp_path / "one.backup", clock=clock)
    with bare_machine(app, databases, "sqlite", tmp_path / "bare", heads=False):
        assert not restore(Path(made.place), [IDENTITY], clock=clock).compared
        assert "无法得知" in newest("restore").words


@both_stores
def test_a_restore_over_a_live_database_is_refused_until_told_and_moves_it_aside(app, clock, databases, store, tmp_path):
    furnish(app, clock, cases=1)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    kind = kind_of(store)
    with bare_machine(app, databases, kind, tmp_path / "bare") as other:
        restore(Path(made.place), [IDENTITY], clock=clock)
        with pytest.raises(RestoreRefused, match="--over"):
            restore(Path(made.place), [IDENTITY], clock=clock)
        work(clock)
        session().remove()
        found = restore(Path(made.place), [IDENTITY], clock=clock, over=True)
        assert session().query(Case).count() == 1
        assert found.aside if kind == "postgresql" else (Path(found.aside) / "bare.db").exists()
        assert other.config["DATABASE_URL"]


def test_a_database_that_somebody_uses_is_not_replaced(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    other = sqlite3.connect(tmp_path / "test.db")
    other.execute("SELECT count(*) FROM case_").fetchone()
    with pytest.raises(RestoreRefused, match="停止服务"):
        restore(Path(made.place), [IDENTITY], clock=clock, over=True)
    other.close()
    assert session().query(Case).count() == 1


def test_sign_ins_of_the_point_do_not_live_again(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    builders.person("wang", clock=clock)
    _person, secret = sign_in("wang", builders.PASSWORD, clock=clock)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    session().rollback()
    restore(Path(made.place), [IDENTITY], clock=clock, over=True)
    assert signed_in(secret, clock) is None


def test_nothing_is_made_unencrypted_unless_told(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    app.config["BACKUP_RECIPIENTS"] = ""
    with pytest.raises(BackupRefused, match="BACKUP_RECIPIENTS"):
        make_backup(tmp_path / "one.backup", clock=clock)
    assert not list(tmp_path.glob("*.backup"))
    make_backup(tmp_path / "one.backup", clock=clock, plain=True)
    assert read_about(tmp_path / "one.backup", [])["events"] == 2


def test_neither_keys_nor_secrets_are_in_a_backup(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    app.config["GATEWAY_SECRET"] = app.config["GATEWAY_SECRET_OLD"] = "canary-of-the-gateway"
    make_backup(tmp_path / "one.backup", clock=clock)
    content = b"".join(data for _name, data in read_archive(tmp_path / "one.backup", [IDENTITY]))
    for path in Path(app.config["KEYS"]).iterdir():
        assert path.read_bytes() not in content, path.name
    assert b"canary" not in content and app.config["SECRET_KEY"].encode() not in content


def test_a_folder_takes_unchanged_pieces_once_and_thins_out_old_points(app, clock, tmp_path):
    furnish(app, clock)
    vault = tmp_path / "vault"
    vault.mkdir()
    make_backup(vault, clock=clock)
    pieces = set((vault / "pieces").glob("*/*"))
    clock.move_to(clock() + timedelta(minutes=1))
    make_backup(vault, clock=clock)
    assert len(set((vault / "pieces").glob("*/*")) - pieces) == 1, "the megabyte of the database that changed"
    clock.move_to(clock() + timedelta(days=40))
    third = make_backup(vault, clock=clock)
    assert [path.name for path in vault.glob("*.backup")] == [Path(third.place).name]
    list(read_archive(Path(third.place), [IDENTITY]))
