"""Decision tables: hit policies, widths and cells."""
from __future__ import annotations

from ..decisions import Decision
from .activities import NAME
from .expressions import BASE, MEMBERS, Place, check_cell, check_expression
from .knowledge import Knowledge
from .table_checks import check_coverage, check_rows

HIT_POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_ROOTS = BASE | MEMBERS


def check_tables(known: Knowledge) -> None:
    for decision in known.decisions.values():
        if not decision.has_table:
            known.findings.add("decision", decision.path, decision.id, f"决策“{decision.id}”应有且只有一张决策表")
            continue
        _check_head(known, decision)
        for number, rule in enumerate(decision.rules, 1):
            _check_rule(known, decision, number, rule)
        check_coverage(known, decision)
    check_rows(known)


def _check_head(known: Knowledge, decision: Decision) -> None:
    if decision.hit_policy not in HIT_POLICIES or decision.aggregation:
        policy = f"{decision.hit_policy} {decision.aggregation}".strip()
        known.findings.add("hit-policy", decision.path, decision.id,
                           f"决策表“{decision.id}”：不支持命中策略 {policy}，只能是{'、'.join(HIT_POLICIES)}")
    for column, text in enumerate(decision.inputs, 1):
        if not text:
            known.findings.add("decision", decision.path, decision.id, f"决策表“{decision.id}”第{column}个输入没有表达式")
        check_expression(known, text, Place(decision.path, decision.id, f"第{column}个输入", _ROOTS))
    for name in decision.outputs:
        if not NAME.fullmatch(name):
            known.findings.add("decision", decision.path, decision.id, f"决策表“{decision.id}”的输出名“{name}”不能使用")
    if not decision.outputs or not decision.rules:
        known.findings.add("decision", decision.path, decision.id, f"决策表“{decision.id}”应至少有一个输出和一条规则")


def _check_rule(known: Knowledge, decision: Decision, number: int, rule) -> None:
    what = f"第{number}条规则"
    for cells, columns, word in ((rule.inputs, decision.inputs, "输入"), (rule.outputs, decision.outputs, "输出")):
        if len(cells) != len(columns):
            known.findings.add("rule-width", decision.path, rule.id or decision.id,
                               f"{what}有{len(cells)}个{word}格，应有{len(columns)}个")
    element = rule.id or decision.id
    for column, text in enumerate(rule.inputs, 1):
        check_cell(known, text, Place(decision.path, element, f"{what}第{column}个输入格", _ROOTS | {"cell"}))
    for column, text in enumerate(rule.outputs, 1):
        check_expression(known, text, Place(decision.path, element, f"{what}第{column}个输出格", _ROOTS))
