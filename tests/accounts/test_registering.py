"""Registering a person and an organisation, as they do it: page, sum, mail, code (S1-029 … S1-031, D-20)."""
import re
from datetime import timedelta

import pytest

from app import people
from app.errors import AccountThere, CodeRefused, RegistrationRefused
from app.people import memberships, registering
from app.people.registered import Letter
from app.store import session, transaction
from tests.accounts.conftest import UNIT_CODE, fill, handle_in, mailed_code, mailed_to, registration, unit_registration
from tests.support.builders import actor, answered, csrf_token, sign_in


def made(clock, values=None, **roles):
    verb = registering.ask_to_register_organisation if "organisation" in (values or {}) else registering.ask_to_register
    handle = verb(values or registration(), clock)
    return registering.finish_registration(
        handle, mailed_code(), person_roles=("member",), admin_roles=("boss", "hand"), kind="employer", clock=clock)


def test_somebody_registers_by_the_pages_and_may_start_what_registered_people_start(world, client):
    page = fill(client, "/register", registration())
    assert page.status_code == 200 and "验证码已发送" in page.text and mailed_to() == "gaoyun@example.cn"
    done = client.post("/register/code", data={"handle": handle_in(page.text), "code": mailed_code(), "csrf_token": csrf_token(client)})
    assert done.status_code == 303
    assert sign_in(client, "gaoyun1", "spring2026x").status_code == 303
    assert {role for role, _where in actor("gaoyun1").roles} == {"applicant"}
    profile = people.profile_of("gaoyun1")
    assert (profile.id_number, profile.birth_date, profile.sex, profile.verified) == ("440304198703150022", "1987-03-15", "2", True)


def test_nothing_is_made_before_the_mail_address_answered(app, clock):
    handle = registering.ask_to_register(registration(), clock)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeRefused) as refused:
            registering.finish_registration(handle, "000000x", person_roles=(), admin_roles=(), kind="", clock=clock)
        assert refused.value.left == left
    with pytest.raises(CodeRefused, match="重新获取"):
        registering.finish_registration(handle, mailed_code(), person_roles=(), admin_roles=(), kind="", clock=clock)
    assert people.party_of("person:gaoyun1") is None


def test_a_code_is_good_for_a_quarter_of_an_hour_and_once(app, clock):
    handle = registering.ask_to_register(registration(), clock)
    clock.move_to(clock() + timedelta(minutes=15))
    with pytest.raises(CodeRefused, match="过期"):
        registering.finish_registration(handle, mailed_code(), person_roles=(), admin_roles=(), kind="", clock=clock)


def test_another_code_is_sent_without_typing_everything_again(app, client, clock):
    page = fill(client, "/register", registration())
    form = {"handle": handle_in(page.text), "csrf_token": csrf_token(client)}
    first = mailed_code()
    clock.move_to(clock() + timedelta(minutes=20))
    assert client.post("/register/code", data=form | {"resend": "yes"}).status_code == 200
    if mailed_code() != first:
        assert client.post("/register/code", data=form | {"code": first}).status_code == 422
    assert client.post("/register/code", data=form | {"code": mailed_code()}).status_code == 303
    for _ in range(4):
        again = client.post("/register/code", data=form | {"resend": "yes"})
    assert again.status_code == 422


@pytest.mark.parametrize("changes,field,says", [
    ({"id_number": "360111198808080088"}, "id_number", "校验位"), ({"name": "王\ue000"}, "name", "自造字"), ({"account": "short"}, "account", "6 至 14"),
    ({"password": "onlyletters", "again": "onlyletters"}, "password", "字母和数字"), ({"again": "other"}, "again", "不一致"),
    ({"password": "gaoyun12026", "again": "gaoyun12026"}, "password", "用户名"), ({"agreed": ""}, "agreed", "告知"), ({"phone": "12"}, "phone", "11 位"),
])
def test_each_wrong_entry_is_named_beside_its_field(app, clock, changes, field, says):
    with pytest.raises(RegistrationRefused) as refused:
        registering.ask_to_register(registration(**changes), clock)
    assert says in refused.value.fields[field]


