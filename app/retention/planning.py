"""The dry run: what would go by the rules now, or of one person, and what stays and why. Reads, and writes only the plan itself."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.jobs.operations import MOST
from app.people import Person
from app.retention.classes import CLASSES, TRACES
from app.retention.erasing.rows import due_rows
from app.retention.erasing.who import pseudonym_of
from app.retention.holds import Held, held_now, refs_of
from app.retention.models import RetentionItem, RetentionRule, Tombstone
from app.retention.rules import cutoff, rule_for
from app.store import session
from app.store.models import Case, CaseParty, Event

WHOLE = ("case", "history", "payments")  # the classes of a case that go when its person is erased


@dataclass(frozen=True)
class Planned:
    """One line of a dry run, before it has a place."""

    data_class: str
    label: str
    item: dict
    case_id: int | None = None
    count: int = 1
    stays: str = ""

    def row(self, run_id: int, position: int) -> RetentionItem:
        return RetentionItem(run_id=run_id, position=position, data_class=self.data_class[:200], case_id=self.case_id, label=self.label[:100],
                             count=self.count, item=self.item, stays=self.stays[:300])


def plan_rules(rules: list[RetentionRule], clock) -> list[Planned]:
    """What these rules would take now: first cases, then rows, then accounts. At most MOST lines of cases: the next run goes on."""
    now, held = clock(), held_now(clock)
    of = {unit: [rule for rule in rules if CLASSES[rule.data_class].unit == unit] for unit in ("case", "rows", "person")}
    return [*_cases(of["case"], now, held), *_rows(of["rows"], now, held), *_accounts(of["person"], now, held)]


def plan_person(person_id: str, clock) -> list[Planned]:
    """What would go of one person. A line that stays keeps the account: while a duty stands, processing is restricted instead."""
    held, now = held_now(clock), clock()
    cases = session().scalars(sa.select(Case).where(Case.starter_id == person_id).order_by(Case.id)).all()
    own = [Planned(",".join(WHOLE), case.number, {"case": case.id, "person": person_id}, case.id, stays=_why_kept(case, now, held)) for case in cases]
    related = session().scalars(sa.select(Case).where(Case.id.in_(_related(person_id)), Case.starter_id != person_id).order_by(Case.id)).all()
    others = [Planned(TRACES, case.number, {"case": case.id, "related": person_id}, case.id, stays=_why_not_touched(case, held)) for case in related]
    stuck = sum(1 for one in (*own, *others) if one.stays)
    why = _("保全中") if person_id in held.people else _("还有 %(n)s 件事项不能清除", n=stuck) if stuck else ""
    return [*own, *others, Planned("account", pseudonym_of(person_id), {"account": person_id}, stays=why)]


def _cases(rules: list[RetentionRule], now: datetime, held: Held) -> list[Planned]:
    """One line a case with all that is due of it."""
    by_class: dict[str, dict[str, RetentionRule]] = {}
    for rule in rules:
        by_class.setdefault(rule.data_class, {})[rule.procedure] = rule
    if not rules:
        return []
    soonest = max(cutoff(now, rule.months) for rule in rules)
    found, done = [], _buried()
    for case in session().scalars(sa.select(Case).where(Case.ended_at < soonest).order_by(Case.ended_at, Case.id).execution_options(yield_per=500)):
        due = {key: rule for key, of in by_class.items() if key not in done.get(case.id, ()) and (rule := of.get(case.procedure) or of.get("")) and case.ended_at < cutoff(now, rule.months)}
        if due:
            stays = held.why(case, refs_of(case.id) if held.refs else frozenset())
            found.append(Planned(",".join(due), case.number, {"case": case.id, "rule": next(iter(due.values())).id or 0}, case.id, stays=stays))
        if len(found) >= MOST - 100:
            break
    return found


def _buried() -> dict[int, set[str]]:
    """case -> classes that were erased before."""
    found: dict[int, set[str]] = {}
    for case_id, classes in session().execute(sa.select(Tombstone.case_id, Tombstone.data_class).where(Tombstone.case_id.is_not(None)).distinct()):
        found.setdefault(case_id, set()).update(classes.split(","))
    return found


def _rows(rules: list[RetentionRule], now: datetime, held: Held) -> list[Planned]:
    found = []
    for rule in rules:
        before = cutoff(now, rule.months)
        for table, free, kept in due_rows(rule.data_class, before, held):
            item = {"rows": rule.data_class, "table": table, "before": before.isoformat(), "rule": rule.id or 0}
            found += [Planned(rule.data_class, table, item, count=free)] if free else []
            found += [Planned(rule.data_class, table, item, count=kept, stays=_("保全中"))] if kept else []
    return found


def _accounts(rules: list[RetentionRule], now: datetime, held: Held) -> list[Planned]:
    """Accounts that nobody has used for long; first those that no case of their own keeps, or those kept would stand in their way for ever."""
    found, duty = [], max(rule_for(key).months for key in WHOLE)
    kept = sa.exists().where(Case.starter_id == Person.id, sa.or_(Case.ended_at.is_(None), Case.ended_at >= cutoff(now, duty))).correlate(Person)
    for rule in rules:
        latest = sa.func.coalesce(Person.last_sign_in, Person.created_at)
        people = session().scalars(sa.select(Person.id).where(latest < cutoff(now, rule.months), Person.name.not_like("已清除人员%")).order_by(kept, Person.id).limit(100))
        for person_id in people:
            lines = plan_person(person_id, lambda: now)
            stays = next((line.stays for line in lines if line.stays), "")
            found += [Planned(line.data_class, line.label, line.item | {"rule": rule.id or 0}, line.case_id) for line in lines] if not stays else [
                Planned("account", person_id, {"account": person_id}, stays=stays)]
    return found


def _why_kept(case: Case, now: datetime, held: Held) -> str:
    """Why a case of a person stays though they wish it gone."""
    if case.ended_at is None:
        return _("尚未办结")
    if held.why(case, refs_of(case.id)):
        return _("保全中")
    until = max(rule_for(key, case.procedure).months for key in WHOLE)
    return _("档案保管期未满（%(years)s 年）", years=f"{until / 12:g}") if case.ended_at >= cutoff(now, until) else ""


def _why_not_touched(case: Case, held: Held) -> str:
    """Why the traces of a person in somebody else's case stay."""
    if case.ended_at is None:
        return _("尚未办结")
    return _("保全中") if held.why(case, refs_of(case.id)) else ""


def _related(person_id: str):
    """Cases in which the person acted, that name them, or that travelled with a case of theirs."""
    own = sa.select(sa.literal("case:") + Case.number).where(Case.starter_id == person_id)
    named = sa.select(CaseParty.case_id).where(sa.or_(CaseParty.ref == f"person:{person_id}", CaseParty.ref.in_(own)))
    return named.union(sa.select(Event.case_id).where(Event.actor_id == person_id))
