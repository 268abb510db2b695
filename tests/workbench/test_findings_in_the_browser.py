"""The page of findings by keyboard alone: mend, undo, jump to the spot, see what a colleague changed; looked at with axe."""
import threading

import pytest
from werkzeug.serving import make_server

from app.store import session
from app.workbench import proposals
from tests.definitions import lint_examples as lint
from tests.support import builders
from tests.whole.looking import Looks

DIAGRAM = "processes/example/example.bpmn"


@pytest.fixture
def number(app, clock):
    """The proposal with several findings, of an analyst who may also be a clerk."""
    ada = builders.person("ada", "analyst", "clerk", clock=clock)
    proposal = proposals.begin_proposal("example", title="按件缴费", actor=ada, clock=clock, base="")
    files = dict(lint.example("value-not-set", "bad").files) | {path: lint.example("personal-without-class", "bad").files[path] for path in ("forms/example/ask.yml",)}
    files["forms/example/lost.yml"] = lint.example("unused-form", "bad").files["forms/example/lost.yml"]
    files[DIAGRAM] = files[DIAGRAM].replace(b"form.ask.count * 2", b"form.ask.coun * 2")
    proposals.save_files(proposal.id, files, {}, actor=ada, clock=clock)
    found = proposal.id
    session().remove()
    return found


@pytest.fixture
def page(app, number, chromium):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    opened = chromium.new_page(base_url=f"http://127.0.0.1:{server.server_port}", locale="zh-CN", viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(60_000)
    opened.goto("/sign-in")
    opened.fill("input[name=account]", "ada")
    opened.fill("input[name=password]", builders.PASSWORD)
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/")
    yield opened
    opened.close()
    server.shutdown()
    thread.join()


def test_an_analyst_mends_undoes_and_follows_a_colleague_by_keyboard(page, number, clock):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/workbench/{number}/findings")
    assert page.locator(".finding-row").count() == 4
    page.locator(".finding-said summary").first.focus()
    page.keyboard.press("Enter")
    looks = [Looks({"width": width, "height": 800}) for width in (1280, 1024)]
    for one in looks:
        one.at(page)

    mend = page.get_by_role("button", name="把“coun”改成“count”")
    mend.focus()
    page.keyboard.press("Enter")
    page.get_by_text("已改：把“coun”改成“count”").wait_for()
    assert page.get_by_text("没有错误").is_visible()
    page.get_by_role("button", name="撤销这次修改").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="把“coun”改成“count”").wait_for()

    jump = page.locator(".finding-error").get_by_role("link", name="去改")
    assert jump.get_attribute("href").endswith("#note")

    builders.person("ben", "analyst", clock=clock)
    latest = proposals.read_file(proposals.proposal_of(number), DIAGRAM)
    proposals.save_file(number, DIAGRAM, latest.content.replace(b"coun * 2", b"count * 2"), expected=latest.version, actor=builders.actor("ben"), clock=clock)
    session().remove()
    page.evaluate("document.activeElement.blur(); window.dispatchEvent(new Event('focus'))")
    page.get_by_text("没有错误").wait_for()
    assert [fault for one in looks for fault in one.faults] == [] and complaints == []
