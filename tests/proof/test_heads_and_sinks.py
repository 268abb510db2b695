"""Heads: what they prove, where they go, what happens when a place is down (G-10), keys (G-12), old ones, gaps (G-14)."""
import os
import shutil
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from app import keys
from app.checks import SettingsRefused
from app.operations.contexts import instant
from app.proof import alarms, gaps, heads, journal, merkle, signers, sinks
from app.proof.chain import link_of
from app.proof.verification import verify_all, verify_events
from app.store import append_only, session, transaction
from app.store.models import Event, Notice
from tests.proof.receivers import Authority, endless, receiver
from tests.support import builders

SOON = timedelta()


@pytest.fixture
def started(app, clock):
    """A service with three cases begun and one head over them."""
    builders.publish()
    for _time in range(3):
        builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    return app


def _later(clock, **time) -> None:
    session().rollback()
    clock.move_to(clock() + timedelta(**time))


def test_anybody_can_check_that_an_event_is_below_a_signed_head(started, clock):
    builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    for event in session().query(Event):
        proof = heads.inclusion(event)
        assert merkle.root_by(link_of(event), proof["index"], proof["size"], proof["path"]) == proof["head"]["root"]
        assert "rows" not in proof["head"] and heads.is_authentic(proof["head"])


def test_an_event_that_no_head_covers_yet_has_no_proof(started, clock):
    builders.start_case(clock=clock)
    assert heads.inclusion(session().query(Event).order_by(Event.id.desc()).first()) is None


@pytest.mark.parametrize("signer", ["ed25519", "sm2-sm3"])
def test_heads_signed_before_a_key_was_changed_still_verify_and_the_new_key_vouches_for_the_old(started, clock, signer):
    started.config.update(HEAD_SIGNER=signer, HASH="sm3" if signer == "sm2-sm3" else "sha256")
    builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    signers.rotate()
    builders.start_case(clock=clock)
    assert heads.write_heads(clock, SOON)["key"] == "2" and verify_events() == []
    assert keys.key_ids("heads") == (["1"] if signer == "sm2-sm3" else ["1", "2"]), "keys of two algorithms do not mix"
    told = signers.public_keys()
    assert {(one["algorithm"], one["key"]) for one in told} >= {(signer, "1"), (signer, "2")}
    for one in told:
        said = {name: one[name] for name in ("algorithm", "key", "public")}
        assert one["signed_by"] == "2" and signers.is_signed(heads.canonical(said), one["signature"], one["signature_algorithm"], "2")
    session().rollback()


def test_events_under_sm3_stand_beside_those_under_sha256(started, clock):
    started.config["HASH"] = "sm3"
    case = builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    assert session().query(Event).filter_by(case_id=case.id).first().scheme == "sm3" and verify_events() == []


def test_a_program_outside_signs_heads_and_its_public_key_is_remembered(started, clock, tmp_path):
    program = tmp_path / "hsm.py"
    program.write_text("import sys\nfrom cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K\nk = K.from_private_bytes(b'h' * 32)\n"
                       "if sys.argv[1] == 'public-key':\n    print('{\"algorithm\": \"ed25519\", \"key\": \"hsm-7\", \"public\": \"%s\"}' % k.public_key().public_bytes_raw().hex())\n"
                       "else:\n    print(k.sign(sys.stdin.buffer.read()).hex())\n")
    started.config["HEAD_SIGNER"] = f"command:{shutil.which('python') or 'python3'} {program}"
    assert heads.write_heads(clock, SOON)["key"] == "hsm-7"
    started.config["HEAD_SIGNER"] = "command:/nonexistent"
    assert verify_events() == []
    with pytest.raises(signers.SignerFailed):
        heads.write_heads(clock, SOON)


def test_heads_of_the_time_before_signatures_still_verify_and_new_ones_go_on_behind_them(app, clock):
    builders.publish()
    builders.start_case(clock=clock)
    rows = heads.rows_between(0, 10**6)
    key_id, key = keys.signing_key("anchors")
    old = {"at": instant(clock()), "upto": rows[-1].id, "count": len(rows), "rows": [heads.said_of(row) for row in rows], "digest": heads.old_rolled("", rows), "key": key_id}
    journal.add_line(journal.journal(), old | {"mac": heads.old_mac(old, key)})
    builders.start_case(clock=clock)
    assert heads.write_heads(clock, SOON)["count"] == len(rows) + 1 and verify_events() == []


