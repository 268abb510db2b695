"""Rows: kinds, rules, limits, and editing one by one without a script."""
import pytest
from app.rendering import parse_row, read_command, render_row, row_defaults, validate, validate_row, with_row, with_rows_changed, without_file
from tests.rendering.builders import CHOICES, CONTEXT, URLS, field_of, form_of, judged, page, read, schema, sent
from werkzeug.datastructures import MultiDict

KINDS = [{"value": "paper", "label": "论文"}, {"value": "book", "label": "著作"}]
TABLE = field_of(
    "table", label="成果", min_rows=1, max_rows=3, list_columns=["kind", "title"],
    kinds={"field": "kind", "options": KINDS, "columns": {"paper": [{"key": "journal", "type": "text", "label": "刊物", "required": True}]}},
    columns=[
        {"key": "kind", "type": "choice", "label": "类别", "options": KINDS, "required": True},
        {"key": "title", "type": "text", "label": "题目", "required": True, "max_length": 5},
        {"key": "from", "type": "date", "label": "开始", "default": "today"},
        {"key": "to", "type": "date", "label": "结束", "not_before": "row.from"},
        {"key": "best", "type": "yes_no", "label": "代表作"},
        {"key": "note", "type": "text", "label": "说明", "shown_when": "row.best == true", "required_when": "row.best == true"},
    ],
    row_valid_when=[{"rule": 'row.title != row.note', "message": "说明不能与题目相同"}],
    valid_when=[{"rule": "answers.it.filter(r, r.best == true).size() <= 1", "message": "代表作最多选一个"}],
)
BOOK = {"kind": "book", "title": "书", "from": "2024-01-01"}


def faults(*rows):
    return validate(form_of(TABLE), {"it": list(rows)}, CONTEXT, CHOICES)[1]


def test_good_rows_pass_as_they_are():
    assert judged(TABLE, [BOOK]) == ([BOOK], "")


def test_a_fault_is_named_by_row_and_column():
    assert faults(BOOK, {**BOOK, "title": "太长的题目了"}) == {"it.1.title": "超出 1 字（最多 5 字），请删减"}
    assert faults({**BOOK, "to": "2023-12-31"}) == {"it.0.to": "不能早于2024年1月1日"}


def test_columns_depend_on_the_kind_of_the_row():
    assert faults({**BOOK, "kind": "paper"}) == {"it.0.journal": "请填写刊物"}
    clean = validate(form_of(TABLE), {"it": [{**BOOK, "journal": "某刊"}]}, CONTEXT, CHOICES)[0]
    assert "journal" not in clean["it"][0]


def test_conditions_and_rules_see_the_row():
    assert faults({**BOOK, "best": True}) == {"it.0.note": "请填写说明"}
    assert faults({**BOOK, "best": True, "note": "书"}) == {"it.0": "说明不能与题目相同"}


def test_rules_of_the_table_see_all_rows():
    best = {**BOOK, "best": True, "note": "x"}
    assert faults(best, best) == {"it": "代表作最多选一个"}


def test_numbers_of_rows_are_limited():
    assert faults(*[BOOK] * 4) == {"it": "最多填 3 行，请删除 1 行"}
    assert judged({**TABLE, "min_rows": 2}, [BOOK])[1] == "至少填 2 行，还差 1 行"
    assert judged({**TABLE, "required": True}, [])[1] == "请至少填写一行成果"


@pytest.mark.parametrize("column", ["__class__", "fee_ok", "ｔitle", "it"])
def test_unknown_columns_are_refused_and_not_kept(column):
    clean, errors = validate(form_of(TABLE), {"it": [{**BOOK, column: 1}]}, CONTEXT, CHOICES)
    assert errors == {f"it.0.{column}": "表格没有这一列"} and column not in clean["it"][0]


@pytest.mark.parametrize("value", ["x", {"0": BOOK}, [1], [[BOOK]]])
def test_what_are_no_rows_is_refused(value):
    assert judged(TABLE, value) == (None, "此处应为表格的各行")


def test_the_list_has_a_button_for_everything_and_sends_no_rows():
    html = page(TABLE, [BOOK, BOOK], {"it.1.title": "太长"})
    for command in ("row-add:it", "row-edit:it:0", "row-delete:it:1", "row-up:it:1", "row-down:it:0"):
        assert f'name="do" value="{command}"' in html
    assert "题目：太长" in html and "成果 第 2 行 题目" in html and sent(TABLE, [("it", "x")]) is None
    assert "已到 3 行上限" in page(TABLE, [BOOK] * 3) and "暂无数据" in page(TABLE, [])


def test_buttons_are_commands_that_change_the_rows():
    rows = [{"title": name} for name in "abc"]
    down, delete = (read_command(MultiDict([("do", f"{verb}:it:0")])) for verb in ("row-down", "row-delete"))
    assert [r["title"] for r in with_rows_changed({"it": rows}, down)["it"]] == ["b", "a", "c"]
    assert [r["title"] for r in with_rows_changed({"it": rows}, delete)["it"]] == ["b", "c"] and len(rows) == 3
    assert with_row({"it": rows}, "it", -1, {"title": "d"})["it"][3] == {"title": "d"}
    assert with_row({"it": rows}, "it", 1, {"title": "B"})["it"][1] == {"title": "B"}
    assert read_command(MultiDict([("do", "drop-table:it")])) is None and read_command(MultiDict()) is None
    assert without_file({"it": ["a", "b"]}, read_command(MultiDict([("do", "file-remove:it:a")]))) == {"it": ["b"]}


def test_a_row_is_edited_on_its_own_page():
    form = form_of(TABLE)
    field = form.field("it")
    row, wrong = validate_row(form, field, {"kind": "paper", "title": "太长的题目了"}, {}, CONTEXT, CHOICES)
    assert wrong == {"title": "超出 1 字（最多 5 字），请删减", "journal": "请填写刊物"}
    html = str(render_row(form, field, row, wrong, {}, CONTEXT, URLS, CHOICES))
    assert 'name="row.journal"' in html and 'href="#f-row-title"' in html and 'hx-post="/refresh-row/it"' in html
    assert 'name="row.note"' not in html and row_defaults(form, field, {}, CONTEXT) == {"from": "2026-03-02"}


def test_a_row_s_form_data():
    assert parse_row(form_of(TABLE).field("it"), MultiDict([("row.title", "x"), ("other", "y")])) == {"title": "x"}


def test_reading_shows_the_list_and_the_rest_in_details():
    html = read(TABLE, [{**BOOK, "best": False}])
    assert "<table" in html and "著作" in html and "代表作</dt><dd>否" in html


def test_json_schema_closes_the_rows():
    items = schema(TABLE)["items"]
    assert items["additionalProperties"] is False and "journal" in items["properties"]
