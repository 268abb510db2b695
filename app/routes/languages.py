"""Chinese first, English second: `?lang=en` chooses and a cookie remembers. Times are Asia/Shanghai on screen."""
from __future__ import annotations

from flask import Flask, has_request_context, request

from app.extensions import babel

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "lang"


def register(app: Flask) -> None:
    """Chooses the language of each request."""
    babel.init_app(app, locale_selector=chosen_language)
    app.after_request(_remember)


def chosen_language() -> str:
    """The language of this request."""
    if not has_request_context():  # the worker, the command line, scenarios
        return "zh"
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return "zh"


def _remember(response):
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and wanted != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, wanted, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
