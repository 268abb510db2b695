"""A page that was sent after the sign-in had ended: kept aside for its author until they have signed in again (D-123).

On the server and not in the browser: it works without a script, on a shared machine nothing stays behind, and the way
of signing in does not matter. Whose page it is says a signed field of the form; nobody else gets to see it.
"""
from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from app.errors import NotFound
from app.rendering.field_types import field_type
from app.routes.access import access
from app.routes.actors import clock, current_actor, find_actor
from app.store import session, transaction
from app.store.models import KeptPage

blueprint = Blueprint("resuming", __name__)
LONGEST, KEPT = 1_000_000, timedelta(days=1)  # characters; how long it waits
_NOT_KEPT = ("csrf_token", "who", "password")


@blueprint.app_template_global()
def signed_who(form=None) -> str:
    """Whose page this is, for the case that it is sent after the sign-in has ended; and which fields of its form are secret."""
    actor = find_actor()
    secret = [field.key for field in form.fields() if field_type(field).secret] if form else []
    return _signer().dumps({"person": actor.id, "secret": secret}) if actor else ""


def keep_aside():
    """Keeps the page that was sent and leads to the sign-in; None when it cannot be said whose it is."""
    person, secret = _author()
    if request.method != "POST" or not person or "X-Autosave" in request.headers or "HX-Request" in request.headers:
        return None
    sent = [[name, value] for name, value in request.form.items(multi=True) if name not in _NOT_KEPT and not _is_secret(name, secret)]
    if sum(len(name) + len(value) for name, value in sent) > LONGEST:
        return None
    page = KeptPage(id=secrets.token_urlsafe(32), person_id=person, address=request.full_path.rstrip("?")[:500], sent=sent, at=clock()())
    with transaction():
        session().execute(sa.delete(KeptPage).where(KeptPage.at < page.at - KEPT))
        session().add(page)
    return redirect(url_for("sign_in.show", next=url_for("resuming.show", kept=page.id)), 303)


@blueprint.get("/kept/<kept>")
@access("signed-in")
def show(kept: str):
    """What was typed when the sign-in ended, to be sent again by whoever typed it."""
    page = session().get(KeptPage, kept)
    if page is None or page.person_id != current_actor().id or page.at < clock()() - KEPT:
        raise NotFound()
    shown = [(name, value) for name, value in page.sent if value.strip() and "." not in name and name not in ("do", "version", "key")]
    return render_template("pages/kept.html", page=page, shown=shown)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="page-author")


def _author() -> tuple[str, list[str]]:
    """(whose page it is, its secret fields); ("", []) when it does not say."""
    try:
        said = _signer().loads(request.form.get("who", ""), max_age=7 * 24 * 3600)
        return said["person"], said["secret"]
    except BadData:
        return "", []


def _is_secret(name: str, secret: list[str]) -> bool:
    # A choice in a ballot is stored in its box and nowhere else: it is made again rather than kept beside a name.
    first, _dot, rest = name.partition(".")
    return first in secret or (first == "secret" and bool(rest))
