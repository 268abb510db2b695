"""The page of the change note: read by name and version, compared between releases, and its two diagrams in a real browser."""
from __future__ import annotations

import re

import pytest

from app.errors import NoteChanged, NoteUnread
from app.operations import releases
from app.store import session
from app.store.models import Release
from app.workbench import changes, proposals
from tests.support import builders
from tests.whole.looking import Looks
from tests.workbench import benches

NAME = "lending-library"
DIAGRAM, FORM = f"processes/{NAME}/lending.bpmn", f"forms/{NAME}/request.yml"
STEP = ('<bpmn:userTask id="second_look" name="馆长复核" camunda:formKey="check" /><bpmn:sequenceFlow id="second_look_on" sourceRef="second_look" targetRef="decided" />'
        '<bpmn:exclusiveGateway id="decided"')
SHAPE = ('<bpmndi:BPMNShape id="second_look_di" bpmnElement="second_look"><dc:Bounds x="600" y="520" width="100" height="80" /></bpmndi:BPMNShape>'
         '<bpmndi:BPMNShape id="decided_di"')


def edited(text: str) -> str:
    """The diagram with a step more and a button called otherwise."""
    text = text.replace('<bpmn:exclusiveGateway id="decided"', STEP, 1).replace('<bpmndi:BPMNShape id="decided_di"', SHAPE, 1)
    text = text.replace('name="退回修改"', 'name="退回补正"').replace("<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef>",
                                                            "<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef><bpmn:flowNodeRef>second_look</bpmn:flowNodeRef>")
    return re.sub(r'(<bpmn:sequenceFlow id="check_to_decided"[^>]*targetRef=")decided"', r'\1second_look"', text)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with benches.bench_app(tmp_path_factory.mktemp("note")) as app:
        yield app


@pytest.fixture
def clock(bench):
    return builders.clock_of(bench)


@pytest.fixture
def proposal(bench, clock):
    first = session().query(Release).filter_by(procedure=NAME, number=1).one().digest
    made = proposals.begin_proposal(NAME, title="加一道复核", actor=builders.actor("ada"), clock=clock, base=first)
    save(made, DIAGRAM, lambda text: edited(text), clock)
    return made


def save(proposal, path, edit, clock):
    found = proposals.read_file(proposal, path)
    return proposals.save_file(proposal.id, path, edit(found.content.decode()).encode(), expected=found.version, actor=builders.actor("ada"), clock=clock)


@pytest.fixture
def analyst(bench):
    client = bench.test_client()
    builders.sign_in(client, "ada")
    return client


def test_the_page_tells_the_changes_and_whom_they_concern(proposal, analyst):
    page = analyst.get(f"/workbench/{proposal.id}/changes")
    assert page.status_code == 200
    for said in ("增加环节「馆长复核」", "按钮「退回补正」", "谁的工作有变化", "馆长", "没有在办事项"):
        assert said in page.text


def test_reading_is_noted_by_name_and_version_and_asked_again_after_a_change(proposal, analyst, clock):
    ada = builders.actor("ada")
    with pytest.raises(NoteUnread):
        changes.ensure_read(proposal, ada)
    page = analyst.get(f"/workbench/{proposal.id}/changes").text
    sent = {"csrf_token": re.search(r'name="csrf-token" content="([^"]+)"', page)[1], "version": re.search(r'name="version" value="(\d+)"', page)[1]}
    read = analyst.post(f"/workbench/{proposal.id}/changes/read", data=sent, follow_redirects=True)
    assert read.status_code == 200 and "您已阅读这一版变更说明" in read.text and "陈晓" in read.text
    assert changes.has_read(proposal, ada) and not changes.has_read(proposal, builders.actor("ben"))
    save(proposal, FORM, lambda text: text.replace("max_length: 100", "max_length: 90"), clock)
    session().refresh(proposal)
    assert not changes.has_read(proposal, ada)
    late = analyst.post(f"/workbench/{proposal.id}/changes/read", data=sent)
    assert late.status_code == 409 and "又有人保存过" in late.text
    with pytest.raises(NoteChanged):
        changes.read_note(proposal, ada, clock, version=0)


