"""What the service's administrator does with accounts: find, unlock, disable, correct; all of it in the journal (D-21, D-120)."""
import pytest

from app import people
from app.errors import AccountLocked, SignInRefused
from app.people import overview
from tests.support.builders import actor, csrf_token, sign_in

DEMO = "pingshen-demo"


@pytest.fixture
def office(world, client):
    sign_in(client, "admin", DEMO)
    return lambda path, **data: client.post(path, data=data | {"csrf_token": csrf_token(client)})


def test_people_are_found_by_name_user_name_and_document(office, client):
    for word in ("韩梅梅", "han", "440304199003080267"):
        assert "/people/han" in client.get("/people", query_string={"q": word}).text
    assert "没有找到" in client.get("/people?q=nobody-at-all").text
    assert "艾克米" in client.get("/people?tab=organisations&q=D2143569-X").text


def test_a_locked_account_is_unlocked(office, client, clock):
    for _ in range(5):
        with pytest.raises((SignInRefused, AccountLocked)):
            people.sign_in("li", "wrong", clock)
    assert "密码锁定至" in client.get("/people/li").text
    assert office("/people/li/acts/unlock").status_code == 303
    assert people.sign_in("li", DEMO, clock)[0].id == "li"


def test_a_disabled_account_is_out_at_once_and_may_come_back(office, clock):
    _person, secret = people.sign_in("li", DEMO, clock)
    office("/people/li/acts/disable")
    assert people.signed_in(secret, clock) is None
    office("/people/li/acts/enable")
    assert people.sign_in("li", DEMO, clock)[0].id == "li"


def test_nobody_disables_themselves(office, client):
    office("/people/admin/acts/disable")
    assert "另一位系统管理员" in client.get("/people/admin").text


def test_all_sign_ins_are_ended(office, clock):
    _person, secret = people.sign_in("li", DEMO, clock)
    office("/people/li/acts/sign_ins")
    assert people.signed_in(secret, clock) is None


def test_a_new_password_is_shown_once_and_must_be_changed(office, clock):
    assert "首次密码" in office("/people/li/password").text
    assert actor("li").must_change


def test_a_name_is_corrected_after_proof_and_the_old_one_stays_in_the_journal(office, client, clock):
    form = {"name": "李蕾", "id_type": "111", "id_number": "440305198806140018"}
    assert "更正依据" in office("/people/li/identity", **form).text
    assert office("/people/li/identity", **form, reason="公安机关更名证明 2026-1 号").status_code == 303
    assert actor("li").name == "李蕾"
    newest = next(row for row in overview.account_of("li", clock).journal if row.kind == "identity-corrected")
    assert newest.details["before"]["name"] == "李雷" and newest.actor_id == "admin"
    assert "原姓名 李雷" in client.get("/people/li").text


def test_a_document_of_another_account_is_not_given_twice(office):
    answer = office("/people/li/identity", name="李雷", id_type="111", id_number="440304199003080267", reason="x")
    assert answer.status_code == 422 and "属于账号 han" in answer.text


def test_nobody_else_opens_the_place(world, client):
    sign_in(client, "auditor", DEMO)
    assert client.get("/people").status_code == 403
