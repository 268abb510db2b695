"""The pages of the form editor: the list, edits by click, the preview, renaming everywhere, code tables, Excel."""
import io
import re

import openpyxl
import pytest

from app.definitions import Bundle, check
from app.workbench import proposals
from tests.support import builders
from tests.support.builders import csrf_token, sign_in

PROCEDURE = "lending-library"


@pytest.fixture
def bench(app, clock, client):
    """A proposal on the published lending library, and ada signed in as an analyst."""
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    proposal = proposals.begin_proposal(PROCEDURE, title="改借书单", actor=builders.actor("ada"), clock=clock)
    sign_in(client, "ada")
    return Bench(client, proposal)


class Bench:
    def __init__(self, client, proposal):
        self.client, self.proposal, self.token = client, proposal, csrf_token(client)
        self.base = f"/workbench/{proposal.id}/forms"

    def get(self, path=""):
        return self.client.get(f"{self.base}{path}")

    def json(self, path, told):
        return self.client.post(f"{self.base}{path}", json=told, headers={"X-CSRFToken": self.token, "Accept": "application/json"})

    def form(self, path, **values):
        return self.client.post(f"{self.base}{path}", data={"csrf_token": self.token, **values})

    def text(self, path):
        return proposals.read_file(self.proposal, path).content.decode()

    def save(self, path, text):
        version = proposals.changed_files(self.proposal).get(path)
        answer = self.client.put(f"/workbench/{self.proposal.id}/content/{path}", data=text.encode(), headers={"X-CSRFToken": self.token, "If-Match": f'"{version.version if version else 0}"'})
        assert answer.status_code == 200, answer.text


REQUEST = "forms/lending-library/request.yml"


def test_the_list_says_where_each_form_is_used_and_how_many_fields_it_has(bench):
    page = bench.get().text
    assert "借书单" in page and "reader-kinds" in page and "借书单：读者类别" in page
    assert re.search(r"<code>request</code></td><td class=\"number\">7</td>", page)


def test_a_form_is_begun_copied_and_taken_out(bench):
    assert bench.form("/new", key="lost_card", title="挂失").status_code == 303
    assert bench.text("forms/lending-library/lost_card.yml").startswith("title: 挂失\n")
    bench.form("/new", key="request_two", title="第二种借书单", copy_of="request")
    assert bench.text("forms/lending-library/request_two.yml").splitlines()[0] == "title: 第二种借书单"
    assert bench.text("forms/lending-library/request_two.yml").splitlines()[1:] == bench.text(REQUEST).splitlines()[1:]
    bench.form("/request_two/take-out")
    assert "已从方案中去掉表单“request_two”" in bench.get().text and "request_two" not in bench.get().text
    bench.form("/new", key="Größe", title="x")
    assert "小写英文字母" in bench.get().text


def test_an_edit_by_click_answers_with_the_text_its_structure_and_what_is_wrong(bench):
    text = bench.text(REQUEST)
    answer = bench.json("/request/edit", {"text": text, "edits": [{"op": "set", "path": ["sections", 0, "fields", 0, "required_when"], "value": "answers.nobody == 1"}]}).json
    assert answer["values"]["sections"][0]["fields"][0]["required_when"] == "answers.nobody == 1"
    assert "没有字段“nobody”" in answer["problems"][0]["message"] and answer["problems"][0]["element"] == "book"
    assert [a for a, b in zip(answer["text"].splitlines(), text.splitlines()) if a != b] == [answer["text"].splitlines()[7]]
    assert bench.text(REQUEST) == text, "nothing is saved by it"


def test_a_text_that_is_no_yaml_says_where_and_loses_nothing(bench):
    answer = bench.json("/request/edit", {"text": "title: [\nsections:\n", "edits": []}).json
    assert answer["values"] is None and answer["problems"][0]["line"] > 0
    assert answer["text"] == "title: [\nsections:\n"


def test_strange_edits_are_refused_in_words(bench):
    for told in ({}, {"text": 1, "edits": []}, {"text": "a: 1", "edits": [{"op": "drop"}]}, {"text": "a: 1", "edits": [{"op": "set", "path": ["b", "c"], "value": 1}]}):
        answer = bench.json("/request/edit", told)
        assert answer.status_code in (400, 422) and answer.json["message"], told


# -- the preview

def test_the_preview_is_the_real_form_and_may_stand_in_our_frame_alone(bench):
    answer = bench.get("/request/preview")
    assert 'name="book"' in answer.text and "读者类别" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"] and answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_conditions_work_in_the_preview_as_on_the_real_page(bench):
    assert "监护人姓名" not in bench.get("/request/preview").text
    section = bench.form("/request/preview/section/reader", **{"there.reader": "1", "reader_kind": "child"}).text
    assert "监护人姓名" in section
    page = bench.form("/request/preview", **{"there.reader": "1", "there.book": "1", "reader_kind": "child", "do": "preview-check"}).text
    assert "监护人姓名" in page and 'aria-invalid="true"' in page


