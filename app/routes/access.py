"""Who may call which view. Every view says it with `@access(…)`; a view that says nothing is refused.

Rules: "public"; "signed-in"; "role:<code>"; "menu:<code>" of the organisation one acts for (one of several is enough). What a person may see of an object is decided
in `app/operations/access.py`, not here.
"""
from __future__ import annotations

from flask import Flask, current_app, request

from app import people
from app.errors import NotAllowed, PasswordToChange
from app.logs import bind, get_logger
from app.routes.actors import current_actor

log = get_logger(__name__)
_MARK = "access_rules"
_BEFORE_THE_CHANGE = ("sign_in.password", "api_tokens.me")  # open to somebody whose password was given by another


def access(*rules: str):
    """Declares who may call a view: `@access("public")`, `@access("role:administrator", "role:auditor")`."""
    for rule in rules:
        if rule not in ("public", "signed-in") and not rule.startswith(("role:", "menu:")):
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
    if actor.must_change and request.endpoint not in _BEFORE_THE_CHANGE:
        raise PasswordToChange()
    if not may_call(rules, actor):
        raise NotAllowed()


def may_call(rules: tuple[str, ...], actor) -> bool:
    """Whether somebody who is signed in satisfies one of the rules of a view."""
    if "signed-in" in rules or "public" in rules:
        return True
    if any(actor.has_role(rule.removeprefix("role:")) for rule in rules if rule.startswith("role:")):
        return True
    wanted = {rule.removeprefix("menu:") for rule in rules if rule.startswith("menu:")}
    return bool(wanted) and not wanted.isdisjoint(people.menus_of(actor))
