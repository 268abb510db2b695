"""What differs between two revisions of a form, field by field and row by row, in words. Writes nothing."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.operations import releases
from app.operations.blinding import masks_fields, veil_of
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context
from app.operations.reading.filled import readable_forms
from app.proof.digests import is_erased
from app.rendering.field_types import field_type
from app.rendering.matching import matched_rows
from app.rendering.scene import Scene
from app.rendering.validation import visible_fields, visible_scene
from app.store import session
from app.store.models import Answers, Case, Event, Task

CHANGED, ADDED, REMOVED, MOVED = "changed", "added", "removed", "moved"
_FILES = ("file", "photo")


@dataclass(frozen=True)
class Change:
    """One thing that differs. `row` is the row's number now (before, when it is gone), 0 outside tables; `kind` is
    changed|added|removed|moved."""

    section: str
    field: str
    label: str
    before: str
    after: str
    row: int = 0
    kind: str = CHANGED
    section_title: str = ""


def changes_of(case: Case, form_key: str, since_seq: int | None, *, actor, clock, language: str = "zh") -> list[Change]:
    """What changed in a form since the revision that was current at event `since_seq`; None: since the one before the latest.

    Nothing where this actor may not read the form, or there is only one revision. Personal data is masked as in the form.
    """
    if form_key not in {link.key for link in readable_forms(case, actor)}:
        return []
    before, after = _revisions(case, form_key, since_seq)
    if before is None or before.id == after.id:
        return []
    form = releases.procedure_of(case.release).forms[form_key]
    empty = Scene(form, {}, case_context(case, actor=actor, clock=clock), CaseChoices(case.release, case, actor),
                  mask=masks_fields(case, actor), language=language)
    veil = veil_of(case, actor)
    old, new = (veil.answers(form, one.data) if veil else one.data for one in (before, after))
    return differences(form, empty.with_answers(old), empty.with_answers(new))


def differences(form, before: Scene, after: Scene) -> list[Change]:
    """What differs between any two revisions of a form, each a scene with its own answers, choices and moment."""
    return list(_differences(form, visible_scene(before), visible_scene(after)))


def last_decided(case: Case, actor, without: str) -> int | None:
    """The event with which this actor, or somebody of a pool of theirs, last decided at a step with another form; None: never."""
    theirs = sa.or_(Task.closed_by == actor.id, Task.pool.in_(actor.pools))
    steps = sa.select(Task.id).where(Task.case_id == case.id, Task.state == "done", Task.form != without, theirs)
    return session().scalar(sa.select(sa.func.max(Event.seq)).where(
        Event.case_id == case.id, Event.kind == "complete", Event.task_id.in_(steps)))


def _revisions(case: Case, form_key: str, since_seq: int | None) -> tuple[Answers | None, Answers | None]:
    """(the older one, the latest): the older one is that of the event, else the one before the latest."""
    rows = session().scalars(sa.select(Answers).where(Answers.case_id == case.id, Answers.form == form_key).order_by(Answers.revision)).all()
    if not rows:
        return None, None
    older = [row for row in rows if row.seq <= since_seq] if since_seq is not None else rows[:-1]
    return (older[-1] if older else None), rows[-1]


def _differences(form, before: Scene, after: Scene):
    shown = {field.key for field in (*visible_fields(before), *visible_fields(after))}
    for section in form.sections:
        for field in section.fields:
            old, new = before.answers.get(field.key), after.answers.get(field.key)
            kind = field_type(field)
            if field.key not in shown or field.hidden or kind.secret or old == new or (kind.is_empty(old) and kind.is_empty(new)):
                continue
            facts = {"section": section.key, "section_title": after.text(section, "title"), "field": field.key}
            yield from _of_field(field, old, new, before, after, facts)


def _of_field(field, old, new, before: Scene, after: Scene, facts: dict):
    if field.type == "table" and not is_erased(old) and not is_erased(new):
        yield from _of_rows(field, old or [], new or [], before, after, facts)
    elif field.type in _FILES and not is_erased(old) and not is_erased(new):
        yield from _of_files(field, old, new, before, after, facts)
    else:
        yield Change(label=after.text(field), before=_words(field, old, before), after=_words(field, new, after), **facts)


def _of_files(field, old, new, before: Scene, after: Scene, facts: dict):
    old, new = _ids(old), _ids(new)
    for kind, ids, scene in ((REMOVED, [i for i in old if i not in new], before), (ADDED, [i for i in new if i not in old], after)):
        for material in scene.choices.materials(ids):
            name = _words(field, [material.id], scene)
            said = {"before": name} if kind == REMOVED else {"after": name}
            yield Change(label=after.text(field), kind=kind, **({"before": "", "after": ""} | said), **facts)


def _of_rows(field, old: list, new: list, before: Scene, after: Scene, facts: dict):
    label = after.text(field)
    for place, was in matched_rows(old, new):
        if was is None:
            yield Change(label=label, before="", after=_row(field, new[place], after), row=place + 1, kind=ADDED, **facts)
        elif place is None:
            yield Change(label=label, before=_row(field, old[was], before), after="", row=was + 1, kind=REMOVED, **facts)
        elif old[was] == new[place]:
            yield Change(label=label, before=str(was + 1), after=str(place + 1), row=place + 1, kind=MOVED, **facts)
        else:
            yield from _of_columns(field, old[was], new[place], place + 1, before, after, label, facts)


def _of_columns(field, old: dict, new: dict, number: int, before: Scene, after: Scene, label: str, facts: dict):
    within, beyond = before.in_row(old), after.in_row(new)
    for column in field.all_columns():
        kind = field_type(column)
        if not kind.has_value or old.get(column.key) == new.get(column.key):
            continue
        if kind.is_empty(old.get(column.key)) and kind.is_empty(new.get(column.key)):
            continue
        yield Change(label=f"{label} · {after.text(column)}", row=number, before=_words(column, old.get(column.key), within),
                     after=_words(column, new.get(column.key), beyond), **facts)


def _row(field, row: dict, scene: Scene) -> str:
    found = field_type(field).described(field, row, scene)
    return "；".join(f"{scene.text(column)}：{words}" for column, words in found if row.get(column.key) not in (None, "", []))


def _words(field, value, scene: Scene) -> str:
    return "" if field_type(field).is_empty(value) else str(field_type(field).masked(field, value, scene))


def _ids(value) -> list:
    return [value] if isinstance(value, str) else list(value or [])
