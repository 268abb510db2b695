"""Where lines of Chinese text end."""
import io

import pypdf
import pytest
from app.rendering import FontMissing, find_fonts, render_report
from app.rendering.report_lines import NO_END, NO_START, find_lines
from hypothesis import given
from hypothesis import strategies as st


def lines(text, room=10):
    return [text[start:end] for start, end in find_lines(text, [1.0] * len(text), lambda _number: room)]


def test_numbers_and_latin_words_stay_whole():
    assert lines("身份证号码是440305198806140018", 19) == ["身份证号码是", "440305198806140018"]
    assert lines("使用 BIM 技术完成12项工程", 12) == ["使用 BIM 技术完成", "12项工程"]


def test_a_word_longer_than_the_line_is_cut():
    assert lines("a" * 25) == ["a" * 10, "a" * 10, "a" * 5]


def test_stops_do_not_begin_a_line_and_brackets_do_not_end_one():
    assert lines("一二三四五六七八九十，后面") == ["一二三四五六七八九", "十，后面"]
    assert lines("一二三四五六七八九（后面）") == ["一二三四五六七八九", "（后面）"]


def test_a_forced_end_ends_the_line():
    assert find_lines("ab\ncd", [1] * 5, lambda _n: 10, lambda i: i == 2) == [(0, 2), (3, 5)]


@given(st.text(alphabet="中文，。（）ab1 ", max_size=60), st.integers(2, 12))
def test_nothing_is_lost_and_no_line_is_too_wide(text, room):
    found = lines(text, room)
    assert "".join(found) == text and all(len(line.rstrip(" ")) <= room for line in found)
    assert not (NO_START & NO_END)


def test_a_break_in_the_document_is_kept():
    try:
        find_fonts()
    except FontMissing:
        pytest.skip("no fonts: run `make setup`")
    html = '{% extends "base.html" %}{% block content %}<table><tr><td>第一行<br>第二行<b>粗</b></td></tr></table>{% endblock %}'
    text = pypdf.PdfReader(io.BytesIO(render_report(html, {}).pdf)).pages[0].extract_text()
    assert "第一行\n第二行" in text.replace("\n\n", "\n")
