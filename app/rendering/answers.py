"""What happens to answers besides judging: defaults, generated texts, changes, words for reports, the API's schema.

Imported by `app/rendering/__init__.py`. Pure functions; answers are never changed in place.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import force_locale

from app.proof.digests import is_erased
from app.rendering.choices import Choices, NoChoices
from app.rendering.field_types import field_type
from app.rendering.scene import Scene
from app.rendering.validation import answered_fields, visible_fields, visible_scene


def defaults(form, context: Mapping, choices: Choices | None = None) -> dict:
    """The answers a form begins with: defaults in the order of the fields (one may use those above), then generated texts."""
    answers: dict = {}
    for field in answered_fields(form):
        if field.default:
            value = _default(field, Scene(form, answers, context, choices or NoChoices()))
            if value is not None:
                answers[field.key] = value
    return apply_generated(form, answers, {}, context, choices).answers


def row_defaults(form, field, answers: Mapping, context: Mapping, choices: Choices | None = None) -> dict:
    """What a new row of a table begins with."""
    scene, row = Scene(form, answers, context, choices or NoChoices()), {}
    for column in field.columns:
        if column.default:
            value = _default(column, scene.in_row(row))
            if value is not None:
                row[column.key] = value
    return row


def _default(field, scene: Scene):
    value = scene.evaluate(field.default)
    kind = field_type(field)
    try:
        return None if value is None else kind.clean(field, value, scene)
    except ValueError:
        return None  # a default that nobody could choose today (an expired code): the field starts empty


@dataclass(frozen=True)
class Generated:
    """`answers` with generated texts; `outdated`: fields whose text would be new but was written by a person."""

    answers: dict
    outdated: frozenset[str]


def apply_generated(form, answers: Mapping, previous: Mapping, context: Mapping, choices: Choices | None = None,
                    shown: Mapping[str, str] | None = None) -> Generated:
    """Work out generated texts anew, where the person has not changed what was generated from `previous`.

    `shown`: {field: text} that the page was made with, when it was worked out after `previous` was saved.

    A text that a person changed stays; when its sources changed it is named in `outdated`, so that the page asks
    before overwriting (B.1.4). Read-only generated fields always follow.
    """
    result, outdated = dict(answers), set()
    before = Scene(form, previous, context, choices or NoChoices())
    for field in answered_fields(form):
        if not field.generated:
            continue
        new = before.with_answers(result).evaluate(field.generated)
        old = before.evaluate(field.generated) if previous else None
        present = result.get(field.key)
        unchanged = _same(present, old) or _same(present, (shown or {}).get(field.key))
        if field.readonly or present in (None, "") or unchanged:
            result[field.key] = new
        elif not _same(new, old) and not _same(present, new):
            outdated.add(field.key)
    return Generated(result, frozenset(outdated))


def generated_text(field, form, answers: Mapping, context: Mapping, choices: Choices | None = None) -> str:
    """What a generated field would say for these answers."""
    return str(Scene(form, answers, context, choices or NoChoices()).evaluate(field.generated) or "")


def _same(one, other) -> bool:
    return str(one or "").strip() == str(other or "").strip()


def changed_fields(form, before: Mapping, after: Mapping) -> dict[str, tuple]:
    """{path: (old, new)} of what differs: `field`, and for tables `table.2.column` or `table.2` (row added or gone)."""
    changes: dict[str, tuple] = {}
    for field in answered_fields(form):
        old, new = before.get(field.key), after.get(field.key)
        if old == new or (field_type(field).is_empty(old) and field_type(field).is_empty(new)):
            continue
        changes[field.key] = (old, new)
        if field.type == "table" and not is_erased(old) and not is_erased(new):
            changes.update(_changed_rows(field, old or [], new or []))
    return changes


def _changed_rows(field, old: list, new: list) -> dict[str, tuple]:
    """A row that moved is the same row: rows are compared with what stands beside them after equal ones are set aside."""
    moved = [row for row in old if row in new]
    left = [row for row in old if row not in moved]
    changes: dict[str, tuple] = {}
    for index, row in enumerate(new):
        if row in moved:
            continue
        partner = left.pop(0) if left else None
        if partner is None:
            changes[f"{field.key}.{index}"] = (None, row)
            continue
        for key in {**partner, **row}:
            if partner.get(key) != row.get(key):
                changes[f"{field.key}.{index}.{key}"] = (partner.get(key), row.get(key))
    return changes


def printed(form, answers: Mapping, context: Mapping, choices: Choices | None = None, mask: bool = False,
            language: str = "zh") -> dict:
    """The answers in words, for report templates: {field: text}, tables as lists of {column: text}. Plain data.

    Nothing prints as "" here, so that templates choose their own word by `| blank`. A paper is in `language`, whatever
    language the page is in that asks for it: its check code must not depend on who reads the screen.
    """
    scene = visible_scene(Scene(form, answers, context, choices or NoChoices(), mask=mask, language=language))
    shown = [f for section in form.sections for f in section.fields if f.type == "read_only"]
    with force_locale(language):
        words = {field.key: _words(field, scene.answers.get(field.key), scene) for field in visible_fields(scene)}
        return {**words, **{field.key: field_type(field).masked(field, None, scene) for field in shown}}


def words_of(form, keys, answers: Mapping, context: Mapping, choices: Choices | None = None) -> dict:
    """Some of the answers in words, {field: text}, for lists: nothing else of the form is looked at."""
    scene = Scene(form, answers, context, choices or NoChoices())
    with force_locale(scene.language):
        return {key: _words(form.field(key), scene.answers.get(key), scene) for key in keys}


def _words(field, value, scene: Scene):
    kind = field_type(field)
    if is_erased(value):
        return [] if field.type == "table" else str(kind.print(field, value, scene))
    if field.type == "table":
        return [{c.key: _words(c, row.get(c.key), scene.in_row(row)) for c in kind.visible(field, row, scene)}
                for row in value or []]
    return "" if kind.is_empty(value) and not kind.secret else kind.masked(field, value, scene)


def labels(form, language: str = "zh") -> dict:
    """{field key: label}, columns of tables as `table.column`; for report templates."""
    scene, found = Scene(form, language=language), {}
    for field in form.fields():
        found[field.key] = scene.text(field)
        if field.type == "table":
            found.update({f"{field.key}.{column.key}": scene.text(column) for column in field.all_columns()})
    return found


def json_schema(form, choices: Choices | None = None) -> dict:
    """The JSON Schema (2020-12) of a form's answers. Conditions are the server's: only what always holds is here."""
    scene, properties, required = Scene(form, choices=choices or NoChoices()), {}, []
    for section in form.sections:
        for field in section.fields:
            kind = field_type(field)
            if not kind.has_value:
                continue
            properties[field.key] = _described(field, kind, scene)
            if field.required and not field.shown_when and not section.shown_when:
                required.append(field.key)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": form.title, "type": "object",
        "properties": properties, "required": required, "additionalProperties": False,
    }


def _described(field, kind, scene: Scene) -> dict:
    schema = {"title": field.label, **kind.json_schema(field, scene)}
    if field.hint:
        schema["description"] = field.hint
    if field.readonly:
        schema["readOnly"] = True
    if kind.secret:
        schema["writeOnly"] = True
    return schema