def test_what_was_typed_is_still_there_after_a_refusal_but_no_password(app, client):
    page = fill(client, "/register", registration(phone="12"))
    assert page.status_code == 422 and 'value="高云"' in page.text and "spring2026x" not in page.text


def test_without_a_proof_nobody_registers_and_each_proof_counts_once(app, client):
    page = client.get("/register").text
    proof, token = answered(page), csrf_token(client)
    bare = client.post("/register", data=registration() | {"csrf_token": token})
    assert bare.status_code == 422 and "人机验证" in bare.text
    assert client.post("/register", data=registration(phone="12") | proof | {"csrf_token": token}).status_code == 422
    again = client.post("/register", data=registration() | proof | {"csrf_token": token})
    assert again.status_code == 422 and "人机验证" in again.text


@pytest.mark.both_stores
def test_the_same_person_is_led_to_the_account_there_is_and_another_name_is_refused(app, clock):
    made(clock)
    with pytest.raises(AccountThere) as there:
        registering.ask_to_register(registration(account="second1"), clock)
    assert "ga***1" in there.value.message
    with pytest.raises(RegistrationRefused) as refused:
        registering.ask_to_register(registration(account="second1", name="高大云"), clock)
    assert "服务电话" in refused.value.fields["id_number"]


@pytest.mark.both_stores
def test_an_organisation_registers_with_one_administrator(app, clock):
    person = made(clock, unit_registration())
    place = registering.organisation_with_code(UNIT_CODE)
    found = actor(person.id)
    assert place.kind == "employer" and found.organisation["name"] == "福建某某研究院有限公司"
    assert {role for role, _where in found.roles} == {"boss", "hand"}
    assert people.is_admin_of(found, place.id) and "rights" in people.menus_of(found)
    with pytest.raises(RegistrationRefused) as refused:
        registering.ask_to_register_organisation(
            unit_registration() | {"id_number": "11010519491231002X", "account": "another1"}, clock)
    assert "更换管理员" in refused.value.fields["organisation_code"]


def test_whoever_has_an_account_registers_an_organisation_with_it(app, clock):
    person = made(clock)
    place = registering.take_organisation(unit_registration(), roles=("boss",), kind="employer", actor=actor(person.id), clock=clock)
    assert memberships.administrator_of(place).id == "gaoyun1"
    assert actor("gaoyun1").roles == {("member", ""), ("boss", place)}


def test_two_who_register_the_same_document_at_once_get_one_account(app, clock):
    first, second = (registering.ask_to_register(registration(account=name), clock) for name in ("gaoyun1", "gaoyun2"))
    registering.finish_registration(second, mailed_code(), person_roles=(), admin_roles=(), kind="", clock=clock)
    code = session().query(Letter).order_by(Letter.id).first().text
    with pytest.raises(CodeRefused, match="刚刚被注册"):
        registering.finish_registration(first, re.search(r"\d{6}", code)[0], person_roles=(), admin_roles=(), kind="", clock=clock)


def test_an_organisation_that_people_work_for_is_not_taken_by_typing_its_code(world, clock):
    with transaction() as store:
        office = store.get(people.Organisation, "office_eng")
        office.code, office.name = UNIT_CODE, "福建某某研究院有限公司"
    with pytest.raises(RegistrationRefused) as refused:
        registering.take_organisation(unit_registration(), roles=("boss",), kind="employer", actor=actor("li"), clock=clock)
    assert "更换管理员" in refused.value.fields["organisation_code"] and memberships.administrator_of("office_eng") is None


def test_a_mailbox_is_not_flooded_with_codes(app, clock):
    for _ in range(5):
        registering.ask_to_register(registration(), clock)
    with pytest.raises(RegistrationRefused) as refused:
        registering.ask_to_register(registration(email="GaoYun@example.cn"), clock)
    assert "验证码过多" in refused.value.fields["email"]
    clock.move_to(clock() + timedelta(minutes=61))
    registering.ask_to_register(registration(), clock)
