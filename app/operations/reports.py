"""Reports of a case: which there are for whom, and one rendered as PDF. The template asks, this gathers.

What a report shows is gathered apart from the day it is printed on: its check code and version are over the content.
"""
from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app import materials, rendering
from app.erased import shown as legible
from app.errors import NotFound
from app.materials.blobs import read_blob
from app.operations import printings, releases
from app.operations.blinding import veil_of
from app.operations.choices import CaseChoices
from app.operations.batch_reports import members_content
from app.operations.contexts import LatestAnswers, actor_facts, case_context, holds, instant
from app.operations.readership import readable_keys, reads_masked
from app.proof.digests import is_erased
from app.store import session
from app.store.models import Case, Draft, Task

PLAIN_TEMPLATE_DAYS = ("today", "now")  # what differs between two prints of the same content


@dataclass(frozen=True)
class Drawn:
    """A report as it is printed, and how its paper names itself."""

    report: rendering.Report
    name: rendering.PaperName
    version: int


def reports_of(case: Case, *, actor, clock) -> list:
    """The reports of the case that this actor may print now; lists over many cases among them."""
    context = case_context(case, actor=actor, clock=clock)
    return [report for report in releases.procedure_of(case.release).reports.values() if is_open(report, case, actor, context)]


def is_open(report, case: Case, actor, context) -> bool:
    """Whether this actor may print this report now; nothing is printed blind, for papers are made to name people."""
    return veil_of(case, actor) is None and can_print(report, case, actor) and holds(report.available_when, context)


def can_print(report, case: Case, actor) -> bool:
    """Whether the report is for one of this actor's roles; a starter's own role is held by nobody, but by the starter here."""
    held = {role for role, _organisation in actor.roles}
    if held & set(report.roles):
        return True
    starters = set(releases.process_of(case).starters)
    return case.starter_id == actor.id and ("*" in report.roles or bool(starters & set(report.roles)))


def print_report(case: Case, key: str, *, actor, clock) -> rendering.Report:
    """A report that this actor may print, remembered as printed. Raises NotFound."""
    open_now = {report.key: report for report in reports_of(case, actor=actor, clock=clock)}
    if key not in open_now or open_now[key].over:
        raise NotFound()
    drawn = draw(case, key, {}, actor=actor, clock=clock)
    printings.record(uuid.uuid4().hex, {case.id: (drawn.name.code, drawn.version)}, key, actor=actor, clock=clock)
    return drawn.report


def render_case_report(case: Case, key: str, extra: dict, *, actor, clock) -> rendering.Report:
    """A report of the case's release; `extra` joins what the template sees. Unpacks as (HTML, PDF)."""
    return draw(case, key, extra, actor=actor, clock=clock).report


def draw(case: Case, key: str, extra: dict, *, actor, clock) -> Drawn:
    """A report with its check code and version at the foot. Raises NotFound."""
    template = template_of(case, key)
    content = content_of(case, template, actor) | members_content(case, key, actor) | extra
    name = rendering.PaperName(case.number, key, rendering.code_of(rendering.fill_report(template, content)))
    version, now = printings.version_of(case.id, key, name.code), instant(clock())
    foot = {"number": case.number, "version": version, "code": rendering.written(name.code), "name": str(name)}
    report = rendering.render_report(template, content | {"today": now[:10], "now": now, "paper": foot})
    return Drawn(report, name, version)


def code_now(case: Case, key: str, actor, typed: bool = True) -> str:
    """The check code that a print by this actor would have now, without `typed` of what was submitted alone. Raises NotFound."""
    template = template_of(case, key)
    return rendering.code_of(rendering.fill_report(template, content_of(case, template, actor, typed) | members_content(case, key, actor)))


def template_of(case: Case, key: str) -> str:
    report = releases.procedure_of(case.release).reports.get(key)
    if report is None:
        raise NotFound()
    return report.template


def content_of(case: Case, template: str, actor, typed: bool = True) -> dict:
    """What the template may show of the case to this actor, without the day: the same content gives the same code next week.

    Of the forms only those that the actor may read: a print tells nobody more than the pages do.
    """
    context = case_context(case, actor=actor, clock=lambda: case.started_at)
    begun = typed_so_far(case, actor) if typed else {}
    given = LatestAnswers(case.latest, {form: context["form"].get(form, {}) | data for form, data in begun.items()})
    shown = sorted(key for key in readable_keys(case, actor) | begun.keys() if key in releases.procedure_of(case.release).forms)
    context |= {"form": given, "actor": actor_facts(actor), "person": actor_facts(actor)}
    context["labels"] = _in_words(case, shown, context, actor)
    context["form"] = {key: _legible(case, key, _without_hidden(case, key, given[key], actor)) for key in shown}
    context["photos"] = _photos(case, context["form"], actor) if "photos" in template else {}
    context["case"] |= {"summary": case.summary, "result": case.result, "stage": case.stage}
    return context | dict.fromkeys(PLAIN_TEMPLATE_DAYS, "")


def typed_so_far(case: Case, actor) -> dict[str, dict]:
    """form -> drafts of the actor's own open tasks: some reports are printed and signed before the form is submitted."""
    rows = session().execute(
        sa.select(Task.form, Draft.data).join(Draft, Draft.task_id == Task.id)
        .where(Task.case_id == case.id, Task.state == "open", Draft.person_id == actor.id)
    )
    return {form: data for form, data in rows}


def _in_words(case: Case, keys: list[str], context: dict, actor) -> dict:
    forms, mask = releases.procedure_of(case.release).forms, reads_masked(case, actor)
    choices = CaseChoices(case.release, case, actor)
    return {key: rendering.printed(forms[key], context["form"][key], context, choices, mask=mask) for key in keys}


def _without_hidden(case: Case, key: str, answers: dict, actor) -> dict:
    """The answers as they are; without personal data for whom it is masked: the words in `labels` show what may be shown."""
    if not reads_masked(case, actor):
        return answers
    form = releases.procedure_of(case.release).forms[key]
    hidden = {field.key for field in form.fields() if field.personal or any(column.personal for column in field.all_columns())}
    return {name: value for name, value in answers.items() if name not in hidden}


def _legible(case: Case, key: str, answers: dict) -> dict:
    """The answers with words where something was erased, so that a template prints them; an erased table has no rows."""
    tables = {field.key for field in releases.procedure_of(case.release).forms[key].fields() if field.type == "table"}
    return {name: [] if name in tables and is_erased(value) else legible(value) for name, value in answers.items()}


def _photos(case: Case, answered: dict, actor) -> dict:
    """form -> field -> the picture as a data address, of photo fields."""
    forms, found = releases.procedure_of(case.release).forms, {}
    for key, answers in answered.items():
        fields = forms[key].fields() if key in forms else ()
        for field in (field for field in fields if field.type == "photo" and answers.get(field.key)):
            for picture in materials.of_case(case.id, [answers[field.key]], owner=actor.id):
                data = base64.b64encode(read_blob(picture.served)).decode()
                found.setdefault(key, {})[field.key] = f"data:{picture.media_type};base64,{data}"
    return found
