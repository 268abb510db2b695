"""Pages and API: the only users of flask.request and g. A route loads, allows, does and answers; it decides nothing.

`register` is called once by `create_app`. The order of the first lines is the order in which a request meets them.
"""
from __future__ import annotations

from flask import Flask

from app.extensions import limiter
from app.routes import access, accounts, api, audit, certificate_register, certificates, errors, finance, health, languages, materials, pages, payments, purposes, security, seen, sign_in, tracing, uploads, workbench

PARTS = (*pages.blueprints, *accounts.blueprints, *workbench.blueprints, *audit.blueprints, purposes.blueprint, sign_in.blueprint, health.blueprint, payments.blueprint, finance.blueprint, certificates.blueprint, certificate_register.blueprint, materials.blueprint, uploads.blueprint)


def register(app: Flask) -> None:
    """Hangs all pages, the API and what surrounds them on the app."""
    tracing.register(app)
    languages.register(app)
    security.register(app)
    access.register(app)
    seen.register(app)
    errors.register(app)
    for blueprint in PARTS:
        app.register_blueprint(blueprint)
    api.register(app)
    limiter.exempt(app.view_functions["static"])
    access.declare(app, "static", "public")
