"""Draws by lot: who may be drawn, bound before they are drawn, once for each request, and provable by anybody afterwards."""
import copy
import json

import pytest

from app.connectors import Call, handler_of
from app.errors import NotAPool
from app.operations.contexts import case_variables
from app.operations.outbox import drain_outbox
from app.pools import DRAWN, PREPARED, Draw, Wanted, bind_lots, draw_lots, draw_with_number, lots, record_of
from app.pools.draws import prepared_for
from app.pools.records import check_draw
from app.store import session, transaction
from app.store.models import Case
from tests.pools.procedures import change, entry, misdeed, publish, volunteers
from tests.support import builders


@pytest.fixture
def evening(app, clock):
    """A running case of the library that has not asked for anything yet."""
    publish(clock=clock)
    builders.person("clerk", "clerk", name="馆员周", clock=clock)
    return builders.start_case("evening", builders.actor("clerk"), clock=clock)


def ask(topic, case, clock, call="call-1", **parameters):
    return handler_of(topic)(Call(call, case.id, case.number, parameters, clock))


def drawn_by(found) -> list[str]:
    return [party["ref"] for party in found["drawn"]]


def test_a_diagram_draws_as_many_as_it_asks_for_and_keeps_who(app, clock, evening):
    volunteers(10, clock)
    drain_outbox(clock)
    found = case_variables(session().get(Case, evening.id))["found"]
    assert len(found["drawn"]) == 3 and found["missing"] == 0 and (found["eligible"], found["pool"]) == (10, 10)
    assert draw_with_number(found["draw"]).digest == found["digest"] and check_draw(draw_with_number(found["draw"])) == []


def test_who_is_away_stopped_named_or_has_a_case_of_their_own_is_not_drawn_and_the_record_says_why(app, clock, evening):
    volunteers(8, clock)
    change("v001", away=True)
    misdeed("v002", "2026-12-31", clock)
    misdeed("v003", "2026-01-31", clock)  # over
    builders.person("v004", "reader", clock=clock)
    builders.start_case("story", builders.actor("v004"), clock=clock, answers={"branch": "东馆"})
    found = ask("pool.draw", evening, clock, register="volunteers", count=8, exclude=[{"ref": "person:v005", "reason": "已答复不能参加"}])
    assert sorted(drawn_by(found)) == [f"person:v{n:03d}" for n in (3, 6, 7, 8)] and found["missing"] == 4
    why = {one["ref"]: one["reasons"] for one in draw_with_number(found["draw"]).plan["people"]}
    assert why["person:v001"] == ["外出"] and why["person:v002"] == ["停止参加"] and why["person:v003"] == []
    assert why["person:v004"] == ["自己有故事在评"] and why["person:v005"] == ["不参加本次抽取：已答复不能参加"]


def test_seats_are_filled_one_after_the_other_and_nobody_sits_twice(app, clock, evening):
    volunteers(6, clock)
    for key in ("v001", "v002"):
        change(key, branch="东馆")
    seats = [{"name": "东馆", "count": 2, "criteria": {"branch": "东馆"}}, {"name": "其他", "count": 5}]
    found = ask("pool.draw", evening, clock, register="volunteers", seats=seats)
    east, other = found["seats"]
    assert sorted(one["ref"] for one in east["drawn"]) == ["person:v001", "person:v002"] and len(other["drawn"]) == 4 and other["missing"] == 1
    assert len(set(drawn_by(found))) == 6 and found["missing"] == 1


def test_the_same_request_draws_once(app, clock, evening):
    volunteers(30, clock)
    first = ask("pool.draw", evening, clock, register="volunteers", count=5)
    assert ask("pool.draw", evening, clock, register="volunteers", count=5) == first
    assert session().query(Draw).count() == 1


def test_plan_and_secret_are_bound_in_a_commit_of_their_own_before_the_words_are_known(app, clock, evening):
    volunteers(30, clock)
    bound = ask("pool.prepare", evening, clock, call="p", register="volunteers", count=5)
    assert set(bound) == {"draw", "commitment", "eligible", "pool"}
    row = draw_with_number(bound["draw"])
    assert (row.state, row.seed, row.order) == (PREPARED, "", None)
    change("v001", away=True)  # too late: the plan is bound
    found = ask("pool.draw", evening, clock, call="d", register="volunteers", prepared=bound, words="一二三 春风", supervisor=["沈明鉴"])
    row = draw_with_number(bound["draw"])
    assert found["commitment"] == bound["commitment"] and row.eligible == 30 and row.words == "一二三 春风" and row.supervisors == ["沈明鉴"]
    assert row.seed == lots.seed_of(row.commitment, row.secret, "一二三 春风") != lots.seed_of(row.commitment, row.secret, "别的文字")
    again = ask("pool.draw", evening, clock, call="d2", register="volunteers", prepared=bound["draw"], words="换一句", supervisor="别人")
    assert drawn_by(again) == drawn_by(found) and draw_with_number(bound["draw"]).words == "一二三 春风"


