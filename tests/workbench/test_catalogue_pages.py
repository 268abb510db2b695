"""The catalogue, a proposal, its files and the gate as pages: an analyst does it all, a reader only looks."""
import re
from datetime import timedelta
from io import BytesIO

import pytest

from app.operations import releases
from app.workbench import catalogue, exchange, filing, proposals, publishing
from tests.support import bench, builders


class Browser:
    """A person at a browser without a script."""

    def __init__(self, app, person: str):
        self.client = app.test_client()
        builders.sign_in(self.client, person)

    def open(self, address: str) -> str:
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def send(self, address: str, **data):
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.open("/workbench"))[1]
        return self.client.post(address, data=data | {"csrf_token": token}, follow_redirects=True, content_type="multipart/form-data")


@pytest.fixture
def office(app, clock):
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    return app


@pytest.fixture
def ada(office):
    return Browser(office, "ada")


def _begin(browser, **data) -> int:
    answer = browser.send("/workbench/proposals", procedure=bench.NAME, **({"title": "改表单"} | data))
    return int(re.fullmatch(r"/workbench/(\d+)", answer.request.path)[1])


def test_from_the_catalogue_to_the_release_and_back_again(office, ada, clock):
    number = _begin(ada)
    home = f"/workbench/{number}"
    answer = ada.client.put(f"{home}/content/{bench.FORM}", data=bench.files()[bench.FORM].replace(b"500", b"450"),
                            headers={"If-Match": '"0"', "X-CSRFToken": re.search(r'name="csrf-token" content="([^"]+)"', ada.open(home))[1]})
    assert answer.json == {"version": 1}
    assert "已改" in ada.open(home) and "disabled" in ada.open(f"{home}/publishing")
    bench.run_scenarios(proposals.proposal_of(number), clock)
    page = ada.open(f"{home}/publishing")
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    said = ada.send(f"{home}/publishing/submit", version=version, note="加长", read="on")
    assert "已提交审批" in said.text
    assert "您参与了这份方案" in ada.open(f"{home}/publishing")
    assert "没有办理" not in said.text and "须由另一位" in ada.send(f"{home}/publishing/approve", version=version, read="on", when="now").text
    ben = Browser(office, "ben")
    assert "请写明生效的日期" in ben.send(f"{home}/publishing/approve", version=version, read="on", when="later", at="").text
    assert "已发布" in ben.send(f"{home}/publishing/approve", version=version, read="on", when="now").text
    page = ada.open(f"/workbench/procedures/{bench.NAME}")
    assert "#2" in page and "批准并发布" in page and f"方案 #{number}" in page
    first = next(line.release.digest for line in catalogue.procedure_view(bench.NAME).releases if line.release.number == 1)
    clock.move_to(clock() + timedelta(hours=1))
    assert "已退回到发布版本 #1" in ada.send(f"/workbench/procedures/{bench.NAME}/back", digest=first, reason="试").text
    assert "已停用 1 个流程" in ada.send(f"/workbench/procedures/{bench.NAME}/retire", process=bench.NAME, reason="试").text
    assert "已停用" in ada.open("/workbench")
    assert "已恢复使用 1 个流程" in ada.send(f"/workbench/procedures/{bench.NAME}/restore", process=bench.NAME, reason="试").text


def test_files_are_added_renamed_taken_out_and_brought_back(ada, clock):
    number = _begin(ada)
    home, held = f"/workbench/{number}", lambda: {one.path: one.state for one in filing.held_files(proposals.proposal_of(number))}
    ada.send(f"{home}/files/add", kind="form", name="extra")
    assert held()[f"forms/{bench.NAME}/extra.yml"] == "added"
    assert "已经有文件" in ada.send(f"{home}/files/add", kind="form", name="extra").text
    assert "文件名用小写" in ada.send(f"{home}/files/add", kind="form", name="多").text
    ada.send(f"{home}/files/rename", path=f"forms/{bench.NAME}/extra.yml", name="more")
    assert f"forms/{bench.NAME}/extra.yml" not in held() and held()[f"forms/{bench.NAME}/more.yml"] == "added"
    ada.send(f"{home}/files/take-out", path=bench.FORM)
    assert held()[bench.FORM] == "removed" and "已从程序中取出" in ada.open(f"{home}/files/{bench.FORM}")
    ada.send(f"{home}/files/restore", path=bench.FORM, version=0)
    assert held()[bench.FORM] == "same"
    assert "title: 申请表" in ada.open(f"{home}/file-version?path={bench.FORM}&version=0")
    assert ada.client.get(f"{home}/files/forms/{bench.NAME}/nothing.yml").status_code == 404


def test_every_kind_of_new_file_can_be_read(ada, clock):
    proposal = proposals.proposal_of(_begin(ada))
    for kind in ("form", "codes", "sample", "demo", "registers", "reports"):
        ada.send(f"/workbench/{proposal.id}/files/add", kind=kind, name="extra")
    procedure = proposals.bundle_of(proposal).procedure(bench.NAME)
    assert "extra" in procedure.forms and "extra" in procedure.code_tables
    assert (procedure.demo, dict(procedure.registers), dict(procedure.reports)) is not None


