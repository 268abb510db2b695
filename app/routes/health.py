"""Whether the service lives, whether it can work, and its figures. For machines: no sign-in, no personal data."""
from __future__ import annotations

import shutil
from ipaddress import ip_address

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from app import checks, metrics
from app.backups.outside import gap
from app.errors import NotFound
from app.extensions import limiter
from app.logs import get_logger
from app.proof import alarms
from app.proof.heads import age_of, last_head
from app.rendering.fonts import FontMissing, find_fonts
from app.routes.access import access
from app.routes.actors import clock, find_actor
from app.store import session
from app.store.models import Timer

blueprint = Blueprint("health", __name__)
log = get_logger(__name__)
ROOM = 200 * 1024 * 1024  # bytes that must be free where the service writes
VITAL = ("database", "rollback", "migrations", "fonts", "disk")  # without these requests fail; without the others they wait


@blueprint.get("/health/live")
@access("public")
@limiter.exempt
def live():
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
@access("public")
@limiter.exempt
def ready():
    """What the service needs, one word each: 503 when a vital part is missing, `degraded` when another is."""
    parts = {name: _safely(look) for name, look in LOOKS.items()}
    failed = [name for name, word in parts.items() if word != "ok"]
    vital = any(name in VITAL for name in failed)
    return jsonify(status="failed" if vital else "degraded" if failed else "ok", parts=parts), 503 if vital else 200


@blueprint.get("/metrics")
@access("public")
@limiter.exempt
def figures():
    """Prometheus' figures: for this machine, and for administrators."""
    actor = find_actor()
    if not ip_address(request.remote_addr or "0.0.0.0").is_loopback and not (actor and actor.has_role("administrator")):
        raise NotFound()
    return Response(metrics.render(), mimetype="text/plain; version=0.0.4")


def _safely(look) -> str:
    try:
        return look()
    except (SQLAlchemyError, OSError) as error:
        log.error("not-ready", exc_info=error)
        return "failed"


def _database() -> str:
    return "; ".join(reason for _setting, reason in checks.store_findings()) or "ok"


def _migrations() -> str:
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    here = set(MigrationContext.configure(session().connection()).get_current_heads())
    return "ok" if here == set(script.get_heads()) else "behind: pingshen init"


def _fonts() -> str:
    try:
        find_fonts()
    except FontMissing as error:
        return error.message
    return "ok"


def _disk() -> str:
    free = shutil.disk_usage(current_app.config["VAR"]).free
    return "ok" if free >= ROOM else f"{free // 1024 // 1024} MB free"


def _worker() -> str:
    """The worker writes an anchor at every beat: the newest one tells when it last worked."""
    head = last_head()
    if head is None:
        return "never seen"
    age = age_of(head, clock())
    return "ok" if age <= 3 * current_app.config["ANCHOR_EVERY"] else f"last anchor {age:.0f} s ago"


def _anchors() -> str:
    """Whether heads of the event log get out to where they are kept."""
    return alarms.trouble(clock()) if last_head() else "none yet"


def _timers() -> str:
    held = session().scalar(sa.select(sa.func.count()).where(Timer.held != ""))
    return "ok" if not held else f"{held} held"


def _rollback() -> str:
    found = gap()
    return f"database older than its heads: {found.events} events missing" if found else "ok"


LOOKS = {
    "rollback": _rollback,
    "database": _database, "migrations": _migrations, "fonts": _fonts, "disk": _disk, "worker": _worker, "anchors": _anchors, "timers": _timers,
}
