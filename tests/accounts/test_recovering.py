"""Forgotten names and passwords, and the second way in while somebody attacks the account (J-07, J-08)."""
import re

import pytest

from app import people
from app.errors import AccountLocked, CodeRefused, RequestInvalid, SignInRefused
from app.people import own_account, registering
from tests.accounts.conftest import fill, handle_in, mailed_code, mailed_to
from tests.support.builders import actor, csrf_token, sign_in

DEMO = "pingshen-demo"
NUMBER = "440305198806140018"


def test_a_forgotten_user_name_is_shown_masked_and_sent_whole(world, client):
    page = fill(client, "/recover/name", {"name": "李雷", "id_type": "111", "id_number": NUMBER})
    assert "li***i" in page.text and mailed_to() == "lilei@example.cn"


def test_a_document_with_another_name_finds_nobody(world, client):
    page = fill(client, "/recover/name", {"name": "李磊", "id_type": "111", "id_number": NUMBER})
    assert "没有找到" in page.text


def test_a_forgotten_password_is_set_with_the_code_from_the_mail(world, client):
    page = fill(client, "/recover/password", {"account": "li", "id_number": NUMBER})
    form = {"handle": handle_in(page.text), "code": mailed_code(), "csrf_token": csrf_token(client)}
    weak = client.post("/recover/password/code", data=form | {"password": "weak", "again": "weak"})
    assert weak.status_code == 422 and "8 至 64" in weak.text
    assert client.post("/recover/password/code", data=form | {"password": "autumn2026x", "again": "autumn2026x"}).status_code == 303
    assert sign_in(client, "li", "autumn2026x").status_code == 303


def test_an_unknown_name_reads_the_same_and_gets_no_mail(world, client, clock):
    known = fill(client, "/recover/password", {"account": "li", "id_number": NUMBER})
    unknown = fill(client, "/recover/password", {"account": "nobody", "id_number": NUMBER})
    assert words_of(known) == words_of(unknown) and mailed_to() == ""
    handle = registering.send_account_code("password", "nobody", clock)
    with pytest.raises(CodeRefused):
        registering.set_password_with_code(handle, mailed_code(), "autumn2026x", "autumn2026x", clock)


def words_of(page) -> str:
    """What a person reads on a page."""
    return re.sub(r"<[^>]*>", "", page.text.split("<main")[1])


def attacked(clock, times=5):
    for _ in range(times):
        with pytest.raises((SignInRefused, AccountLocked)):
            people.sign_in("li", "wrong", clock)


@pytest.mark.both_stores
def test_the_victim_of_an_attack_still_gets_in_with_a_code_and_the_password(world, clock):
    attacked(clock)
    with pytest.raises(AccountLocked):
        people.sign_in("li", DEMO, clock)
    handle = registering.send_account_code("sign-in", "li", clock)
    person, _secret = people.sign_in_with_code("li", DEMO, handle, mailed_code(), clock)
    assert person.id == "li"
    with pytest.raises(AccountLocked):
        people.sign_in("li", DEMO, clock)  # the lock itself stays as it is


def test_a_code_alone_does_not_sign_in_and_not_for_another_account(world, clock):
    handle = registering.send_account_code("sign-in", "li", clock)
    with pytest.raises(CodeRefused):
        people.sign_in_with_code("li", "wrong", handle, mailed_code(), clock)
    handle = registering.send_account_code("sign-in", "li", clock)
    with pytest.raises(CodeRefused):
        people.sign_in_with_code("han", DEMO, handle, mailed_code(), clock)


def test_the_second_way_goes_by_the_pages(world, client, clock):
    attacked(clock)
    page = fill(client, "/sign-in/code", {"account": "li"})
    answer = client.post("/sign-in/code/enter", data={
        "handle": handle_in(page.text), "account": "li", "password": DEMO, "code": mailed_code(), "csrf_token": csrf_token(client)})
    assert answer.status_code == 303 and client.get("/api/v1/me").json["id"] == "li"


def test_the_third_sign_in_after_two_wrong_ones_needs_a_proof_and_is_not_counted_without(world, client):
    for left in ("4", "3"):
        token = csrf_token(client)
        assert f"还可尝试{left}次" in client.post("/sign-in", data={"account": "li", "password": "wrong", "csrf_token": token}).text
    bare = client.post("/sign-in", data={"account": "li", "password": DEMO, "csrf_token": csrf_token(client)})
    assert bare.status_code == 422 and "人机验证" in bare.text
    assert sign_in(client, "li", DEMO).status_code == 303


def test_the_sign_in_before_this_one_is_told(world, clock):
    people.sign_in("li", DEMO, clock, address="120.24.33.7")
    first = clock()
    clock.move_to(clock().replace(hour=10))
    people.sign_in("li", DEMO, clock, address="120.24.33.8")
    from tests.support.builders import actor
    before = people.last_sign_in(actor("li"))
    assert before.created_at == first and before.address == "120.24.*.*"


def test_codes_cannot_be_guessed_by_asking_for_ever_new_ones(world, clock):
    for _ in range(5):
        registering.send_account_code("password", "li", clock, id_number=NUMBER)
        assert mailed_to() == "lilei@example.cn"
    registering.send_account_code("password", "li", clock, id_number=NUMBER)
    assert mailed_to() == ""


@pytest.mark.parametrize("new,says", [("aaaaaaaa", "字母和数字"), (DEMO, "相同"), ("x1" * 40, "8 至 64")])
def test_a_new_password_is_strong_and_new(world, clock, new, says):
    with pytest.raises(RequestInvalid, match=says):
        people.change_password("li", DEMO, new, clock)


def test_the_old_mailbox_hears_when_another_takes_its_place(world, clock):
    handle = own_account.ask_address(actor("li"), "other@example.cn", clock)
    own_account.confirm_address(actor("li"), handle, mailed_code(), clock)
    assert mailed_to() == "lilei@example.cn" and people.profile_of("li").email == "other@example.cn"


def test_a_new_password_by_mail_ends_the_lock(world, clock):
    attacked(clock)
    handle = registering.send_account_code("password", "li", clock, id_number=NUMBER)
    registering.set_password_with_code(handle, mailed_code(), "autumn2026x", "autumn2026x", clock)
    assert people.sign_in("li", "autumn2026x", clock)[0].id == "li"
