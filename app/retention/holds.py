"""Legal holds: what a dispute, an inspection or a court needs stays, whatever the rules say. Placed and lifted by name, never deleted."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.days import SHANGHAI
from app.errors import NotFound, RetentionRefused
from app.people import Organisation, Person
from app.retention.models import Hold
from app.store import session, transaction
from app.store.models import Case, CaseParty, Process

KINDS = {"case": _l("事项"), "person": _l("个人"), "organisation": _l("单位"), "procedure": _l("程序"), "sample": _l("抽样或查询结果")}


def place_hold(kind: str, subject: str, *, reason: str, until: str, actor, clock, cases: list[int] | None = None) -> Hold:
    """Holds a case (by number), person, organisation, procedure (by id), or the cases of a sample under its name. Raises RetentionRefused."""
    subject = subject.strip()[:100]
    _ensure_known(kind, subject, cases)
    if not reason.strip():
        raise RetentionRefused(why=_("请写明为什么要保全"))
    _ensure_day(until, clock)
    with transaction() as store:
        hold = Hold(kind=kind, subject=subject, cases=cases or [], reason=reason.strip()[:500], until=until, actor_id=actor.id, actor_name=actor.name, at=clock())
        store.add(hold)
        store.flush()
        return hold


def lift_hold(hold_id: int, *, reason: str, actor, clock) -> Hold:
    """Ends a hold, with a reason that stays. Raises NotFound, RetentionRefused."""
    with transaction() as store:
        hold = store.get(Hold, hold_id, with_for_update=True, populate_existing=True)
        if hold is None:
            raise NotFound()
        if hold.lifted_at is not None:
            raise RetentionRefused(why=_("这项保全已经解除"))
        if not reason.strip():
            raise RetentionRefused(why=_("请写明为什么解除"))
        hold.lifted_at, hold.lifted_by, hold.lifted_by_name, hold.lifted_reason = clock(), actor.id, actor.name, reason.strip()[:500]
        return hold


def holds(*, alive: bool | None = None, clock=None) -> list[Hold]:
    """All holds, newest first; with `alive` only those that hold now."""
    rows = session().scalars(sa.select(Hold).order_by(Hold.id.desc())).all()
    return [row for row in rows if is_alive(row, clock)] if alive else list(rows)


def is_alive(hold: Hold, clock) -> bool:
    """Whether it still holds: not lifted, its last day not over."""
    return hold.lifted_at is None and (not hold.until or hold.until >= clock().astimezone(SHANGHAI).date().isoformat())


@dataclass(frozen=True)
class Held:
    """Everything that is held at one moment, read once: asked for each case of a run."""

    holds: tuple[Hold, ...]
    people: frozenset[str] = field(default=frozenset())
    cases: frozenset[int] = field(default=frozenset())
    numbers: frozenset[str] = field(default=frozenset())
    procedures: frozenset[str] = field(default=frozenset())
    refs: frozenset[str] = field(default=frozenset())

    def why(self, case: Case, refs: frozenset[str] = frozenset()) -> str:
        """Why a case is held, "" when it is not. `refs`: references of its parties."""
        if (case.number in self.numbers or case.id in self.cases or case.procedure in self.procedures or case.starter_id in self.people
                or not self.refs.isdisjoint(refs)):
            return _("保全中")
        return ""


def held_now(clock) -> Held:
    """What is held at this moment."""
    alive = tuple(holds(alive=True, clock=clock))
    by_kind = {kind: frozenset(hold.subject for hold in alive if hold.kind == kind) for kind in KINDS}
    refs = {f"person:{key}" for key in by_kind["person"]} | {f"org:{key}" for key in by_kind["organisation"]}
    cases = frozenset(case_id for hold in alive for case_id in hold.cases)
    return Held(alive, by_kind["person"], cases, by_kind["case"], by_kind["procedure"], frozenset(refs))


def refs_of(case_id: int) -> frozenset[str]:
    """References of a case's parties."""
    return frozenset(session().scalars(sa.select(CaseParty.ref).where(CaseParty.case_id == case_id)))


def holds_on(case: Case, clock) -> list[Hold]:
    """The holds that keep this case."""
    refs, found = refs_of(case.id), []
    for hold in holds(alive=True, clock=clock):
        said = {"case": {case.number}, "procedure": {case.procedure}, "person": {case.starter_id} | {ref.partition(":")[2] for ref in refs if ref.startswith("person:")},
                "organisation": {ref.partition(":")[2] for ref in refs if ref.startswith("org:")}}.get(hold.kind, set())
        if hold.subject in said or case.id in hold.cases:
            found.append(hold)
    return found


def _ensure_known(kind: str, subject: str, cases: list[int] | None) -> None:
    columns = {"case": Case.number, "person": Person.id, "organisation": Organisation.id, "procedure": Process.procedure}
    if kind == "sample" and cases:
        return
    column = columns.get(kind)
    if column is None or session().scalar(sa.select(column).where(column == subject).limit(1)) is None:
        raise RetentionRefused(why=_("没有找到“%(subject)s”，请核对编号", subject=subject))


def _ensure_day(until: str, clock) -> None:
    try:
        past = until and date.fromisoformat(until) < clock().astimezone(SHANGHAI).date()
    except ValueError:
        raise RetentionRefused(why=_("请写明保全到哪一天")) from None
    if past:
        raise RetentionRefused(why=_("保全到的日子已经过去"))
