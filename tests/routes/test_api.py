"""The API on the lending library: start, look, draft, complete, act; repeated requests; what others must not reach."""
import threading

import pytest

from app import people
from app.operations.reading.taskpages import view_task
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Case, Draft, Event, Task
from tests.support.builders import actor, complete, csrf_token, open_task, person, program, publish, sample, start_case

both_stores = pytest.mark.both_stores


class Scene:
    """A published lending library and its people as programs."""

    def __init__(self, app):
        publish()
        person("stranger")
        self.reader, self.desk, self.other_desk, self.stranger = (
            program(app, who) for who in ("reader_wang", "librarian_zhao", "librarian_sun", "stranger"))

    def started(self):
        return start_case()

    def waiting_at_desk(self):
        case = start_case()
        complete(case, "request", "reader_wang", sample("request"))
        return case, open_task(case, "check").id


@pytest.fixture
def scene(app):
    return Scene(app)


def keyed(key="k-1"):
    return {"Idempotency-Key": key}


# --- the way through


@both_stores
def test_a_case_goes_from_its_start_to_its_end_over_the_api(scene):
    case = scene.reader.post("/api/v1/cases", json={"process": "lending"})
    assert case.status_code == 201 and len(case.json["number"]) == 19
    task = case.json["open_tasks"][0]["id"]
    shown = scene.reader.get(f"/api/v1/tasks/{task}").json
    assert shown["mine"] and "book" in shown["form"]["properties"] and [o["outcome"] for o in shown["outcomes"]] == ["submit"]
    moved = scene.reader.post(f"/api/v1/tasks/{task}/completion", json={"answers": sample("request"), "outcome": "submit"})
    assert moved.status_code == 200
    waiting = scene.desk.get("/api/v1/tasks").json["tasks"]
    assert [row["element"] for row in waiting] == ["check"] and not waiting[0]["held"]
    taken = scene.desk.post(f"/api/v1/tasks/{waiting[0]['id']}/take")
    assert taken.json["assignee"] == "librarian_zhao"
    done = scene.desk.post(f"/api/v1/tasks/{waiting[0]['id']}/completion", json={"answers": {"in_stock": True}, "outcome": "refuse", "reason": "馆内阅览"})
    assert done.status_code == 200 and done.json["ended_element"] and done.json["ended_at"]
    happened = scene.reader.get(f"/api/v1/cases/{case.json['id']}/events").json["events"]
    assert [line["kind"] for line in happened] == ["start", "complete", "complete"]


def test_my_cases_and_what_i_may_start_are_listed(scene):
    started = scene.started()
    assert [row["number"] for row in scene.reader.get("/api/v1/cases").json["cases"]] == [started.number]
    assert scene.stranger.get("/api/v1/cases").json["cases"] == []
    assert [p["id"] for p in scene.reader.get("/api/v1/processes").json["processes"]] == ["lending"]
    assert scene.stranger.get("/api/v1/processes").json["processes"] == []


@both_stores
def test_the_inbox_comes_in_pages(scene):
    for _ in range(23):
        start_case()
    first = scene.reader.get("/api/v1/tasks").json
    second = scene.reader.get("/api/v1/tasks", query_string={"cursor": first["cursor"]}).json
    ids = [row["id"] for row in first["tasks"] + second["tasks"]]
    assert len(ids) == len(set(ids)) == 23 and second["cursor"] == ""


def test_a_made_up_cursor_is_refused(scene):
    assert scene.reader.get("/api/v1/tasks?cursor=nonsense").status_code == 400


@both_stores
def test_a_draft_is_kept_merged_and_warns_when_another_window_saved(scene):
    task = open_task(scene.started()).id
    one = scene.reader.put(f"/api/v1/tasks/{task}/draft", json={"answers": {"book": "论语"}})
    two = scene.reader.put(f"/api/v1/tasks/{task}/draft", json={"answers": {"author": "孔子"}, "version": one.json["version"]})
    assert two.json["answers"]["book"] == "论语" and two.json["answers"]["author"] == "孔子"
    late = scene.reader.put(f"/api/v1/tasks/{task}/draft", json={"answers": {"book": "孟子"}, "version": one.json["version"]})
    assert late.status_code == 409 and late.json["code"] == "draft-conflict"
    assert scene.reader.get(f"/api/v1/tasks/{task}").json["draft"]["answers"]["book"] == "论语"


def test_wrong_answers_come_back_by_field_and_change_nothing(scene):
    case = scene.started()
    answer = scene.reader.post(f"/api/v1/tasks/{open_task(case).id}/completion", json={"answers": {}, "outcome": "submit"})
    assert answer.status_code == 422 and answer.json["code"] == "answers-invalid" and "book" in answer.json["fields"]
    assert session().query(Answers).count() == 0 and open_task(case).element == "request"


