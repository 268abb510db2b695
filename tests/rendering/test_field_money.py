"""Amounts: fen in answers, yuan on screen."""
import pytest
from tests.rendering.builders import field_of, judged, page, read


@pytest.mark.parametrize("sent, fen", [("450", 45000), ("1,234.5", 123450), ("¥450.00", 45000), (45000, 45000), ("0.01", 1)])
def test_text_is_yuan_and_an_integer_is_fen(sent, fen):
    assert judged(field_of("money"), sent) == (fen, "")


def test_wrong_amounts_say_what_to_do():
    assert judged(field_of("money"), "1.234")[1] == "金额最多保留两位小数（到分）"
    assert judged(field_of("money"), "-1")[1] == "金额不能小于 ¥0.00"
    assert judged(field_of("money", max=10000), "100.01")[1] == "金额不能大于 ¥100.00"


def test_screen_and_print_show_yuan():
    assert 'value="450.00"' in page(field_of("money"), 45000) and "¥1,234.50" in read(field_of("money"), 123450)
