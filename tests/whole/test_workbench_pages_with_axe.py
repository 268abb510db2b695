"""The analysts' pages with content, at two widths of a desk: one heading, nothing sideways, nothing for axe-core or the console.

The editors say so themselves where a screen is too small for them; the pages that are only read are looked at on a phone, too.
"""
from __future__ import annotations

import pytest

from app.workbench import moves, proposals
from app.workbench.moves_choosing import Wanted
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.visitors import PHONE
from tests.workbench import other_releases
from tests.workbench.benches import begin, bench_app, cookies_of, served
from tests.workbench.test_moves_of_cases import case_at

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 1024, "height": 768}
DIAGRAM, TABLE = "processes/lending-library/lending.bpmn", "processes/lending-library/fine.dmn"
FORM, REPORT = "forms/lending-library/request.yml", "reports/lending-library/lending_slip.html"
READ = ("", "/diagrams", "/forms", "/reports", "/findings", "/play", "/scenarios", "/what-if", "/changes", "/publishing")
WRONG = ("", "/diagrams", "/findings", "/play", "/what-if", "/publishing")
EDITORS = {"/diagrams/lending": "#canvas[data-ready]", "/diagrams/tables/fine": ".tjs-table", "/forms/request": "#form-editor",
           "/forms/codes/reader-kinds": "table", "/reports/lending_slip": "h1", "/files/processes/lending-library/roles.yml": "h1"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """(app, address, proposal with changes, proposal with errors, plan of a move)."""
    with bench_app(tmp_path_factory.mktemp("axe")) as app, served(app) as address:
        clock, ada = app.extensions["clock"], builders.actor("ada")
        for step in ("check", "hand_out"):
            case_at(step, clock)
        target = other_releases.publish(other_releases.one_more_one_less(), clock)
        plan = moves.begin_plan(Wanted("lending", target), None, actor=ada, clock=clock)
        good, bad = begin(app, title="书名改称"), begin(app, title="有错的修改")
        for path, old, new in ((DIAGRAM, "审核借书单", "核对借书单"), (TABLE, "<text>500</text>", "<text>600</text>"), (FORM, "label: 书名", "label: 图书名称")):
            change(good, path, old, new, ada, clock)
        for path, old, new in ((DIAGRAM, 'camunda:formKey="check"', 'camunda:formKey="chekc"'), (REPORT, "</h1>", "{{ form.request.nothing }}</h1>")):
            change(bad, path, old, new, ada, clock)
        yield app, address, good.id, bad.id, plan.id


def change(proposal, path: str, old: str, new: str, actor, clock) -> None:
    """One replacement in a file of a proposal."""
    text = proposals.read_file(proposal, path).content.decode()
    assert old in text, (path, old)
    proposals.save_file(proposal.id, path, text.replace(old, new, 1).encode(), expected=0, actor=actor, clock=clock)


@pytest.fixture
def page(bench, chromium):
    """A page of the first analyst; at the end the browser may not have complained."""
    app, address, *_rest = bench
    context, complaints = chromium.new_context(locale="zh-CN", viewport=WIDE, base_url=address, reduced_motion="reduce"), []
    context.add_cookies(cookies_of(app, "ada", address))
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(f"{said.text} ({opened.url})") if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


def see(page, addresses: dict[str, str], *sizes: dict) -> None:
    """Looks at each address, when what it shows is there, at each size."""
    faults = []
    for address, shown in addresses.items():
        answer = page.goto(address)
        assert answer.status == 200, (address, answer.status)
        page.wait_for_selector(shown)
        page.wait_for_load_state("networkidle")
        for size in sizes:
            looks = Looks(size)
            looks.at(page, address)
            faults += looks.faults
    assert not faults, "\n".join(faults)


@pytest.mark.timeout(240)
def test_the_catalogue_and_the_moves(bench, page):
    see(page, dict.fromkeys(("/workbench", "/workbench/procedures/lending-library", "/workbench/moves", "/workbench/moves/new?process=lending",
                             f"/workbench/moves/{bench[4]}"), "h1"), NARROW, PHONE)


@pytest.mark.timeout(240)
def test_the_pages_of_a_proposal(bench, page):
    see(page, {f"/workbench/{bench[2]}{tab}": "h1" for tab in READ}, NARROW, PHONE)


@pytest.mark.timeout(240)
def test_the_pages_of_a_proposal_with_errors(bench, page):
    see(page, {f"/workbench/{bench[3]}{tab}": "h1" for tab in WRONG}, PHONE)


@pytest.mark.timeout(240)
def test_the_editors_of_a_proposal(bench, page):
    see(page, {f"/workbench/{bench[2]}{editor}": shown for editor, shown in EDITORS.items()}, WIDE, NARROW)
