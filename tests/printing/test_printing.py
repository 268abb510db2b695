"""Printing a report of a case: code, version, what is remembered, and the lists that show it (S1-208 … S1-210, D-81)."""
from datetime import timedelta

import pytest
from app.errors import NotFound
from app.operations import printings, reading
from app.operations.reports import code_now, print_report
from tests.printing.scans import code_on, text_of
from tests.support import builders


def links(case, who, clock):
    return {link.key: link for link in reading.report_links(case, builders.actor(who), clock)}


def printed(case, key, who, clock):
    return print_report(case, key, actor=builders.actor(who), clock=clock).pdf


def test_two_prints_of_the_same_content_have_the_same_code_whatever_the_day(asked_for, clock):
    case = asked_for()
    first = printed(case, "pledge", "reader_wang", clock)
    clock.move_to(clock() + timedelta(days=9))
    second = printed(case, "pledge", "reader_wang", clock)
    assert code_on(first) == code_on(second) and "2026年3月2日" in text_of(first) and "2026年3月11日" in text_of(second)


def test_any_change_of_what_is_shown_gives_another_code_and_the_next_version(library, clock):
    from app.operations.drafts import save_draft

    case, wang = builders.start_case(clock=clock), builders.actor("reader_wang")
    task = builders.open_task(case)
    codes, versions = [], []
    for book in ("十万个为什么", "十万个为什么？", "十万个为什么"):
        save_draft(task.id, {"book": book, "reader_name": "王小满"}, actor=wang, clock=clock)
        pdf = printed(case, "pledge", "reader_wang", clock)
        codes.append(code_on(pdf))
        versions.append(text_of(pdf).replace("\u00a0", " ").split("版本 ")[1][0])
    assert codes[0] == codes[2] != codes[1] and versions == ["1", "2", "1"]


def test_what_a_report_does_not_show_leaves_its_code_alone(library, clock):
    from app.operations.drafts import save_draft

    case, wang = builders.start_case(clock=clock), builders.actor("reader_wang")
    task = builders.open_task(case)
    save_draft(task.id, {"book": "书", "author": "甲"}, actor=wang, clock=clock)
    before = code_now(case, "pledge", wang)
    save_draft(task.id, {"author": "乙"}, actor=wang, clock=clock)
    assert code_now(case, "pledge", wang) == before


def test_a_list_says_not_open_not_printed_and_printed_with_its_time(asked_for, clock):
    case = asked_for()
    before = links(case, "reader_wang", clock)
    assert [before["lending_slip"].available, before["pledge"].available, before["pledge"].printed_at] == [False, True, None]
    printed(case, "pledge", "reader_wang", clock)
    assert links(case, "reader_wang", clock)["pledge"].printed_at == clock()


def test_whoever_acts_for_the_same_organisation_sees_that_it_was_printed_and_nobody_else(asked_for, clock):
    case = asked_for()
    builders.person("librarian_li", "librarian@city_library")
    printed(case, "pledge", "librarian_zhao", clock)
    assert printings.last_printed(builders.actor("librarian_li"), "pledge", [case.id]) == {case.id: clock()}
    assert printings.last_printed(builders.actor("reader_wang"), "pledge", [case.id]) == {}


def test_a_report_stands_under_the_stage_that_its_reader_knows_it_by(asked_for, clock):
    case = asked_for()
    assert links(case, "reader_wang", clock)["pledge"].stage == "申请" and links(case, "librarian_zhao", clock)["pledge"].stage == "审核"


def test_a_report_that_is_not_open_or_is_a_list_cannot_be_printed_alone(asked_for, clock):
    case = asked_for()
    for key in ("lending_slip", "readers", "made_up"):
        with pytest.raises(NotFound):
            printed(case, key, "librarian_zhao", clock)


def test_printing_moves_no_case(asked_for, clock):
    case = asked_for()
    before = (case.version, case.events, case.head)
    printed(case, "pledge", "reader_wang", clock)
    assert (case.version, case.events, case.head) == before


def test_the_print_centre_has_the_cases_of_a_person_and_of_the_library_but_not_of_others(asked_for, clock):
    mine, other = asked_for(), asked_for("reader_lin", "城堡")
    numbers = {who: [row.case.number for row in reading.print_centre(builders.actor(who), clock).rows]
               for who in ("reader_wang", "librarian_zhao", "librarian_sun")}
    assert numbers == {"reader_wang": [mine.number], "librarian_zhao": [other.number, mine.number], "librarian_sun": []}
    assert [row.case.number for row in reading.print_centre(builders.actor("librarian_zhao"), clock, q="城堡").rows] == [other.number]


def test_the_print_centre_goes_on_page_by_page(asked_for, clock):
    cases = [asked_for(book=f"书{n}") for n in range(5)]
    zhao, found, cursor = builders.actor("librarian_zhao"), [], ""
    while True:
        page = reading.print_centre(zhao, clock, cursor=cursor, size=2)
        found += [row.case.id for row in page.rows]
        if not (cursor := page.cursor):
            break
    assert found == [case.id for case in reversed(cases)]


def test_the_pages_show_the_five_columns_and_the_print_opens_a_pdf(asked_for, library, clock):
    case, client = asked_for(), library.test_client()
    builders.sign_in(client, "reader_wang", "reads-a-lot")
    pdf = client.get(f"/cases/{case.id}/reports/pledge.pdf")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF")
    for page in (client.get("/reports").text, client.get(f"/cases/{case.id}/reports").text):
        assert all(word in page for word in ("报表名称", "报表所属环节", "打印状态", "最后打印时间", "操作", "已打印", "2026/03/02 09:00", "未开放打印"))
        assert page.count("<h1") == 1


def test_nothing_to_print_is_said_kindly(library):
    client = library.test_client()
    builders.sign_in(client, "reader_lin")
    assert "还没有可以打印的报表" in client.get("/reports").text and "没有找到“x”" in client.get("/reports?q=x").text


@pytest.fixture
def checked(asked_for, clock):
    case = asked_for()
    builders.complete(case, "check", "librarian_zhao", {"in_stock": True, "shelf": "A1", "remark": "只借给教师"}, "lend", clock=clock)
    return case


def test_a_print_shows_of_the_forms_only_those_that_its_reader_may_read(checked, clock):
    assert "只借给教师" in text_of(printed(checked, "whole", "librarian_zhao", clock))
    mine = text_of(printed(checked, "whole", "reader_wang", clock))
    assert "十万个为什么" in mine and "只借给教师" not in mine, "S1-201"


def test_a_copy_is_compared_with_what_the_one_who_printed_it_could_read(checked, clock):
    from app import materials
    from app.operations import papers
    from tests.printing.scans import scanned

    paper = materials.store_upload(scanned(printed(checked, "whole", "reader_wang", clock)), "签字.jpg", owner="reader_wang",
                                   clock=clock, case_id=checked.id)
    for who in ("reader_wang", "librarian_zhao"):
        assert papers.notes_on(checked, "whole", [paper.id], actor=builders.actor(who)) == []
