"""Scenarios for many: what is written once and walked for each, and what a slip of the finger says."""
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import identifiers
from app.definitions import DefinitionError, listed, load_scenario, read_folder
from app.definitions.placeholders import resolver
from app.scenarios.folder import run_scenarios
from tests.support.builders import DATA

LIBRARY = DATA / "lending-library"
SAMPLES = "processes/lending-library/scenarios/"
HEAD = """process: lending
title: 三位读者
people:
  r${n}: {for: {n: 1..3}, role: member, name: "${name:n}"}
  zhao: {role: librarian, organisation: city_library}
start: {as: r1}
also:
  - {for: {n: 2..3}, name: "b${n}", process: lending, start: {as: "r${n}"}}
steps:
"""
REQUESTS = """  - {as: r1, task: request, answers_from: samples/request.yml}
  - {for: {n: 2..3}, as: "r${n}", case: "b${n}", task: request, answers_from: samples/request.yml}
"""


@pytest.fixture(scope="module")
def bundle():
    return read_folder(LIBRARY)


def _loaded(text: str, **samples: str):
    files = read_folder(LIBRARY).files | {SAMPLES + "samples/" + name + ".yml": text.encode() for name, text in samples.items()}
    return load_scenario(text, "many.yml", lambda name: files[SAMPLES + name])


def _run(bundle, *steps: str, head: str = HEAD, **samples: str):
    return run_scenarios(bundle, [_loaded(head + "".join(steps), **samples)]).scenarios[0]


def _faults(*steps: str, head: str = HEAD, **samples: str):
    with pytest.raises(DefinitionError) as caught:
        _loaded(head + "".join(steps), **samples)
    return [(problem.line, problem.code, problem.why) for problem in caught.value.problems]


def test_a_step_for_many_is_walked_by_each_in_their_own_case(bundle):
    outcome = _run(bundle, REQUESTS, '  - {for: {n: 2..3}, case: "b${n}", expect: {open: [check]}}\n  - {expect: {open: [check]}}\n')
    assert outcome.passed, outcome.reason


def test_a_failure_says_which_of_many_it_was(bundle):
    outcome = _run(bundle, '  - {for: {n: 2..3}, as: "r${n}", case: "b${n}", task: request, answers: {}}\n')
    assert not outcome.passed and outcome.step == 10 and outcome.reason.startswith("n = 2：")


def test_a_group_of_steps_is_walked_one_after_another_for_each(bundle):
    group = """  - for: {n: 2..3}
    steps:
      - {as: "r${n}", case: "b${n}", task: request, answers_from: samples/request.yml}
      - {for: {who: [zhao]}, as: "${who}", case: "b${n}", task: check, answers: {in_stock: true}, outcome: lend}
"""
    steps = _loaded(HEAD + group).steps
    assert [(step.case, step.task) for step in steps] == [("b2", "request"), ("b2", "check"), ("b3", "request"), ("b3", "check")]
    assert _run(bundle, group).passed


def test_names_combine_and_some_are_left_out():
    text = '  - {for: {n: 2..3, k: [x, y], except: {n: 3, k: x}}, case: "b${n}", message: "${k}"}\n'
    assert [(step.case, step.message) for step in _loaded(HEAD + text).steps] == [("b2", "x"), ("b2", "y"), ("b3", "y")]


def test_rows_give_several_names_at_once():
    text = '  - {for: [{n: 2, to: zhao}, {n: 3, to: r3}], case: "b${n}", as: "${to}", message: m}\n'
    assert [(step.case, step.actor) for step in _loaded(HEAD + text).steps] == [("b2", "zhao"), ("b3", "r3")]


def test_what_a_name_takes_may_itself_be_made_up():
    text = '  - {for: [{n: 2, word: "${name:93}"}], steps: [{for: {k: ["${word}的"]}, case: "b${n}", message: "${k}"}]}\n'
    (step,) = _loaded(HEAD + text).steps
    assert (step.case, step.message) == ("b2", resolver({})("name:93") + "的")


def test_a_sample_takes_the_names_of_the_repetition_and_those_given_with_it():
    text = '  - {for: {n: 2..3}, as: "r${n}", case: "b${n}", task: request, answers_from: samples/of.yml, with: {word: 书}}\n'
    sample = 'number: "${n}"\ntext: 第${n}本${word}\nid: "${id:n}"\n'
    answers = [step.answers for step in _loaded(HEAD + text, of=sample).steps]
    assert [each["number"] for each in answers] == [2, 3] and answers[1]["text"] == "第3本书"
    assert identifiers.document_number("111", answers[0]["id"]) == answers[0]["id"]


