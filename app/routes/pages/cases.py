"""Cases: my own as a list, and one case with its way, forms, materials and the actions it offers."""
from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import NotFound, NotWaitingFor, ReasonNeeded
from app.operations import reading, releases
from app.operations.messages import label_of_message, send_message
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages import mylist
from app.routes.pages.beside import CHANGES, comparisons
from app.routes.pages.casefiles import handed_in
from app.routes.pages.forms import readonly
from app.routes.pages.repeating import new_key, once_for

blueprint = Blueprint("cases", __name__)


@blueprint.get("/my")
@access("signed-in")
def mine():
    """My own cases by tab (S1-136): filter and page are in the address; year, process and order stay for the next visit."""
    actor, tab, elsewhere = current_actor(), request.args.get("tab", "all"), mylist.remembered()
    if tab not in reading.TABS:
        raise NotFound()
    if elsewhere:
        return redirect(elsewhere)
    asked = mylist.asked_for()
    page = reading.with_actions(reading.my_cases(actor, tab, asked=asked, cursor=request.args.get("cursor", "")), actor, clock())
    years, processes = reading.filters_for(actor)
    return render_template(
        "pages/mine.html", tab=tab, asked=asked, counts=reading.count_tabs(actor, asked=asked), page=page, years=years,
        processes=processes, views=mylist.views(), again=releases.startable_ids(actor))


@blueprint.get("/cases/<int:case_id>")
@access("signed-in")
def show(case_id: int):
    """Where the case is: diagram, history, steps, actions."""
    actor = current_actor()
    head = reading.view_case(case_id, actor, clock())
    return render_template(
        "pages/case.html", head=head, where=reading.whereabouts(head, actor), just_sent="sent" in request.args, lines=reading.timeline(head.case, actor), steps=reading.steps_of(head.case, actor))


@blueprint.get("/cases/<int:case_id>/diagram.bpmn")
@access("signed-in")
def diagram(case_id: int):
    """The diagram in the release of the case."""
    return Response(reading.diagram_of(reading.readable_case(case_id, current_actor())), mimetype="application/xml")


@blueprint.get("/cases/<int:case_id>/progress.json")
@access("signed-in")
def progress(case_id: int):
    """Which ways of the diagram were walked, and where the case is."""
    return jsonify(reading.progress_of(reading.readable_case(case_id, current_actor()), current_actor()))


@blueprint.get("/cases/<int:case_id>/form")
@access("signed-in")
def form(case_id: int):
    """The filled forms that I may read, one at a time."""
    actor = current_actor()
    head = reading.view_case(case_id, actor, clock())
    links = reading.readable_forms(head.case, actor)
    key = request.args.get("key") or (links[0].key if links else "")
    link = next((link for link in links if link.key == key), None)
    if link and link.revision > 1 and request.args.get("view") == CHANGES:
        return render_template("pages/case_form.html", head=head, links=links, key=key, html="", link=link, comparison=comparisons(head.case, [link])[0])
    html = readonly(head.case, key, actor) if key else ""
    return render_template("pages/case_form.html", head=head, links=links, key=key, html=html, link=link, comparison=None)


@blueprint.get("/cases/<int:case_id>/materials", endpoint="materials")
@access("signed-in")
def list_materials(case_id: int):
    """The files handed in with the forms that I may read."""
    actor = current_actor()
    head = reading.view_case(case_id, actor, clock())
    return render_template("pages/case_materials.html", head=head, groups=handed_in(head.case, actor))


@blueprint.get("/cases/<int:case_id>/messages/<name>")
@access("signed-in")
def ask(case_id: int, name: str):
    """What the action will do, and its reason, before it is done."""
    head = reading.view_case(case_id, current_actor(), clock())
    return _confirm(head, _offered(head, name))


@blueprint.post("/cases/<int:case_id>/messages/<name>")
@access("signed-in")
def send(case_id: int, name: str):
    """Takes the action."""
    actor, reason = current_actor(), request.form.get("reason", "")
    action = _offered(reading.view_case(case_id, actor, clock()), name)
    try:
        once_for(actor, lambda: send_message(case_id, name, actor=actor, clock=clock(), reason=reason))
    except ReasonNeeded as error:
        return _confirm(reading.view_case(case_id, actor, clock()), action, message_of(error), reason), 422
    flash(_("已办理：%(what)s", what=action.label))
    case = reading.case_if_readable(case_id, actor)
    return redirect(url_for("cases.show", case_id=case_id) if case else url_for("home.show"), 303)


def _offered(head, name: str):
    action = next((a for a in head.actions if a.message == name), None)
    if action is None:
        raise NotWaitingFor(message_name=name, label=label_of_message(head.case, name))
    return action


def _confirm(head, action, problem: str = "", reason: str = "") -> str:
    return render_template(
        "pages/confirm.html", head=head, act=action, problem=problem, reason=reason, key=new_key(),
        back=url_for("cases.show", case_id=head.case.id))
