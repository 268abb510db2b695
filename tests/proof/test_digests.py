"""Tree digests: what is erased leaves the digest as it was and cannot be guessed; what is altered does not."""
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.proof.digests import ERASED, HASHES, canonical, erased_of, hash_of, leaves_of, new_salt, redact, tree_digest

SALT = "00112233445566778899aabbccddeeff"
LEAF = st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.text(max_size=8) | st.lists(st.integers(0, 9), max_size=3)
VALUE = st.recursive(LEAF, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below, max_size=4), max_leaves=25)
ALGORITHM = st.sampled_from(sorted(HASHES))


@settings(max_examples=80, deadline=None)
@given(st.data(), VALUE, ALGORITHM)
def test_the_digest_stays_when_any_of_it_is_erased_at_once_or_one_after_the_other(data, value, algorithm):
    before, left, kept, salt = tree_digest(value, SALT, algorithm=algorithm), value, None, SALT
    for _round in range(2):
        paths = [path for path, _leaf in leaves_of(left)]
        chosen = data.draw(st.lists(st.sampled_from(paths), unique=True)) if paths else []
        left, kept = redact(left, salt, kept, chosen, algorithm)
        salt = ""
        assert tree_digest(left, salt, kept, algorithm) == before
        assert set(chosen) <= set(erased_of(left)) and not set(chosen) & set(kept)
        assert json.loads(json.dumps(left)) == left


@settings(max_examples=50, deadline=None)
@given(VALUE, VALUE, ALGORITHM)
def test_other_values_have_other_digests(one, other, algorithm):
    same = canonical(one) == canonical(other)
    assert (tree_digest(one, SALT, algorithm=algorithm) == tree_digest(other, SALT, algorithm=algorithm)) == same


@settings(max_examples=50, deadline=None)
@given(VALUE, ALGORITHM)
def test_whoever_has_the_description_and_pythons_own_library_finds_the_same(value, algorithm):
    assert tree_digest(value, SALT, algorithm=algorithm) == _by_the_book(value, "", bytes.fromhex(SALT), algorithm)


def _by_the_book(value, path: str, salt: bytes, algorithm: str) -> str:
    def h(content: bytes) -> str:
        return hashlib.new(algorithm, content).hexdigest()

    def dumped(value) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    if isinstance(value, dict) and value:
        step = {key: key.replace("~", "~0").replace("/", "~1") for key in value}
        return h(dumped([[key, _by_the_book(value[key], f"{path}/{step[key]}", salt, algorithm)] for key in sorted(value)]))
    if isinstance(value, list) and any(isinstance(child, dict) for child in value):
        return h(dumped([_by_the_book(child, f"{path}/{index}", salt, algorithm) for index, child in enumerate(value)]))
    return h(hmac.digest(salt, path.encode(), algorithm)[:16] + dumped(value))


def test_a_form_with_a_table_loses_two_cells_and_keeps_the_rest():
    answers = {"name": "王读者", "works": [{"title": "甲", "year": 2020}, {"title": "乙", "year": 2021}], "tags": ["a", "b"], "none": []}
    left, kept = redact(answers, SALT, None, ["/name", "/works/1/title"])
    assert set(left["name"]) == {ERASED} and left["works"][1]["year"] == 2021 and left["works"][0] == {"title": "甲", "year": 2020}
    assert sorted(kept) == ["/none", "/tags", "/works/0/title", "/works/0/year", "/works/1/year"]
    assert tree_digest(left, "", kept) == tree_digest(answers, SALT)


def test_a_whole_branch_goes_as_one():
    answers = {"works": [{"title": "甲"}, {"title": "乙"}], "a/b~c": 1}
    left, kept = redact(answers, SALT, None, ["/works"])
    assert set(left["works"]) == {ERASED} and list(kept) == ["/a~1b~0c"]
    assert tree_digest(left, "", kept) == tree_digest(answers, SALT)


def test_equal_values_at_two_places_or_in_two_rows_cannot_be_told_by_their_digests():
    left, _kept = redact({"a": "男", "b": "男"}, SALT, None, ["/a", "/b"])
    assert left["a"] != left["b"]
    other, _kept = redact({"a": "男", "b": "男"}, new_salt(), None, ["/a", "/b"])
    assert left["a"] != other["a"] and hash_of("男") not in str(left)


def test_without_salt_and_kept_nothing_is_checked_by_chance():
    with pytest.raises(KeyError):
        tree_digest({"a": 1}, "")
    with pytest.raises(KeyError):
        tree_digest({"a": 1, "b": 2}, "", {"/a": "00" * 16})


def test_a_kept_salt_cannot_swallow_the_beginning_of_its_leaf():
    """95 with the first digit counted to the salt has the digest of 5; a dict with no salt that of a list of its pairs."""
    left, kept = redact({"mark": 95, "name": "王", "two": {"a": 1}}, SALT, None, ["/name"])
    for value, salts in ((left | {"mark": 5}, kept | {"/mark": kept["/mark"] + b"9".hex()}), (left | {"two": [["a", "0" * 64]]}, kept | {"/two": ""})):
        with pytest.raises(ValueError):
            tree_digest(value, "", salts)


def test_a_mark_where_no_salt_was_thrown_away_is_none_and_one_that_was_typed_can_be_erased():
    leaf = tree_digest({"a": 1}, SALT)
    assert tree_digest({ERASED: leaf}, SALT) != leaf
    typed = {"a": {ERASED: "no digest"}, "b": 2}
    left, kept = redact(typed, SALT, None, ["/b"])
    assert tree_digest(left, "", kept) == tree_digest(typed, SALT) and left["a"] != typed["a"]
