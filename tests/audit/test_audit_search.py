"""The auditors' search: every criterion finds what it says, on both databases; pages, workbooks, kept searches."""
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.audit.search import books
from app.audit.search.asked import asked_for
from app.audit.search.finding import cases_found, count_cases, count_events, events_found
from app.jobs import run_jobs
from app.operations.cases import start_case as start
from app.store import session, transaction
from app.store.models import Case, CaseMove, CaseParty, Task
from app.viewings.models import Viewing
from tests.support.builders import actor, complete, csrf_token, person, publish, sample, sign_in, start_case


@pytest.fixture
def cases(app, clock):
    """Three lendings: one waits at the desk, one was returned and handed in again, one of another day is a draft."""
    publish()
    person("checker", "auditor")
    made = [start_case(clock=clock), start_case(clock=clock)]
    for case in made:
        complete(case, "request", "reader_wang", sample("request"), clock=clock)
    complete(made[1], "check", "librarian_zhao", {"in_stock": False}, outcome="ask_back", reason="缺书名", clock=clock)
    complete(made[1], "request", "reader_wang", sample("request"), clock=clock)
    clock.move_to(clock() + timedelta(days=2))
    made.append(start("lending", actor=actor("reader_wang"), clock=clock))
    return made


@pytest.fixture
def auditor(app, cases):
    client = app.test_client()
    sign_in(client, "checker")
    return client


def found(clock, **words) -> list[int]:
    return sorted(row.case.id for row in cases_found(asked_for(words), clock)[0])


def acts(clock, **words) -> list[tuple]:
    return [(row.case.id, row.event.kind, row.event.element) for row in events_found(asked_for(words), clock)[0]]


@pytest.mark.both_stores
def test_each_criterion_finds_the_cases_it_names(clock, cases):
    one, returned, draft = (case.id for case in cases)
    number, name = cases[0].number, actor("reader_wang").name
    assert found(clock) == [one, returned, draft]
    assert found(clock, q=number) == [one] and found(clock, q=number[-6:])[0] == one and found(clock, q="没有这样的词") == []
    assert found(clock, person="reader_wang") == found(clock, person=name) == [one, returned, draft] and found(clock, person="李") == []
    assert found(clock, process="lending", procedure="lending-library", release="1") == [one, returned, draft] and found(clock, release="9") == []
    assert found(clock, since="2026-03-04", until="2026-03-04") == [draft] and found(clock, until="2026-03-02") == [one, returned]
    assert found(clock, returned="1") == [returned] and found(clock, returned="2") == []
    assert found(clock, step="check", outcome="ask_back") == [returned] and found(clock, actor="librarian_zhao") == [returned]
    assert found(clock, kind="start") == [one, returned, draft] and found(clock, time="event", since="2026-03-04") == [draft]
    assert found(clock, state="draft") == [draft] and found(clock, state="ended") == []


@pytest.mark.both_stores
def test_what_deviates_is_found(clock, cases):
    one, returned, _draft = cases
    with transaction() as store:
        store.add(CaseMove(case_id=one.id, seq=1, from_release="a", to_release="b"))
        store.merge(CaseParty(case_id=one.id, name="library", ref="org:city_library"))
        session().query(Task).filter_by(case_id=returned.id, state="open").update({"due": "2026-03-02T10:00:00+08:00"})
    assert found(clock, deviation="moved") == [one.id] and found(clock, deviation="late") == [returned.id]
    assert found(clock, deviation="by_hand") == [] and found(clock, deviation="different") == [] and found(clock, deviation="found") == []
    assert one.id in found(clock, organisation="city_library")


@pytest.mark.both_stores
def test_events_are_found_by_the_same_criteria_and_by_their_own(clock, cases):
    _one, returned, draft = (case.id for case in cases)
    assert acts(clock, outcome="ask_back") == [(returned, "complete", "check")]
    assert acts(clock, person="reader_wang", kind="start", order="oldest")[-1][0] == draft
    assert count_events(asked_for({"actor": "librarian_zhao"}), clock) == 1 and count_events(asked_for({}), clock) == len(acts(clock))


