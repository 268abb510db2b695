"""Tables in and out: what people really send, and what attackers do (I-03, I-08, D-41)."""
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from app.errors import SheetRefused
from app.sheets import Column, plain, read_rows, write_book, write_csv

NAME = Column("name", "姓名", required=True)
NUMBER = Column("id_number", "证件号码", required=True, code=True)
COLUMNS = (NAME, NUMBER)


def _book(rows, head=("姓名", "证件号码")) -> bytes:
    book = Workbook()
    book.active.append(list(head))
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _values(data, name="a.xlsx"):
    return [row.values for row in read_rows(data, name, columns=COLUMNS)]


def test_rows_come_with_the_line_excel_shows_and_empty_lines_are_left_out():
    rows = read_rows(_book([("李雷", "1"), ("", ""), ("王䶮", "2")]), "a.xlsx", columns=COLUMNS)
    assert [(row.line, row.values["name"]) for row in rows] == [(2, "李雷"), (4, "王䶮")]


def test_columns_are_found_in_any_order_below_a_title_and_with_the_star_of_the_template():
    book = Workbook()
    for line in (["单位人员名单"], ["备注", "证件号码*", "姓名*"], ["", "1", "𠮷田"]):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    assert _values(out.getvalue()) == [{"name": "𠮷田", "id_number": "1"}]


def test_full_width_digits_and_blanks_in_a_number_are_put_right():
    assert _values(_book([("李雷", "１１０１０５ 19491231 002x")])) == [{"name": "李雷", "id_number": "11010519491231002X"}]
    assert plain("Ａｂ 1") == "AB1"


def test_a_number_that_excel_has_rounded_is_told_instead_of_taken():
    row = read_rows(_book([("李雷", 110105194912310020)]), "a.xlsx", columns=COLUMNS)[0]
    assert "文本" in row.faults["id_number"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_excel_and_wps(encoding):
    assert _values("姓名,证件号码\r\n王䶮,1\r\n".encode(encoding), "a.csv") == [{"name": "王䶮", "id_number": "1"}]


def test_a_missing_column_is_named():
    with pytest.raises(SheetRefused) as refused:
        read_rows(_book([("李雷", "1")], head=("姓名", "号码")), "a.xlsx", columns=COLUMNS)
    assert "证件号码" in refused.value.why and "姓名" not in refused.value.why


def test_more_rows_than_allowed_and_none_are_refused():
    with pytest.raises(SheetRefused, match="最多 3 行"):
        read_rows(_book([("李雷", "1")] * 4), "a.xlsx", columns=COLUMNS, most=3)
    with pytest.raises(SheetRefused, match="没有内容"):
        read_rows(_book([]), "a.xlsx", columns=COLUMNS)


def _packed(*parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return out.getvalue()


TYPES = ("[Content_Types].xml", "<Types/>")


@pytest.mark.parametrize("data", [
    pytest.param(_packed(TYPES, ("xl/a.xml", b"0" * 30_000_000)), id="ratio"),
    pytest.param(_packed(TYPES, ("../a.xml", "x")), id="path"),
    pytest.param(_packed(TYPES, ("/etc/a.xml", "x")), id="absolute"),
    pytest.param(_packed(TYPES, ("a.zip", "x")), id="nested"),
    pytest.param(_packed(("a.xml", "x")), id="no-workbook"),
    pytest.param(_packed(TYPES, ("xl/workbook.xml", "<x>")), id="damaged"),
    pytest.param(_book([("李雷", "1")])[:-40], id="cut"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, id="xls-damaged"),
    pytest.param(b"%PDF-1.4\x00\x00", id="pdf"),
    pytest.param(b"", id="empty"),
    pytest.param(b"x" * (5 * 1024 * 1024 + 1), id="large"),
])
def test_I03_what_is_no_plain_table_is_refused_before_it_is_unpacked(data):
    with pytest.raises(SheetRefused):
        read_rows(data, "a.xlsx", columns=COLUMNS)


def _far_apart(reference: str) -> bytes:
    """A small workbook with a head and one cell far away."""
    book = Workbook()
    book.active.append(["姓名", "证件号码"])
    book.active[reference] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("reference", ["XFD20000", "XFD1048576"])
def test_I03_two_cells_far_apart_are_refused_and_the_service_lives(reference):
    data = _far_apart(reference)
    assert len(data) < 10_000
    with pytest.raises(SheetRefused):
        read_rows(data, "a.xlsx", columns=COLUMNS)


@pytest.mark.parametrize("text", ['姓名,证件号码\n"' + "x" * 200_000 + '",1\n'], ids=["long-cell"])
def test_a_text_table_that_cannot_be_read_is_refused_with_a_word_what_to_do(text):
    with pytest.raises(SheetRefused, match="模板"):
        read_rows(text.encode(), "a.csv", columns=COLUMNS)


def test_I03_a_part_named_twice_is_refused():
    with pytest.warns(UserWarning):
        data = _packed(TYPES, ("xl/a.xml", "x"), ("xl/a.xml", "y"))
    with pytest.raises(SheetRefused):
        read_rows(data, "a.xlsx", columns=COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_I08_a_text_that_looks_like_a_formula_stays_a_text(text):
    sheet = load_workbook(io.BytesIO(write_book("表", COLUMNS, [(text, text)])))["表"]
    assert [(cell.data_type, cell.value) for cell in sheet[2]] == [("s", text)] * 2
    assert f"'{text}" in write_csv(COLUMNS, [(text, "")]).decode("utf-8-sig").replace('"', "")


def test_what_is_written_reads_back_and_numbers_stay_numbers():
    columns = (*COLUMNS, Column("amount", "金额"))
    data = write_book("名单: 2026/1", columns, [("买买提·艾力", "0012", 450.5)], notes=["证件号码请按文本填写"])
    assert read_rows(data, "a.xlsx", columns=columns)[0].values == {"name": "买买提·艾力", "id_number": "0012", "amount": "450.5"}
    assert load_workbook(io.BytesIO(data)).worksheets[0]["C2"].data_type == "n"
