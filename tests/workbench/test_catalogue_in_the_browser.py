"""The catalogue, the gate and the text of a file as an analyst has them; a colleague's save is met side by side; by keyboard, with axe."""
import threading
import time
from datetime import timedelta

import pytest
from werkzeug.serving import make_server

from app.operations import releases
from app.store import session
from app.workbench import proposals
from tests.support import bench, builders
from tests.whole.looking import Looks


@pytest.fixture
def address(app, clock):
    """The service on a port of its own: the procedure in use, proposal 1 with a change, another released since."""
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    bench.changed(clock, text=bench.files()[bench.FORM].replace(b"max_length: 100", b"max_length: 120"))
    bench.approve(bench.submitted(clock, by="cai", text=bench.files()[bench.FORM].replace(b"max_length: 100", b"max_length: 80"), title="改短"), clock)
    waiting = proposals.begin_proposal(bench.NAME, title="改角色名", actor=builders.actor("cai"), clock=clock)
    bench.save(waiting, bench.ROLES, bench.files()[bench.ROLES].replace("审核人".encode(), "经办人".encode()), clock, by="cai")
    bench.run_scenarios(waiting, clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def person(address, chromium):
    """`person(id)`: a page in which they are signed in; at the end nothing may have failed in any of them."""
    faults, contexts = [], []

    def signed_in(account: str):
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=address))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" and "409" not in said.text else None)
        page.set_default_timeout(30_000)
        page.goto("/sign-in")
        page.fill("input[name=account]", account)
        page.fill("input[name=password]", builders.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert faults == []


def _text(path: str = bench.ROLES, number: int = 3) -> str:
    session().rollback()
    return proposals.read_file(proposals.proposal_of(number), path).content.decode()


def _until(holds):
    for _try in range(150):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("did not happen")


def _type_at_the_end(page, words: str):
    page.locator("#text .cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_a_colleagues_save_is_shown_beside_mine_and_both_are_kept(person):
    """F-05 in the browser."""
    ada, ben = person("ada"), person("ben")
    for page in (ada, ben):
        page.goto(f"/workbench/3/files/{bench.ROLES}")
        page.wait_for_selector("#text .cm-content")
    _type_at_the_end(ada, "# from ada\n")
    ada.wait_for_selector("#text-state.state-good")
    _type_at_the_end(ben, "# from ben\n")
    ben.wait_for_selector("#text-conflict:not([hidden])")
    assert "人员 ada" in ben.inner_text("#text-who") and "# from ben" not in _text()
    assert "# from ada" in ben.inner_text("#text-merge .cm-merge-a") and "# from ben" in ben.inner_text("#text-merge .cm-merge-b")
    looks = Looks({"width": 1280, "height": 900})
    looks.at(ben, "conflict")
    assert looks.faults == []
    ben.locator("#text-merge .cm-merge-b .cm-content").focus()
    ben.keyboard.press("Control+End")
    ben.keyboard.type("# and from ada\n")
    ben.locator("#text-keep").press("Enter")
    _until(lambda: "# from ben\n# and from ada" in _text())
    assert "# from ada" in proposals.versions_of(proposals.proposal_of(3), bench.ROLES)[1].content.decode()


def test_a_fault_is_told_at_its_line_while_one_types(person):
    ada = person("ada")
    ada.goto(f"/workbench/3/files/{bench.ROLES}")
    ada.wait_for_selector("#text .cm-content")
    _type_at_the_end(ada, "broken: {nom: x}\n")
    ada.wait_for_selector(".problem-list button:has-text('第 3 行')")
    ada.locator(".problem-list button").first.press("Enter")
    assert ada.evaluate("document.activeElement.id") == "text"


def test_two_people_publish_with_the_keyboard_and_every_page_passes_axe(person, clock):
    cai, ben = person("cai"), person("ben")
    before = releases.current_release(bench.NAME)
    cai.goto("/workbench/3/publishing")
    cai.get_by_label("我已阅读变更说明，内容与本意一致").press("Space")
    cai.get_by_role("button", name="提交审批").press("Enter")
    cai.wait_for_selector("text=已提交审批")
    ben.goto("/notices")
    ben.get_by_role("link", name="请审批：改角色名").or_(ben.get_by_text("请审批：改角色名")).first.wait_for()
    ben.goto("/workbench/3/publishing")
    ben.get_by_label("我已阅读变更说明，同意发布").press("Space")
    ben.get_by_role("button", name="批准发布").press("Enter")
    ben.wait_for_selector("text=已发布，新事项从现在起使用新版本")
    session().rollback()
    assert releases.current_release(bench.NAME) != before
    pages = ["/workbench", f"/workbench/procedures/{bench.NAME}", "/workbench/1", "/workbench/1/merge", "/workbench/1/publishing", "/workbench/3/publishing", f"/workbench/1/files/{bench.FORM}",
             f"/workbench/1/file-version?path={bench.FORM}&version=0"]
    faults = []
    for width in (1280, 1024):
        looks = Looks({"width": width, "height": 900})
        for path in pages:
            ben.goto(path)
            if "/files/" in path:
                ben.wait_for_selector("#text .cm-content")
            for summary in ben.locator("main details > summary").all() if path != "/workbench" else []:
                summary.evaluate("one => { one.parentElement.open = !one.parentElement.matches('.inline-form'); }")
            looks.at(ben, path)
        faults += looks.faults
    assert faults == []
