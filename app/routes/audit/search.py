"""审计: the search over cases and events, kept searches, workbooks. Each search and export is in the log of viewings."""
from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _, lazy_gettext as _l

from app.audit.search import books, finding
from app.audit.search.asked import Asked, asked_for
from app.audit.search.choices import choices
from app.audit.search.standing import standing_of
from app.errors import NotFound
from app.operations import saved_views
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page
from app.sheets import XLSX

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
PLACE = "audit"  # of kept searches
VIEWS = ("cases", "events")
DEVIATIONS = {"found": _l("有疑点"), "moved": _l("迁移过版本"), "late": _l("超过期限"), "by_hand": _l("有人工处置"), "different": _l("重放有差异")}


@blueprint.get("")
@access(AUDITOR)
def show():
    """The search; without criteria also how the proof stands."""
    asked, view, cursor = asked_for(request.args), _view(request.args), request.args.get("cursor", "")
    find, count = (finding.events_found, finding.count_events) if view == "events" else (finding.cases_found, finding.count_cases)
    rows, following = find(asked, clock(), cursor=cursor)
    return audit_page(
        "audit/search.html", asked=asked, view=view, rows=rows, cursor=following, total=count(asked, clock()), choices=choices(), deviations=DEVIATIONS,
        standing=standing_of() if not asked.words() and not cursor else None, views=_kept_views(), exports=books.exports_of(current_actor(), clock()),
        at_once=books.AT_ONCE, counted=finding.COUNTED, most=books.MOST, badge_words=books.badge_words, there=current_app.view_functions)


@blueprint.get("/excel")
@access(AUDITOR)
def export():
    """What is found as a workbook, at most `books.AT_ONCE` rows; more are a job."""
    view = _view(request.args)
    name = _("查到的办理记录") if view == "events" else _("查到的事项")
    return _book(books.book_of(view, asked_for(request.args), clock()), name)


@blueprint.post("/exports")
@access(AUDITOR)
def start_export():
    """Begins the job that makes a long workbook."""
    job = books.start_export(_view(request.form), asked_for(request.form), actor=current_actor(), clock=clock())
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@blueprint.get("/exports/<job_id>.xlsx")
@access(AUDITOR)
def fetch(job_id: str):
    """The workbook that a job of mine made."""
    return send_file(books.file_of(job_id, current_actor(), clock()), mimetype=XLSX, as_attachment=True, download_name=_("审计查询结果") + ".xlsx", max_age=0)


@blueprint.post("/views")
@access(AUDITOR)
def keep_view():
    """Keeps the search under a name."""
    words = _words(asked_for(request.form), _view(request.form))
    saved_views.keep_view(current_actor(), PLACE, request.form.get("name", ""), urlencode(words), clock())
    flash(_("查询已保存。"))
    return redirect(url_for("audit.show", **words), 303)


@blueprint.post("/views/drop")
@access(AUDITOR)
def drop_view():
    """Forgets a kept search."""
    saved_views.drop_view(current_actor(), PLACE, request.form.get("name", ""))
    return redirect(url_for("audit.show"), 303)


def _words(asked: Asked, view: str) -> dict[str, str]:
    return asked.words() | ({"view": view} if view != VIEWS[0] else {})


def _view(words) -> str:
    view = words.get("view", VIEWS[0]) or VIEWS[0]
    if view not in VIEWS:
        raise NotFound()
    return view


def _kept_views() -> list[tuple[str, str]]:
    return [(view.name, f"{url_for('audit.show')}?{view.query}") for view in saved_views.views_of(current_actor(), PLACE)]


def _book(content: bytes, name: str):
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
