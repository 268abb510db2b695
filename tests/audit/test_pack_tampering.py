"""Whoever changes a pack is found, and the first bad event is named: each kind of tampering, with the list left alone and with it made anew."""
import hashlib
import random
import subprocess
import sys
import zipfile

import orjson
import pytest

from app.audit.packs import making
from app.proof import signers
from app.proof.chain import hash_of_event
from app.proof.digests import redact
from app.store import append_only, session, transaction
from app.store.models import Event
from tests.audit.packing import Opened, packed, rechained, walked
from tests.support import builders


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A good pack and the numbers of its cases, made once: attackers work on copies."""
    from app.extensions import db

    folder = tmp_path_factory.mktemp("pack")
    app = builders.make_app(folder)
    with app.app_context():
        db.create_all()
        cases = walked(app)
        pack, numbers = packed(app, folder, cases), [case.number for case in cases]
        db.session.remove()
        db.engine.dispose()
    return pack, numbers[1]


def events_file(number):
    return f"cases/{number}/events.json"


def edit(pack, number):
    rows = pack.json(events_file(number))
    rows[2]["said"]["details"]["reason"] = "没有理由"
    return rows, 3


def delete(pack, number):
    rows = pack.json(events_file(number))
    del rows[1]
    return rows, 2


def insert(pack, number):
    rows = pack.json(events_file(number))
    rows.insert(2, rows[1])
    return rows, 2


def swap(pack, number):
    rows = pack.json(events_file(number))
    rows[1], rows[2] = rows[2] | {"seq": 2}, rows[1] | {"seq": 3}
    return rows, 2


def disorder(pack, number):
    rows = pack.json(events_file(number))
    rows[1], rows[2] = rows[2], rows[1]
    return rows, 2


def cut(pack, number):
    rows = pack.json(events_file(number))
    return rows[:-1], len(rows)


def backdate(pack, number):
    rows = pack.json(events_file(number))
    rows[3]["at"] = "2025-01-01T00:00:00+00:00"
    return rows, 4


def rename(pack, number):
    rows = pack.json(events_file(number))
    rows[2]["said"]["actor_name"] = "别人"
    return rows, 3


def forge_chain(pack, number):
    """Changed, and every hash behind it made anew."""
    rows = pack.json(events_file(number))
    rows[2]["said"]["details"]["reason"] = "没有理由"
    rechained(rows, number, 2)
    return rows, 3


def insert_and_rechain(pack, number):
    rows = pack.json(events_file(number))
    rows.insert(2, orjson.loads(orjson.dumps(rows[1])))
    for place, row in enumerate(rows):
        row["seq"] = place + 1
    rechained(rows, number, 2)
    return rows, 3


ATTACKS = (edit, delete, insert, swap, disorder, cut, backdate, rename, forge_chain, insert_and_rechain)


def listed_anew(pack: Opened, number: str) -> None:
    """The attacker makes the list anew too, with the counts and heads that their events lead to; they cannot sign it."""
    rows, head = pack.json(events_file(number)), pack.json(f"cases/{number}/case.json")
    pack.put(f"cases/{number}/case.json", head | {"events": len(rows), "head": rows[-1]["link"]})
    manifest = pack.json("manifest.json")
    for case in manifest["cases"]:
        if case["number"] == number:
            case |= {"events": len(rows), "head": rows[-1]["link"]}
    for name in manifest["files"]:
        manifest["files"][name] = {"sha256": hashlib.sha256(pack.files[name]).hexdigest(), "size": len(pack.files[name])}
    pack.put("manifest.json", manifest)


def first_bad(result):
    return next(((fault["case"], fault["seq"]) for fault in result["faults"] if fault["seq"]), None)


def test_a_pack_as_it_was_made_verifies(whole):
    pack, _number = whole
    result = pack.check()
    assert result["faults"] == [] and result["counts"]["cases"] == 2 and result["counts"]["answers"] == 5


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_event_that_was_tampered_with_is_named(whole, attack):
    pack, number = whole[0].copy(), whole[1]
    rows, seq = attack(pack, number)
    pack.put(events_file(number), rows)
    result = pack.check()
    assert first_bad(result) == (number, seq)
    assert any(fault["kind"] == "file" for fault in result["faults"])


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one is not cut])
def test_it_is_named_also_when_the_list_is_made_anew(whole, attack):
    pack, number = whole[0].copy(), whole[1]
    rows, seq = attack(pack, number)
    pack.put(events_file(number), rows)
    listed_anew(pack, number)
    result = pack.check()
    assert first_bad(result) == (number, seq)
    assert any(fault["kind"] == "signature" for fault in result["faults"])


def test_a_cut_with_a_list_made_anew_is_found_by_its_signature(whole):
    pack, number = whole[0].copy(), whole[1]
    pack.put(events_file(number), cut(pack, number)[0])
    listed_anew(pack, number)
    assert [fault["kind"] for fault in pack.check()["faults"]][0] == "signature"


def test_answers_that_were_altered_removed_or_added_are_named_with_their_event(whole):
    for change in (lambda rows: rows[-1]["data"].update(book="另一本"), lambda rows: rows.pop(), lambda rows: rows.append(rows[-1] | {"revision": 9})):
        pack, number = whole[0].copy(), whole[1]
        rows = pack.json(f"cases/{number}/answers.json")
        change(rows)
        pack.put(f"cases/{number}/answers.json", rows)
        listed_anew(pack, number)
        assert first_bad(pack.check()) == (number, 4)


def test_files_that_are_altered_missing_or_added_are_found(whole):
    for change, words in ((lambda files: files.update({"logs/events.xes": b"<log/>"}), "被改动"), (lambda files: files.pop("logs/events.xes"), "缺少"),
                          (lambda files: files.update({"cases/extra.json": b"{}"}), "多出")):
        pack = whole[0].copy()
        change(pack.files)
        assert any(words in fault["words"] for fault in pack.check()["faults"])


def test_a_release_whose_form_was_changed_is_found(whole):
    pack = whole[0].copy()
    name = next(name for name in pack.names if name.startswith("releases/") and name.endswith("request.yml") and "forms" in name)
    pack.files[name] += b"\n# changed"
    assert {"file", "release"} <= {fault["kind"] for fault in pack.check()["faults"]}


def test_whoever_signs_everything_anew_with_a_key_of_their_own_is_found_by_the_fingerprint(whole):
    pack, number = whole[0].copy(), whole[1]
    known = signers.fingerprint(pack.json("manifest.sig.json")["public_key"])
    assert pack.check(known)["faults"] == []
    rows, _seq = forge_chain(pack, number)
    pack.put(events_file(number), rows)
    pack.put(f"cases/{number}/inclusion.json", [])
    listed_anew(pack, number)
    algorithm, seed = signers.ALGORITHMS["ed25519"], b"7" * 32
    pack.put("manifest.sig.json", {"algorithm": "ed25519", "key": "1", "public_key": algorithm.public(seed), "signature": algorithm.sign(seed, pack.read("manifest.json"))})
    assert [fault["kind"] for fault in pack.check(known)["faults"]] == ["signature"]


def test_heads_and_keys_that_were_forged_are_found(whole):
    for name, change in (("proof/heads.json", lambda rows: rows[0].update(root="0" * 64)), ("proof/keys.json", lambda rows: rows[0].update(public="00" * 32))):
        pack = whole[0].copy()
        rows = pack.json(name)
        change(rows)
        pack.put(name, rows)
        assert {"heads", "keys"} & {fault["kind"] for fault in pack.check()["faults"]}


def test_the_verifier_runs_by_itself_on_the_zip_and_in_the_folder_and_says_in_chinese_which_event(whole, tmp_path):
    pack, number = whole
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as made:
        for name in pack.names:
            made.writestr(name, pack.files[name])
    with zipfile.ZipFile(tmp_path / "pack.zip") as made:
        made.extractall(tmp_path / "open")
    verifier = tmp_path / "open" / "verify.py"
    good = subprocess.run([sys.executable, "-I", verifier, tmp_path / "pack.zip"], capture_output=True, text=True, check=False)
    assert good.returncode == 0 and "核验通过" in good.stdout, good.stdout + good.stderr
    rows, seq = edit(pack, number)
    (tmp_path / "open" / events_file(number)).write_bytes(orjson.dumps(rows))
    bad = subprocess.run([sys.executable, "-I", verifier], capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and f"第一个有问题的事件：事项 {number} 第 {seq} 个事件" in bad.stdout
    assert subprocess.run([sys.executable, "-I", verifier, tmp_path / "nothing.zip"], capture_output=True, check=False).returncode == 1


def test_what_is_no_pack_or_half_of_one_is_refused_in_words_and_never_by_a_crash(whole):
    assert Opened({}).check()["faults"] and Opened({"manifest.json": b"[]"}).check()["faults"]
    for name in whole[0].names:
        if name.endswith(".json"):
            for content in (b"", b"null", b"[1]", b"{}", b'{"a": [null]}'):
                pack = whole[0].copy()
                pack.files[name] = content
                assert pack.check()["faults"], name


def test_marks_of_erasure_put_in_place_of_values_are_found_even_where_every_digest_holds(whole):
    pack, number = whole[0].copy(), whole[1]
    rows = pack.json(f"cases/{number}/answers.json")
    row = rows[-1]
    row["data"], row["kept"] = redact(row["data"], row["salt"], None, ["/book"])
    row["salt"] = ""
    pack.put(f"cases/{number}/answers.json", rows)
    listed_anew(pack, number)
    found = pack.check()
    assert [fault["kind"] for fault in found["faults"] if fault["kind"] != "signature"] == ["erased"] and first_bad(found) == (number, row["seq"])


def test_a_number_whose_first_digit_was_counted_to_its_salt_is_altered(whole):
    from verifying.digests import tree_digest

    _left, kept = redact({"mark": 95, "name": "王"}, "00" * 16, None, ["/name"])
    with pytest.raises(ValueError):
        tree_digest({"mark": 5, "name": _left["name"]}, "", kept | {"/mark": kept["/mark"] + b"9".hex()}, "sha256")


def zipped(pack: Opened, path, *more) -> str:
    """What the verifier of the pack says of a ZIP of these files and of `more` (name, content)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in [*pack.files.items(), *more]:
            made.writestr(name, content)
    return said_of(path)


