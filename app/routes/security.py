"""What every answer and every request must satisfy: hosts, proxies, CSRF, rates, headers. No decisions about people."""
from __future__ import annotations

from urllib.parse import urlsplit

import orjson
from flask import Flask, request
from flask_babel import gettext
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.middleware.proxy_fix import ProxyFix

from app.errors import RequestInvalid
from app.extensions import csrf, limiter
from app.routes.actors import bearer_token

API = "/api/"
PARSED = "pingshen.json"  # in the WSGI environment: the body of an API request, read once
DEEPEST = 32  # levels of a JSON body; forms need five
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
POLICY = "; ".join((
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # not stricter: Flask-WTF compares the referrer of forms sent over https
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def register(app: Flask) -> None:
    """Hangs the checks and headers on the app, in the order in which a request meets them."""
    app.config["TRUSTED_HOSTS"] = trusted_hosts(app.config)
    if app.config["MODE"] == "production":
        app.config["SESSION_COOKIE_NAME"] = "__Host-pingshen"
    # Checked by `_ensure_from_here`, which knows that a bearer token cannot be sent by a foreign page.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    _believe_proxies(app, app.config["PROXIES"])
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_ensure_from_here)
    app.before_request(_ensure_json)
    app.after_request(_add_headers)


def trusted_hosts(settings) -> list[str]:
    """Host names that requests may name: the setting, else those of PUBLIC_URL and HOST; always this machine's own."""
    named = [name.strip() for name in str(settings["TRUSTED_HOSTS"]).split(",") if name.strip()]
    derived = [urlsplit(settings["PUBLIC_URL"]).hostname, settings["HOST"]]
    return sorted({name for name in (*(named or derived), *LOOPBACK) if name})


def _believe_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=count)


def _ensure_from_here() -> None:
    if bearer_token() is None:
        csrf.protect(apply_exemptions=True)


def _ensure_json() -> None:
    """The API takes JSON only: a foreign page can send text/plain that looks like it without asking the browser."""
    if not request.path.startswith(API) or request.method not in UNSAFE or not request.content_length:
        return
    if request.mimetype == "multipart/form-data":
        return
    if not request.is_json:
        raise UnsupportedMediaType()
    value = request.environ[PARSED] = _strict_json(request.get_data(cache=True))
    _ensure_shallow(value)


def _strict_json(body: bytes):
    # Python's own reader takes NaN, makes numbers that no store holds, and ends in a RecursionError on a deep text.
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestInvalid(why=gettext("不是有效的 JSON")) from None


def _ensure_shallow(value) -> None:
    level = [value]
    for _depth in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise RequestInvalid(why=gettext("嵌套太深"))


def _inside(value):
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _add_headers(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response
