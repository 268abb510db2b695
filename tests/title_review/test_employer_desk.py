"""The employer's desk with the real procedure: lists over ticked persons, complaints that the applicant never learns of (D-40, D-49)."""
import pytest

from app import people
from app.operations import reading
from app.people import SYSTEM
from app.store import session
from app.store.models import Event
from tests.support.builders import ROOT, actor, csrf_token, publish, sign_in
from tests.whole.walks import Walk, perform

COMPLAINTS = ROOT / "processes" / "title-review" / "scenarios" / "complaints.yml"
OFFICIAL = "pingshen-demo"


@pytest.fixture
def walk(app, clock):
    """Stands before the employer's first decision at publicity; a complaint is recorded and pending."""
    publish(ROOT, clock=clock)
    walk = Walk(COMPLAINTS, clock).start()
    walk.next = walk.walk(until=lambda command: command.element == "handle_complaint_pre")
    return walk


def test_the_applicant_learns_nothing_of_a_complaint_and_the_employer_all(walk, client, clock):
    perform(walk.next, clock)
    walk.settle()
    case = walk.case()
    for who, knows in (("li", False), ("chen", True)):
        told = actor(who)
        lines = reading.timeline(case, told)
        steps = [step.element for step in reading.steps_of(case, told)]
        painted = reading.progress_of(case, told)["walked"]
        forms = [form.key for form in reading.readable_forms(case, told)]
        assert any("投诉" in line.element_name for line in lines) is knows
        assert ("handle_complaint_pre" in steps) is ("complaint_pre_to_begin_complaint_pre" in painted) is ("complaint" in forms) is knows
    assert "投诉" not in case.stage and "投诉" not in case.handler


def test_an_open_complaint_is_not_named_to_the_applicant_as_where_the_case_is(walk, clock):
    case = walk.case()
    assert [task.element for task in reading.view_case(case.id, actor("li"), clock).open_tasks] == ["pre_publicity"]
    assert {task.element for task in reading.view_case(case.id, actor("chen"), clock).open_tasks} == {"pre_publicity", "handle_complaint_pre"}


def test_experts_and_others_with_the_case_do_not_read_the_register(walk, clock):
    perform(walk.next, clock)
    stranger = people.create_person("expert_x", "外人", actor=SYSTEM, clock=clock, roles=[("expert", "")])
    assert "complaint" not in [form.key for form in reading.readable_forms(walk.case(), actor(stranger.id))]
    assert "complaint" in [form.key for form in reading.readable_forms(walk.case(), actor("zhou"))]


def test_the_list_offers_those_at_publicity_and_ticking_changes_no_case(walk, client):
    sign_in(client, "chen", OFFICIAL)
    case = walk.case()
    page = client.get("/desk/lists/pre_publicity_list").text
    assert case.number in page and "全选 1 人" in page and 'checked' not in page and "未打印" in page
    assert 'checked' in client.get("/desk/lists/pre_publicity_list?all=1").text
    before = session().query(Event).count()
    asked = client.post("/reports/over/pre_publicity_list", data={"csrf_token": csrf_token(client), "case": case.id})
    assert asked.status_code == 200 and "联系电话" in asked.text
    assert session().query(Event).count() == before


def test_the_list_after_the_review_does_not_name_those_before_it(walk, client):
    sign_in(client, "chen", OFFICIAL)
    assert walk.case().number not in client.get("/desk/lists/post_publicity_list").text
    assert client.get("/desk/lists/no_such_list").status_code == 404


def test_another_employer_sees_none_of_it(walk, client):
    sign_in(client, "luo", OFFICIAL)
    number = walk.case().number
    assert number not in client.get("/desk").text and number not in client.get("/desk/lists/pre_publicity_list").text
    assert "没有找到符合条件的待办" in client.get(f"/desk?q={number}").text


def test_the_desk_is_searched_by_name_number_and_document(walk, client):
    sign_in(client, "chen", OFFICIAL)
    case = walk.case()
    document = people.profile_of("li").id_number
    for q in ("李雷", case.number[-6:], document):
        assert case.number in client.get("/desk", query_string={"q": q}).text, q
    assert "没有找到符合条件的待办" in client.get("/desk?q=王五").text
    assert document not in client.get("/desk?q=李雷").text


def test_an_operator_of_two_employers_sees_the_desk_of_the_one_they_act_for(walk, client, clock):
    people.set_roles("chen", [("employer_operator", "acme"), ("employer_operator", "bay")], actor=SYSTEM, clock=clock)
    sign_in(client, "chen", OFFICIAL)
    number = walk.case().number
    for organisation, there in (("bay", False), ("acme", True)):
        client.post("/organisation", data={"csrf_token": csrf_token(client), "organisation": organisation})
        assert (number in client.get("/desk/lists/pre_publicity_list").text) is there
