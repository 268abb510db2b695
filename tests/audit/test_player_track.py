"""The course of a case as plain data: each event once, with its way, why, forms, differences, clocks, links; numbers alone of ballots."""
import json
from datetime import timedelta

import pytest

from app.audit.player import Looks, matching, track_of
from app.errors import NotAllowed
from app.materials.blobs import remove_blob
from app.operations.tasks import hand_task, take_task
from app.payments import place_order
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Event
from tests.audit.player_cases import walk_everything
from tests.support import builders
from tests.support.builders import DATA
from tests.whole.walks import Walk

SCENARIOS = DATA / "lending-library" / "processes" / "lending-library" / "scenarios"


def walked(name: str, clock):
    """The main case of a scenario of the lending library, walked to its end."""
    builders.publish(clock=clock)
    walk = Walk(SCENARIOS / f"{name}.yml", clock).start()
    walk.walk()
    return walk.case()


def frames_of(case, clock, actor=SYSTEM) -> list[dict]:
    return track_of(case, actor=actor, clock=clock)["frames"]


def at(frames: list[dict], element: str, kind: str = "complete") -> dict:
    return next(frame for frame in frames if frame["element"] == element and frame["kind"] == kind)


@pytest.mark.both_stores
def test_a_case_is_told_event_by_event_with_where_it_stands(app, clock):
    frames = frames_of(walked("borrowed_elsewhere_and_late", clock), clock)
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    checked = at(frames, "check")
    assert checked["outcome_label"] == "同意出借" and checked["tokens"] == ["other_library", "ask_library"] and not checked["administrative"]
    assert frames[-1]["tokens"] == [] and "没有环节在等待" in frames[-1]["words"]


def test_why_says_the_expression_and_the_values_of_then(app, clock):
    frames = frames_of(walked("borrowed_elsewhere_and_late", clock), clock)
    stock = next(why for why in at(frames, "check")["why"] if why["element"] == "in_stock")
    assert stock["default"] and stock["flow_name"] == "没有" and [(one["path"], one["value"]) for one in stock["values"]] == [("form.check.in_stock", False)]
    table = next(why for frame in frames for why in frame["why"] if why["kind"] == "table")
    assert table["rows"] and table["expression"] and table["outputs"] and table["values"]


def test_clocks_are_set_fire_and_are_taken_away(app, clock):
    frames = frames_of(walked("borrowed_elsewhere_and_late", clock), clock)
    told = [(one["what"], one["element"]) for frame in frames for one in frame["timers"]]
    assert ("set", "no_answer") in told and ("cancelled", "no_answer") in told
    fired = [one for frame in frames if frame["kind"] == "timer" for one in frame["timers"] if one["what"] == "fired"]
    assert fired and all(one["due"] for one in fired)


def test_a_called_process_is_entered_and_left_on_its_own_diagram(app, clock):
    track = track_of(walked("borrowed_elsewhere_and_late", clock), actor=SYSTEM, clock=clock)
    entered, inside = at(track["frames"], "check"), at(track["frames"], "ask_library")
    assert [(link["what"], link["process_id"], link["way"]) for link in entered["links"]] == [("called", "inter_library", "enter")]
    assert inside["process_id"] == "inter_library" and inside["links"][0]["way"] == "leave"
    diagrams = {one["process_id"]: one for one in track["releases"][0]["diagrams"]}
    assert diagrams["inter_library"]["called_by"] == "lending"


def test_what_changed_against_the_revision_before_is_said_field_by_field(app, clock):
    builders.publish(clock=clock)
    case = builders.start_case(clock=clock)
    asked = builders.sample("request")
    builders.complete(case, "request", "reader_wang", asked, clock=clock)
    builders.complete(case, "check", "librarian_zhao", {"in_stock": False}, outcome="ask_back", reason="请写明是哪一版", clock=clock)
    clock.now += timedelta(days=2, hours=3)
    builders.complete(case, "request", "reader_wang", asked | {"book": "另一本书"}, clock=clock)
    frames = frames_of(case, clock)
    again = [frame for frame in frames if frame["element"] == "request"][1]
    assert [(one["label"], one["before"], one["after"]) for one in again["changes"]] == [("书名", asked["book"], "另一本书")]
    assert again["forms"][0]["revision"] == 2 and again["waited"] == "2 天 3 小时" and again["loops"]["request"] == 2
    look = Looks(case, actor=SYSTEM).at(again["seq"])
    assert look.forms[0].changed == 1 and "另一本书" in look.forms[0].html and asked["book"] in look.forms[0].html
    first = Looks(case, actor=SYSTEM).at(2)
    assert "另一本书" not in first.forms[0].html and first.forms[0].changed is None


