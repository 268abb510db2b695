"""Numbers and texts that rules check: examples of the requirements (C-080 … C-088, D-38, D-71)."""
import pytest

from app.expressions import compile_expression


def said(text, **answers):
    return compile_expression(text).evaluate({"answers": answers})


@pytest.mark.parametrize("number, right", [
    ("201710601862.3", True), ("ZL201310699744.2", True), ("ZL 2013 1 0699744.2", True), ("ZL201310699744.3", False), ("一种装置", False)])
def test_patent_numbers(number, right):
    assert said("patent_ok(answers.n)", n=number) is right


@pytest.mark.parametrize("text, right", [("0378-5955", True), ("ISSN 1671-1122，2020(3)", True), ("1671-1123", False), ("CN 44-1259/TH", True)])
def test_issn_in_a_text(text, right):
    assert said("issn_ok(answers.n)", n=text) is right


@pytest.mark.parametrize("text, right", [("978-7-115-42802-8", True), ("7-302-02368-9", True), ("978-7-115-42802-9", False), ("书", False)])
def test_isbn(text, right):
    assert said("isbn_ok(answers.n)", n=text) is right


def test_a_degree_number_is_no_diploma_number():
    assert said("diploma_ok(answers.n)", n="1056142010005123") is False
    assert said("diploma_ok(answers.n)", n="105611201005001234") is True and said("diploma_ok(answers.n)", n="无") is True


def test_birth_and_sex_of_an_identity_number():
    assert said("birth_of(answers.n)", n="440305198806140018") == "1988-06-14" and said("sex_of(answers.n)", n="440305198806140018") == "1"
    assert said("birth_of(answers.n)", n="E12345678") is None and said("sex_of(null)") is None


def test_a_document_number_is_judged_by_its_kind():
    assert said("document_fault(answers.k, answers.n)", k="111", n="440305198806140018") == ""
    assert "证件" in said("document_fault(answers.k, answers.n)", k="111", n="440305198806140019")
    assert said("document_fault(answers.k, answers.n)", k="414", n="E12345678") == ""


def test_periods_that_do_not_join():
    rows = [{"a": "2010-07-01", "b": "2012-06-30"}, {"a": "2012-07-01", "b": "2015-01-31"}, {"a": "2015-06-01", "b": None}]
    assert said('gaps(answers.rows, "a", "b", 31, "2026-03-02")', rows=rows) == ["2015年1月31日至2015年6月1日之间空缺"]
    assert said('gaps(answers.rows, "a", "b", 31, "2026-03-02")', rows=[*rows[:1], {"a": "2012-01-01", "b": ""}]) == ["2012年1月1日前后重叠"]
    assert said('gaps(null, "a", "b", 31, "2026-03-02")') == []


def test_a_text_made_of_repetition():
    assert said("repetitive(answers.t)", t="该同志工作认真负责。" * 12) is True and said("repetitive(answers.t)", t="好" * 150) is True
    assert said("repetitive(answers.t)", t="从事精密传动机构的设计、试制与可靠性试验，主持三个产品平台的机械设计，指导工程师四人。") is False


def test_a_year_without_a_published_plan_is_known_as_such():
    assert said("calendar_known(2026)") is True and said("calendar_known(2031)") is False
