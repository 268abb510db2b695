"""Who looks at somebody's data leaves a line; the person reads it; nobody can look past it (D-125, C-061)."""
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.certificates.models import Certificate
from app.materials import store_upload
from app.people import SYSTEM
from app.routes import seen
from app.store import session, transaction
from app.viewings import NAMES, Filter, forget_old_viewings, looks_at, note_viewing, unusual_reading, viewings_found
from app.viewings.models import Viewing
from tests.support.builders import MONDAY, actor, complete, open_task, person, publish, sample, sign_in, start_case

DEMO = {"librarian_zhao": "keeps-books", "reader_wang": "reads-a-lot", "librarian_sun": "keeps-books"}


@pytest.fixture
def case(app):
    publish()
    made = start_case()
    complete(made, "request", "reader_wang", sample("request"))
    return made


def as_(app, account):
    client = app.test_client()
    assert sign_in(client, account, DEMO.get(account, "correct-horse")).status_code == 303
    return client


def rows() -> list[Viewing]:
    session().rollback()
    return session().query(Viewing).order_by(Viewing.id).all()


@pytest.mark.both_stores
def test_a_look_is_one_line_and_looks_of_the_same_minute_are_counted(app, clock, case):
    worker = actor("librarian_zhao")
    for _time in range(3):
        note_viewing(worker, kind="case", clock=clock, case_id=case.id)
    clock.move_to(clock() + timedelta(minutes=2))
    note_viewing(worker, kind="case", clock=clock, case_id=case.id)
    assert [(row.kind, row.count, row.person_id, row.reader_id) for row in rows()] == [
        ("case", 3, "reader_wang", "librarian_zhao"), ("case", 1, "reader_wang", "librarian_zhao")]


def test_who_looks_at_their_own_case_leaves_no_line_and_the_service_neither(clock, case):
    note_viewing(actor("reader_wang"), kind="case", clock=clock, case_id=case.id)
    note_viewing(SYSTEM, kind="case", clock=clock, case_id=case.id)
    assert rows() == []


def test_pages_of_a_case_its_task_and_its_files_are_noted_with_what_was_seen(app, clock, case):
    with transaction():
        paper = store_upload(_png(), "证明.png", owner="reader_wang", clock=clock, case_id=case.id, label="身份证明")
    material, task = paper.id, open_task(case).id
    worker = as_(app, "librarian_zhao")
    for address in (f"/cases/{case.id}", f"/cases/{case.id}/form", f"/tasks/{task}", f"/materials/{material}/preview", f"/cases/{case.id}/diagram.bpmn",
                    f"/api/v1/cases/{case.id}/events"):
        assert worker.get(address).status_code == 200
    noted = [(row.kind, row.case_id, row.detail) for row in rows()]
    assert ("form", case.id, "") in noted and ("material", case.id, "身份证明") in noted
    assert {kind for kind, _case, _detail in noted} == {"case", "form", "task", "material"}
    assert all(row.person_id == "reader_wang" for row in rows())


def test_what_was_refused_or_belongs_to_the_reader_is_not_noted(app, case):
    person("stranger")
    assert as_(app, "stranger").get(f"/cases/{case.id}").status_code == 404
    assert as_(app, "reader_wang").get(f"/cases/{case.id}").status_code == 200
    assert rows() == []


def test_a_search_is_noted_with_what_was_sought(app, case):
    as_(app, "librarian_zhao").get("/search?q=王")
    assert [(row.kind, row.detail, row.person_id) for row in rows()] == [("search", "王", "")]


def test_nobody_sees_what_could_not_be_noted(app, case, monkeypatch):
    from app.errors import DatabaseBusy

    worker = as_(app, "librarian_zhao")

    def busy(*_args, **_more):
        raise DatabaseBusy()

    monkeypatch.setattr(seen.viewings, "note_viewing", busy)
    answer = worker.get(f"/cases/{case.id}")
    assert answer.status_code == 503 and case.number not in answer.text


def test_every_route_is_noted_or_says_why_not(app):
    """Deny by default: add a line to LISTS or UNSEEN in app/routes/seen.py, or name the subject in the address."""
    unaccounted, doubled = [], []
    for rule in app.url_map.iter_rules():
        told = [table for table in (seen.LISTS, seen.UNSEEN, seen.NOTED_BY_VIEW) if seen.listed_in(table, rule.endpoint)]
        if "GET" in rule.methods and not told and NAMES.isdisjoint(rule.arguments):
            unaccounted.append(rule.endpoint)
        if len(told) > 1:
            doubled.append(rule.endpoint)
    assert sorted(set(unaccounted)) == [] and doubled == []