def test_the_preview_takes_a_sample_and_shows_it_masked_to_a_masked_role(bench):
    assert "米·伊林" in bench.get("/request/preview?fill=sample:request").text
    bench.save("processes/lending-library/roles.yml", bench.text("processes/lending-library/roles.yml") + "judge: {name: 评委, scope: none, masked: true}\n")
    assert "王小满" in bench.get("/request/preview?fill=sample:request&view=read&role=librarian").text
    masked = bench.get("/request/preview?fill=sample:request&view=read&role=judge").text
    assert "王小满" not in masked and "十万个为什么" in masked


def test_a_past_case_is_shown_read_only_and_says_nobody(bench, clock):
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    page = bench.get(f"/request/preview?fill=case:{case.number}").text
    assert "往期事项的内容" in page and "成人读者" in page and "<form" not in page
    assert "王小满" not in page and "十万个为什么" not in page
    assert "没有这个样例或事项" in bench.get("/request/preview?fill=case:999").text


def test_a_draft_that_calls_a_name_something_else_does_not_uncover_it(bench, clock):
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    bench.save(REQUEST, "title: 借书单\nsections:\n  - key: a\n    title: 甲\n    fields:\n" + "".join(
        f"      - {{key: {field}, type: number, label: 数}}\n" for field in ("book", "author", "reader_name")))
    page = bench.get(f"/request/preview?fill=case:{case.number}").text
    assert "往期事项的内容" in page and not any(word in page for word in ("十万个为什么", "米·伊林", "王小满"))


def test_a_form_that_cannot_be_read_says_so_in_the_preview(bench):
    bench.save(REQUEST, "title: 借书单\nsections: [{key: a}]\n")
    assert "改好后这里会显示预览" in bench.get("/request/preview").text


TABLE = """title: 书单
sections:
  - key: main
    title: 书单
    fields:
      - {key: total, type: number, label: 册数, warn_when: [{rule: 'coalesce(answers.books, []).all(b, b.copies > 0)', message: 册数要大于零}]}
      - key: books
        type: table
        label: 书
        list_columns: [title_of, copies]
        columns:
          - {key: title_of, type: text, label: 书名, required: true}
          - {key: copies, type: number, label: 册数, shown_when: row.title_of != null}
"""


def test_rows_are_added_in_the_preview_without_being_kept_anywhere(bench):
    bench.save("forms/lending-library/list_of_books.yml", TABLE)
    opened = bench.form("/list_of_books/preview", **{"there.main": "1", "do": "row-add:books"}).text
    assert "新增一行" in opened and 'name="row.title_of"' in opened
    refused = bench.form("/list_of_books/preview", carried="{}", row_table="books", row_number="-1", do="preview-row-save", **{"row.title_of": ""}).text
    assert "preview-row-save" in refused
    kept = bench.form("/list_of_books/preview", carried="{}", row_table="books", row_number="-1", do="preview-row-save", **{"row.title_of": "红楼梦", "row.copies": "2"}).text
    assert "红楼梦" in kept and "preview-check" in kept


# -- used by, renaming

def _uses(bench, key):
    return bench.get(f"/{key}/used-by").json["uses"]


def test_every_field_knows_where_it_is_used(bench):
    uses = _uses(bench, "request")
    kinds = {use["kind"] for use in uses["book"]}
    assert kinds == {"diagram", "report", "scenario"} and any("#" in use["url"] for use in uses["book"] if use["kind"] == "diagram")
    assert {use["kind"] for use in uses["reader_kind"]} == {"form", "table", "report", "scenario"}
    assert "guardian" not in uses


def test_a_field_is_renamed_in_every_file_at_once_and_the_procedure_stays_whole(bench):
    plan = bench.json("/request/rename", {"field": "reader_kind", "new": "kind_of_reader"}).json
    assert {change["file"].split("/")[-1] for change in plan["changes"]} >= {"request.yml", "fine.dmn", "lending_slip.html"} and plan["left"] == []
    assert "reader_kind" in bench.text(REQUEST), "looking changes nothing"
    bench.json("/request/rename", {"field": "reader_kind", "new": "kind_of_reader", "apply": True})
    files = proposals.files_of(bench.proposal)
    assert not [path for path, content in files.items() if re.search(rb"(form\.request\.|answers\.)reader_kind\b", content)]
    assert [finding for finding in check(Bundle(files)) if finding.severity == "error"] == []
    assert _uses(bench, "request").keys() >= {"kind_of_reader"} and "reader_kind" not in _uses(bench, "request")