def test_a_decision_that_needs_a_reason_is_refused_without_one(scene):
    _case, task = scene.waiting_at_desk()
    answer = scene.desk.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": False}, "outcome": "ask_back"})
    assert answer.status_code == 422 and answer.json["code"] == "reason-needed"


def test_an_action_is_taken_while_it_is_offered_and_refused_afterwards(scene):
    case, task = scene.waiting_at_desk()
    offered = [action["message"] for action in scene.reader.get(f"/api/v1/cases/{case.id}").json["actions"]]
    assert "cancel" in offered
    assert scene.reader.post(f"/api/v1/cases/{case.id}/messages/cancel", json={}).json["ended_element"] == "cancelled"
    again = scene.reader.post(f"/api/v1/cases/{case.id}/messages/cancel", json={})
    assert again.status_code == 409 and again.json["code"] == "not-waiting"


def test_the_diagram_of_a_release_is_given_as_it_was_published(scene):
    release = session().get(Case, scene.started().id).release
    answer = scene.reader.get(f"/api/v1/releases/{release}/diagram?process=lending")
    assert answer.mimetype == "application/xml" and b"bpmn:definitions" in answer.data
    assert scene.reader.get(f"/api/v1/releases/{release}/diagram?process=none").status_code == 404
    assert scene.reader.get("/api/v1/releases/none/diagram").status_code == 404


