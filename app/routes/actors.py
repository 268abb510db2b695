"""Who makes this request: by the sign-in of the session, or by a bearer token. Routes only."""
from __future__ import annotations

from flask import current_app, request, session as browser

from app import people
from app.errors import SignInNeeded
from app.people import Actor

SIGN_IN = "sign_in"  # key of the session under which the secret of the sign-in lies
_KEPT = "pingshen.actor"  # in the WSGI environment: one look-up per request


def clock():
    """The clock of this app."""
    return current_app.extensions["clock"]


def bearer_token() -> str | None:
    """The token of the Authorization header; None without one. A session is not looked at when there is one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def find_actor() -> Actor | None:
    """Who makes this request; None when nobody is signed in."""
    if _KEPT not in request.environ:
        request.environ[_KEPT] = _look_up()
    return request.environ[_KEPT]


def current_actor() -> Actor:
    """Who makes this request. Raises SignInNeeded."""
    actor = find_actor()
    if actor is None:
        raise SignInNeeded()
    return actor


def _look_up() -> Actor | None:
    token = bearer_token()
    if token is not None:
        return people.token_holder(token, clock())
    secret = browser.get(SIGN_IN)
    return people.signed_in(secret, clock()) if secret else None


def begin_session(secret: str) -> None:
    """A new session around a sign-in: nothing of the one before survives, its CSRF token neither."""
    browser.clear()
    browser[SIGN_IN] = secret
    request.environ.pop(_KEPT, None)


def end_session() -> None:
    """Ends the sign-in on the server and empties the session."""
    secret = browser.pop(SIGN_IN, None)
    browser.clear()
    request.environ.pop(_KEPT, None)
    if secret:
        people.sign_out(secret, clock())
