"""The desk of those who work from pools: what I hold, what may be taken, by step, and the lists printed over several cases."""
from __future__ import annotations

from dataclasses import fields, replace
from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.errors import NotFound
from app.operations import list_reports, reading, saved_views
from app.operations.printings import last_printed
from app.operations.reading import unitcases, worklists
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.furniture import deadline, minute
from app.sheets import XLSX, Column, write_book

blueprint = Blueprint("desk", __name__)
PLACE = "desk"
FILTERS = tuple(field.name for field in fields(worklists.WorkFilter))


@blueprint.get("/desk")
@access("signed-in")
def show():
    """What waits by step; mine first, then what anybody of my pools may take. Narrowed: one list to tick and decide in."""
    actor, asked = at_desk(), asked_for(request.args)
    if asked.narrows:
        return _list(actor, asked)
    return render_template(
        "pages/desk.html", held=reading.inbox(actor, pooled=False, cursor=request.args.get("held", "")),
        pooled=reading.inbox(actor, held=False, cursor=request.args.get("cursor", "")), **_common(actor))


@blueprint.get("/desk/excel")
@access("signed-in")
def export():
    """The narrowed list as a workbook."""
    asked = asked_for(request.args)
    rows = worklists.work_list(at_desk(), asked, clock(), size=worklists.MOST).rows
    columns = [Column("number", _("业务流水号"), code=True, width=24)] + [Column(key, label) for key, label in (
        ("step", _("环节")), ("starter", _("申请人")), ("summary", _("摘要信息")), ("at", _("到达时间")), ("due", _("截止")), ("held", _("办理情况")))]
    lines = ((t.number, t.name, t.starter_name, t.summary.strip() or t.title, minute(t.created_at), deadline(t.due) if t.due else "",
              _("我手上的") if t.held else _("待领取")) for t in rows)
    return send_file(BytesIO(write_book(_("工作台"), columns, lines)), mimetype=XLSX, as_attachment=True, download_name=_("工作台") + ".xlsx")


@blueprint.post("/desk/views")
@access("signed-in")
def keep_view():
    """Keeps the filters of a list under a name."""
    words = asked_for(request.form).words()
    saved_views.keep_view(current_actor(), PLACE, request.form.get("name", ""), urlencode(words), clock())
    flash(_("视图已保存。"))
    return redirect(url_for("desk.show", **words), 303)


@blueprint.post("/desk/views/drop")
@access("signed-in")
def drop_view():
    """Forgets a view."""
    saved_views.drop_view(current_actor(), PLACE, request.form.get("name", ""))
    return redirect(url_for("desk.show"), 303)


@blueprint.get("/desk/lists/<key>")
@access("signed-in")
def choose(key: str):
    """Ticks the cases that a list shall name (S1-168); ticking and printing change no case (D-40)."""
    actor = at_desk()
    offers = list_reports.offers(actor)
    offer = next((offer for offer in offers if offer.key == key), None)
    if offer is None:
        raise NotFound()
    cases = unitcases.cases_for_list(actor, offer.elements)
    return render_template(
        "pages/desk_list.html", offer=offer, cases=cases[:unitcases.CHOSEN], more=len(cases) > unitcases.CHOSEN,
        printed=last_printed(actor, key, [case.id for case in cases]), all=request.args.get("all") == "1",
        **{"element": "", **_common(actor), "offers": offers})


def asked_for(words) -> worklists.WorkFilter:
    """The filter that an address or a form names."""
    return worklists.WorkFilter(**{name: words.get(name, "").strip()[:100] for name in FILTERS})


def _list(actor, asked):
    page = worklists.work_list(actor, asked, clock(), cursor=request.args.get("cursor", ""))
    return render_template(
        "pages/desk_found.html", page=page, total=worklists.count_list(actor, asked, clock()), most=worklists.MOST,
        groups=worklists.groups_in(actor, asked, clock()), units=worklists.units_in(actor, asked, clock()), **_common(actor, asked))


def _common(actor, asked=None) -> dict:
    views = [(view.name, f"{url_for('desk.show')}?{view.query}") for view in saved_views.views_of(current_actor(), PLACE)]
    return {"lists": worklists.sums_by_step(actor, clock()), "offers": list_reports.offers(actor), "counts": reading.count_waiting(actor),
            "element": asked.step if asked else "", "asked": asked or worklists.WorkFilter(), "views": views}


def at_desk():
    """The actor with the pools of the organisation they act for now: the desk follows the switch in the top bar."""
    actor = current_actor()
    return replace(actor, pools=unitcases.pools_here(actor))
