"""The editors of diagrams and decision tables as an analyst meets them: a browser, a mouse now and then, and the keyboard.

One service and one browser for the module; each test has a proposal of its own.
"""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.workbench import proposals
from tests.support import builders
from tests.whole.looking import Looks
from tests.workbench.benches import begin, bench_app, cookies_of, served
from tests.workbench.drawings import differences, said_by

LENDING = "processes/lending-library/lending.bpmn"
FINE = "processes/lending-library/fine.dmn"
XML = "window.pingshenDiagram.modeler.saveXML({format: true}).then((written) => written.xml)"
ENGLISH = """() => { const walker = document.createTreeWalker(document.querySelector('#panel'), NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (/[A-Za-z]{3}/.test(node.data) && !/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('select, code, textarea, .bio-properties-panel-collapsible-entry-header-title')) found.push(node.data);
  return found }"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory, chromium):
    """(app, address, browser contexts by person)."""
    with bench_app(tmp_path_factory.mktemp("editor")) as app, served(app) as address:
        contexts = {}
        for person in ("ada", "ben"):
            contexts[person] = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800}, base_url=address)
            contexts[person].add_cookies(cookies_of(app, person, address))
            contexts[person].set_default_timeout(15_000)
        yield app, address, contexts
        for context in contexts.values():
            context.close()


class Desk:
    """One analyst with one page on one proposal."""

    def __init__(self, bench, proposal, person="ada"):
        self.app, _address, contexts = bench
        self.proposal, self.page, self.complaints = proposal, contexts[person].new_page(), []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" and "409" not in said.text else None)

    def open(self, what: str = "lending") -> Page:
        self.page.goto(f"/workbench/{self.proposal.id}/diagrams/{what}")
        self.page.wait_for_selector("#canvas[data-ready]")
        self.page.wait_for_timeout(150)
        return self.page

    def show(self, element: str) -> None:
        self.page.locator(f"#steps button[data-element='{element}']").click()

    def saved(self, path: str = LENDING) -> bytes:
        """What is stored once the page says that it is saved."""
        expect(self.page.locator("#saved[data-state=saved]")).to_be_visible()
        return self.stored(path)

    def stored(self, path: str = LENDING) -> bytes:
        from app.store import session

        session().rollback()
        return proposals.read_file(proposals.proposal_of(self.proposal.id), path).content

    def base(self, path: str = LENDING) -> bytes:
        return proposals.base_files(self.proposal)[path]


@pytest.fixture
def desk(bench):
    made = Desk(bench, begin(bench[0]))
    yield made
    made.page.close()
    assert made.complaints == []


@pytest.mark.parametrize("stem", ["lending", "inter_library"])
def test_a_diagram_written_by_the_editor_without_a_change_says_the_same(desk, stem):
    page = desk.open(stem)
    assert differences(said_by(desk.base(f"processes/lending-library/{stem}.bpmn")), said_by(page.evaluate(XML))) == []
    assert proposals.changed_files(desk.proposal) == {}


def test_a_step_moved_and_a_setting_changed_are_the_only_differences(desk):
    page = desk.open("lending#check")
    page.locator("#dialect-userTask-due").fill("add_days(today, 9)")
    page.locator("#canvas svg[data-element-id], #canvas .djs-container svg").first.focus()
    page.evaluate("() => { const { modeler, bench } = window.pingshenDiagram; modeler.get('modeling').moveElements([bench.elementOf('tell_unavailable')], { x: 0, y: 20 }); }")
    found = differences(said_by(desk.base()), said_by(desk.saved()))
    said = [line for line in found if "BPMNEdge" not in line and "Bounds" not in line]
    assert len(said) == 1 and "workdays_following(today, 3)" in said[0] and "add_days(today, 9)" in said[0]
    assert any("Bounds" in line for line in found)
    page.locator("[data-do=undo]").click()
    page.locator("[data-do=undo]").click()
    page.wait_for_function(f"async (base) => !(await {XML}).includes('add_days(today, 9)')", arg="")


def test_an_expression_is_completed_and_judged_while_one_types(desk):
    page = desk.open("lending#check")
    box = page.locator("#dialect-userTask-due")
    box.fill("")
    box.press_sequentially("add_days(vars.d")
    expect(page.locator(".dialect-menu li")).to_contain_text("定还书日")
    box.press("Enter")
    box.press_sequentially(", 1")
    entry = page.locator("[data-entry-id=userTask-due]")
    expect(entry.locator(".bio-properties-panel-error")).to_contain_text("有误")
    box.press_sequentially(")")
    expect(entry.locator(".bio-properties-panel-error")).to_have_count(0)
    assert box.input_value() == "add_days(vars.due, 1)"
    box.fill("vars.dues")
    expect(entry.locator(".dialect-warning")).to_contain_text("是否想写 due？")
    box.fill("")
    box.press_sequentially("读者类别")
    expect(page.locator(".dialect-menu li").first).to_contain_text("form.request.reader_kind")


def test_by_keyboard_alone_a_reminder_with_a_notice_and_an_end_is_drawn(desk):
    page = desk.open()
    keys = page.keyboard
    page.locator("#steps button[data-element=check]").focus()
    keys.press("Enter")
    for button, word in (("attach", "提醒"), ("append", "服务任务"), ("append", "结束")):
        page.locator(f"[data-do={button}]").focus()
        keys.press("Enter")
        keys.type(word)
        keys.press("Enter")
        page.wait_for_timeout(150)
        page.wait_for_function("document.activeElement.closest('#panel')")
        if word == "提醒":
            page.locator("#dialect-boundaryEvent-timer").focus()
            keys.type("P3D")
            keys.press("Tab")
        if word == "服务任务":
            page.locator("#dialect-serviceTask-topic").select_option("notify")
            page.locator("#dialect-serviceTask-in-to").fill("case.starter")
            page.locator("#dialect-serviceTask-in-title").fill('"请尽快办理"')
            page.locator("#dialect-serviceTask-result").fill("told")
            keys.press("Tab")
            page.wait_for_timeout(500)
    text = desk.saved().decode()
    assert re.search(r"<bpmn:timeDuration[^>]*>P3D<", text) and 'cancelActivity="false"' in text
    assert '<camunda:inputParameter name="title">"请尽快办理"' in text and 'name="told">result' in text and 'camunda:type="external"' in text
    assert text.count("<bpmn:endEvent") == desk.base().decode().count("<bpmn:endEvent") + 1


def test_the_real_forms_and_stages_are_chosen_and_a_template_keeps_what_was_there(desk):
    page = desk.open("lending#check")
    forms = page.locator("#dialect-userTask-form option").all_inner_texts()
    assert "借书单（request）" in forms
    page.locator("[data-do=template]").click()
    page.locator("#chooser-list button", has_text="审核环节").click()
    expect(page.locator("#dialect-userTask-form")).to_have_value("check")
    page.locator("#dialect-userTask-stage").select_option("取书")
    text = desk.saved().decode()
    task = re.search(r'<bpmn:userTask id="check".*?</bpmn:userTask>', text, re.S)[0]
    assert 'camunda:formKey="check"' in task and 'name="stage" value="取书"' in task and 'name="due"' in task and 'value=""' not in task
    assert page.evaluate("window.pingshenDiagram.templateErrors") == []


def test_nothing_is_offered_that_the_engine_does_not_run(desk):
    page = desk.open("lending#check")
    offered = page.evaluate("""() => { const { modeler, bench } = window.pingshenDiagram, menu = modeler.get('popupMenu');
      const names = ['check', 'decided', 'cancel', 'cancelled', 'other_library'].flatMap((id) => { menu.open(bench.elementOf(id), 'bpmn-replace', { x: 1, y: 1 }); const found = Object.keys(menu._current.entries); menu.close(); return found; });
      return { names, palette: Object.keys(modeler.get('palette').getEntries()), pad: Object.keys(modeler.get('contextPad').getEntries(bench.elementOf('check'))) } }""")
    told = " ".join(offered["names"] + offered["palette"] + offered["pad"])
    assert "replace-with-service-task" in told and "create.user_task" in told and "append.exclusive" in told
    assert not re.search(r"inclusive|complex|event-based|manual|send-task|transaction|ad-hoc|signal|escalation|compensat|conditional|error|link|throw|data|toggle-loop", told)


def test_everything_in_the_panel_is_chinese_also_with_all_standard_groups(desk):
    page = desk.open()
    page.locator(".drawer-switch input").check()
    ids = page.evaluate("""() => { const seen = {}; window.pingshenDiagram.modeler.get('elementRegistry').forEach((one) => { const object = one.businessObject;
      if (!one.labelTarget) seen[[object.$type, object.eventDefinitions?.[0]?.$type, object.cancelActivity, !!object.loopCharacteristics]] ??= one.id; }); return Object.values(seen) }""")
    allowed = {"DMN", "CMMN"} | set(re.findall(r'name="([^"]+)"', desk.base().decode()))
    for element in ids:
        page.evaluate("(id) => window.pingshenDiagram.bench.show(id)", element)
        page.wait_for_timeout(60)
        page.evaluate("document.querySelectorAll('#panel .bio-properties-panel-group-header:not(.open)').forEach((head) => head.click())")
        page.wait_for_timeout(40)
        assert [text for text in page.evaluate(ENGLISH) if text not in allowed and not re.fullmatch(r"[a-z_]+", text)] == [], element
    assert page.evaluate("[...window.pingshenDiagram.missing]") == []
    page.locator(".drawer-switch input").uncheck()


def test_two_people_in_one_diagram_see_both_and_nothing_is_lost(bench, desk):
    other = Desk(bench, desk.proposal, "ben")
    rename = "(name) => { const { modeler, bench } = window.pingshenDiagram; modeler.get('modeling').updateProperties(bench.elementOf('check'), { name }); }"
    mine, theirs = desk.open(), other.open()
    mine.evaluate(rename, "审核（甲）")
    assert "审核（甲）" in desk.saved().decode()
    theirs.evaluate(rename, "审核（乙）")
    dialog = theirs.locator("#conflict")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("陈晓在您修改时保存了这个文件")
    expect(dialog.locator("#theirs .differs, #mine .differs")).to_have_count(2)
    assert "审核（甲）" in desk.stored().decode()
    dialog.locator("[data-conflict=mine]").click()
    assert "审核（乙）" in other.saved().decode()
    mine.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(mine.locator("#notice")).to_contain_text("林一")
    mine.evaluate(rename, "审核（丙）")
    expect(mine.locator("#conflict")).to_be_visible()
    mine.locator("[data-conflict=theirs]").click()
    expect(mine.locator("#steps button[data-element=check]")).to_contain_text("审核（乙）")
    assert "审核（乙）" in desk.stored().decode()
    assert {one.by for one in proposals.versions_of(desk.proposal, LENDING)} == {"陈晓", "林一"}
    other.page.close()


def test_a_step_is_copied_into_another_diagram_in_another_tab(bench, desk):
    page = desk.open()
    desk.show("hand_out")
    page.locator("[data-do=copy]").click()
    second = Desk(bench, desk.proposal)
    other = second.open("inter_library")
    before = other.evaluate("window.pingshenDiagram.bench.elements().length")
    other.locator("[data-do=paste]").click()
    assert other.evaluate("window.pingshenDiagram.bench.elements().length") == before + 1
    text = second.saved("processes/lending-library/inter_library.bpmn").decode()
    assert 'camunda:formKey="hand_out"' in text and 'id="hand_out"' not in text
    second.page.close()


def test_a_finding_stands_on_its_element_and_a_click_leads_there(desk):
    page = desk.open("lending#check")
    page.locator("#dialect-userTask-form").select_option("")
    desk.saved()
    row = page.locator("#findings .finding.error", has_text="审核借书单")
    expect(row).to_be_visible()
    expect(page.locator(".djs-overlays[data-container-id=check] .finding-mark.error")).to_be_visible()
    desk.show("request")
    row.click()
    expect(page.locator("#steps button[data-element=check]")).to_have_attribute("aria-pressed", "true")


def test_a_cell_is_completed_judged_and_saved_and_nothing_else_changes(desk):
    page = desk.open("tables/fine")
    write = "window.pingshenTable.modeler.saveXML({format: true}).then((written) => written.xml)"
    assert differences(said_by(desk.base(FINE)), said_by(page.evaluate(write))) == []
    cell = page.locator("td[data-element-id=rule_grace_days] [contenteditable=true]")
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("<= ")
    assert b"&lt;= 3" not in desk.saved(FINE)
    expect(page.locator("td[data-element-id=rule_grace_days].cell-error")).to_be_visible()
    expect(page.locator("#findings")).to_contain_text("第 1 行，逾期天数")
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("<= form.requ")
    expect(page.locator(".cell-menu li").first).to_contain_text("借书单")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+A")
    page.keyboard.type("<= 5")
    page.wait_for_timeout(400)
    expect(page.locator("#findings")).to_contain_text("都正确")
    (said,) = differences(said_by(desk.base(FINE)), said_by(desk.stored(FINE)))
    assert "<= 3" in said and "<= 5" in said
    assert page.evaluate("[...window.pingshenTable.missing]") == []


@pytest.mark.parametrize("width", [1280, 1024])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk, width):
    looks = Looks({"width": width, "height": 800})
    for what, element in (("lending#check", "check"), ("tables/fine", "")):
        page = desk.open(what)
        if element:
            desk.show(element)
        looks.at(page, f"{width}-{what}")
    page.goto(f"/workbench/{desk.proposal.id}/diagrams")
    looks.at(page, f"{width}-diagrams")
    assert [fault for fault in looks.faults if "bench-crumb" not in fault and 'href="/workbench"' not in fault] == []


def test_who_may_only_read_gets_the_picture_with_the_list_of_steps(desk):
    page = desk.open("lending?view=1")
    expect(page.locator("#panel")).to_be_hidden()
    desk.show("check")
    assert page.locator(".djs-palette").count() == 0 and "只能查看" in page.locator("#saved").inner_text()


def test_a_button_is_made_by_typing_one_word_and_found_again_by_name(desk):
    page = desk.open()
    source = page.evaluate("window.pingshenDiagram.bench.elementOf('decided').outgoing.map((one) => one.id)")
    desk.show(source[0])
    page.locator("#dialect-sequenceFlow-outcome").fill("anew")
    page.keyboard.press("Tab")
    expect(page.locator("#dialect-sequenceFlow-condition")).to_have_value('outcome == "anew"')
    assert 'outcome == "anew"' in desk.saved().decode()
    page.locator("[data-do=find]").click()
    expect(page.locator(".djs-search-container.open input")).to_be_focused()
