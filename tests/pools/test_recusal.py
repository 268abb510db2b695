"""Who steps aside from which case: by relation, by their own declaration, with findings set aside for a reason."""
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.connectors import Call, handler_of
from app.pools.recusal import Asked, panel_of
from app.operations import releases
from tests.pools.procedures import change, publish, volunteers
from tests.support import builders

BRANCHES = ["", "东馆", "西馆", "南馆"]


@pytest.fixture
def library(app, clock):
    publish(clock=clock)
    builders.person("clerk", "clerk", clock=clock)
    for key in ("v001", "v002", "v003", "v004"):
        builders.person(key, "helper", "reader", name=f"志愿者{key}", clock=clock)
    volunteers(4, clock)
    return builders.start_case("evening", builders.actor("clerk"), clock=clock)


def story(by, clock, **answers):
    if by not in ("v001", "v002", "v003", "v004"):
        builders.person(by, "reader", clock=clock)
    return builders.start_case("story", builders.actor(by), clock=clock, answers=answers).number


def panel(case, clock, **parameters):
    people = [f"person:v{n:03d}" for n in (1, 2, 3, 4)]
    call = Call("panel", case.id, case.number, {"register": "volunteers", "people": people, **parameters}, clock)
    return handler_of("pool.panel")(call)


def who(found):
    return [one["ref"][-1] for one in found]


def test_each_relation_is_found_with_its_reason(library, clock):
    change("v001", branch="东馆")
    change("v002", branch="西馆", former=[{"unit": "东馆"}])
    number = story("v003", clock, branch="东馆", thanks="感谢志愿者v004的指点")
    found = panel(library, clock, cases=[number])["each"][number]
    assert who(found["experts"]) == [] and {one["ref"][-1]: one["reason"] for one in found["recused"]} == {
        "1": "同一分馆", "2": "同一分馆", "3": "本人的故事", "4": "被致谢"}


def test_what_somebody_declares_stands_and_a_finding_can_be_set_aside_with_a_reason_only(library, clock):
    change("v001", branch="东馆")
    number = story("reader", clock, branch="东馆")
    aside = [{"ref": "person:v001", "case": number, "reason": "同名，不是同一分馆"}, {"ref": "person:v002", "case": number, "reason": "不同意回避"}]
    found = panel(library, clock, cases=[number], declared=[{"ref": "person:v002", "cases": [number], "reason": "师生"}], overrides=aside)["each"][number]
    assert who(found["experts"]) == ["1", "3", "4"]
    assert found["recused"] == [{"ref": "person:v002", "name": "志愿者v002", "reason": "本人申请回避：师生"}]
    assert found["overridden"] == [{"ref": "person:v001", "name": "志愿者v001", "reason": "同名，不是同一分馆", "finding": "同一分馆"}]
    silent = panel(library, clock, cases=[number], overrides=[{"ref": "person:v001", "case": number, "reason": " "}])["each"][number]
    assert "1" not in who(silent["experts"])


def test_a_group_judges_its_own_cases_and_short_ones_are_named(library, clock):
    change("v001", branch="东馆")
    one, two = story("a", clock, branch="东馆"), story("b", clock, branch="西馆")
    groups = [{"name": "一组", "experts": ["person:v001", {"ref": "person:v002"}], "cases": [one]}]
    found = panel(library, clock, cases=[one, two], groups=groups, minimum=2)
    assert who(found["each"][one]["experts"]) == ["2"] and who(found["each"][two]["experts"]) == ["1", "2", "3", "4"]
    assert found["short"] == [one]


def test_who_left_the_pool_meanwhile_is_still_kept_from_their_own_case(library, clock):
    from app.registers.models import RegisterEntry
    from app.store import transaction

    number = story("v001", clock, branch="东馆")
    with transaction() as store:
        store.query(RegisterEntry).filter_by(key="volunteers-v001").one().retired_at = clock()
    assert who(panel(library, clock, cases=[number])["each"][number]["recused"]) == ["1"]


def test_a_case_that_does_not_exist_is_left_out(library, clock):
    assert panel(library, clock, cases=["0092026030299999999"]) == {"each": {}, "short": [], "findings": []}


@pytest.fixture
def stories(library, clock):
    return [story(f"writer{n}", clock, **({"branch": branch} if branch else {})) for n, branch in enumerate(BRANCHES)]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_panel_agrees_with_a_plain_model(library, stories, data):
    own = {n: data.draw(st.sampled_from(BRANCHES)) for n in (1, 2, 3, 4)}
    former = {n: data.draw(st.lists(st.sampled_from(BRANCHES[1:]), max_size=2)) for n in own}
    pair = st.tuples(st.sampled_from([1, 2, 3, 4]), st.integers(0, 3))
    declared, aside = data.draw(st.sets(pair, max_size=4)), data.draw(st.sets(pair, max_size=4))
    for n in own:
        change(f"v{n:03d}", branch=own[n] or None, former=[{"unit": unit} for unit in former[n]])
    found = panel_of(releases.procedure_of(library.release), Asked(
        "volunteers", [f"person:v{n:03d}" for n in own], stories, declared=[{"ref": f"person:v{n:03d}", "cases": [stories[at]]} for n, at in declared],
        overrides=[{"ref": f"person:v{n:03d}", "case": stories[at], "reason": "查明"} for n, at in aside]))["each"]
    for at, branch in enumerate(BRANCHES):
        related = {n for n in own if branch and (own[n] == branch or branch in former[n])}
        out = {n for n in own if (n, at) in declared or (n in related and (n, at) not in aside)}
        assert {int(one["ref"][-1]) for one in found[stories[at]]["recused"]} == out
        assert {int(one["ref"][-1]) for one in found[stories[at]]["experts"]} == set(own) - out
