"""The web shell: sign-in pages, sessions, CSRF, headers, hosts, errors, rates, languages (J-05, J-06, J-11, L-03)."""
import sqlite3

import pytest
from flask import abort

from app import errors, people
from app.routes.access import access
from app.routes.errors import CSRF, FAILED, HTTP, STATUS, status_of
from app.routes.sign_in import safe_target
from tests.support import builders
from tests.support.builders import PASSWORD, csrf_token, person, program, sign_in

JSON = "application/json"


def test_signing_in_goes_on_to_where_one_wanted_to_go(app, client):
    person("li")
    token = csrf_token(client)
    answer = client.post("/sign-in", data={"account": "li", "password": PASSWORD, "next": "/api/v1/me", "csrf_token": token})
    assert answer.status_code == 303 and answer.location == "/api/v1/me"
    assert client.get("/api/v1/me").json["id"] == "li"


def test_a_wrong_password_shows_the_tries_left_and_keeps_the_account(app, client):
    person("li")
    answer = sign_in(client, "li", "wrong-password")
    assert answer.status_code == 401 and "还可尝试4次" in answer.text and 'value="li"' in answer.text


def test_a_locked_account_says_until_when_in_the_time_of_shanghai(app, client):
    person("li")
    for _ in range(5):
        answer = sign_in(client, "li", "wrong-password")
    assert answer.status_code == 403 and "2026年3月2日 10:00" in answer.text


def session_cookie(client):
    return client.get_cookie("session").value


def test_the_session_is_another_one_after_signing_in(app, client):
    person("li")
    before = csrf_token(client)
    old = session_cookie(client)
    sign_in(client, "li")
    assert session_cookie(client) != old
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 403


def test_a_stolen_cookie_is_dead_after_the_sign_out(app, client):
    person("li")
    sign_in(client, "li")
    stolen = session_cookie(client)
    client.post("/sign-out", data={"csrf_token": csrf_token(client)})
    client.set_cookie("session", stolen)
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("change", [
    lambda clock: people.set_active("li", False, actor=people.SYSTEM, clock=clock),
    lambda clock: people.set_roles("li", [("auditor", "")], actor=people.SYSTEM, clock=clock),
], ids=["disabled", "role changed"])
def test_a_session_is_dead_at_once_when_the_person_is(change, app, client, clock):
    person("li", "member")
    sign_in(client, "li")
    assert client.get("/api/v1/me").status_code == 200
    change(clock)
    assert client.get("/api/v1/me").status_code == 401


def test_a_page_for_the_signed_in_sends_others_to_the_sign_in_and_back(app, client):
    answer = client.get("/password?x=1")
    assert answer.status_code == 302 and answer.location == "/sign-in?next=/password?x%3D1"


def test_a_changed_password_signs_out_and_works_from_then_on(app, client):
    person("li")
    sign_in(client, "li")
    data = {"old": PASSWORD, "new": "battery-staple-9", "again": "battery-staple-9", "csrf_token": csrf_token(client)}
    assert client.post("/password", data=data).status_code == 303
    assert client.get("/api/v1/me").status_code == 401
    assert sign_in(client, "li", "battery-staple-9").status_code == 303


def test_a_new_password_typed_differently_twice_is_refused_with_the_reason(app, client):
    person("li")
    sign_in(client, "li")
    data = {"old": PASSWORD, "new": "battery-staple-9", "again": "battery-stable-9", "csrf_token": csrf_token(client)}
    answer = client.post("/password", data=data)
    assert answer.status_code == 400 and "不一致" in answer.text


def test_one_may_only_act_for_an_organisation_of_ones_own(app, client):
    person("chen", "clerk@acme", "clerk@bay")
    builders.organisation("other")
    sign_in(client, "chen")
    token = csrf_token(client)
    assert client.post("/organisation", data={"organisation": "bay", "csrf_token": token}).status_code == 303
    assert client.get("/api/v1/me").json["organisation"]["ref"] == "org:bay"
    assert client.post("/organisation", data={"organisation": "other", "csrf_token": token}).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"])
def test_no_address_of_another_site_is_gone_on_to(target):
    assert safe_target(target) == "/"


# --- CSRF (J-05)


