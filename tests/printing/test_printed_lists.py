"""Lists over chosen cases: what is asked, what they show, who may print them (S1-168, S1-169, D-40, D-127)."""
import pytest
from app.errors import ListNotOpen, NotFound, NothingChosen, TooManyChosen
from app.operations import list_reports, printings
from tests.printing.scans import text_of
from tests.support import builders


def choose(cases, who="librarian_zhao", *, clock):
    return list_reports.choose("readers", [case.id for case in cases], actor=builders.actor(who), clock=clock)


def test_a_list_is_offered_to_its_roles_at_its_elements(library):
    offered = list_reports.offers(builders.actor("librarian_zhao"))
    assert [(offer.key, offer.elements) for offer in offered] == [("readers", ("check",))]
    assert list_reports.offers(builders.actor("reader_wang")) == []


def test_a_list_prints_the_chosen_in_their_order_and_each_case_remembers_it(asked_for, clock):
    one, two, three = asked_for(book="甲书"), asked_for("reader_lin", "乙书"), asked_for(book="丙书")
    zhao = builders.actor("librarian_zhao")
    pdf = list_reports.print_list(choose([two, one], clock=clock), {"contact": "赵静"}, actor=zhao, clock=clock).pdf
    text = text_of(pdf).replace("\n", "")
    assert text.index("林䶮") < text.index("王小满") and "联系人 赵静，滨海市图书馆" in text and "丙书" not in text
    assert set(printings.last_printed(zhao, "readers", [one.id, two.id, three.id])) == {one.id, two.id}


def test_a_list_is_given_nothing_but_the_fields_it_names(asked_for, clock):
    zhao = builders.actor("librarian_zhao")
    html = list_reports.print_list(choose([asked_for()], clock=clock), {"contact": "赵静"}, actor=zhao, clock=clock).html
    assert "十万个为什么" in html and "伊林" not in html  # the template asks for the author, `shows` does not name it


def test_what_was_answered_is_there_the_next_time_for_the_whole_office(asked_for, clock):
    chosen = choose([asked_for()], clock=clock)
    list_reports.print_list(chosen, {"contact": "赵静"}, actor=builders.actor("librarian_zhao"), clock=clock)
    colleague = builders.person("librarian_li", "librarian@city_library")
    stranger = builders.person("librarian_xu", "librarian@harbour_library")
    assert list_reports.asking(chosen, actor=colleague, clock=clock)[0] == {"contact": "赵静"}
    assert "contact" not in list_reports.asking(chosen, actor=stranger, clock=clock)[0]


def test_cases_of_others_and_cases_that_have_not_come_so_far_are_refused(asked_for, library, clock):
    ready, unfinished = asked_for(), builders.start_case(by="reader_lin", clock=clock)
    with pytest.raises(NotFound):
        choose([ready], "librarian_sun", clock=clock)
    with pytest.raises(NotFound):
        choose([ready], "reader_wang", clock=clock)
    builders.person("all_seeing", "auditor", "librarian@city_library")
    with pytest.raises(ListNotOpen) as refused:
        choose([ready, unfinished], "all_seeing", clock=clock)
    assert refused.value.names == "林䶮"


def test_nothing_chosen_and_too_much_chosen_say_so(library, clock):
    zhao = builders.actor("librarian_zhao")
    with pytest.raises(NothingChosen):
        list_reports.choose("readers", [], actor=zhao, clock=clock)
    with pytest.raises(TooManyChosen):
        list_reports.choose("readers", range(1, 502), actor=zhao, clock=clock)


def test_the_page_asks_keeps_what_was_typed_and_answers_with_the_pdf(asked_for, library):
    cases, client = [asked_for(), asked_for("reader_lin")], library.test_client()
    builders.sign_in(client, "librarian_zhao", "keeps-books")
    token, ids = builders.csrf_token(client), [str(case.id) for case in cases]
    page = client.get("/reports/over/readers", query_string={"case": ids})
    assert page.status_code == 200 and "共 2 名" in page.text and "联系人" in page.text
    posted = client.post("/reports/over/readers", data={"csrf_token": token, "case": ids})
    assert posted.status_code == 200 and "查看报表" in posted.text
    wrong = client.post("/reports/over/readers", data={"csrf_token": token, "case": ids, "go": "1", "contact": "很" * 21})
    assert wrong.status_code == 422 and "很" * 21 in wrong.text and "1 处需要修改" in wrong.text
    done = client.post("/reports/over/readers", data={"csrf_token": token, "case": ids, "go": "1", "contact": "赵静"})
    assert done.mimetype == "application/pdf" and "赵静" in text_of(done.data)
    assert "赵静" in client.get("/reports/over/readers", query_string={"case": ids}).text


def test_without_boxes_ticked_the_page_says_what_to_do(library):
    client = library.test_client()
    builders.sign_in(client, "librarian_zhao", "keeps-books")
    page = client.get("/reports/over/readers")
    assert page.status_code == 422 and "至少勾选一项" in page.text
