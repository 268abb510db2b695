"""A batch on its way through the four posts, seen by those who work on it: members, holds, Excel, papers, who may read what."""
from io import BytesIO

from openpyxl import load_workbook
from pypdf import PdfReader

from app import batches
from app.operations import reports
from app.operations.reading import batchpages
from app.operations.access import can_view_case
from app.store import session
from app.store.models import Answers, Task
from tests.support import builders
from tests.support.builders import ROOT, csrf_token, publish, sign_in
from tests.whole.walks import Walk

BATCHES = ROOT / "processes" / "title-review" / "scenarios" / "batches.yml"


def _walked_to_the_review(clock) -> Walk:
    """Sent, one member held by the office and released, one held, one taken out and one added in the correction."""
    publish(ROOT, clock=clock)
    walk, times = Walk(BATCHES, clock).start(), iter((False, False, True))
    assert walk.walk(lambda command: command.element == "review_batch" and next(times)) is not None
    return walk


def test_a_batch_is_read_by_those_who_work_on_it_and_printed_and_taken_to_excel(app, client, clock):
    walk = _walked_to_the_review(clock)
    batch, member, left = walk.case("batch1"), walk.case("a1"), walk.case("a4")
    states = {case.number: row.state for row, case in batches.members_of(batch.id)}
    assert [states[walk.case(name).number] for name in ("a1", "a2", "a3", "a4", "a5")] == ["in", "held", "in", "out", "in"]
    lin, applicant = builders.actor("lin"), builders.actor(member.starter_id)
    # the bureau reads the members while they travel, and no others
    assert can_view_case(member, lin) and not can_view_case(left, lin) and not can_view_case(walk.case("a6"), lin)
    # the applicant sees the batch's number but neither its page nor that the case is held
    held = walk.case("a2")
    assert [(travel.number, may, state) for travel, may, state in batchpages.travels(held, builders.actor(held.starter_id))] == [("GC-2026-01", False, "in")]
    assert not batchpages.lists_members(batch, applicant) and not batchpages.lists_members(batch, builders.actor("expert1"))
    # who asked for the hold is named, whoever's desk the batch was on
    assert {(r.kind, r.by_name) for r in batches.revisions_of(batch.id) if r.reason in ("学历待核实", "投诉不属实")} == {("held", "周敏"), ("released", "周敏")}
    _pages(client, batch, member)
    _papers(batch, lin, clock)


def _pages(client, batch, member):
    sign_in(client, "lin", "pingshen-demo")
    page = client.get(f"/cases/{batch.id}/members").text
    assert "GC-2026-01" in page and "暂缓" in page and "修订记录" in page and member.number in page
    assert client.get(f"/cases/{batch.id}/members?state=held").text.count("<td class=\"number\" data-label=\"#\">") == 1
    sheet = load_workbook(BytesIO(client.get(f"/cases/{batch.id}/members.xlsx").data)).active
    assert [cell.value for cell in sheet[1]][:3] == ["序号", "业务流水号", "姓名"] and sheet.max_row == 6
    task = session().query(Task).filter_by(case_id=batch.id, state="open").one().id
    _excel(client, task)


def _excel(client, task: str):
    address, token = f"/tasks/{task}/sheets/corrections", csrf_token(client)
    book = client.get(f"{address}.xlsx").data
    answer = client.post(address, data={"csrf_token": token, "file": (BytesIO(book), "a.xlsx")})
    assert answer.status_code == 200 and "没有发现问题" in answer.text
    bad = client.post(address, data={"csrf_token": token, "file": (BytesIO("涉及的人员或材料,问题\n名册,\n".encode()), "a.csv")})
    assert bad.status_code == 422 and "第 2 行，问题" in bad.text
    junk = client.post(address, data={"csrf_token": token, "file": (BytesIO(b"PK\x03\x04junk"), "a.xlsx")})
    assert junk.status_code == 422
    rows = '[{"subject": "名册", "fault": "=1+1"}]'
    assert client.post(address, data={"csrf_token": token, "rows": rows, "mode": "replace", "version": "0"}).status_code == 303
    again = load_workbook(BytesIO(client.get(f"{address}.xlsx").data)).active
    assert [cell.value for cell in again[2]][:2] == ["名册", "=1+1"] and again["B2"].data_type == "s"
    assert client.post(address, data={"csrf_token": token, "rows": "[1]"}).status_code == 404
    assert client.post(address, data={"csrf_token": token, "rows": '[{"subject": "x"}]'}).status_code == 422
    held = load_workbook(BytesIO(client.get(f"/tasks/{task}/sheets/held.xlsx").data)).active
    number = held["A2"].value
    ticked = client.post(f"/tasks/{task}/sheets/held", data={"csrf_token": token, "file": (BytesIO(f"业务流水号\n{number}\n0000000000000000000\n".encode()), "a.csv")})
    assert ticked.status_code == 422 and "第 3 行" in ticked.text and "现在不能选择" in ticked.text


def _papers(batch, actor, clock):
    names = {report.key for report in reports.reports_of(batch, actor=actor, clock=clock)}
    assert {"batch_document", "batch_roll", "batch_revisions"} <= names and "approval_document" not in names
    roll = reports.print_report(batch, "batch_roll", actor=actor, clock=clock)
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(roll.pdf)).pages)
    numbers = [session().get(Answers, case.latest["declaration"]).data["id_number"] for _row, case in batches.members_of(batch.id)]
    assert "GC-2026-01" in words and not any(number in words for number in numbers)
    assert roll.html.count("<tr><td class=\"centre\">") == 4, "the one taken out is not on it"
    revisions = reports.print_report(batch, "batch_revisions", actor=actor, clock=clock)
    assert "本人材料不全" in revisions.html and "抽出" in revisions.html
