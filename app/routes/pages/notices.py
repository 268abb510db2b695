"""Notices of whoever is signed in."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from app import mail
from app.operations import reading
from app.routes.access import access
from app.routes.actors import clock, current_actor

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@access("signed-in")
def show():
    """My notices, newest first; all, unread alone, or of one kind."""
    asked, kind = request.args, request.args.get("kind", "")
    page = reading.notices_of(current_actor(), cursor=asked.get("cursor", ""), unread="unread" in asked, kind=kind if kind in mail.KINDS else "")
    return render_template("pages/notices.html", page=page, kinds=mail.KINDS, kind=kind, unread_only="unread" in asked)


@blueprint.post("/notices/read")
@access("signed-in")
def read():
    """Marks one of my notices as read, or all."""
    reading.mark_read(current_actor(), clock(), request.form.get("notice", type=int))
    return redirect(url_for("notices.show", **{k: v for k, v in request.args.items() if k in ("unread", "kind")}), 303)


@blueprint.get("/notices/<int:notice_id>")
@access("signed-in")
def follow(notice_id: int):
    """Goes to the case or page of one of my notices, which counts as read from then on."""
    notice = reading.notice_of(notice_id, current_actor())
    reading.mark_read(current_actor(), clock(), notice_id)
    return redirect(url_for("cases.show", case_id=notice.case_id) if notice.case_id else notice.link or url_for("notices.show"), 303)
