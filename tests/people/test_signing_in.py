"""Signing in, the lock after wrong passwords (S1-041, test vector "Lock"), passwords and what ends a sign-in."""
import threading
from datetime import timedelta

import pytest

from app import people
from app.errors import AccountLocked, RequestInvalid, SignInRefused
from app.people import SYSTEM
from app.store import session
from tests.support.builders import PASSWORD, person

both_stores = pytest.mark.both_stores


def wrong(name, clock, times=1):
    for _ in range(times):
        with pytest.raises((SignInRefused, AccountLocked)) as caught:
            people.sign_in(name, "not-the-password", clock)
    return caught.value


def test_the_right_password_signs_in_and_its_secret_finds_the_actor(app, clock):
    person("li", "member")
    found, secret = people.sign_in("li", PASSWORD, clock)
    assert found.last_sign_in == clock()
    assert people.signed_in(secret, clock).pools == {"member@"}


def test_the_secret_itself_is_not_in_the_database(app, clock):
    person("li")
    _found, secret = people.sign_in("li", PASSWORD, clock)
    assert session().get(people.SignIn, secret) is None


@both_stores
def test_each_wrong_password_says_how_many_tries_are_left_and_the_fifth_locks_for_an_hour(app, clock):
    person("li")
    assert [wrong("li", clock).left for _ in range(4)] == [4, 3, 2, 1]
    locked = wrong("li", clock)
    assert isinstance(locked, AccountLocked) and locked.until == clock() + timedelta(minutes=60)


def test_one_second_before_the_hour_the_right_password_is_refused_and_at_the_hour_it_works(app, clock):
    person("li")
    wrong("li", clock, 5)
    locked_at = clock()
    clock.move_to(locked_at + timedelta(minutes=59, seconds=59))
    with pytest.raises(AccountLocked):
        people.sign_in("li", PASSWORD, clock)
    clock.move_to(locked_at + timedelta(minutes=60))
    assert people.sign_in("li", PASSWORD, clock)[0].id == "li"


def test_tries_against_a_locked_account_do_not_prolong_the_lock(app, clock):
    person("li")
    until = wrong("li", clock, 5).until
    clock.move_to(clock() + timedelta(minutes=30))
    assert wrong("li", clock).until == until


@both_stores
def test_after_the_lock_the_count_begins_anew(app, clock):
    person("li")
    wrong("li", clock, 5)
    clock.move_to(clock() + timedelta(minutes=61))
    assert wrong("li", clock).left == 4


def test_signing_in_forgets_the_wrong_passwords_before(app, clock):
    person("li")
    wrong("li", clock, 4)
    people.sign_in("li", PASSWORD, clock)
    assert wrong("li", clock).left == 4


@both_stores
def test_a_name_that_nobody_has_counts_down_and_locks_just_the_same(app, clock):
    person("li")
    for _ in range(4):
        known, unknown = wrong("li", clock), wrong("nobody", clock)
        assert known.message == unknown.message
    assert wrong("li", clock).message == wrong("nobody", clock).message


@both_stores
def test_wrong_passwords_at_the_same_moment_are_all_counted(app, clock):
    person("li")
    session().rollback()

    def attempt():
        with app.app_context(), pytest.raises((SignInRefused, AccountLocked)):
            people.sign_in("li", "not-the-password", clock)

    threads = [threading.Thread(target=attempt) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(AccountLocked):
        people.sign_in("li", PASSWORD, clock)


def test_an_administrator_unlocks(app, clock):
    person("li")
    wrong("li", clock, 5)
    people.unlock("li", actor=SYSTEM, clock=clock)
    assert people.sign_in("li", PASSWORD, clock)[0].id == "li"


def test_a_disabled_person_is_refused_like_somebody_unknown(app, clock):
    person("li")
    people.set_active("li", False, actor=SYSTEM, clock=clock)
    with pytest.raises(SignInRefused):
        people.sign_in("li", PASSWORD, clock)


def test_a_person_without_a_password_cannot_sign_in(app, clock):
    person("li", password="")
    for attempt in ("", "anything-else"):
        with pytest.raises(SignInRefused):
            people.sign_in("li", attempt, clock)


ENDINGS = {
    "sign-out": lambda secret, clock: people.sign_out(secret, clock),
    "disabling": lambda secret, clock: people.set_active("li", False, actor=SYSTEM, clock=clock),
    "another role": lambda secret, clock: people.set_roles("li", [("member", ""), ("auditor", "")], actor=SYSTEM, clock=clock),
    "no role": lambda secret, clock: people.set_roles("li", [], actor=SYSTEM, clock=clock),
    "a new password": lambda secret, clock: people.change_password("li", PASSWORD, "another-passw0rd", clock),
    "a reset password": lambda secret, clock: people.reset_password("li", "another-password", actor=SYSTEM, clock=clock),
    "twelve idle hours": lambda secret, clock: clock.move_to(clock() + timedelta(hours=12, seconds=1)),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sign_in_is_over_at_once_after(ending, app, clock):
    person("li", "member")
    _found, secret = people.sign_in("li", PASSWORD, clock)
    assert people.signed_in(secret, clock) is not None
    ENDINGS[ending](secret, clock)
    assert people.signed_in(secret, clock) is None


def test_use_keeps_a_sign_in_alive(app, clock):
    person("li")
    _found, secret = people.sign_in("li", PASSWORD, clock)
    for _ in range(4):
        clock.move_to(clock() + timedelta(hours=11))
        assert people.signed_in(secret, clock) is not None


@both_stores
def test_loading_the_demo_again_changes_nothing_and_ends_no_sign_in(app, clock):
    demo = {
        "organisations": {"acme": {"name": "甲公司", "kind": "shop", "code": "X"}},
        "people": {"li": {"name": "李䶮", "password": PASSWORD, "roles": [{"role": "clerk", "organisation": "acme"}]}},
    }
    people.load_demo(demo, clock)
    _found, secret = people.sign_in("li", PASSWORD, clock)
    people.load_demo(demo, clock)
    actor = people.signed_in(secret, clock)
    assert actor.organisation == {"ref": "org:acme", "name": "甲公司", "kind": "organisation"}
    assert actor.pools == {"clerk@org:acme", "clerk@"} and actor.name == "李䶮"


def test_a_short_password_is_refused(app, clock):
    person("li")
    with pytest.raises(RequestInvalid):
        people.change_password("li", PASSWORD, "short", clock)
    assert people.sign_in("li", PASSWORD, clock)


def test_a_token_acts_as_its_person_until_it_is_revoked_or_expires(app, clock):
    person("li", "member")
    token = people.issue_token("li", "script", clock, days=2)
    assert people.token_holder(token, clock).id == "li"
    assert people.token_holder(token + "x", clock) is None
    clock.move_to(clock() + timedelta(days=2))
    assert people.token_holder(token, clock) is None


def test_a_disabled_persons_token_is_dead_and_stays_dead(app, clock):
    person("li", "member")
    token = people.issue_token("li", "script", clock)
    people.set_active("li", False, actor=SYSTEM, clock=clock)
    people.set_active("li", True, actor=SYSTEM, clock=clock)
    assert people.token_holder(token, clock) is None


@both_stores
def test_what_happens_to_an_account_is_in_its_journal(app, clock):
    person("li")
    wrong("li", clock, 5)
    people.unlock("li", actor=SYSTEM, clock=clock)
    people.sign_in("li", PASSWORD, clock)
    kinds = [row.kind for row in session().query(people.AccountEvent).filter_by(person_id="li").order_by(people.AccountEvent.id)]
    assert kinds == ["created", "locked", "unlocked", "signed-in"]
