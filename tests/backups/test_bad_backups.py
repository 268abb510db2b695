"""G-15, G-18: drills bring the newest backup back and open cases; whatever is wrong with one is said loudly, and never restored."""
import hashlib
import io
import random
import shutil
import tarfile
from pathlib import Path

import pyrage
import pytest
import zstandard

from app.backups.archive import read_archive
from app.backups.drills import drill, newest_backup
from app.backups.making import make_backup
from app.backups.reading import newest, standing
from app.backups.restoring import restore
from app.backups.sealing import identities_from, unseal
from app.errors import BackupUnreadable
from app.store import session
from app.store.models import Case
from tests.backups.vaults import IDENTITY, OTHER, furnish

SEED = 20260302


def read_whole(path: Path, identity=IDENTITY) -> int:
    return sum(len(data) for _name, data in read_archive(path, [identity]))


@pytest.mark.both_stores
def test_a_drill_brings_the_newest_backup_back_elsewhere_and_replays_random_cases(app, clock, tmp_path):
    furnish(app, clock)
    make_backup(tmp_path / "one.backup", clock=clock)
    before = sorted(path.name for path in Path(app.config["VAR"]).iterdir())
    run = drill(newest_backup(), [IDENTITY], clock=clock, cases=2)
    assert (run.state, run.detail["cases"], run.events) == ("done", 2, 6), run.words
    assert session().query(Case).count() == 3 and sorted(path.name for path in Path(app.config["VAR"]).iterdir()) == before
    assert standing(clock).alarms == []


def test_a_flipped_bit_is_found_wherever_it_is(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    path, chance = tmp_path / "one.backup", random.Random(SEED)
    for plain in (False, True):
        make_backup(path, clock=clock, plain=plain)
        whole = path.read_bytes()
        assert read_whole(path)
        for _time in range(25):
            broken = bytearray(whole)
            broken[place := chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            path.write_bytes(broken)
            with pytest.raises(BackupUnreadable):
                read_whole(path)
                pytest.fail(f"byte {place} of {len(whole)}, plain={plain}")


def test_a_backup_that_is_cut_off_is_found_wherever_it_ends(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    path, chance = tmp_path / "one.backup", random.Random(SEED)
    make_backup(path, clock=clock)
    whole = path.read_bytes()
    for length in (0, 1, 100, len(whole) - 1, len(whole) - 16, *(chance.randrange(len(whole)) for _time in range(10))):
        path.write_bytes(whole[:length])
        with pytest.raises(BackupUnreadable):
            read_whole(path)


def test_the_wrong_key_opens_nothing_and_says_so(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    for identities, said in (([OTHER], "不相配"), ([], "--identity")):
        with pytest.raises(BackupUnreadable, match=said):
            restore(Path(made.place), identities, clock=clock, over=True)
        run = drill(Path(made.place), identities, clock=clock, cases=1)
        assert run.state == "failed" and said in run.words
    assert any("没有通过" in line for line in standing(clock).alarms)


def test_pieces_of_a_folder_that_are_damaged_or_missing_are_found(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    vault = tmp_path / "vault"
    vault.mkdir()
    made = make_backup(vault, clock=clock)
    pieces = sorted((vault / "pieces").glob("*/*"))
    content = pieces[0].read_bytes()
    pieces[0].write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BackupUnreadable):
        read_whole(Path(made.place))
    pieces[0].write_bytes(pieces[1].read_bytes())
    with pytest.raises(BackupUnreadable):
        read_whole(Path(made.place))
    pieces[0].unlink()
    run = drill(Path(made.place), [IDENTITY], clock=clock, cases=1)
    assert run.state == "failed" and "缺少数据块" in run.words and newest("drill").state == "failed"


def test_a_private_key_may_be_locked_with_a_passphrase(tmp_path):
    path = tmp_path / "key.age"
    path.write_bytes(pyrage.passphrase.encrypt(str(IDENTITY).encode(), "长一点的口令"))
    assert [str(key) for key in identities_from(path, "长一点的口令")] == [str(IDENTITY)]
    with pytest.raises(BackupUnreadable, match="口令不对"):
        identities_from(path, "别的")


def test_a_drill_runs_under_the_settings_of_production(app, clock, tmp_path, tmp_path_factory):
    furnish(app, clock, cases=1)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "keys"
    shutil.copytree(app.config["KEYS"], elsewhere)
    app.config.update(MODE="production", KEYS=str(elsewhere), SECRET_KEY="k" * 40, GATEWAY_SECRET="s", GATEWAY_MERCHANT="m",
                      GATEWAY_URL="https://pay.example.org", LOOKUP_URL="https://look.example.org", MAIL_URL="smtp://mail.example.org", PUBLIC_URL="https://review.example.org")
    run = drill(Path(made.place), [IDENTITY], clock=clock, cases=1)
    assert run.state == "done", run.words


def listing(path: Path, *lines: str) -> Path:
    """A backup without encryption that says where pieces lie, as somebody may write one."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, data in (("about.json", b"{}"), ("pieces.txt", "".join(line + "\n" for line in lines).encode())):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    path.write_bytes(zstandard.compress(whole.getvalue()))
    return path


@pytest.mark.parametrize("stored", ["../../secret", "{}/secret", "0" * 39 + "/", "0" * 41, "x" * 5000])
def test_a_backup_that_says_its_pieces_lie_elsewhere_opens_nothing_there(tmp_path, stored):
    secret = tmp_path / "secret"
    secret.write_bytes(zstandard.compress(b"secret"))
    path = listing(tmp_path / "hostile.backup", f"files/{hashlib.sha256(b'secret').hexdigest()}\t{hashlib.sha256(b'secret').hexdigest()}\t{stored.format(tmp_path)}")
    with pytest.raises(BackupUnreadable):
        read_whole(path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "database/../../x/00000000", "files/../x", "database/person/00000000/../../x"])
def test_a_backup_with_names_that_lead_out_of_it_is_refused(tmp_path, name):
    digest = hashlib.sha256(b"x").hexdigest()
    folder = tmp_path / "pieces" / "00"
    folder.mkdir(parents=True)
    (folder / ("0" * 40)).write_bytes(zstandard.compress(b"x"))
    with pytest.raises(BackupUnreadable, match="不认识"):
        read_whole(listing(tmp_path / "hostile.backup", f"{name}\t{digest}\t{'0' * 40}"))


def test_a_piece_that_unpacks_to_any_size_is_not_unpacked(tmp_path):
    bomb = b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x03\x00\x00x"  # a frame that says a terabyte
    for data in (bomb, zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 20))):
        with pytest.raises(BackupUnreadable, match="过大"):
            unseal(data, [])
