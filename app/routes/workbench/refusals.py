"""A refused form of the workbench: the reason is said on the page it came from. Programs get the ordinary answer."""
from __future__ import annotations

from functools import wraps

from flask import flash, redirect, request

from app.errors import NotFound, PingshenError, SignInNeeded
from app.routes.errors import message_of, wants_json


def said_on_page(address):
    """Decorates a view: what it refuses is flashed, and the browser goes to `address(**its arguments)`."""

    def wrap(view):
        @wraps(view)
        def run(**values):
            try:
                return view(**values)
            except (NotFound, SignInNeeded):
                raise
            except PingshenError as error:
                if wants_json() or request.method != "POST":
                    raise
                flash(message_of(error), "error")
                return redirect(address(**values), 303)

        return run

    return wrap
