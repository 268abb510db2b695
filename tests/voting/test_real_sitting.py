"""The procedure's own sitting, blind and on paper: what its experts can open tells nobody's name, number or employer."""
import pytest

from app.operations import reading
from app.operations.contexts import case_variables
from app.operations.outbox import drain_outbox
from app.operations.readership import readable_keys
from app.operations.tasks import complete_task
from app.people import Person
from app.store import session
from app.store.models import Answers, Case, Event, Task
from tests.support import builders
from tests.voting.test_blind import _crawl
from tests.whole.walks import Walk

SCENARIO = builders.ROOT / "processes" / "title-review" / "scenarios" / "blind_on_paper.yml"
OFFICIAL = "pingshen-demo"


@pytest.fixture
def walk(app, clock):
    builders.publish(builders.ROOT, clock=clock)
    walk = Walk(SCENARIO, clock).start()
    walk.walk(until=lambda command: command.element == "write_opinion" and command.actor == "expert2")
    return walk


def test_an_expert_of_a_blind_sitting_meets_no_name_on_any_page(walk, app, clock):
    case = walk.case()
    assert case_variables(case)["scheduled"]["blind"] is True and case_variables(case)["scheduled"]["label"] == "申报人01"
    given = session().get(Answers, case.latest["declaration"]).data
    telling = [given["name"], given["id_number"], given["phone"], given["work_unit"]]
    assert all(isinstance(word, str) and len(word) > 1 for word in telling)
    client = app.test_client()
    builders.sign_in(client, "expert2", OFFICIAL)
    task = session().query(Task).filter_by(case_id=case.id, assignee="expert2", state="open").one().id
    seen = _crawl(client, "/", "/notices", f"/tasks/{task}", f"/cases/{case.id}", f"/cases/{case.id}/form", f"/cases/{case.id}/materials",
                  f"/search?q={case.number}", "/api/v1/tasks", f"/api/v1/tasks/{task}", f"/api/v1/cases/{case.id}", f"/api/v1/cases/{case.id}/events")
    told = {(address, word) for address, text in seen.items() for word in telling if word in text}
    assert told == set() and "申报人01" in seen[f"/cases/{case.id}/form"] and len(seen) > 20

    form, answers, _context = reading.filled_form(case, "declaration", builders.actor("zhou"), clock)
    assert answers["name"] == case.starter_name, "the office goes on reading names"


def _addresses(case) -> list[str]:
    return [f"/cases/{case.id}", f"/cases/{case.id}/form", f"/cases/{case.id}/materials", f"/api/v1/cases/{case.id}", f"/api/v1/cases/{case.id}/events"]


@pytest.mark.parametrize("reader", ["li", "sun"])
def test_neither_the_applicant_nor_the_employer_learns_who_the_experts_are(walk, app, reader):
    case = walk.case()
    experts = {account.actor_name for account in session().query(Event).filter_by(case_id=case.id, element="write_opinion")}
    assert experts and not experts & {"系统", ""}
    client = app.test_client()
    builders.sign_in(client, reader, OFFICIAL)
    seen = _crawl(client, "/", "/notices", *_addresses(case))
    assert {(address, name) for address, text in seen.items() for name in experts if name in text} == set() and len(seen) > 15
    assert "评审专家" in seen[f"/api/v1/cases/{case.id}/events"]
    assert "expert_opinion" not in readable_keys(case, builders.actor(reader))


def test_the_office_goes_on_reading_who_wrote_what(walk):
    case = walk.case()
    assert {"expert_opinion"} <= readable_keys(case, builders.actor("zhou"))
    names = {line.who for line in reading.timeline(case, builders.actor("zhou")) if line.element == "write_opinion"}
    assert names and names != {"评审专家"}


@pytest.mark.parametrize("expert", ["expert1", "expert2", "expert3"])
def test_an_expert_reads_of_the_sitting_what_is_theirs_and_no_list_of_experts_or_applicants(walk, app, expert):
    case, sitting = walk.case(), session().query(Case).filter_by(process_id="sitting").one()
    actor = builders.actor(expert)
    assert readable_keys(sitting, actor) <= {"sitting_start", "invitation", "interests"}
    client = app.test_client()
    builders.sign_in(client, expert, OFFICIAL)
    seen = _crawl(client, *_addresses(sitting))
    others = {person.name for person in session().query(Person).filter(Person.id.in_(["expert1", "expert2", "expert3"]), Person.id != expert)}
    telling = {*others, case.starter_name}
    assert {(address, word) for address, text in seen.items() for word in telling if word in text} == set()


def test_in_a_blind_sitting_interests_are_told_without_reading_names_and_a_name_written_there_is_a_recusal(app, clock):
    builders.publish(builders.ROOT, clock=clock)
    walk = Walk(SCENARIO, clock).start()
    walk.walk(until=lambda command: command.element == "declare_interests" and command.actor == "expert1")
    case, sitting = walk.case(), session().query(Case).filter_by(process_id="sitting").one()
    client = app.test_client()
    builders.sign_in(client, "expert1", OFFICIAL)
    tasks = {row.assignee: row.id for row in session().query(Task).filter_by(case_id=sitting.id, element="declare_interests", state="open")}
    seen = _crawl(client, f"/tasks/{tasks['expert1']}", f"/api/v1/tasks/{tasks['expert1']}", "/notices", *_addresses(sitting))
    given = session().get(Answers, case.latest["declaration"]).data
    assert [(address, word) for address, text in seen.items() for word in (given["name"], given["id_number"], given["work_unit"]) if word in text] == []
    assert "盲评" in seen[f"/tasks/{tasks['expert1']}"]
    for expert, words in (("expert1", f"{given['name']}是我的学生"), ("expert2", "无"), ("expert3", "无")):
        complete_task(tasks[expert], actor=builders.actor(expert), clock=clock, answers={"pledge": True, "blind_relations": words}, outcome="submit")
    drain_outbox(clock)
    declared = case_variables(session().get(Case, sitting.id, populate_existing=True))["declared"]
    assert [(one["ref"], one["cases"]) for one in declared] == [("person:expert1", [case.number])]
