"""The ballots of one person side by side: which wait for them, and casting several at once. Nothing of a choice is kept here.

Built on tasks whose form asks for nothing but a secret vote; whatever else a form asks is done on the page of its task.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app import rendering
from app.ballots import Ballot
from app.definitions import Field, Form
from app.errors import NotFound, PingshenError, TaskNoLongerOpen
from app.operations import releases
from app.operations.access import can_work_on
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context
from app.operations.decisions import decisions_of
from app.operations.tasks import complete_task
from app.rendering.field_types import field_type
from app.store import session
from app.store.models import Case, Task

MOST = 200  # ballots on one page; more are cast in turns
_MINE = sa.select(Task, Case).join(Case, Case.id == Task.case_id).where(
    Task.assignee == sa.bindparam("me"), Task.state == "open", Task.form != "").order_by(Case.number, Task.id)
# What one has cast is told only while the ballot is open: then the row stays where it was, saying so.
_CAST = sa.select(Task, Case).join(Case, Case.id == Task.case_id).where(
    Task.case_id.in_(sa.select(Ballot.case_id).where(Ballot.state == "open")),
    Task.closed_by == sa.bindparam("me"), Task.state == "done", Task.form != "").order_by(Case.number, Task.id)


@dataclass(frozen=True)
class Paper:
    """One ballot as its voter sees it. `facts` are the shown values of its form in words, by their labels."""

    task: Task
    case: Case
    form: Form
    field: Field
    facts: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    cast: bool
    outcome: str  # "" when it is to be cast on the page of its task


@dataclass(frozen=True)
class Told:
    """What became of several ballots: how many were cast, and what was refused why. Never what was chosen."""

    cast: int
    refused: dict[str, PingshenError]


def ballot_field(form: Form | None) -> Field | None:
    """The secret vote that a form asks for."""
    return next((field for field in form.fields() if field_type(field).secret), None) if form else None


def papers_of(actor, clock, language: str = "zh") -> list[Paper]:
    """The ballots open to this person and those they have cast that still run, by case number: never by when or what."""
    waiting = _with_ballot(_MINE, actor)[:MOST]
    there = {task.case_id for task, _case in waiting}
    cast = [(task, case) for task, case in _with_ballot(_CAST, actor) if task.case_id not in there][:MOST]
    papers = [_paper(task, case, actor, clock, language) for task, case in waiting + cast]
    return sorted(papers, key=lambda paper: (paper.form.key, paper.case.number, paper.task.id))


def number_of_papers(actor) -> int:
    """How many ballots wait for this person."""
    return len(_with_ballot(_MINE, actor))


def cast_papers(chosen: Mapping[str, str], *, actor, clock) -> Told:
    """Casts each of these ballots (task id -> choice) as its own completion: one that is refused holds up no other.

    A ballot that this person has cast already counts as cast: a page sent twice tells nothing new.
    """
    done, refused = 0, {}
    for task_id in sorted(chosen):
        try:
            _cast(task_id, chosen[task_id], actor, clock)
            done += 1
        except PingshenError as refusal:
            if _is_mine_already(refusal, task_id, actor):
                done += 1
            else:
                refused[task_id] = refusal
    return Told(done, refused)


def _cast(task_id: str, choice: str, actor, clock) -> None:
    task = session().get(Task, task_id, populate_existing=True)
    case = session().get(Case, task.case_id) if task else None
    field = ballot_field(releases.procedure_of(case.release).forms.get(task.form)) if case else None
    if field is None or task.assignee != actor.id and task.closed_by != actor.id:
        raise NotFound()
    outcome = _only_way(task, case, case_context(case, actor=actor, clock=clock, task=task))
    complete_task(task_id, actor=actor, clock=clock, answers={field.key: choice}, outcome=outcome)


def _is_mine_already(refusal: PingshenError, task_id: str, actor) -> bool:
    task = session().get(Task, task_id, populate_existing=True)
    return isinstance(refusal, TaskNoLongerOpen) and task.state == "done" and task.closed_by == actor.id


def _with_ballot(query, actor) -> list[tuple[Task, Case]]:
    rows = [(task, case) for task, case in session().execute(query, {"me": actor.id})]
    return [(task, case) for task, case in rows if ballot_field(releases.procedure_of(case.release).forms.get(task.form))]


def _paper(task: Task, case: Case, actor, clock, language: str) -> Paper:
    form = releases.procedure_of(case.release).forms[task.form]
    context = case_context(case, actor=actor, clock=clock, task=task)
    choices = CaseChoices(case.release, case, actor)
    words = rendering.printed(form, {}, context, choices, language=language)
    named = rendering.labels(form, language)
    shown = [f.key for f in form.fields() if f.type == "read_only" and words.get(f.key)]
    field = ballot_field(form)
    scene = rendering.scene_of(form, {}, context, choices)
    plain = task.state == "open" and can_work_on(task, actor) and _asks_nothing_else(form, field, scene)
    return Paper(
        task, case, form, field, tuple((named[key], words[key]) for key in shown),
        tuple(field_type(field).shown(field, None, scene)["choices"]), task.state == "done", _only_way(task, case, context) if plain else "")


def _asks_nothing_else(form: Form, field: Field, scene) -> bool:
    return not any(scene.requires(one) for one in form.fields() if one.key != field.key and field_type(one).has_value and scene.shows(one))


def _only_way(task: Task, case: Case, context: dict) -> str:
    """The one way on from a ballot, when there is one and it asks no reason."""
    ways = decisions_of(releases.process_of(case), task, context)
    return ways[0].outcome if len(ways) == 1 and not ways[0].reason else ""
