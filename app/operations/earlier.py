"""Answers of a person's earlier applications, offered again: for a new case (D-55), or piece by piece while a form is filled.

What a person typed is never overwritten unasked. Files, what other systems said and what is worked out are not taken;
nor is a value that cannot be chosen any more: it is named instead. A form says `copied: false` of what belongs to one year.
"""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app import rendering
from app.errors import NotFound
from app.operations import releases
from app.operations.access import ensure_can_work
from app.operations.cases import start_case
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context
from app.operations.drafts import read_draft, save_draft, starting_answers
from app.operations.revising import lock_of
from app.store import session, transaction
from app.store.models import Answers, Case, Notice, Task

NEVER = frozenset({"look_up", "read_only", "note", "ballot", "cases"})
FILES = frozenset({"file", "photo"})
CHOSEN = frozenset({"choice", "checks", "cascade", "entry", "organisation", "person", "people"})
MOST = 20  # earlier cases offered


@dataclass(frozen=True)
class Usable:
    """What can be taken from earlier answers; `dropped` are the labels of what is not valid any more."""

    answers: dict
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """One thing that may be taken. `key` is field or field:row; `now` is what stands there; `proposed`: nothing would be lost."""

    key: str
    label: str
    words: str
    now: str
    proposed: bool


def ensure_ended_own(case_id: int, actor) -> Case:
    """The actor's own case that is over. Raises NotFound."""
    case = session().get(Case, case_id)
    if case is None or case.starter_id != actor.id or case.ended_at is None:
        raise NotFound()
    return case


def begin_again(process_id: str, old_id: int, *, actor, clock, answers: dict | None = None) -> Case:
    """Starts a new case whose first forms hold what the earlier one said, as drafts. What was not taken is told in a notice.

    `answers` are those of the start form: a commitment is given anew. Raises NotFound and what `start_case` raises.
    """
    with transaction():
        old = ensure_ended_own(old_id, actor)
        made = start_case(process_id, actor=actor, clock=clock, answers=answers)
        dropped = [label for task in _own_tasks(made, actor) for label in _carry(old, made, task, actor, clock)]
        session().add(Notice(person_id=actor.id, case_id=made.id, request=f"again-{made.id}", kind="progress", at=clock(), title=f"已带入 {old.number} 的填报内容",
                             text=_told(dropped)[:1000]))
        return made


def _told(dropped: list[str]) -> str:
    told = "附件没有带入，请重新上传或从资料库选取。请逐项核对后提交。"
    return f"以下内容已失效，没有带入，请重新填写：{'、'.join(dict.fromkeys(dropped))}。{told}" if dropped else told


def _own_tasks(case: Case, actor) -> list[Task]:
    mine = sa.select(Task).where(Task.case_id == case.id, Task.state == "open", Task.assignee == actor.id, Task.form != "")
    return list(session().scalars(mine))


def _carry(old: Case, made: Case, task: Task, actor, clock) -> tuple[str, ...]:
    if task.form not in old.latest:
        return ()
    found = usable(old, made, task, actor, clock)
    if found.answers:
        save_draft(task.id, found.answers, actor=actor, clock=clock)
    return found.dropped


def usable(old: Case, case: Case, task: Task, actor, clock) -> Usable:
    """What of the earlier answers to the task's form can be taken into this case."""
    form = releases.procedure_of(case.release).forms[task.form]
    given = session().get(Answers, old.latest[task.form]).data
    kept = {field.key: value for field in form.fields() if (value := _copied(field, given.get(field.key))) not in (None, "", [], {})}
    context = case_context(case, actor=actor, clock=clock, task=task)
    _clean, errors = rendering.validate(form, kept, context, CaseChoices(case.release, case, actor), partial=True)
    names = rendering.labels(form)
    dropped = [names.get(label, label) for path in errors if (label := _taken_out(form, kept, path))]
    return Usable(kept, tuple(dict.fromkeys(dropped)))


def _copied(field, value):
    """The value as far as it is copied; rows without the columns that are not."""
    wanted = field.copied if field.copied is not None else field.type not in FILES
    if not wanted or field.type in NEVER or field.readonly or field.generated:
        return None
    if field.type != "table":
        return value
    kept = {column.key for column in field.all_columns() if _copied(column, True)}
    return [{key: cell for key, cell in row.items() if key in kept} for row in value or [] if isinstance(row, dict)]


