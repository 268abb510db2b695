"""Who am I, and tokens for programs."""
from __future__ import annotations

from flask import current_app
from flask_wtf.csrf import generate_csrf

from app import people
from app.extensions import csrf, limiter
from app.people.passwords import digest
from app.routes.access import access
from app.routes.actors import bearer_token, clock, current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint

blueprint = ApiBlueprint("api_tokens", __name__, description="Signing in as a program")


@blueprint.post("/token")
@access("public")
@csrf.exempt  # asks for the password itself and looks at no session
@limiter.limit(lambda: current_app.config["SIGN_IN_RATE"])
@blueprint.arguments(shapes.Credentials)
@blueprint.response(201, shapes.Token)
def issue(said):
    """A token for the header `Authorization: Bearer …`, shown once."""
    person = people.prove(said["account"], said["password"], clock())
    return {"token": people.issue_token(person.id, said["name"], clock(), said["days"])}


@blueprint.delete("/token")
@access("signed-in")
@blueprint.response(204)
def revoke():
    """Ends the token this request was made with."""
    people.revoke_token(digest(bearer_token() or ""), actor=current_actor(), clock=clock())


@blueprint.get("/me")
@access("signed-in")
@blueprint.response(200, shapes.Me)
def me():
    """Who I am to the service."""
    actor = current_actor()
    roles = [{"role": role, "organisation": where} for role, where in sorted(actor.roles)]
    return {"id": actor.id, "name": actor.name, "roles": roles, "organisation": actor.organisation,
            "csrf_token": "" if bearer_token() else generate_csrf()}
