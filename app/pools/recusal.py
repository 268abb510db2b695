"""Who of a panel steps aside from which case: by the relations that the procedure wrote, and by what people declare.

The office may set an automatic finding aside with a reason; what somebody declared of themselves stands.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.definitions import Procedure
from app.definitions.pools import Pool
from app.errors import NotAPool
from app.expressions import EvaluationError, compile_expression
from app.operations.contexts import LatestAnswers, case_facts
from app.people import party_of, reference_of
from app.pools.counting import person_in
from app.registers import entries_in_force
from app.store import session
from app.store.models import Case

DECLARED = "本人申请回避"


@dataclass(frozen=True)
class Asked:
    """A panel to look at. `declared`: [{ref, cases, reason}]; `groups`: [{name, experts, cases}]; `overrides`: [{ref, case, reason}]."""

    register: str
    people: Sequence
    cases: Sequence[str]
    declared: Sequence[Mapping] = ()
    groups: Sequence[Mapping] = ()
    overrides: Sequence[Mapping] = ()
    minimum: int = 0
    today: str = ""


@dataclass
class Found:
    """Of one case: who judges it, who steps aside and why, and which findings were set aside."""

    experts: list[dict] = field(default_factory=list)
    recused: list[dict] = field(default_factory=list)
    overridden: list[dict] = field(default_factory=list)


def panel_of(procedure: Procedure, asked: Asked) -> dict:
    """{each: case number -> {experts, recused, overridden}, short: numbers of cases with fewer experts than the minimum,
    findings: who steps aside from what, one after another}."""
    register = procedure.registers.get(asked.register)
    if register is None or register.pool is None:
        raise NotAPool(register=asked.register)
    members = {ref: party_of(ref) or {"ref": ref, "name": ref} for ref in dict.fromkeys(map(reference_of, asked.people)) if ref}
    rows = _rows(procedure.name, asked.register, register.pool, members)
    cases = {case.number: case for case in session().scalars(sa.select(Case).where(Case.number.in_(list(asked.cases))))}
    each = {number: vars(_found(register.pool, cases[number], _group(asked, number, members), rows, asked)) for number in asked.cases if number in cases}
    findings = [{"case": number, **who} for number, found in each.items() for who in found["recused"]]
    return {"each": each, "findings": findings, "short": [number for number, found in each.items() if len(found["experts"]) < asked.minimum]}


def findings_on(pool: Pool, row: Mapping, context: Mapping) -> list[str]:
    """Why the person of this entry should step aside from the case of this context, as the procedure's relations say."""
    return [ground.reason for ground in pool.relations if _holds(ground.when, {**context, "row": row})]


def _found(pool: Pool, case: Case, members: Mapping[str, dict], rows: Mapping[str, Mapping], asked: Asked) -> Found:
    context = {"form": LatestAnswers(case.latest), "case": case_facts(case), "today": asked.today}
    found = Found()
    for ref, party in members.items():
        known, declared = findings_on(pool, rows[ref], context), _declared(asked.declared, ref, case.number)
        lifted = _override(asked.overrides, ref, case.number) if known else None
        who = {"ref": ref, "name": party["name"]}
        if lifted is not None:
            found.overridden.append({**who, "reason": lifted, "finding": "；".join(known)})
        if declared or (known and lifted is None):
            found.recused.append({**who, "reason": "；".join([*(() if lifted is not None else known), *declared])})
        else:
            found.experts.append(who)
    return found


def _rows(procedure: str, register: str, pool: Pool, members: Mapping[str, dict]) -> dict[str, Mapping]:
    """The entry of everybody; of somebody who has left the pool what is known of anybody: who they are."""
    known = {person_in(pool, row.data): row.data for row in entries_in_force(procedure, register)}
    return {ref: known.get(ref, {pool.person: party}) for ref, party in members.items()}


def _group(asked: Asked, number: str, members: Mapping[str, dict]) -> Mapping[str, dict]:
    """The members who judge this case: those of its group, all where it is in none."""
    for group in asked.groups or ():
        if number in (group.get("cases") or ()):
            named = {reference_of(one) for one in group.get("experts") or ()}
            return {ref: party for ref, party in members.items() if ref in named}
    return members


def _declared(declared: Iterable[Mapping], ref: str, number: str) -> list[str]:
    found = [one for one in declared or () if reference_of(one.get("ref")) == ref and number in (one.get("cases") or ())]
    return [f"{DECLARED}：{one['reason']}" if one.get("reason") else DECLARED for one in found]


def _override(overrides: Iterable[Mapping], ref: str, number: str) -> str | None:
    """The reason for which a finding was set aside; without a reason it stands."""
    for one in overrides or ():
        if reference_of(one.get("ref")) == ref and one.get("case") == number and str(one.get("reason") or "").strip():
            return str(one["reason"])
    return None


def _holds(text: str, context: Mapping) -> bool:
    try:
        return compile_expression(text).evaluate(context) is True
    except EvaluationError:  # answers of an odd shape: the declaration and the office remain
        return False
