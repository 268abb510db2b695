"""What a pack's verifier computes by itself is what the service computes: digests, SM3, signatures, Merkle roots."""
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given, strategies as st

from app.audit.packs import making
from app.proof import digests, merkle, signers

sys.path.insert(0, str(making.OFFLINE))
from verifying import digests as offline  # noqa: E402
from verifying import heads as offline_heads  # noqa: E402
from verifying import signatures  # noqa: E402

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-(2 ** 53), 2 ** 53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20)
SALTS = st.binary(min_size=16, max_size=16).map(bytes.hex)


def as_a_pack_has_it(value):
    """A value written into a file of a pack and read by the verifier."""
    return offline.read_json(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


@given(VALUES)
def test_canonical_json_is_the_same_letter_by_letter(value):
    assert offline.canonical(as_a_pack_has_it(value)) == digests.canonical(value)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), SALTS, st.sampled_from(["sha256", "sm3"]))
def test_tree_digests_are_the_same(value, salt, algorithm):
    assert offline.tree_digest(as_a_pack_has_it(value), salt, None, algorithm) == digests.tree_digest(value, salt, None, algorithm)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), SALTS, st.data())
def test_tree_digests_are_the_same_after_an_erasure(value, salt, data):
    paths = data.draw(st.lists(st.sampled_from([path for path, _leaf in digests.leaves_of(value)] or [""]), max_size=3))
    erased, kept = digests.redact(value, salt, None, paths)
    assert offline.tree_digest(as_a_pack_has_it(erased), "", kept, "sha256") == digests.tree_digest(value, salt)


@given(st.binary(max_size=300))
def test_sm3_is_sm3(content):
    assert offline.sm3(content) == digests.HASHES["sm3"](content).digest()


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=40), st.data())
def test_the_way_of_an_event_into_a_head_leads_to_the_same_root(links, data):
    index = data.draw(st.integers(0, len(links) - 1))
    place = {"index": index, "size": len(links), "path": merkle.path_to(links, index)}
    assert offline_heads._root_by(links[index], place, "sha256") == merkle.root_of(links)


@pytest.mark.parametrize("name, check", [("ed25519", signatures.ed25519), ("sm2-sm3", signatures.sm2)])
def test_signatures_of_heads_verify_and_others_do_not(name, check):
    algorithm, seed, content = signers.ALGORITHMS[name], bytes(range(32)), "锚点".encode()
    public, signature = bytes.fromhex(algorithm.public(seed)), bytes.fromhex(algorithm.sign(seed, content))
    assert check(public, signature, content)
    assert not check(public, signature, content + b"!")
    assert not check(public, bytes([signature[0] ^ 1]) + signature[1:], content)
    assert not check(bytes.fromhex(algorithm.public(bytes(32))), signature, content)


def test_ed25519_refuses_what_is_no_point_and_a_scalar_beyond_the_order():
    algorithm = signers.ALGORITHMS["ed25519"]
    public, signature = bytes.fromhex(algorithm.public(bytes(32))), bytes.fromhex(algorithm.sign(bytes(32), b"x"))
    order = 2 ** 252 + 27742317777372353535851937790883648493
    beyond = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not signatures.ed25519(public, signature[:32] + beyond, b"x")
    assert not signatures.ed25519(b"\xff" * 32, signature, b"x") and not signatures.ed25519(public[:31], signature, b"x")


def test_the_verifier_needs_nothing_but_the_standard_library_of_python_3_8():
    import ast

    for path in Path(making.OFFLINE).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
        names = {node.module if isinstance(node, ast.ImportFrom) else alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
                 for alias in node.names}
        assert names <= {"argparse", "collections", "hashlib", "json", "os", "struct", "sys", "unicodedata", "zipfile", "zlib"} | {name for name in names if name.startswith("verifying")}, path
