"""Pages and API: the only users of flask.request and g. A route loads, allows, does and answers; it decides nothing.

`register` is called once by `create_app`. The order of the first lines is the order in which a request meets them.
"""
from __future__ import annotations

from importlib import import_module

from flask import Flask

from app.routes import access, api, errors, health, languages, security, sign_in, tracing


def register(app: Flask) -> None:
    tracing.register(app)
    languages.register(app)
    security.register(app)
    access.register(app)
    errors.register(app)
    for blueprint in (sign_in.blueprint, health.blueprint, *_landed()):
        app.register_blueprint(blueprint)
    api.register(app)
    access.declare(app, "static", "public")


def _landed():
    # TODO before release: plain imports once all four are there.
    for name in ("pages", "payments", "certificates", "materials"):
        try:
            module = import_module(f"app.routes.{name}")
        except ImportError:
            continue
        yield from module.blueprints if hasattr(module, "blueprints") else (module.blueprint,)
