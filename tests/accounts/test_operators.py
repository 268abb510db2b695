"""Operators and what they are given; losing it; another administrator (S1-030 … S1-037, D-35, D-36)."""
import pytest

from app import people
from app.errors import NotAllowed, NotAuthorised
from app.people import handover, memberships, registering
from tests.accounts.conftest import registration
from tests.support.builders import actor, csrf_token, sign_in

DEMO = "pingshen-demo"


@pytest.fixture
def hired(world, clock):
    """An operator of acme whom its administrator just listed; their first password."""
    values = registration(account="hejing1", name="何静", id_number="440305199209090029")
    return registering.register_operator("acme", values, actor=actor("sun"), clock=clock)[1]


def authorise(clock, person="hejing1", sign_in=True, roles=("employer_operator",), menus=("home", "cases")):
    memberships.authorise("acme", person, may_sign_in=sign_in, roles=roles, menus=menus, actor=actor("sun"), clock=clock)


def post(client, path, **data):
    return client.post(path, data=data | {"csrf_token": csrf_token(client)})


def test_a_new_operator_cannot_sign_in_until_authorised_and_is_told_whom_to_ask(hired, clock):
    with pytest.raises(NotAuthorised) as refused:
        people.sign_in("hejing1", hired, clock)
    assert "孙文静" in refused.value.message and "艾克米" in refused.value.message


def test_the_first_password_must_be_changed_before_anything_else(hired, client, clock):
    authorise(clock)
    sign_in(client, "hejing1", hired)
    assert client.get("/desk").location.endswith("/password")
    assert client.post("/notices/read", data={"csrf_token": csrf_token(client)}).status_code in (403, 404, 405)
    assert post(client, "/password", old=hired, new="autumn2026x", again="autumn2026x").status_code == 303
    sign_in(client, "hejing1", "autumn2026x")
    assert client.get("/desk").status_code == 200


@pytest.mark.both_stores
def test_an_operator_holds_exactly_what_was_granted(hired, clock):
    authorise(clock)
    found = actor("hejing1")
    assert found.roles == {("employer_operator", "acme")} and people.menus_of(found) == {"home", "cases"}
    authorise(clock, roles=())
    assert actor("hejing1").roles == frozenset() and actor("hejing1").organisation["ref"] == "org:acme"


def test_taking_the_authorisation_away_ends_the_sign_in_at_once(hired, clock):
    authorise(clock)
    _person, secret = people.sign_in("hejing1", hired, clock)
    assert people.signed_in(secret, clock) is not None
    authorise(clock, sign_in=False)
    assert people.signed_in(secret, clock) is None and actor("hejing1").pools == frozenset()


def test_only_the_administrator_of_the_organisation_grants(hired, world, clock):
    for other in ("chen", "zhou", "admin"):
        with pytest.raises(NotAllowed):
            memberships.authorise("acme", "hejing1", may_sign_in=True, roles=(), menus=(), actor=actor(other), clock=clock)


def test_the_rights_of_the_administrator_cannot_be_granted(hired, clock):
    authorise(clock, menus=("rights", "unit"))
    assert people.menus_of(actor("hejing1")) == {"unit"}


def test_a_menu_that_was_not_given_is_closed(hired, world, client, clock):
    authorise(clock, menus=("home",))
    people.change_password("hejing1", hired, "autumn2026x", clock)
    sign_in(client, "hejing1", "autumn2026x")
    assert client.get("/operators").status_code == 403


def test_the_administrator_grants_on_the_page_only_what_the_procedures_offer(hired, client):
    sign_in(client, "sun", DEMO)
    page = client.get("/operators").text
    assert "he*****" not in page and "何*" in page and "440305********0029" in page and "未授权" in page
    rights = client.get("/operators/hejing1").text
    assert "专技人才" in rights and "博士后" not in rights
    assert post(client, "/operators/hejing1", tab="business", sign_in="yes", role=["employer_operator", "bureau_approval"]).status_code == 303
    post(client, "/operators/hejing1", tab="menus", menu=["cases", "rights"])
    assert actor("hejing1").roles == {("employer_operator", "acme")} and people.menus_of(actor("hejing1")) == {"cases"}


def test_an_operator_is_made_and_gets_a_new_first_password_on_the_pages(world, client, clock):
    sign_in(client, "sun", DEMO)
    values = registration(account="hejing1", name="何静", id_number="440305199209090029")
    wrong = post(client, "/operators/new", **values | {"phone": "1"})
    assert wrong.status_code == 422 and 'value="何静"' in wrong.text
    assert "首次密码" in post(client, "/operators/new", **values).text
    assert "首次密码" in post(client, "/operators/hejing1/password").text
    assert post(client, "/operators/chen/password").status_code == 403  # an account that serves others, or was made elsewhere


