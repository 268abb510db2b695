"""The API under /api/v1 (DESIGN 7): the same operations and the same rules as the pages, as JSON.

A session needs its CSRF token in the header X-CSRFToken (`GET /me` gives it); a bearer token needs none.
Every POST may carry an Idempotency-Key: repeated, it gets the same answer and has one effect.
"""
from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from app.routes import access
from app.routes.api import cases, jobs, materials, releases, tasks, tokens
from app.routes.api.shapes import ErrorShape

PREFIX = "/api/v1"


class OurApi(Api):
    """flask-smorest without its own error answers: `app/routes/errors.py` has the one table."""

    ERROR_SCHEMA = ErrorShape

    def _register_error_handlers(self):
        """Leaves the handlers of the app as they are."""


def register(app: Flask) -> None:
    """Hangs the API and its OpenAPI document on the app."""
    app.json.ensure_ascii = False  # UTF-8 as it is: people read answers, too
    api = OurApi(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]})
    api.spec.options["security"] = [{"bearer": []}, {"session": []}]
    for blueprint in (tokens.blueprint, cases.blueprint, tasks.blueprint, jobs.blueprint, releases.blueprint, materials.blueprint):
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    access.declare(app, "api-docs.openapi_json", "public")
