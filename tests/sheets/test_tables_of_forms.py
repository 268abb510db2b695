"""Tables of forms out to Excel and back: what goes out comes in the same; mistakes are told by row and column."""
from datetime import date, timedelta
from io import BytesIO
from unicodedata import normalize

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app import sheets
from app.definitions import load_form
from app.rendering import NoChoices, table_sheets, validate_row
from app.rendering.scene import Scene

FORM = load_form("""
title: 业绩
sections:
  - key: results
    title: 业绩
    fields:
      - key: results
        type: table
        label: 业绩成果
        columns:
          - {key: title, type: text, label: 名称, required: true, max_length: 60}
          - {key: about, type: long_text, label: 说明}
          - {key: count, type: number, label: 数量, decimals: 2}
          - {key: amount, type: money, label: 金额}
          - {key: done, type: date, label: 完成日期, not_after: '"2026-12-31"'}
          - {key: since, type: month, label: 年月}
          - {key: level, type: choice, label: 级别, options: [{value: a, label: 国家级}, {value: b, label: 省级}]}
          - {key: roles, type: checks, label: 角色, options: [{value: lead, label: 负责人}, {value: part, label: 参与人}]}
          - {key: own, type: yes_no, label: 是否独立}
          - {key: kind, type: choice, label: 类别, options: [{value: paper, label: 论文}, {value: patent, label: 专利}]}
          - {key: proof, type: file, label: 证明}
        kinds:
          field: kind
          options: [{value: paper, label: 论文}, {value: patent, label: 专利}]
          columns:
            paper: [{key: paper_no, type: text, label: 编号}]
            patent: [{key: patent_no, type: text, label: 编号}]
""", "forms/p/results.yml")
TABLE = FORM.field("results")
SCENE = Scene(FORM, {}, {"today": "2026-03-02"}, NoChoices())


def book_of(rows) -> bytes:
    columns = [column for _own, column in table_sheets.sheet_columns(TABLE, SCENE)]
    return sheets.write_book("业绩", columns, table_sheets.cells_of(TABLE, rows, SCENE))


def back(data: bytes) -> list[dict]:
    columns = [column for _own, column in table_sheets.sheet_columns(TABLE, SCENE)]
    read = table_sheets.rows_read(TABLE, sheets.read_rows(data, "a.xlsx", columns=columns), SCENE)
    found = []
    for row in read:
        clean, errors = validate_row(FORM, TABLE, row.raw, {}, SCENE.context, NoChoices())
        assert not errors and not row.faults, (errors, row.faults)
        found.append({key: value for key, value in clean.items() if value not in (None, "", [])})
    return found


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp")), min_size=1, max_size=40).filter(lambda t: t == normalize("NFC", t))
line = st.one_of(words, st.sampled_from(["=1+1", "+86", "-5", "@x", "'x", "007", "1e5", "TRUE", "2026-03-02", "=HYPERLINK(\"http://x\")", "44030519880614001X"]))
rows = st.lists(st.fixed_dictionaries({"title": line}, optional={
    "about": st.lists(line, min_size=1, max_size=3).map("\n".join), "count": st.integers(-10**6, 10**6) | st.integers(-10**6, 10**6).map(lambda n: n / 4).filter(lambda n: n != int(n)),
    "amount": st.integers(0, 10**12), "done": st.integers(0, 30000).map(lambda n: (date(1940, 1, 1) + timedelta(days=n)).isoformat()),
    "since": st.tuples(st.integers(1900, 2099), st.integers(1, 12)).map(lambda p: f"{p[0]}-{p[1]:02d}"), "level": st.sampled_from(["a", "b"]),
    "roles": st.sampled_from([["lead"], ["part"], ["lead", "part"]]), "own": st.booleans()}), min_size=1, max_size=5)
kinds = st.sampled_from([{}, {"kind": "paper", "paper_no": "001"}, {"kind": "patent", "patent_no": "=ZL"}])


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows, kinds)
def test_what_goes_out_comes_in_the_same(app, given_rows, kind):
    wanted = [row | kind for row in given_rows]
    assert back(book_of(wanted)) == wanted


def test_headings_are_labels_codes_are_words_dates_are_dates_and_formulas_are_texts(app):
    sheet = load_workbook(BytesIO(book_of([{"title": "=1+1", "level": "a", "done": "2026-03-02", "roles": ["lead", "part"], "own": True}]))).active
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, sheet[2], strict=True))
    assert head[:2] == ["名称*", "说明"] and "编号（论文）" in head and "证明" not in head
    assert row["名称*"].value == "=1+1" and row["名称*"].data_type == "s"
    assert row["级别"].value == "国家级" and row["角色"].value == "负责人；参与人" and row["是否独立"].value == "是"
    assert row["完成日期"].is_date and row["完成日期"].value.date() == date(2026, 3, 2)


def test_a_label_in_either_language_the_code_or_a_tick_will_do(app):
    columns = [sheets.Column(k, label) for k, label in (("title", "名称"), ("level", "级别"), ("own", "是否独立"))]
    data = sheets.write_book("x", columns, [["甲", "b", "√"], ["乙", "国家级", "否"]])
    assert back(data) == [{"title": "甲", "level": "b", "own": True}, {"title": "乙", "level": "a", "own": False}]


def test_what_nobody_can_read_is_told_by_row_and_column(app):
    data = sheets.write_book("x", [sheets.Column(k, label) for k, label in (("title", "名称"), ("level", "级别"), ("done", "完成日期"))],
                             [["甲", "火星级", "明天"], ["", "省级", "2027-01-01"]])
    columns = [column for _own, column in table_sheets.sheet_columns(TABLE, SCENE)]
    read = table_sheets.rows_read(TABLE, sheets.read_rows(data, "a.xlsx", columns=columns), SCENE)
    faults = [(row.line, key) for row in read for key in validate_row(FORM, TABLE, row.raw, {}, SCENE.context, NoChoices())[1]]
    assert sorted(faults) == [(2, "done"), (2, "level"), (3, "done"), (3, "title")]
