"""The page of a task: fill its form section by section, decide, take, give back, hand over. Rows have `rows.py`."""
from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import rendering
from app.errors import AnswersInvalid, ClaimTaken, DraftConflict, FourEyes, NotAllowed, NotFound, ReasonNeeded, TaskNoLongerOpen, TaskTaken, UnknownOutcome
from app.operations import marks, reading, releases, tasks as work_on
from app.operations.access import ensure_can_work
from app.operations.decisions import needs_reason
from app.rendering.form_data import ROW_ADD, ROW_EDIT
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.beside import beside_of
from app.routes.pages.conflicts import choose_between, conflict_page
from app.routes.pages.filling import keep, press_look_up, take_in
from app.routes.pages.forms import language, offered_phrases, task_sheet
from app.routes.pages.furniture import hour
from app.routes.pages.onward import LIST, listed, next_in_list, place_in_list
from app.routes.pages.hints import hints_of
from app.routes.pages.returning import ALL, keep_replies, offered_sections, section_marks
from app.routes.pages.repeating import new_key, once_for

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<task_id>")
@access("signed-in")
def show(task_id: str):
    """The task's form, one section at a time or beside what came before; to the case when it is not mine to do."""
    actor = current_actor()
    view = reading.view_task(task_id, actor, clock())
    try:
        ensure_can_work(view.task, actor)
    except (TaskNoLongerOpen, TaskTaken, FourEyes, NotAllowed) as refusal:
        flash(message_of(refusal), "warning")
        return redirect(url_for("cases.show", case_id=view.task.case_id))
    if view.task.opened_at:
        return _page(view)
    work_on.mark_opened(task_id, actor=actor, clock=clock())
    return _page(reading.view_task(task_id, actor, clock()))


@blueprint.post("/tasks/<task_id>")
@access("signed-in")
def work(task_id: str):
    """Saves what was typed, then does what the button says."""
    view = _mine(task_id)
    sheet = task_sheet(view)
    if sheet is None:
        return _after(view, None)
    refused = take_in(sheet, view, _read(view, sheet))
    choose_between(sheet)
    try:
        draft = keep(view, sheet.kept())
    except DraftConflict as conflict:
        return conflict_page(view, sheet, conflict, url_for("tasks.show", task_id=task_id, **_kept_arguments())), 409
    keep_replies(view)
    if "X-Autosave" in request.headers:
        return {"version": draft.version, "at": hour(draft.saved_at)}
    if refused:
        return _page(reading.view_task(task_id, current_actor(), clock()), sheet, refused), 422
    return _after(reading.view_task(task_id, current_actor(), clock()), sheet)


@blueprint.get("/tasks/<task_id>/preview")
@access("signed-in")
def preview(task_id: str):
    """The whole form as it will be handed in, with what is missing said where it is."""
    view = _mine(task_id)
    sheet = task_sheet(view)
    if sheet is None:
        raise NotFound()
    html = sheet.draw_whole(lambda section: url_for("tasks.show", task_id=task_id, part=section))
    return render_template("pages/preview.html", view=view, html=html, missing=len(sheet.judged[1]), states=_states(sheet))


@blueprint.post("/tasks/<task_id>/sections/<section>")
@access("signed-in")
def refresh(task_id: str, section: str):
    """A section anew, after a field changed that others depend on; beside what came before all of them. Saves nothing."""
    view = _mine(task_id)
    sheet = task_sheet(view)
    if sheet is None:
        raise NotFound()
    if not view.beside:
        sheet.read([sheet.form_section(section)])
        press_look_up(sheet)
        return sheet.draw(sheet.section(section))
    sheet.read_all()
    whole = Markup("").join(sheet.draw(shown, summary=False) for shown in sheet.shown())
    return Response(whole, headers={"HX-Retarget": "#own-parts", "HX-Reswap": "innerHTML"})


@blueprint.post("/tasks/<task_id>/decisions/<outcome>")
@access("signed-in")
def decide(task_id: str, outcome: str):
    """Completes the task along one of its ways, once."""
    view, reason = _mine(task_id), request.form.get("reason", "")
    sheet, decision = task_sheet(view), _decision(view, outcome)
    if "phrase" in request.form:
        return _confirm(view, decision, {}, reason=_with_phrase(view, outcome, reason))
    secrets = {key: request.form.get(f"secret.{key}") for key in (f.key for f in sheet.form.fields()) if f"secret.{key}" in request.form} if sheet else {}
    try:
        return _completed(view, sheet.raw | secrets if sheet else {}, decision, reason)
    except ReasonNeeded as error:
        return _confirm(view, decision, secrets, message_of(error)), 422
    except AnswersInvalid as error:
        return _page(view, sheet, error.fields), 422


