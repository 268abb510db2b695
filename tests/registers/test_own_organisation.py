"""A register kept office by office: a clerk meets the entries of the own organisation and no others, whichever way they ask."""
import io

import pytest
from openpyxl import load_workbook

from app.definitions import read_folder
from app.errors import AnswersInvalid, NotFound
from app.people import SYSTEM
from app.pools.counting import count_pool
from app.pools.participation import Deed, note_participation
from app.registers import RegisterEntry, editing, exchange, reading
from app.registers.loading import load_demo_registers
from app.store import session
from tests.support.builders import MONDAY, ROOT, actor, csrf_token, publish, sign_in

NOW = lambda: MONDAY  # noqa: E731
OFFICIAL = "pingshen-demo"


@pytest.fixture
def experts(app):
    publish(ROOT)
    load_demo_registers(read_folder(ROOT).procedure("title-review"), NOW)
    return editing.declared("title-review", "experts")


def one_of(experts):
    return session().query(RegisterEntry).filter_by(register="experts", retired_at=None).order_by(RegisterEntry.id).first()


@pytest.mark.both_stores
def test_a_list_has_the_entries_of_the_own_organisation_alone(experts):
    own, others, whole = (reading.list_entries(experts, reading.Filters(), actor=actor(who), clock=NOW)[0] for who in ("zhou", "zheng", "he"))
    assert own and others == [] and len(whole) == len(own)


def test_an_entry_of_another_organisation_is_not_there(experts, client):
    row = one_of(experts)
    sign_in(client, "zheng", OFFICIAL)
    base = f"/registers/title-review/experts/{row.id}"
    assert [client.get(address).status_code for address in (base, f"{base}/edit", f"/registers/title-review/experts/new?copy={row.id}")] == [404] * 3
    for deed in ("edit", "retire"):
        assert client.post(f"{base}/{deed}", data={"csrf_token": csrf_token(client), "reason": "试", "version": row.version}).status_code == 404
    assert session().get(RegisterEntry, row.id, populate_existing=True).retired_at is None
    assert row.name not in client.get("/registers/title-review/experts?state=all").text
    book = load_workbook(io.BytesIO(client.get("/registers/title-review/experts/export?state=all").data))
    assert row.name not in str([cell.value for sheet in book for line in sheet for cell in line])


def test_nobody_adds_to_or_takes_from_another_organisation(experts):
    row, zheng, zhou = one_of(experts), actor("zheng"), actor("zhou")
    with pytest.raises(NotFound):
        editing.change_entry(experts, row.id, {**row.data, "office": "org:office_med"}, actor=zheng, clock=NOW, reason="归我", version=row.version)
    with pytest.raises(NotFound):
        editing.retire_entry(experts, row.id, actor=zheng, clock=NOW, reason="停用", version=row.version)
    with pytest.raises(AnswersInvalid) as refused:
        editing.change_entry(experts, row.id, {**row.data, "office": "org:office_med"}, actor=zhou, clock=NOW, reason="给别人", version=row.version)
    assert "本单位" in refused.value.fields["office"]


def test_a_workbook_does_not_reach_entries_of_another_organisation(experts):
    row = one_of(experts)
    book = exchange.export(experts, reading.matching(experts, reading.Filters(), actor("zhou")), actor=actor("zhou"), clock=NOW)
    _added, changed, faults = exchange.import_entries(experts, book, "专家.xlsx", actor=actor("zheng"), clock=NOW, reason="导入")
    assert changed == 0 and faults and session().get(RegisterEntry, row.id, populate_existing=True).version == row.version


def test_what_people_took_part_in_is_shown_to_their_own_organisation(experts, client):
    row = one_of(experts)
    person = row.data["person"]["ref"]
    note_participation("title-review", "experts", [person], Deed("drawn", "某会", MONDAY, "call-1"))
    address = f"/pools/title-review/experts/participation/{person.partition(':')[2]}"
    for who, status in (("zhou", 200), ("he", 200), ("zheng", 404)):
        sign_in(client, who, OFFICIAL)
        assert client.get(address).status_code == status
        assert (row.data["person"]["name"] in client.get("/pools/title-review/experts/participation").text) is (status == 200)


def test_committees_are_read_by_their_own_office_and_by_the_bureau(experts, client):
    for who, seen in (("zheng", True), ("zhou", False), ("he", True)):
        sign_in(client, who, OFFICIAL)
        assert ("卫生系列" in client.get("/registers/title-review/committees").text) is seen
        assert ("卫生系列" in client.get("/registers/title-review/committees/periods?period=2026").text) is seen


@pytest.mark.parametrize("subject, number, until, drawn", [
    ("expert", "440301196906121039", "2029-01-01", False), ("expert", "44030119 6906121039 ", "2029-01-01", False),
    ("expert", "440301196906121039", "2026-01-31", True), ("applicant", "440301196906121039", "2029-01-01", True)])
def test_an_expert_in_the_honesty_records_is_not_drawn_until_the_last_day(experts, subject, number, until, drawn):
    honesty = editing.declared("title-review", "honesty")
    editing.add_entry(honesty, {"subject": subject, "name": "方国栋", "id_type": "111", "id_number": number, "category": "discipline", "reason": "泄露评审信息",
                                "source": "深人社〔2026〕1号", "decided_on": "2026-01-05", "barred": True, "bar_from": "2026-01-05", "bar_until": until}, actor=SYSTEM, clock=NOW)
    procedure = read_folder(ROOT).procedure("title-review")
    plan = count_pool(procedure, "experts", {}, [{"name": "", "count": 1, "criteria": {}}], {}, "2026-03-02", progress=lambda *_: None)
    found = next(one for one in plan["people"] if one["ref"] == "person:expert1")
    assert bool(found["seats"]) is drawn and ("诚信档案" in str(found["reasons"])) is not drawn
    assert "440301196906121039" not in str(plan) and "泄露评审信息" not in str(plan), "a record of a draw holds what decides and nothing else of anybody"
