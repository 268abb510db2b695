"""审计: audit packs and logs to take away: asking for one, those that were made, taking one away."""
from __future__ import annotations

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app.audit import packs
from app.audit.packs import choosing
from app.jobs import progress_of
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page

blueprint = Blueprint("audit_packs", __name__, url_prefix="/audit/packs")


@blueprint.get("")
@access(AUDITOR)
def index():
    """What was made, by whomever and what for; newest first. A sample or search that was brought along goes on to the form."""
    if request.args.get("sample") or request.args.get("search"):
        return redirect(url_for(".make", **request.args))
    page = packs.packs_made(cursor=request.args.get("cursor", ""))
    rows = [(pack, job and progress_of(job, clock())) for pack, job in page.rows]
    return audit_page("audit/packs.html", page=page, rows=rows, mine=current_actor().id, moving=any(job and job.moving for _pack, job in rows),
                      kinds=choosing.KIND_WORDS, kept=choosing.days_kept())


@blueprint.get("/make")
@access(AUDITOR)
def make():
    """The form, with the case, sample or search that one comes from."""
    wanted = choosing.wanted_of(request.args)
    return audit_page("audit/packs_make.html", wanted=wanted, found=choosing.count_found(wanted, clock()), choices=choosing.choices(), kinds=choosing.KIND_WORDS,
                      most=choosing.most_cases(), kept=choosing.days_kept())


@blueprint.post("/make")
@access(AUDITOR)
def start():
    """Hands a pack or log to the worker."""
    wanted, given = choosing.wanted_of(request.form), request.form
    kind = given.get("kind", "pack")
    names = given.get("names_pack" if kind == "pack" else "names_log")
    packs.ask(kind, choosing.scope_of(wanted, clock()), title=choosing.title_of(wanted), purpose=given.get("purpose", ""), names=bool(names),
              materials=bool(given.get("materials")), actor=current_actor(), clock=clock())
    flash(_("正在制作，可以离开本页；做好后会有消息通知您。"))
    return redirect(url_for(".index"), 303)


@blueprint.get("/<pack_id>")
@access(AUDITOR)
def take(pack_id: str):
    """The file of a pack or log; each time it is taken away is in the log of viewings."""
    pack, path = packs.download(pack_id, actor=current_actor(), clock=clock())
    return send_file(path, as_attachment=True, download_name=choosing.file_name(pack), max_age=0)


@blueprint.post("/<pack_id>/remove")
@access(AUDITOR)
def remove(pack_id: str):
    """Removes the file of a pack before its days are over."""
    packs.remove(packs.pack_with_id(pack_id))
    flash(_("文件已删除。"))
    return redirect(url_for(".index"), 303)
