"""D-123: the sign-in ends while one types; what is sent afterwards is not lost, and nobody else sees it."""
from __future__ import annotations

import re

from app import people
from app.routes.actors import SIGN_IN
from tests.pages.test_filling import begun
from tests.support import builders


def expire(page):
    """Ends the sign-in on the server; the browser does not know."""
    with page.client.session_transaction() as session:
        people.sign_out(session[SIGN_IN], lambda: builders.MONDAY)


def sent_too_late(browser, **more):
    """A page that was sent after its sign-in had ended; the browser stands before the sign-in."""
    page = begun(browser)
    expire(page)
    page.send(data={"book": "四十分钟的文字", "author": "", "do": "save"} | more)
    assert page.page.status_code == 200 and "/sign-in" in page.address
    return page, page.page.request.args["next"]


def again(page, kept, person="reader_wang", password="reads-a-lot"):
    builders.sign_in(page.client, person, password)
    return page.open(kept)


def test_after_signing_in_again_the_text_is_there_and_is_saved_with_one_button(browser):
    page, kept = sent_too_late(browser)
    again(page, kept)
    assert "您填写的内容还在" in page.text and "四十分钟的文字" in page.text
    target = re.search(r'<form method="post" action="(/tasks/[^"]+)"', page.text).group(1)
    page.send(target)
    assert page.address.startswith("/tasks/") and 'value="四十分钟的文字"' in page.text and "已暂存于" in page.text


def test_another_person_who_signs_in_does_not_see_it(browser):
    page, kept = sent_too_late(browser)
    assert again(page, kept, "librarian_zhao", "keeps-books").status_code == 404
    assert "四十分钟的文字" not in page.text


def test_a_page_whose_author_is_not_known_is_not_kept(browser):
    page = begun(browser)
    expire(page)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text).group(1)
    answer = page.client.post(page.address, data={"csrf_token": token, "book": "谁写的", "who": "forged"})
    assert answer.status_code == 401


def test_a_decision_sent_too_late_is_saved_and_not_taken(browser):
    page, kept = sent_too_late(browser, do="decide:submit")
    again(page, kept)
    assert '<input type="hidden" name="do" value="save">' in page.text


def test_the_text_waits_for_a_day(browser, clock):
    page, kept = sent_too_late(browser)
    clock.move_to(clock().replace(day=4))
    assert again(page, kept).status_code == 404


def test_an_autosave_says_that_the_sign_in_has_ended(browser):
    page = begun(browser)
    assert "登录已过期，还没有保存" in page.text
    expire(page)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text).group(1)
    assert page.client.post(page.address, data={"csrf_token": token, "book": "半本"}, headers={"X-Autosave": "1"}).status_code in (401, 403)


def test_a_choice_in_a_ballot_is_not_kept_beside_a_name(browser, monkeypatch):
    from app.routes.pages import resuming

    monkeypatch.setattr(resuming, "field_type", lambda field: type("Kind", (), {"secret": field.key == "author"}))
    page, kept = sent_too_late(browser, author="赞成", **{"secret.author": "赞成", "author.0": "赞成"})
    again(page, kept)
    assert "四十分钟的文字" in page.text and "赞成" not in page.text
