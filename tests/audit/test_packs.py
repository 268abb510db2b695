"""Packs as people ask for them: what is in one, what is withheld, who may have it, what is noted, and that the worker makes and forgets them."""
import gzip
import io
import json
import zipfile
from datetime import timedelta

import pytest

from app.audit import packs
from app.audit.packs.models import Pack
from app.audit.packs.operations import path_of
from app.errors import NothingChosen, NotFound, PackRefused, TooManyForPack
from app.jobs import Job, run_jobs
from app.people import Person
from app.store import session, transaction
from app.viewings.models import Viewing
from tests.audit.packing import PURPOSE, Opened, packed, walked
from tests.support import builders
from tests.support.builders import clock_of, csrf_token, person, sign_in


@pytest.fixture
def cases(app):
    return walked(app)


@pytest.fixture
def auditor(app):
    return person("ming", "auditor", name="明审计")


def ask(app, auditor, scope, kind="pack", **options):
    told = {"title": "试验", "purpose": PURPOSE, "names": True, "materials": True} | options
    return packs.ask(kind, scope, actor=auditor, clock=clock_of(app), **told)


def test_a_pack_holds_all_that_was_promised_of_each_case(app, cases, tmp_path):
    pack = packed(app, tmp_path, cases)
    for case in cases:
        folder = f"cases/{case.number}/"
        there = {name.removeprefix(folder) for name in pack.names if name.startswith(folder)}
        assert {"case.json", "events.json", "answers.json", "looks.json", "track.json", "inclusion.json", "findings.json", "materials.json", "reports.json", "history.pdf"} <= there
        assert pack.read(folder + "history.pdf").startswith(b"%PDF-")
        assert len(pack.json(folder + "track.json")["frames"]) == len(pack.json(folder + "events.json")) == case.events
        assert len(pack.json(folder + "inclusion.json")) == case.events  # every event is below a signed head
    again = pack.json(f"cases/{cases[1].number}/looks.json")
    assert [(look["form"], look["revision"]) for look in again] == [("request", 1), ("check", 1), ("request", 2)]
    assert {"value": "十万个为什么（第六版）", "label": "书名"} in again[2]["sections"][0]["fields"]
    digest = cases[0].release
    assert f"releases/{digest}/forms/lending-library/request.yml" in pack.names and f"diagrams/{digest[:16]}/lending.bpmn" in pack.names
    assert {"logs/events.xes", "logs/events.ocel.json", "proof/heads.json", "proof/keys.json", "verify.py", "README.md", "player/index.html", "player/player.js"} <= set(pack.names)
    assert pack.json("manifest.json")["purpose"] == PURPOSE and pack.check()["faults"] == []


def test_without_names_nobody_is_named_anywhere_and_everything_still_verifies(app, cases, tmp_path):
    pack = packed(app, tmp_path, cases, names=False)
    own = {name: content for name, content in pack.files.items() if not name.startswith("releases/")}  # what analysts published names invented people
    for word in ("王小满", "赵静"):
        assert [name for name, content in own.items() if word.encode() in content or word.encode("unicode-escape") in content] == []
    result = pack.check()
    assert result["faults"] == [] and result["counts"]["answers"] == 5
    rows = pack.json(f"cases/{cases[1].number}/answers.json")
    assert "$erased" in rows[0]["data"]["reader_name"] and rows[0]["data"]["book"] == "十万个为什么" and rows[0]["salt"] == ""
    event = pack.json(f"cases/{cases[1].number}/events.json")[2]
    assert "$erased" in event["said"]["actor_name"] and "$erased" in event["said"]["details"]["reason"] and event["said"]["outcome"] == "ask_back"


def test_what_was_withheld_cannot_be_guessed_from_its_digest(app, cases, tmp_path):
    """A name is one of few: with the salt of the row anybody could try them all."""
    pack = packed(app, tmp_path, cases, names=False)
    for row in pack.json(f"cases/{cases[0].number}/answers.json") + pack.json(f"cases/{cases[0].number}/events.json"):
        if row["kept"] is not None:
            assert row["salt"] == "" and "/reader_name" not in row["kept"] and "/actor_name" not in row["kept"]


