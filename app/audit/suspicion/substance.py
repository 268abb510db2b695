"""Checks of what was decided on: forms sent back often, changed behind a review, decisions against a rule table."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import sqlalchemy as sa
from flask_babel import gettext as _

from app.audit.suspicion.course import Course
from app.audit.suspicion.kinds import Finding
from app.audit.suspicion.order import finding
from app.store import session
from app.store.models import Answers, Event

_MISSING = object()


def revisions(course: Course) -> Iterator[Finding]:
    """How often a form came back to the starter; whether they changed it behind a review without its having come back."""
    events, by_form = {event.seq: event for event in course.events}, {}
    for row in course.answers:
        if row.actor_id == course.case.starter_id:
            by_form.setdefault(row.form, []).append(row)
    for form, rows in by_form.items():
        returns = 0
        for earlier, later in pairwise(rows):
            reviews = [event for event in course.between(earlier.seq, later.seq) if _reviews(course, event, form, later.actor_id)]
            if not reviews or later.seq not in events:
                continue
            if _asked_for(course, later):
                returns += 1
            elif changed := _changed(course, form, earlier.revision, later.revision):
                yield finding("changed-after", events[later.seq], _("“%(step)s”审核之后没有退回，表中 %(n)s 处又改了", step=course.name(reviews[-1]), n=changed))
        if course.limits["sent_back"] and returns >= course.limits["sent_back"]:
            yield finding("sent-back", events[rows[-1].seq], _("同一张表退回修改了 %(n)s 次", n=returns))


def _reviews(course: Course, event: Event, form: str, person: str) -> bool:
    """Whether somebody else looked at the form here and decided."""
    element = course.element(event)
    return event.kind == "complete" and event.actor_id != person and element.form != form and bool(element.decisions)


def _asked_for(course: Course, row) -> bool:
    """Whether the task that brought these answers was opened by somebody else's decision, and not by a withdrawal of their own."""
    task = course.tasks.get(row.task_id)
    opened = course.opened_by(task) if task else None
    if opened is None:
        return True  # nothing is known of how it came: nothing is said
    last = next((event for event in reversed(course.by_people(course.events)) if event.seq <= opened.seq and event.kind in ("complete", "message")), None)
    return last is None or last.actor_id != row.actor_id or last.kind == "complete"


def _changed(course: Course, form: str, first: int, second: int) -> int:
    """How many entries of the form differ between two revisions."""
    rows = session().execute(sa.select(Answers.revision, Answers.data).where(Answers.case_id == course.case.id, Answers.form == form, Answers.revision.in_((first, second))))
    data = dict(rows.all())
    before, after = data.get(first, {}), data.get(second, {})
    return sum(before.get(key, _MISSING) != after.get(key, _MISSING) for key in {*before, *after})


def rules(course: Course) -> Iterator[Finding]:
    """A rule table gave one of the outcomes that could be decided, and another one was."""
    said: dict[str, tuple[str, frozenset[str]]] = {}   # result variable -> (element of the table, words that it gave)
    for event in course.events:
        if event.kind == "complete" and event.actor_id != course.case.starter_id:
            yield from _against(course, event, said)
        if event.seq in course.behind:
            said |= _given(course, event)


def _against(course: Course, event: Event, said: Mapping[str, tuple[str, frozenset[str]]]) -> Iterator[Finding]:
    decisions = {decision.outcome: decision.label for decision in course.element(event).decisions}
    for table, words in said.values():
        advised = words & decisions.keys()
        if len(decisions) > 1 and advised and event.outcome not in advised:
            name = course.past.at(event.seq).elements[table].name if table in course.past.at(event.seq).elements else table
            yield finding("against-rule", event, _("规则表“%(table)s”给出“%(advised)s”，办理结果是“%(taken)s”", table=name or table,
                                                   advised="、".join(decisions[one] for one in sorted(advised)), taken=decisions.get(event.outcome, event.outcome)))


def _given(course: Course, event: Event) -> dict[str, tuple[str, frozenset[str]]]:
    """What the rule tables that were entered at this event gave."""
    behind, found = course.behind[event.seq], {}
    for kind, place in event.details.get("trail", ()):
        element = behind.process.elements.get(place) if kind == "enter" else None
        if element is not None and element.result_variable:
            found[element.result_variable] = (place, _words(behind.variables.get(element.result_variable)))
    return found


def _words(value) -> frozenset[str]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return frozenset(part for part in parts if isinstance(part, str))


CHECKS = (revisions, rules)
