"""批量办理: one decision over the tasks that were ticked in a list: which way each takes, what is answered once, one look more, begun."""
from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import jobs, phrases, rendering
from app.errors import JobNotReady, ReasonNeeded, UnknownOutcome
from app.operations import bulk
from app.operations.decisions import needs_reason
from app.operations.reading import worklists
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.desk import asked_for, at_desk
from app.routes.pages.filling import press_look_up
from app.routes.pages.forms import CaseUrls, Sheet

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")
ROW = "way."


@dataclass(frozen=True)
class ManyUrls(CaseUrls):
    """Addresses inside the form of a bulk decision."""

    job_id: str
    outcome: str
    offered: tuple = ()

    def refresh(self, section: str) -> str:
        return url_for("bulk.refresh", job_id=self.job_id, outcome=self.outcome, section=section)

    def phrases(self, field_key: str) -> tuple:
        return self.offered


@blueprint.errorhandler(JobNotReady)
def already_begun(_error):
    """Whoever comes back to a decision that was begun sees how far it is."""
    return redirect(url_for("jobs.show", job_id=request.view_args["job_id"]), 303)


@blueprint.post("")
@access("signed-in")
def begin():
    """Does with the ticked tasks, or all of the list, what the button says."""
    actor, verb = at_desk(), request.form.get("do", "decide")
    ids = worklists.chosen_by(actor, asked_for(request.form), clock()) if request.form.get("all") else request.form.getlist("task")
    if verb == "hand":
        return render_template("desk/hand.html", ids=ids, colleagues=bulk.colleagues(ids, actor=actor))
    if verb == "take":
        return redirect(url_for("jobs.show", job_id=bulk.take_many(ids, actor=actor, clock=clock()).id), 303)
    return redirect(url_for("bulk.show", job_id=bulk.prepare_decisions(ids, actor=actor, clock=clock()).id), 303)


@blueprint.post("/hand-over")
@access("signed-in")
def hand_over():
    """Hands the ticked tasks to a colleague."""
    job = bulk.hand_many(request.form.getlist("task"), request.form.get("to", ""), actor=at_desk(), clock=clock())
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@blueprint.get("/<job_id>")
@access("signed-in")
def show(job_id: str):
    """Which way each of the chosen tasks takes."""
    return render_template("desk/ways.html", many=_many(job_id))


@blueprint.post("/<job_id>")
@access("signed-in")
def choose(job_id: str):
    """Keeps the ways, one for all when its button was pressed; then goes on to what they ask."""
    sent, all_of = request.form, request.form.get("do", "").partition("all:")[2]
    rows = _many(job_id).rows
    ways = {row.position: all_of for row in rows if all_of in row.offered} if all_of else {
        row.position: sent[f"{ROW}{row.position}"] for row in rows if f"{ROW}{row.position}" in sent}
    bulk.choose_ways(job_id, ways, actor=current_actor(), clock=clock())
    if all_of:
        return redirect(url_for("bulk.show", job_id=job_id), 303)
    return _onward(job_id, restart=True)


@blueprint.get("/<job_id>/ways/<outcome>")
@access("signed-in")
def ask(job_id: str, outcome: str):
    """What is answered once for all tasks that take this way."""
    many = _many(job_id)
    decision = _decision(many, outcome)
    return _asking(many, decision, _sheet(many, decision), many.group(outcome)["reason"])


@blueprint.post("/<job_id>/ways/<outcome>")
@access("signed-in")
def answer(job_id: str, outcome: str):
    """Keeps what was answered; what is wrong is said at its place."""
    many, reason = _many(job_id), request.form.get("reason", "")
    decision, command = _decision(many, outcome), rendering.read_command(request.form)
    sheet = _sheet(many, decision)
    if sheet:
        sheet.read_all()
    reason = _with_phrase(sheet, sheet.urls.offered if sheet else _offered(many, outcome), reason)
    errors, problem = _judged(sheet, decision, reason)
    staying = "phrase" in request.form or command is not None
    bulk.answer_way(job_id, outcome, sheet.typed_only() if sheet else {}, reason, actor=current_actor(), seen=not (errors or problem or staying))
    if request.form.get("do") == "back":
        return redirect(url_for("bulk.show", job_id=job_id), 303)
    if staying:
        return redirect(url_for("bulk.ask", job_id=job_id, outcome=outcome), 303)
    if errors or problem:
        return _asking(many, decision, sheet, reason, errors, problem), 422
    return _onward(job_id)


