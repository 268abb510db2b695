"""JSON logs with request and case ids, from which secrets and personal numbers are taken out. Anybody may log.

What must never be logged (passwords, tokens, cookies, answers, votes, identity and phone numbers) is removed here, in
the last step before writing, so that no caller can forget it: also in stack traces and in libraries' own lines.
"""
from __future__ import annotations

import logging
import re
import sys
from urllib.parse import urlsplit

import structlog
from flask import Flask

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|authori[sz]ation|cookie|csrf|signature|answers|payload|ballot|vote|choice|id_?num|phone|e?mail$",
    re.IGNORECASE,
)
_PATTERNS = (
    (re.compile(r"pst_[A-Za-z0-9_-]{20,}|Bearer\s+\S+"), HIDDEN),
    # SQLAlchemy's errors print what was bound to the statement: whole forms.
    (re.compile(r"\[parameters: .*?\]\n|\[parameters: .*\]", re.DOTALL), f"[parameters: {HIDDEN}]"),
    # PostgreSQL's errors print the row in their way.
    (re.compile(r"(Key|Failing row contains) \(.*\)"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"), "[id-number]"),
    (re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[phone]"),
)


class JsonHandler(logging.StreamHandler):
    """Our handler on the root logger; a class of its own so that a second app replaces it instead of doubling lines."""


def configure(app: Flask) -> None:
    """Sends everything that is logged in this process through the filter to standard error, one JSON object a line."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = JsonHandler(sys.stderr)
    handler.setFormatter(formatter(secrets_of(app.config), shared))
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept, JsonHandler)] + [handler]
    root.setLevel(app.config["LOG_LEVEL"])
    for noisy in ("werkzeug", "pikepdf", "alembic", "fontTools", "xhtml2pdf", "reportlab", "PIL", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def formatter(known: tuple[str, ...], before) -> logging.Formatter:
    """A formatter whose last step but one is the filter."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=list(before),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            lambda _logger, _name, event: scrub(event, known),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: scrub(str(value), known)),
        ],
    )


def secrets_of(settings) -> tuple[str, ...]:
    """The secret texts among the settings, to be hidden wherever they turn up."""
    urls = (urlsplit(str(settings.get(name) or "")).password for name in ("DATABASE_URL", "BROKER_URL", "FILES_URL"))
    found = [settings.get("SECRET_KEY"), settings.get("GATEWAY_SECRET"), settings.get("GATEWAY_SECRET_OLD"), *urls]
    return tuple(str(secret) for secret in found if secret and len(str(secret)) >= 6)


def scrub(value, known: tuple[str, ...] = (), name: str = ""):
    """The value without secrets and personal numbers, in mappings, lists and texts, however deep."""
    if name and value and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: scrub(inner, known, str(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [scrub(inner, known) for inner in value]
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if _scrub_text(str(value), known) == str(value) else HIDDEN
    return _scrub_text(str(value), known)


def _scrub_text(text: str, known: tuple[str, ...]) -> str:
    for secret in known:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def bind(**facts) -> None:
    """Adds facts (request_id, case_id, actor_id) to every line of this request or job from now on."""
    structlog.contextvars.bind_contextvars(**facts)


def forget() -> None:
    """Drops what was bound: a new request or job begins."""
    structlog.contextvars.clear_contextvars()


def get_logger(name: str):
    """A structlog logger: `log.info("case-started", case_id=7)`; events are words, facts are keywords."""
    return structlog.stdlib.get_logger(name)
