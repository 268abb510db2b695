"""The commands as an administrator types them: keys apart from everything, refusals in words, exit codes for scripts."""
from pathlib import Path

from app import keys
from app.backups.sealing import identities_from
from app.store import session
from tests.backups.vaults import furnish


def run(app, *words: str, typed: str = ""):
    session().remove()
    return app.test_cli_runner().invoke(args=list(words), input=typed)


def test_from_a_pair_of_keys_to_a_backup_a_drill_and_back(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    made = run(app, "backup-identity", str(tmp_path / "key"))
    app.config["BACKUP_RECIPIENTS"] = made.output.strip().partition("=")[2]
    assert identities_from(tmp_path / "key") and (tmp_path / "key").stat().st_mode & 0o077 == 0
    made = run(app, "backup", "--out", str(tmp_path / "vault") + "/")
    assert made.exit_code == 0 and "1 件，2 个事件，1 个文件" in made.output, made.output
    [point] = (tmp_path / "vault").glob("*.backup")
    tried = run(app, "backup-drill", str(point), "--identity", str(tmp_path / "key"))
    assert tried.exit_code == 0 and "重放全部一致" in tried.output, tried.output
    refused = run(app, "restore", str(point), "--identity", str(tmp_path / "key"))
    assert refused.exit_code == 1 and "--over" in refused.output
    back = run(app, "restore", str(point), "--identity", str(tmp_path / "key"), "--over")
    assert back.exit_code == 0 and "原有数据在" in back.output, back.output
    point.write_bytes(point.read_bytes()[:-9])
    assert run(app, "backup-drill", str(point), "--identity", str(tmp_path / "key")).exit_code == 1


def test_keys_come_to_a_machine_that_has_only_made_itself_a_key_of_sign_ins(app, tmp_path):
    folder = Path(app.config["KEYS"])
    keys.signing_key("session")
    keys.signing_key("event")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    run(app, "backup-keys", str(tmp_path / "keys.age"), typed="长一点的口令\n长一点的口令\n")
    for each in folder.iterdir():
        each.unlink()
    (folder / "session-1").write_bytes(b"made by the command itself just now")
    assert run(app, "restore-keys", str(tmp_path / "keys.age"), typed="长一点的口令\n").exit_code == 0
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_keys_go_and_come_apart_from_backups(app, tmp_path):
    for use in ("events", "ballots"):
        keys.signing_key(use)
    folder = Path(app.config["KEYS"])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run(app, "backup-keys", str(tmp_path / "keys.age"), typed="长一点的口令\n长一点的口令\n").exit_code == 0
    assert not any(data in (tmp_path / "keys.age").read_bytes() for data in before.values())
    (folder / "events-1").unlink()
    wrong = run(app, "restore-keys", str(tmp_path / "keys.age"), typed="别的\n")
    assert wrong.exit_code == 1 and "口令" in wrong.output and not (folder / "events-1").exists()
    assert run(app, "restore-keys", str(tmp_path / "keys.age"), typed="长一点的口令\n").exit_code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "events-1").write_bytes(b"another key" * 3)
    other = run(app, "restore-keys", str(tmp_path / "keys.age"), typed="长一点的口令\n")
    assert other.exit_code == 1 and "events-1" in other.output and (folder / "events-1").read_bytes() == b"another key" * 3


def test_a_database_as_new_as_its_heads_says_so(app, clock):
    furnish(app, clock, cases=1)
    said = run(app, "rolled-back")
    assert (said.exit_code, said.output.strip()) == (0, "与外部锚点一致")
    assert run(app, "rolled-back", "--accept", "没有").exit_code == 1