def _taken_out(form, kept: dict, path: str) -> str:
    """Takes a value that cannot be chosen any more out of `kept`; the key of its label, "" when the fault is another."""
    key, *inner = path.split(".")
    field = form.field(key)
    if field is None or key not in kept:
        return ""
    if not inner and field.type in CHOSEN:
        del kept[key]
        return key
    column = next((c for c in field.all_columns() if len(inner) == 2 and c.key == inner[1]), None)
    if column is None or column.type not in CHOSEN:
        return ""
    kept[key][int(inner[0])].pop(column.key, None)
    return f"{key}.{column.key}"


def sources(case: Case, task: Task, actor) -> list[Case]:
    """The person's other cases of the procedure in which they gave this form, newest first; none for a returned form."""
    if not task.form or case.starter_id != actor.id:
        return []
    theirs = sa.select(Case).where(Case.starter_id == actor.id, Case.id != case.id, Case.procedure == case.procedure)
    return [old for old in session().scalars(theirs.order_by(Case.id.desc()).limit(MOST)) if task.form in old.latest]


def pieces(old: Case, case: Case, task: Task, actor, clock) -> list[tuple[str, list[Piece]]]:
    """(section, pieces) of what may be taken from an earlier case, beside what stands in the form now."""
    form = releases.procedure_of(case.release).forms[task.form]
    found, now = usable(old, case, task, actor, clock).answers, _present(case, task, actor)
    context, choices = case_context(case, actor=actor, clock=clock, task=task), CaseChoices(case.release, case, actor)
    was, stands = rendering.words_of(form, list(found), found, context, choices), rendering.words_of(form, [k for k in found if now.get(k)], now, context, choices)
    names, sections = rendering.labels(form), []
    for section in form.sections:
        offered = [piece for field in section.fields if field.key in found
                   for piece in _pieces(field, found[field.key], now.get(field.key), was[field.key], stands.get(field.key, ""), names)]
        if offered:
            sections.append((section.title, offered))
    return sections


def _pieces(field, value, now, words, stands, names: dict):
    if field.type != "table":
        if value != now:
            yield Piece(field.key, names[field.key], str(words), str(stands), now in (None, "", [], {}))
        return
    for place, row in enumerate(value):
        if not any(_same(row, one) for one in now or []):
            told = "；".join(str(text) for text in words[place].values() if text)
            yield Piece(f"{field.key}:{place}", names[field.key], told, "", not now)


def _same(row: dict, other: dict) -> bool:
    return all(other.get(key) == value for key, value in row.items() if value not in (None, ""))


def take(old_id: int, task_id: str, keys: list[str], *, actor, clock) -> int:
    """Puts the chosen pieces into the draft: fields in place, rows behind those that are there. Returns how many."""
    with transaction():
        task = session().get(Task, task_id)
        if task is None:
            raise NotFound()
        ensure_can_work(task, actor)
        case = session().get(Case, task.case_id)
        old = next((one for one in offered(case, task, actor, clock) if one.id == old_id), None)
        if old is None:
            raise NotFound()
        return _put(usable(old, case, task, actor, clock).answers, task, keys, _present(case, task, actor), actor, clock)


def offered(case: Case, task: Task, actor, clock) -> list[Case]:
    """From which cases something may be taken now: none while only marked places of the form may be changed."""
    found = sources(case, task, actor)
    if not found:
        return []
    form = releases.procedure_of(case.release).forms[task.form]
    context = case_context(case, actor=actor, clock=clock, task=task)
    return [] if lock_of(case, task, form, context, CaseChoices(case.release, case, actor)) else found


def _put(found: dict, task: Task, keys: list[str], now: dict, actor, clock) -> int:
    taken, count = {}, 0
    for key in dict.fromkeys(keys):
        field, _colon, place = key.partition(":")
        if not place and field in found:
            taken[field] = found[field]
        elif place.isdecimal() and field in found and int(place) < len(found[field]):
            taken[field] = [*taken.get(field, now.get(field) or []), found[field][int(place)]]
        else:
            continue
        count += 1
    if taken:
        save_draft(task.id, taken, actor=actor, clock=clock)
    return count


def _present(case: Case, task: Task, actor) -> dict:
    draft = read_draft(task, actor)
    return dict(draft.data) if draft else starting_answers(case, task)
