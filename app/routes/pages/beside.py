"""What stands beside a reviewer's own form: one filled form, what changed in the forms, or the files handed in."""
from __future__ import annotations

from flask import request

from app.operations import reading
from app.routes.actors import clock, current_actor
from app.routes.pages.casefiles import handed_in
from app.routes.pages.forms import language, readonly
from app.routes.pages.marking import Marking

CHANGES, MATERIALS = "changes", "materials"


def beside_of(view: reading.TaskView) -> dict | None:
    """What the address names, else the first form; None when nothing came before."""
    if not view.beside:
        return None
    case, wanted = view.head.case, request.args.get("show", "")
    links = {link.key: link for link in view.beside}
    found = {"changed": any(link.revision > 1 for link in view.beside)}
    if wanted == MATERIALS:
        return found | {"key": wanted, **_files(case)}
    if wanted == CHANGES and found["changed"]:
        return found | {"key": wanted, "comparisons": comparisons(case, [link for link in view.beside if link.revision > 1])}
    key = wanted if wanted in links else view.beside[0].key
    marking = Marking(view, key) if key in view.markable else None
    return found | {"key": key, "html": readonly(case, key, current_actor(), marking=marking), "older": links[key].older, "marking": marking}


def comparisons(case, links) -> list[dict]:
    """Per form: its title, what changed since this reader or their colleagues last decided, and the remarks with their replies."""
    actor = current_actor()
    return [{
        "title": link.title, "key": link.key, "remarks": reading.answered_remarks(case, link.key, actor),
        "changes": reading.changes_of(case, link.key, reading.last_decided(case, actor, link.key), actor=actor, clock=clock(), language=language()),
    } for link in links]


def _files(case) -> dict:
    groups = handed_in(case, current_actor())
    known, file = {m.id for _title, rows in groups for m in rows}, request.args.get("file", "")
    return {"groups": groups, "file": file if file in known else ""}
