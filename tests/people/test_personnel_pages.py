"""人员管理 and 单位信息 as an employer's people use them in the browser."""
import io

import pytest

from app.people import personnel, personnel_imports as imports
from app.sheets import write_book
from app.store import session, transaction
from app.store.models import CaseParty
from tests.people.test_personnel import number
from tests.support.builders import actor, csrf_token, organisation, person, publish, sign_in, start_case


@pytest.fixture
def sun(app, client):
    organisation("acme", "甲公司", code="91440300MA5EXAMPLE")
    organisation("bay", "乙公司")
    made = person("sun", "clerk@acme", "clerk@bay", name="孙敏")
    sign_in(client, "sun")
    return made


def post(client, to, /, **values):
    return client.post(to, data={"csrf_token": csrf_token(client)} | values, content_type="multipart/form-data")


def put_in(sun, clock, n=1, name="李雷", unit="acme"):
    return personnel.list_person(unit, name=name, document="", number=number(n), actor=sun, clock=clock)


def test_the_list_masks_numbers_and_follows_the_chosen_organisation(client, sun, clock):
    put_in(sun, clock)
    put_in(sun, clock, 2, "韩梅梅", "bay")
    page = client.get("/personnel").text
    assert "李雷" in page and "韩梅梅" not in page and number(1) not in page and number(1)[-4:] in page and "孙敏" in page
    post(client, "/organisation", organisation="bay")
    page = client.get("/personnel").text
    assert "韩梅梅" in page and "李雷" not in page


def test_the_search_is_in_the_address_and_an_empty_answer_says_so(client, sun, clock):
    put_in(sun, clock)
    assert "李雷" in client.get(f"/personnel?number={number(1)}").text
    assert "没有找到符合条件的人员" in client.get("/personnel?name=王").text


def test_a_wrong_number_is_told_at_its_field_and_nothing_typed_is_lost(client, sun):
    page = post(client, "/personnel/new", name="李雷", document="111", number="440301198001010000")
    assert page.status_code == 422
    assert "校验位不对" in page.text and 'value="李雷"' in page.text and 'value="440301198001010000"' in page.text
    assert personnel.count_personnel("acme") == 0


def test_adding_leads_back_to_the_list(client, sun):
    answer = post(client, "/personnel/new", name="李雷", document="111", number=number(1))
    assert answer.location == "/personnel" and "已添加李雷" in client.get("/personnel").text


def test_a_file_is_shown_line_by_line_and_confirmed_on_its_own(client, sun):
    good = write_book("x", imports.COLUMNS, [["李雷", "", number(1)], ["韩梅梅", "", number(2)]])
    assert post(client, "/personnel/import", file=(io.BytesIO(good), "人员.xlsx")).location == "/personnel/import"
    page = client.get("/personnel/import").text
    assert "导入 2 人" in page and personnel.count_personnel("acme") == 0
    post(client, "/personnel/import/confirmation", stamp=imports.preview_of("acme", "sun").stamp)
    assert "已导入 2 人" in client.get("/personnel").text and personnel.count_personnel("acme") == 2


def test_a_file_with_a_wrong_line_offers_no_confirmation(client, sun):
    bad = write_book("x", imports.COLUMNS, [["李雷", "", number(1)], ["", "", number(2)]])
    post(client, "/personnel/import", file=(io.BytesIO(bad), "人员.xlsx"))
    page = client.get("/personnel/import").text
    assert "请填写姓名" in page and "/import/confirmation" not in page
    assert post(client, "/personnel/import/confirmation", stamp=imports.preview_of("acme", "sun").stamp).status_code == 422
    post(client, "/personnel/import/removal")
    assert imports.preview_of("acme", "sun") is None


@pytest.mark.parametrize("data, name", [(b"", "空.xlsx"), (b"PK\x03\x04rubbish", "坏.xlsx"), (b"%PDF-1.7", "纸.pdf")])
def test_what_is_no_table_is_refused_with_what_to_do(client, sun, data, name):
    answer = post(client, "/personnel/import", file=(io.BytesIO(data), name))
    assert answer.status_code == 422 and "没有导入" in answer.text


def test_without_a_file_the_page_asks_for_one(client, sun):
    assert "请先选择文件" in post(client, "/personnel/import").text


def test_a_refused_file_does_not_push_out_the_one_read_before(client, sun):
    good = write_book("x", imports.COLUMNS, [["李雷", "", number(1)]])
    post(client, "/personnel/import", file=(io.BytesIO(good), "人员.xlsx"))
    assert "导入 1 人" in post(client, "/personnel/import", file=(io.BytesIO(b"no"), "x.txt")).text


def test_removing_somebody_with_an_open_case_warns_and_leaves_the_case(client, app, clock):
    publish()
    person("librarian_wu", "librarian@city_library")
    librarian, case = actor("librarian_wu"), start_case()
    row = personnel.list_person("city_library", name=case.starter_name, document="", number=number(1), actor=librarian, clock=clock)
    sign_in(client, "librarian_wu")
    page = client.get(f"/personnel/{row.id}/removal").text
    assert "没有办结" not in page  # the case does not concern this library yet
    with transaction():
        session().add(CaseParty(case_id=case.id, name="library", ref="org:city_library"))
    before = case.head
    page = client.get(f"/personnel/{row.id}/removal").text
    assert "1 个事项没有办结" in page and case.number[11:] in page
    post(client, f"/personnel/{row.id}/removal")
    session().refresh(case)
    assert case.head == before and case.ended_at is None and personnel.count_personnel("city_library") == 0


def test_nobody_removes_from_the_list_of_another_unit(client, sun, clock):
    row = put_in(sun, clock, unit="bay")
    assert client.get(f"/personnel/{row.id}/removal").status_code == 404
    assert post(client, f"/personnel/{row.id}/removal").status_code == 404


def test_the_template_is_an_excel_file(client, sun):
    answer = client.get("/personnel/template")
    assert answer.data[:2] == b"PK" and "attachment" in answer.headers["Content-Disposition"]


def test_a_unit_corrects_its_own_data_and_the_journal_says_who(client, sun):
    answer = post(client, "/unit", address="深圳市福田区", contact="孙敏", phone="0755-12345678", postcode="518000", code="x")
    assert answer.location == "/unit"
    page = client.get("/unit").text
    assert 'value="深圳市福田区"' in page and "91440300MA5EXAMPLE" in page and "修改单位信息" in page


def test_wrong_data_of_a_unit_is_told_at_its_field_and_kept_as_typed(client, sun):
    answer = post(client, "/unit", address="深圳", contact="", phone="123", postcode="51800")
    assert answer.status_code == 422 and 'value="51800"' in answer.text and "6 位数字" in answer.text
    assert 'value="518000"' not in client.get("/unit").text


def test_somebody_on_their_own_has_no_unit_pages(client, app):
    person("li")
    sign_in(client, "li")
    assert client.get("/unit").status_code == client.get("/personnel").status_code == 403
