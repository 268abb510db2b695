"""Registering: a person (S1-029), an organisation with its administrator (S1-030, S1-031). A code by mail completes it."""
from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import AccountThere, CodeRefused, PingshenError, ProofNeeded, RegistrationRefused
from app.extensions import limiter
from app.operations.standing import standing
from app.people import proofs, registering
from app.routes.access import access
from app.routes.accounts.proofs import ensure_human
from app.routes.actors import clock, find_actor
from app.routes.errors import fields_of, message_of, status_of

blueprint = Blueprint("registration", __name__)
_REFUSALS = (RegistrationRefused, AccountThere, ProofNeeded)
_PERSON = ("name", "id_type", "id_number", "birth_date", "sex", "phone", "email", "account", "agreed")


def _rate():
    return current_app.config["SIGN_IN_RATE"]


@blueprint.route("/register", methods=["GET", "POST"])
@access("public")
@limiter.limit(_rate, methods=["POST"])
def person():
    """One's own account."""
    if request.method == "GET":
        return _page(False, {}, None)
    return _ask(False, registering.ask_to_register)


@blueprint.route("/register/unit", methods=["GET", "POST"])
@access("public")
@limiter.limit(_rate, methods=["POST"])
def unit():
    """An organisation; whoever is signed in becomes its administrator with the account they have."""
    if request.method == "GET":
        return _page(True, {}, None)
    return _ask(True, registering.ask_to_register_organisation) if find_actor() is None else _take()


@blueprint.post("/register/code")
@access("public")
@limiter.limit(_rate)
def confirm():
    """The code from the mail makes the account."""
    found, handle = standing(), request.form.get("handle", "")
    try:
        if request.form.get("resend"):
            registering.send_registration_code_again(handle, clock())
            return _code_page(handle, None)
        registering.finish_registration(handle, request.form.get("code", ""), person_roles=found.person,
                                        admin_roles=found.administrator, kind=found.kind, clock=clock())
    except CodeRefused as error:
        return _code_page(handle, error)
    flash(_("注册完成，请登录。"))
    return redirect(url_for("sign_in.show"), 303)


def _ask(for_unit: bool, verb):
    typed = request.form.to_dict()
    try:
        ensure_human()
        return _code_page(verb(typed, clock()), None)
    except _REFUSALS as error:
        return _page(for_unit, typed, error)


def _take():
    found, actor = standing(), find_actor()
    try:
        registering.take_organisation(request.form.to_dict(), roles=found.administrator, kind=found.kind, actor=actor, clock=clock())
    except (RegistrationRefused, CodeRefused) as error:
        return _page(True, request.form.to_dict(), error)
    flash(_("单位已注册，您是单位管理员。请重新登录。"))
    return redirect(url_for("sign_in.show"), 303)


def _page(for_unit: bool, typed: dict, error: PingshenError | None) -> Response:
    page = render_template(
        "accounts/register.html", unit=for_unit, typed=typed, fields=fields_of(error) if error else {},
        problem=message_of(error) if error else "", asked=proofs.new_question(clock()))
    return Response(page, status_of(error) if error else 200)


def _code_page(handle: str, error: CodeRefused | None) -> Response:
    page = render_template(
        "accounts/code.html", heading=_("验证邮箱"), words=_("验证码已发送到您填写的邮箱，输入后即完成注册。"), way="register", handle=handle,
        target=url_for("registration.confirm"), again=url_for("registration.person"), verb=_("完成注册"), fields={},
        problem=message_of(error) if error else "")
    return Response(page, status_of(error) if error else 200)
