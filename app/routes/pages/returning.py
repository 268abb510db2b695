"""What a returned person sees and sends besides the form itself: which sections count, ticks and replies to remarks."""
from __future__ import annotations

from flask import request

from app.operations import marks
from app.routes.actors import current_actor

ALL = "all"  # in the address: sections that may not be changed are shown too


def offered_sections(sheet) -> list:
    """The sections to go through: of a returned form those that may be changed, unless the address asks for all."""
    if sheet.lock is None or ALL in request.args:
        return sheet.shown()
    return sheet.open_sections()


def section_marks(sheet) -> dict[str, int]:
    """section key -> how many remarks there are in it."""
    return {section.key: sum(len(sheet.remarks.get(key, ())) for key in (f"#{section.key}", *(f.key for f in section.fields)))
            for section in sheet.form.sections}


def keep_replies(view) -> None:
    """Keeps the ticks and words beside the remarks that were on the page."""
    said = {r.key: (f"done.{r.key}" in request.form, request.form.get(f"reply.{r.key}", "")) for r in view.returned if f"reply.{r.key}" in request.form}
    changed = {r.key for r in view.returned if r.key in said and said[r.key] != (r.done, r.reply)}
    if changed:
        marks.save_replies(view.task.id, {key: said[key] for key in changed}, actor=current_actor())
