"""The pages of pools: who sees a draw, what it says, the record for everybody, one's own entry; entries and roles given by cases."""
import io
import json

import openpyxl
import pytest

from app.connectors import Call, handler_of
from app.errors import RequestInvalid
from app.people import actor_of, Person
from app.pools import draw_with_number, lots
from app.registers.models import RegisterChange, RegisterEntry
from app.store import session, transaction
from tests.pools.procedures import change, publish, volunteers
from tests.support import builders


@pytest.fixture
def evening(app, clock):
    publish(clock=clock)
    builders.person("clerk", "clerk", name="馆员周", clock=clock)
    builders.person("other", "clerk", clock=clock)
    builders.person("v001", "helper", name="志愿者v001", clock=clock)
    builders.person("auditor", "auditor", clock=clock)
    builders.person("reader", "reader", clock=clock)
    volunteers(12, clock)
    change("v003", away=True)
    return builders.start_case("evening", builders.actor("clerk"), clock=clock)


def ask(topic, case, clock, call="call-1", **parameters):
    return handler_of(topic)(Call(call, case.id, case.number, parameters, clock))


@pytest.fixture
def draw(evening, clock):
    return ask("pool.draw", evening, clock, register="volunteers", count=4, words="春风", supervisor="沈明鉴")


def page(client, account, address):
    builders.sign_in(client, account)
    answer = client.get(address)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_draw_shows_how_it_came_about_and_is_done_again_on_demand(client, draw):
    status, text = page(client, "clerk", f"/draws/{draw['draw']}")
    assert status == 200 and "沈明鉴" in text and draw["commitment"] in text and "春风" in text and "外出 1" in text
    assert "验算一致" in client.get(f"/draws/{draw['draw']}?check=1").get_data(as_text=True)


@pytest.mark.tampers
def test_a_row_that_was_altered_says_what_differs(client, draw):
    with transaction():
        row = draw_with_number(draw["draw"])
        row.seats = [{**row.seats[0], "drawn": list(reversed(row.seats[0]["drawn"]))}]
    text = page(client, "clerk", f"/draws/{draw['draw']}?check=1")[1]
    assert "验算不一致" in text and "抽中人员" in text


def test_the_downloaded_record_can_be_checked_by_anybody(app, client, draw, tmp_path):
    builders.sign_in(client, "clerk")
    record = client.get(f"/draws/{draw['draw']}/record").get_data()
    assert lots.faults_of(json.loads(record)) == []
    file = tmp_path / "record.json"
    file.write_bytes(record)
    run = app.test_cli_runner().invoke(args=["verify-draw", str(file)])
    assert run.exit_code == 0 and "验算一致" in run.output
    assert app.test_cli_runner().invoke(args=["verify-draw", draw["draw"]]).exit_code == 0
    file.write_bytes(record.replace("春风".encode(), "秋雨".encode()))
    run = app.test_cli_runner().invoke(args=["verify-draw", str(file)])
    assert run.exit_code == 1 and "随机种子" in run.output


@pytest.mark.parametrize("account, status", [("clerk", 200), ("auditor", 200), ("other", 404), ("v001", 404), ("reader", 404)])
def test_names_are_shown_to_who_keeps_the_pool_and_has_the_case_or_audits(client, draw, account, status):
    assert page(client, account, f"/draws/{draw['draw']}")[0] == status
    assert client.get(f"/draws/{draw['draw']}/record").status_code == status


def test_a_prepared_draw_shows_the_commitment_and_no_secret(client, evening, clock):
    bound = ask("pool.prepare", evening, clock, register="volunteers", count=4)
    text = page(client, "clerk", f"/draws/{bound['draw']}")[1]
    row = draw_with_number(bound["draw"])
    assert bound["commitment"] in text and row.secret not in text and "还没有抽取" in text
    assert client.get(f"/draws/{bound['draw']}/record").status_code == 404


def test_while_the_pool_is_counted_the_page_says_how_far(client, draw):
    with transaction():
        row = draw_with_number(draw["draw"])
        row.state, row.looked_at, row.pool, row.plan = "counting", 4000, 20000, None
    assert "已核对 4000／20000 人" in page(client, "clerk", f"/draws/{draw['draw']}")[1]


