"""Health, figures and the request log (L-02, L-03)."""
import json
import logging
import sys
from datetime import timedelta

from app.logs import JsonHandler
from app.proof.heads import write_heads
from app.store import transaction
from app.store.models import Timer
from tests.support.builders import PASSWORD, person, program, publish, sample, sign_in, start_case


def test_the_process_is_alive_without_asking_anything(app, client):
    assert client.get("/health/live").json == {"status": "ok"}


def test_a_database_without_migrations_is_not_ready_and_says_so(app, client):
    answer = client.get("/health/ready")
    assert answer.status_code == 503 and answer.json["status"] == "failed"
    assert answer.json["parts"]["migrations"].startswith("behind") and answer.json["parts"]["database"] == "ok"


def test_the_worker_is_known_by_its_last_anchor(app, client, clock):
    assert client.get("/health/ready").json["parts"]["worker"] == "never seen"
    write_heads(clock)
    assert client.get("/health/ready").json["parts"]["worker"] == "ok"
    clock.move_to(clock() + timedelta(minutes=10))
    assert client.get("/health/ready").json["parts"]["worker"] == "last anchor 600 s ago"


def test_figures_tell_backlogs_refusals_and_times_but_no_names(app, client, clock):
    publish()
    case = start_case()
    with transaction() as store:
        store.add(Timer(id="t", case_id=case.id, element="e", due=clock() - timedelta(seconds=90)))
    sign_in(client, "nobody-at-all", "wrong")
    text = client.get("/metrics").text
    assert "pingshen_tasks_open 1.0" in text and "pingshen_timer_lateness_seconds 90.0" in text
    assert 'pingshen_refusals_total{code="sign-in-refused"} 1.0' in text
    assert 'endpoint="sign_in.enter"' in text
    assert "reader_wang" not in text and case.number not in text and "nobody-at-all" not in text


def test_figures_are_not_for_strangers_from_elsewhere(app, client):
    person("root", "administrator"), person("li")
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    assert client.get("/metrics", **elsewhere).status_code == 404
    assert program(app, "li").get("/metrics", **elsewhere).status_code == 404
    assert program(app, "root").get("/metrics", **elsewhere).status_code == 200


def test_a_request_is_one_line_with_its_id_and_case_and_nothing_personal(app, client, capfd):
    publish()
    case = start_case()
    person("li")
    logging.getLogger().setLevel("INFO")
    next(handler for handler in logging.getLogger().handlers if isinstance(handler, JsonHandler)).setStream(sys.stderr)
    try:
        sign_in(client, "li", PASSWORD)
        answer = program(app, "reader_wang").get(f"/api/v1/cases/{case.id}?q=13800138000")
        program(app, "reader_wang").post("/api/v1/token", json={"account": "13800138000", "password": "canary-password"})
        client.get("/verify/abcdefghijklmnopqrstuvwxyz")
    finally:
        logging.getLogger().setLevel("ERROR")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    line = next(line for line in lines if line.get("case_id") == case.id)
    assert line["request_id"] == answer.headers["X-Request-Id"] and line["route"] == "/api/v1/cases/<int:case_id>"
    assert line["actor_id"] == "reader_wang" and line["status"] == 200
    written = json.dumps(lines)
    for canary in (PASSWORD, "canary-password", "13800138000", "pst_", "abcdefghijklmnopqrstuvwxyz", client.get_cookie("session").value):
        assert canary not in written


def test_a_canary_in_answers_is_in_no_log_no_error_and_no_figure(app, capfd):
    publish()
    case = start_case()
    reader = program(app, "reader_wang")
    canary = "440301199001011234"
    task = reader.get("/api/v1/tasks").json["tasks"][0]["id"]
    answers = sample("request") | {"reader_name": canary, "book": canary * 9, "author": canary}
    answer = reader.post(f"/api/v1/tasks/{task}/completion", json={"answers": answers, "outcome": "submit"})
    assert answer.status_code == 422 and canary not in answer.text
    assert canary not in capfd.readouterr().err and canary not in reader.get("/metrics").text
    assert case.summary == "" or canary not in case.summary
