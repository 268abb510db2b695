"""Cases that wait."""
from tests.rendering.builders import field_of, judged, page, read

FIELD = field_of("cases", process="p", waiting_for="m", min=1)


def test_only_waiting_cases_can_be_chosen():
    assert judged(FIELD, ["0032", "0031", "0032"]) == (["0032", "0031"], "")
    assert judged(FIELD, ["0031", "0099"])[1] == "事项 0099 现在不能选择，请取消勾选"


def test_screen_and_words():
    assert page(FIELD, ["0031"]).count(" checked") == 1
    said = read(FIELD, ["0031", "0032"])
    assert "0031" in said and "0032" in said and "甲的事项" in said, "whoever reads a list is told whose cases they are"
