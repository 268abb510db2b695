"""What the page of replays shows: sums, results by state, the golden sample, and all of it as a workbook."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.audit.replays.badges import STATE_WORDS, Badge, badge_from
from app.audit.replays.models import ReplayMember, ReplayResult
from app.operations.contexts import instant
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import Page
from app.sheets import Column, write_book
from app.store import session
from app.store.models import Case, Process, Release

SIZE = 50
MOST = 50_000  # rows of a workbook


@dataclass(frozen=True)
class Line:
    """One case with its badge."""

    case: Case
    badge: Badge


def counts() -> dict[str, int]:
    """How many cases are in each state, `never` and `all` among them."""
    stale = ReplayResult.events != Case.events
    state = sa.case((ReplayResult.case_id.is_(None), "never"), (stale, "stale"), else_=ReplayResult.state)
    query = sa.select(state, sa.func.count()).select_from(Case).outerjoin(ReplayResult, ReplayResult.case_id == Case.id).where(Case.events > 0).group_by(state)
    found = dict.fromkeys((*STATE_WORDS, "never"), 0) | dict(session().execute(query).all())
    return found | {"all": sum(found.values())}


def results(state: str = "", cursor: str = "", size: int = SIZE) -> Page:
    """Replayed cases, newest first; of one state alone when it is named."""
    after = read_cursor(cursor, int)
    query = _query(state)
    if after:
        query = query.where(Case.id < after[0])
    rows = session().execute(query.limit(size + 1)).all()
    page, following = cut_page(rows, size, lambda row: (row[1].id,))
    return Page(tuple(Line(case, badge_from(found, case.events)) for found, case in page), following)


def _query(state: str):
    query = sa.select(ReplayResult, Case).join(Case, Case.id == ReplayResult.case_id).order_by(Case.id.desc())
    if state == "stale":
        return query.where(ReplayResult.events != Case.events)
    return query.where(ReplayResult.state == state, ReplayResult.events == Case.events) if state in STATE_WORDS else query


def workbook(state: str = "") -> bytes:
    """The results as a workbook, the newest MOST of them."""
    columns = [Column(str(place), label, code=place == 0, width=width) for place, (label, width) in enumerate((
        (_("业务流水号"), 24), (_("流程"), 24), (_("结果"), 18), (_("事件数"), 8), (_("第几个事件"), 10), (_("说明"), 80), (_("重放时间"), 22), (_("引擎"), 40), (_("服务"), 26)))]
    rows = ((case.number, case.title, str(STATE_WORDS[badge.state]), badge.events, badge.seq or None, badge.words, instant(badge.at), badge.engine, badge.service)
            for found, case in session().execute(_query(state).limit(MOST)) for badge in (badge_from(found, case.events),))
    return write_book(_("重放结果"), columns, rows)


def choices() -> dict[str, list]:
    """What can be chosen for a replay: processes, and releases that have cases, the newest first."""
    processes = session().execute(sa.select(Process.id, Process.name).where(sa.exists().where(Case.process_id == Process.id)).order_by(Process.name)).all()
    rows = session().execute(sa.select(Release.digest, Release.procedure, Release.number, sa.func.count(Case.id)).join(Case, Case.release == Release.digest)
                             .group_by(Release.digest, Release.procedure, Release.number, Release.published_at).order_by(Release.published_at.desc())).all()
    titles = _titles([digest for digest, *_rest in rows])
    return {"processes": processes, "releases": [(digest, titles[digest], number, count) for digest, _procedure, number, count in rows]}


def _titles(digests: list[str]) -> Mapping[str, str]:
    """digest -> titles of its cases: what people know a procedure by."""
    found: dict[str, list[str]] = {digest: [] for digest in digests}
    for digest, title in session().execute(sa.select(Case.release, Case.title).distinct().order_by(Case.release, Case.title)):
        found.get(digest, []).append(title)
    return {digest: "、".join(titles[:2]) + ("…" if len(titles) > 2 else "") for digest, titles in found.items()}


def sample() -> list[tuple[str, int, int, int, int]]:
    """The golden sample: (process, releases, cases, shortest history, longest), with the seed of the choice told apart."""
    names = dict(session().execute(sa.select(Process.id, Process.name)).all())
    rows = session().execute(sa.select(ReplayMember.process_id, sa.func.count(sa.distinct(ReplayMember.release)), sa.func.count(), sa.func.min(ReplayMember.events),
                                       sa.func.max(ReplayMember.events)).group_by(ReplayMember.process_id).order_by(ReplayMember.process_id))
    return [(names.get(process, process), *rest) for process, *rest in rows]


def sample_seed() -> ReplayMember | None:
    """Any member of the sample: it knows the seed and when the choice was made."""
    return session().scalar(sa.select(ReplayMember).limit(1))
