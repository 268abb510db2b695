"""The form editor as an analyst has it: built by clicking, typing and the keyboard alone; undone to the byte; two people noticed."""
import re
import threading
import time

import pytest
from werkzeug.serving import make_server

from app.workbench import proposals
from tests.support import builders
from tests.whole.looking import Looks

REQUEST = "forms/lending-library/request.yml"


@pytest.fixture
def address(app, clock):
    """The service on a port of its own, with a proposal on the lending library."""
    builders.publish(clock=clock)
    for analyst, name in (("ada", "艾达"), ("ben", "贝恩")):
        builders.person(analyst, "analyst", name=name, clock=clock)
    proposals.begin_proposal("lending-library", title="改借书单", actor=builders.actor("ada"), clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(address, chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=address)
    page.faults = []
    page.on("response", lambda answer: page.faults.append(f"{answer.status} {answer.url}") if answer.status in (404, 500) else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" and "409" not in said.text and "422" not in said.text and "404" not in said.text else None)
    page.set_default_timeout(15_000)
    page.goto("/sign-in")
    page.fill("input[name=account]", "ada")
    page.fill("input[name=password]", builders.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    yield page
    page.close()
    assert page.faults == []


def _open(page, key="request"):
    page.goto(f"/workbench/1/forms/{key}")
    page.wait_for_selector(".form-node")


def _text(path=REQUEST) -> str:
    builders.session().rollback()
    return proposals.read_file(proposals.proposal_of(1), path).content.decode()


def _saved(page):
    page.wait_for_selector('#saved[data-state="saved"]')


def _node(page, label):
    return page.locator(".form-node", has=page.get_by_text(label, exact=True))


def _choose(page, label):
    _node(page, label).click()
    page.wait_for_function("label => document.querySelector('.form-node[aria-current]')?.textContent.includes(label)", arg=label)


def _until(holds):
    for _try in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to that")


def test_a_field_is_added_described_moved_and_undone_to_the_byte(page):
    before = _text()
    _open(page)
    _choose(page, "作者")
    page.click("[data-act=add-field]")
    _node(page, "新字段").wait_for()
    page.fill("#p-label", "出版社")
    page.fill("#p-key", "publisher")
    page.locator("#p-key").press("Tab")
    _node(page, "出版社").wait_for()
    page.check("#p-required")
    _saved(page)
    page.frame_locator("#preview").get_by_label("出版社").wait_for()
    assert "      - {key: publisher, type: text, label: 出版社, required: true}\n" in _text()
    assert [line for line in before.splitlines() if line not in _text().splitlines()] == []
    _node(page, "出版社").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function("() => [...document.querySelectorAll('.form-node-label')].findIndex(one => one.textContent === '出版社') < [...document.querySelectorAll('.form-node-label')].findIndex(one => one.textContent === '作者')")
    for _step in range(8):
        if page.locator("[data-act=undo]").is_disabled():
            break
        page.click("[data-act=undo]")
    _until(lambda: _text() == before)
    page.wait_for_function("() => !document.querySelector('#structure').textContent.includes('出版社')")
    for _step in range(8):
        if page.locator("[data-act=redo]").is_disabled():
            break
        page.click("[data-act=redo]")
    _node(page, "出版社").wait_for()


def test_typing_in_the_text_changes_the_structure_and_a_mistake_loses_nothing(page):
    _open(page)
    page.click("#tab-text")
    page.locator("#yaml .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type("（新）")
    _node(page, "借书单（新）").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("hint: a: b")
    page.get_by_text("文本有错误，结构暂时保持原样").wait_for()
    assert _node(page, "作者").count() == 1, "the structure stays"
    page.locator("#problems li").first.wait_for()
    for key in ("Shift+Home", "Delete", "Backspace"):
        page.keyboard.press(key)
    page.get_by_text("文本有错误，结构暂时保持原样").wait_for(state="detached")
    _saved(page)
    _until(lambda: _text().startswith("title: 借书单（新）\n"))


def test_a_condition_is_completed_and_judged_where_it_is_written(page):
    _open(page)
    _choose(page, "作者")
    condition = page.locator("#p-shown_when .cm-content")
    condition.click()
    page.keyboard.type("answers.reader_k")
    page.locator(".cm-tooltip-autocomplete li", has_text="answers.reader_kind").first.wait_for()
    page.wait_for_timeout(200)  # a list that has only just opened takes no Enter: it may have been meant for the text
    page.keyboard.press("Enter")
    page.keyboard.type(' == "child" && answers.nobody == 1')
    page.get_by_text("没有字段“nobody”").first.wait_for()
    _saved(page)
    _until(lambda: "answers.reader_kind == \"child\" && answers.nobody == 1" in _text())
    page.frame_locator("#preview").get_by_label("书名").wait_for()
    assert page.frame_locator("#preview").get_by_label("作者").count() == 0


def test_a_used_field_is_renamed_everywhere_after_one_has_seen_where(page):
    _open(page)
    _choose(page, "书名")
    page.locator(".form-uses li").first.wait_for()
    page.get_by_role("button", name="改名").click()
    page.fill("#rename-new", "title_of_book")
    page.get_by_role("button", name="查看改动").click()
    page.locator(".form-changes li").first.wait_for()
    page.click("#dialog-yes")
    page.wait_for_url(re.compile("#title_of_book$"))
    page.wait_for_function("() => document.querySelector('.form-what code')?.textContent === 'title_of_book'")
    builders.session().rollback()
    files = proposals.files_of(proposals.proposal_of(1))
    assert not [path for path, content in files.items() if b"form.request.book" in content]


def test_deleting_a_used_field_tells_who_misses_it(page):
    _open(page)
    _choose(page, "书名")
    page.locator(".form-uses li").first.wait_for()
    page.click("[data-act=remove]")
    page.locator("#dialog[open] .form-uses li").first.wait_for()
    page.get_by_role("button", name="取消").click()
    assert _node(page, "书名").count() == 1
    page.click("[data-act=remove]")
    page.click("#dialog-yes")
    _node(page, "书名").wait_for(state="detached")
    page.locator("#problems").wait_for(state="attached")


def test_a_table_is_made_by_clicking_and_options_by_the_keyboard(page):
    _open(page)
    _choose(page, "读者")
    page.click("[data-act=add-field]")
    _node(page, "新字段").wait_for()
    page.select_option("#p-type", "table")
    _node(page, "新列").wait_for()
    _choose(page, "新列")
    page.select_option("#p-type", "choice")
    page.locator("#p-options-add").focus()
    page.keyboard.press("Enter")
    page.locator("#p-options-1-label").wait_for()
    assert page.evaluate("document.activeElement.id") == "p-options-add"
    page.fill("#p-options-1-label", "第二种")
    page.locator("#p-options-1-label").press("Tab")
    _saved(page)
    _until(lambda: "label: 第二种" in _text() and "type: table" in _text())


def test_two_people_in_one_form_are_noticed_and_nobody_loses_a_letter(page, clock):
    _open(page)
    builders.session().rollback()
    theirs = _text().replace("title: 借书单", "title: 贝恩的借书单")
    proposals.save_file(1, REQUEST, theirs.encode(), expected=0, actor=builders.actor("ben"), clock=clock)
    page.fill("#p-title", "艾达的借书单")
    page.locator("#conflict:not([hidden])").wait_for()
    assert "贝恩" in page.locator("#conflict").inner_text()
    assert _text() == theirs, "nothing is overwritten"
    page.get_by_role("button", name="保留我的内容").click()
    page.wait_for_selector('#saved[data-state="saved"]')
    _until(lambda: _text().startswith("title: 艾达的借书单\n"))


def test_a_code_table_is_edited_row_by_row(page):
    page.goto("/workbench/1/forms/codes/reader-kinds")
    page.locator("#c-2-name").wait_for()
    page.click("[data-code=add]")
    page.fill("#c-3-code", "senior")
    page.fill("#c-3-name", "老年读者")
    page.locator("#c-3-name").press("Tab")
    page.wait_for_function("() => document.querySelector('#saved').textContent.includes('已保存')")
    page.locator("#c-3-up").click()
    page.wait_for_function("() => document.querySelector('#c-2-code').value === 'senior'")
    _until(lambda: re.findall(r"code: (\w+)", _text("forms/lending-library/codes/reader-kinds.yml")) == ["adult", "student", "senior", "child"])


def test_a_field_is_dragged_into_another_section(page):
    _open(page)
    grip, target = page.locator("li", has=_node(page, "作者")).last.locator(".form-grip"), _node(page, "读者类别")
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    for step in (0.2, 0.5, 0.8):
        page.mouse.move(box["x"] + 40, box["y"] + box["height"] * step, steps=6)
        page.wait_for_timeout(200)  # the browser tells of a drag in its own time
    page.mouse.up()
    _until(lambda: "author" in _text().partition("key: reader\n")[2])
    assert sorted(_text().splitlines()) == sorted(builders.bundle_of().files[REQUEST].decode().splitlines()), "every line as it was written"


def test_the_pages_satisfy_axe_and_stay_in_their_width(page):
    looks = Looks({"width": 1280, "height": 860})
    for place, ready in (("/workbench/1/forms", "h1"), ("/workbench/1/forms/codes/reader-kinds", "#c-2-name"), ("/workbench/1/forms/request/preview?fill=sample:request", "h1")):
        page.goto(place)
        page.locator(ready).wait_for()
        _at_both(looks, page, place)
    _open(page)
    _choose(page, "读者类别")
    _at_both(looks, page, "form field")
    page.click("#tab-text")
    _choose(page, "借书约定")
    _at_both(looks, page, "form text and options")
    assert "\n".join(looks.faults) == ""


def _at_both(looks, page, name):
    for width in (1280, 1024):
        looks.size = {"width": width, "height": 860}
        looks.at(page, name)
