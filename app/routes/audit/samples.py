"""审计 — 抽样: random samples out of a search: drawn, noted about, checked, handed on to replays and packs."""
from __future__ import annotations

from io import BytesIO

from flask import Response, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app.audit.search import books, finding, samples
from app.audit.search.asked import Asked, asked_for
from app.audit.search.drawing import record_of
from app.errors import SampleRefused
from app.pools import lots
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page
from app.routes.audit.search import blueprint
from app.routes.errors import message_of
from app.sheets import XLSX


@blueprint.get("/samples", endpoint="samples")
@access(AUDITOR)
def index():
    """All samples with their progress, newest first."""
    rows, cursor = samples.samples_drawn(cursor=request.args.get("cursor", ""))
    return audit_page("audit/samples.html", rows=rows, cursor=cursor)


@blueprint.get("/samples/new")
@access(AUDITOR)
def new_sample():
    """What a sample is drawn from, how large, and why."""
    return _asking(asked_for(request.args))


@blueprint.post("/samples")
@access(AUDITOR)
def draw():
    """Draws and freezes it."""
    asked, typed = asked_for(request.form), {name: request.form.get(name, "") for name in ("title", "reason", "by", "said", "wanted")}
    typed["by"] = request.form.get("by_column", "")
    try:
        sample = samples.draw_sample(asked, typed.pop("wanted").strip(), **typed, actor=current_actor(), clock=clock())
    except SampleRefused as error:
        return _asking(asked, message_of(error)), 422
    flash(_("已抽取并固定样本。"))
    return redirect(url_for("audit.sample", sample_id=sample.id), 303)


@blueprint.get("/samples/<int:sample_id>")
@access(AUDITOR)
def sample(sample_id: int):
    """One sample: its cases, what was noted, how it was drawn; `check` draws it again."""
    return _page(samples.sample_with(sample_id))


@blueprint.post("/samples/<int:sample_id>/cases/<int:position>")
@access(AUDITOR)
def note(sample_id: int, position: int):
    """What I found of one case."""
    version = request.form.get("version", "")
    try:
        samples.note_case(sample_id, position, request.form.get("verdict", ""), request.form.get("note", ""), int(version) if version.isdecimal() else -1,
                          actor=current_actor(), clock=clock())
    except SampleRefused as error:
        return _page(samples.sample_with(sample_id), message_of(error)), 409
    place = {name: request.form[name] for name in ("only", "cursor") if request.form.get(name)}
    return redirect(url_for("audit.sample", sample_id=sample_id, **place, _anchor=f"case-{position}"), 303)


@blueprint.get("/samples/<int:sample_id>/excel")
@access(AUDITOR)
def sample_book(sample_id: int):
    """The sample with its notes as a workbook."""
    drawn = samples.sample_with(sample_id)
    return send_file(BytesIO(books.sample_book(drawn)), mimetype=XLSX, as_attachment=True, download_name=f"{drawn.title}.xlsx")


@blueprint.get("/samples/<int:sample_id>/record.json")
@access(AUDITOR)
def sample_record(sample_id: int):
    """All that the draw follows from, for whoever does it again."""
    drawn = samples.sample_with(sample_id)
    return Response(lots.canonical(record_of(drawn)), mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="sample-{drawn.id}.json"'})


def _asking(asked: Asked, problem: str = "") -> str:
    return audit_page("audit/sample_new.html", asked=asked, problem=problem, total=finding.count_cases(asked, clock()), counted=finding.COUNTED,
                      strata_options=[(key, label) for key, (label, _place) in samples.STRATA.items()], most=samples.MOST, typed=request.form)


def _page(drawn, problem: str = "") -> str:
    only = request.values.get("only", "")
    verdict = {"fine": "fine", "doubt": "doubt", "explain": "explain", "open": ""}.get(only)
    lines, cursor = samples.lines_of(drawn, verdict=verdict, cursor=request.values.get("cursor", ""))
    faults = samples.check_sample(drawn) if "check" in request.args else None
    return audit_page("audit/sample.html", sample=drawn, lines=lines, cursor=cursor, only=only, progress=samples.progress_of(drawn.id), problem=problem,
                      verdicts=samples.VERDICT_WORDS, strata=samples.STRATA, faults=faults, there=current_app.view_functions)