@blueprint.post("/tasks/<task_id>/take")
@access("signed-in")
def take(task_id: str):
    """Takes the task out of my pool."""
    work_on.take_task(task_id, actor=current_actor(), clock=clock())
    flash(_("已领取，同事不会再重复办理。"))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/tasks/<task_id>/give-back")
@access("signed-in")
def give_back(task_id: str):
    """Puts the task back into its pool."""
    work_on.give_back_task(task_id, actor=current_actor(), clock=clock())
    flash(_("已退回待领取。"))
    return redirect(url_for("desk.show"), 303)


@blueprint.get("/tasks/<task_id>/hand-over")
@access("signed-in")
def hand(task_id: str):
    """To whom the task may be handed."""
    view = _mine(task_id)
    return render_template("pages/hand.html", view=view, colleagues=reading.colleagues_for(view.task, current_actor()))


@blueprint.post("/tasks/<task_id>/hand-over")
@access("signed-in")
def hand_over(task_id: str):
    """Hands the task to a colleague."""
    work_on.hand_task(task_id, request.form.get("to", ""), actor=current_actor(), clock=clock())
    flash(_("已转交。"))
    return redirect(url_for("desk.show"), 303)


def _mine(task_id: str) -> reading.TaskView:
    view = reading.view_task(task_id, current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    return view


def _on_page(view, sheet) -> list:
    """The sections that this page shows: all beside what came before, else the one of the address."""
    if view.beside:
        return sheet.shown()
    key = request.args.get("part", "")
    offered = offered_sections(sheet)
    return [s for s in [next((s for s in sheet.shown() if s.key == key), None) or next(iter(offered), None) or sheet.section("")] if s]


def _read(view, sheet) -> list:
    """Takes what was sent into the sheet; the sections of the page it came from."""
    if view.beside:
        return sheet.read_all()
    sections = _on_page(view, sheet)
    sheet.read(sections)
    return sections


def _after(view, sheet):
    verb, _colon, what = request.form.get("do", "save").partition(":")
    command = rendering.read_command(request.form)
    if verb == "decide":
        return _decided(view, sheet, _decision(view, what))
    if verb == "preview":
        return redirect(url_for("tasks.preview", task_id=view.task.id), 303)
    if verb in ("go", "next"):
        return redirect(url_for("tasks.show", task_id=view.task.id, **listed(), part=what if verb == "go" else _following(view, what)), 303)
    if command and command.verb in (ROW_ADD, ROW_EDIT):
        row = command.index if command.verb == ROW_EDIT else "new"
        return redirect(url_for("rows.show", task_id=view.task.id, key=command.field, row=row), 303)
    place = f"f-{command.field}" if command else ""
    return redirect(url_for("tasks.show", task_id=view.task.id, **_kept_arguments(), _anchor=place or None), 303)


def _kept_arguments() -> dict:
    """What of the address stays when the page is shown again."""
    return {name: request.args[name] for name in ("part", "show", "file", "zoom", "all", LIST) if name in request.args}


def _decided(view, sheet, decision):
    """A decision on a page: what is wrong first, then the question, then the deed."""
    # As they were sent and not as they read: marks of one length, so that no length on the way tells a choice.
    secrets = {key: request.form.get(key, "") for key in sheet.secrets()} if sheet else {}
    errors = rendering.validate(sheet.form, sheet.raw, {**view.context, "outcome": decision.outcome}, sheet.choices)[1] if sheet else {}
    if errors:
        return _page(view, sheet, errors), 422
    if decision.reason or decision.confirm or view.marks or decision.marks in marks.SENDS:
        return _confirm(view, decision, secrets)
    return _completed(view, sheet.raw if sheet else {}, decision, "")


def _decision(view, outcome: str):
    found = next((d for d in view.decisions if d.outcome == outcome), None)
    if found is None:
        raise UnknownOutcome(outcome=outcome)
    return found


def _completed(view, answers: dict, decision, reason: str):
    actor, onward = current_actor(), next_in_list(view)
    try:
        made = once_for(actor, lambda: work_on.complete_task(
            view.task.id, actor=actor, clock=clock(), answers=answers, outcome=decision.outcome, reason=reason))
    except ClaimTaken:  # the page itself says why
        return redirect(url_for("tasks.show", task_id=view.task.id, **listed()), 303)
    flash(_("已办理：%(task)s · %(what)s", task=view.task.name, what=decision.label))
    return redirect(_next_place(made["case"], actor, onward), 303)


def _next_place(case_id: int, actor, onward: str = "") -> str:
    """Where one goes on: the next task of the same case, of the list it was opened from, the desk, the case, home."""
    if reading.case_if_readable(case_id, actor) is None:
        return onward or url_for("home.show")
    mine = [task for task in reading.view_case(case_id, actor, clock()).mine if task.held]
    if mine:
        return url_for("tasks.show", task_id=mine[0].id, **listed())
    if onward:
        return onward
    return url_for("desk.show") if reading.works_at_desk(actor) else url_for("cases.show", case_id=case_id, sent=1)


def _confirm(view, decision, secrets: dict, problem: str = "", reason: str | None = None) -> str:
    return render_template(
        "pages/confirm.html", head=view.head, act=decision, problem=problem, reason=request.form.get("reason", "") if reason is None else reason,
        offered=offered_phrases(view, decision.outcome) if decision.reason or decision.marks else (),
        key=new_key(), hidden={f"secret.{key}": value for key, value in secrets.items()},
        action=url_for("tasks.decide", task_id=view.task.id, outcome=decision.outcome, **listed()), **_about_marks(view, decision),
        back=url_for("tasks.show", task_id=view.task.id, **listed()))


def _with_phrase(view, outcome: str, reason: str) -> str:
    """The reason with the phrase whose button was pressed at its end."""
    chosen = next((text for key, text in offered_phrases(view, outcome) if str(key) == request.form.get("phrase")), "")
    return rendering.joined(reason, chosen) if chosen else reason


def _about_marks(view, decision) -> dict:
    """What the page before a decision says of marks: which go along, which are dropped, whether a reason is needed too."""
    forms = releases.procedure_of(view.head.case.release).forms
    said = [(reading.place_of(forms[m.form], m.section, m.field, m.row), m.remark) for m in view.marks]
    sends = decision.marks in marks.SENDS
    return {"marked": said if sends else [], "dropped": 0 if sends else len(said), "asks_reason": bool(decision.reason) or sends,
            "needs_reason": needs_reason(decision, bool(said) and sends)}


def _page(view, sheet=None, errors: dict | None = None) -> str:
    sheet = sheet or task_sheet(view)
    sections = _on_page(view, sheet) if sheet else []
    return render_template(
        "pages/task.html", view=view, key=new_key(), part=sections[0].key if sections else "",
        parts=[sheet.draw(section, errors, summary=False) for section in sections],
        states=_states(sheet), mistakes=_mistakes(view, sheet, errors), beside=beside_of(view), onward=place_in_list(view), hints=hints_of(view, sheet), locked=bool(sheet and sheet.lock), showing_all=ALL in request.args, **_neighbours(sheet, sections, view))


def _states(sheet) -> list[dict]:
    """The sections with their state, for the column at the side."""
    titles = {s.key: s.title_en if language() == "en" and s.title_en else s.title for s in sheet.form.sections} if sheet else {}
    if sheet is None:
        return []
    offered, marked = {s.key for s in offered_sections(sheet)}, section_marks(sheet)
    return [{"key": key, "title": titles[key], "state": state, "missing": missing, "marks": marked.get(key, 0)}
            for key, (state, missing) in sheet.report.items() if key in offered]


def _neighbours(sheet, sections: list, view) -> dict:
    keys = [section.key for section in offered_sections(sheet)] if sheet and not view.beside else []
    place = keys.index(sections[0].key) if keys and sections and sections[0].key in keys else 0
    return {"place": place + 1, "previous": keys[place - 1] if place else "", "following": keys[place + 1] if place + 1 < len(keys) else ""}


def _following(view, part: str) -> str:
    """The section after this one, with the answers of now: they may have opened one that the page did not offer."""
    sheet = task_sheet(view)
    sections = offered_sections(sheet)
    return _neighbours(sheet, [s for s in sections if s.key == part], view)["following"] or part


def _mistakes(view, sheet, errors: dict | None):
    if not errors:
        return ""
    address = lambda section: url_for("tasks.show", task_id=view.task.id, part=section) if not view.beside else ""  # noqa: E731
    return rendering.render_mistakes(sheet.form, errors, view.context, address, language=language())