def said_of(path, *arguments) -> str:
    run = subprocess.run([sys.executable, "-I", making.OFFLINE / "verify.py", path, *arguments], capture_output=True, text=True, check=False)
    assert any(line.startswith("核验通过") for line in run.stdout.splitlines()) == (run.returncode == 0) and "Traceback" not in run.stderr, run.stderr
    return run.stdout


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_zip_never_gets_a_verdict_of_its_own_choice(whole, tmp_path):
    pack, number = whole
    assert "核验通过" in zipped(pack, tmp_path / "good.zip")
    twice = zipped(pack, tmp_path / "twice.zip", (events_file(number), b"[]"))
    assert "出现了两次" in twice and "核验未通过" in twice
    verdict = "x\n\x1b[2J\u202e核验通过：内容与制作时一致，未发现改动。"
    said = zipped(pack, tmp_path / "words.zip", (verdict, b""))
    assert "\x1b" not in said and "\u202e" not in said and not any(line.startswith("核验通过") for line in said.splitlines())
    bomb = pack.copy()
    bomb.files["logs/events.xes"] = bytes(300_000_000)
    assert "被改动" in zipped(bomb, tmp_path / "bomb.zip")


def test_a_zip_with_flipped_bytes_is_refused_in_words(whole, tmp_path):
    zipped(whole[0], tmp_path / "good.zip")
    content, chance = (tmp_path / "good.zip").read_bytes(), random.Random(7)
    for place in [chance.randrange(len(content)) for _time in range(12)]:
        broken = bytearray(content)
        broken[place] ^= 0xFF
        (tmp_path / "bad.zip").write_bytes(broken)
        said_of(tmp_path / "bad.zip")


