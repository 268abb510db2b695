"""Signing in through the identity provider and coming back to where one was (S1-042, J-11). Signing out here ends ours only."""
from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, session as browser, url_for

from app import people
from app.errors import NotAuthorised, NotFound, ProviderFailed
from app.extensions import limiter
from app.operations.standing import standing
from app.people import provided, provider
from app.routes.access import access
from app.routes.actors import begin_session, clock
from app.routes.errors import message_of, status_of
from app.routes.sign_in import safe_target

blueprint = Blueprint("provider", __name__, url_prefix="/sign-in/provider")
_KEPT = "provider"  # key of the browser's session: the journey and where it began


@blueprint.get("")
@access("public")
@limiter.limit(lambda: current_app.config["SIGN_IN_RATE"])
def leave():
    """Sends the browser to the provider."""
    _ensure_set_up()
    journey = provider.new_journey()
    try:
        target = provider.address_to_go(current_app.config, journey, _back())
    except ProviderFailed as error:
        return _failed(error)
    browser[_KEPT] = [journey.state, journey.nonce, journey.verifier, request.args.get("next", "")]
    return redirect(target)


@blueprint.get("/back")
@access("public")
@limiter.limit(lambda: current_app.config["SIGN_IN_RATE"])
def back():
    """Where the provider sends the browser back to: a new session, or why not."""
    _ensure_set_up()
    kept = browser.pop(_KEPT, None) or ["", "", "", ""]
    try:
        vouched = provider.whom(current_app.config, provider.Journey(*kept[:3]), state=request.args.get("state", ""),
                                code=request.args.get("code", ""), back=_back())
        found = standing()
        person = provided.account_for(vouched, person_roles=found.person, kind=found.kind, clock=clock())
        _person, secret = people.begin_sign_in(person.id, clock(), address=request.remote_addr or "", way="provider")
    except (ProviderFailed, NotAuthorised) as error:
        return _failed(error)
    begin_session(secret)
    return redirect(safe_target(kept[3]), 303)


def _ensure_set_up() -> None:
    if not current_app.config["OIDC_ISSUER"]:
        raise NotFound()


def _back() -> str:
    # Not from the request: what the Host header says must not decide where a code is sent.
    return current_app.config["PUBLIC_URL"] + url_for("provider.back")


def _failed(error) -> Response:
    return Response(render_template("accounts/provider_failed.html", message=message_of(error)), status_of(error))
