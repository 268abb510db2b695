"""Who may call which view. Every view says it with `@access(…)`; a view that says nothing is refused.

Rules: "public"; "signed-in"; "role:<code>" (one of several is enough). What a person may see of an object is decided
in `app/operations/access.py`, not here.
"""
from __future__ import annotations

from flask import Flask, current_app, request

from app.errors import NotAllowed
from app.logs import bind, get_logger
from app.routes.actors import current_actor

log = get_logger(__name__)
_MARK = "access_rules"


def access(*rules: str):
    """Declares who may call a view: `@access("public")`, `@access("role:administrator", "role:auditor")`."""
    for rule in rules:
        if rule not in ("public", "signed-in") and not rule.startswith("role:"):
            raise ValueError(f"no such access rule: {rule!r}")

    def mark(view):
        setattr(view, _MARK, rules)
        return view

    return mark


def rules_of(view) -> tuple[str, ...]:
    """What a view declared; empty when it declared nothing."""
    return getattr(view, _MARK, ())


def declare(app: Flask, endpoint: str, *rules: str) -> None:
    """Declares for a view that a library brought along."""
    view = app.view_functions[endpoint]
    app.view_functions[endpoint] = access(*rules)(lambda **values: view(**values))


def register(app: Flask) -> None:
    """Refuses every request to a view that does not declare who may call it."""
    app.before_request(_refuse_what_is_not_declared)


def _refuse_what_is_not_declared() -> None:
    if request.endpoint is None:
        return
    rules = rules_of(current_app.view_functions[request.endpoint])
    if not rules:
        log.error("view-without-access-rule", endpoint=request.endpoint)
        raise NotAllowed()
    if "public" not in rules:
        _ensure_one_of(rules)


def _ensure_one_of(rules: tuple[str, ...]) -> None:
    actor = current_actor()
    bind(actor_id=actor.id)
    if "signed-in" in rules:
        return
    if not any(actor.has_role(rule.removeprefix("role:")) for rule in rules):
        raise NotAllowed()
