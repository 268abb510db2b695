"""All that the forms of a task's page warn of, as one list at its top: hints, which hinder nothing."""
from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app import rendering
from app.operations import reading
from app.operations.choices import CaseChoices
from app.routes.actors import clock, current_actor
from app.routes.pages.onward import listed


@dataclass(frozen=True)
class Hint:
    """What to look at again: the field's label, what is said of it, where it is."""

    label: str
    message: str
    address: str


def hints_of(view: reading.TaskView, sheet) -> list[Hint]:
    """What the reviewer's own form warns of, then the forms beside it. Nothing for who fills in their own application."""
    if not view.beside or sheet is None:
        return []
    own = [Hint(label, said, f"#f-{key}") for key, label, said in _warned(sheet.form, sheet.raw, sheet.context, sheet.choices)]
    return own + [hint for link in view.beside for hint in _beside(view, link.key)]


def _beside(view, key: str) -> list[Hint]:
    case, actor = view.head.case, current_actor()
    if reading.reads_masked(case, actor):
        return []
    form, answers, context = reading.filled_form(case, key, actor, clock())
    address = url_for("tasks.show", task_id=view.task.id, show=key, **listed())
    return [Hint(label, said, address) for _key, label, said in _warned(form, answers, context, CaseChoices(case.release, case, actor))]


def _warned(form, answers, context, choices):
    names = rendering.labels(form)
    for path, message in rendering.warnings(form, answers, context, choices).items():
        key = path.partition(".")[0]
        yield key, names.get(key, ""), message
