"""Which cases a replay is asked for: all, those of a process or release, of a sample, those that a search found, or by what the last replay said."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import sqlalchemy as sa
from flask_babel import gettext as _

from app.audit.replays.models import ReplayResult
from app.audit.search.asked import asked_for
from app.audit.search.finding import all_numbers, count_cases
from app.audit.search.samples import cases_of, samples_drawn
from app.errors import NothingChosen
from app.store import session
from app.store.models import Case, Process, Release

SCOPES = ("all", "process", "release", "sample", "search", "never", "different")
NAMING = ("process", "release", "sample", "search")  # scopes that are about something named


@dataclass(frozen=True)
class Wanted:
    """What was asked for: `scope` is one of SCOPES, `of` the process, digest, sample or search (the words of its address) that it is about."""

    scope: str = "all"
    of: str = ""


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """From a form or an address; what nobody offered counts as all."""
    scope = given.get("scope", "all")
    scope = scope if scope in SCOPES else "all"
    return Wanted(scope, given.get(scope, "") if scope in NAMING else "")


def chosen(wanted: Wanted, clock) -> list[int]:
    """The ids of the cases, in their order. Raises NothingChosen, and NotFound for a sample that is not there."""
    if wanted.scope == "sample":
        ids = cases_of(int(wanted.of)) if wanted.of.isdecimal() else []
    elif wanted.scope == "search":
        ids = [row[0] for row in all_numbers(_asked(wanted), clock)]
    else:
        ids = session().scalars(_query(wanted)).all()
    if not ids:
        raise NothingChosen()
    return list(ids)


def words_of(wanted: Wanted) -> str:
    """What is replayed, for the title of the job."""
    if wanted.scope == "process":
        row = session().get(Process, wanted.of)
        return _("流程“%(name)s”的事项", name=row.name if row else wanted.of)
    if wanted.scope == "release":
        row = session().get(Release, wanted.of)
        return _("按第 %(n)s 版办理的事项", n=row.number) if row else wanted.of
    if wanted.scope == "sample":
        return _("样本 #%(n)s", n=wanted.of)
    if wanted.scope == "search":
        return _("查询到的事项")
    return {"never": _("没有重放过和已过期的事项"), "different": _("上次重放不一致的事项")}.get(wanted.scope, _("全部事项"))


def _query(wanted: Wanted):
    query = sa.select(Case.id).where(Case.events > 0).order_by(Case.id)
    if wanted.scope == "process":
        return query.where(Case.process_id == wanted.of)
    if wanted.scope == "release":
        return query.where(Case.release == wanted.of)
    if wanted.scope == "never":
        return query.outerjoin(ReplayResult, ReplayResult.case_id == Case.id).where(sa.or_(ReplayResult.case_id.is_(None), ReplayResult.events != Case.events))
    if wanted.scope == "different":
        return query.join(ReplayResult, ReplayResult.case_id == Case.id).where(ReplayResult.state == "different")
    return query


def samples() -> list[tuple[str, str]]:
    """(id, title) of the latest samples."""
    return [(str(sample.id), sample.title) for sample, _progress in samples_drawn()[0]]


def count_found(wanted: Wanted, clock) -> int | None:
    """How many cases the search finds that is to be replayed; None when none was brought along."""
    return count_cases(_asked(wanted), clock) if wanted.scope == "search" else None


def _asked(wanted: Wanted):
    return asked_for(dict(parse_qsl(wanted.of)))
