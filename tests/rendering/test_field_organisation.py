"""An organisation."""
from tests.rendering.builders import field_of, judged, page, read

FIELD = field_of("organisation", kind="employer")


def test_an_organisation_becomes_a_party():
    assert judged(FIELD, "org:1") == ({"ref": "org:1", "name": "甲单位", "kind": "organisation"}, "")
    assert judged(FIELD, "org:9")[1] == "所选对象不在可选范围内，请重新选择"


def test_screen_and_words():
    party = {"ref": "org:2", "name": "乙单位", "kind": "organisation"}
    assert '<option value="org:2" selected>' in page(FIELD, party) and "乙单位" in read(FIELD, party)
