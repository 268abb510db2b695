"""A year at a glance: which groups a diagram makes of its cases, who sees them, and the lists behind the numbers."""
from datetime import timedelta

import pytest

from app.definitions import Bundle
from app.operations.reading import glance, groupstages
from app.operations.replay import replay_case
from app.store import session, transaction
from app.store.models import Case, Task
from tests.support.builders import DATA, MONDAY, actor, bundle_of, complete, publish, sample, sign_in, start_case

LENDING = "processes/lending-library/lending.bpmn"
SUMMARY = '<camunda:property name="summary"'
GROUPED = ('<camunda:property name="group_by" value="form.request.author" />'
           '<camunda:property name="group_under" value="string(year(today))" />'
           '<camunda:property name="group_owner" value="case.parties.library" />'
           '<camunda:property name="overseen_by" value="head_librarian" />' + SUMMARY)
NOW = lambda: MONDAY  # noqa: E731


@pytest.fixture
def library(app):
    """The lending library, whose loans are counted by author; owned by the branch, watched by the head."""
    files = dict(bundle_of(DATA / "lending-library").files)
    files[LENDING] = files[LENDING].replace(SUMMARY.encode(), GROUPED.encode(), 1)
    publish(Bundle(files))


def lend(author: str, branch: str = "org:city_library"):
    case = start_case()
    complete(case, "request", "reader_wang", {**sample("request"), "author": author, "branch": branch})
    return session().get(Case, case.id, populate_existing=True)


@pytest.mark.both_stores
def test_cases_are_counted_in_the_group_that_their_diagram_names(library):
    draft = start_case()
    first, second, _other = lend("鲁迅"), lend("鲁迅"), lend("老舍")
    assert (draft.grouping, first.grouping, second.grouping) == ("", "鲁迅", "鲁迅")
    lines = {line.group.name: line for line in glance.overview(glance.groups_of(actor("head_qian")), NOW)}
    assert {name: line.sums["lending"].running for name, line in lines.items()} == {"鲁迅": 2, "老舍": 1}
    assert lines["鲁迅"].group.heading == "2026" and replay_case(first).difference == ""


@pytest.mark.both_stores
def test_each_stage_says_who_has_the_cases_since_when_and_what_is_late(library):
    case = lend("鲁迅")
    with transaction():
        task = session().query(Task).filter_by(case_id=case.id, state="open").one()
        task.due = (MONDAY - timedelta(days=1)).date().isoformat()
    group = glance.group_of(actor("librarian_zhao"), "lending-library", "鲁迅")
    line = next(one for one in groupstages.stages_of(group, NOW, "zh")["lending"] if not one.tone)
    assert (line.cases, line.waiting_for, line.late, line.soon) == (1, {"馆员": 1}, 1, 0) and line.oldest == MONDAY
    late, _cursor = groupstages.cases_behind(group, groupstages.Behind("lending", line.stage, "running", "late"), NOW)
    assert [row.number for row in late] == [case.number]
    assert groupstages.cases_behind(group, groupstages.Behind(due="soon"), NOW)[0] == ()


@pytest.mark.both_stores
def test_a_date_without_a_time_is_late_when_its_day_is_over(library):
    case = lend("鲁迅")
    group = glance.groups_of(actor("head_qian"))[0]
    for due, found in (("2026-03-02", (0, 1)), ("2026-03-01", (1, 0)), ("2026-03-02T08:59:00+08:00", (1, 0)), ("2026-04-02", (0, 0))):
        with transaction():
            session().query(Task).filter_by(case_id=case.id, state="open").one().due = due
        total = glance.overview([group], NOW)[0].sums["lending"]
        assert (total.late, total.soon) == found, due


def test_a_desk_sees_its_own_groups_and_an_overseer_all_of_them(library):
    lend("鲁迅")
    lend("老舍", "org:harbour_library")
    names = lambda who: {group.name for group in glance.groups_of(actor(who))}  # noqa: E731
    assert names("head_qian") == {"鲁迅", "老舍"} and names("librarian_zhao") == {"鲁迅"} and names("librarian_sun") == {"老舍"}
    assert names("reader_wang") == set()
    assert glance.watches_groups(actor("librarian_zhao")) and not glance.watches_groups(actor("reader_wang"))


def test_the_pages_lead_from_the_year_to_a_case_and_to_excel(library, client):
    case = lend("鲁迅")
    sign_in(client, "librarian_zhao", "keeps-books")
    assert "鲁迅" in client.get("/overview").text and "馆员 1" in client.get("/overview/lending-library/鲁迅").text
    behind = client.get("/overview/lending-library/鲁迅/cases?process=lending&tone=running").text
    assert case.number in behind and f"/cases/{case.id}" in behind and "王小满" in behind
    for path in ("/overview/excel", "/overview/lending-library/鲁迅/excel", "/overview/lending-library/鲁迅/cases/excel"):
        assert client.get(path).data[:2] == b"PK"
    assert client.get("/overview/lending-library/老舍").status_code == 404


def test_who_does_not_look_after_a_group_learns_nothing_of_it(library, client):
    lend("鲁迅")
    sign_in(client, "reader_wang", "reads-a-lot")
    assert "还没有可以汇总的事项" in client.get("/overview").text
    assert client.get("/overview/lending-library/鲁迅").status_code == 404 and client.get("/overview/lending-library/鲁迅/cases").status_code == 404
