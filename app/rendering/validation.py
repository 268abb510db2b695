"""Answers against their form: what can be read, what is shown, what is wrong. The server's only judge of answers.

Imported by `app/rendering/__init__.py`; operations and routes call it through there. Nothing about HTML.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _, lazy_gettext
from marshmallow import RAISE, Schema, ValidationError

from app.rendering.choices import Choices, NoChoices
from app.rendering.field_types import field_type
from app.rendering.scene import Scene, asked_language

EMPTY, INCOMPLETE, COMPLETE = "empty", "incomplete", "complete"
_ROUNDS = 6  # conditions that hide each other settle in as many rounds as they are deep


class AnswersSchema(Schema):
    """The base of each form's schema: what the form does not know is refused (faults H-04)."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": lazy_gettext("表单没有这一栏")}
    scene: Scene = Scene(None)


_schemas: dict[int, tuple[Any, type[Schema]]] = {}


def form_schema(form) -> type[Schema]:
    """The marshmallow schema class of a form, made once per loaded form. Set `.scene` on an instance before loading."""
    known = _schemas.get(id(form))
    if known is None or known[0] is not form:
        if len(_schemas) > 200:
            _schemas.clear()
        members = {field.key: field_type(field).schema(field) for field in answered_fields(form)}
        known = _schemas[id(form)] = (form, type(f"{form.key}_answers", (AnswersSchema,), members))
    return known[1]


def answered_fields(form) -> list:
    """The fields that have an answer."""
    return [field for field in form.fields() if field_type(field).has_value]


def _scene(form, answers: Mapping, context: Mapping, choices: Choices | None) -> Scene:
    return Scene(form, answers, context, choices or NoChoices(), language=asked_language())


def validate(form, answers: Mapping, context: Mapping, choices: Choices | None = None, partial: bool = False,
             previous: Mapping | None = None, read: tuple | None = None) -> tuple[dict, dict[str, str]]:
    """The answers as they are to be stored, and {path: message} of what is wrong.

    Paths are `field`, `table.2.column` (rows from 0) and, for a rule of a row, `table.2`. `clean` holds the shown
    fields that were sent and can be read, hidden and secret ones dropped; it may be stored only without errors, or
    as a draft with `partial=True`, which asks for nothing that is missing. Read-only fields take their value from
    `previous` (the answers stored before) or their default, never from the request, once `previous` is given;
    read-only generated ones are always worked out here. `read`: what `read_answers` gave for these answers.
    """
    scene, errors = read or read_answers(form, answers, _scene(form, {}, context, choices))
    scene = scene.with_answers(_own_rows(scene.answers)) if read else scene
    scene = visible_scene(scene.with_answers(with_fixed(form, scene, previous, final=not partial)))
    shown = visible_fields(scene)
    keys = {field.key for field in shown}
    hidden = {field.key for field in answered_fields(form)} - keys
    errors = {path: message for path, message in errors.items() if path.split(".")[0] not in hidden}
    judge(shown, scene.answers, scene, errors, partial)
    clean = {f.key: scene.answers[f.key] for f in shown if f.key in scene.answers and not field_type(f).secret}
    return clean, errors


def _own_rows(answers: Mapping) -> dict:
    """The answers with rows of their own: judging takes hidden columns out of them."""
    return {key: [dict(row) if isinstance(row, dict) else row for row in value] if isinstance(value, list) else value
            for key, value in answers.items()}


def read_part(form, typed: Mapping, answers: Mapping, context: Mapping, choices: Choices | None = None) -> dict:
    """What was typed in one place, as far as it can be read; what cannot stays as typed. Nothing else of the form is looked at."""
    scene, found = _scene(form, answers, context, choices), dict(typed)
    fields = [field for field in answered_fields(form) if field.key in typed]
    for field in fields:
        kind = field_type(field)
        try:
            value = kind.clean(field, found[field.key], scene.with_answers({**answers, **found}))
        except ValueError:
            continue
        found[field.key] = kind.empty(field) if kind.is_empty(value) else value
    for field in fields:
        _settle(field, found, scene.with_answers({**answers, **found}), False)
    return found


