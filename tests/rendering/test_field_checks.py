"""Several options, one of which may stand alone."""
from tests.rendering.builders import field_of, judged, page, read, schema, sent

OPTIONS = [{"value": "x", "label": "甲"}, {"value": "y", "label": "乙"}, {"value": "none", "label": "无上述情况"}]
CHECKS = field_of("checks", options=OPTIONS, exclusive="none")


def test_values_are_kept_once_in_the_order_of_the_options():
    assert judged(CHECKS, ["y", "x", "y"]) == (["x", "y"], "") and judged(CHECKS, "x") == (["x"], "")


def test_the_exclusive_option_excludes_the_others():
    assert judged(CHECKS, ["none"])[1] == ""
    assert judged(CHECKS, ["x", "none"])[1] == "选了“无上述情况”就不能再选其他项，请核对"


def test_unknown_options_and_nothing():
    assert judged(CHECKS, ["z"])[1] == "请从列出的选项中选择" and judged({**CHECKS, "required": True}, [])[1] == "请选择it"


def test_screen_form_data_words_schema():
    assert page(CHECKS, ["x"]).count(" checked") == 1 and 'data-exclusive="none"' in page(CHECKS)
    assert sent(CHECKS, [("it", "x"), ("it", "y")]) == ["x", "y"] and sent(CHECKS, []) == []
    assert "甲；乙" in read(CHECKS, ["x", "y"]) and schema(CHECKS)["type"] == "array"