def test_several_sinks_get_every_head_in_order_and_their_answers_are_kept(started, clock, tmp_path):
    authority = Authority(tmp_path / "tsa")
    copy = tmp_path / "other" / "heads.jsonl"
    copy.parent.mkdir()
    with receiver(lambda _headers, _body: (200, b"thank you")) as (endpoint, received), receiver(authority.answer) as (tsa, _asked):
        started.config.update(ANCHOR_SINKS=f"file:{copy} {endpoint} rfc3161:{tsa}", ANCHOR_TSA_ROOTS=str(authority.roots))
        alarms.beat(clock)
        _later(clock, seconds=30)
        alarms.beat(clock)
    assert copy.read_bytes() == journal.journal().read_bytes()
    told = list(journal.heads_in(copy))
    assert [orjson.loads(body)["previous"] for body in received] == [head["previous"] for head in told]
    _file, http, stamp = sinks.all_sinks()
    assert {sinks.answer_in(said) for said in journal.heads_in(sinks.receipts_of(http))} == {b"thank you"}
    assert len(list(journal.heads_in(sinks.receipts_of(stamp)))) == len(told) and verify_all(all_stamps=True).faults == []
    assert alarms.trouble(clock) == "ok" and not any(one.behind or one.failing_since for one in alarms.standings(clock))


def test_a_time_stamp_that_is_not_of_this_head_is_found(started, clock, tmp_path):
    authority = Authority(tmp_path / "tsa")
    with receiver(authority.answer) as (tsa, _asked):
        started.config.update(ANCHOR_SINKS=f"rfc3161:{tsa}", ANCHOR_TSA_ROOTS=str(authority.roots))
        alarms.beat(clock)
    (stamp,) = sinks.all_sinks()
    first, second = list(journal.heads_in(sinks.receipts_of(stamp)))
    sinks.receipts_of(stamp).write_bytes(orjson.dumps(first | {"answer": second["answer"]}) + b"\n" + orjson.dumps(second) + b"\n")
    assert [fault.kind for fault in verify_events()] == ["stamp"]


def test_an_answer_without_end_costs_no_more_than_what_is_kept_and_is_no_time_stamp(started, clock):
    """A time stamp authority that sends a gigabyte, and an endpoint that does."""
    with endless() as (endpoint, sent):
        started.config.update(ANCHOR_SINKS=f"{endpoint} rfc3161:{endpoint}")
        heads.write_heads(clock)
        kept, stamped = sinks.deliver(clock)
        assert kept[1].count >= 1 and stamped[1].count == 0 and "time stamp" in stamped[1].error
        assert len(sinks.answer_in(next(journal.heads_in(sinks.receipts_of(kept[0]))))) == sinks.LONGEST
    assert sum(sent) < 100_000_000


def test_a_sink_that_is_down_for_an_hour_stops_nothing_is_told_in_five_minutes_and_gets_all_late_in_order(started, clock):
    builders.person("root", "administrator")
    up = {"now": False}
    with receiver(lambda _headers, _body: (200 if up["now"] else 503, b"")) as (endpoint, received):
        started.config["ANCHOR_SINKS"] = endpoint
        for minute in range(0, 60, 2):
            _later(clock, minutes=2)
            if minute % 20 == 0:
                builders.start_case(clock=clock)
            alarms.beat(clock)
            told = session().query(Notice).filter_by(person_id="root").count()
            assert told == (1 if minute >= 2 else 0), "one notice within five minutes, and no second"
        assert "failing since" in alarms.trouble(clock)
        up["now"] = True
        received.clear()
        while len(received) < len(list(journal.heads_in(journal.journal()))):  # what takes longer than a beat follows at the next
            alarms.beat(clock)
    assert [orjson.loads(body)["at"] for body in received] == [head["at"] for head in journal.heads_in(journal.journal())]
    assert alarms.trouble(clock) == "ok" and verify_events() == []