def test_handing_over_is_an_administrative_act_and_says_to_whom(app, clock):
    builders.publish(clock=clock)
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    builders.person("helper", "librarian@city_library", name="钱助", clock=clock)
    zhao = builders.actor("librarian_zhao")
    task = take_task(builders.open_task(case, "check").id, actor=zhao, clock=clock)
    hand_task(task.id, "helper", actor=zhao, clock=clock)
    last = frames_of(case, clock)[-1]
    assert last["kind"] == "hand" and last["administrative"] and last["handed_to"] == "钱助" and "转交给 钱助" in last["words"]


def test_who_stood_in_for_whom_is_named(app, clock):
    builders.publish(clock=clock)
    case = builders.start_case(clock=clock)
    deputy = builders.actor("reader_wang")
    object.__setattr__(deputy, "on_behalf_of", "librarian_zhao")
    builders.complete(case, "request", deputy, builders.sample("request"), clock=clock)
    last = frames_of(case, clock)[-1]
    assert last["who_for"] == builders.actor("librarian_zhao").name and f"代 {last['who_for']}" in last["words"]


def test_a_payment_is_told_where_it_was_asked_for(app, clock):
    case = walked("asked_back_then_cancelled", clock)
    place_order("call-of-a-test", case.id, clock=clock, subject="赔书款", amount=4500, payer="person:reader_wang", payer_name="王小满", message="paid",
                payee_name="图书馆", payee_code="1", ask_gateway=False)
    told = [one for frame in frames_of(case, clock) for one in frame["payments"]]
    assert [(one["what"], one["subject"], one["amount"]) for one in told] == [("ordered", "赔书款", 4500)]


@pytest.mark.tampers
def test_a_history_that_cannot_run_again_is_still_played_as_far_as_its_events_tell(app, clock):
    case = walked("borrowed_elsewhere_and_late", clock)
    row = session().query(Answers).filter_by(case_id=case.id, form="check").one()
    row.data = {"in_stock": True}
    track = track_of(case, actor=SYSTEM, clock=clock)
    checked = at(track["frames"], "check")
    assert not track["replay"]["equal"] and track["replay"]["seq"] == checked["seq"]
    assert checked["tokens"] == ["other_library", "ask_library"] and track["frames"][-1]["tokens"] == []
    assert [why["values"] for why in checked["why"]] == [None, None] and checked["why"][1]["flow_name"] == "没有"
    session().rollback()


def test_nobody_plays_their_own_case(app, clock):
    case = walked("asked_back_then_cancelled", clock)
    with pytest.raises(NotAllowed):
        track_of(case, actor=builders.actor(case.starter_id), clock=clock)


def test_a_whole_application_with_returns_a_ballot_a_batch_and_a_move(app, clock, tmp_path):
    """The story of `player_cases`: told once here as data; the browser plays it in test_player_in_the_browser.py."""
    walk = walk_everything(tmp_path / "story", clock)
    case = walk.case()
    track = track_of(case, actor=SYSTEM, clock=clock)
    frames = track["frames"]
    json.dumps(track)
    assert track["replay"]["equal"] and case.ended_at and frames[-1]["tokens"] == []

    counted = [one for frame in frames for one in frame["ballots"] or []]
    assert [one["state"] for one in counted] == ["open", "closed"] and counted[0]["counts"] is None
    assert [number for _name, number in counted[1]["counts"]][2:] == [3, 2, 1, 0]
    for vote in (frame for frame in frames if frame["element"] == "cast_ballot"):
        assert vote["why"] == [] and vote["changes"] == [] and "yes" not in json.dumps(vote["forms"])

    moved = next(frame for frame in frames if frame["kind"] == "move")
    assert moved["administrative"] and moved["links"][0]["title"] == "第 1 版 → 第 2 版" and moved["release"] == track["releases"][1]["digest"]
    assert next(frame for frame in frames if frame["element"] == "office_post_review")["element_name"].startswith("新版")

    lines = {link["what"]: link for frame in frames for link in frame["links"]}
    assert lines["sitting"]["case_id"] == walk.cases["sitting"] and lines["batch"]["case_id"] == walk.cases["batch"]
    batched = next(frame for frame in frames if any(link["what"] == "batch" for link in frame["links"]))
    batch = walk.case("batch")
    sent = matching(case, batched["seq"], batch)
    event = session().query(Event).filter_by(case_id=batch.id, seq=sent).one()
    assert case.number in event.details["result"]["delivered"] and matching(batch, sent, case) == batched["seq"]

    declared = next(frame for frame in frames if frame["element"] == "declare")
    look = Looks(case, actor=SYSTEM).at(declared["seq"])
    assert look.files and all(file.intact for file in look.files)
    remove_blob(look.files[0].sha256)
    damaged = Looks(case, actor=SYSTEM).at(declared["seq"]).files[0]
    assert not damaged.intact and "不符" in damaged.words
