"""Personnel lists: who is named, by whom, and that a file is imported whole or not at all (S1-043 … S1-045, D-41)."""
from datetime import timedelta

import pytest

from app import people
from app.errors import ListRefused, NotFound, RequestInvalid, SheetRefused
from app.people import personnel, personnel_imports as imports
from app.rendering.formats import id_card_check_digit
from app.sheets import write_book
from tests.support.builders import organisation, person

pytestmark = pytest.mark.both_stores


def number(n: int) -> str:
    first = f"4403{n // 1000 + 1:02d}19800101{n % 1000:03d}"
    return first + id_card_check_digit(first)


@pytest.fixture
def acme(app):
    organisation("acme", "甲公司")
    organisation("bay", "乙公司")
    return person("sun", "clerk@acme", name="孙敏")


def add(acme, clock, name="李雷", who=1, unit="acme"):
    return personnel.list_person(unit, name=name, document="", number=number(who), actor=acme, clock=clock)


def book(*rows, columns=imports.COLUMNS):
    return write_book("人员名单", columns, rows)


def read(acme, clock, *rows):
    imports.read_import("acme", book(*rows), "人员.xlsx", actor=acme, clock=clock)
    return imports.preview_of("acme", acme.id)


def test_a_listed_person_is_found_by_number_and_name_only_together(acme, clock):
    add(acme, clock)
    assert people.units_listing(number(1), "李雷") == ["acme"]
    assert people.units_listing(number(1), "李磊") == people.units_listing(number(2), "李雷") == []


def test_a_person_whom_two_units_list_may_choose_between_both(acme, clock):
    add(acme, clock)
    add(acme, clock, unit="bay")
    assert people.units_listing(number(1), "李雷") == ["acme", "bay"]


def test_numbers_and_names_are_put_right_before_they_are_compared(acme, clock):
    row = personnel.list_person(
        "acme", name=" 买买提•艾力 ", document="111", number=f" {number(7)[:6]} {number(7)[6:].lower()}", actor=acme, clock=clock)
    assert (row.name, row.number) == ("买买提·艾力", number(7))
    assert people.units_listing(number(7), "买买提・艾力") == ["acme"]


def test_a_number_of_fifteen_digits_is_the_same_person_as_its_eighteen(acme, clock):
    long = number(3)
    old = personnel.list_person("acme", name="李雷", document="111", number="440301800101003", actor=acme, clock=clock)
    assert old.number == long


@pytest.mark.parametrize("name, document, typed, where", [
    ("", "111", "x", "name"), ("李雷", "999", "1", "document"), ("李雷", "111", "44030119800101003", "number"),
    ("李雷", "111", "", "number"), ("李雷", "414", "E", "number"), ("李\ue000", "111", "x", "name"),
])
def test_a_wrong_entry_is_refused_at_its_field(acme, clock, name, document, typed, where):
    with pytest.raises(ListRefused) as refused:
        personnel.list_person("acme", name=name, document=document, number=typed, actor=acme, clock=clock)
    assert where in refused.value.fields


def test_the_same_number_is_listed_once_and_the_refusal_says_under_which_name(acme, clock):
    add(acme, clock)
    with pytest.raises(ListRefused, match="李雷"):
        add(acme, clock, name="李雷二")


def test_removing_names_nobody_elses_entry(acme, clock):
    row = add(acme, clock, unit="bay")
    with pytest.raises(NotFound):
        personnel.unlist_person("acme", row.id, actor=acme, clock=clock)
    personnel.unlist_person("bay", row.id, actor=acme, clock=clock)
    assert people.units_listing(number(1), "李雷") == []


def test_every_change_is_in_the_journal_with_who_did_it(acme, clock):
    row = add(acme, clock)
    personnel.unlist_person("acme", row.id, actor=acme, clock=clock)
    assert [(e.kind, e.actor_name, e.details["name"]) for e in personnel.journal_of("acme")] == [
        ("removed", "孙敏", "李雷"), ("added", "孙敏", "李雷")]