def test_a_journal_that_cannot_be_written_is_told_and_its_next_head_covers_all(started, clock, tmp_path):
    builders.person("root", "administrator")
    real, started.config["ANCHORS"] = started.config["ANCHORS"], str(tmp_path / "gone")
    for _minute in range(4):
        _later(clock, minutes=1)
        alarms.beat(clock)
    builders.start_case(clock=clock)
    assert session().query(Notice).filter_by(person_id="root").count() == 1
    started.config["ANCHORS"] = real
    _later(clock, minutes=1)
    alarms.beat(clock)
    assert heads.last_head()["count"] == 4 and alarms.trouble(clock) == "ok" and verify_events() == []


@pytest.mark.tampers
def test_a_journal_that_was_cut_or_rewritten_differs_from_its_copy_elsewhere(started, clock, tmp_path):
    started.config["ANCHOR_SINKS"] = f"file:{tmp_path}/copy.jsonl"
    builders.start_case(clock=clock)
    _later(clock, minutes=1)
    alarms.beat(clock)
    whole = journal.journal().read_bytes()
    journal.journal().write_bytes(whole.splitlines(keepends=True)[0])
    assert [fault.kind for fault in verify_events()] == ["head"]
    journal.journal().write_bytes(whole.replace(b'"count":4', b'"count":3'))
    assert verify_events()[0].kind in ("head", "anchor")
    started.config["ANCHOR_SINKS"] = ""
    assert verify_events()[0].kind == "anchor", "without a copy the signature tells"


@pytest.mark.tampers
@pytest.mark.both_stores
def test_an_older_database_is_noticed_and_goes_on_only_behind_a_signed_gap(started, clock):
    kept = heads.last_head()["count"]
    lost = builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    _forget(lost.id)
    with pytest.raises(heads.RolledBack):
        heads.write_heads(clock, SOON)
    alarms.beat(clock)
    assert alarms.is_rolled_back() and "older than the heads" in alarms.trouble(clock)
    (fault,) = verify_events()
    assert fault.kind == "anchor" and f"with {kept} events" in fault.message and "older copy" in fault.message
    gaps.accept_gap(clock, "disk broke, restored the backup of the night")
    assert verify_events() == [] and gaps.gaps()[0]["lost"] == 1
    builders.start_case(clock=clock)
    heads.write_heads(clock, SOON)
    assert verify_events() == [] and heads.last_head()["count"] == kept + 1
    with pytest.raises(gaps.NoGap):
        gaps.accept_gap(clock, "again")


@pytest.mark.tampers
def test_a_change_in_the_middle_is_no_gap(started, clock):
    first = session().query(Event).order_by(Event.id).first()
    _forget(first.case_id)
    with pytest.raises(gaps.NoGap):
        gaps.accept_gap(clock, "please")


def _forget(case_id: int) -> None:
    """As if the case had never been."""
    with transaction():
        append_only.drop(session().connection())
        for table in ("event", "task", "subscription", "timer", "snapshot", "answers", "case_party", "outbox"):
            session().execute(sa.text(f"DELETE FROM {table} WHERE case_id = :case"), {"case": case_id})
        session().execute(sa.text("DELETE FROM case_ WHERE id = :case"), {"case": case_id})
    session().expire_all()


def test_two_writers_of_heads_write_one_row_of_heads(started, clock):
    handle = os.open(Path(started.config["ANCHORS"]) / "heads.lock", os.O_RDWR)
    os.close(handle)
    for _time in range(3):
        heads.write_heads(clock, SOON)
    told = list(journal.heads_in(journal.journal()))
    assert [head["after"] for head in told[1:]] == [head["upto"] for head in told[:-1]] and verify_events() == []


@pytest.mark.parametrize("setting, value", [("HASH", "md5"), ("HEAD_SIGNER", "rsa"), ("ANCHOR_SINKS", "file:/a /b")])
def test_a_setting_that_cannot_work_is_refused_at_the_start(tmp_path, setting, value):
    with pytest.raises(SettingsRefused, match=setting):
        builders.make_app(tmp_path, **{setting: value})
