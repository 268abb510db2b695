"""A secret vote: taken out of the answers, never shown again."""
from app.rendering import ballots, printed, validate
from tests.rendering.builders import CONTEXT, field_of, form_of, judged, page, read

FIELD = field_of("ballot", box='"b-" + case.number', required=True,
                 options=[{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}])


def test_the_choice_is_not_among_the_clean_answers_but_is_required_and_checked():
    assert judged(FIELD, "yes") == (None, "") and judged(FIELD, None)[1] == "请选择it"
    assert judged(FIELD, "maybe")[1] == "请从列出的选项中选择"


def test_it_is_handed_over_apart_with_its_box():
    assert ballots(form_of(FIELD), {"it": "no"}, CONTEXT) == [("b-0032026030200000001", "no")]


def test_it_is_never_filled_in_printed_or_shown():
    assert "checked" not in page(FIELD, "yes") and "无记名" in page(FIELD)
    assert "同意" not in read(FIELD, "yes")
    form = form_of(FIELD)
    assert "yes" not in str(printed(form, {"it": "yes"}, CONTEXT)) and "it" not in validate(form, {"it": "yes"}, CONTEXT)[0]


def test_every_choice_is_sent_under_a_mark_of_the_same_length():
    html = page(FIELD)
    assert 'value="yes"' not in html and 'value="#000"' in html and 'value="#001"' in html
    assert ballots(form_of(FIELD), {"it": "#001"}, CONTEXT) == [("b-0032026030200000001", "no")]
    assert judged(FIELD, "#002")[1] == "请从列出的选项中选择"
