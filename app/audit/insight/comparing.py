"""Cases side by side: by group, organisation, year, release and result. Reads only."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.audit.insight.asking import FLOOR, Asked, Scope, conditions
from app.audit.insight.facts import second
from app.audit.insight.measures import Spread, share, spread
from app.audit.insight.models import InsightCase
from app.audit.insight.worktime import measure
from app.operations.contexts import SHANGHAI
from app.people import Organisation
from app.store import session
from app.store.models import Case, CaseGroup, CaseParty, Release

BY = ("group", "party", "year", "release", "result")


@dataclass
class Line:
    """The cases of one group, organisation …: `running` now; the rest of those that started or ended in the period."""

    key: str
    name: str = ""
    started: int = 0
    ended: int = 0
    running: int = 0
    good: int = 0
    bad: int = 0
    returned: int = 0
    lasted: list[int] = field(default_factory=list)
    took: Spread = Spread(0, None, None, 0)
    covered: bool = False  # made of several that are too small to be shown

    @property
    def cases(self) -> int:
        """Cases that stand behind the line; one may have started and ended in the period."""
        return max(self.started, self.ended) + self.running

    @property
    def passed(self) -> float | None:
        return share(self.good, self.ended)

    @property
    def led_back(self) -> float | None:
        return share(self.returned, self.ended)


def lines_by(asked: Asked, scope: Scope, by: str) -> list[Line]:
    """The lines of a comparison, most cases first. A case with several organisations under one party name counts with the last."""
    found: dict[str, Line] = defaultdict(lambda: Line(""))
    between, (first, end) = measure(asked.worked), asked.instants
    for key, started, ended, tone, returns in session().execute(_query(asked, scope, by)):
        line = found[_key(by, key)]
        line.started += first <= started < end
        line.running += ended is None
        if ended is not None and first <= ended < end:
            line.ended, line.good, line.bad = line.ended + 1, line.good + (tone == "good"), line.bad + (tone == "bad")
            line.returned += bool(returns)
            line.lasted.append(between(second(started), second(ended)))
    for key, line in found.items():
        line.key, line.took = key, spread(line.lasted)
    lines = _floored(list(found.values())) if by == "party" and scope.floored else list(found.values())
    _name(lines, asked, by)
    return sorted((line for line in lines if line.started or line.ended or line.running), key=lambda line: (line.covered, -line.cases, line.key))


def party_names(asked: Asked, scope: Scope) -> list[str]:
    """The names under which organisations stand in these cases, most frequent first."""
    count = sa.func.count()
    return list(session().scalars(sa.select(CaseParty.name).join(Case, Case.id == CaseParty.case_id).where(
        *conditions(asked, scope), CaseParty.ref.startswith("org:")).group_by(CaseParty.name).order_by(count.desc(), CaseParty.name)))


def _query(asked: Asked, scope: Scope, by: str):
    first, end = asked.instants
    ends = sa.and_(Case.ended_at >= first, Case.ended_at < end)
    query = sa.select(_column(by), Case.started_at, Case.ended_at, Case.tone, InsightCase.returns).select_from(Case).outerjoin(
        InsightCase, InsightCase.case_id == Case.id).where(*conditions(asked, scope), sa.or_(ends, Case.ended_at.is_(None), sa.and_(Case.started_at >= first, Case.started_at < end)))
    if by == "party":
        name = next(iter(party_names(asked, scope)), "")
        query = query.outerjoin(CaseParty, sa.and_(CaseParty.case_id == Case.id, CaseParty.name == name))
    return query


def _column(by: str):
    return {"group": Case.grouping, "party": CaseParty.ref, "year": Case.started_at, "release": Case.release, "result": Case.result}[by]


def _key(by: str, value) -> str:
    return str(value.astimezone(SHANGHAI).year) if by == "year" else value or ""


def _floored(lines: list[Line]) -> list[Line]:
    """Organisations with few cases become one line; that one stays away where it is as small itself."""
    small = [line for line in lines if line.cases < FLOOR]
    rest = Line("", covered=True)
    for line in small:
        rest.lasted += line.lasted
        for name in ("started", "ended", "running", "good", "bad", "returned"):
            setattr(rest, name, getattr(rest, name) + getattr(line, name))
    rest.took = spread(rest.lasted)
    return [line for line in lines if line.cases >= FLOOR] + ([rest] if rest.cases >= FLOOR else [])


def _name(lines: list[Line], asked: Asked, by: str) -> None:
    names = _names(by, asked)
    for line in lines:
        line.name = names.get(line.key, line.key) if not line.covered else ""


def _names(by: str, asked: Asked) -> dict[str, str]:
    if by == "group":
        procedure = sa.select(Case.procedure).where(Case.process_id == asked.process).limit(1).scalar_subquery()
        return {row.key: " ".join(filter(None, (row.heading, row.name))) for row in session().scalars(sa.select(CaseGroup).where(CaseGroup.procedure == procedure))}
    if by == "party":
        return {f"org:{key}": name for key, name in session().execute(sa.select(Organisation.id, Organisation.name))}
    if by == "release":
        return {digest: str(number) for digest, number in session().execute(sa.select(Release.digest, Release.number))}
    return {}