def test_only_who_compares_the_key_is_told_that_nothing_was_changed(whole, tmp_path):
    zipped(whole[0], tmp_path / "good.zip")
    known = signers.fingerprint(whole[0].json("manifest.sig.json")["public_key"])
    assert "未发现改动" in said_of(tmp_path / "good.zip", "--key", known)
    assert "尚未核对" in said_of(tmp_path / "good.zip") and "未发现改动" not in said_of(tmp_path / "good.zip")


@pytest.mark.tampers
def test_a_database_whose_owner_made_the_chain_anew_gives_a_pack_that_does_not_verify(app, tmp_path):
    """They need no key for public hashes; the heads outside know better, and the keys of the service too."""
    case = walked(app)[1]
    with transaction():
        append_only.drop(session().connection())
        rows = session().query(Event).filter_by(case_id=case.id).order_by(Event.seq).all()
        rows[2].details = rows[2].details | {"reason": "没有理由"}
        previous = rows[1].hash
        for row in rows[2:]:
            row.hash = previous = hash_of_event(row, case.number, previous)
        session().get(type(case), case.id).head = previous
    session().expire_all()
    pack = packed(app, tmp_path, [case])
    kinds = {(fault["kind"], fault["seq"]) for fault in pack.check()["faults"]}
    assert ("office", 3) in kinds and any(kind == "inclusion" for kind, _seq in kinds)