def test_reading_twice_is_noted_once(proposal, clock):
    first = changes.read_note(proposal, builders.actor("ben"), clock)
    assert changes.read_note(proposal, builders.actor("ben"), clock).read_at == first.read_at
    assert [one.read_by for one in changes.readers_of(proposal)] == ["ben"]


def test_two_releases_are_compared_and_files_of_no_release_are_not_found(bench, analyst, clock, proposal):
    old = session().query(Release).filter_by(procedure=NAME, number=1).one().digest
    (new,) = releases.publish_release(proposals.bundle_of(proposal), actor=builders.actor("ben"), clock=clock, note="复核")
    page = analyst.get(f"/workbench/compare?old={old}&new={new.digest}")
    assert page.status_code == 200 and "增加环节「馆长复核」" in page.text and "取消" not in re.sub(r"<thead>.*?</thead>", "", page.text, flags=re.S)
    back = analyst.get(f"/workbench/compare?old={new.digest}&new={old}")
    assert "取消环节「馆长复核」" in back.text
    assert analyst.get(f"/workbench/compare?procedure={NAME}").status_code == 200
    assert analyst.get(f"/workbench/compare/{old}/{DIAGRAM}").status_code == 200
    for address in (f"/workbench/compare/{old}/processes/{NAME}/../../etc/passwd", f"/workbench/compare/{'0' * 64}/{DIAGRAM}", f"/workbench/compare?old=x&new={old}"):
        assert analyst.get(address).status_code == 404


def test_only_analysts_administrators_and_auditors_read_it(bench, proposal):
    builders.person("reader9", "member", clock=builders.clock_of(bench))
    stranger = bench.test_client()
    builders.sign_in(stranger, "reader9")
    assert stranger.get(f"/workbench/{proposal.id}/changes").status_code == 403
    assert bench.test_client().get(f"/workbench/{proposal.id}/changes").status_code == 302


@pytest.fixture
def page(bench, chromium):
    with benches.served(bench) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=address)
        context.add_cookies(benches.cookies_of(bench, "ada", address))
        opened = context.new_page()
        opened.set_default_timeout(60_000)
        faults = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        yield opened
        context.close()
        assert faults == []


def test_both_diagrams_stand_side_by_side_with_words_on_what_differs(page, proposal):
    page.goto(f"/workbench/{proposal.id}/changes")
    page.wait_for_selector("[data-side=new] .djs-shape[data-element-id=second_look].note-added")
    assert page.locator("[data-side=old] [data-element-id=second_look]").count() == 0
    assert page.locator("[data-side=new] .note-badge-added").first.text_content() == "新"
    assert page.locator("[data-side=old] [data-element-id=decided_to_request].note-changed").count() == 1
    moved = page.locator("[data-side=old] .viewport").get_attribute("transform")
    page.locator("[data-drawing-do=in]").first.press("Enter")
    page.wait_for_function("(was) => document.querySelector('[data-side=old] .viewport').getAttribute('transform') !== was", arg=moved)
    same = page.evaluate("() => ['old', 'new'].map((side) => document.querySelector(`[data-side=${side}] .viewport`).transform.baseVal.consolidate().matrix.a)")
    assert same[0] == pytest.approx(same[1], rel=1e-4), "both are shown at the same size"
    page.locator(".note-line", has_text="增加环节「馆长复核」").get_by_role("button", name="在图上看").press("Enter")
    page.wait_for_selector("[data-side=new] [data-element-id=second_look].note-found")
    assert page.locator(".note-line.found").count() == 1
    page.locator("[data-side=new] .djs-shape[data-element-id=second_look] .djs-hit").first.click()
    assert page.evaluate("document.activeElement.closest('.note-line').textContent").strip().find("馆长复核") > 0
    for width in (1280, 1024):
        looks = Looks({"width": width, "height": 900})
        looks.at(page, "change note")
        assert [fault for fault in looks.faults if "link-in-text-block" not in fault] == []
