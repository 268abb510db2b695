"""Criteria as SQL: conditions on cases, and on events. What is rare is looked up by its index, what is common is asked case by case."""
from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from app.audit.replays.models import ReplayResult
from app.audit.search.asked import BY_HAND, DIFFERENT, FOUND, LATE, MOVED, STATES, TONES, Asked
from app.audit.suspicion.models import KeptFinding
from app.identifiers import compact
from app.operations.contexts import instant
from app.people import Organisation, Person
from app.people.registered import PersonProfile
from app.store import session
from app.store.models import Answers, Case, CaseMove, CaseParty, Event, Release, Task

ORDINARY = ("start", "complete", "message", "timer", "answer", "take", "give_back", "hand", "open")  # every other kind is an act of administration
# As the indexes say it: of a bound value no database can tell that the index holds its row.
_RARE, _AGAIN, _DATED = sa.text("event.kind <> 'complete'"), sa.text("answers.revision > 1"), sa.text("task.due <> ''")
MANY = 500  # people whose ids are sent one by one
FEW = 5000  # events up to which their cases are looked up first


def of_cases(asked: Asked, clock) -> list:
    """The conditions on cases."""
    return [*_plain(asked), *_people(asked), *_course(asked, clock), *_by_events(asked)]


def of_events(asked: Asked) -> list:
    """The conditions that one event meets."""
    told = {"step": Event.element == asked.step, "kind": Event.kind == asked.kind, "outcome": Event.outcome == asked.outcome}
    found = [condition for name, condition in told.items() if getattr(asked, name)]
    if asked.kind and asked.kind != "complete":
        found.append(_RARE)
    if asked.actor:
        found.append(Event.actor_id.in_(_known(people_called(asked.actor))))
    if asked.time == "event":
        found += list(_within(Event.at, asked))
    return found


def people_called(word: str):
    """Ids of people by account, part of the name, or document number as it stands in the account."""
    word = word.strip()
    profiles = sa.select(PersonProfile.person_id).where(PersonProfile.id_number == compact(word))
    return sa.select(Person.id).where(sa.or_(Person.id == word, Person.name.contains(word, autoescape=True), Person.id.in_(profiles)))


def _known(query):
    """The ids themselves while they are not too many to be sent: asked for once instead of in every part of a query."""
    ids = session().scalars(query.limit(MANY + 1)).all()
    return list(ids) if len(ids) <= MANY else query


def _plain(asked: Asked) -> Iterator:
    if asked.q:
        yield _named(asked.q)
    for name, column in (("procedure", Case.procedure), ("process", Case.process_id), ("result", Case.result)):
        if getattr(asked, name):
            yield column == getattr(asked, name)
    if asked.release:
        number = int(asked.release) if asked.release.isdecimal() and len(asked.release) < 9 else -1
        yield Case.release.in_(sa.select(Release.digest).where(sa.or_(Release.number == number, Release.digest == asked.release)))
    if asked.state in STATES:
        yield {"running": Case.tab.in_(("todo", "doing")), "ended": Case.tab == "done", "draft": Case.tab == "draft"}[asked.state]
    if asked.tone in TONES:
        yield sa.and_(Case.tab == "done", Case.tone == asked.tone)
    columns = {"started": Case.started_at, "changed": Case.changed_at, "ended": Case.ended_at}
    if asked.time != "event":
        yield from _within(columns.get(asked.time, Case.started_at), asked)


def _named(q: str):
    digits = "".join(q.split())
    if digits.isascii() and digits.isdecimal():
        return Case.number == digits if len(digits) == 19 else Case.number.contains(digits)
    return sa.or_(*(column.contains(q, autoescape=True) for column in (Case.title, Case.summary, Case.starter_name)))


def _people(asked: Asked) -> Iterator:
    if asked.person:
        ids = _known(people_called(asked.person))
        started = sa.select(Case.id).where(sa.or_(Case.starter_id.in_(ids), Case.starter_name.contains(asked.person, autoescape=True)))
        refs = [f"person:{one}" for one in ids] if isinstance(ids, list) else sa.select(sa.literal("person:") + Person.id).where(Person.id.in_(ids))
        yield Case.id.in_(started.union(sa.select(CaseParty.case_id).where(CaseParty.ref.in_(refs))))
    if word := asked.organisation:
        refs = sa.select(sa.literal("org:") + Organisation.id).where(
            sa.or_(Organisation.id == word, Organisation.code == word, Organisation.name.contains(word, autoescape=True)))
        yield Case.id.in_(sa.select(CaseParty.case_id).where(CaseParty.ref.in_(refs)))


def _course(asked: Asked, clock) -> Iterator:
    if asked.times:
        yield Case.id.in_(sa.select(Answers.case_id).where(_AGAIN, Answers.revision > asked.times))
        yield sa.exists().where(Answers.case_id == Case.id, Answers.revision > asked.times, Answers.actor_id == Case.starter_id)
    if asked.deviation == MOVED:
        yield Case.id.in_(sa.select(CaseMove.case_id).where(~CaseMove.undone))
    if asked.deviation == LATE:
        yield Case.id.in_(sa.select(Task.case_id).where(_DATED, _overdue(clock)))
    if asked.deviation == BY_HAND:
        yield Case.id.in_(sa.select(Event.case_id).where(Event.kind.not_in(ORDINARY), _RARE))
    if asked.deviation == DIFFERENT:
        yield Case.id.in_(sa.select(ReplayResult.case_id).where(ReplayResult.state == "different"))
    if asked.deviation == FOUND or asked.finding:
        found = sa.select(KeptFinding.case_id).where(KeptFinding.dismissed_at.is_(None))
        yield Case.id.in_(found.where(KeptFinding.code == asked.finding) if asked.finding else found)


def _overdue(clock):
    """Whether a task with a deadline was, or is, done after it. A date alone is over when its day is; all of it is Shanghai's time as text."""
    ends = sa.case((sa.func.length(Task.due) == 10, Task.due + "T23:59:59"), else_=sa.func.substr(Task.due, 1, 19))
    return sa.or_(sa.and_(Task.state == "open", ends < instant(clock())[:19]), sa.and_(Task.state == "done", ends < _local(Task.closed_at)))


def _local(column):
    if session().get_bind().dialect.name == "postgresql":
        return sa.func.to_char(sa.func.timezone("Asia/Shanghai", column), 'YYYY-MM-DD"T"HH24:MI:SS')
    return sa.func.strftime("%Y-%m-%dT%H:%M:%S", column, "+8 hours")


def _by_events(asked: Asked) -> Iterator:
    """One event of the case meets all that is asked of events."""
    if not asked.of_event:
        return
    conditions = of_events(asked)
    matching = sa.select(Event.case_id).where(*conditions)
    few = session().scalar(sa.select(sa.func.count()).select_from(matching.limit(FEW + 1).subquery())) <= FEW
    yield Case.id.in_(matching) if few else sa.exists().where(Event.case_id == Case.id, *conditions)


def _within(column, asked: Asked) -> Iterator:
    first, after_last = asked.between
    if first:
        yield column >= first
    if after_last:
        yield column < after_last
