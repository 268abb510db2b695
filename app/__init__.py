"""The service. `create_app` is the table of contents; each line is a part with a module of its own."""
from __future__ import annotations

from flask import Flask

from app import checks, cli, config, keys, logs, metrics, routes, store
from app.clock import system_clock


def create_app(settings: dict | None = None, clock=system_clock) -> Flask:
    """The Flask application. `settings` override what `config.read_settings` finds; `clock` gives its time."""
    app = Flask("app", root_path=str(config.ROOT / "app"))
    app.config.update(config.all_settings(settings or {}))
    app.extensions["clock"] = clock
    config.prepare_folders(app.config)
    keys.use_secret_key(app)
    checks.check_settings(app)
    logs.configure(app)
    store.connect(app)
    checks.check_store(app)
    metrics.register(app)
    routes.register(app)
    cli.register(app)
    return app