def test_a_draw_prepared_in_one_case_cannot_be_used_in_another(app, clock, evening):
    from app.errors import NotFound

    volunteers(5, clock)
    bound = ask("pool.prepare", evening, clock, register="volunteers", count=2)
    other = builders.start_case("evening", builders.actor("clerk"), clock=clock)
    with pytest.raises(NotFound):
        prepared_for(bound["draw"], other.id)


def test_drawn_again_the_record_names_the_reason_and_the_draw_before(app, clock, evening):
    volunteers(10, clock)
    first = ask("pool.draw", evening, clock, call="1", register="volunteers", count=3)
    second = ask("pool.draw", evening, clock, call="2", register="volunteers", count=1, exclude=first["drawn"], reason="一人临时不能参加")
    row = draw_with_number(second["draw"])
    assert (row.before, row.reason) == (first["draw"], "一人临时不能参加") and not set(drawn_by(first)) & set(drawn_by(second))


def test_an_empty_pool_is_an_answer_and_no_failure(app, clock, evening):
    found = ask("pool.draw", evening, clock, register="volunteers", count=3)
    assert (found["drawn"], found["missing"], found["eligible"]) == ([], 3, 0) and check_draw(draw_with_number(found["draw"])) == []


def test_a_register_that_is_no_pool_is_named(app, clock, evening):
    with pytest.raises(NotAPool) as refusal:
        ask("pool.draw", evening, clock, register="misdeeds", count=3)
    assert refusal.value.register == "misdeeds"


def test_the_snapshot_holds_the_columns_that_conditions_read_and_no_others(app, clock, evening):
    volunteers(2, clock, branch="东馆")
    row = bind_lots(evening.id, Wanted("volunteers", [{"name": "", "count": 1, "criteria": {}}]), call="c", clock=clock)
    assert row.plan["people"][0]["row"] == {"away": None, "branch": "东馆"} and "42" not in json.dumps(row.plan)


def test_two_entries_of_one_person_give_one_chance(app, clock, evening):
    volunteers(3, clock)
    with transaction() as store:
        twin = entry("v001", clock)
        twin.key = "twin"
        store.add(twin)
    row = bind_lots(evening.id, Wanted("volunteers", [{"name": "", "count": 9, "criteria": {}}]), call="c", clock=clock)
    assert row.eligible == 3


@pytest.fixture
def drawn(app, clock, evening):
    volunteers(12, clock)
    change("v003", away=True)
    row = bind_lots(evening.id, Wanted("volunteers", [{"name": "", "count": 4, "criteria": {}}]), call="c", clock=clock)
    return draw_lots(row, words="天地玄黄", clock=clock)


def swap_first(record):
    record["seats"][0]["drawn"][0] = record["order"][-1]


@pytest.mark.parametrize("what, alter", [
    ("抽中人员", swap_first),
    ("排列顺序", lambda record: record["order"].reverse()),
    ("随机种子", lambda record: record.update(words="宇宙洪荒")),
    ("事先承诺", lambda record: record.update(secret="0" * 64)),
    ("人员库快照摘要", lambda record: record["plan"]["people"][0].update(name="别人")),
    ("记录摘要", lambda record: record.update(reason="没有原因")),
])
def test_whatever_is_altered_the_check_says_what_differs(drawn, what, alter):
    record = copy.deepcopy(record_of(drawn))
    assert lots.faults_of(record) == []
    alter(record)
    assert any(fault.startswith(what) for fault in lots.faults_of(record))


def test_who_is_judged_otherwise_than_the_conditions_say_is_named(app, clock, drawn):
    with transaction():
        row = session().get(Draw, drawn.id)
        plan = copy.deepcopy(row.plan)
        plan["people"][2]["seats"] = [""]
        row.plan = plan
    assert any("志愿者v003" in fault and "不可抽取" in fault for fault in check_draw(session().get(Draw, drawn.id)))


@pytest.mark.tampers
def test_a_record_made_anew_as_a_whole_does_not_fit_the_history_of_the_case(app, clock, evening):
    volunteers(12, clock)
    drain_outbox(clock)
    number = case_variables(session().get(Case, evening.id))["found"]["draw"]
    with transaction():
        row = draw_with_number(number)
        row.words = "事后另选"
        fits = {one["ref"]: one["seats"] for one in row.plan["people"] if one["seats"]}
        row.seed = lots.seed_of(row.commitment, row.secret, row.words)
        row.order = lots.order_of(fits, row.seed)
        row.seats = lots.take(row.order, row.plan["seats"], fits)
        row.digest = lots.digest_of({key: value for key, value in record_of(row).items() if key != "digest"})
    assert check_draw(draw_with_number(number)) == ["记录摘要与事项办理记录中的不一致"]


@pytest.mark.both_stores
def test_what_is_stored_is_what_was_signed_on_both_databases(app, clock, evening):
    volunteers(5, clock)
    row = bind_lots(evening.id, Wanted("volunteers", [{"name": "", "count": 2, "criteria": {}}]), call="c", clock=clock)
    number = draw_lots(row, words="x", clock=clock).number
    session().rollback()
    assert draw_with_number(number).state == DRAWN and check_draw(draw_with_number(number)) == []
