"""Signing in and out, the own password, and which organisation one acts for."""
from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, session as browser, url_for
from flask_babel import gettext

from app import people
from app.errors import AccountLocked, NotAllowed, NotAuthorised, ProofNeeded, RequestInvalid, SignInRefused
from app.extensions import limiter
from app.metrics import count_refusal
from app.people import proofs
from app.routes.access import access
from app.routes.actors import SIGN_IN, begin_session, clock, current_actor, end_session, find_actor
from app.routes.errors import message_of, status_of

blueprint = Blueprint("sign_in", __name__)
AFTER = "/"


@blueprint.get("/sign-in")
@access("public")
def show():
    """The sign-in page; whoever is signed in already goes on."""
    target = safe_target(request.args.get("next", ""))
    if find_actor() is not None:
        return redirect(target)
    return _page("", target)


@blueprint.post("/sign-in")
@access("public")
@limiter.limit(lambda: current_app.config["SIGN_IN_RATE"])
def enter():
    """Checks name and password; a new session, or the page again with how many tries are left (S1-041)."""
    target = safe_target(request.form.get("next", ""))
    name, address = request.form.get("account", "").strip(), request.remote_addr or ""
    try:
        if people.is_suspect(name, address, clock()):
            proofs.ensure_human(request.form, clock())
        _person, secret = people.sign_in(name, request.form.get("password", ""), clock(), address=address)
    except (SignInRefused, AccountLocked, ProofNeeded, NotAuthorised) as error:
        return _refused(error, target, name, address)
    begin_session(secret)
    return redirect(target, 303)


@blueprint.post("/sign-out")
@access("public")
def leave():
    """Ends the sign-in at once."""
    end_session()
    return redirect(url_for("sign_in.show"), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@access("signed-in")
@limiter.limit(lambda: current_app.config["SIGN_IN_RATE"], methods=["POST"])
def password():
    """The own password; afterwards one signs in anew, everywhere."""
    if request.method == "GET":
        return _password_page("")
    try:
        _change(request.form)
    except (SignInRefused, AccountLocked, RequestInvalid) as error:
        return _password_page(message_of(error), status_of(error))
    end_session()
    return redirect(url_for("sign_in.show"), 303)


@blueprint.post("/organisation")
@access("signed-in")
def organisation():
    """Chooses the organisation one acts for."""
    chosen, actor = request.form.get("organisation", ""), current_actor()
    if f"org:{chosen}" not in {party["ref"] for party in people.organisations_of(actor.id)} or SIGN_IN not in browser:
        raise NotAllowed()
    people.act_for(browser[SIGN_IN], chosen)
    return redirect(safe_target(request.form.get("next", "")), 303)


def safe_target(target: str) -> str:
    """An address of this site to go on to; anything else becomes the start page (no open redirect)."""
    local = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if local else AFTER


def _change(form) -> None:
    if form.get("new", "") != form.get("again", ""):
        raise RequestInvalid(why=gettext("两次输入的新密码不一致"))
    people.change_password(current_actor().id, form.get("old", ""), form.get("new", ""), clock())


def _refused(error, target: str, name: str, address: str) -> Response:
    count_refusal(error.code)
    if isinstance(error, (SignInRefused, AccountLocked)):
        people.note_wrong_from(address, clock())
    return _page(message_of(error), target, name, status_of(error), locked=isinstance(error, AccountLocked))


def _page(message: str, target: str, name: str = "", status: int = 200, locked: bool = False) -> Response:
    settings = current_app.config
    suspect = people.is_suspect(name, request.remote_addr or "", clock())
    page = render_template(
        "sign_in.html", message=message, next=target, account=name, locked=locked, limit=settings["WRONG_PASSWORDS"],
        minutes=settings["LOCK_MINUTES"], for_unit=request.values.get("as") == "unit",
        asked=proofs.new_question(clock()) if suspect else None)
    return Response(page, status)


def _password_page(message: str, status: int = 200) -> Response:
    return Response(render_template("password.html", message=message), status)