def unsafe_rules(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield rule, method


EXEMPT = {"payments.callback", "api_tokens.issue", "workbench_play.real"}  # prove themselves: a signature, a password, the token of the pages inside


def address(rule) -> str:
    # Of a part of the address that knows a few words only, the last one.
    words = {name: converter.regex.removeprefix("(?:").removesuffix(")").split("|")[-1] for name, converter in rule._converters.items()
             if type(converter).__name__ == "AnyConverter"}
    values = {argument: "1" for argument in rule.arguments} | words
    return rule.build(values, append_unknown=False)[1]


def test_every_unsafe_route_refuses_a_session_without_token_or_with_a_foreign_one(app, client):
    person("root", "administrator", "analyst", "auditor")
    sign_in(client, "root")
    stranger = app.test_client()
    foreign = csrf_token(stranger)
    refused = []
    for rule, method in unsafe_rules(app):
        if rule.endpoint in EXEMPT:
            continue
        for headers in ({}, {"X-CSRFToken": foreign}):
            answer = client.open(address(rule), method=method, headers=headers)
            refused.append((rule.rule, method, answer.status_code))
    assert refused and {status for _rule, _method, status in refused} == {403}


def test_json_that_pretends_to_be_text_is_refused_even_with_everything_else_right(app, client):
    person("li")
    sign_in(client, "li")
    headers = {"X-CSRFToken": csrf_token(client)}
    answer = client.post("/api/v1/cases", data='{"process": "x"}', content_type="text/plain", headers=headers)
    assert answer.status_code == 415 and answer.json["code"] == "unsupported-type"
    answer = program(app, "li").post("/api/v1/cases", data='{"process": "x"}', content_type="text/plain")
    assert answer.status_code == 415


def test_a_session_with_its_token_in_the_header_may_use_the_api(app, client):
    person("li")
    sign_in(client, "li")
    headers = {"X-CSRFToken": client.get("/api/v1/me").json["csrf_token"]}
    assert client.post("/api/v1/cases", json={"process": "none"}, headers=headers).status_code == 404


def test_a_wrong_bearer_token_is_refused_although_the_session_is_right(app, client):
    person("li")
    sign_in(client, "li")
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


# --- headers, hosts, proxies (J-11)


def test_every_answer_has_the_headers_that_protect_it(app, client):
    for path in ("/sign-in", "/health/live", "/api/v1/openapi.json", "/no-such-page"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store" and "Cookie" in headers["Vary"]


def test_the_cookie_is_for_this_site_and_not_for_scripts(app, client):
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_host_is_refused(host, app, client):
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400


def test_forwarded_headers_are_not_believed_without_a_proxy(app, client):
    person("li")
    answer = client.get("/password", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in answer.location and "Strict-Transport-Security" not in answer.headers


def test_in_production_the_cookie_travels_encrypted_only_and_is_bound_to_this_host(store, tmp_path, tmp_path_factory, clock):
    app = builders.make_app(
        tmp_path, store, clock, MODE="production", KEYS=str(tmp_path_factory.mktemp("keys")), PUBLIC_URL="https://title.example",
        GATEWAY_SECRET="g" * 32, GATEWAY_MERCHANT="m-1", GATEWAY_URL="https://pay.example", LOOKUP_URL="https://registers.example",
        PROXIES=1, MAIL_URL="smtps://mail.example",
    )
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "title.example"}
    with app.app_context():
        answer = app.test_client().get("/sign-in", headers=headers)
        spoofed = app.test_client().get("/sign-in", headers=headers | {"X-Forwarded-Host": "evil.example"})
    assert answer.headers["Set-Cookie"].startswith("__Host-pingshen=") and "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"] and spoofed.status_code == 400


def test_while_another_writes_for_long_reading_goes_on_and_writing_is_told_to_come_back(store, tmp_path, clock):
    app = builders.make_app(tmp_path, store, clock, LOCK_TIMEOUT=0.2)
    with app.app_context():
        builders.publish()
        reader = program(app, "reader_wang")
        blocker = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        busy = reader.post("/api/v1/cases", json={"process": "lending"})
        read = reader.get("/api/v1/cases")
        blocker.execute("ROLLBACK")
        after = reader.post("/api/v1/cases", json={"process": "lending"})
    assert busy.status_code == 503 and busy.json["code"] == "busy" and int(busy.headers["Retry-After"]) <= 5
    assert read.status_code == 200 and read.json["cases"] == [] and after.status_code == 201


# --- errors


def test_every_error_of_the_house_has_a_status_or_is_the_callers_fault():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.PingshenError)]
    chosen = set(STATUS) | {errors.PingshenError, errors.SettingRefused}
    assert [kind.__name__ for kind in kinds if kind not in chosen] == []
    assert status_of(errors.TaskTaken(by="x")) == 409 and status_of(errors.DatabaseBusy()) == 503


