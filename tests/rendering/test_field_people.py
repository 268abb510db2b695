"""A person, several people."""
from tests.rendering.builders import field_of, judged, page, read, sent


def test_a_person_becomes_a_party_with_the_name_of_today():
    party = {"ref": "person:2", "name": "李二", "kind": "person"}
    assert judged(field_of("person", role="r"), "person:2") == (party, "")
    assert judged(field_of("person", role="r"), {"ref": "person:2", "name": "别名"}) == (party, "")


def test_somebody_who_may_not_be_chosen_is_refused():
    for hostile in ("person:99", {"ref": "org:1"}, ["person:1"], 7):
        assert judged(field_of("person"), hostile)[1]


def test_the_scope_reaches_the_choices():
    assert "李二（org:7）" in page(field_of("person", scope='"org:7"'))


def test_numbers_of_people_are_checked_and_doubles_count_once():
    field = field_of("people", role="r", min=2, max=2)
    assert [p["ref"] for p in judged(field, ["person:1", "person:2", "person:1"])[0]] == ["person:1", "person:2"]
    assert judged(field, ["person:1"])[1] == "至少选 2 人，还差 1 人"
    assert judged(field_of("people", max=1), ["person:1", "person:2"])[1] == "最多选 1 人，请取消 1 人"


def test_screen_form_data_and_words():
    people = [{"ref": "person:1", "name": "王一", "kind": "person"}]
    assert page(field_of("people"), people).count(" checked") == 1
    assert sent(field_of("people"), [("it", "person:1"), ("it", "person:2")]) == ["person:1", "person:2"]
    assert "王一" in read(field_of("people"), people)
