"""Signed copies that come back as scans and photos: the version of now, an old one, another paper (D-81, S1-120)."""
import pytest
from app import materials
from app.operations import papers
from app.operations.drafts import save_draft
from app.operations.reports import print_report
from tests.printing.scans import scanned
from tests.support import builders


@pytest.fixture
def typed(library, clock):
    """A case whose reader has typed the request and not handed it in."""
    case = builders.start_case(clock=clock)
    change(case, "十万个为什么", clock)
    return case


def change(case, book, clock):
    save_draft(builders.open_task(case).id, {"book": book, "reader_name": "王小满"}, actor=builders.actor("reader_wang"), clock=clock)


def pledge(case, clock):
    return print_report(case, "pledge", actor=builders.actor("reader_wang"), clock=clock).pdf


def upload(case, data, clock, name="保证书.jpg"):
    return materials.store_upload(data, name, owner="reader_wang", clock=clock, case_id=case.id).id


def notes(case, *ids):
    return papers.notes_on(case, "pledge", list(ids), actor=builders.actor("reader_wang"))


@pytest.mark.parametrize("how", [
    {}, {"dpi": 150, "angle": -1.5, "blur": 0.5}, {"angle": 90.0}, {"angle": 180.0, "dpi": 300}, {"kind": "PDF"}, {"dpi": 300, "angle": 4.0, "blur": 1.2}])
def test_a_scan_of_the_version_of_now_is_recognised_and_nothing_is_said(typed, clock, how):
    paper = upload(typed, scanned(pledge(typed, clock), **how), clock, f"签字.{'pdf' if how.get('kind') else 'jpg'}")
    assert notes(typed, paper) == []


def test_a_copy_that_was_printed_before_the_last_change_is_to_be_printed_and_signed_again(typed, clock):
    paper = upload(typed, scanned(pledge(typed, clock)), clock)
    change(typed, "一千零一夜", clock)
    (note,) = notes(typed, paper)
    assert "第 1 版" in note and "请重新打印签名后上传" in note


def test_a_new_copy_beside_the_old_one_is_enough(typed, clock):
    old = upload(typed, scanned(pledge(typed, clock)), clock)
    change(typed, "一千零一夜", clock)
    assert notes(typed, old, upload(typed, scanned(pledge(typed, clock)), clock)) == []


def test_a_paper_of_another_case_and_another_report_are_told_apart(typed, clock):
    other = builders.start_case(by="reader_lin", clock=clock)
    foreign = print_report(other, "pledge", actor=builders.actor("reader_lin"), clock=clock).pdf
    assert "另一个事项" in notes(typed, upload(typed, scanned(foreign), clock))[0]
    from app.operations.reports import draw

    slip = draw(typed, "lending_slip", {}, actor=builders.actor("reader_wang"), clock=clock)
    assert slip.name.report == "lending_slip"  # its own foot carries no code; a paper with one says which report it is
    said = papers._said(slip.name, papers.rendering.PaperName(typed.number, "pledge", "00000000"), typed, "a.jpg")
    assert "《借阅单》" in said and "《借书保证书》" in said


def test_what_cannot_be_read_only_asks_to_compare_by_eye(typed, clock):
    paper = upload(typed, scanned(pledge(typed, clock), dpi=72, blur=3.0), clock)
    (note,) = notes(typed, paper)
    assert "没有识别出" in note and "与最新打印的是否一致" in note


def test_no_report_is_drawn_where_no_copy_says_that_it_is_one(typed, library, clock, monkeypatch):
    unread = upload(typed, scanned(pledge(typed, clock), dpi=72, blur=3.0), clock)
    paper = upload(typed, scanned(pledge(typed, clock)), clock, "好.jpg")
    drawn, code_now = [], papers.code_now
    monkeypatch.setattr(papers, "code_now", lambda *given, **more: drawn.append(given) or code_now(*given, **more))
    assert notes(typed, unread) and drawn == []
    assert notes(typed, paper) == notes(typed, paper) == [] and len(drawn) == 1, "drawn once for one state of what was typed"


def test_a_file_that_breaks_the_reader_is_only_unread():
    assert papers._read(b"%PDF-1.7 nothing", "application/pdf") == "" == papers._read(b"\xff\xd8\xff", "image/jpeg")


def test_who_fills_sees_the_note_beside_the_field_and_loses_no_file(typed, library, clock):
    paper = upload(typed, scanned(pledge(typed, clock)), clock)
    task, wang = builders.open_task(typed), builders.actor("reader_wang")
    save_draft(task.id, {"pledge_signed": [paper], "book": "一千零一夜"}, actor=wang, clock=clock)
    client = library.test_client()
    builders.sign_in(client, "reader_wang", "reads-a-lot")
    page = client.get(f"/tasks/{task.id}?part=reader").text
    assert "请重新打印签名后上传" in page and "保证书.jpg" in page


def test_who_reviews_sees_the_same_words_and_an_old_copy_stops_nobody(typed, library, clock):
    paper = upload(typed, scanned(pledge(typed, clock)), clock)
    change(typed, "一千零一夜", clock)
    builders.complete(typed, "request", "reader_wang", builders.sample("request") | {"book": "一千零一夜", "pledge_signed": [paper]}, clock=clock)
    client = library.test_client()
    builders.sign_in(client, "librarian_zhao", "keeps-books")
    assert "请重新打印签名后上传" in client.get(f"/cases/{typed.id}/form").text
    form = papers.releases.procedure_of(typed.release).forms["request"]
    assert list(papers.stale_copies(typed, form, {"pledge_signed": [paper]})) == ["pledge_signed"]
