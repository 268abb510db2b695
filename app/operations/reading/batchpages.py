"""The members of a batch as its page and its workbook show them, and the batch that a case travels in. Reads only."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app import batches, sheets
from app.errors import NotFound
from app.operations import releases
from app.operations.access import READS_ALL, can_view_case
from app.operations.contexts import LatestAnswers, case_facts, case_variables, evaluate
from app.operations.reading.discretion import kept_from
from app.people import name_of
from app.store import session
from app.store.models import Case, CaseParty

STATES = ("in", "held", "done", "out")


@dataclass(frozen=True)
class MemberRow:
    """A member as one line: `unit` is its first organisation that is not the batch's own; `open` when the reader may open the case."""

    case: Case
    state: str
    since: datetime
    by: str
    reason: str
    note: str
    unit: str
    open: bool


@dataclass(frozen=True)
class BatchPage:
    """A batch with its members and what changed in it."""

    number: str
    by_hand: str
    rows: tuple[MemberRow, ...]
    counts: dict[str, int]
    revisions: tuple


def view_batch(case: Case, actor, state: str = "") -> BatchPage:
    """The members of the batch that this case is, of one state or all. Raises NotFound when it is none, or only its members may know."""
    batch = batches.batch_row(case.id)
    if batch is None or not lists_members(case, actor):
        raise NotFound()
    members = batches.members_of(case.id)
    units = _units([member for _member, member in members], set(_refs(case)))
    whole = _opens_all(batch, actor)
    rows = tuple(
        MemberRow(member, row.state, row.since, row.by_name, row.reason, row.note, units.get(member.id, ""), whole or can_view_case(member, actor))
        for row, member in members if state in ("", row.state))
    return BatchPage(batch.number, batch.by_hand, rows, Counter(row.state for row, _case in members), tuple(batches.revisions_of(case.id)))


def _opens_all(batch, actor) -> bool:
    """Whoever reads the batch and holds one of its roles need not be asked for each of five hundred members."""
    return bool({role for role, _organisation in actor.roles} & set(batch.readers or ()))


def _refs(case: Case) -> list[str]:
    return [party["ref"] for party in case.parties.values() if party]


def _units(cases: list[Case], own: set[str]) -> dict[int, str]:
    """case id -> name of its organisation, in two queries for any number of members."""
    rows = session().execute(
        sa.select(CaseParty.case_id, CaseParty.ref).where(CaseParty.case_id.in_([case.id for case in cases]), CaseParty.ref.like("org:%"))
        .order_by(CaseParty.case_id, CaseParty.name)).all()
    names: dict[int, str] = {}
    parties = {case.id: {party["ref"]: party.get("name", "") for party in case.parties.values() if party} for case in cases}
    for case_id, ref in rows:
        if ref not in own:
            names.setdefault(case_id, parties[case_id].get(ref) or name_of(ref.partition(":")[2]))
    return names


def lists_members(case: Case, actor) -> bool:
    """Whether others travel in this case and this actor may know who: not everybody with work in it does (a sitting is blind to experts)."""
    batch = batches.batch_row(case.id)
    if batch is None:
        return False
    if case.starter_id == actor.id or _opens_all(batch, actor) or any(role in READS_ALL for role, _organisation in actor.roles):
        return True
    return any(pool.endswith(f"@{ref}") for ref in _refs(case) if ref.startswith("org:") for pool in actor.pools)


def travels(case: Case, actor) -> list[tuple[batches.Travel, bool, str]]:
    """The batches of a case with whether this actor may open them, and its state as they may know it: a hold is not for its own person."""
    hidden = bool(kept_from(case, actor))
    return [(travel, can_view_case(travel.batch, actor), "in" if hidden and travel.member.state == "held" else travel.member.state)
            for travel in batches.travels_of(case.id)]


def dates_of(case: Case) -> dict[str, str]:
    """The dates that the diagram names for a case (`dates`), as far as they are known."""
    process = releases.process_of(case)
    if not process.dates:
        return {}
    context = {"form": LatestAnswers(case.latest), "case": case_facts(case), "vars": case_variables(case)}
    found = evaluate(process.dates, context)
    return {str(label): str(value)[:10] for label, value in found.items() if value} if isinstance(found, dict) else {}


def members_book(case: Case, actor) -> bytes:
    """The members as a workbook, with the dates of each."""
    page = view_batch(case, actor)
    dated = [dates_of(row.case) if row.open else {} for row in page.rows]
    labels = list(dict.fromkeys(label for dates in dated for label in dates))
    columns = [sheets.Column(key, label, code=key == "number", width=width) for key, label, width in (
        ("place", _("序号"), 8), ("number", _("业务流水号"), 24), ("name", _("姓名"), 12), ("summary", _("摘要"), 40), ("unit", _("单位"), 36),
        ("state", _("状态"), 10), ("since", _("自何时"), 14), ("by", _("办理人"), 12), ("reason", _("原因"), 40))]
    columns += [sheets.Column(label, label, width=14) for label in labels]
    words = state_words()
    rows = [[place, row.case.number, row.case.starter_name, row.case.summary, row.unit, words[row.state], row.since.date(), row.by, row.reason,
             *(dates.get(label) for label in labels)] for place, (row, dates) in enumerate(zip(page.rows, dated, strict=True), 1)]
    return sheets.write_book(page.number or _("批内事项"), columns, rows)


def state_words() -> dict[str, str]:
    """What the states of members are called."""
    return {"in": _("在批"), "held": _("暂缓"), "done": _("已核准"), "out": _("已抽出")}


def revision_words() -> dict[str, str]:
    """What changes of a batch are called."""
    return {"put": _("编入"), "held": _("暂缓"), "released": _("解除暂缓"), "out": _("抽出"), "done": _("办结")}