def test_rows_of_answers_are_repeated_too():
    text = '  - {for: {n: 2}, as: r2, case: b2, task: request, answers: {rows: [{for: {k: 1..3, except: {k: 2}}, is: "${n}-${k}", of: "${case:b${n}}"}, {is: last}]}}\n'
    rows = _loaded(HEAD + text).steps[0].answers["rows"]
    assert rows == [{"is": "2-1", "of": "${case:b2}"}, {"is": "2-3", "of": "${case:b2}"}, {"is": "last"}]


def test_a_name_that_a_sample_needs_and_nobody_gives_is_named_with_the_line_of_the_step():
    text = '  - {as: r1, task: request, answers_from: samples/of.yml}\n'
    (line, code, why), = _faults(text, of="a: ${word}\n")
    assert (line, code) == (10, "unknown-placeholder") and "word" in why


def test_numbers_of_many_cases_and_values_of_variables_are_filled_in_while_it_runs(bundle):
    from app.scenarios.standins import filled
    from app.scenarios.workbench import workbench
    from app.scenarios.runner import Walk

    scenario = _loaded(HEAD + REQUESTS)
    with workbench(bundle, scenario.clock) as bench, bench.fresh(scenario.clock) as clock:
        walk = Walk(scenario, clock)
        walk.begin()
        for step in scenario.steps:
            walk.do(step)
        numbers = filled({"all": ["${cases:b2..b3}", "${case:main}"], "one": "事项${case:b2}"}, walk.cases)
        assert len(numbers["all"]) == 3 and len(set(numbers["all"])) == 3 and numbers["one"] == "事项" + numbers["all"][0]


def test_a_case_may_be_started_later_or_be_refused(bundle):
    outcome = _run(bundle, '  - {start: lending, name: late, as: r2}\n  - {case: late, expect: {open: [request]}}\n',
                   '  - {start: lending, name: not_for_her, as: zhao, refused: true}\n')
    assert outcome.passed, outcome.reason


@pytest.mark.parametrize("text, code, word", [
    ('  - {for: {n: 2..4}, case: "b${n}", expect: {open: []}}\n', "unknown-case", "b4"),
    ('  - {for: {n: 2..3}, case: "b${m}", expect: {open: []}}\n', "unknown-placeholder", "${m}"),
    ('  - {for: {n: 2..4}, as: "r${n}", message: x}\n', "unknown-person", "r4"),
    ('  - {for: {n: 9..2}, message: x}\n', "definition", "从小到大"),
    ('  - {for: {n: 1..400, k: 1..400}, message: x}\n', "definition", "20000"),
    ('  - {four: {n: 1..2}, message: x}\n', "unknown-key", "for"),
    ('  - {start: lending, name: b2, as: r1}\n', "duplicate-key", "b2"),
    ('  - {as: r1, task: request, answers: {}, with: {n: 1}}\n', "definition", "answers_from"),
])
def test_a_slip_is_named_with_its_line(text, code, word):
    found = _faults(text)
    assert any(line == 10 and found_code == code and word in why for line, found_code, why in found), found


@pytest.mark.parametrize("written", [
    "  - for: {a: 1..5000}\n    steps:\n      - for: {b: 1..5000}\n        steps: [{message: x}]\n",
    "  - {for: {a: [" + ", ".join(["1..5000"] * 2000) + "], b: 1..2}, message: x}\n",
    "  - {for: [" + ", ".join(["{a: 1..5000, b: 1..4}"] * 2000) + "], message: x}\n",
    "  - {for: {a: '" + ", ".join(["1..5000"] * 2000) + "'}, message: x}\n",
])
def test_far_too_many_are_refused_at_once(written):
    before = time.monotonic()
    assert _faults(written)[0][1] == "definition" and time.monotonic() - before < 5


@given(st.integers(1, 999), st.integers(1, 999))
def test_made_up_people_have_right_documents_and_no_two_the_same(one, other):
    resolve = resolver({"n": one})
    number = resolve("id:n")
    assert identifiers.document_number("111", number) == number
    assert identifiers.facts_of("111", number) == (resolve("birth:n"), resolve("sex:n"))
    assert (number == resolver({})(f"id:{other}")) == (one == other)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_range_has_everything_from_its_first_to_its_last(first, length):
    assert listed(f"a{first}..a{first + length}, z") == [f"a{n}" for n in range(first, first + length + 1)] + ["z"]
