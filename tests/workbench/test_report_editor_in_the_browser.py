"""The report editor as an analyst uses it: type, see the page change, jump to a fault, put in a field, lose nothing; and axe on all pages of this part."""
import threading

import pytest
from werkzeug.serving import make_server

from app.clock import PretendClock
from app.store import session
from app.workbench import proposals
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.walks import Walk
from tests.workbench.test_what_if import SCENARIOS, TABLE, propose

SLIP = "reports/lending-library/lending_slip.html"
PATIENCE = 90_000  # ms; two busy cores
ALL = "document.querySelector('#report-editor').shadowRoot.querySelector('.cm-content')"


@pytest.fixture
def address(app, clock):
    """The lending library in use, an analyst, and the service at an address."""
    builders.publish(clock=clock)
    for analyst in ("ada", "ben"):
        builders.person(analyst, "analyst", clock=clock)
    Walk(SCENARIOS / "late_within_grace.yml", PretendClock(builders.MONDAY)).start().walk()
    session().remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(address, chromium):
    opened = chromium.new_page(base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(PATIENCE)
    opened.goto("/sign-in")
    opened.fill("input[name=account]", "ada")
    opened.fill("input[name=password]", builders.PASSWORD)
    opened.keyboard.press("Enter")
    opened.wait_for_url(f"{address}/")
    yield opened
    opened.close()


def type_at_end_of_heading(page, words):
    page.locator("#report-editor .cm-line", has_text="<h1>").click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def test_an_analyst_writes_a_template_and_loses_nothing(page, clock):
    proposal = proposals.begin_proposal("lending-library", title="改借阅单", actor=builders.actor("ada"), clock=clock)
    number = proposal.id
    session().remove()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and "409" not in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/workbench/{number}/reports")
    page.get_by_role("link", name="借阅单", exact=True).click()
    page.wait_for_selector("#report-pages img")
    first = page.get_attribute("#report-pages img", "src")

    # a field that is not there is told at its line, and the page is drawn anew
    type_at_end_of_heading(page, "<p>多一行 {{ labels.request.bok }}</p>")
    page.wait_for_selector("#report-problems >> text=是否想写 book")
    assert page.get_attribute("#report-pages img", "src") != first
    page.locator("#report-problems button").first.click()
    assert page.evaluate("document.activeElement.id") == "report-editor"

    # a click puts a field in, with what shows it
    page.fill("#field-search", "馆藏条码")
    type_at_end_of_heading(page, "\n")
    page.get_by_role("button", name="馆藏条码").first.click()
    assert "{{ labels.hand_out.copy_number | blank }}" in page.evaluate(f"{ALL}.innerText")
    page.wait_for_selector("#report-saved >> text=已保存")
    session().rollback()
    assert b"labels.hand_out.copy_number | blank" in proposals.read_file(proposals.proposal_of(number), SLIP).content

    # somebody else saves meanwhile: both texts stay until one is chosen
    version = proposals.read_file(proposals.proposal_of(number), SLIP).version
    proposals.save_file(number, SLIP, "<h1>别人的</h1>".encode(), expected=version, actor=builders.actor("ben"), clock=clock)
    session().remove()
    type_at_end_of_heading(page, "<p>我的</p>")
    page.wait_for_selector("#report-conflict:not([hidden])")
    assert "别人的" in page.locator("#report-conflict pre").text_content() and "我的" in page.evaluate(f"{ALL}.innerText")
    page.get_by_role("button", name="用我的").click()
    page.wait_for_selector("#report-saved >> text=已保存")
    session().rollback()
    texts = [found.content.decode() for found in proposals.versions_of(proposals.proposal_of(number), SLIP)]
    assert "我的" in texts[0] and any("别人的" in text for text in texts[1:]), "both are kept"
    assert complaints == []


def test_pages_of_reports_and_what_if_have_no_barriers(page, clock):
    proposal = propose(clock, TABLE, ("&lt;= 3", "&lt;= 1"))
    number = proposal.id
    session().remove()
    faults = []
    for width in (1280, 1024):
        looks = Looks({"width": width, "height": 800})
        for place in ("reports", "reports/lending_slip", "what-if?go=1", "what-if/tables/fine"):
            page.goto(f"/workbench/{number}/{place}")
            if place.endswith("slip"):
                page.wait_for_selector("#report-pages img")
            looks.at(page, place)
        faults += looks.faults
    assert faults == []
