"""Hostile templates in the report editor (H-07): refused or cut within seconds, and whoever prints in earnest never notices."""
import time

import pytest

from app.errors import PingshenError
from app.rendering import FontMissing, find_fonts, preview_report, render_report
from app.workbench import report_preview
from tests.support import builders

try:
    find_fonts()
except FontMissing:
    pytest.skip("no fonts: run `make setup`", allow_module_level=True)

CONTENT = {"labels": {"a": {"b": "秘密"}}, "vars": {"list": [1, 2]}, "case": {"number": "1"}, "today": "2026-03-02"}
SECONDS = 4  # the template's own limit is 2; the rest is a busy machine


@pytest.fixture(scope="module")
def procedure():
    return builders.bundle_of().procedure("lending-library")


@pytest.fixture(scope="module", autouse=True)
def warm():
    """A worker that is cold takes its time to start."""
    for draw in (preview_report, render_report):
        draw("<p>x</p>", {})


@pytest.mark.parametrize("template", [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ cycler.__init__.__globals__ }}", "{{ labels|attr('__class__') }}",
    "{{ (labels|attr('get')).__self__ }}", "{{ '{0.__class__.__mro__}'.format(labels) }}", "{{ '{0.__class__}'|format(labels) }}",
    "{{ labels.items.__func__ }}", "{{ self.__init__.__globals__ }}", "{{ self._TemplateReference__context }}", "{{ namespace.__init__ }}",
    "{{ labels.__getattribute__('keys') }}", "{{ vars.list.append(3) }}", "{{ labels.pop('a') }}", "{{ lipsum.__globals__.os }}",
    "{{ dict.__base__ }}", "{{ range.__class__ }}", "{{ ['a']|map(attribute='__class__')|list }}", "{{ [labels]|groupby('__class__') }}",
    "{{ labels.a.b|attr('form' ~ 'at') }}", "{% include '/etc/passwd' %}", "{% import '../layout.html' as l %}{{ l.config }}", "{{ config.SECRET_KEY }}",
    "{{ request.environ }}", "{{ url_for.__globals__ }}", "{{ g.user }}", "{{ session.token }}",
])
def test_a_template_that_reaches_for_more_is_refused_or_prints_nothing(procedure, template):
    drawn = report_preview.preview_of(template, CONTENT, procedure, "x")
    if not drawn.problems:
        html = preview_report(template, CONTENT).html
        assert not any(word in html for word in ("class", "object at", "function", "module", "root:", "built-in method"))
    assert all(one.line == 1 for one in drawn.problems)


@pytest.mark.parametrize("template", [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ 'A' * 1000000000 }}", "{{ 9 ** 999999999 }}", "{{ '%1000000000d'|format(1) }}", "{{ '{:>1000000000}'.format('x') }}",
    "{% set ns = namespace(x='A' * 1000) %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
    "{% macro again() %}{{ again() }}{{ again() }}{% endmacro %}{{ again() }}", "{{ 'x'|center(1000000000) }}", "{{ 'x'|indent(1000000000) }}",
    "{{ range(10**9)|list|length }}", "{{ [1]|batch(10**9, 0)|list|length }}", "{{ 'a'|replace('', 'x' * 900000)|replace('', 'x' * 900000) }}",
])
def test_a_template_that_never_ends_or_grows_without_end_is_cut(procedure, template):
    begun = time.monotonic()
    drawn = report_preview.preview_of(template, CONTENT, procedure, "x")
    spent = time.monotonic() - begun
    assert [one.severity for one in drawn.problems] == ["error"] and drawn.pages == [] and spent < SECONDS + 2, spent


def test_whoever_prints_in_earnest_does_not_wait_behind_a_template_that_loops(procedure):
    import threading

    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    looping = threading.Thread(target=report_preview.preview_of, args=(loop, CONTENT, procedure, "x"))
    looping.start()
    time.sleep(0.2)
    begun = time.monotonic()
    render_report("<p>x</p>", {})
    assert time.monotonic() - begun < 1.5
    looping.join()
    assert report_preview.preview_of("<p>好</p>", CONTENT, procedure, "x").total == 1


def test_a_template_gets_copies_of_plain_data_only(procedure):
    class Secret:
        token = "t0p"

        def __str__(self):
            return "shown"

    html = preview_report("{{ a.token }}{{ a }}", {"a": Secret()}).html
    assert "t0p" not in html and "shown" in html


def test_nothing_of_a_refusal_reaches_beyond_its_message(procedure):
    with pytest.raises(PingshenError) as refused:
        preview_report("{{ ''.__class__ }}", {"secret": "S" * 40})
    assert "S" * 40 not in refused.value.message
