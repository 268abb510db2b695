"""The Actor value."""
import dataclasses

import pytest

from app.people import SYSTEM, Actor, pools_of


def test_an_actor_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SYSTEM.roles = frozenset({("administrator", "")})


def test_the_system_holds_no_role_and_no_pool():
    assert SYSTEM.id == "system" and not SYSTEM.roles and not SYSTEM.pools


def test_a_role_is_asked_for_anywhere_or_in_one_organisation():
    actor = Actor("li", "person:li", "李", frozenset({("clerk", "acme")}))
    assert actor.has_role("clerk") and actor.has_role("clerk", "acme")
    assert not actor.has_role("clerk", "bay") and not actor.has_role("other")


def test_pools_of_roles_hold_the_scope_and_the_role_alone():
    assert pools_of([("clerk", "acme"), ("auditor", "")]) == {"clerk@", "clerk@org:acme", "auditor@"}
