"""Unusual reading: who looked at many people in a day, who was looked at by many, and who looked where they had nothing to do.

Nothing here accuses anybody: each line leads to the rows of the log behind it. Reads only.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.people import Person
from app.store import session
from app.store.models import Event, Task
from app.viewings.kinds import OF_ONE
from app.viewings.models import Viewing

DAYS = 30  # that are looked back on
MANY_PEOPLE = 50  # whose data one reader opened on one day
MANY_READERS = 10  # who opened the data of one person
SHOWN = 20  # lines of each kind


@dataclass(frozen=True)
class Unusual:
    """`many_people`: (reader id, name, day, people); `many_readers`: (person id, name, readers, looks);
    `without_work`: (reader id, name, cases in which they did nothing, people), auditors left out: each is asked for a purpose."""

    since: datetime
    many_people: list
    many_readers: list
    without_work: list


def unusual_reading(clock) -> Unusual:
    """What stands out in the last DAYS days, the most striking first."""
    since = clock() - timedelta(days=DAYS)
    recent = sa.and_(Viewing.at >= since, Viewing.kind.in_(OF_ONE), Viewing.person_id != "")
    return Unusual(since, _rows(_many_people(recent)), _rows(_many_readers(recent)), _rows(_without_work(recent)))


def _rows(query) -> list:
    return [tuple(row) for row in session().execute(query.limit(SHOWN))]


def _many_people(recent):
    people, day = sa.func.count(Viewing.person_id.distinct()), _day(Viewing.at)
    return (sa.select(Viewing.reader_id, sa.func.max(Viewing.reader_name), day, people).where(recent)
            .group_by(Viewing.reader_id, day).having(people >= MANY_PEOPLE).order_by(people.desc(), Viewing.reader_id))


def _many_readers(recent):
    readers = sa.func.count(Viewing.reader_id.distinct())
    return (sa.select(Viewing.person_id, sa.func.max(Person.name), readers, sa.func.sum(Viewing.count)).outerjoin(Person, Person.id == Viewing.person_id)
            .where(recent).group_by(Viewing.person_id).having(readers >= MANY_READERS).order_by(readers.desc(), Viewing.person_id))


def _without_work(recent):
    """Readers of cases in which no task was ever theirs and no event is: without those who said what for."""
    acted = sa.exists().where(Event.case_id == Viewing.case_id, Event.actor_id == Viewing.reader_id)
    had = sa.exists().where(Task.case_id == Viewing.case_id, sa.or_(Task.assignee == Viewing.reader_id, Task.closed_by == Viewing.reader_id))
    cases = sa.func.count(Viewing.case_id.distinct())
    return (sa.select(Viewing.reader_id, sa.func.max(Viewing.reader_name), cases, sa.func.count(Viewing.person_id.distinct()))
            .where(recent, Viewing.case_id.is_not(None), Viewing.purpose == "", ~acted, ~had)
            .group_by(Viewing.reader_id).order_by(cases.desc(), Viewing.reader_id))


def _day(column):
    """The day in Shanghai as text; UTC is what the store holds."""
    if session().get_bind().dialect.name == "postgresql":
        return sa.func.to_char(sa.func.timezone("Asia/Shanghai", column), "YYYY-MM-DD")
    return sa.func.strftime("%Y-%m-%d", column, "+8 hours")
