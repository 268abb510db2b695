"""From one task of a list of the desk to the next: the list travels in the address, as `list=<its filter>`."""
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import request, url_for

from app.operations.reading import worklists
from app.routes.actors import clock
from app.routes.pages.desk import asked_for, at_desk

LIST = "list"


@dataclass(frozen=True)
class Onward:
    """Where a task stands: how much is left of its list, the address of the list, and of what comes next ("" = nothing)."""

    left: int
    back: str
    next: str


def listed() -> dict:
    """The list in the address of this page, for the address of the next one."""
    return {LIST: request.args[LIST]} if request.args.get(LIST) else {}


def next_in_list(view) -> str:
    """The address of the task that follows this one in the list it was opened from; "" without a list or a next one."""
    asked = _asked()
    if asked is None:
        return ""
    following = worklists.following_task(at_desk(), asked, clock(), after=view.task.id)
    return url_for("tasks.show", task_id=following, **listed()) if following else ""


def place_in_list(view) -> Onward | None:
    """Where this task stands in the list it was opened from; None without a list."""
    asked = _asked()
    if asked is None:
        return None
    return Onward(worklists.count_list(at_desk(), asked, clock()), url_for("desk.show", **asked.words()), next_in_list(view))


def _asked() -> worklists.WorkFilter | None:
    words = request.args.get(LIST, "")
    return asked_for(dict(parse_qsl(words))) if words else None
