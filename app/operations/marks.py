"""Marks (标注): what a reviewer marks in a form they read, sent with a decision, and what the returned person replies.

An unsent mark is of one person and one step, like a draft. A sent one is part of its event (`details.marks`) and is
never changed; the reply is part of the event that hands the form in again (`details.replies`).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.erased import shown
from app.errors import NotFound, RequestInvalid
from app.operations import releases
from app.operations.access import ensure_can_work
from app.operations.commands import case_id_of, locked_case, locked_task
from app.store import session
from app.store.models import Case, Event, Mark, MarkReply, Task

LONGEST, LONGEST_REPLY, MOST = 1000, 500, 200
SENDS = ("optional", "required")
_PLACE = ("form", "section", "field", "row", "remark")


@dataclass(frozen=True)
class SentMark:
    """A mark that was sent. `key` names it in its case; `seq` is the event, `element` the step it came from."""

    key: str
    seq: int
    element: str
    at: datetime
    section: str
    field: str
    row: int
    remark: str


@dataclass(frozen=True)
class Round:
    """What was marked in one revision of a form, and what was answered to it: {mark key: {"done", "text"}}."""

    marks: tuple[SentMark, ...]
    replies: dict
    answered: bool


def sends_marks(process: engine.Process, element: str) -> bool:
    """Whether some decision of this step takes marks along."""
    return any(decision.marks in SENDS for decision in process.elements[element].decisions)


def markable_forms(process: engine.Process) -> frozenset[str]:
    """The forms that may come back to whoever filled them in: those of steps that say `edit`."""
    return frozenset(e.form for e in process.elements.values() if e.form and e.properties.get("edit"))


def put_mark(task_id: str, *, form: str, section: str, field: str = "", row: int = 0, remark: str, actor, clock) -> Mark:
    """Marks a place of a form, or changes the remark there. Raises NotFound for a place that does not exist, RequestInvalid."""
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        _ensure_place(case, task, form, section, field, row)
        text = _ensure_remark(remark)
        mine = marks_of(task, actor)
        place = (form, section, field, row)
        mark = next((m for m in mine if (m.form, m.section, m.field, m.row) == place), None)
        if mark is None:
            if len(mine) >= MOST:
                raise RequestInvalid(why=_("一次最多标注 %(most)s 处，请合并后再标注", most=MOST))
            mark = Mark(case_id=case.id, element=task.element, person_id=actor.id, form=form, section=section, field=field, row=row)
            session().add(mark)
        mark.remark, mark.at = text, clock()
        session().flush()
        return mark


def drop_mark(task_id: str, mark_id: int, *, actor) -> None:
    """Takes an unsent mark away. Raises NotFound when it is not the actor's."""
    with locked_case(case_id_of(task_id)):
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        mark = next((m for m in marks_of(task, actor) if m.id == mark_id), None)
        if mark is None:
            raise NotFound()
        session().delete(mark)


def marks_of(task: Task, actor) -> list[Mark]:
    """What this person has marked at this step and not sent, in the order of marking."""
    own = (Mark.case_id == task.case_id, Mark.element == task.element, Mark.person_id == actor.id)
    return list(session().scalars(sa.select(Mark).where(*own).order_by(Mark.id)))


def taken_along(task: Task, decision: engine.Decision, actor) -> list[dict]:
    """The marks that go with this decision, as its event holds them; none when it sends none."""
    if decision.marks not in SENDS:
        return []
    return [{name: getattr(mark, name) for name in _PLACE} for mark in marks_of(task, actor)]


def drop_marks(task: Task, actor) -> None:
    """Forgets the marks of a step that was decided: what was sent is in the event."""
    session().execute(sa.delete(Mark).where(Mark.case_id == task.case_id, Mark.element == task.element, Mark.person_id == actor.id))


def save_replies(task_id: str, replies: dict[str, tuple[bool, str]], *, actor) -> None:
    """Keeps what a returned person says to remarks: {mark key: (done, text)}. Remarks that are not there are left out."""
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        known = {mark.key for mark in marks_in_force(case, task.form)}
        for key, (done, text) in replies.items():
            if key in known:
                session().merge(MarkReply(case_id=case.id, person_id=actor.id, mark=key, done=done, text=text.strip()[:LONGEST_REPLY]))


def replies_of(case: Case, actor) -> dict[str, MarkReply]:
    """mark key -> what this person has said to it and not handed in."""
    rows = session().scalars(sa.select(MarkReply).where(MarkReply.case_id == case.id, MarkReply.person_id == actor.id))
    return {row.mark: row for row in rows}


def replies_to_send(case: Case, task: Task, actor) -> dict[str, dict]:
    """What goes into the event that hands the form in: {mark key: {"done", "text"}}, of the marks in force."""
    said = replies_of(case, actor) if task.form else {}
    known = {mark.key for mark in marks_in_force(case, task.form)} if said else set()
    return {key: {"done": row.done, "text": row.text} for key, row in said.items() if key in known and (row.done or row.text)}


def marks_in_force(case: Case, form: str) -> tuple[SentMark, ...]:
    """The marks that whoever has this form now was sent: since the answers that were last decided on.

    Handing in and withdrawing again does not end them.
    """
    found = rounds_of(case, form)
    return found[-1].marks if found else ()


def rounds_of(case: Case, form: str) -> list[Round]:
    """All marks ever sent on a form, by revision, oldest first; steps that have another form are the deciding ones."""
    elements = releases.process_of(case).elements
    deciding: list[Event] = []
    handed_in: list[Event] = []
    found: list[Round] = []
    query = sa.select(Event.seq, Event.element, Event.at, Event.details).where(Event.case_id == case.id, Event.kind == "complete")
    for event in session().execute(query.order_by(Event.seq)):
        if event.element in elements and elements[event.element].form == form:
            handed_in.append(event)
            continue
        if handed_in:
            found.append(_round(deciding, handed_in, form))
            deciding, handed_in = [], []
        deciding.append(event)
    return [*found, _round(deciding, handed_in, form)]


def _round(deciding, handed_in, form: str) -> Round:
    marks = tuple(
        SentMark(f"{event.seq}.{place}", event.seq, event.element, event.at, mark["section"], mark["field"], mark["row"], mark["remark"])
        for event in deciding for place, mark in enumerate(shown(event.details).get("marks", ())) if mark["form"] == form)
    replies = {key: reply for event in handed_in for key, reply in shown(event.details).get("replies", {}).items()}
    return Round(marks, replies, bool(handed_in))


def _ensure_place(case: Case, task: Task, key: str, section: str, field: str, row: int) -> None:
    process = releases.process_of(case)
    form = releases.procedure_of(case.release).forms.get(key)
    if form is None or key not in markable_forms(process) or key not in case.latest or not sends_marks(process, task.element):
        raise NotFound()
    part = next((s for s in form.sections if s.key == section), None)
    found = next((f for f in part.fields if f.key == field), None) if part else None
    if part is None or (field and found is None) or row < 0 or row > 500 or (row and (found is None or found.type != "table")):
        raise NotFound()


def _ensure_remark(remark: str) -> str:
    text = remark.strip()
    if not text:
        raise RequestInvalid(why=_("请写明这一处有什么问题、怎么改，再保存标注"))
    if len(text) > LONGEST:
        raise RequestInvalid(why=_("标注最多 %(longest)s 字，现在 %(count)s 字，请删减", longest=LONGEST, count=len(text)))
    return text
