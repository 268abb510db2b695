"""A way down a code table, without a script."""
from tests.rendering.builders import field_of, judged, page, read, sent

PLACE = field_of("cascade", code_table="place", levels=["province", "city", "district"])


def test_the_answer_is_the_list_of_codes():
    assert judged(PLACE, ["44", "4401", "440106"]) == (["44", "4401", "440106"], "")
    assert judged(PLACE, ["44", "4403", ""]) == (["44", "4403"], "") and judged(PLACE, ["11"]) == (["11"], "")


def test_an_unfinished_way_asks_for_the_next_level():
    assert judged(PLACE, ["44"])[1] == "请继续选择下一级"


def test_codes_that_do_not_belong_together_are_refused():
    assert judged(PLACE, ["11", "4403"])[1] == "所选项目前后不一致，请重新逐级选择"


def test_each_level_offers_what_the_one_above_leaves():
    html = page(PLACE, ["44", "4401"])
    assert html.count("<select") == 3 and "天河区" in html and 'name="it.2"' in html
    changed = page(PLACE, ["11", "4401"])
    assert "天河区" not in changed and '<option value="11" selected>' in changed


def test_without_a_script_a_button_shows_the_next_level():
    assert '<noscript><button class="btn btn-sm mt-2" name="do" value="refresh">' in page(PLACE)
    assert 'hx-post="/refresh/main"' in page(PLACE)


def test_form_data_and_words():
    assert sent(PLACE, [("it.0", "44"), ("it.1", "4403")]) == ["44", "4403", ""]
    assert "广东省 / 深圳市" in read(PLACE, ["44", "4403"])
