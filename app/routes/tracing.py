"""A line in the log and a figure for every request, and the id that ties them together. No decisions here."""
from __future__ import annotations

import re
import time
import uuid

from flask import Flask, current_app, request

from app import logs, metrics

log = logs.get_logger(__name__)
_ID, _BEGUN = "pingshen.request_id", "pingshen.begun"
_PLAUSIBLE = re.compile(r"[0-9A-Za-z-]{8,64}")


def register(app: Flask) -> None:
    """Begins and ends the line of each request."""
    app.before_request(_begin)
    app.after_request(_finish)


def request_id() -> str:
    """The id of this request: shown with errors, in the header X-Request-Id, and in every line of the log."""
    return request.environ.setdefault(_ID, _given_id() or uuid.uuid4().hex)


def _given_id() -> str:
    given = request.headers.get("X-Request-Id", "") if current_app.config["PROXIES"] else ""
    return given if _PLAUSIBLE.fullmatch(given) else ""


def _begin() -> None:
    request.environ[_BEGUN] = time.perf_counter()
    logs.forget()
    logs.bind(request_id=request_id())
    case_id = (request.view_args or {}).get("case_id")
    if case_id is not None:
        logs.bind(case_id=case_id)


def _finish(response):
    seconds = time.perf_counter() - request.environ.get(_BEGUN, time.perf_counter())
    response.headers["X-Request-Id"] = request_id()
    metrics.observe_request(request.endpoint or "none", request.method, response.status_code, seconds)
    # The rule and not the path: paths of public checks hold secret codes.
    rule = request.url_rule.rule if request.url_rule else "none"
    log.info("request", method=request.method, route=rule, status=response.status_code, ms=round(seconds * 1000, 1))
    return response
