"""The user centres of a person and of a unit as the manual shows them: menus, own details, after submitting, applying again."""
from __future__ import annotations

import re

import pytest

from app import people
from app.operations import reading
from app.store import session
from app.store.models import Draft
from tests.support.builders import ROOT, actor, csrf_token, open_task, publish, sign_in
from tests.whole.walks import Walk

REJECTED = ROOT / "processes" / "title-review" / "scenarios" / "employer_rejects.yml"
DEMO = "pingshen-demo"


@pytest.fixture
def procedure(app, clock):
    publish(ROOT, clock=clock)


def menu(client) -> list[str]:
    """What the menu behind one's name offers."""
    panel = client.get("/").text.split('class="me-panel"')[1].split("</details>")[0]
    return re.findall(r"</svg>([^<]+)</a>", panel)


def test_a_person_is_greeted_with_the_sign_in_before_and_finds_their_places(procedure, client, clock):
    """S1-135, S1-149."""
    people.sign_in("li", DEMO, clock, address="120.24.33.7")
    clock.move_to(clock().replace(hour=10))
    sign_in(client, "li", DEMO)
    home = client.get("/").text
    assert "欢迎您，李雷" in home and "2026年3月2日" in home and "上次登录" in home and "120.24.*.*" in home
    assert set(menu(client)) >= {"首页", "我的事项", "个人信息", "账户管理", "支付订单", "修改密码"} and "人员管理" not in menu(client)


@pytest.mark.parametrize("who, places, closed", [
    ("sun", {"首页", "单位信息", "单位事项", "人员管理", "权限管理", "集体缴费"}, set()), ("chen", {"单位信息", "单位事项", "人员管理"}, {"权限管理"})])
def test_whoever_acts_for_a_unit_finds_its_places_as_far_as_they_are_given(procedure, client, who, places, closed):
    """S1-034, S1-037, S1-155."""
    sign_in(client, who, DEMO)
    found = set(menu(client))
    assert found >= places and not found & closed


def test_a_new_form_knows_who_one_is_and_fetches_the_insured_unit_by_itself(procedure, client, clock):
    """S1-052, S1-055 … S1-058, S1-061, S1-062, S1-064, X-01."""
    case = Walk(REJECTED, clock).start().case()
    sign_in(client, "li", DEMO)
    page = client.get(f"/tasks/{open_task(case).id}?part=basic").text
    for value in ("李雷", "440305198806140018", "1988-06-14", "13800138000", "lilei@example.cn"):
        assert f'value="{value}"' in page, value
    assert 'hx-trigger="load"' in page and 'value="look-up:insured_source"' in page


def test_after_submitting_the_way_of_the_application_is_drawn(procedure, client, clock):
    """S1-129."""
    walk = Walk(REJECTED, clock).start()
    walk.walk(until=lambda command: command.element == "employer_review")
    sign_in(client, "li", DEMO)
    page = client.get(f"/cases/{walk.case().id}?sent=1").text
    assert "提交成功" in page and walk.case().number in page and "diagram.bpmn" in page
    assert "现在到了哪里" in page and "单位审核" in page and "暂无数据" in page


def test_the_name_in_ones_own_list_is_masked(procedure, client, clock):
    """S1-141."""
    Walk(REJECTED, clock).start()
    sign_in(client, "li", DEMO)
    cell = re.search(r'data-label="申请人">([^<]+)<', client.get("/my").text)[1]
    assert cell == "*雷"


def test_ones_own_details_are_seen_and_the_phone_is_changed(procedure, client):
    """S0-026."""
    sign_in(client, "li", DEMO)
    page = client.get("/me").text
    assert "李雷" in page and "440305198806140018" not in page and "0018" in page and "13800138000" in page
    wrong = client.post("/me/phone", data={"phone": "12", "csrf_token": csrf_token(client)})
    assert wrong.status_code == 422 and 'value="12"' in wrong.text
    assert client.post("/me/phone", data={"phone": "13900139000", "csrf_token": csrf_token(client)}).status_code == 303
    assert people.profile_of("li").phone == "13900139000"


def test_an_ended_application_is_begun_again_with_a_new_commitment_and_without_its_files(procedure, client, clock):
    """D-55."""
    walk = Walk(REJECTED, clock).start()
    walk.walk()
    old = walk.case()
    sign_in(client, "li", DEMO)
    assert f"again={old.id}" in client.get("/my?tab=done").text
    form = {"csrf_token": csrf_token(client), "key": "k1", "again": str(old.id)}
    assert client.post("/start/title-review", data=form).status_code == 422, "the commitment is given anew"
    assert client.post("/start/title-review", data=form | {"agreed": ["agreed"]}).status_code == 303
    draft = session().query(Draft).one().data
    assert draft["work_unit"] and draft["education"] and draft["requested"]
    assert not {"photo", "commitment_signed", "education_proof", "title_proof"} & set(draft)
    assert reading.count_tabs(actor("li"))["draft"] == 1


def test_nobody_begins_again_from_the_case_of_another_or_from_one_that_is_not_over(procedure, client, clock):
    walk = Walk(REJECTED, clock).start()
    form = {"key": "k2", "again": str(walk.case().id), "agreed": ["agreed"]}
    for who in ("li", "han"):
        sign_in(client, who, DEMO)
        assert client.post("/start/title-review", data=form | {"csrf_token": csrf_token(client)}).status_code == 404
        client.post("/sign-out", data={"csrf_token": csrf_token(client)})
