"""What decision tables leave open or answer twice, and their test rows, as findings. Called by `tables.py`."""
from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..decisions import Decision
from ..errors import near_miss
from ..form import Code, Form
from ..table_rows import load_table_rows, try_row
from .gaps import TableProblem, problems_of
from .knowledge import Knowledge
from .stretches import Domain

_CODES = {"gap": "table-gap", "overlap": "table-overlap", "unreached": "table-row-unreached"}
_TABLES = "tables/*.yml"


def check_coverage(known: Knowledge, decision: Decision) -> None:
    """Gaps, overlaps and unreached rows of a table; that one is too large to be looked through whole, its editor tells."""
    for problem in problems_in(decision, known.forms, known.code_tables):
        if problem.kind not in _CODES:
            continue
        rule = decision.rules[problem.rules[-1] - 1] if problem.rules else None
        known.findings.add(_CODES[problem.kind], decision.path, rule.id if rule and rule.id else decision.id,
                           f"决策表“{decision.name or decision.id}”：{problem.message}")


def check_rows(known: Knowledge) -> None:
    """The test rows beside the tables."""
    for path in known.procedure.paths("processes", _TABLES):
        rows, key = known.read(path, load_table_rows), path.rsplit("/", 1)[1].removesuffix(".yml")
        decision = known.decisions.get(key)
        if decision is None:
            known.findings.add("unknown-decision", path, "", f"没有决策表“{key}”，它的测试行用不上{near_miss(key, known.decisions)}")
            continue
        for number, row in enumerate(rows or (), 1):
            outcome = try_row(decision, row)
            if not outcome.passed:
                known.findings.add("table-test", path, f"line {row.line}", f"决策表“{decision.name or key}”的第 {number} 个测试行不符：{outcome.why}")


def problems_in(decision: Decision, forms: Mapping[str, Form], code_tables: Mapping[str, tuple[Code, ...]]) -> tuple[TableProblem, ...]:
    """What is to be told of a table in its procedure, whose forms say which values there are."""
    found = {text: domain for text in decision.inputs if (domain := domain_of(text, forms, code_tables))}
    return _remembered(decision, tuple(found.items()))


@lru_cache(maxsize=256)
def _remembered(decision: Decision, domains: tuple[tuple[str, Domain], ...]) -> tuple[TableProblem, ...]:
    return tuple(problems_of(decision, dict(domains)))


def domain_of(text: str, forms: Mapping[str, Form], code_tables: Mapping[str, tuple[Code, ...]]) -> Domain | None:
    """Which values a field has that an input reads as it is."""
    root, _, rest = text.strip().partition(".")
    form, _, key = rest.partition(".")
    field = forms[form].field(key) if root == "form" and form in forms else None
    if field is None:
        return None
    if field.type == "choice":
        names = {option.value: option.label for option in field.options} or {code.code: code.name for code in code_tables.get(field.code_table, ())}
        return Domain(tuple(names), names) if names else None
    if field.type in ("number", "money"):
        return Domain(whole=field.type == "money" or not field.decimals, least=field.min, most=field.max)
    return None
