"""Badges: whether a case's history replays, as the last replay found it; and how that is written down."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.audit.replays.models import ReplayResult
from app.audit.replays.versions import versions
from app.operations.replay import History, Replayed, histories_of, replay_case
from app.store import session, transaction
from app.store.models import Case

STATE_WORDS = {"equal": _l("重放一致"), "different": _l("重放不一致"), "erased": _l("部分已依法清除"), "stale": _l("重放后又有办理")}
_IN_ONE = 500  # cases of one query
_TOGETHER = 20  # histories that are read at once


@dataclass(frozen=True)
class Badge:
    """`state` is equal, different, erased, or stale: events came since. `seq` and `words` name the first difference; `words` always say something."""

    state: str
    at: datetime
    seq: int
    words: str
    element: str = ""
    events: int = 0
    engine: str = ""
    service: str = ""


def badge_of(case_id: int) -> Badge | None:
    """The badge of a case; None while it was never replayed."""
    return badges_of([case_id]).get(case_id)


def badges_of(case_ids: Iterable[int]) -> dict[int, Badge]:
    """case id -> its badge, of those that were replayed."""
    ids, found = list(case_ids), {}
    for place in range(0, len(ids), _IN_ONE):
        query = sa.select(ReplayResult, Case.events).join(Case, Case.id == ReplayResult.case_id).where(ReplayResult.case_id.in_(ids[place:place + _IN_ONE]))
        found |= {row.case_id: badge_from(row, events) for row, events in session().execute(query)}
    return found


def badge_from(row: ReplayResult, events: int) -> Badge:
    """The badge that a stored result gives to a case with so many events now."""
    state = row.state if row.events == events else "stale"
    return Badge(state, row.at, row.seq, row.words or str(STATE_WORDS[state]), row.element, row.events, row.engine, row.service)


def replay_and_note(case_id: int, clock) -> Replayed | None:
    """Replays one case and keeps what was found; None when there is no such case. Reads outside the transaction."""
    found = replayed([case_id])
    if not found:
        return None
    note_results(found, clock)
    return found[0][1]


def replayed(case_ids: Iterable[int]) -> list[tuple[int, Replayed]]:
    """(case id, what its replay found), a few cases in one read transaction: no writer waits."""
    ids, found = list(case_ids), []
    for place in range(0, len(ids), _TOGETHER):
        part = ids[place:place + _TOGETHER]
        histories = _read(part)
        cases = session().scalars(sa.select(Case).where(Case.id.in_(part)).order_by(Case.id)).all()
        found += [(case.id, replay_case(case, history=histories.get(case.id))) for case in cases]
        session().rollback()
    return found


def _read(case_ids: list[int]) -> dict[int, History]:
    """The histories of these cases; none where one of them cannot be read, so that each is tried by itself."""
    try:
        return histories_of(case_ids)
    except Exception:
        session().rollback()
        return {}


def note_results(found: Iterable[tuple[int, Replayed]], clock) -> None:
    """Keeps what replays found, one row a case: the latest."""
    now, by = clock(), versions()
    rows = [{"case_id": case_id, "state": one.state, "events": one.events, "seq": one.seq, "element": one.element,
             "words": (one.difference or one.erased)[:1000], "engine": by.engine, "service": by.service, "at": now} for case_id, one in found]
    if not rows:
        return
    with transaction() as store:
        store.execute(sa.delete(ReplayResult).where(ReplayResult.case_id.in_([row["case_id"] for row in rows])))
        store.execute(sa.insert(ReplayResult), rows)