def test_somebody_with_an_account_becomes_an_operator_with_that_account(world, clock):
    values = registration(account="whatever1", name="韩梅梅", id_number="440304199003080267")
    person, password = registering.register_operator("acme", values, actor=actor("sun"), clock=clock)
    assert person.id == "han" and password == ""
    authorise(clock, person="han")
    assert actor("han").roles == {("applicant", ""), ("employer_operator", "acme")}


@pytest.mark.both_stores
def test_a_change_of_administrator_leaves_operators_and_pools_as_they_are(hired, clock):
    authorise(clock)
    organisation = handover.checked_request({"organisation_code": "D2143569-X", "reason": "离职"}, actor("han"))
    row = handover.ask_to_administer(organisation, reason="离职", proof="m1", actor=actor("han"), clock=clock)
    handover.decide(row.id, approved=True, answer="", roles=("employer_admin", "employer_operator"), actor=actor("admin"), clock=clock)
    assert people.is_admin_of(actor("han"), "acme") and not people.is_admin_of(actor("sun"), "acme")
    assert actor("sun").pools == frozenset() and actor("hejing1").roles == {("employer_operator", "acme")}
    assert "employer_operator@org:acme" in actor("han").pools


def test_a_refused_change_needs_a_reason_and_changes_nothing(world, client, clock):
    organisation = handover.checked_request({"organisation_code": "D2143569-X", "reason": "离职"}, actor("han"))
    row = handover.ask_to_administer(organisation, reason="离职", proof="m1", actor=actor("han"), clock=clock)
    sign_in(client, "admin", DEMO)
    assert post(client, f"/people/requests/{row.id}", decision="refuse").status_code == 422
    assert post(client, f"/people/requests/{row.id}", decision="refuse", answer="证明没有盖章").status_code == 303
    assert people.is_admin_of(actor("sun"), "acme")


def test_the_request_goes_with_a_letter_and_its_answer_is_shown(world, client):
    import io

    sign_in(client, "han", DEMO)
    form = {"organisation_code": "D2143569X", "reason": "原管理员已离职"}
    assert post(client, "/administrator-change", **form).status_code == 422
    pdf = (io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"), "letter.pdf")
    answer = client.post("/administrator-change", data=form | {"proof": pdf, "csrf_token": csrf_token(client)})
    assert answer.status_code in (303, 422), answer.text
    if answer.status_code == 303:
        assert "审核中" in client.get("/administrator-change").text


def test_a_demo_that_starts_again_gives_nothing_back_that_was_taken(world, clock):
    authorise(clock, person="chen", sign_in=False)
    people.load_demo({"people": {"chen": {"name": "陈晓", "roles": [{"role": "employer_operator", "organisation": "acme"}]}}}, clock)
    assert actor("chen").roles == frozenset()


def test_an_account_that_the_services_administrator_made_is_not_reset_by_a_unit_that_lists_it(world, clock):
    people.create_person("hejing9", "何静", actor=actor("admin"), clock=clock)
    memberships.add_operator("acme", "hejing9", actor=actor("sun"), clock=clock)
    row, listed = memberships.operator_of("acme", "hejing9")
    assert not memberships.made_here(row, listed)


def test_listing_somebody_does_not_let_a_unit_end_their_sign_ins(world, clock):
    _person, secret = people.sign_in("li", DEMO, clock)
    memberships.add_operator("acme", "li", actor=actor("sun"), clock=clock)
    authorise(clock, person="li", sign_in=False, roles=())
    assert people.signed_in(secret, clock) is not None


def test_what_an_administrator_holds_elsewhere_grants_nothing_here(hired, client, clock):
    people.set_roles("sun", [*((role, where) for role, where in actor("sun").roles if role != "employer_admin"), ("employer_admin", "bay")],
                     actor=actor("admin"), clock=clock)
    sign_in(client, "sun", DEMO)
    client.post("/organisation", data={"organisation": "acme", "csrf_token": csrf_token(client)})
    assert post(client, "/operators/hejing1", tab="business", sign_in="yes", role="employer_operator").status_code == 303
    assert actor("hejing1").roles == frozenset()


def test_a_place_with_menus_alone_can_be_chosen(hired, clock):
    authorise(clock, roles=())
    assert [party["ref"] for party in people.organisations_of("hejing1")] == ["org:acme"]
