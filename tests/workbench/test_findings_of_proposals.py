"""What the linter says of a proposal while it is edited: the files, what only the database knows, the mends and their undoing."""
import time

import pytest

from app.definitions import Bundle
from app.errors import FixRefused, ProposalConflict
from app.registers.models import RegisterEntry
from app.store import session, transaction
from app.store.models import Process
from app.workbench import fixing, proposals
from app.workbench.findings import findings_in, findings_of, key_of
from tests.definitions import lint_examples as lint
from tests.support import builders
from tests.support.builders import csrf_token, sign_in

FORM = "forms/example/ask.yml"
DIAGRAM = "processes/example/example.bpmn"


@pytest.fixture
def ada(app, clock):
    return builders.person("ada", "analyst", "clerk", clock=clock)


def _proposal(code: str, ada, clock, kind: str = "bad"):
    """A proposal for a new procedure with the files of an example."""
    proposal = proposals.begin_proposal("example", title="试", actor=ada, clock=clock, base="")
    files = dict(lint.example(code, kind).files)
    proposals.save_files(proposal.id, {path: content for path, content in files.items() if not path.endswith((".doc", ".md"))}, {}, actor=ada, clock=clock)
    return proposal


def _codes(proposal, clock):
    return {finding.code for finding in findings_of(proposal, clock)}


def test_a_proposal_is_checked_as_it_stands_after_every_save(ada, clock):
    proposal = _proposal("unknown-field", ada, clock)
    assert _codes(proposal, clock) == {"unknown-field"}
    good = lint.example("unknown-field", "good").files[DIAGRAM]
    proposals.save_file(proposal.id, DIAGRAM, good, expected=1, actor=ada, clock=clock)
    assert _codes(proposal, clock) == set()


def test_a_lane_whose_role_nobody_holds_is_told_until_somebody_holds_it(app, clock):
    bob = builders.person("bob", "analyst", clock=clock)
    proposal = _proposal("role-nobody-holds", bob, clock)
    [finding] = findings_of(proposal, clock)
    assert (finding.code, finding.severity, finding.element) == ("role-nobody-holds", "warning", "window")
    builders.person("cleo", "clerk", clock=clock)
    assert _codes(proposal, clock) == set()


def test_a_role_that_everybody_gets_on_registering_is_never_without_holders(app, clock):
    bob = builders.person("bob", "analyst", clock=clock)
    assert _codes(_proposal("role-nobody-holds", bob, clock, "good"), clock) == set()


def test_a_process_id_of_another_procedure_is_refused(ada, clock):
    with transaction() as store:
        builders.publish(lint.example("timer", "good"), demo=False, clock=clock)
        store.query(Process).update({"procedure": "elsewhere"})
    found = findings_of(_proposal("timer", ada, clock, "good"), clock)
    assert [(one.code, one.element) for one in found] == [("duplicate-id", "example")]


def test_a_register_with_entries_cannot_be_dropped(ada, clock):
    with transaction() as store:
        store.add(RegisterEntry(procedure="example", register="offices", key="a", name="甲", data={}, changed_at=clock()))
    assert _codes(_proposal("register-in-use", ada, clock), clock) == {"register-in-use"}
    assert _codes(_proposal("register-in-use", ada, clock, "good"), clock) == set()


def test_a_mend_is_saved_and_taken_back(ada, clock):
    proposal = _proposal("unknown-field", ada, clock)
    before = proposals.read_file(proposal, DIAGRAM).content
    [finding] = findings_of(proposal, clock)
    fixed = fixing.apply_fix(proposal, key_of(finding), actor=ada, clock=clock)
    assert fixed.label == "把“nam”改成“name”" and _codes(proposal, clock) == set()
    fixing.take_back(proposal, fixed.versions, actor=ada, clock=clock)
    assert proposals.read_file(proposal, DIAGRAM).content == before


def test_a_mend_of_what_somebody_changed_since_is_not_taken_back(ada, clock):
    proposal = _proposal("unknown-field", ada, clock)
    [finding] = findings_of(proposal, clock)
    fixed = fixing.apply_fix(proposal, key_of(finding), actor=ada, clock=clock)
    proposals.save_file(proposal.id, DIAGRAM, b"<x/>", expected=fixed.versions[DIAGRAM], actor=ada, clock=clock)
    with pytest.raises(ProposalConflict):
        fixing.take_back(proposal, fixed.versions, actor=ada, clock=clock)
    assert proposals.read_file(proposal, DIAGRAM).content == b"<x/>"