def test_a_pack_made_before_the_last_events_were_anchored_says_so_and_verifies(app, cases, tmp_path):
    clock = clock_of(app)
    builders.complete(cases[1], "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    result = packed(app, tmp_path, cases).check()
    assert result["faults"] == [] and any("还没有进入锚点" in note for note in result["notes"])


def test_erased_values_stay_erased_in_a_pack_and_verify(app, cases, tmp_path):
    from app.operations.events import append_event, latest_state_digest
    from app.people import SYSTEM
    from app.proof.erasing import erase_from_answers
    from app.store.models import Answers

    with transaction():
        row = session().query(Answers).filter_by(case_id=cases[0].id, form="request").one()
        erase_from_answers(row, ["/reader_name"])
        append_event(cases[0], "erase", actor=SYSTEM, at=builders.clock_of(app)(), state_digest=latest_state_digest(cases[0]),
                     details={"erased": [{"table": "answers", "count": 1, "digest": ""}]})
    pack = packed(app, tmp_path, cases)
    assert pack.check()["faults"] == []
    fields = [field for look in pack.json(f"cases/{cases[0].number}/looks.json") for section in look["sections"] for field in section["fields"]]
    assert {"label": "姓名", "value": "（已依法清除）"} in fields
    told = [name for name in pack.names if name.startswith(f"cases/{cases[0].number}/answers") and "王小满".encode() in pack.files[name]]
    assert told == []


def test_the_worker_makes_a_pack_case_by_case_and_tells_its_person(app, cases, auditor):
    pack = ask(app, auditor, packs.Scope(tuple(case.id for case in cases)))
    assert run_jobs(clock_of(app)) == 3
    session().expire_all()
    row = session().get(Pack, pack.id)
    assert (row.state, row.total, row.events) == ("ready", 2, sum(case.events for case in cases))
    assert session().get(Job, row.job_id).parameters == {"pack": pack.id}  # the key of pseudonyms is thrown away
    with zipfile.ZipFile(path_of(row)) as made:
        assert Opened({name: made.read(name) for name in made.namelist()}).check()["faults"] == []
    assert oct(path_of(row).parent.stat().st_mode)[-3:] == "700"
    noted = session().query(Viewing).filter_by(reader_id="ming", kind="pack").all()
    assert {view.case_id for view in noted} == {case.id for case in cases} and {view.purpose for view in noted} == {PURPOSE}


def test_a_log_is_made_by_the_worker_and_read_back(app, cases, auditor):
    made = {kind: ask(app, auditor, packs.Scope(procedure="lending-library"), kind, names=False) for kind in ("xes", "ocel", "ocel-sqlite")}
    run_jobs(clock_of(app))
    session().expire_all()
    rows = {kind: session().get(Pack, pack.id) for kind, pack in made.items()}
    assert {(row.state, row.events) for row in rows.values()} == {("ready", sum(case.events for case in cases))}
    assert b"<trace>" in gzip.decompress(path_of(rows["xes"]).read_bytes())
    assert json.loads(gzip.decompress(path_of(rows["ocel"]).read_bytes()))["events"]
    assert path_of(rows["ocel-sqlite"]).read_bytes().startswith(b"SQLite format 3")


def test_refusals_say_what_to_do(app, cases, auditor):
    everything = packs.Scope(tuple(case.id for case in cases))
    with pytest.raises(PackRefused, match="用途"):
        ask(app, auditor, everything, purpose=" ")
    app.config["PACK_CASES"] = 1
    with pytest.raises(TooManyForPack, match="最多放 1 件"):
        ask(app, auditor, everything)
    with pytest.raises(NothingChosen):
        ask(app, auditor, packs.Scope(procedure="another"), "xes")


def test_a_case_of_the_auditor_themselves_leaves_the_pack_unmade_with_the_reason(app, cases):
    person("two_hats", "auditor", "member")
    actor = builders.actor("two_hats")
    own = builders.start_case(by=actor, clock=clock_of(app))
    pack = ask(app, actor, packs.Scope((own.id, cases[0].id)))
    run_jobs(clock_of(app))
    session().expire_all()
    assert session().get(Pack, pack.id).state == "making"
    from app.jobs import items_of, job_of

    words = [item.words for item in items_of(job_of(pack.job_id, actor)).rows]
    assert words[0] == "已取出" and "没有办理此事的权限" in words[1] and "有 1 件事项没有取出" in words[2]


def test_old_packs_go_by_themselves_and_those_about_erased_cases_at_once(app, cases, auditor):
    clock = clock_of(app)
    first, second = (ask(app, auditor, packs.Scope((case.id,))) for case in cases)
    log = ask(app, auditor, packs.Scope(), "xes")
    run_jobs(clock)
    session().expire_all()
    assert packs.forget_packs_about([cases[0].id]) == 2
    states = {pack.id: session().get(Pack, pack.id).state for pack in (first, second, log)}
    assert states == {first.id: "gone", second.id: "ready", log.id: "gone"} and not path_of(session().get(Pack, first.id)).exists()
    clock.move_to(clock() + timedelta(days=15))
    assert packs.sweep_packs(clock) == 1 and session().get(Pack, second.id).state == "gone"
    with pytest.raises(NotFound):
        packs.download(second.id, actor=auditor, clock=clock)


def test_an_auditor_makes_and_takes_a_pack_on_the_pages_and_both_are_noted(app, cases, auditor, client):
    sign_in(client, "ming")
    form = client.get(f"/audit/packs/make?case={cases[0].id}")
    assert form.status_code == 200 and cases[0].number in form.text
    sent = {"csrf_token": csrf_token(client), "scope": "cases", "numbers": cases[0].number, "kind": "pack", "names_pack": "1", "materials": "1", "purpose": PURPOSE}
    assert client.post("/audit/packs/make", data=sent).status_code == 303
    assert "排队中" in client.get("/audit/packs").text
    run_jobs(clock_of(app))
    session().expire_all()
    pack = session().query(Pack).one()
    listed = client.get("/audit/packs").text
    assert "可以下载" in listed and PURPOSE in listed and pack.sha256 in listed
    taken = client.get(f"/audit/packs/{pack.id}")
    assert taken.status_code == 200 and "attachment" in taken.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(taken.data)) as made:
        assert "verify.py" in made.namelist()
    session().expire_all()
    details = [view.detail for view in session().query(Viewing).filter_by(reader_id="ming", kind="pack", case_id=cases[0].id)]
    assert any(detail.startswith("制作：") for detail in details) and any(detail.startswith("下载：") for detail in details)
    assert client.post("/audit/packs/make", data=sent | {"numbers": "404404"}).status_code == 422
    assert client.post(f"/audit/packs/{pack.id}/remove", data={"csrf_token": csrf_token(client)}).status_code == 303
    assert client.get(f"/audit/packs/{pack.id}").status_code == 404 and "文件已删除" in client.get("/audit/packs").text


