"""审计: one case played back: the page, its data, each event looked at closer, the diagrams of its releases, the way into other cases."""
from __future__ import annotations

import re

import orjson
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from app.audit import player
from app.audit.replays import badge_of
from app.audit.suspicion import KINDS, findings_of
from app.errors import NotFound
from app.operations import reading, releases
from app.operations.past_releases import releases_of
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, drawing_page
from app.routes.pages.forms import CaseUrls, language
from app.store.models import Case
from app.viewings import note_viewing

blueprint = Blueprint("audit_player", __name__, url_prefix="/audit/cases")


@blueprint.get("/<int:case_id>")
@access(AUDITOR)
def show(case_id: int):
    """The player; without scripts its list of steps, each a page of its own."""
    case = _case(case_id)
    note_viewing(current_actor(), kind="play", clock=clock(), case_id=case.id)
    return drawing_page("audit/player.html", case=case, lines=reading.timeline(case, current_actor()), back=_back(), badge=badge_of(case.id),
                        can_pack="audit_packs.make" in current_app.view_functions)


@blueprint.get("/<int:case_id>/track.json")
@access(AUDITOR)
def track(case_id: int):
    """The whole course (docs/audit/track.md) with the findings about it."""
    case = _case(case_id)
    note_viewing(current_actor(), kind="play", clock=clock(), case_id=case.id)
    found = player.track_of(case, actor=current_actor(), clock=clock(), language=language())
    response = Response(orjson.dumps(found | {"findings": _findings(case)}), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/<int:case_id>/frames/<int:seq>")
@access(AUDITOR)
def frame(case_id: int, seq: int):
    """One event: its forms as they looked then and its files; a part of the page, or a page where there are no scripts."""
    case = _case(case_id)
    look = player.Looks(case, actor=current_actor(), language=language()).at(seq, CaseUrls(case.id))
    note_viewing(current_actor(), kind="play", clock=clock(), case_id=case.id, detail=f"#{seq}")
    if request.headers.get("X-Requested-With") == "player":
        return render_template("audit/player_look.html", case=case, look=look)
    return drawing_page("audit/player_frame.html", case=case, look=look)


@blueprint.get("/<int:case_id>/diagrams/<digest>/<process_id>.bpmn")
@access(AUDITOR)
def diagram(case_id: int, digest: str, process_id: str):
    """A diagram of a release that the case is or was in: of its own process, or of one that it calls."""
    case = _case(case_id)
    if digest not in releases_of(case):
        raise NotFound()
    process = releases.process_in(digest, case.process_id)
    if process_id not in (process.id, *process.called.values()):
        raise NotFound()
    return Response(reading.process_diagram(digest, process_id), mimetype="application/xml")


@blueprint.get("/<int:case_id>/frames/<int:seq>/in/<int:other_id>")
@access(AUDITOR)
def follow(case_id: int, seq: int, other_id: int):
    """Into another case at the moment that belongs to this one, with a way back."""
    case, other = _case(case_id), _case(other_id)
    return redirect(url_for("audit_player.show", case_id=other.id, back=f"{case.id}.{seq}", at=player.matching(case, seq, other)))


def _case(case_id: int) -> Case:
    """The case, for somebody who may play it. Raises NotFound, NotAllowed."""
    case = reading.readable_case(case_id, current_actor())
    player.ensure_may_play(case, current_actor())
    return case


def _back() -> tuple[Case, int] | None:
    """The case and event that one came from."""
    came = re.fullmatch(r"(\d{1,18})\.(\d{1,9})", request.args.get("back", ""), re.ASCII)
    case = reading.case_if_readable(int(came[1]), current_actor()) if came else None
    return (case, int(came[2])) if case else None


def _findings(case: Case) -> list[dict]:
    return [{"seq": one.seq, "element": one.element, "code": one.code, "label": str(KINDS[one.code].label), "severity": one.severity, "words": str(one.words),
             "dismissed": one.dismissed} for one in findings_of(case)]
