"""Starting a case: conditions and hints of the process, the form asked before the case exists, then the first task."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from app.errors import AnswersInvalid
from app.operations import earlier, reading, releases
from app.operations.cases import start_case
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.forms import start_sheet
from app.routes.pages.repeating import new_key, once_for

blueprint = Blueprint("start", __name__)


@blueprint.get("/start")
@access("signed-in")
def choose():
    """What I may start."""
    return render_template("pages/start_choose.html", processes=releases.startable(current_actor()))


@blueprint.get("/start/<process_id>")
@access("signed-in")
def fill(process_id: str):
    """Conditions and hints, and the start form."""
    row = _startable(process_id)
    return _page(row, start_sheet(row), {})


@blueprint.post("/start/<process_id>")
@access("signed-in")
def begin(process_id: str):
    """Starts the case and goes to its first task."""
    actor, row = current_actor(), _startable(process_id)
    sheet = _sent(row)
    try:
        made = once_for(actor, lambda: _started(process_id, sheet.raw if sheet else {}))
    except AnswersInvalid as error:
        return _page(row, sheet, error.fields), 422
    first = next(iter(reading.view_case(made["case"], actor, clock()).mine), None)
    return redirect(url_for("tasks.show", task_id=first.id) if first else url_for("cases.show", case_id=made["case"]), 303)


@blueprint.post("/start/<process_id>/sections/<section>")
@access("signed-in")
def refresh(process_id: str, section: str):
    """A section of the start form anew, after a field changed that others depend on; empty where nothing is asked."""
    sheet = _sent(_startable(process_id))
    shown = sheet.section(section) if sheet else None
    return sheet.draw(shown) if shown else ""


def _started(process_id: str, answers: dict):
    """A new case; with what an earlier one said, when the page was opened for it."""
    old, who = request.form.get("again", type=int), current_actor()
    if old:
        return earlier.begin_again(process_id, old, actor=who, clock=clock(), answers=answers)
    return start_case(process_id, actor=who, clock=clock(), answers=answers)


def _startable(process_id: str):
    row = releases.current_process(process_id)
    releases.ensure_can_start(row, current_actor())
    return row


def _sent(row):
    sheet = start_sheet(row)
    if sheet:
        sheet.read(sheet.form.sections)
    return sheet


def _page(row, sheet, errors: dict) -> str:
    parts = [sheet.draw(section, errors) for section in sheet.shown()] if sheet else []
    old = request.values.get("again", type=int)
    return render_template(
        "pages/start_fill.html", process=releases.parsed(row), parts=parts, facts=reading.start_facts(row, current_actor(), clock()),
        old=earlier.ensure_ended_own(old, current_actor()) if old else None, key=request.form.get("key") or new_key())
