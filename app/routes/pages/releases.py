"""Releases and their processes, to look at."""
from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.operations import reading, releases
from app.routes.access import access

blueprint = Blueprint("releases", __name__)
READERS = ("role:analyst", "role:administrator", "role:auditor")


@blueprint.get("/releases")
@access(*READERS)
def show():
    """All releases, newest first."""
    return render_template("pages/releases.html", releases=reading.list_releases())


@blueprint.get("/releases/<digest>/<process_id>")
@access(*READERS)
def process(digest: str, process_id: str):
    """A process of a release: its diagram, and its steps as a table."""
    parsed, forms = reading.process_in(digest, process_id), releases.procedure_of(digest).forms
    tasks = [element for element in parsed.elements.values() if element.kind == "userTask"]
    return render_template(
        "pages/release_process.html", process=parsed, digest=digest, tasks=tasks,
        titles={key: form.title for key, form in forms.items()})


@blueprint.get("/releases/<digest>/<process_id>.bpmn")
@access(*READERS)
def diagram(digest: str, process_id: str):
    """The BPMN of a process of a release."""
    return Response(reading.process_diagram(digest, process_id), mimetype="application/xml")
