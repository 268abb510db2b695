"""谁查看过我的资料: what a person reads about who looked at their data. Reads only.

They read offices instead of names, as in the history of their cases; of an office that works on a part of the case that
is kept from them (a complaint), not even that.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.operations import releases
from app.operations.reading.discretion import kept_from
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.offices import role_names
from app.store import session
from app.store.models import Case, Task
from app.viewings.models import Viewing

PAGE = 50


@dataclass(frozen=True)
class OwnLook:
    """One look at somebody's data as they may read it. `case` is None for what belongs to no case."""

    at: datetime
    count: int
    office: str
    kind: str
    detail: str
    purpose: str
    case: Case | None


def looks_at(actor, *, language: str = "zh", cursor: str = "", size: int = PAGE) -> tuple[list[OwnLook], str]:
    """(looks of others at the actor's data, newest first; cursor of the next page or "")."""
    query = sa.select(Viewing).where(Viewing.person_id == actor.id).order_by(Viewing.id.desc()).limit(size + 1)
    if after := read_cursor(cursor, int):
        query = query.where(Viewing.id < after[0])
    rows, following = cut_page(session().scalars(query).all(), size, lambda row: (row.id,))
    cases = {case.id: case for case in session().scalars(sa.select(Case).where(Case.id.in_({row.case_id for row in rows if row.case_id})))}
    names = role_names(language)
    return [_look(row, cases.get(row.case_id), actor, names, language) for row in rows], following


def _look(row: Viewing, case: Case | None, actor, names: dict[str, str], language: str) -> OwnLook:
    discreet = case is not None and _hidden(row, case, actor)
    office = _("工作人员") if discreet else _office(row, case, names, language)
    return OwnLook(row.at, row.count, office, row.kind, "" if discreet else row.detail, "" if discreet else row.purpose, case)


def _hidden(row: Viewing, case: Case, actor) -> bool:
    """Whether this reader's office would tell of a part of the case that its person does not get to know."""
    kept = kept_from(case, actor)
    if not kept:
        return False
    tasks = session().execute(sa.select(Task.element, Task.assignee, Task.closed_by).where(Task.case_id == case.id)).all()
    openly = any(row.reader_id in who for element, *who in tasks if element not in kept)
    return not openly and any(element in kept for element, *_who in tasks)


def _office(row: Viewing, case: Case | None, names: dict[str, str], language: str) -> str:
    """The roles they held, those of the case's procedure first, and where; where a role may not be told by name, its name alone."""
    held = [role for role in row.roles.split(",") if role]
    known = releases.procedure_of(case.release).roles if case is not None else {}
    fitting = [known[role] for role in held if role in known and known[role].given_to != "person"]
    words = [role.named(language) for role in fitting] or [names[role] for role in held if role in names and role not in known]
    closed = any(role.masked or role.named_to for role in fitting)
    place = "" if closed else row.organisation
    return "、".join(dict.fromkeys(words)) + (f"（{place}）" if place and words else place) or _("工作人员")
