"""Voting: all ballots that wait for one person on one page, cast one by one or together. No choice is kept, shown or logged."""
from __future__ import annotations

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.operations import voting
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.forms import language

blueprint = Blueprint("voting", __name__)
CHOICE = "choice."


@blueprint.get("/votes")
@access("signed-in")
def show():
    """My ballots, by form and case number."""
    return _page()


@blueprint.post("/votes")
@access("signed-in")
def cast():
    """Casts one ballot, or all that were chosen on; the page afterwards says how many and never which way."""
    chosen = _chosen(request.form.get("do", ""))
    if not chosen:
        return _page(_("还没有选择。请先在选票上选一项，再投出。")), 422
    told = voting.cast_papers(chosen, actor=current_actor(), clock=clock())
    if told.cast:
        flash(_("已投出 %(n)d 张选票。选择与姓名分开保存，不能查看或更改。", n=told.cast))
    for message in sorted({message_of(refusal) for refusal in told.refused.values()}):
        flash(message, "error")
    return redirect(url_for("voting.show"), 303)


def _chosen(button: str) -> dict[str, str]:
    """task id -> the mark chosen on its ballot: of the ballot whose button was pressed, else of all."""
    verb, _colon, one = button.partition(":")
    sent = {name.removeprefix(CHOICE): mark for name, mark in request.form.items() if name.startswith(CHOICE) and mark}
    return {task: mark for task, mark in sent.items() if verb != "one" or task == one}


def _page(problem: str = "") -> str:
    papers = voting.papers_of(current_actor(), clock(), language())
    groups = [(form, list(rows)) for form, rows in groupby(papers, lambda paper: paper.form)]
    return render_template("pages/votes.html", groups=groups, left=sum(not p.cast for p in papers), problem=problem, english=language() == "en")
