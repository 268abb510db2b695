"""Which fields a returned person may change: with `edit: marked` those that were marked, and what follows from them.

The diagram says it on the user task; without marks, or with `edit: all`, everything may be changed.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app import rendering
from app.definitions import Form
from app.errors import AnswersInvalid
from app.expressions import ExpressionError, compile_expression
from app.operations import releases
from app.operations.drafts import starting_answers
from app.operations.marks import SentMark, marks_in_force
from app.rendering.validation import visible_fields
from app.store.models import Case, Task

_ROUNDS = 8  # a change opens a field whose change opens another: chains longer than this end in an error that names the field


@dataclass(frozen=True)
class Lock:
    """What may be changed of a form: `previous` are the answers that were returned, `marked` the fields that were marked."""

    form: Form
    previous: Mapping
    marked: frozenset[str]
    context: Mapping
    choices: object

    def opened(self, answers: Mapping) -> frozenset[str]:
        """The fields that may be changed when these are the answers: marked ones, ones their change made wrong, ones it made appear."""
        opened = self._with_fillings(self.marked)
        before = self._shown(self.previous)
        for _round in range(_ROUNDS):
            now = self.kept(answers, opened)
            errors = rendering.validate(self.form, now, self.context, self.choices, previous=self.previous)[1]
            fresh = ({path.partition(".")[0] for path in errors} | (self._shown(now) - before)) - opened
            if not fresh:
                break
            opened = self._with_fillings(opened | fresh)
        return frozenset(opened)

    def kept(self, answers: Mapping, opened: frozenset[str] | None = None) -> dict:
        """The answers with everything else as it was."""
        opened = self.opened(answers) if opened is None else opened
        before = {key: value for key, value in self.previous.items() if key not in opened}
        return before | {key: value for key, value in answers.items() if key in opened}

    def ensure_kept(self, answers: Mapping) -> dict:
        """The answers with everything else as it was. Raises AnswersInvalid naming the fields that were changed elsewhere."""
        opened = self.opened(answers)
        before, now = self._read(self.previous), self._read({**self.previous, **answers})
        followed = {field.key for field in self.form.fields() if field.generated or field.readonly or field.hidden}
        changed = [key for key, value in now.items() if key not in opened | followed and not _same(value, before.get(key))]
        if changed:
            raise AnswersInvalid(count=len(changed), fields={key: _("这一栏没有被退回，不能修改") for key in changed})
        return self.kept(answers, opened)

    def _read(self, answers: Mapping) -> Mapping:
        return rendering.scene_of(self.form, answers, self.context, self.choices).answers

    def _shown(self, answers: Mapping) -> frozenset[str]:
        return frozenset(f.key for f in visible_fields(rendering.scene_of(self.form, answers, self.context, self.choices)))

    def _with_fillings(self, opened) -> frozenset[str]:
        """With the fields that a look-up among them fills, and texts that are made of them."""
        found = set(opened)
        for field in self.form.fields():
            if field.key in found:
                found.update(field.fills)
        found.update(f.key for f in self.form.fields() if f.generated and not f.readonly and _sources(f.generated) & found)
        return frozenset(found)


def lock_of(case: Case, task: Task, form: Form, context: Mapping, choices) -> Lock | None:
    """What may be changed of the form of this task; None when all of it may."""
    element = releases.process_of(case).elements[task.element]
    if element.properties.get("edit") != "marked" or task.form not in case.latest:
        return None
    marks = marks_in_force(case, task.form)
    return Lock(form, starting_answers(case, task), marked_fields(form, marks), context, choices) if marks else None


def marked_fields(form: Form, marks: tuple[SentMark, ...]) -> frozenset[str]:
    """The fields that marks name; a mark on a section names all of it."""
    whole = {mark.section for mark in marks if not mark.field}
    single = {mark.field for mark in marks if mark.field}
    return frozenset(f.key for section in form.sections for f in section.fields if section.key in whole or f.key in single)


def _sources(text: str) -> set[str]:
    try:
        return {path.split(".")[1] for path in compile_expression(text).paths if path.startswith("answers.")}
    except ExpressionError:
        return set()


def _same(one, other) -> bool:
    return one == other or (one in (None, "", []) and other in (None, "", []))