def test_an_archive_is_exported_and_imported_on_the_pages(ada, clock):
    number = _begin(ada)
    exported = ada.client.get(f"/workbench/{number}/export.zip").data
    changed = exchange.unpack(exported) | {bench.FORM: b"title: y\n"}
    said = ada.send(f"/workbench/{number}/import", archive=(BytesIO(exchange.pack(changed)), "a.zip"), whole="on")
    assert "1 个文件有变化" in said.text and proposals.files_of(proposals.proposal_of(number)) == changed
    assert "没有导入" in ada.send(f"/workbench/{number}/import", archive=(BytesIO(b"x"), "a.zip")).text
    other = {path.replace(bench.NAME, "visitor-pass"): content.replace(bench.NAME.encode(), b"visitor-pass") for path, content in bench.files().items()}
    assert "visitor-pass" in ada.send("/workbench/import", title="新的", archive=(BytesIO(exchange.pack(other)), "b.zip")).text


def test_a_new_procedure_is_begun_and_given_up(ada):
    answer = ada.send("/workbench/procedures", name="visitor-pass", title="访客证")
    assert "访客证" in answer.text and "visitor-pass.bpmn" in answer.text
    assert "尚未发布" in ada.open("/workbench")
    assert "已放弃" in ada.send(f"{answer.request.path}/discard").text
    assert "已经有名为" in ada.send("/workbench/procedures", name=bench.NAME, title="又一个").text


def test_a_newer_release_is_merged_on_its_page(office, ada, clock):
    number = _begin(ada)
    bench.save(proposals.proposal_of(number), bench.FORM, bench.files()[bench.FORM].replace(b"max_length: 100", b"max_length: 120"), clock)
    theirs = bench.submitted(clock, by="cai", text=bench.files()[bench.FORM].replace(b"max_length: 100", b"max_length: 80"))
    bench.approve(theirs, clock)
    assert "要合并新版本" in ada.open("/workbench")
    page = ada.open(f"/workbench/{number}/merge")
    piece = re.search(r'name="(piece:\d+:[^"]+)"', page)[1]
    hidden = dict(re.findall(r'name="(onto|version)" value="([^"]+)"', page))
    said = ada.send(f"/workbench/{number}/merge", **hidden, **{f"way:{bench.FORM}": "merged", piece: "theirs"})
    assert "已合并新版本" in said.text
    assert proposals.files_of(proposals.proposal_of(number)) == dict(releases.procedure_of(releases.current_release(bench.NAME)).content)


def test_two_who_save_the_same_file_are_told_and_nothing_is_overwritten(office, ada, clock):
    """F-05: 409 with what the other one saved; after reading it the second one saves on top of it."""
    number, ben = _begin(ada), Browser(office, "ben")
    address = f"/workbench/{number}/content/{bench.FORM}"
    put = lambda who, text, at: who.client.put(address, data=text, headers={  # noqa: E731
        "If-Match": f'"{at}"', "X-CSRFToken": re.search(r'name="csrf-token" content="([^"]+)"', who.open(f"/workbench/{number}"))[1]})
    assert put(ada, "title: 甲\n".encode(), 0).json == {"version": 1}
    refused = put(ben, "title: 乙\n".encode(), 0)
    assert (refused.status_code, refused.json["code"], refused.json["theirs"], refused.json["version"]) == (409, "proposal-conflict", "title: 甲\n", 1)
    assert ben.client.get(address).data.decode() == "title: 甲\n"
    assert put(ben, "title: 乙\n".encode(), 1).json == {"version": 2}


@pytest.mark.parametrize("person", ["root", "li"])
def test_who_is_no_analyst_changes_nothing(office, ada, person, clock):
    number = _begin(ada)
    other = Browser(office, person)
    token = builders.csrf_token(other.client)
    posts = ["/workbench/proposals", "/workbench/procedures", "/workbench/import", *(f"/workbench/procedures/{bench.NAME}/{verb}" for verb in ("retire", "restore", "back")),
             *(f"/workbench/{number}/{verb}" for verb in ("title", "discard", "import", "merge", "files/add", "files/rename", "files/take-out", "files/restore")),
             *(f"/workbench/{number}/publishing/{verb}" for verb in ("submit", "approve", "send-back", "withdraw"))]
    assert {other.client.post(address, data={"csrf_token": token}).status_code for address in posts} == {403}
    looks = [f"/workbench/procedures/{bench.NAME}", f"/workbench/{number}", f"/workbench/{number}/publishing", f"/workbench/{number}/files/{bench.FORM}", "/workbench"]
    assert {other.client.get(address).status_code for address in looks} == {200 if person == "root" else 403}


def test_the_plain_text_of_a_file_has_its_problems_with_lines(ada, clock):
    proposal = proposals.proposal_of(_begin(ada))
    bench.save(proposal, bench.FORM, bench.files()[bench.FORM].replace(b"type: long_text", b"type: long_txt"), clock)
    found = ada.client.get(f"/workbench/{proposal.id}/file-problems?path={bench.FORM}").json
    assert found["version"] == 1 and [one["line"] for one in found["problems"]] == [9] and "long_text" in found["problems"][0]["message"]


def test_a_scheduled_release_is_announced_in_the_catalogue(office, ada, clock):
    proposal = bench.submitted(clock)
    publishing.approve(proposal.id, version=proposal.version, note_read=True, at=clock() + timedelta(days=2), actor=builders.actor("ben"), clock=clock)
    assert "将要生效" in ada.open("/workbench") and "已批准" in ada.open(f"/workbench/procedures/{bench.NAME}")
