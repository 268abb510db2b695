"""J-09: hostile texts in every field come out as texts: in pages, lists, rows, reports and tables for Excel."""
from __future__ import annotations

import pytest
from lxml import html

from app.operations import releases
from app.operations.drafts import save_draft
from app.operations.reports import render_case_report
from app.people import rename_person
from app.store import session
from app.store.models import Case
from tests.support import builders
from tests.support.builders import ROOT, actor, complete, open_task, publish, sample, start_case

CORPUS = (
    '<script>mark_1()</script>', '"><img src=x onerror=mark_1()>', "'><svg/onload=mark_1()>", "javascript:mark_1()",
    '</textarea><script>mark_1()</script>', '</title><script>mark_1()</script>', "{{ 7*7 }}{% raw %}", "${7*7}#{7*7}",
    '<a href="javascript:mark_1()">x</a>', "<iframe srcdoc='<script>mark_1()</script>'>", "\u202e<b onclick=mark_1()>", "]]><script>mark_1()</script>",
)


def _acts(page: str) -> list[str]:
    """What of a page would run the mark or lead to it: elements made from typed text, handlers, addresses."""
    tree = html.fromstring(page)
    found = [e.tag for e in tree.iter("script", "iframe") if "mark_1" in html.tostring(e, encoding="unicode", with_tail=False)]
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name.startswith("on") or (name in ("href", "src", "action", "formaction") and value.strip().lower().startswith("javascript")):
                found.append(f"{element.tag} {name}={value[:40]}")
    return found


def _pages(client, addresses) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code in (200, 404), address
        if acts := _acts(answer.text):
            found[address] = acts
    return found


def _hostile(value, text: str):
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_hostile(each, text) for each in value]
    return {key: _hostile(each, text) for key, each in value.items()} if isinstance(value, dict) else value


@pytest.fixture
def review(app, clock):
    """The title review published; a declaration just begun."""
    publish(ROOT, clock=clock)
    commitment = sample("commitment", ROOT / "processes" / "title-review")
    return start_case("title-review", "li", answers=commitment, clock=clock)


def publish_form(case):
    """The declaration as the case's release has it."""
    return releases.procedure_of(case.release).forms[open_task(case).form]


@pytest.mark.parametrize("text", CORPUS)
def test_J09_a_hostile_text_in_every_field_of_the_declaration_is_shown_as_text(text, review, app, clock, client):
    task = open_task(review, "declare")
    answers = sample("declaration", ROOT / "processes" / "title-review")
    save_draft(task.id, _hostile(answers, text), actor=actor("li"), clock=clock)
    builders.sign_in(client, "li", "pingshen-demo")
    tables = [key for key, value in answers.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    form = publish_form(review)
    parts = [f"/tasks/{task.id}?part={section.key}" for section in form.sections]
    assert _pages(client, [*parts, *(f"/tasks/{task.id}/rows/{key}/0" for key in tables), f"/cases/{review.id}"]) == {}
    assert "mark_1" in client.get(parts[0]).text or "mark_1" not in text


def test_J09_hostile_names_reach_lists_search_case_and_report_as_text(app, clock, client):
    publish(clock=clock)
    rename_person("reader_wang", CORPUS[1])
    case = start_case(clock=clock)
    request = builders.sample("request") | {"book": CORPUS[0], "author": CORPUS[2]}
    complete(case, "request", "reader_wang", request, clock=clock)
    builders.sign_in(client, "librarian_zhao", "keeps-books")
    assert _pages(client, ["/desk", f"/search?q={CORPUS[0]}", f"/cases/{case.id}", f"/tasks/{open_task(case).id}", "/messages"]) == {}
    key = next(iter(builders.bundle_of().procedure("lending-library").reports))
    page, _pdf = render_case_report(session().get(Case, case.id), key, {}, actor=actor("librarian_zhao"), clock=clock)
    assert _acts(page) == [] and "&lt;script&gt;" in page
