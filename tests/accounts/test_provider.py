"""Signing in through the identity provider, over HTTP, with the sandbox's provider in a thread (S1-031, S1-042, D-20, D-37, J-11)."""
import re
import threading
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from werkzeug.serving import make_server

from app import people
from app.people import registering
from app.people.registered import Membership
from app.store import session
from tests.accounts.conftest import mailed_code, registration
from tests.support.builders import actor, sign_in

SECRET = "sandbox-secret"


@pytest.fixture(scope="module")
def issuer():
    from app.sandbox import identity

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        server = make_server("127.0.0.1", 0, lambda *_: None, threaded=True)
        address = f"http://127.0.0.1:{server.server_port}"
        server.app = identity.create_provider(address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


@pytest.fixture
def joined(world, issuer):
    world.config["OIDC_ISSUER"] = issuer
    return world


def go(client, who: str, then: str = "/cases", **tampered):
    """Walks from the button to the address back, with what comes back changed where the test says so."""
    away = client.get("/sign-in/provider", query_string={"next": then})
    chosen = httpx.post(away.location, data={"person": who}, trust_env=False)
    back = {key: value[0] for key, value in parse_qs(urlsplit(chosen.headers["location"]).query).items()}
    return client.get("/sign-in/provider/back", query_string=back | tampered)


def test_the_button_is_there_only_where_a_provider_is_set(world, client, issuer):
    assert "省政务服务网认证入口" not in client.get("/sign-in").text
    assert client.get("/sign-in/provider").status_code == 404
    world.config["OIDC_ISSUER"] = issuer
    assert "省政务服务网认证入口" in client.get("/sign-in").text


def test_a_person_comes_back_signed_in_where_they_were(joined, client):
    answer = go(client, "p1")
    assert answer.status_code == 303 and answer.location == "/cases"
    assert client.get("/api/v1/me").json["id"] == "li"  # the same document, the same person (D-20)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_to_a_foreign_address(joined, client, target):
    assert go(client, "p1", target).location == "/"


def test_somebody_unknown_gets_an_account_with_a_checked_name_and_keeps_it(joined, client):
    go(client, "p2")
    first = client.get("/api/v1/me").json["id"]
    assert people.profile_of(first).verified and actor(first).name == "高云"
    assert {role for role, _where in actor(first).roles} == {"applicant"}
    go(joined.test_client(), "p2")
    go(client, "p2")
    assert client.get("/api/v1/me").json["id"] == first


def test_whoever_registered_with_anothers_document_is_out_when_its_owner_comes(joined, client, clock):
    stranger = joined.test_client()
    handle = registering.ask_to_register(registration(email="stranger@example.cn"), clock)
    registering.finish_registration(handle, mailed_code(), person_roles=("applicant",), admin_roles=(), kind="", clock=clock)
    assert sign_in(stranger, "gaoyun1", "spring2026x").status_code == 303
    assert go(client, "p2").status_code == 303 and client.get("/api/v1/me").json["id"] == "gaoyun1"
    assert stranger.get("/api/v1/me").status_code == 401
    assert sign_in(stranger, "gaoyun1", "spring2026x").status_code == 401
    assert people.profile_of("gaoyun1").email == "gaoyun@example.cn"  # where the provider says codes go


def test_a_legal_persons_account_is_an_operator_without_rights_and_is_told_whom_to_ask(joined, client):
    answer = go(client, "u1")
    assert answer.status_code == 403 and "孙文静" in answer.text
    rows = session().query(Membership).filter_by(organisation_id="acme", kind="operator", may_sign_in=False).all()
    assert len(rows) == 1 and actor(rows[0].person_id).roles == frozenset()


@pytest.mark.parametrize("tampered", [{"state": "another"}, {"code": "another"}, {"state": ""}])
def test_what_comes_back_changed_signs_nobody_in(joined, client, tampered):
    answer = go(client, "p1", **tampered)
    assert answer.status_code == 502 and client.get("/api/v1/me").status_code == 401


def test_an_answer_is_good_for_one_browser_and_once(joined, client):
    away = client.get("/sign-in/provider")
    location = httpx.post(away.location, data={"person": "p1"}, trust_env=False).headers["location"]
    path = urlsplit(location).path + "?" + urlsplit(location).query
    assert joined.test_client().get(path).status_code == 502
    assert client.get(path).status_code == 303
    assert client.get(path).status_code == 502


def test_the_provider_is_asked_with_pkce_state_and_nonce(joined, client):
    query = parse_qs(urlsplit(client.get("/sign-in/provider").location).query)
    assert query["code_challenge_method"] == ["S256"] and {"state", "nonce", "code_challenge"} <= set(query)
    assert re.fullmatch(r"http://.*/sign-in/provider/back", query["redirect_uri"][0])


def test_a_provider_that_is_down_is_said_calmly(joined, client):
    joined.config["OIDC_ISSUER"] = "http://127.0.0.1:9"
    answer = client.get("/sign-in/provider")
    assert answer.status_code == 502 and "连不上" in answer.text