def read_answers(form, answers: Mapping, scene: Scene) -> tuple[Scene, dict[str, str]]:
    """The scene with what can be read of raw answers, and what cannot."""
    schema = form_schema(form)()
    schema.scene = scene.with_answers(answers if isinstance(answers, Mapping) else {})
    try:
        values, errors = schema.load(answers), {}
    except ValidationError as error:
        values, errors = error.valid_data or {}, flat(error.normalized_messages())
    kinds = {field.key: (field, field_type(field)) for field in answered_fields(form)}
    read = {}
    for key in kinds:
        if key in values:
            field, kind = kinds[key]
            read[key] = kind.empty(field) if kind.is_empty(values[key]) else values[key]
    return scene.with_answers(read), errors


def flat(messages: Any, path: str = "") -> dict[str, str]:
    """Nested messages as {path: first message}; names that came from outside are cut to a readable length."""
    if isinstance(messages, Mapping):
        found = {}
        for key, inner in messages.items():
            name = str(key)[:60]
            found.update(flat(inner, f"{path}.{name}" if path else name))
        return found
    return {path: str(messages[0] if isinstance(messages, list) else messages)}


def visible_scene(scene: Scene) -> Scene:
    """The scene without the answers of hidden fields, which read as null to every other condition."""
    everything, shown = scene.answers, scene
    for _round in range(_ROUNDS):
        keys = {field.key for field in visible_fields(shown)}
        kept = {key: value for key, value in everything.items() if key in keys}
        if kept.keys() == shown.answers.keys():
            break
        shown = shown.with_answers(kept)
    return shown


def visible_sections(scene: Scene) -> list:
    """The sections that are shown."""
    return [section for section in scene.form.sections if scene.shows(section)]


def visible_fields(scene: Scene, section=None) -> list:
    """The fields with an answer that are shown: of one section or of all."""
    sections = visible_sections(scene) if section is None else [section]
    return [f for part in sections for f in part.fields if field_type(f).has_value and scene.shows(f)]


def judge(fields: Iterable, values: Mapping, scene: Scene, errors: dict, partial: bool, prefix: str = "") -> None:
    """Put into `errors` what is wrong with the values of shown fields; what cannot be read has its message already."""
    for field in fields:
        path = prefix + field.key
        if path in errors:
            continue
        for message in _faults(field, values.get(field.key), scene, partial):
            errors.setdefault(path, message)
        if field.type == "table":
            _judge_rows(field, values.get(field.key) or [], scene, errors, partial, path)


def _faults(field, value, scene: Scene, partial: bool) -> list[str]:
    kind = field_type(field)
    if kind.is_empty(value):
        if not partial and scene.requires(field):
            return [required_message(field, scene)]
        rules = field.valid_when if kind.judged_when_empty and not partial else ()
        return scene.broken_rules(rules)
    return kind.check(field, value, scene) + scene.broken_rules(field.valid_when)


def required_message(field, scene: Scene) -> str:
    """What to do about an unanswered field, in the verb that fits its type."""
    label = scene.text(field)
    if field.type in ("file", "photo"):
        return _("请上传%(label)s", label=label)
    if field.type == "table":
        return _("请至少填写一行%(label)s", label=label)
    if field.type in ("choice", "cascade", "checks", "yes_no", "person", "people", "organisation", "cases", "ballot", "entry"):
        return _("请选择%(label)s", label=label)
    return _("请填写%(label)s", label=label)


def scene_of(form, answers: Mapping, context: Mapping, choices: Choices | None = None, row: Mapping | None = None) -> Scene:
    """A form at one moment, its hidden answers gone; with the row one is in."""
    scene = visible_scene(read_answers(form, answers, _scene(form, {}, context, choices))[0])
    return scene if row is None else scene.in_row(row)


