"""Between the pages and `app.rendering`: what was typed, what is shown, with the choices and addresses of one case.

Used by the routes of cases, tasks and starts. Decides nothing; keeps no state.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from flask import request, url_for
from flask_babel import get_locale, gettext as _
from markupsafe import Markup

from app import phrases, rendering
from app.errors import NotFound
from app.operations import reading
from app.operations.choices import CaseChoices
from app.operations.revising import Lock, lock_of
from app.rendering.scene import Scene
from app.rendering.validation import read_answers, visible_scene, visible_sections
from app.routes.actors import clock, current_actor


def language() -> str:
    """The language of the page, as rendering wants it."""
    return str(get_locale() or "zh")[:2]


@dataclass(frozen=True)
class CaseUrls:
    """Addresses inside read-only forms: the files and reports of a case."""

    case_id: int

    def refresh(self, section: str) -> str:
        return ""

    def refresh_row(self, field_key: str) -> str:
        return ""

    def material(self, material_id: str) -> str:
        return url_for("materials.preview", material_id=material_id)

    def blank(self, key: str) -> str:
        return url_for("reports.show", case_id=self.case_id, key=key)

    def sample(self, field_key: str) -> str:
        return ""

    def files(self, field_key: str, verb: str) -> str:
        return ""

    def upload(self, name: str) -> str:
        return ""

    def row(self, table: str, number: int) -> str:
        return ""

    def sheet(self, field_key: str, verb: str) -> str:
        return ""

    def phrases(self, field_key: str) -> tuple:
        return ()


@dataclass(frozen=True)
class StartUrls(CaseUrls):
    """Addresses inside a start form."""

    process_id: str

    def refresh(self, section: str) -> str:
        return url_for("start.refresh", process_id=self.process_id, section=section)

    def blank(self, key: str) -> str:
        return ""


@dataclass(frozen=True)
class TaskUrls(CaseUrls):
    """Addresses inside the form of a task; `blank` knows the report behind a file field."""

    view: reading.TaskView

    def refresh(self, section: str) -> str:
        return url_for("tasks.refresh", task_id=self.view.task.id, section=section)

    def refresh_row(self, field_key: str) -> str:
        return url_for("rows.refresh", task_id=self.view.task.id, key=field_key, row=request.view_args.get("row", "new"))

    def blank(self, key: str) -> str:
        return super().blank(self.view.form.field(key).blank)

    def sample(self, field_key: str) -> str:
        return url_for("files.sample", task_id=self.view.task.id, key=field_key)

    def files(self, field_key: str, verb: str) -> str:
        own = self.view.form.field(field_key)  # a file in a row of a table has no pages of its own
        return url_for(f"files.{verb}", task_id=self.view.task.id, key=field_key) if own else ""

    def upload(self, name: str) -> str:
        table = request.view_args.get("key", "") if name.startswith("row.") else ""
        return f"{self.view.task.id}:{name.replace('row', table, 1) if table else name}"

    def row(self, table: str, number: int) -> str:
        return url_for("rows.show", task_id=self.view.task.id, key=table, row=number)

    def sheet(self, field_key: str, verb: str) -> str:
        return url_for(f"tablesheets.{verb}", task_id=self.view.task.id, key=field_key)

    def phrases(self, field_key: str) -> tuple:
        return offered_phrases(self.view)


def offered_phrases(view: reading.TaskView, outcome: str = "") -> tuple:
    """(id, text) of the phrases of the office whose task this is, with their open places filled from the case."""
    task, case = view.task, view.head.case
    known = phrases.offered_to(current_actor(), pool=task.pool, form=task.form, outcome=outcome)
    return tuple((one.id, phrases.filled(one.text, case, task.name, clock())) for one in known if outcome or not one.outcome)


@dataclass
class Sheet:
    """One form while it is filled: what is stored, what was typed, what follows from both."""

    form: object
    stored: dict
    context: object
    choices: CaseChoices
    urls: object
    typed: dict = field(default_factory=dict)
    lock: Lock | None = None  # what may be changed of a returned form; None: all of it
    _read: tuple | None = None  # (what was typed then, the answers as read)
    _shown: tuple | None = None  # (the answers as read then, the sections shown)
    remarks: dict = field(default_factory=dict)  # field key, or # and a section key -> texts of a return

    @property
    def raw(self) -> dict:
        """Stored answers with what was typed over them; what may not be changed as it was."""
        answers = {**self.stored, **self.typed}
        return self.lock.kept(answers, self.open) if self.lock else answers

    @cached_property
    def open(self) -> frozenset[str]:
        """The fields that may be changed now."""
        return self.lock.opened({**self.stored, **self.typed}) if self.lock else frozenset(f.key for f in self.form.fields())

    @cached_property
    def judged(self) -> tuple[dict, dict]:
        """(clean answers, mistakes) of all that is there now."""
        return rendering.validate(self.form, self.raw, self.context, self.choices, read=self.as_read)

    @property
    def as_read(self) -> tuple:
        """The answers read once, for judging and drawing alike; again when something was typed since."""
        if self._read is None or self._read[0] != self.typed:
            self._read = dict(self.typed), read_answers(self.form, self.raw, Scene(self.form, {}, self.context, self.choices, language=language()))
        return self._read[1]

    @cached_property
    def report(self) -> dict[str, tuple[str, int]]:
        """section key -> (state, how much is missing), of the shown sections."""
        return rendering.section_report(self.form, self.raw, self.context, self.choices, errors=self.judged[1], read=self.as_read)

    def scene(self, row: dict | None = None):
        """The form at this moment, for what asks beyond drawing and judging."""
        return rendering.scene_of(self.form, self.raw, self.context, self.choices, row)

    def read(self, sections) -> None:
        """Takes what was sent for these sections, and what generated texts follow from it."""
        for section in sections:
            self._take(rendering.parse_section(self.form, section, request.form))
        # A value that cannot be read (a date that is none) is kept as typed: a draft loses nothing.
        self.typed = rendering.read_part(self.form, self.typed, self.raw, self.context, self.choices)
        shown = rendering.last_generated(request.form)
        followed = rendering.apply_generated(self.form, self.raw, self.stored, self.context, self.choices, shown).answers
        self.typed |= {key: value for key, value in followed.items() if self.raw.get(key) != value}
        self._anew()

    def _take(self, sent: dict) -> None:
        """What was sent, as far as it may be changed; a change may open further fields, which count when they were on the page."""
        fresh = {key: value for key, value in sent.items() if key in self.open}
        while fresh:
            self.typed |= fresh
            self._anew()
            fresh = {key: value for key, value in sent.items() if key in self.open and key not in self.typed and _came(key)}

    def _anew(self) -> None:
        for worked_out in ("open", "judged", "report"):
            self.__dict__.pop(worked_out, None)

    def read_all(self) -> list:
        """Takes what was sent for the shown sections, and for those that it makes appear. The sections that were read."""
        read: list = []
        while fresh := [s for s in self.shown() if s not in read and (not read or _was_sent(s))]:
            self.read(fresh)
            read += fresh
        return read

    def kept(self) -> dict:
        """What of the typed goes into a draft: everything but secret choices."""
        return {key: value for key, value in self.typed.items() if key not in self.secrets() and key in self.open}

    def secrets(self) -> dict:
        """Secret choices that were sent; they go to their ballot with the decision and nowhere else."""
        return {f.key: self.typed[f.key] for f in self.form.fields() if f.type == "ballot" and f.key in self.typed}

    def section(self, key: str):
        """A shown section; the first one when there is none of this key."""
        shown = self.shown()
        return next((s for s in shown if s.key == key), shown[0] if shown else None)

    def form_section(self, key: str):
        """A section of the form, shown or not. Raises NotFound."""
        found = next((s for s in self.form.sections if s.key == key), None)
        if found is None:
            raise NotFound()
        return found

    def shown(self) -> list:
        """The sections that are shown now."""
        if self._shown is None or self._shown[0] is not self.as_read:
            self._shown = self.as_read, visible_sections(visible_scene(self.as_read[0]))
        return self._shown[1]

    def draw(self, section, errors: dict | None = None, summary: bool = True) -> Markup:
        """A section to fill in; what may not be changed in it is shown."""
        return rendering.render_section(
            self.form, self._drawable(section), self.raw, errors or {}, self.context, self.urls, self.choices, remarks=self.remarks,
            language=language(), summary=summary, read=self.as_read)

    def _drawable(self, section):
        if self.lock is None:
            return section
        return replace(section, fields=tuple(f if f.key in self.open else replace(f, readonly=True) for f in section.fields))

    def open_sections(self) -> list:
        """The shown sections in which something may be changed."""
        return [section for section in self.shown() if any(field.key in self.open for field in section.fields)]

    def draw_whole(self, section_url, level: int = 2) -> Markup:
        """All shown sections to read as they would be stored, worked-out fields too; with what is missing said where it is."""
        return rendering.render_readonly(self.form, {**self.raw, **self.judged[0]}, self.context, self.choices, urls=self.urls, language=language(),
                                         level=level, faults=self.judged[1], section_url=section_url)


def _was_sent(section) -> bool:
    """Whether something of a section came with the request: a page made before it appeared has nothing of it."""
    keys = {field.key for field in section.fields}
    return any(name.removeprefix("upload.").partition(".")[0] in keys for name in [*request.form, *request.files])


def _came(key: str) -> bool:
    return any(name == key or name.startswith(f"{key}.") for name in request.form)


def readonly(case, key: str, actor, marking=None) -> Markup:
    """A filled form of a case to read. Raises NotFound when this actor may not."""
    form, answers, context = reading.filled_form(case, key, actor, clock())
    return rendering.render_readonly(
        form, answers, context, CaseChoices(case.release, case, actor), mask=reading.masks_fields(case, actor),
        urls=CaseUrls(case.id), language=language(), marking=marking)


def start_sheet(row) -> Sheet | None:
    """The start form of a process with its defaults; None when it has none."""
    actor = current_actor()
    form, context = reading.start_form(row, actor, clock())
    if form is None:
        return None
    choices = CaseChoices(row.release, None, actor)
    return Sheet(form, rendering.defaults(form, context, choices), context, choices, StartUrls(0, row.id))


def task_sheet(view: reading.TaskView) -> Sheet | None:
    """The form of a task as its actor left it, with defaults in fields that were never saved; None without a form."""
    if view.form is None:
        return None
    case, choices = view.head.case, CaseChoices(view.head.case.release, view.head.case, current_actor())
    begun = rendering.defaults(view.form, view.context, choices)
    # What a draft has is as the person left it, even empty; before a draft only something filled in beats a default.
    answers = {**begun, **{k: v for k, v in view.answers.items() if view.draft or v is not None or k not in begun}}
    lock = lock_of(case, view.task, view.form, view.context, choices) if view.returned else None
    return Sheet(view.form, answers, view.context, choices, TaskUrls(case.id, view), lock=lock, remarks=_remarks(view.returned))


def _remarks(returned) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for remark in returned:
        said = _("第 %(number)d 行：", number=remark.row) + remark.remark if remark.row else remark.remark
        found.setdefault(remark.field or f"#{remark.section}", []).append(said)
    return found
