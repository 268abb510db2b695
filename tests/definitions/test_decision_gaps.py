"""Decision tables looked through: every gap and overlap that a walk over all values finds, with a true example, and no other."""
import itertools

import pytest
from hypothesis import given, settings, strategies as st

from app.definitions.decisions import Decision, DecisionRule
from app.definitions.linter.gaps import problems_of
from app.definitions.linter.stretches import Domain
from app.definitions.table_rows import load_table_rows, try_row
from app.expressions import compile_cell
from tests.definitions.sample import TABLE, bundle, findings_of


def table(*rows, inputs=("vars.a",), policy="FIRST", types=("integer", "integer", "integer")):
    """A table whose rows are cells; each row's output is its number."""
    rules = tuple(DecisionRule(f"r{n}", tuple(cells), (str(n),), n) for n, cells in enumerate(rows, 1))
    return Decision("d", "费", "d.dmn", policy, "", tuple(inputs), ("amount",), rules, True, 1, tuple(inputs), tuple(types[:len(inputs)]))


def told(decision, **domains):
    return [(problem.kind, problem.rules, dict(problem.example)) for problem in problems_of(decision, domains)]


def rows_that_take(decision, values):
    """What the engine's cells say."""
    return [place for place, rule in enumerate(decision.rules, 1)
            if all(test is None or test.evaluate({"cell": values[text]}) is True
                   for text, test in zip(decision.inputs, map(compile_cell, rule.inputs)))]


def test_a_stretch_that_no_row_takes_is_a_gap_with_an_example():
    assert told(table(["< 3"], ["> 5"])) == [("gap", (), {"vars.a": 3})]


def test_neighbouring_whole_numbers_leave_no_gap_and_decimals_do():
    assert told(table(["<= 3"], [">= 4"])) == []
    [(kind, _rules, example)] = told(table(["<= 3"], [">= 4"], types=("double",)))
    assert kind == "gap" and 3 < example["vars.a"] < 4


def test_days_are_cut_like_numbers():
    assert told(table(['<= "2026-12-31"'], ['>= "2027-01-01"'], types=("string",))) == []
    assert told(table(['<= "2026-12-30"'], ['>= "2027-01-01"'], types=("string",))) == [("gap", (), {"vars.a": "2026-12-31"})]


def test_words_have_any_other_word_beside_them_unless_the_field_says_which_there_are():
    decision = table(['"甲"'], ['"乙"'], types=("string",))
    assert told(decision) == [("gap", (), {"vars.a": "其他值"})]
    assert told(decision, **{"vars.a": Domain(("甲", "乙"))}) == []


def test_a_gap_names_only_the_inputs_that_matter():
    decision = table(["> 5", "true"], ["<= 5", "true"], inputs=("vars.a", "vars.b"), types=("integer", "boolean"))
    assert told(decision) == [("gap", (), {"vars.b": False})]
    assert "vars.b为 否" in problems_of(decision)[0].message and "补一行" in problems_of(decision)[0].message


def test_two_rows_of_a_unique_table_must_not_take_the_same():
    assert told(table(["<= 3"], [">= 3"], policy="UNIQUE")) == [("overlap", (1, 2), {"vars.a": 3})]
    assert told(table(["<= 3"], [">= 3"], policy="FIRST")) == []


def test_rows_of_an_any_table_may_overlap_where_they_agree():
    rules = (DecisionRule("r1", ("<= 3",), ("1",), 1), DecisionRule("r2", (">= 3",), ("1",), 2))
    decision = Decision("d", "", "d.dmn", "ANY", "", ("vars.a",), ("x",), rules, True, 1)
    assert told(decision) == []


def test_a_table_that_collects_has_neither_gaps_nor_overlaps():
    assert told(table(["> 3"], ["> 5"], policy="COLLECT")) == []


def test_a_row_below_one_that_takes_everything_is_never_reached_unless_a_value_may_be_missing():
    assert told(table(["> 3"], ["> 5"], [""])) == [("unreached", (2,), {})]
    assert told(table(["> 3"], ["<= 3"], [""])) == []


