"""Marks as people read them: the place in words, who said it as far as the reader may know, what was answered."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.operations import marks, releases
from app.operations.reading.histories import who_did
from app.operations.reading.places import place_of
from app.store import session
from app.store.models import Case, Event, Task


@dataclass(frozen=True)
class Remark:
    """A mark that was sent, and the reply: `done` and `reply` are the returned person's words, sent or not yet."""

    key: str
    seq: int
    at: datetime
    who: str
    step: str
    section: str
    field: str
    row: int
    place: str
    remark: str
    done: bool = False
    reply: str = ""


def returned_remarks(case: Case, task: Task, actor) -> tuple[Remark, ...]:
    """What was marked for the person who has this task, with what they have replied so far."""
    if not releases.process_of(case).elements[task.element].properties.get("edit"):
        return ()
    said = {key: {"done": row.done, "text": row.text} for key, row in marks.replies_of(case, actor).items()}
    return _readable(case, task.form, marks.marks_in_force(case, task.form), said, actor)


def answered_remarks(case: Case, form_key: str, actor) -> tuple[Remark, ...]:
    """What was marked before the latest answers to a form, with the replies that came with them."""
    answered = [one for one in marks.rounds_of(case, form_key) if one.answered]
    return _readable(case, form_key, answered[-1].marks, answered[-1].replies, actor) if answered else ()


def _readable(case: Case, form_key: str, sent, replies: dict, actor) -> tuple[Remark, ...]:
    form, process = releases.procedure_of(case.release).forms[form_key], releases.process_of(case)
    events = {seq: session().query(Event).filter_by(case_id=case.id, seq=seq).one() for seq in {mark.seq for mark in sent}}
    ranks = {section.key: place for place, section in enumerate(form.sections)}
    found = []
    for mark in sorted(sent, key=lambda mark: ranks.get(mark.section, 0)):
        element, reply = process.elements.get(mark.element), replies.get(mark.key, {})
        found.append(Remark(
            mark.key, mark.seq, mark.at, who_did(events[mark.seq], element, case, actor), element.name if element else "", mark.section,
            mark.field, mark.row, place_of(form, mark.section, mark.field, mark.row), mark.remark, bool(reply.get("done")), reply.get("text", "")))
    return tuple(found)
