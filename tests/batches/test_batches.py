"""Batches: numbered without gaps, one running batch per case, held, released, taken out; each request once; races."""
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import batches
from app.batches import Deed
from app.connectors import Call, handler_of
from app.errors import RequestInvalid
from app.store import session, transaction
from tests.connectors.bare import bare_case
from tests.support.builders import MONDAY

_calls = iter(range(10**9))


def deed(reason: str = "", call: str = "") -> Deed:
    return Deed(call=call or f"call-{next(_calls)}", at=MONDAY, by="zhou", by_name="周敏", reason=reason)


def put(batch, *cases, readers=()):
    return batches.put_members(batch.id, [case.number for case in cases], deed("编入"), readers=list(readers))


def states(batch) -> dict[str, str]:
    session().expire_all()
    return {case.number: member.state for member, case in batches.members_of(batch.id)}


def test_batches_of_a_pattern_are_numbered_one_after_the_other(app):
    made = [bare_case() for _ in range(3)]
    assert [batches.number_batch(case.id, "GC-2026-{seq:2}", deed()) for case in made] == ["GC-2026-01", "GC-2026-02", "GC-2026-03"]
    assert batches.number_batch(bare_case().id, "WS-2026-{seq:2}", deed()) == "WS-2026-01"


def test_a_batch_keeps_its_number_however_often_it_is_asked_for(app):
    batch = bare_case()
    first = batches.number_batch(batch.id, "GC-2026-{seq:2}", deed())
    assert batches.number_batch(batch.id, "GC-2026-{seq:2}", deed(), own="GC-2026-77") == first


def test_a_number_set_by_hand_is_passed_over_by_the_count_and_refused_to_a_second_batch(app):
    by_hand, second, third = bare_case(), bare_case(), bare_case()
    assert batches.number_batch(by_hand.id, "GC-2026-{seq:2}", deed("与纸质批件一致"), own="GC-2026-01") == "GC-2026-01"
    assert batches.batch_row(by_hand.id).by_hand == "与纸质批件一致"
    assert batches.number_batch(second.id, "GC-2026-{seq:2}", deed(), own="GC-2026-01") == ""
    assert batches.number_batch(third.id, "GC-2026-{seq:2}", deed()) == "GC-2026-02"


def test_a_number_that_was_rolled_back_is_given_again(app):
    with pytest.raises(RuntimeError):
        with transaction():
            batches.number_batch(bare_case().id, "GC-2026-{seq:2}", deed())
            raise RuntimeError
    assert batches.number_batch(bare_case().id, "GC-2026-{seq:2}", deed()) == "GC-2026-01"


def test_a_pattern_without_a_count_is_refused(app):
    with pytest.raises(RequestInvalid):
        batches.number_batch(bare_case().id, "GC-2026", deed())


def test_a_case_is_in_one_running_batch_and_free_again_when_it_is_taken_out(app):
    first, second, member = bare_case(), bare_case(), bare_case()
    assert put(first, member) == {"put": [member.number], "taken": []}
    assert put(second, member) == {"put": [], "taken": [member.number]}
    batches.change_members(first.id, [member.number], "out", deed("抽出"))
    assert put(second, member)["put"] == [member.number]
    assert states(first) == {member.number: "out"} and states(second) == {member.number: "in"}


def test_a_held_case_is_still_in_its_batch(app):
    first, second, member = bare_case(), bare_case(), bare_case()
    put(first, member)
    batches.change_members(first.id, [member.number], "held", deed("投诉"))
    assert put(second, member)["taken"] == [member.number]


def test_a_batch_whose_case_is_over_keeps_nobody(app):
    over, second, member = bare_case(ended=MONDAY), bare_case(), bare_case()
    put(over, member)
    assert put(second, member)["put"] == [member.number]
    assert states(over) == {member.number: "out"}


def test_numbers_that_name_no_case_are_told_and_not_put(app):
    batch, member = bare_case(), bare_case()
    found = batches.put_members(batch.id, [member.number, "nothing"], deed(), readers=[])
    assert found == {"put": [member.number], "taken": ["nothing"]}


def test_the_same_request_changes_nothing_the_second_time(app):
    batch, one, two = bare_case(), bare_case(), bare_case()
    put(batch, one, two)
    again = deed("投诉", call="the-call")
    assert batches.change_members(batch.id, [one.number], "held", again) == [one.number]
    batches.change_members(batch.id, [one.number], "released", deed())
    assert batches.change_members(batch.id, [one.number], "held", again) == [one.number]
    assert states(batch)[one.number] == "in"


