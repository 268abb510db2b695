"""The editor knows every key and type of the form language, in the words of people."""
from app.definitions import form_language as language
from app.workbench.forms import words


def test_every_key_and_type_of_the_form_language_has_a_label_and_a_group():
    keys = {*language.COMMON, *(key for own in language.TYPES.values() for key in own), *(set(language.SECTION) - {"fields"}), *(set(language.FORM) - {"sections"})}
    assert keys == set(words.WORDS) and set(language.TYPES) == set(words.TYPES)
    assert {group for group, _label, _help in words.WORDS.values()} <= {key for key, _label in words.GROUPS}


def test_every_word_of_the_form_language_has_its_chinese():
    for key, found in language.WORDS.items():
        assert set(found) == set(words.CHOICES[key])


def test_where_a_key_means_two_things_the_type_decides():
    kinds = {}
    for own in (language.COMMON, *language.TYPES.values()):
        for key, kind in own.items():
            kinds.setdefault(key, set()).add(kind)
    assert {key for key, found in kinds.items() if len(found) > 1} <= {"min", "max"}, "the editor draws one control for each key"
