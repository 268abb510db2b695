"""The forms of a case as they looked when an event brought them: the release, the answers, the vocabulary and choices of then.

What lists of people and registers offer is as it is now, labels of what is no longer there included: nothing older is kept of them.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup

from app import materials, rendering
from app.audit.player.walking import Walk
from app.operations import releases
from app.operations.answers import material_ids
from app.operations.blinding import masks_fields
from app.operations.choices import CaseChoices
from app.operations.contexts import FormActor, LatestAnswers, case_facts, instant, task_facts
from app.operations.reading.changes import differences
from app.people import Actor
from app.rendering.choices import Remembered
from app.rendering.scene import Scene
from app.store import session
from app.store.models import Answers, Case, Event, Task


@dataclass(frozen=True)
class Revision:
    """One revision of a form: `row` its answers, `before` those of the revision before it, None for the first."""

    row: Answers
    before: Answers | None


class Forms:
    """Every revision of every form of a case, for one reader. `walk` is the case run again, `events` those of the case by number."""

    def __init__(self, walk: Walk, events: Mapping[int, Event], actor, language: str = "zh"):
        self.case, self.walk, self.events, self.actor, self.language = walk.case, walk, events, actor, language
        self._mask = masks_fields(self.case, actor)
        self._choices: dict[str, Remembered] = {}

    @cached_property
    def revisions(self) -> list[Revision]:
        """All of them, as they came."""
        latest: dict[str, Answers] = {}
        found = []
        for row in session().scalars(sa.select(Answers).where(Answers.case_id == self.case.id).order_by(Answers.id)):
            found.append(Revision(row, latest.get(row.form)))
            latest[row.form] = row
        return found

    @cached_property
    def _by_seq(self) -> dict[int, list[Revision]]:
        found: dict[int, list[Revision]] = {}
        for revision in self.revisions:
            found.setdefault(revision.row.seq, []).append(revision)
        return found

    @cached_property
    def _tasks(self) -> dict[str, Task]:
        return {task.id: task for task in session().scalars(sa.select(Task).where(Task.case_id == self.case.id))}

    def at(self, seq: int) -> list[Revision]:
        """The revisions that event `seq` brought, of forms that its release has."""
        return [one for one in self._by_seq.get(seq, ()) if one.row.form in self._forms(seq)]

    def title(self, revision: Revision) -> str:
        return self._form(revision).title

    def changes(self, revision: Revision) -> list[dict]:
        """Field by field what differs from the revision before: `{section_title, label, before, after, kind, row}`; nothing for a first one."""
        if revision.before is None:
            return []
        form = self._form(revision)
        found = differences(form, self._scene(form, revision.before), self._scene(form, revision.row))
        return [{"section_title": one.section_title, "label": one.label, "before": one.before, "after": one.after, "kind": one.kind, "row": one.row,
                 "form": form.key} for one in found]

    def drawn(self, revision: Revision, urls) -> Markup:
        """The form as it looked then, to read, with a mark at every field that differs from the revision before."""
        form, row = self._form(revision), revision.row
        scene = self._scene(form, row)
        changed = rendering.changed_fields(form, revision.before.data, row.data) if revision.before else {}
        return rendering.render_readonly(form, row.data, scene.context, scene.choices, mask=self._mask, changes=changed, urls=urls,
                                         language=self.language, level=4)

    def form_of(self, revision: Revision):
        """The form as the release of then has it."""
        return self._form(revision)

    def words(self, revision: Revision, answers: Mapping) -> dict:
        """What may be told of a revision's answers, in words as they read then: {field: text}, tables as lists of {column: text}."""
        scene = self._scene(self._form(revision), revision.row)
        return rendering.printed(scene.form, answers, scene.context, scene.choices, mask=self._mask, language=self.language)

    def materials(self, revision: Revision) -> list[dict]:
        """The files that a revision names: `{id, name, label, sha256, media_type, size, pages, new, form}`; `new`: not in the revision before."""
        form = self._form(revision)
        ids = list(dict.fromkeys(material_ids(form, revision.row.data)))
        before = set(material_ids(form, revision.before.data)) if revision.before else set()
        known = materials.materials_by_id(ids)
        return [self._material(key, known.get(key)) | {"new": key not in before, "form": form.key} for key in ids]

    def _material(self, key: str, row) -> dict:
        if row is None:
            return {"id": key, "name": _("（文件记录已不存在）"), "label": "", "sha256": "", "media_type": "", "size": 0, "pages": 0}
        return {"id": key, "name": row.name, "label": row.label, "sha256": row.sha256, "media_type": row.media_type, "size": row.size, "pages": row.pages}

    def _forms(self, seq: int):
        return releases.procedure_of(self.walk.past.digest_at(seq)).forms

    def _form(self, revision: Revision):
        return self._forms(revision.row.seq)[revision.row.form]

    def _scene(self, form, row: Answers) -> Scene:
        release = self.walk.past.digest_at(row.seq)
        if release not in self._choices:
            self._choices[release] = Remembered(CaseChoices(release, self.case, self.actor))
        return Scene(form, row.data, self._context(row), self._choices[release], mask=self._mask, language=self.language)

    def _context(self, row: Answers) -> dict:
        """The vocabulary as the person had it who filled the form: as the case stood before the event."""
        event, stood, task = self.events[row.seq], self.walk.before(row.seq), self._tasks.get(row.task_id)
        details = event.details
        person = Actor(event.actor_id, f"person:{event.actor_id}", str(event.actor_name), frozenset((role, "") for role in details.get("roles", ())))
        facts = case_facts(self.case) | {"tab": details.get("tab", "draft"), "parties": {**stood.parties}, "visits": stood.visits}
        return {"form": LatestAnswers(self._latest_before(row.seq)), "case": facts, "task": details.get("task") or task_facts(None), "actor": FormActor(person),
                "vars": stood.variables, "item": task.item if task else None, "now": instant(event.at), "today": instant(event.at)[:10]}

    def _latest_before(self, seq: int) -> dict[str, int]:
        return {one.row.form: one.row.id for one in self.revisions if one.row.seq < seq}
