"""The pages of insight: who sees what, what is covered, Excel that says the same as the table, questions kept under a name."""
from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from app.audit.insight.gathering import gather_insight
from app.definitions import Bundle
from app.store import transaction
from app.store.models import CaseGroup
from tests.audit.insight_histories import fill
from tests.support import builders
from tests.support.builders import csrf_token, sign_in

PAGES = ("", "?mode=duration", "?mode=frequency", "/rework", "/ways", "/compare", "/compare?by=party", "/compare?by=result", "/course")
GROUPS = [("g1", "鲁迅组", "2026"), ("g2", "老舍组", "2026")]
DIAGRAM = "processes/lending-library/lending.bpmn"
SUMMARY = b'<camunda:property name="summary"'
OVERSEEN = b'<camunda:property name="group_by" value="form.request.author" /><camunda:property name="group_owner" value="case.parties.library" />' + SUMMARY
pytestmark = pytest.mark.tampers  # rows made by hand


@pytest.fixture
def library(app, clock):
    """Loans in two groups, one of which belongs to the city library, from one busy branch and a small one."""
    files = dict(builders.bundle_of().files)
    files[DIAGRAM] = files[DIAGRAM].replace(SUMMARY, OVERSEEN, 1)
    builders.publish(Bundle(files), clock=clock)
    builders.organisation("tiny", "小书屋")
    builders.person("eve", "auditor", clock=clock)
    builders.person("root", "administrator", clock=clock)
    fill("lending", 60, clock(), seed=3, groups=GROUPS, parties=[("library", "org:city_library")])
    fill("lending", 3, clock(), seed=4, groups=GROUPS[1:], parties=[("library", "org:tiny")])
    with transaction() as store:
        store.get(CaseGroup, ("lending-library", "g1")).owner = "org:city_library"
    gather_insight(clock)
    return app


def browser(app, who: str, password: str = builders.PASSWORD):
    client = app.test_client()
    sign_in(client, who, password)
    return client


def rows_of(answer) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)


@pytest.mark.both_stores
def test_every_page_opens_for_auditors_and_says_what_it_counts(library):
    client = browser(library, "eve")
    for page in PAGES:
        answer = client.get(f"/audit/insight{page}")
        assert answer.status_code == 200 and "事件数据截至" in answer.text, page
    assert "最久的一步是" in client.get("/audit/insight").text
    assert client.get("/audit/insight/diagram.bpmn?process=lending").data.startswith(b"<?xml")
    assert client.get("/audit/insight/diagram.bpmn?process=lending&drawn=nothing").status_code == 404


def test_before_anything_was_counted_the_page_says_so(app, clock):
    builders.publish(clock=clock)
    builders.person("eve", "auditor", clock=clock)
    client = browser(app, "eve")
    for page in PAGES:
        assert "还没有" in client.get(f"/audit/insight{page}").text, page


def test_the_workbook_of_a_table_has_the_figures_of_the_page(library):
    client = browser(library, "eve")
    page = client.get("/audit/insight?mode=frequency&since=&until=").text
    head, *lines = rows_of(client.get("/audit/insight/excel/index/flows?mode=frequency&since=&until="))
    assert head == ("从", "到", "走向", "走过") and lines
    assert all(f'data-badge="{line[3]}"' in page for line in lines)
    for table in ("index/steps", "rework/returns", "rework/repeats", "ways/ways", "compare/compare", "course/weeks", "course/ages", "course/passing", "course/deadlines"):
        assert len(rows_of(client.get(f"/audit/insight/excel/{table}?since=&until="))) > 1, table
    assert client.get("/audit/insight/excel/index/nothing").status_code == 404


def test_an_office_counts_its_own_groups_alone_and_others_nothing(library):
    office = browser(library, "librarian_zhao", "keeps-books")
    text = office.get("/audit/insight/compare?since=&until=").text
    assert "鲁迅组" in text and "老舍组" not in text
    assert "老舍组" not in office.get("/audit/insight/compare?since=&until=&group=g2").text
    assert browser(library, "reader_wang", "reads-a-lot").get("/audit/insight").status_code == 403
    everything = sum(row[1] for row in rows_of(browser(library, "eve").get("/audit/insight/excel/compare/compare?since=&until="))[1:])
    mine = sum(row[1] for row in rows_of(office.get("/audit/insight/excel/compare/compare?since=&until="))[1:])
    assert 0 < mine < everything == 63


def test_few_cases_of_one_organisation_are_shown_to_auditors_alone(library):
    address = "/audit/insight/compare?by=party&since=&until="
    assert "小书屋" in browser(library, "eve").get(address).text
    covered = browser(library, "root").get(address).text
    assert "小书屋" not in covered and "不足 5 件" not in covered, "three cases are not even a rest"
    named = {row[0]: row[1] for row in rows_of(browser(library, "root").get("/audit/insight/excel/compare/compare?by=party&since=&until="))[1:]}
    assert all(value >= 5 for value in named.values() if isinstance(value, int) and value)
    narrowed = browser(library, "root").get("/audit/insight?party=org:tiny&since=&until=")
    assert 'value="org:tiny"' not in narrowed.text, "nobody else can ask for one organisation"


def test_an_example_of_a_way_leads_auditors_to_the_player(library):
    assert "/audit/cases/" in browser(library, "eve").get("/audit/insight/ways?since=&until=").text
    assert "/audit/cases/" not in browser(library, "root").get("/audit/insight/ways?since=&until=").text


def test_a_question_is_kept_under_a_name_and_asked_again(library):
    client = browser(library, "eve")
    said = {"csrf_token": csrf_token(client), "page": "course", "name": "今年工作日", "process": "lending", "since": "2026-01-01", "until": "", "time": "work"}
    assert client.post("/audit/insight/views", data=said).status_code == 303
    page = client.get("/audit/insight").text
    address = page.split('<a href="/audit/insight/views/open?')[1].split('"')[0].replace("&amp;", "&")
    answer = client.get(f"/audit/insight/views/open?{address}")
    asked = parse_qs(urlsplit(answer.location).query)
    assert urlsplit(answer.location).path == "/audit/insight/course" and asked["time"] == ["work"] and asked["since"] == ["2026-01-01"]
    client.post("/audit/insight/views/drop", data={"csrf_token": said["csrf_token"], "name": "今年工作日"})
    assert "今年工作日" not in client.get("/audit/insight").text


def test_odd_addresses_are_put_right(library):
    client = browser(library, "eve")
    for query in ("process=none", "since=yesterday&until=2026-99-99", "mode=x&by=y&tone=z", "release=" + "0" * 64, "since=0001-01-01&until=9999-12-31", "step=none", "group=none"):
        for page in ("", "/rework", "/ways", "/compare", "/course"):
            assert client.get(f"/audit/insight{page}?{query}").status_code in (200, 404), (page, query)
