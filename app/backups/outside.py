"""The database against the heads outside it: whether it is older than what was once written there, and what then is missing."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.proof import heads, journal
from app.store import session
from app.store.models import Case, Event

NAMED = 20  # cases named in words


@dataclass(frozen=True)
class Gap:
    """Events that the heads know and the database does not: how many, written between which heads, of which cases."""

    events: int
    since: str  # instant of the last head that still fits; "" for none
    until: str  # of the newest head
    cases: tuple[str, ...]  # numbers; of a case that is gone altogether `#` and its id
    after: int  # the last event that still fits, by id
    upto: int  # the last that the heads know

    @property
    def words(self) -> str:
        """What is missing, for people."""
        named = "、".join(self.cases[:NAMED]) + ("等" if len(self.cases) > NAMED else "")
        since = f"{_brief(self.since)} 至 {_brief(self.until)} 之间" if self.since else f"{_brief(self.until)} 以前"
        return f"外部锚点记录的事件中，有 {self.events} 个不在数据库里，写于{since}，涉及 {len(self.cases)} 件：{named}"

    def as_dict(self) -> dict:
        """As JSON has it."""
        return asdict(self) | {"cases": list(self.cases), "words": self.words}


def _brief(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M:%S}"


def heads_path() -> Path:
    """Where the heads lie outside."""
    return journal.journal()


def is_behind() -> bool:
    """Whether the newest head knows an event that the database does not. Cheap: looks at the end of that head alone."""
    head = heads.last_head()
    if head is None:
        return False
    if head.get("last"):
        return session().scalar(sa.select(heads.LINK).where(Event.id == head["upto"])) != head["last"]
    return bool(list(_missing(head))) or head["upto"] > (session().scalar(sa.select(sa.func.max(Event.id))) or 0)


def gap() -> Gap | None:
    """What is missing, or None when the database is as new as the heads, or somebody has accepted what it lacks."""
    if not is_behind():
        return None
    lost, since, newest = {}, "", {}
    for newest in journal.heads_in(journal.journal()):
        if "gap" in newest:
            lost = {event_id: case_id for event_id, case_id in lost.items() if event_id <= newest["gap"]["kept"]}
        lost |= {event_id: case_id for event_id, case_id, *_rest in _missing(newest)}
        since = since if lost else newest["at"]
    numbers = _numbers(set(lost.values()))
    cases = tuple(dict.fromkeys(numbers.get(case_id, f"#{case_id}") for case_id in lost.values()))
    return Gap(len(lost), since, newest["at"], cases, min(lost, default=newest["upto"] + 1) - 1, newest["upto"])


def _missing(head: dict) -> Iterator[list]:
    """The rows of a head that the database does not have as the head knows them."""
    if not head["rows"]:
        return
    there = {row.id: heads.said_of(row) for row in heads.rows_between(head["rows"][0][0] - 1, head["rows"][-1][0])}
    yield from (row for row in head["rows"] if there.get(row[0]) != row)


def _numbers(case_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), 500):
        found |= {row.id: row.number for row in session().execute(sa.select(Case.id, Case.number).where(Case.id.in_(wanted[start:start + 500])))}
    return found
