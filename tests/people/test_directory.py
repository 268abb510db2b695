"""Actors, pools, and looking people and organisations up."""
from app import people
from app.people import SYSTEM
from tests.support.builders import actor, organisation, person


def refs(parties):
    return [party["ref"] for party in parties]


def test_an_actor_holds_the_pools_of_every_organisation_and_the_one_without(app):
    made = person("chen", "clerk@acme", "clerk@bay", "auditor")
    assert made.pools == {"clerk@org:acme", "clerk@org:bay", "clerk@", "auditor@"}
    assert made.roles == {("clerk", "acme"), ("clerk", "bay"), ("auditor", "")}


def test_a_person_of_several_organisations_acts_for_the_one_they_chose(app, clock):
    made = person("chen", "clerk@acme", "clerk@bay")
    assert made.organisation["ref"] == "org:acme"
    _person, secret = people.sign_in("chen", "correct-horse", clock)
    people.act_for(secret, "bay")
    assert people.signed_in(secret, clock).organisation["ref"] == "org:bay"


def test_somebody_on_their_own_acts_for_no_organisation(app):
    assert person("li", "member").organisation is None


def test_holders_of_a_role_are_found_everywhere_in_one_organisation_or_one_person(app):
    person("an", "clerk@acme")
    person("bo", "clerk@bay")
    person("cai", "other@acme")
    assert refs(people.people_with_role("clerk")) == ["person:an", "person:bo"]
    assert refs(people.people_with_role("clerk", "org:bay")) == ["person:bo"]
    assert refs(people.people_with_role("clerk", "person:an")) == ["person:an"]
    assert people.people_with_role("clerk", "person:cai") == []


def test_disabled_people_are_not_offered(app, clock):
    person("an", "clerk@acme")
    people.set_active("an", False, actor=SYSTEM, clock=clock)
    assert people.people_with_role("clerk") == []
    assert people.actor_with_id("an") is None


def test_organisations_are_found_by_kind(app):
    organisation("acme", "甲", kind="shop")
    organisation("bay", "乙", kind="office")
    assert refs(people.organisations_of_kind("office")) == ["org:bay"]
    assert len(people.organisations_of_kind()) == 2


def test_a_reference_becomes_a_party_or_nothing(app):
    organisation("acme", "甲公司")
    person("li", name="李雷")
    assert people.party_of("org:acme") == {"ref": "org:acme", "name": "甲公司", "kind": "organisation"}
    assert people.party_of("person:li") == {"ref": "person:li", "name": "李雷", "kind": "person"}
    assert people.party_of("org:none") is people.party_of("person:none") is people.party_of("rubbish") is None


def test_names_hold_any_character_of_gb_18030(app):
    person("mai", name="买买提·𠮷䶮")
    assert actor("mai").name == people.name_of("mai") == "买买提·𠮷䶮"
