"""H-08: broken diagrams, tables, forms and expressions by the thousand: a refusal each time, never a crash, never a hang.

Seeded, a few seconds on every push; `PINGSHEN_TEST_FUZZ_SECONDS=3600 PINGSHEN_TEST_FUZZ_SEED=…` for the nightly hour.
"""
from __future__ import annotations

import os
import random
import time

import pytest
from lxml import etree

from app.definitions import Bundle, DefinitionError, check
from app.engine import EngineError, load_process
from app.expressions import ExpressionError, compile_cell, compile_expression, parse_assignments
from app.workbench.changes import change_note
from tests.faults.escapes import EXPRESSIONS
from tests.support import builders

SECONDS = float(os.environ.get("PINGSHEN_TEST_FUZZ_SECONDS", "6")) / 2
SEED = int(os.environ.get("PINGSHEN_TEST_FUZZ_SEED", "20260302"))
SLOWEST = 3.0     # seconds of CPU for one input
NAME = "lending-library"
LIBRARY = builders.bundle_of().procedure(NAME)
TEXTS = [path for path in LIBRARY.files if path.endswith((".bpmn", ".dmn", ".yml"))]
WORDS = ["", " ", "\x00", "&#0;", "&amp;", "<", ">", "]]>", "<![CDATA[", "<!--", "-->", "<?x ?>", "{", "}", "[", "]", ":", "- ", "'", '"', "\n", "\t", "\ufeff", "\u202e", "é", "𠮷", "9" * 400,
         "id=\"x\"", "id=\"\"", "xmlns=\"\"", "xmlns:a=\"urn:a\"", "null", "true", "~", "!!python/name:os.system", "&a ", "*a", "P1D", "PT", "-P1D", "R3/PT1S", "$", "\\"]


def mutated(random_: random.Random, content: bytes) -> bytes:
    """The file with some bytes, words or whole elements changed."""
    data = bytearray(content)
    for _ in range(random_.randint(1, 6)):
        place = random_.randrange(len(data) + 1)
        kind = random_.randrange(6)
        if kind == 0 and data:
            data[min(place, len(data) - 1)] = random_.randrange(256)
        elif kind == 1:
            data[place:place] = random_.choice(WORDS).encode()
        elif kind == 2:
            del data[place:place + random_.randint(1, 200)]
        elif kind == 3:
            data[place:place] = data[(start := random_.randrange(len(data) + 1)):start + random_.randint(1, 400)]
        elif kind == 4:
            data[place:place] = random_.choice(EXPRESSIONS).encode("utf-8", "replace")
        else:
            data = data[:place]
    return bytes(data)


def rearranged(random_: random.Random, content: bytes) -> bytes:
    """Well-formed XML still, with elements moved, doubled, renamed or emptied: what byte changes rarely reach."""
    root = etree.fromstring(content)
    for _ in range(random_.randint(1, 5)):
        nodes = [node for node in root.iter() if isinstance(node.tag, str) and node is not root]
        if not nodes:
            break
        node, other = random_.choice(nodes), random_.choice(nodes)
        kind = random_.randrange(6)
        if kind == 0:
            node.getparent().remove(node)
        elif kind == 1 and node not in other.iterancestors() and node is not other:
            other.append(node)
        elif kind == 2:
            node.tag = other.tag
        elif kind == 3 and node.attrib:
            node.set(random_.choice(list(node.attrib)), random_.choice([*other.attrib.values(), "", "x y", "|"]))
        elif kind == 4:
            node.text = random_.choice(EXPRESSIONS).replace("\x00", "")
        else:
            other.append(etree.fromstring(etree.tostring(node)))
    return etree.tostring(root)


def read_by_everybody(path: str, content: bytes) -> None:
    """All that reads what an analyst wrote: the linter, the engine, the change note."""
    files = dict(LIBRARY.files) | {path: content}
    check(Bundle(files))
    for process in ("lending", "inter_library"):
        try:
            load_process(process, files)
        except EngineError:
            pass
    change_note(LIBRARY, Bundle(files).procedure(NAME))


def until(seconds: float):
    """Numbers as long as there is time."""
    began, number = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        yield number
        number += 1


def test_broken_files_are_refused_and_never_crash_or_hang_a_reader():
    tried = 0
    for number in until(SECONDS):
        random_ = random.Random(f"{SEED}-{number}")
        path = random_.choice(TEXTS)
        content = LIBRARY.files[path]
        try:
            broken = rearranged(random_, content) if path.endswith((".bpmn", ".dmn")) and random_.random() < 0.6 else mutated(random_, content)
        except (etree.LxmlError, ValueError):      # the library would not write it
            continue
        began = time.process_time()
        try:
            read_by_everybody(path, broken)
        except Exception as error:
            pytest.fail(f"seed {SEED}-{number}, {path}: {type(error).__name__}: {error}")
        assert time.process_time() - began < SLOWEST, f"seed {SEED}-{number}, {path}"
        tried += 1
    assert tried > 3


def test_broken_expressions_are_refused_and_never_crash_or_hang():
    pieces = [*EXPRESSIONS, "form.a.b", "vars.n", "==", "&&", "||", "!", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", "1", "1.5", "\"x\"", "'y'", "in", "null", "true", "size(", "[1].map(x, ", "x",
              ".filter(", "exists(", "matches(\"a\")", "workdays_after(today, 3)", "-", "%", "//", "\n", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "\\", "r\"", "0x", "1e", "۱"]
    tried = 0
    for number in until(SECONDS):
        random_ = random.Random(f"{SEED}-e-{number}")
        text = "".join(random_.choice(pieces) for _ in range(random_.randint(1, 12)))
        if random_.random() < 0.3 and text:
            place = random_.randrange(len(text))
            text = text[:place] + chr(random_.choice([0, 9, 10, 127, 0x2028, 0xFF3F, 0x1F600, random_.randrange(32, 0x3000)])) + text[place + 1:]
        began = time.process_time()
        for reader in (lambda: compile_expression(text).evaluate({"vars": {"n": 1}, "today": "2026-03-02"}), lambda: compile_cell(text), lambda: parse_assignments(f"a = {text}")):
            try:
                reader()
            except ExpressionError:
                pass
            except Exception as error:
                pytest.fail(f"seed {SEED}-e-{number}: {text!r}: {type(error).__name__}: {error}")
        assert time.process_time() - began < SLOWEST, f"seed {SEED}-e-{number}: {text!r}"
        tried += 1
    assert tried > 50


def test_a_refusal_is_a_definition_error_and_says_the_file():
    with pytest.raises(DefinitionError) as refused:
        Bundle(dict(LIBRARY.files) | {f"processes/{NAME}/lending.bpmn": b"<x"}).procedure(NAME).diagrams
    assert "lending.bpmn" in str(refused.value)
