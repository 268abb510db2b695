"""Cases and events that a search finds: pages by keyset, counts up to a limit, rows as lists and workbooks show them. Reads only."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit.player.words import kind_label
from app.audit.replays import Badge, badges_of
from app.audit.search.asked import Asked
from app.audit.search.conditions import of_cases, of_events
from app.audit.suspicion.models import KeptFinding
from app.errors import PingshenError
from app.operations import releases
from app.operations.reading.keysets import cut_page, read_cursor
from app.store import session
from app.store.models import Case, CaseMove, Event, Release

PAGE = 50
FEW_CASES = 1000  # whose ids are sent one by one
SOME_CASES = 20_000  # from which on events are read in their order and most are of one of them
COUNTED = 10_000  # up to which results are counted exactly


@dataclass(frozen=True)
class FoundCase:
    """A case of the list: release's number, how many findings of the look-out stand, whether it was moved, what its last replay found."""

    case: Case
    release: int
    findings: int
    moved: bool
    badge: Badge | None


@dataclass(frozen=True)
class FoundEvent:
    """An event of the list, in words of the release that its case is in."""

    event: Event
    case: Case
    kind: str
    element: str
    outcome: str


def cases_found(asked: Asked, clock, *, cursor: str = "", size: int = PAGE) -> tuple[list[FoundCase], str]:
    """(a page of cases, cursor of the next one or "")."""
    oldest, after = asked.order == "oldest", read_cursor(cursor, int)
    query = sa.select(Case).where(*of_cases(asked, clock)).order_by(Case.id if oldest else Case.id.desc()).limit(size + 1)
    if after:
        query = query.where(Case.id > after[0] if oldest else Case.id < after[0])
    rows, following = cut_page(session().scalars(query).all(), size, lambda case: (case.id,))
    return _described(rows), following


def events_found(asked: Asked, clock, *, cursor: str = "", size: int = PAGE) -> tuple[list[FoundEvent], str]:
    """(a page of events, cursor of the next one or "")."""
    oldest, after = asked.order == "oldest", read_cursor(cursor, int)
    query = (sa.select(Event, Case).join(Case, Case.id == Event.case_id).where(*_of_both(asked, clock))
             .order_by(Event.id if oldest else Event.id.desc()).limit(size + 1))
    if after:
        query = query.where(Event.id > after[0] if oldest else Event.id < after[0])
    rows, following = cut_page(session().execute(query).all(), size, lambda row: (row.Event.id,))
    return [_in_words(event, case) for event, case in rows], following


def count_cases(asked: Asked, clock) -> int:
    """How many cases there are, up to COUNTED + 1."""
    return _counted(sa.select(Case.id).where(*of_cases(asked, clock)))


def count_events(asked: Asked, clock) -> int:
    """How many events there are, up to COUNTED + 1."""
    return _counted(sa.select(Event.id).where(*_of_both(asked, clock)))


def all_numbers(asked: Asked, clock, *columns: str) -> list[tuple]:
    """(id, number, and the columns named) of all cases found, oldest first: plain values, hundred thousands of them in one read."""
    chosen = (Case.__table__.c[name] for name in ("id", "number", *columns))
    return [tuple(row) for row in session().execute(sa.select(*chosen).where(*of_cases(asked, clock)).order_by(Case.id))]


def pages_of(page, asked: Asked, clock, *, most: int, size: int = 1000) -> Iterator:
    """All that `page` (`cases_found` or `events_found`) finds, one after the other, at most so many; memory holds a page."""
    cursor, given = "", 0
    while True:
        rows, cursor = page(asked, clock, cursor=cursor, size=min(size, most - given))
        yield from rows
        given += len(rows)
        if not cursor or given >= most:
            return
        session().expunge_all()


def _of_both(asked: Asked, clock) -> list:
    """The conditions on an event and its case: what is asked of events is met by the event itself."""
    of_case = Asked(**{name: "" if name in ("step", "kind", "outcome", "actor") else value for name, value in vars(asked).items()})
    if asked.time == "event":
        of_case = Asked(**vars(of_case) | {"time": "", "since": "", "until": ""})
    conditions = of_cases(of_case, clock)
    if not conditions:
        return of_events(asked)
    return [*of_events(asked), _of_one_of(sa.select(Case.id).where(*conditions))]


def _of_one_of(cases):
    """The condition that an event is of these cases, said so that both databases read the cases once, not again for each event."""
    ids = session().scalars(cases.limit(SOME_CASES + 1)).all()
    if len(ids) <= FEW_CASES:
        return Event.case_id.in_(ids)
    if len(ids) <= SOME_CASES:
        return Event.case_id.in_(sa.select(cases.cte("cases").prefix_with("MATERIALIZED", dialect="postgresql").c.id))
    return (Event.case_id + 0).in_(cases)  # the sum keeps databases from going case by case and sorting a million events


def _counted(query) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(query.limit(COUNTED + 1).subquery()))


def _described(cases: list[Case]) -> list[FoundCase]:
    ids = [case.id for case in cases]
    numbers = _pairs(sa.select(Release.digest, Release.number).where(Release.digest.in_({case.release for case in cases})))
    open_ones = sa.select(KeptFinding.case_id, sa.func.count()).where(KeptFinding.case_id.in_(ids), KeptFinding.dismissed_at.is_(None)).group_by(KeptFinding.case_id)
    findings = _pairs(open_ones)
    moved = set(session().scalars(sa.select(CaseMove.case_id).where(CaseMove.case_id.in_(ids), ~CaseMove.undone)))
    badges = badges_of(ids)
    return [FoundCase(case, numbers.get(case.release, 0), findings.get(case.id, 0), case.id in moved, badges.get(case.id)) for case in cases]


def _pairs(query) -> dict:
    return {key: value for key, value in session().execute(query)}


def _in_words(event: Event, case: Case) -> FoundEvent:
    element = _elements(case).get(event.element)
    decision = next((one for one in element.decisions if one.outcome == event.outcome), None) if element else None
    return FoundEvent(event, case, kind_label(event.kind, event.actor_id), element.name or event.element if element else event.element, decision.label if decision else event.outcome)


def _elements(case: Case):
    try:
        return releases.process_of(case).elements
    except PingshenError:  # a release whose files are gone: the log says what it says
        return {}