def test_a_row_that_contradicts_itself_is_never_reached():
    assert ("unreached", (1,), {}) in told(table(["? > 5 && ? < 3"], [""]))


def test_a_cell_that_depends_on_more_makes_no_false_alarm():
    assert told(table(["? > vars.limit"], ["<= 3"])) == []
    assert told(table(["? > vars.limit"], ["> 3"], policy="UNIQUE")) == []


def test_two_columns_of_the_same_input_are_one():
    assert told(table(["> 3", "< 9"], ["<= 3", ""], ["", ">= 9"], inputs=("vars.a", "vars.a"))) == []


def test_a_table_of_too_many_combinations_says_so_instead_of_taking_for_ever():
    width = 20
    rows = [["-"] * place + ["true"] + ["-"] * (width - place - 1) for place in range(width)] + [["-"] * width]
    found = told(table(*rows, inputs=tuple(f"vars.v{n}" for n in range(width)), types=("boolean",) * width))
    assert found == [("large", (), {})]


CELL = st.one_of(
    st.just(""), st.integers(0, 6).map(str), st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), st.integers(0, 6)).map(lambda c: f"{c[0]} {c[1]}"),
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda c: f"? >= {c[0]} && ? <= {c[1]}"),
    st.lists(st.integers(0, 6), min_size=1, max_size=3).map(lambda c: f"? in {c}"))


@settings(max_examples=120, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), policy=st.sampled_from(["UNIQUE", "FIRST"]))
def test_what_is_told_is_what_a_walk_over_all_values_finds(rows, policy):
    decision = table(*map(list, rows), inputs=("vars.a", "vars.b"), policy=policy)
    found = problems_of(decision)
    all_values = [dict(zip(decision.inputs, pair)) for pair in itertools.product(range(-1, 8), repeat=2)]
    taken = [rows_that_take(decision, values) for values in all_values]
    assert any(p.kind == "gap" for p in found) == any(not rows for rows in taken)
    if policy == "UNIQUE":
        assert any(p.kind == "overlap" for p in found) == any(len(rows) > 1 for rows in taken)
    for problem in found:
        for rest in itertools.product(range(-1, 8), repeat=2):
            values = dict(zip(decision.inputs, rest)) | problem.example
            if problem.kind == "gap":
                assert rows_that_take(decision, values) == []
        if problem.kind == "overlap":
            assert set(problem.rules) <= set(rows_that_take(decision, dict.fromkeys(decision.inputs, 0) | problem.example))
        if problem.kind == "unreached":
            row = problem.rules[0]
            assert not any(rows and (rows[0] == row if policy == "FIRST" else row in rows) for rows in taken)


ROWS = "- {note: 大的, given: {form.request.kind: big}, expect: {amount: 200}}\n- {given: {form.request.kind: huge}, expect: {amount: 1}}\n"


def test_a_test_row_that_does_not_come_out_is_an_error_at_its_line():
    [finding] = findings_of(files={"processes/permit/tables/price.yml": ROWS})
    assert (finding.code, finding.severity, finding.element) == ("table-test", "error", "line 2")
    assert "第 2 行：amount 应为 1，实为 0" in finding.message


def test_test_rows_of_a_table_that_is_gone_are_told():
    [finding] = findings_of(files={"processes/permit/tables/prize.yml": ROWS})
    assert finding.code == "unknown-decision" and "price" in finding.message


@pytest.mark.parametrize(("expect", "why"), [("{amount: 200}", ""), ("{}", "应没有一行符合"), ("{amuont: 2}", "没有“amuont”")])
def test_a_test_row_says_what_was_wrong(expect, why):
    decision = next(iter(bundle().procedure("permit").decisions.values()))
    [row] = load_table_rows(f"- {{given: {{form.request.kind: small}}, expect: {expect}}}", TABLE)
    outcome = try_row(decision, row)
    assert (why in outcome.why) and outcome.passed == (not why)
