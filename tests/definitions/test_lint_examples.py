"""Every rule of the linter has a smallest bad example, which breaks it and nothing else, and a good one."""
import pytest

from app.definitions import Bundle, check
from app.definitions.linter.codes import CODES
from app.definitions.linter.examples import EXAMPLES
from app.definitions.linter.fixes import fix_for, mends
from tests.definitions import lint_examples as lint

ALONE = [code for code in lint.codes() if code not in lint.STORED]
# Mends that are right, and are seen by the examples: a rule that loses its mend is noticed.
MENDED = {
    "bad-id", "condition-not-allowed", "dangling-flow", "element-in-no-lane", "expression", "form-not-filled", "no-default-flow",
    "personal-without-class", "script-format", "size-of-text", "task-without-form", "unknown-attribute", "unknown-code-table",
    "unknown-decision", "unknown-element", "unknown-field", "unknown-file", "unknown-form", "unknown-function", "unknown-key",
    "unknown-message", "unknown-outcome", "unknown-party", "unknown-process", "unknown-property", "unknown-register", "unknown-role",
    "unknown-stage", "unknown-topic", "unknown-type", "unknown-variable", "unused-form", "unused-template", "value-not-set",
}


def _found(bundle: Bundle):
    return check(bundle, topics=lint.TOPICS)


def test_every_rule_has_a_bad_and_a_good_example_and_an_explanation():
    assert set(lint.codes()) == set(CODES)
    assert [code for code in CODES if not all((lint.FOLDER / code / kind).is_dir() for kind in ("bad", "good"))] == []
    assert set(EXAMPLES) == {*CODES, "engine"}


@pytest.mark.parametrize("code", ALONE)
def test_the_bad_example_breaks_this_rule_alone(code):
    found = _found(lint.example(code, "bad"))
    assert {one.code for one in found} == {code}
    assert {one.severity for one in found} == {CODES[code][0]}
    assert all(len(one.message) > 5 for one in found)


@pytest.mark.parametrize("code", lint.codes())
def test_the_good_example_breaks_no_rule(code):
    assert _found(lint.example(code, "good")) == []


@pytest.mark.parametrize("code", sorted(MENDED))
def test_a_mend_leaves_nothing_to_find_and_changes_nothing_else(code):
    bundle = lint.example(code, "bad")
    before = _found(bundle)
    fix = fix_for(before[0], bundle)
    mended = Bundle({path: content for path, content in {**bundle.files, **fix.files}.items() if content is not None})
    after = _found(mended)
    assert mends(before[0], before, after) and after == []
    for path, content in fix.files.items():
        if path in bundle.files and content is not None:
            assert abs(content.count(b"\n") - bundle.files[path].count(b"\n")) <= 4


@pytest.mark.parametrize("code", ALONE)
def test_a_mend_is_offered_only_where_it_does_its_work(code):
    bundle = lint.example(code, "bad")
    for finding in (before := _found(bundle)):
        fix = fix_for(finding, bundle)
        if fix is None or code == "report-without-template":    # there two entries have the same near miss: refused when applied
            continue
        mended = Bundle({path: content for path, content in {**bundle.files, **fix.files}.items() if content is not None})
        assert mends(finding, before, _found(mended)), fix.label
        assert fix.label
