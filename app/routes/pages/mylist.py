"""What belongs to the list of my own cases besides the list: its filters, which stay, kept views, and the list as a workbook."""
from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, send_file, session as browser, url_for
from flask_babel import gettext as _

from app.operations import reading, saved_views
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.sheets import XLSX, Column, write_book

blueprint = Blueprint("mylist", __name__, url_prefix="/my")
PLACE = "my"
STAYING = ("year", "process", "order")  # words one looked for and the tab do not stay: they would hide what is new
MOST = 5000  # rows of a workbook


def remembered() -> str:
    """Where to go instead, when the address names no filter and one was chosen before; else ""."""
    kept = browser.get(PLACE, {})
    if not kept or "clear" in request.args or any(name in request.args for name in STAYING):
        return ""
    return url_for("cases.mine", **(request.args.to_dict() | kept))


def asked_for() -> reading.CaseFilter:
    """The filters of the address, remembered while the person is signed in."""
    given = {name: request.args.get(name, "").strip() for name in STAYING}
    if any(name in request.args for name in (*STAYING, "clear")):
        browser[PLACE] = {name: value for name, value in given.items() if value}
    return reading.CaseFilter(q=request.args.get("q", "").strip()[:100], **(given | {"order": given["order"] or "newest"}))


def views() -> list[tuple[str, str]]:
    """(name, address) of the kept views."""
    return [(view.name, f"{url_for('cases.mine')}?{view.query}") for view in saved_views.views_of(current_actor(), PLACE)]


@blueprint.post("/views")
@access("signed-in")
def keep():
    """Keeps the filters of the page under a name."""
    query = {name: request.form.get(name, "") for name in ("tab", "q", *STAYING)}
    saved_views.keep_view(current_actor(), PLACE, request.form.get("name", ""), urlencode({k: v for k, v in query.items() if v} or {"clear": 1}), clock())
    flash(_("视图已保存。"))
    return redirect(url_for("cases.mine", **query), 303)


@blueprint.post("/views/drop")
@access("signed-in")
def drop():
    """Forgets a view."""
    saved_views.drop_view(current_actor(), PLACE, request.form.get("name", ""))
    return redirect(url_for("cases.mine"), 303)


@blueprint.get("/cases.xlsx")
@access("signed-in")
def book():
    """The filtered list as a workbook."""
    tab = request.args.get("tab", "all")
    page = reading.my_cases(current_actor(), tab if tab in reading.TABS else "all", asked=asked_for(), size=MOST)
    columns = [Column("number", _("业务流水号"), code=True)] + [Column(key, label) for key, label in (
        ("title", _("事项名称")), ("summary", _("摘要信息")), ("starter", _("申请人")), ("stage", _("当前环节")), ("handler", _("办理部门")), ("result", _("办理结果")))]
    rows = [(c.number, c.title, c.summary.strip(), c.starter_name, c.stage, c.handler, c.result) for c in page.rows]
    return send_file(BytesIO(write_book(_("我的事项"), columns, rows)), mimetype=XLSX, as_attachment=True, download_name=_("我的事项") + ".xlsx")