@pytest.mark.both_stores
def test_pages_go_on_where_the_last_ended_in_either_order(clock, cases):
    for order in ("", "oldest"):
        asked = asked_for({"order": order})
        first, cursor = cases_found(asked, clock, size=2)
        second, end = cases_found(asked, clock, size=2, cursor=cursor)
        ids = [row.case.id for row in first + second]
        assert end == "" and sorted(ids) == [case.id for case in cases] and ids == sorted(ids, reverse=not order)
    assert count_cases(asked_for({}), clock) == 3


def test_the_page_shows_cases_and_events_and_leads_to_the_player(auditor, clock, cases):
    page = auditor.get("/audit?person=reader_wang").text
    assert all(case.number in page for case in cases) and f"/audit/cases/{cases[0].id}" in page
    assert "缺书名" not in page
    events = auditor.get("/audit?view=events&outcome=ask_back").text
    assert cases[1].number in events and cases[0].number not in events
    assert "请放宽条件" in auditor.get("/audit?q=没有这样的词").text
    assert auditor.get("/audit?view=nothing").status_code == 404 and auditor.get("/audit?cursor=bad").status_code == 400


def test_a_search_is_kept_under_a_name_and_its_address_says_it(auditor):
    token = csrf_token(auditor)
    kept = auditor.post("/audit/views", data={"name": "退回过的", "returned": "1", "csrf_token": token})
    assert kept.location == "/audit?returned=1" and "退回过的" in auditor.get("/audit").text
    auditor.post("/audit/views/drop", data={"name": "退回过的", "csrf_token": token})
    assert "退回过的" not in auditor.get("/audit").text


def test_workbooks_hold_texts_and_no_formulas(auditor, cases):
    with transaction():
        session().get(Case, cases[0].id).summary = "=1+1"
    sheet = load_workbook(BytesIO(auditor.get("/audit/excel").data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert sheet.max_row == 4 and any(cell.value == "=1+1" for cell in cells) and all(cell.data_type != "f" for cell in cells)
    events = load_workbook(BytesIO(auditor.get("/audit/excel?view=events&outcome=ask_back").data)).active
    assert events.max_row == 2


def test_a_long_workbook_is_made_by_a_job_for_its_person_alone(app, auditor, clock, cases):
    begun = auditor.post("/audit/exports", data={"view": "cases", "csrf_token": csrf_token(auditor)})
    job_id = begun.location.rpartition("/")[2]
    assert auditor.get(f"/audit/exports/{job_id}.xlsx").status_code == 404
    run_jobs(clock)
    answer = auditor.get(f"/audit/exports/{job_id}.xlsx")
    assert load_workbook(BytesIO(answer.data)).active.max_row == 4 and job_id in auditor.get("/audit").text
    person("other", "auditor")
    stranger = app.test_client()
    sign_in(stranger, "other")
    assert stranger.get(f"/audit/exports/{job_id}.xlsx").status_code == 404
    clock.move_to(clock() + books.KEPT + timedelta(minutes=1))
    sign_in(auditor, "checker")
    assert auditor.get(f"/audit/exports/{job_id}.xlsx").status_code == 404


def test_searches_and_exports_are_in_the_log_of_viewings(auditor):
    auditor.get("/audit?person=reader_wang")
    auditor.get("/audit/excel?person=reader_wang")
    session().rollback()
    rows = session().query(Viewing).filter(Viewing.reader_id == "checker").order_by(Viewing.id).all()
    assert [(row.kind, row.detail) for row in rows] == [("audit", "person=reader_wang"), ("export", "person=reader_wang")]


def test_only_auditors_search(app, cases):
    for account, password in (("librarian_zhao", "keeps-books"), ("reader_wang", "reads-a-lot")):
        client = app.test_client()
        sign_in(client, account, password)
        assert client.get("/audit").status_code == 403
