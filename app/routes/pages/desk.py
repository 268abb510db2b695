"""The desk of those who work from pools: what I hold, what may be taken, by step, and the lists printed over several cases."""
from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request

from app.errors import NotFound
from app.operations import list_reports, reading
from app.operations.printings import last_printed
from app.operations.reading import unitcases
from app.routes.access import access
from app.routes.actors import current_actor

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@access("signed-in")
def show():
    """Mine first, then what anybody of my pools may take; filter, search, order and page are in the address."""
    actor, element = _here(), request.args.get("step", "")
    common = {"lists": reading.work_lists(actor), "element": element, "offers": list_reports.offers(actor), "counts": reading.count_waiting(actor)}
    q, by_due = request.args.get("q", "").strip(), request.args.get("order") == "due"
    if q or by_due:
        found = unitcases.find_waiting(actor, q, element=element, by_due=by_due)
        return render_template("pages/desk_found.html", found=found, q=q, by_due=by_due, most=unitcases.FOUND, **common)
    return render_template(
        "pages/desk.html", held=reading.inbox(actor, pooled=False, cursor=request.args.get("held", "")),
        pooled=reading.inbox(actor, held=False, element=element, cursor=request.args.get("cursor", "")), **common)


@blueprint.get("/desk/lists/<key>")
@access("signed-in")
def choose(key: str):
    """Ticks the cases that a list shall name (S1-168); ticking and printing change no case (D-40)."""
    actor = _here()
    offers = list_reports.offers(actor)
    offer = next((offer for offer in offers if offer.key == key), None)
    if offer is None:
        raise NotFound()
    cases = unitcases.cases_for_list(actor, offer.elements)
    return render_template(
        "pages/desk_list.html", offer=offer, offers=offers, cases=cases[:unitcases.CHOSEN], more=len(cases) > unitcases.CHOSEN,
        printed=last_printed(actor, key, [case.id for case in cases]), all=request.args.get("all") == "1",
        lists=reading.work_lists(actor), element="", counts=reading.count_waiting(actor))


def _here():
    """The actor with the pools of the organisation they act for now: the desk follows the switch in the top bar."""
    actor = current_actor()
    return replace(actor, pools=unitcases.pools_here(actor))