def test_a_token_is_given_for_the_right_password_only_and_can_be_ended(app, scene):
    client = app.test_client()
    wrong = client.post("/api/v1/token", json={"account": "stranger", "password": "wrong-password"})
    assert wrong.status_code == 401 and wrong.json["code"] == "sign-in-refused"
    token = client.post("/api/v1/token", json={"account": "stranger", "password": "correct-horse"}).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/me", headers=headers).json["id"] == "stranger"
    assert client.delete("/api/v1/token", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401


@both_stores
def test_a_task_is_taken_given_back_and_handed_over(scene):
    case, task = scene.waiting_at_desk()
    person("colleague", "librarian@city_library")
    scene.desk.post(f"/api/v1/tasks/{task}/take")
    assert scene.desk.post(f"/api/v1/tasks/{task}/give-back").json["assignee"] == ""
    handed = scene.desk.post(f"/api/v1/tasks/{task}/hand-over", json={"to": "colleague"})
    assert handed.json["assignee"] == "colleague"
    late = scene.desk.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": True}, "outcome": "lend"})
    assert late.status_code == 409 and late.json["code"] == "task-taken"


# --- repeated requests


@both_stores
def test_the_same_request_with_the_same_key_has_one_effect_and_one_answer(scene):
    first = scene.reader.post("/api/v1/cases", json={"process": "lending"}, headers=keyed())
    second = scene.reader.post("/api/v1/cases", json={"process": "lending"}, headers=keyed())
    assert first.json == second.json and second.status_code == 201
    assert session().query(Case).count() == 1


@both_stores
def test_a_completion_repeated_with_its_key_is_answered_alike_although_the_task_is_gone(scene):
    case, task = scene.waiting_at_desk()
    body = {"answers": {"in_stock": True}, "outcome": "lend"}
    answers = [scene.desk.post(f"/api/v1/tasks/{task}/completion", json=body, headers=keyed()) for _ in range(2)]
    assert answers[0].json == answers[1].json and answers[1].status_code == 200
    assert scene.desk.post(f"/api/v1/tasks/{task}/completion", json=body).status_code == 409


@both_stores
def test_the_same_key_with_another_body_is_refused_without_effect(scene):
    scene.reader.post("/api/v1/cases", json={"process": "lending"}, headers=keyed())
    other = scene.reader.post("/api/v1/cases", json={"process": "lending", "answers": {"a": 1}}, headers=keyed())
    assert other.status_code == 422 and other.json["code"] == "key-reused"
    assert session().query(Case).count() == 1


def test_a_refused_request_may_be_corrected_under_the_same_key(scene):
    task = open_task(scene.started()).id
    bad = scene.reader.post(f"/api/v1/tasks/{task}/completion", json={"answers": {}, "outcome": "submit"}, headers=keyed())
    good = scene.reader.post(f"/api/v1/tasks/{task}/completion", json={"answers": sample("request"), "outcome": "submit"}, headers=keyed())
    assert (bad.status_code, good.status_code) == (422, 200)


def test_two_people_with_the_same_key_do_not_meet(scene):
    scene.reader.post("/api/v1/cases", json={"process": "lending"}, headers=keyed())
    assert scene.stranger.post("/api/v1/cases", json={"process": "lending"}, headers=keyed()).status_code == 403


def at_once(*calls):
    """The answers of calls made in threads of their own at the same moment."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        barrier.wait()
        answers[place] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@both_stores
def test_a_double_click_has_one_effect_and_identical_answers(app, scene):
    case, task = scene.waiting_at_desk()
    body = {"answers": {"in_stock": True}, "outcome": "lend"}
    session().rollback()

    def click():
        with app.app_context():
            client = app.test_client()
            client.token = scene.desk.token
            return client.post(f"/api/v1/tasks/{task}/completion", json=body, headers=keyed())

    answers = at_once(*[click] * 4)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert session().query(Event).filter_by(task_id=task, kind="complete").count() == 1


@both_stores
def test_of_two_people_completing_one_task_at_once_one_wins_and_the_other_is_told_who_was_first(app, scene):
    person("colleague", "librarian@city_library")
    for _ in range(5):
        case, task = scene.waiting_at_desk()
        tokens = [scene.desk.token, program(app, "colleague").token]
        session().rollback()

        def finish(token):
            with app.app_context():
                client = app.test_client()
                client.token = token
                return client.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": True}, "outcome": "lend"})

        answers = at_once(*[lambda token=token: finish(token) for token in tokens])
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = next(answer for answer in answers if answer.status_code == 409)
        assert loser.json["code"] == "task-no-longer-open"
        assert session().query(Event).filter_by(task_id=task, kind="complete").count() == 1


# --- what others must not reach (J-02, J-03, J-04, J-14)


@both_stores
@pytest.mark.parametrize("who", ["stranger", "other_desk"])
def test_another_persons_case_task_draft_and_history_do_not_exist_for_a_stranger(who, scene):
    case, task = scene.waiting_at_desk()
    other = getattr(scene, who)
    calls = [
        other.get(f"/api/v1/cases/{case.id}"), other.get(f"/api/v1/cases/{case.id}/events"),
        other.post(f"/api/v1/cases/{case.id}/messages/cancel", json={}), other.get(f"/api/v1/tasks/{task}"),
        other.put(f"/api/v1/tasks/{task}/draft", json={"answers": {}}),
        other.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": True}, "outcome": "lend"}),
        other.post(f"/api/v1/tasks/{task}/take"), other.post(f"/api/v1/tasks/{task}/give-back"),
        other.post(f"/api/v1/tasks/{task}/hand-over", json={"to": who}),
        other.get(f"/api/v1/cases/{case.id + 1}"), other.get("/api/v1/tasks/00000000-0000-0000-0000-000000000000"),
    ]
    assert [call.status_code for call in calls] == [404] * len(calls)
    assert session().query(Event).filter_by(case_id=case.id).count() == 2


def test_a_finished_task_does_not_exist_for_a_stranger_either(scene):
    case, task = scene.waiting_at_desk()
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "lend")
    assert scene.stranger.post(f"/api/v1/tasks/{task}/completion", json={"answers": {}, "outcome": "lend"}).status_code == 404


def test_whose_case_it_is_cannot_do_the_reviewers_task(scene):
    case, task = scene.waiting_at_desk()
    answer = scene.reader.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": True}, "outcome": "lend"})
    assert answer.status_code == 403 and open_task(case).element == "check"


def test_whose_case_it_is_reads_neither_the_reviewers_answers_nor_their_name_in_the_reviewers_task(scene):
    case, first = scene.waiting_at_desk()
    complete(case, "check", "librarian_zhao", {"in_stock": False}, "ask_back", reason="请补充")
    complete(case, "request", "reader_wang", sample("request"))
    again = open_task(case, "check").id
    assert scene.desk.get(f"/api/v1/tasks/{again}").json["answers"] == {"in_stock": False}
    assert scene.reader.get(f"/api/v1/tasks/{again}").json["answers"] == {}
    for verb, body in (("completion", {"answers": {}, "outcome": "lend"}), ("take", None), ("give-back", None)):
        assert scene.reader.post(f"/api/v1/tasks/{first}/{verb}", json=body).json["code"] == "not-allowed"


def test_a_finished_task_and_a_later_one_cannot_be_posted_to(scene):
    case = scene.started()
    done = open_task(case).id
    complete(case, "request", "reader_wang", sample("request"))
    again = scene.reader.post(f"/api/v1/tasks/{done}/completion", json={"answers": sample("request"), "outcome": "submit"})
    assert again.status_code == 409 and again.json["code"] == "task-no-longer-open"
    later = scene.reader.post(f"/api/v1/tasks/hand_out/completion", json={"answers": {}, "outcome": "submit"})
    assert later.status_code == 404


@pytest.mark.parametrize("extra", [{"assignee": "stranger"}, {"status": "ended"}, {"role": "head_librarian"}, {"actor": "librarian_zhao"}])
def test_fields_that_are_not_asked_for_are_refused_beside_the_answers(extra, scene):
    case = scene.started()
    body = {"answers": sample("request"), "outcome": "submit"} | extra
    assert scene.reader.post(f"/api/v1/tasks/{open_task(case).id}/completion", json=body).status_code == 422
    assert open_task(case).element == "request"


@pytest.mark.parametrize("name", [
    "__builtins__", "len", "fee_ok", "approved", "case", "vars", "actor", "form", "now", "outcome", "ｂｏｏｋ", "__class__",
])
def test_a_field_that_the_form_does_not_have_never_reaches_the_answers(name, scene):
    case = scene.started()
    body = {"answers": sample("request") | {name: {"starter": "x", "fee": 0}}, "outcome": "submit"}
    answer = scene.reader.post(f"/api/v1/tasks/{open_task(case).id}/completion", json=body)
    stored = session().query(Answers).filter_by(case_id=case.id).all()
    assert answer.status_code in (200, 400, 422) and all(name not in row.data for row in stored)
    assert session().get(Case, case.id).starter_id == "reader_wang"


def test_who_lost_the_role_while_the_form_was_open_is_refused(scene, clock):
    case, task = scene.waiting_at_desk()
    assert scene.desk.get(f"/api/v1/tasks/{task}").json["mine"]
    people.set_roles("librarian_zhao", [], actor=SYSTEM, clock=clock)
    answer = scene.desk.post(f"/api/v1/tasks/{task}/completion", json={"answers": {"in_stock": True}, "outcome": "lend"})
    assert answer.status_code in (403, 404) and open_task(case).element == "check"


def test_a_party_that_does_not_exist_or_is_no_reference_is_refused(scene):
    answer = scene.reader.post("/api/v1/cases", json={"process": "lending", "parties": {"library": "org:nowhere"}})
    assert answer.status_code in (400, 404, 422) and session().query(Case).count() == 0


@pytest.mark.parametrize("body", [
    b"", b"[]", b"1", b"{", b'{"process": 7}', b'{"process": ""}', b'{"process": null}', b"\xff", b"[" * 5000,
    b'{"process": "lending", "answers": ' + b'{"a":' * 60 + b"1" + b"}" * 61, b'{"process": "lending", "answers": {"a": NaN}}',
])
def test_a_malformed_body_is_the_callers_fault(body, scene):
    answer = scene.reader.post("/api/v1/cases", data=body, content_type="application/json")
    assert answer.status_code in (400, 422) and answer.json["code"] in ("request-invalid", "bad-request")


@both_stores
@pytest.mark.parametrize("path", ["cases/" + "9" * 30, "tasks/a%00b", "releases/%00/diagram", "cases?q=%00", "tasks/" + "a" * 5000])
def test_an_address_out_of_all_range_is_the_callers_fault(path, scene):
    assert scene.reader.get(f"/api/v1/{path}").status_code in (200, 400, 404)


@both_stores
def test_a_name_with_a_nul_is_no_account(app, client):
    data = {"account": "li\0", "password": "x", "csrf_token": csrf_token(client)}
    assert client.post("/sign-in", data=data).status_code in (400, 401)


def test_drafts_belong_to_one_person(scene, clock):
    case, task = scene.waiting_at_desk()
    person("colleague", "librarian@city_library")
    scene.desk.put(f"/api/v1/tasks/{task}/draft", json={"answers": {"remark": "只给自己看"}})
    assert session().get(Draft, (task, "librarian_zhao")) is not None
    assert "remark" not in view_task(task, actor("colleague"), clock).answers


def test_reading_changes_nothing(scene):
    case, task = scene.waiting_at_desk()
    before = session().query(Event).count(), session().get(Task, task).opened_at
    for path in ("/api/v1/tasks", f"/api/v1/tasks/{task}", f"/api/v1/cases/{case.id}", f"/api/v1/cases/{case.id}/events"):
        assert scene.desk.get(path).status_code == 200
    session().rollback()
    assert (session().query(Event).count(), session().get(Task, task).opened_at) == before


def test_the_openapi_document_names_every_path_of_the_api(app, scene):
    document = scene.reader.get("/api/v1/openapi.json").json
    ruled = {rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}").removeprefix("/api/v1")
             for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1") and "openapi" not in rule.rule}
    assert {path.removeprefix("/api/v1") for path in document["paths"]} == ruled