def _judge_rows(field, rows: list, scene: Scene, errors: dict, partial: bool, path: str) -> None:
    kind = field_type(field)
    for index, row in enumerate(rows):
        within, prefix = scene.in_row(row), f"{path}.{index}."
        columns = [column for column in kind.visible(field, row, scene) if field_type(column).has_value]
        keys = {column.key for column in columns}
        for key in [key for key in row if key not in keys]:
            del row[key]
            errors.pop(prefix + key, None)
        judge(columns, row, within, errors, partial, prefix)
        for message in within.broken_rules(field.row_valid_when):
            errors.setdefault(f"{path}.{index}", message)


def validate_row(form, field, row: Mapping, answers: Mapping, context: Mapping,
                 choices: Choices | None = None) -> tuple[dict, dict[str, str]]:
    """One row of a table before it is put among the others: the row as it is to be stored, and {column: message}.

    A rule of the whole row has the path "".
    """
    scene = _scene(form, answers, context, choices)
    clean, faults = field_type(field).clean_row(field, row, scene)
    errors = {f"{field.key}.0.{key}": messages[0] for key, messages in faults.items()}
    _judge_rows(field, [clean], scene, errors, False, field.key)
    return clean, {path[len(field.key) + 3:]: message for path, message in errors.items()}


def with_fixed(form, scene: Scene, previous: Mapping | None, final: bool = False) -> dict:
    """The answers with read-only fields as they were, or as the form works them out, whatever was sent.

    Fields whose value follows from others (`settled`) are worked out in the order of the form.
    """
    answers = dict(scene.answers)
    for field in answered_fields(form):
        if field.readonly and field.generated:
            answers[field.key] = scene.with_answers(answers).evaluate(field.generated)
        elif field.readonly and previous is not None:
            kept = previous.get(field.key)
            answers[field.key] = scene.evaluate(field.default) if kept is None else kept
        else:
            _settle(field, answers, scene, final)
    return answers


def _settle(field, answers: dict, scene: Scene, final: bool) -> None:
    present = answers.get(field.key)
    settled = field_type(field).settled(field, present, scene.with_answers(answers), final)
    if settled != present:
        answers[field.key] = settled


def ballots(form, answers: Mapping, context: Mapping, choices: Choices | None = None) -> list[tuple[str, str]]:
    """The secret choices in raw answers: (ballot id, option) of each shown ballot field. Never store them together
    with who sent them; `validate` leaves them out of what it returns."""
    if not any(field_type(field).secret for field in answered_fields(form)):  # nearly every form: not read again
        return []
    scene, _errors = read_answers(form, answers, _scene(form, {}, context, choices))
    scene = visible_scene(scene)
    return [(str(scene.evaluate(field.box) or ""), scene.answers[field.key]) for field in visible_fields(scene)
            if field_type(field).secret and scene.answers.get(field.key)]


def section_states(form, answers: Mapping, context: Mapping, choices: Choices | None = None) -> dict[str, str]:
    """{section key: "empty" | "incomplete" | "complete"} of the shown sections."""
    return {key: state for key, (state, _count) in section_report(form, answers, context, choices).items()}


def section_report(form, answers: Mapping, context: Mapping, choices: Choices | None = None,
                   errors: Mapping | None = None, read: tuple | None = None) -> dict[str, tuple[str, int]]:
    """{section key: (state, how many things are missing or wrong)} of the shown sections.

    A section that asks nothing is complete; an untouched one is empty even where nothing in it is required.
    `errors` saves validating again.
    """
    if errors is None:
        errors = validate(form, answers, context, choices)[1]
    scene = visible_scene((read or read_answers(form, answers, _scene(form, {}, context, choices)))[0])
    return {section.key: _section_state(section, scene, errors) for section in visible_sections(scene)}


def _section_state(section, scene: Scene, errors: Mapping) -> tuple[str, int]:
    fields = visible_fields(scene, section)
    keys = {field.key for field in fields}
    wrong = sum(1 for path in errors if path.split(".")[0] in keys)
    filled = any(not field_type(f).is_empty(scene.answers.get(f.key)) for f in fields
                 if not (f.readonly or f.default or f.generated))
    if wrong:
        return (INCOMPLETE if filled else EMPTY), wrong
    return (COMPLETE if filled or not fields else EMPTY), 0