def test_draws_are_listed_for_who_may_see_them(client, draw):
    assert draw["draw"] in page(client, "clerk", "/pools/library/volunteers/draws")[1]
    assert draw["draw"] not in page(client, "other", "/pools/library/volunteers/draws")[1]
    assert page(client, "reader", "/pools/library/volunteers/draws")[0] == 404
    assert page(client, "clerk", "/pools/library/misdeeds/draws")[0] == 404


def test_what_people_took_part_in_is_counted_once_and_goes_to_excel(client, evening, clock):
    for _again in range(2):
        ask("pool.record", evening, clock, call="r1", register="volunteers", people=["person:v001", {"ref": "person:v002"}], kind="invited", sitting="S1")
    ask("pool.record", evening, clock, call="r2", register="volunteers", people=["person:v001"], kind="declined", note="出差")
    text = page(client, "clerk", "/pools/library/volunteers/participation")[1]
    assert text.count("志愿者v001") == 1 and "答复不参加" in text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/pools/library/volunteers/participation/excel").get_data()))
    rows = list(book.active.iter_rows(values_only=True))
    first = next(row for row in rows if row[0] == "志愿者v001")
    assert first[2:5] == (1, 0, 1)
    assert "出差" in client.get("/pools/library/volunteers/participation/v001").get_data(as_text=True)


def test_somebody_of_the_pool_sees_their_own_entry_and_record_and_nobody_elses(client, evening, clock):
    ask("pool.record", evening, clock, register="volunteers", people=["person:v001", "person:v002"], kind="attended", note="东馆之夜")
    text = page(client, "v001", "/pools/mine")[1]
    assert "我的志愿信息" in text and "志愿者v001" in text and "到会" in text and "志愿者v002" not in text
    assert client.get("/pools/library/volunteers/participation").status_code == 404
    assert "人员库中没有您的信息" in page(client, "reader", "/pools/mine")[1]


def test_a_case_puts_an_entry_once_changes_it_and_retires_it_with_its_number_as_the_reason(evening, clock):
    builders.person("new", "helper", name="新人", clock=clock)
    values = {"person": "person:new", "branch": "东馆"}
    first = ask("register.put", evening, clock, call="p", register="volunteers", values=values)
    assert first["fault"] == "" and ask("register.put", evening, clock, call="p", register="volunteers", values=values) == first
    ask("register.put", evening, clock, call="p2", register="volunteers", values={"branch": "西馆"}, key=first["key"])
    assert ask("register.retire", evening, clock, register="volunteers", key=first["key"], reason="离开") == {"retired": True}
    assert ask("register.retire", evening, clock, register="volunteers", key="none") == {"retired": False}
    row = session().query(RegisterEntry).filter_by(key=first["key"]).one()
    kinds = [(one.kind, one.reason) for one in session().query(RegisterChange).filter_by(entry_id=row.id).order_by(RegisterChange.id)]
    assert [kind for kind, _ in kinds] == ["added", "changed", "retired"] and all(evening.number in reason for _, reason in kinds) and "离开" in kinds[-1][1]
    assert row.data["branch"] == "西馆" and row.retired_at


def test_values_that_do_not_fit_are_an_answer_in_words(evening, clock):
    found = ask("register.put", evening, clock, register="volunteers", values={"branch": "东馆"})
    assert found["key"] == "" and "姓名" in found["fault"]


def test_a_role_without_an_organisation_can_be_given_and_taken(evening, clock):
    def held():
        return {role for role, _ in actor_of(session().get(Person, "reader")).roles}

    ask("role.give", evening, clock, person="person:reader", role="helper")
    assert held() == {"reader", "helper"}
    ask("role.take", evening, clock, person={"ref": "person:reader"}, role="helper")
    assert held() == {"reader"}
    with pytest.raises(RequestInvalid):
        ask("role.give", evening, clock, person="person:reader", role="administrator")