def test_lines_of_the_tables_are_routes_or_blueprints(app):
    there = {rule.endpoint for rule in app.url_map.iter_rules()} | set(app.blueprints)
    own = set(seen.UNSEEN) | set(seen.LISTS) | set(seen.NOTED_BY_VIEW) | set(seen.KINDS_OF)
    assert sorted(own - there) == []


def test_the_person_reads_which_office_looked_and_not_who(app, clock, case):
    note_viewing(actor("librarian_zhao"), kind="case", clock=clock, case_id=case.id)
    look = looks_at(actor("reader_wang"))[0][0]
    assert look.case.id == case.id and look.kind == "case" and look.office
    page = as_(app, "reader_wang").get("/me/viewings").text
    assert look.office in page and actor("librarian_zhao").name not in page


def test_others_do_not_read_who_looked_at_the_person(clock, case):
    note_viewing(actor("librarian_zhao"), kind="case", clock=clock, case_id=case.id)
    assert looks_at(actor("librarian_sun")) == ([], "")


def test_the_holder_of_a_certificate_is_whose_data_it_was(app, clock, case):
    person("checker", "auditor")
    with transaction() as store:
        store.add(Certificate(id=1, number="n-1", code="c" * 26, call_id="call", case_id=case.id, holder="person:reader_wang", holder_name="r", procedure="lending-library",
                              title="t", issued_at=MONDAY, state="valid", state_at=MONDAY))
    assert as_(app, "checker").get("/certificates/register/1").status_code == 200
    assert [(row.kind, row.person_id, row.detail) for row in rows()] == [("certificate", "reader_wang", "n-1")]


@pytest.mark.both_stores
def test_the_log_is_found_by_reader_person_time_kind_and_goes_on_by_pages(clock, case):
    for day in range(3):
        note_viewing(actor("librarian_zhao"), kind="form", clock=clock, case_id=case.id, purpose="例行检查" if day else "")
        clock.move_to(clock() + timedelta(days=1))
    note_viewing(actor("librarian_sun"), kind="person", clock=clock, person_id="reader_wang")

    def found(**asked):
        return len(viewings_found(Filter(**asked))[0])

    assert found() == 4 and found(reader="librarian_zhao") == 3 and found(whose="reader_wang") == 4 and found(kind="person") == 1
    assert found(case=case.number) == 3 and found(asked="yes") == 2 and found(purpose="检查") == 2 and found(since="2026-03-03", until="2026-03-04") == 2
    first, cursor = viewings_found(Filter(), size=3)
    second, end = viewings_found(Filter(), cursor=cursor, size=3)
    assert [len(first), len(second), end] == [3, 1, ""] and first[0].number == "" and second[0].number == case.number


@pytest.mark.both_stores
def test_one_who_looks_at_many_people_stands_out_and_one_looked_at_by_many(clock, case, monkeypatch):
    from app.viewings import unusual

    monkeypatch.setattr(unusual, "MANY_PEOPLE", 3)
    monkeypatch.setattr(unusual, "MANY_READERS", 2)
    for number in range(3):
        note_viewing(actor("librarian_zhao"), kind="person", clock=clock, person_id=f"p{number}")
    note_viewing(actor("librarian_zhao"), kind="case", clock=clock, case_id=case.id)
    note_viewing(actor("librarian_sun"), kind="case", clock=clock, case_id=case.id)
    found = unusual_reading(clock)
    assert [(line[0], line[2], line[3]) for line in found.many_people] == [("librarian_zhao", "2026-03-02", 4)]
    assert [(line[0], line[2]) for line in found.many_readers] == [("reader_wang", 2)]
    assert {line[0] for line in found.without_work} == {"librarian_zhao", "librarian_sun"}


def test_auditors_and_administrators_read_the_log_and_their_own_looks_are_in_it(app, clock, case):
    person("checker", "auditor"), person("root", "administrator")
    note_viewing(actor("librarian_zhao"), kind="case", clock=clock, case_id=case.id)
    assert as_(app, "librarian_sun").get("/audit/viewings").status_code == 403
    assert actor("librarian_zhao").name in as_(app, "checker").get("/audit/viewings").text
    book = as_(app, "root").get("/audit/viewings/excel?kind=case")
    sheet = load_workbook(BytesIO(book.data)).active
    assert [cell.value for cell in sheet[2]][3] == "librarian_zhao"
    assert [(row.reader_id, row.kind) for row in rows()][1:] == [("checker", "viewings"), ("root", "export")]


def test_lines_are_kept_as_long_as_the_settings_say(app, clock, case):
    note_viewing(actor("librarian_zhao"), kind="case", clock=clock, case_id=case.id)
    clock.move_to(clock() + timedelta(days=app.config["VIEWINGS_KEPT"] - 1))
    forget_old_viewings(clock)
    assert len(rows()) == 1
    clock.move_to(clock() + timedelta(days=2))
    forget_old_viewings(clock)
    assert rows() == []


def _png() -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()
