"""The words of answers on papers."""
from app.rendering import printed
from tests.rendering.builders import CHOICES, CONTEXT, form_of


def test_a_paper_is_in_chinese_even_when_an_english_page_asks_for_it(app):
    form = form_of({"key": "agreed", "type": "yes_no"}, {"key": "day", "type": "date"}, {"key": "works", "type": "read_only", "value": "answers.agreed"})
    with app.test_request_context("/?lang=en"):
        english = printed(form, {"agreed": True, "day": "2026-03-02"}, CONTEXT, CHOICES)
    with app.test_request_context("/"):
        assert printed(form, {"agreed": True, "day": "2026-03-02"}, CONTEXT, CHOICES) == english
    assert english == {"agreed": "是", "day": "2026年3月2日", "works": "是"}