def test_the_command_line_makes_a_pack(app, cases, tmp_path):
    done = app.test_cli_runner().invoke(args=["pack", cases[0].number, "--no-names", "--out", str(tmp_path / "one.zip")])
    assert done.exit_code == 0 and "1 件" in done.output, done.output
    with zipfile.ZipFile(tmp_path / "one.zip") as made:
        assert Opened({name: made.read(name) for name in made.namelist()}).check()["faults"] == []
    assert app.test_cli_runner().invoke(args=["pack", "404", "--out", str(tmp_path / "two.zip")]).exit_code == 1
    assert session().get(Person, "ming") is None


def test_of_a_ballot_a_pack_holds_counts_and_nothing_of_a_voter(app, cases, tmp_path):
    from app import ballots

    clock = clock_of(app)
    voters = [person(f"voter-{place}", name=f"评委甲乙{place}").id for place in range(3)]
    with transaction():
        ballot = ballots.open_ballot("call-1", cases[0].id, voters, 3, "是否同意", clock=clock)
        for voter, choice in zip(voters, ("yes", "no", "yes")):
            ballots.cast(ballot.id, voter, choice)
        ballots.close_ballot(ballot.id, clock=clock)
    pack = packed(app, tmp_path, cases)
    told = [one for frame in pack.json(f"cases/{cases[0].number}/track.json")["frames"] for one in frame["ballots"] or ()]
    assert any(["同意", 2] in (one["counts"] or []) for one in told)
    assert [name for name, content in pack.files.items() if b"voter-" in content or "评委甲乙".encode() in content] == []


def test_a_pack_of_a_service_that_digests_with_sm3_and_signs_with_sm2_verifies(tmp_path, clock):
    from app.extensions import db

    app = builders.make_app(tmp_path, clock=clock, HASH="sm3", HEAD_SIGNER="sm2-sm3")
    with app.app_context():
        db.create_all()
        pack = packed(app, tmp_path, walked(app))
        db.session.remove()
        db.engine.dispose()
    assert pack.json("manifest.sig.json")["algorithm"] == "sm2-sm3" and {row["scheme"] for row in pack.json(next(n for n in pack.names if n.endswith("events.json")))} == {"sm3"}
    assert pack.check()["faults"] == []
    changed = pack.copy()
    changed.files["manifest.json"] += b" "
    assert [fault["kind"] for fault in changed.check()["faults"]] == ["signature"]