def test_what_changed_is_kept_as_revisions_with_names_and_reasons(app):
    batch, one, two = bare_case(), bare_case(), bare_case()
    put(batch, one, two)
    put(batch, one, two)  # nothing new: no revision
    batches.change_members(batch.id, [two.number], "out", deed("业绩不符"))
    batches.change_members(batch.id, None, "done", deed("核准"))
    assert [(r.number, r.kind, len(r.cases), r.reason) for r in batches.revisions_of(batch.id)] == [
        (1, "put", 2, "编入"), (2, "out", 1, "业绩不符"), (3, "done", 1, "核准")]


def test_only_members_that_are_not_held_are_finished_with_the_batch(app):
    batch, one, two = bare_case(), bare_case(), bare_case()
    put(batch, one, two)
    batches.change_members(batch.id, [two.number], "held", deed())
    assert batches.change_members(batch.id, None, "done", deed()) == [one.number]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["put", "held", "released", "out", "done"]), st.integers(0, 1), st.sets(st.integers(0, 3), min_size=1)), max_size=12))
def test_whatever_is_done_no_case_is_in_two_running_batches(app, deeds):
    two, members = [bare_case(), bare_case()], [bare_case() for _ in range(4)]
    for kind, which, chosen in deeds:
        numbers = [members[n].number for n in sorted(chosen)]
        if kind == "put":
            batches.put_members(two[which].id, numbers, deed(), readers=[])
        elif batches.batch_row(two[which].id):
            batches.change_members(two[which].id, numbers, kind, deed())
    running = [number for batch in two for number, state in states(batch).items() if state in ("in", "held")]
    assert len(running) == len(set(running))


def _at_once(app, *jobs):
    """Each job in a thread of its own, begun together; what they gave or raised."""
    barrier, found = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        with app.app_context():
            barrier.wait()
            try:
                found[place] = job()
            except Exception as error:  # told to the test
                found[place] = error
            finally:
                session().remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


@pytest.mark.both_stores
def test_of_two_batches_that_want_a_case_at_the_same_moment_one_gets_it(app):
    pairs = [(bare_case().id, bare_case().id, bare_case().number) for _ in range(5)]
    session().remove()
    for first, second, number in pairs:
        found = _at_once(app, *(lambda of=of: batches.put_members(of, [number], deed(), readers=[]) for of in (first, second)))
        assert sorted(len(one["put"]) for one in found) == [0, 1], found


@pytest.mark.both_stores
def test_batches_numbered_at_the_same_moment_get_different_numbers_without_a_gap(app):
    cases = [bare_case().id for _ in range(4)]
    session().remove()
    found = _at_once(app, *(lambda of=of: batches.number_batch(of, "GC-2026-{seq:2}", deed()) for of in cases))
    assert sorted(found) == ["GC-2026-01", "GC-2026-02", "GC-2026-03", "GC-2026-04"]


def call(topic: str, batch, clock, **parameters):
    return handler_of(topic)(Call(id=f"call-{next(_calls)}", case_id=batch.id, case_number=batch.number, parameters=parameters, clock=clock))


def test_the_connectors_say_what_they_did(app, clock):
    batch, one, two = bare_case(), bare_case(), bare_case()
    assert call("batch.number", batch, clock, pattern="GC-{seq}") == {"number": "GC-1"}
    assert call("batch.put", batch, clock, members=[one.number, two.number], readers=["r"]) == {"put": [one.number, two.number], "taken": []}
    assert call("batch.hold", batch, clock, members=[one.number], reason="投诉") == {"members": [one.number]}
    assert call("batch.release", batch, clock, members=[one.number]) == {"members": [one.number]}
    assert call("batch.out", batch, clock, members=[], reason="无") == {"members": []}
    assert call("batch.out", batch, clock, members=[two.number], reason="不符", route="closed") == {"members": [two.number]}
    assert call("batch.done", batch, clock) == {"members": [one.number]}
    assert [travel.number for travel in batches.travels_of(one.id)] == ["GC-1"]


def test_five_hundred_members_are_put_and_read(app):
    batch, members = bare_case(), [bare_case() for _ in range(500)]
    batches.put_members(batch.id, [member.number for member in members], deed(), readers=[])
    assert len(batches.members_of(batch.id)) == 500
