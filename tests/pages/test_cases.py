"""A case's page: where it is, what happened, who may read what, and its actions with their question."""
from __future__ import annotations

import re

from app.operations import reading
from tests.support import builders


def test_the_diagram_comes_with_the_ways_walked_and_the_place_now(browser, lent):
    page = browser("reader_wang")
    assert page.open(f"/cases/{lent.id}/diagram.bpmn").text.startswith("<?xml")
    progress = page.open(f"/cases/{lent.id}/progress.json").json
    assert progress["current"] == ["check"] and "request" in progress["walked"]


def test_the_page_says_the_same_as_a_list_for_those_who_cannot_see_the_diagram(browser, lent):
    text = browser("reader_wang").open(f"/cases/{lent.id}").text
    assert "正在办理" in text and "审核借书单" in text and text.count("<h1") == 1


def test_the_starter_reads_roles_where_colleagues_read_names(lent, clock):
    builders.complete(lent, "check", "librarian_zhao", {"in_stock": False}, "ask_back", "请写明是哪一版", clock=clock)
    as_starter = reading.timeline(lent, builders.actor("reader_wang"))
    as_colleague = reading.timeline(lent, builders.actor("librarian_zhao"))
    assert "赵静" not in {line.who for line in as_starter}
    assert "赵静" in {line.who for line in as_colleague}


def test_the_starter_does_not_read_what_reviewers_wrote(lent, clock):
    builders.complete(lent, "check", "librarian_zhao", {"in_stock": True, "remark": "只此一册"}, "lend", clock=clock)
    assert [link.key for link in reading.readable_forms(lent, builders.actor("reader_wang"))] == ["request"]
    assert "check" in [link.key for link in reading.readable_forms(lent, builders.actor("librarian_zhao"))]


def test_an_action_asks_before_it_is_done_and_ends_the_case(browser, lent):
    page = browser("reader_wang")
    page.open(f"/cases/{lent.id}/messages/cancel")
    assert "取消后本次申请结束" in page.text and ">取消借书</button>" in page.text
    page.send(data={"reason": "买到了"})
    assert page.address == f"/cases/{lent.id}" and "已取消" in page.text


def test_an_action_that_is_not_offered_is_refused(browser, lent):
    page = browser("librarian_zhao")
    assert page.open(f"/cases/{lent.id}/messages/cancel").status_code == 409


def test_every_page_has_one_heading_and_labels_for_its_boxes(browser, lent):
    reader, librarian = browser("reader_wang"), browser("librarian_zhao")
    task = builders.open_task(lent, "check").id
    pages = [reader.open(a).text for a in ("/", "/my", "/start", "/start/lending", "/notices", "/search?q=x", f"/cases/{lent.id}",
                                           f"/cases/{lent.id}/form", f"/cases/{lent.id}/materials", f"/cases/{lent.id}/reports")]
    pages += [librarian.open(a).text for a in ("/desk", f"/tasks/{task}", f"/tasks/{task}/hand-over")]
    for text in pages:
        assert len(re.findall(r"<h1[ >]", text)) == 1
        assert "style=" not in text and "<script>" not in text and " onclick" not in text
        for box in re.findall(r"<(?:input|select|textarea)[^>]*>", text):
            name = re.search(r'\bid="([^"]+)"', box)
            hidden = 'type="hidden"' in box
            assert hidden or "aria-label" in box or 'class="form-check-input' in box or (name and f'for="{name.group(1)}"' in text), box


def test_a_form_that_was_never_filled_is_not_found(browser, lent):
    assert browser("reader_wang").open(f"/cases/{lent.id}/form?key=check").status_code == 404


def test_the_starter_is_not_told_which_person_has_the_case(browser, lent, clock):
    from app.operations.tasks import take_task

    take_task(builders.open_task(lent, "check").id, actor=builders.actor("librarian_zhao"), clock=clock)
    for address in ("/my", f"/cases/{lent.id}", f"/search?q={lent.number}"):
        text = browser("reader_wang").open(address).text
        assert "赵静" not in text, address