@blueprint.post("/<job_id>/ways/<outcome>/sections/<section>")
@access("signed-in")
def refresh(job_id: str, outcome: str, section: str):
    """A section anew, after a field changed that others depend on. Saves nothing."""
    many = _many(job_id)
    sheet = _sheet(many, _decision(many, outcome))
    sheet.read([sheet.form_section(section)])
    press_look_up(sheet)
    return sheet.draw(sheet.section(section))


@blueprint.get("/<job_id>/confirm")
@access("signed-in")
def confirm(job_id: str):
    """What will happen, in numbers, before it does."""
    many = _many(job_id)
    if bulk.first_unanswered(many):
        return _onward(job_id)
    return render_template("desk/confirm.html", many=many)


@blueprint.post("/<job_id>/begin")
@access("signed-in")
def start(job_id: str):
    """Hands the decision to the worker."""
    if bulk.first_unanswered(_many(job_id)):
        return _onward(job_id)
    jobs.begin_prepared(job_id, actor=current_actor())
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/<job_id>/drop")
@access("signed-in")
def drop(job_id: str):
    """Gives the bulk decision up; nothing was done."""
    jobs.drop_prepared(job_id, actor=current_actor())
    flash(_("已放弃，没有办理任何事项。"))
    return redirect(url_for("desk.show"), 303)


def _many(job_id: str) -> bulk.Many:
    return bulk.many_of(job_id, actor=current_actor(), clock=clock())


def _decision(many: bulk.Many, outcome: str):
    found = next((d for d in many.chosen if d.outcome == outcome), None)
    if found is None:
        raise UnknownOutcome(outcome=outcome)
    return found


def _onward(job_id: str, restart: bool = False):
    """To the next way that asks something: from the beginning, or the first that was not answered; else to the last look."""
    many = _many(job_id)
    asks = next((d for d in many.chosen if many.asks(d)), None) if restart else bulk.first_unanswered(many)
    if asks:
        return redirect(url_for("bulk.ask", job_id=job_id, outcome=asks.outcome), 303)
    return redirect(url_for("bulk.confirm", job_id=job_id), 303)


def _offered(many: bulk.Many, outcome: str) -> tuple:
    task = many.rows[0].task
    known = phrases.offered_to(current_actor(), pool=task.pool, form=task.form, outcome=outcome)
    return tuple((phrase.id, phrase.text) for phrase in known)


class ManySheet(Sheet):
    """The form of a bulk decision while it is filled."""

    def typed_only(self) -> dict:
        """What is answered for all: the fields that are shown now, as they stand."""
        shown = {field.key for section in self.shown() for field in section.fields}
        return {key: value for key, value in self.raw.items() if key in shown}


def _sheet(many: bulk.Many, decision) -> ManySheet | None:
    if many.form is None or not many.form.sections:
        return None
    context, choices = bulk.context_of(many, decision.outcome, actor=current_actor(), clock=clock())
    urls = ManyUrls(many.rows[0].case.id, many.job.id, decision.outcome, _offered(many, decision.outcome))
    return ManySheet(many.form, {**rendering.defaults(many.form, context, choices), **many.group(decision.outcome)["answers"]}, context, choices, urls)


def _with_phrase(sheet, offered: tuple, reason: str) -> str:
    """The reason, or the field that was named, with a phrase at its end."""
    chosen = next((text for key, text in offered if str(key) == request.form.get("phrase")), "")
    command = rendering.read_command(request.form)
    if sheet and command and command.verb == "phrase":
        text = next((text for key, text in offered if str(key) == command.place), "")
        sheet.typed[command.field] = rendering.joined(sheet.raw.get(command.field), text)
    return rendering.joined(reason, chosen) if chosen else reason


def _judged(sheet, decision, reason: str) -> tuple[dict, str]:
    """What is wrong: {field: message}, and with the reason."""
    errors = rendering.validate(sheet.form, sheet.raw, sheet.context, sheet.choices)[1] if sheet else {}
    try:
        bulk.ensure_reason(decision, reason)
    except ReasonNeeded as error:
        return errors, message_of(error)
    return errors, ""


def _asking(many, decision, sheet, reason: str, errors: dict | None = None, problem: str = "") -> str:
    parts = [sheet.draw(section, errors or {}) for section in sheet.shown()] if sheet else []
    return render_template(
        "desk/asking.html", many=many, act=decision, parts=Markup("").join(parts), reason=reason, problem=problem,
        offered=_offered(many, decision.outcome), asks_reason=bool(decision.reason) or needs_reason(decision, False), needs_reason=needs_reason(decision, False))
