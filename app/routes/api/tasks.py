"""Tasks: the inbox, the form of a task, drafts, completion, and who has it."""
from __future__ import annotations

from app.operations import tasks as work
from app.operations.choices import CaseChoices
from app.operations.drafts import save_draft
from app.operations.marks import put_mark
from app.operations.reading.inboxes import inbox
from app.operations.reading.taskpages import view_task
from app.rendering import json_schema, warnings
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint
from app.routes.api.cases import after
from app.routes.api.repeating import answer_once

blueprint = ApiBlueprint("api_tasks", __name__, description="Tasks: what waits for people")


@blueprint.get("/tasks")
@access("signed-in")
@blueprint.arguments(shapes.Cursor, location="query")
@blueprint.response(200, shapes.TaskPage)
def list_waiting(query):
    """What waits for me and in my pools, newest first."""
    return inbox(current_actor(), cursor=query["cursor"])


@blueprint.get("/tasks/<task_id>")
@access("signed-in")
@blueprint.response(200, shapes.TaskShape)
def show(task_id):
    """A task: its form as JSON Schema, its outcomes, my draft."""
    view = view_task(task_id, current_actor(), clock())
    task = view.task
    return {
        "id": task.id, "case_id": task.case_id, "number": view.head.case.number, "element": task.element,
        "name": task.name, "stage": task.stage, "state": task.state, "due": task.due, "mine": view.mine,
        "takeable": view.takeable, "form": json_schema(view.form) if view.form else None,
        # Whoever may only read the case gets no answers here: forms that are read have rules of their own.
        "answers": view.answers if view.mine else {}, "warnings": _warnings(view), "draft": view.draft, "outcomes": view.decisions,
        "marks": view.marks if view.mine else [], "returned": view.returned,
    }


def _warnings(view) -> dict:
    """What the form warns of, for whoever may fill it in."""
    if not (view.form and view.mine):
        return {}
    case = view.head.case
    return warnings(view.form, view.answers, view.context, CaseChoices(case.release, case, current_actor()))


@blueprint.put("/tasks/<task_id>/draft")
@access("signed-in")
@blueprint.arguments(shapes.DraftPart)
@blueprint.response(200, shapes.DraftShape)
def keep(part, task_id):
    """Saves what I have typed so far; fields that are not named stay as they were."""
    return save_draft(task_id, part["answers"], actor=current_actor(), clock=clock(), seen_version=part["version"])


@blueprint.post("/tasks/<task_id>/marks")
@access("signed-in")
@blueprint.arguments(shapes.MarkPlace)
@blueprint.response(200, shapes.UnsentMark)
def mark(place, task_id):
    """Marks a place of a form that I read for this task; it goes with a decision that takes marks along."""
    return put_mark(task_id, **place, actor=current_actor(), clock=clock())


@blueprint.post("/tasks/<task_id>/completion")
@access("signed-in")
@blueprint.arguments(shapes.Completion)
@blueprint.response(200, shapes.CaseShape)
def complete(done, task_id):
    """Completes a task with its answers along one of its outcomes."""
    return answer_once(lambda: after(work.complete_task(
        task_id, actor=current_actor(), clock=clock(), answers=done["answers"], outcome=done["outcome"], reason=done["reason"])))


@blueprint.post("/tasks/<task_id>/take")
@access("signed-in")
@blueprint.response(200, shapes.Taken)
def take(task_id):
    """Takes a task out of my pool."""
    return answer_once(lambda: _dumped(work.take_task(task_id, actor=current_actor(), clock=clock())))


@blueprint.post("/tasks/<task_id>/give-back")
@access("signed-in")
@blueprint.response(200, shapes.Taken)
def give_back(task_id):
    """Puts a task I took back into its pool."""
    return answer_once(lambda: _dumped(work.give_back_task(task_id, actor=current_actor(), clock=clock())))


@blueprint.post("/tasks/<task_id>/hand-over")
@access("signed-in")
@blueprint.arguments(shapes.HandOver)
@blueprint.response(200, shapes.Taken)
def hand_over(wanted, task_id):
    """Hands a task to a colleague of the same pool."""
    return answer_once(lambda: _dumped(work.hand_task(task_id, wanted["to"], actor=current_actor(), clock=clock())))


def _dumped(task) -> dict:
    return shapes.Taken().dump(task)
