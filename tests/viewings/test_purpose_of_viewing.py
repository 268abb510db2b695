"""Who has nothing to do in a case says what for before the first look of a day; daily work is never held up."""
from datetime import timedelta
from urllib.parse import quote

import pytest

from app.store import session
from app.viewings.models import Viewing
from tests.support.builders import complete, csrf_token, person, program, publish, sample, sign_in, start_case


@pytest.fixture
def case(app):
    app.config["PURPOSE_ASKED"] = "auditors"
    publish()
    person("checker", "auditor")
    made = start_case()
    complete(made, "request", "reader_wang", sample("request"))
    return made


@pytest.fixture
def auditor(app, case):
    client = app.test_client()
    sign_in(client, "checker")
    return client


def say(client, case, purpose="complaint", words="信访 12 号", target=""):
    return client.post("/purpose", data={"case": case.id, "next": target, "purpose": purpose, "words": words, "csrf_token": csrf_token(client)})


def test_an_auditor_is_asked_once_a_day_and_led_on_to_where_they_were_going(auditor, clock, case):
    address = f"/cases/{case.id}/form?key=request"
    asked = auditor.get(address)
    assert asked.status_code == 303 and asked.location.startswith("/purpose?")
    page = auditor.get(asked.location).text
    assert case.number[-5:] in page and "王" not in page.split("<main")[1]
    done = say(auditor, case, target=address)
    assert done.status_code == 303 and done.location == address
    assert auditor.get(address).status_code == 200 and auditor.get(f"/cases/{case.id}").status_code == 200
    session().rollback()
    assert {row.purpose for row in session().query(Viewing)} == {"投诉举报核查：信访 12 号"}
    clock.move_to(clock() + timedelta(days=1))
    sign_in(auditor, "checker")
    assert auditor.get(address).status_code == 303


def test_other_needs_words_and_nothing_leads_away_from_the_site(auditor, case):
    assert say(auditor, case, purpose="other", words="").status_code == 422
    assert say(auditor, case, purpose="", words="正当理由").status_code == 422
    assert say(auditor, case, target="https://elsewhere.example/").location == "/"


def test_a_program_says_it_in_a_header(app, case):
    client = program(app, "checker")
    refused = client.get(f"/api/v1/cases/{case.id}")
    assert refused.status_code == 428 and refused.json["code"] == "purpose-needed"
    assert client.get(f"/api/v1/cases/{case.id}", headers={"Purpose": quote("省审计厅年度审计")}).status_code == 200
    assert client.get(f"/api/v1/cases/{case.id}/events").status_code == 200
    session().rollback()
    assert {row.purpose for row in session().query(Viewing)} == {"省审计厅年度审计"}


def test_who_works_on_the_case_and_whose_it_is_are_never_asked(app, case):
    app.config["PURPOSE_ASKED"] = "uninvolved"
    for account, password in (("librarian_zhao", "keeps-books"), ("reader_wang", "reads-a-lot")):
        client = app.test_client()
        sign_in(client, account, password)
        assert client.get(f"/cases/{case.id}").status_code == 200


def test_whoever_may_not_read_the_case_is_not_asked_but_told_that_there_is_none(app, case):
    app.config["PURPOSE_ASKED"] = "uninvolved"
    person("stranger")
    client = app.test_client()
    sign_in(client, "stranger")
    assert client.get(f"/cases/{case.id}").status_code == 404
    assert say(client, case).status_code == 404


def test_the_setting_can_turn_it_off(app, auditor, case):
    app.config["PURPOSE_ASKED"] = "never"
    assert auditor.get(f"/cases/{case.id}").status_code == 200
