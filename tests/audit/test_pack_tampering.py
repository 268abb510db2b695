"""Whoever changes a pack is found, and the first bad event is named: each kind of tampering, with the list left alone and with it made anew."""
import hashlib
import subprocess
import sys
import zipfile

import orjson
import pytest

from app.proof import signers
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
