"""人员与机构: what the service's administrator does with accounts; every act is in the account journal (D-21, D-35, D-120)."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import materials, people
from app.errors import DetailsRefused, NotFound, PingshenError, RegistrationRefused
from app.materials.blobs import read_blob
from app.operations.reading import role_names
from app.operations.standing import standing
from app.people import handover, overview, registering
from app.rendering.texts import masked
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.languages import chosen_language

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@access("role:administrator")
def show():
    """A search over people and organisations, and the requests that wait."""
    word, tab = request.args.get("q", ""), request.args.get("tab", "people")
    waiting = handover.requests_of(state="open")
    found = {"organisations": overview.find_organisations, "requests": lambda _word: handover.requests_of()}.get(tab, overview.find_people)(word)
    return render_template("accounts/people.html", word=word, tab=tab, found=found, waiting=len(waiting), most=overview.MOST)


@blueprint.get("/<person_id>")
@access("role:administrator")
def person(person_id: str):
    """One account."""
    return _page(person_id, {}, None)


@blueprint.post("/<person_id>/acts/<what>")
@access("role:administrator")
def act(person_id: str, what: str):
    """Unlocks, disables, enables, or ends all sign-ins."""
    actor = current_actor()
    overview.account_of(person_id, clock())
    if what == "disable" and person_id == actor.id:  # there may be no other administrator to undo it
        flash(_("不能停用自己的账号，请由另一位系统管理员办理。"), "warning")
        return redirect(url_for("people.person", person_id=person_id), 303)
    verbs = {
        "unlock": lambda: people.unlock(person_id, actor=actor, clock=clock()),
        "disable": lambda: people.set_active(person_id, False, actor=actor, clock=clock()),
        "enable": lambda: people.set_active(person_id, True, actor=actor, clock=clock()),
        "sign_ins": lambda: people.end_all_sign_ins(person_id, actor=actor, clock=clock()),
    }
    if what not in verbs:
        raise NotFound()
    verbs[what]()
    flash(_("已办理，并记入账号记录。"))
    return redirect(url_for("people.person", person_id=person_id), 303)


@blueprint.post("/<person_id>/password")
@access("role:administrator")
def reset(person_id: str):
    """A new password, shown once; it must be changed at the first sign-in."""
    account = overview.account_of(person_id, clock())
    password = registering.new_password_for(person_id, actor=current_actor(), clock=clock())
    back = url_for("people.person", person_id=person_id)
    return render_template("accounts/first_password.html", person=account.person, password=password, back=back)


@blueprint.post("/<person_id>/identity")
@access("role:administrator")
def correct(person_id: str):
    """Puts name and document right after proof."""
    typed = {key: request.form.get(key, "") for key in ("name", "id_type", "id_number", "reason")}
    try:
        people.correct_identity(person_id, **typed, actor=current_actor(), clock=clock())
    except DetailsRefused as error:
        return _page(person_id, typed, error)
    flash(_("已更正，原来的内容保留在账号记录中。"))
    return redirect(url_for("people.person", person_id=person_id), 303)


@blueprint.get("/requests/<int:request_id>")
@access("role:administrator")
def handover_request(request_id: int):
    """One request to change an administrator."""
    return _request_page(request_id, None)


@blueprint.post("/requests/<int:request_id>")
@access("role:administrator")
def decide(request_id: int):
    """Approves or refuses it."""
    approved = request.form.get("decision") == "approve"
    try:
        handover.decide(request_id, approved=approved, answer=request.form.get("answer", ""), roles=standing().administrator,
                        actor=current_actor(), clock=clock())
    except RegistrationRefused as error:
        return _request_page(request_id, error)
    flash(_("已同意更换。") if approved else _("已答复不同意。"))
    return redirect(url_for("people.show", tab="requests"), 303)


@blueprint.get("/requests/<int:request_id>/proof")
@access("role:administrator")
def proof(request_id: int):
    """The letter that came with a request."""
    found = materials.materials_by_id([handover.request_with(request_id).proof])
    if not found:
        raise NotFound()
    material = next(iter(found.values()))
    return send_file(BytesIO(read_blob(material.served)), mimetype=material.media_type, as_attachment=True, download_name=material.name)


def _page(person_id: str, typed: dict, error: PingshenError | None) -> Response:
    page = render_template(
        "accounts/person.html", account=overview.account_of(person_id, clock()), typed=typed, role_names=role_names(chosen_language()), masked=masked,
        fields=fields_of(error) if error else {}, problem=message_of(error) if error else "")
    return Response(page, status_of(error) if error else 200)


def _request_page(request_id: int, error: PingshenError | None) -> Response:
    row = handover.request_with(request_id)
    rows = [entry for entry in handover.requests_of(row.person_id) if entry[0].id == request_id]
    if not rows:
        raise NotFound()
    page = render_template("accounts/request.html", row=rows[0][0], organisation=rows[0][1], person=rows[0][2],
                           profile=people.profile_of(row.person_id), problem=message_of(error) if error else "")
    return Response(page, status_of(error) if error else 200)
