"""The blueprint of all API modules: flask-smorest's, reading the JSON that `app/routes/security.py` has checked."""
from __future__ import annotations

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from app.routes.security import PARSED


class CheckedParser(FlaskParser):
    """Takes the body as it was parsed and checked before any view; an empty body is an empty object."""

    def _raw_load_json(self, req):
        return req.environ.get(PARSED, {})


class ApiBlueprint(Blueprint):
    """Used by the modules of this package instead of flask-smorest's own."""

    ARGUMENTS_PARSER = CheckedParser()
