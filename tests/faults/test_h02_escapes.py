"""H-02: two hundred texts that try to break out, through every language that an analyst may write: none comes through."""
from __future__ import annotations

import json
import os

import pytest

from app.definitions import DefinitionError, load_form
from app.expressions import ExpressionError, compile_cell, compile_expression, parse_assignments
from app.rendering import FontMissing, ReportFailed, ReportTooLarge, fill_report, find_fonts
from tests.faults.escapes import EXPRESSIONS, JINJA, YAML

SECRET = "canary-7d1f"
CONTEXT = {"form": {"a": {"b": "x"}}, "vars": {"n": 1}, "case": {"number": "1"}, "actor": {"name": "甲"}, "today": "2026-03-02", "now": "2026-03-02T09:00:00+08:00"}
LEAKS = (SECRET, "root:", "<class", "built-in", "<function", "<module", "<generator", "object at 0x", "__subclasses__")


@pytest.fixture
def canary(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINGSHEN_CANARY", SECRET)
    path = tmp_path / "canary"
    yield str(path)
    assert not path.exists() and os.listdir(tmp_path) in ([], ["test.db"])


def outcome(run):
    """What a text gives: None when it is refused, else its value, which must be plain."""
    try:
        value = run()
    except ExpressionError:
        return None
    json.dumps(value)       # nothing but plain data
    return value


def test_the_corpus_is_large_and_nothing_in_it_stands_twice():
    whole = [*EXPRESSIONS, *JINJA, *YAML]
    assert len(whole) > 200 and len(set(whole)) == len(whole)


@pytest.mark.parametrize("language", ["expression", "script", "party", "cell", "cell with a value"])
def test_no_text_escapes_from_an_expression(language, canary):
    ways = {
        "expression": lambda text: compile_expression(text).evaluate(CONTEXT),
        "script": lambda text: [each.evaluate(CONTEXT) for _name, each in parse_assignments(f"a = {text}")],
        "party": lambda text: [each.evaluate(CONTEXT) for _name, each in parse_assignments(f"parties.a = {text}")],
        "cell": lambda text: compile_cell(text).evaluate(CONTEXT | {"cell": "x"}),
        "cell with a value": lambda text: compile_cell(f"? == {text}").evaluate(CONTEXT | {"cell": "x"}),
    }
    escaped = {}
    for text in EXPRESSIONS:
        value = outcome(lambda: ways[language](text.replace("{canary}", canary)))
        if value not in (None, False, [None], [False], []):
            escaped[text] = value
    # What is left is honest CEL: a name that nobody has set, which reads as nothing, or a text in quotation marks.
    assert {text: value for text, value in escaped.items() if any(leak in repr(value) for leak in LEAKS)} == {}
    assert len(escaped) < 5, escaped


def test_no_template_escapes_from_its_sandbox(canary):
    try:
        find_fonts()
    except FontMissing:
        pytest.skip("no fonts: run `make setup`")
    escaped = {}
    for text in JINJA:
        try:
            html = fill_report(text.replace("{canary}", canary), {"x": [1, "a"], "d": {"a": 1}})
        except (ReportFailed, ReportTooLarge):
            continue
        if any(leak in html for leak in LEAKS):
            escaped[text] = html
    assert escaped == {}


@pytest.mark.parametrize("text", YAML)
def test_no_tag_or_anchor_of_yaml_makes_anything(text, canary):
    written = text.replace("{canary}", canary)
    for place in (f"title: {written}\nsections: []\n", f"title: x\nsections:\n  - {written}\n", f"{written}\n"):
        with pytest.raises(DefinitionError):
            load_form(place, "forms/x/y.yml")
