"""单位信息: the data of the organisation one acts for (S1-034)."""
from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import DetailsRefused, NotAllowed
from app.people import personnel, units
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of

blueprint = Blueprint("unit", __name__, url_prefix="/unit")
_KEYS = ("address", "contact", "phone", "postcode")


def organisation_id() -> str:
    """The organisation whose pages these are: the one chosen in the top bar. Raises NotAllowed without one."""
    party = current_actor().organisation
    if party is None:
        raise NotAllowed()
    return party["ref"].partition(":")[2]


@blueprint.get("")
@access("menu:unit")
def show():
    """What is known of the organisation, to be corrected; name and credit code only to be read."""
    row = units.details_of(organisation_id())
    return _page({key: getattr(row, key) for key in _KEYS}, {}, "")


@blueprint.post("")
@access("menu:unit")
def change():
    """Saves address, contact, phone, postcode."""
    typed = {key: request.form.get(key, "") for key in _KEYS}
    try:
        units.change_details(organisation_id(), typed, actor=current_actor(), clock=clock())
    except DetailsRefused as error:
        return _page(typed, fields_of(error), message_of(error), status_of(error))
    flash(_("单位信息已保存。"))
    return redirect(url_for("unit.show"), 303)


def _page(typed: dict, fields: dict, problem: str, status: int = 200) -> Response:
    unit = units.details_of(organisation_id())
    events = [event for event in personnel.journal_of(unit.id) if event.kind == "details-changed"]
    return Response(render_template("pages/unit.html", unit=unit, typed=typed, fields=fields, problem=problem, events=events), status)