def test_a_column_is_renamed_in_its_conditions_and_in_what_walks_the_rows(bench):
    bench.save("forms/lending-library/list_of_books.yml", TABLE)
    plan = bench.json("/list_of_books/rename", {"field": "books.copies", "new": "count", "apply": True}).json
    text = bench.text("forms/lending-library/list_of_books.yml")
    assert plan["left"] == [] and "all(b, b.count > 0)" in text and "list_columns: [title_of, count]" in text and "{key: count, type: number" in text
    assert "copies" not in text


def test_a_name_that_cannot_be_is_refused(bench):
    for new, why in (("author", "已经有字段"), ("书", "不能作字段名"), ("form", "不能作字段名")):
        answer = bench.json("/request/rename", {"field": "book", "new": new})
        assert answer.status_code == 422 and why in answer.json["message"]


# -- code tables

CODES = "forms/lending-library/codes/reader-kinds.yml"


def test_a_code_table_is_a_grid_whose_unchanged_lines_stay(bench):
    text = "# 读者类别\n" + bench.text(CODES)
    rows = bench.json("/codes/reader-kinds/text", {"text": text}).json["rows"]
    assert [row["code"] for row in rows] == ["adult", "student", "child"]
    rows[1]["valid_to"] = "2026-12-31"
    rows.append({"path": "student", "code": "primary", "name": "小学生", "name_en": "", "valid_from": "", "valid_to": ""})
    rows.insert(0, {"path": "", "code": "senior", "name": "老年读者", "name_en": "", "valid_from": "", "valid_to": ""})
    answer = bench.json("/codes/reader-kinds/text", {"text": text, "rows": rows}).json
    assert [(row["path"], row["code"]) for row in answer["rows"]] == [("", "senior"), ("", "adult"), ("", "student"), ("student", "primary"), ("", "child")]
    assert answer["text"].startswith("# 读者类别\n- {code: senior, name: 老年读者}\n- {code: adult, name: 成人读者}\n")


def test_rows_that_make_no_table_are_refused_with_their_line(bench):
    text = bench.text(CODES)
    there = bench.json("/codes/reader-kinds/text", {"text": text}).json["rows"]
    for row, why in (({"code": "adult", "name": "又一个"}, "重复"), ({"code": "", "name": "x"}, "都要填"), ({"path": "nobody", "code": "a", "name": "b"}, "没有上级"),
                     ({"code": "a", "name": "b", "valid_to": "昨天"}, "YYYY-MM-DD")):
        answer = bench.json("/codes/reader-kinds/text", {"text": text, "rows": [*there, row]})
        assert answer.status_code in (400, 422) and why in answer.json["message"], answer.text


def test_a_code_table_goes_out_to_excel_and_comes_back_the_same(bench):
    data = bench.get("/codes/reader-kinds/book").data
    assert [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][2]][1:3] == ["adult", "成人读者"]
    answer = bench.client.post(f"{bench.base}/codes/reader-kinds/read-book", data={"sheet": (io.BytesIO(data), "codes.xlsx"), "csrf_token": bench.token})
    rows = answer.json["rows"]
    assert bench.json("/codes/reader-kinds/text", {"text": bench.text(CODES), "rows": rows}).json["text"] == bench.text(CODES)


def test_a_table_of_five_hundred_entries_is_changed_in_one_place_and_taken_in_whole_from_excel(bench):
    text = (builders.ROOT / "forms/title-review/codes/titles.yml").read_text("utf-8")
    rows = bench.json("/codes/reader-kinds/text", {"text": text}).json["rows"]
    rows[20]["valid_to"] = "2027-12-31"
    one = bench.json("/codes/reader-kinds/text", {"text": text, "rows": rows}).json["text"]
    assert len([line for line in one.splitlines() if line not in text.splitlines()]) == 1
    for row in rows:
        row["name_en"] = "x"
    whole = bench.json("/codes/reader-kinds/text", {"text": text, "rows": rows}).json
    assert whole["rows"] == rows and whole["text"].startswith(text.splitlines()[0])


# -- who may

def test_whoever_only_reads_sees_the_editor_and_cannot_change(bench, app, clock):
    builders.person("otto", "auditor", clock=clock)
    client = app.test_client()
    sign_in(client, "otto")
    assert client.get(f"{bench.base}/request").status_code == 200
    assert client.post(f"{bench.base}/new", data={"key": "abc", "title": "x", "csrf_token": csrf_token(client)}).status_code == 403
    assert client.post(f"{bench.base}/request/rename", json={"field": "book", "new": "b", "apply": True}, headers={"X-CSRFToken": csrf_token(client)}).status_code == 403


def test_people_who_are_no_analysts_find_nothing_here(bench, app):
    client = app.test_client()
    sign_in(client, "reader_wang", "reads-a-lot")
    assert client.get(bench.base).status_code == 403
    assert client.get(f"{bench.base}/request/preview").status_code == 403
