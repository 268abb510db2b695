"""What only many cases together show: one person who decides for one organisation far more favourably than for the others.

Simple statistics that can be told: the share of favourable decisions with the organisation against the share with all
others, of the same person at the same step. Told only where both stand on enough cases, the shares lie far apart, and
chance alone would hardly do it (the difference is more than three of its standard errors).
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.audit.suspicion.models import KeptFinding
from app.operations import releases
from app.store import session, transaction
from app.store.models import Case, CaseParty, Event, Task

PATTERNS = ("favours",)
ERRORS = 3  # standard errors beyond which a difference is not put down to chance


@dataclass
class Tally:
    """Decisions of one person at one step: all, and the favourable ones."""

    all: int = 0
    good: int = 0

    @property
    def share(self) -> float:
        return self.good / self.all if self.all else 0.0


def look_for_patterns(limits: Mapping[str, int], clock) -> int:
    """Works the patterns out anew and keeps them at the last decision they stand on; how many there are."""
    rows = [_row(one, clock()) for one in _favours(limits)] if limits["favour_cases"] else []
    keys = {(row["case_id"], row["seq"], row["element"], row["person_id"]) for row in rows}
    session().rollback()
    with transaction() as store:
        known = {(row.case_id, row.seq, row.element, row.person_id): row for row in store.scalars(sa.select(KeptFinding).where(KeptFinding.code.in_(PATTERNS)))}
        store.add_all(KeptFinding(**row) for row in rows if (row["case_id"], row["seq"], row["element"], row["person_id"]) not in known)
        for key in known.keys() - keys:
            if known[key].dismissed_at is None:
                store.delete(known[key])
    return len(rows)


@dataclass(frozen=True)
class _Favour:
    person: str
    element: str
    organisation: str
    here: Tally
    others: Tally


def _favours(limits: Mapping[str, int]) -> Iterator[_Favour]:
    unfavourable = _unfavourable()
    all_cases = _counted(unfavourable)
    for (person, process, element, organisation), here in _counted(unfavourable, CaseParty.ref).items():
        total = all_cases[person, process, element]
        others = Tally(total.all - here.all, total.good - here.good)
        if min(here.all, others.all) >= limits["favour_cases"] and _stands_out(here, others, limits["favour_points"]):
            yield _Favour(person, element, organisation, here, others)


def _stands_out(here: Tally, others: Tally, points: int) -> bool:
    gap, pooled = here.share - others.share, (here.good + others.good) / (here.all + others.all)
    error = sqrt(pooled * (1 - pooled) * (1 / here.all + 1 / others.all))
    return gap * 100 >= points and gap > ERRORS * error


def _counted(unfavourable: Mapping[tuple[str, str], set[str]], *by) -> dict[tuple, Tally]:
    """(person, process, element, …) -> tally, of steps at which there is a choice; by the organisations that the cases name as well when asked.

    A case that names several organisations counts with each of them, and once among all.
    """
    columns = (Task.closed_by, Case.process_id, Task.element, *by)
    query = sa.select(*columns, Task.outcome, sa.func.count(sa.distinct(Task.id))).select_from(Task).join(Case, Case.id == Task.case_id).where(
        Task.state == "done", Task.closed_by != Case.starter_id)
    if by:
        query = query.join(CaseParty, CaseParty.case_id == Case.id).where(CaseParty.ref.like("org:%"))
    found: dict[tuple, Tally] = defaultdict(Tally)
    for *key, outcome, count in session().execute(query.group_by(*columns, Task.outcome)):
        if (key[1], key[2]) in unfavourable:
            tally = found[tuple(key)]
            tally.all += count
            tally.good += 0 if outcome in unfavourable[key[1], key[2]] else count
    return found


def _unfavourable() -> dict[tuple[str, str], set[str]]:
    """(process, element) -> outcomes that are no approval: those drawn in red, and those that ask for a reason. Of the newest release in use."""
    newest = session().execute(sa.select(Case.process_id, sa.func.max(Case.id)).group_by(Case.process_id)).all()
    found = {}
    for process_id, case_id in newest:
        process = releases.process_of(session().get(Case, case_id))
        for element in process.elements.values():
            if len(element.decisions) > 1:
                found[process_id, element.id] = {one.outcome for one in element.decisions if _is_refusal(one)}
    return {place: outcomes for place, outcomes in found.items() if outcomes}


def _is_refusal(decision: engine.Decision) -> bool:
    return decision.style == "danger" or decision.reason == "required" or decision.marks == "required"


def _row(one: _Favour, now) -> dict:
    case, event = _last_decision(one)
    words = _("在“%(step)s”，对此单位的 %(n)s 件作肯定决定 %(a)s%%，对其他单位的 %(m)s 件 %(b)s%%", step=_name(case, one.element), n=one.here.all,
              a=round(one.here.share * 100), m=one.others.all, b=round(one.others.share * 100))
    return {"case_id": case.id, "process_id": case.process_id, "code": "favours", "severity": "warn", "seq": event.seq, "element": one.element, "person_id": one.person,
            "organisation": one.organisation, "words": words[:1000], "at": event.at, "found_at": now}


def _last_decision(one: _Favour) -> tuple[Case, Event]:
    query = sa.select(Case, Event).join(Event, Event.case_id == Case.id).join(Task, Task.id == Event.task_id).join(CaseParty, CaseParty.case_id == Case.id).where(
        Task.state == "done", Task.closed_by == one.person, Task.element == one.element, CaseParty.ref == one.organisation, Event.kind == "complete")
    return session().execute(query.order_by(Task.closed_at.desc(), Event.id.desc()).limit(1)).first()


def _name(case: Case, element: str) -> str:
    elements = releases.process_of(case).elements
    return elements[element].name if element in elements else element