def test_a_list_of_many_is_read_page_by_page_and_searched_by_parts(acme, clock):
    people_of_acme = [personnel.Entry(f"人员{n}", "111", number(n)) for n in range(1, 121)]
    assert personnel.list_all("acme", people_of_acme, source="x", actor=acme, clock=clock) == 120
    seen, cursor = [], ""
    while True:
        rows, cursor = personnel.personnel_of("acme", cursor=cursor)
        seen += [row.number for row in rows]
        if not cursor:
            break
    assert seen == [number(n) for n in range(120, 0, -1)]
    assert [row.name for row in personnel.personnel_of("acme", name="员12")[0]] == ["人员120", "人员12"]
    assert personnel.count_personnel("acme", number=number(5)) == 1
    assert personnel.count_personnel("acme", name="%") == 0
    with pytest.raises(RequestInvalid):
        personnel.personnel_of("acme", cursor="x")


def test_a_file_is_looked_at_first_and_written_only_when_confirmed(acme, clock):
    add(acme, clock)
    preview = read(acme, clock, ["李雷", "", number(1)], ["韩梅梅", "居民身份证", number(2)], ["Tom", "普通护照", "e 1234567"])
    assert [line.line for line in preview.fresh] == [3, 4] and [line.line for line in preview.known] == [2]
    assert personnel.count_personnel("acme") == 1
    assert imports.confirm_import("acme", preview.stamp, actor=acme, clock=clock) == 2
    assert people.units_listing("E1234567", "Tom") == ["acme"]
    assert imports.preview_of("acme", acme.id) is None


def test_one_wrong_line_keeps_the_whole_file_out_and_each_wrong_line_says_why(acme, clock):
    preview = read(acme, clock, ["韩梅梅", "", number(2)], ["李雷", "", "440301198001010000"], ["", "", number(3)],
                   ["王五", "户口本", number(4)], ["赵六", "", number(2)])
    assert [(line.line, line.fault) for line in preview.wrong] == [
        (3, "证件号码的校验位不对，请对照证件逐位核对"), (4, "请填写姓名"),
        (5, f"没有“户口本”这种证件类型，可填：{'、'.join(personnel.DOCUMENTS.values())}"), (6, "与第 2 行的证件号码相同，请删去一行")]
    with pytest.raises(ListRefused, match="4 行"):
        imports.confirm_import("acme", preview.stamp, actor=acme, clock=clock)
    assert personnel.count_personnel("acme") == 0


def test_a_listed_number_under_another_name_is_a_fault_and_not_skipped(acme, clock):
    add(acme, clock)
    assert "李雷" in read(acme, clock, ["李磊", "", number(1)]).wrong[0].fault


def test_blanks_and_full_width_digits_of_a_file_are_put_right(acme, clock):
    wide = number(8).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    preview = read(acme, clock, ["李 雷", " 居民身份证 ", f" {wide[:6]} {wide[6:]} "])
    assert [(line.entry.name, line.entry.number) for line in preview.fresh] == [("李雷", number(8))]


def test_a_file_with_other_columns_is_refused_with_what_is_missing(acme, clock):
    with pytest.raises(SheetRefused, match="证件号码"):
        imports.read_import("acme", "姓名,身份证\n李雷,1\n".encode("gb18030"), "人员.csv", actor=acme, clock=clock)
    assert imports.preview_of("acme", acme.id) is None


def test_confirming_another_file_than_the_one_looked_at_is_refused(acme, clock):
    first = read(acme, clock, ["李雷", "", number(1)])
    clock.move_to(clock() + timedelta(minutes=1))
    read(acme, clock, ["韩梅梅", "", number(2)])
    with pytest.raises(ListRefused, match="已更换"):
        imports.confirm_import("acme", first.stamp, actor=acme, clock=clock)
    imports.drop_import("acme", actor=acme)
    assert imports.preview_of("acme", acme.id) is None


def test_five_thousand_lines_are_imported_and_one_more_is_refused(acme, clock):
    rows = [[f"人员{n}", "", number(n)] for n in range(5000)]
    preview = read(acme, clock, *rows)
    assert len(preview.fresh) == 5000
    assert imports.confirm_import("acme", preview.stamp, actor=acme, clock=clock) == 5000
    with pytest.raises(SheetRefused, match="5000"):
        read(acme, clock, *rows, ["多一人", "", number(5000)])


def test_the_template_fits_the_import(acme, clock):
    with pytest.raises(SheetRefused, match="没有内容"):
        imports.read_import("acme", imports.template(), "模板.xlsx", actor=acme, clock=clock)