def test_a_mend_that_would_bring_another_error_is_refused(ada, clock):
    proposal = _proposal("report-without-template", ada, clock)
    finding = next(one for one in findings_of(proposal, clock) if one.code == "report-without-template")
    with pytest.raises(FixRefused):
        fixing.apply_fix(proposal, key_of(finding), actor=ada, clock=clock)
    assert proposals.read_file(proposal, "reports/example/reports.yml").version == 1


@pytest.mark.parametrize("code, element", [
    ("expression", "decided_to_done"), ("unknown-root", "note"), ("no-default-flow", "must"), ("dangling-flow", "ghost_to_done"),
    ("no-end", "example"), ("duplicate-id", "begin"),
])
def test_publishing_is_refused_with_the_element_that_is_wrong(code, element, app, clock):
    """F-01."""
    from app.errors import ReleaseRefused

    with pytest.raises(ReleaseRefused) as refused:
        builders.publish(lint.example(code, "bad"), demo=False, clock=clock)
    found = {(one.code, one.element) for one in refused.value.findings}
    assert code in {one for one, _ in found} and all(name for _, name in found)
    assert (code, element) in found or code == "dangling-flow"


def test_the_whole_procedure_is_checked_fast_enough_to_be_asked_after_every_save(app, clock):
    bundle = builders.bundle_of(builders.ROOT)
    findings_in(bundle, "title-review", clock)
    path = next(path for path in bundle.files if path.endswith("declaration.yml") and path.startswith("forms/"))
    changed = Bundle({**bundle.files, path: bundle.files[path] + b"\n# one more line\n"})
    began = time.process_time()
    assert [one for one in findings_in(changed, "title-review", clock) if one.severity == "error"] == []
    assert time.process_time() - began < 1.5      # 0.15 s on a quiet machine


def _browser(app, who: str):
    browser = app.test_client()
    sign_in(browser, who)
    return browser


class TestPage:
    @pytest.fixture
    def proposal(self, ada, clock):
        return _proposal("unknown-field", ada, clock)

    def test_the_page_says_what_is_wrong_where_and_offers_the_mend(self, app, proposal):
        page = _browser(app, "ada").get(f"/workbench/{proposal.id}/findings").text
        assert "没有字段“nam”" in page and "1 个错误" in page
        assert "把“nam”改成“name”" in page and "#note" in page
        assert "form.request.nam" in page       # the example that explains the rule

    def test_pressing_the_mend_mends_and_undo_brings_it_back(self, app, proposal):
        browser = _browser(app, "ada")
        page = browser.get(f"/workbench/{proposal.id}/findings")
        key = page.text.split('name="key" value="')[1].split('"')[0]
        done = browser.post(f"/workbench/{proposal.id}/findings/fix", data={"csrf_token": csrf_token(browser), "key": key}, follow_redirects=True)
        assert "没有发现问题" in done.text and "撤销这次修改" in done.text
        back = browser.post(f"/workbench/{proposal.id}/findings/undo", data={"csrf_token": csrf_token(browser), "undo": f"2:{DIAGRAM}"}, follow_redirects=True)
        assert "没有字段“nam”" in back.text

    @pytest.mark.parametrize("address", ["findings/list.json", "findings.json"])
    def test_editors_get_the_findings_with_the_version(self, app, proposal, address):
        answer = _browser(app, "ada").get(f"/workbench/{proposal.id}/{address}").json
        session().refresh(proposal)
        assert answer["version"] == proposal.version
        [finding] = answer["findings"]
        assert {"code": "unknown-field", "severity": "error", "file": DIAGRAM, "element": "note", "fix": "把“nam”改成“name”"}.items() <= finding.items()
        assert finding["url"].endswith("#note") and finding["message"] and finding["key"]

    def test_who_only_reads_is_offered_no_mend(self, app, proposal, clock):
        builders.person("aud", "auditor", clock=clock)
        page = _browser(app, "aud").get(f"/workbench/{proposal.id}/findings").text
        assert "没有字段“nam”" in page and "findings/fix" not in page

    def test_a_wrong_undo_is_refused(self, app, proposal):
        browser = _browser(app, "ada")
        token = csrf_token(browser)
        for told in ([], ["x:y"], [f"9:{DIAGRAM}"], ["1:app/x.py"]):
            assert browser.post(f"/workbench/{proposal.id}/findings/undo", data={"csrf_token": token, "undo": told}).status_code in (400, 404, 409, 422)