@pytest.fixture
def faulty(app):
    """An app with routes that fail in every way."""
    @app.get("/faulty/<kind>")
    @access("public")
    def faulty(kind):
        if kind == "busy":
            raise errors.DatabaseBusy()
        if kind == "taken":
            raise errors.TaskTaken(by="赵静")
        if kind == "answers":
            raise errors.AnswersInvalid(count=1, fields={"book": "请填写书名"})
        if kind.isdigit():
            abort(int(kind))
        raise RuntimeError("canary-of-the-stack")

    return app.test_client()


def test_a_program_gets_code_message_and_fields(faulty):
    answer = faulty.get("/faulty/answers", headers={"Accept": JSON})
    assert answer.status_code == 422
    assert answer.json == {"code": "answers-invalid", "message": "有1处需要修改后才能提交。", "fields": {"book": "请填写书名"}}


def test_a_person_gets_a_calm_page(faulty):
    answer = faulty.get("/faulty/taken", headers={"Accept": "text/html"})
    assert answer.status_code == 409 and "此事项已由赵静领取" in answer.text and answer.text.count("<h1") == 1


def test_a_busy_database_says_when_to_come_back(faulty):
    answer = faulty.get("/faulty/busy")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("accept", [JSON, "text/html"])
def test_an_unexpected_failure_shows_an_incident_number_and_no_cause(accept, faulty):
    answer = faulty.get("/faulty/boom", headers={"Accept": accept})
    assert answer.status_code == 500
    assert "canary" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("status,code", [(400, "bad-request"), (404, "not-found"), (405, "method-not-allowed"), (413, "too-large"), (429, "too-many-requests")])
def test_what_the_libraries_refuse_has_the_same_shape(status, code, faulty):
    answer = faulty.get(f"/faulty/{status}", headers={"Accept": JSON})
    assert answer.status_code == status and answer.json["code"] == code and answer.json["fields"] == {}


def test_an_unknown_address_is_404_for_people_and_programs(app, client):
    assert client.get("/no-such-page").status_code == 404
    assert client.get("/api/v1/no-such-thing").json["code"] == "not-found"


def test_a_body_above_the_limit_is_refused(store, tmp_path, clock):
    app = builders.make_app(tmp_path, store, clock, UPLOAD_LIMIT=1000)
    with app.app_context():
        person("li")
        answer = program(app, "li").post("/api/v1/cases", json={"process": "x" * 2000})
    assert answer.status_code == 413


def test_sign_in_attempts_of_one_address_are_limited(store, tmp_path, clock):
    app = builders.make_app(tmp_path, store, clock, SIGN_IN_RATE="2/minute")
    with app.app_context():
        browser = app.test_client()
        statuses = [sign_in(browser, f"nobody{n}", "x").status_code for n in range(3)]
    assert statuses == [401, 401, 429]


def test_a_view_that_declares_no_access_is_refused(app, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    assert client.get("/forgotten", headers={"Accept": JSON}).status_code == 403


def test_a_role_rule_lets_its_holders_in_and_nobody_else(app):
    @app.get("/only-auditors")
    @access("role:auditor", "role:administrator")
    def only_auditors():
        return "ok"

    person("li", "member"), person("shen", "auditor")
    statuses = [program(app, who).get("/only-auditors").status_code for who in ("li", "shen")]
    assert statuses == [403, 200] and app.test_client().get("/only-auditors", headers={"Accept": JSON}).status_code == 401


def test_an_unknown_access_rule_is_a_mistake_found_at_once():
    with pytest.raises(ValueError):
        access("rolle:auditor")


def test_the_language_of_the_address_is_remembered(app, client):
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    assert 'lang="en"' in client.get("/sign-in?lang=en").text
    assert 'lang="en"' in client.get("/sign-in").text
    assert 'lang="en"' in client.get("/sign-in?lang=xx").text


def test_every_code_of_the_house_is_explained_in_the_documentation():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.PingshenError)]
    codes = {kind.code for kind in kinds} - {"error"} | {code for code, _message in HTTP.values()} | {CSRF[0], FAILED[0]}
    text = (builders.ROOT / "docs" / "api.md").read_text("utf-8")
    assert sorted(code for code in codes if f"`{code}`" not in text) == []
