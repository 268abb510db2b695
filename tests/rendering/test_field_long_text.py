"""Texts of several lines with a count (requirements part F: 149/150, 200/201, 500/501)."""
import pytest
from tests.rendering.builders import field_of, judged, page, read


@pytest.mark.parametrize("attributes, count, message", [
    ({"min_length": 150}, 149, "还差 1 字（至少 150 字）"), ({"min_length": 150}, 150, ""),
    ({"min_length": 150}, 138, "还差 12 字（至少 150 字）"),
    ({"max_length": 200}, 200, ""), ({"max_length": 200}, 201, "超出 1 字（最多 200 字），请删减"),
    ({"max_length": 500}, 500, ""), ({"max_length": 500}, 501, "超出 1 字（最多 500 字），请删减"),
])
def test_lengths_at_their_limits(attributes, count, message):
    assert judged(field_of("long_text", **attributes), " " + "𠮷" * count + "\n")[1] == message


def test_a_line_end_is_one_character_however_the_browser_sends_it():
    assert judged(field_of("long_text", max_length=3), "一\r\n二")[0] == "一\n二"


def test_the_page_shows_the_count_and_carries_it_for_the_script():
    html = page(field_of("long_text", min_length=150, max_length=500), "三个字")
    assert "3/500 字，至少 150 字" in html and 'data-count="500"' in html and 'data-count-of="f-it"' in html


def test_lines_are_kept_when_read_and_markup_is_not():
    assert "一<br>二&lt;b&gt;" in read(field_of("long_text"), "一\n二<b>")
