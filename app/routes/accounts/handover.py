"""更换管理员: the request of a person, with a scanned letter (D-35, S1-024)."""
from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import materials
from app.errors import PingshenError, RegistrationRefused, UploadRefused
from app.people import handover
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of

blueprint = Blueprint("handover", __name__, url_prefix="/administrator-change")


@blueprint.get("")
@access("signed-in")
def ask():
    """The form, and what became of earlier requests."""
    return _page({}, None)


@blueprint.post("")
@access("signed-in")
def send():
    """Sends the request to the service's administrator."""
    actor, typed, file = current_actor(), request.form.to_dict(), request.files.get("proof")
    try:
        organisation = handover.checked_request(typed, actor)
        if file is None or not file.filename:
            raise RegistrationRefused(why=_("请上传加盖单位公章的更换证明"), fields={"proof": _("请上传加盖单位公章的更换证明")})
        kept = materials.store_upload(file.read(), file.filename, owner=actor.id, clock=clock())
        handover.ask_to_administer(organisation, reason=typed["reason"], proof=kept.id, actor=actor, clock=clock())
    except (RegistrationRefused, UploadRefused) as error:
        return _page(typed, error)
    flash(_("申请已提交，审核结果会显示在本页。"))
    return redirect(url_for("handover.ask"), 303)


def _page(typed: dict, error: PingshenError | None) -> Response:
    page = render_template(
        "accounts/handover.html", typed=typed, fields=fields_of(error) if error else {}, problem=message_of(error) if error else "",
        mine=handover.requests_of(current_actor().id))
    return Response(page, status_of(error) if error else 200)
