"""审计: what is unusual."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, jsonify, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app.audit import suspicion
from app.audit.suspicion import reading, thresholds
from app.errors import NotFound
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page
from app.sheets import XLSX
from app.store import session
from app.store.models import Case

blueprint = Blueprint("audit_suspicion", __name__, url_prefix="/audit/suspicion")
KEEPERS = (AUDITOR, "role:administrator")


@blueprint.get("")
@access(AUDITOR)
def index():
    """The findings by filters, how many of each kind, by whom and where."""
    asked = reading.asked_of(request.args)
    return audit_page("audit/suspicion.html", asked=asked, page=reading.lines(asked, request.args.get("cursor", "")), counts=reading.counts(asked), total=reading.total(asked),
                      people=reading.by_person(asked), organisations=reading.by_organisation(asked), processes=reading.processes(), kinds=suspicion.KINDS,
                      severities=suspicion.SEVERITIES)


@blueprint.get("/excel")
@access(AUDITOR)
def export():
    """The same as a workbook."""
    return send_file(BytesIO(reading.workbook(reading.asked_of(request.args))), mimetype=XLSX, as_attachment=True, download_name=_("疑点.xlsx"))


@blueprint.get("/cases/<int:case_id>.json")
@access(AUDITOR)
def of_case(case_id: int):
    """The findings of one case for the diagram."""
    case = session().get(Case, case_id)
    if case is None:
        raise NotFound()
    return jsonify([{"seq": one.seq, "element": one.element, "code": one.code, "label": str(suspicion.KINDS[one.code].label), "severity": one.severity,
                     "words": one.words, "dismissed": one.dismissed} for one in suspicion.findings_of(case)])


@blueprint.post("/<int:finding_id>/dismissal")
@access(AUDITOR)
def dismiss(finding_id: int):
    """Sets a finding aside, with a reason."""
    suspicion.dismiss(finding_id, request.form.get("why", ""), actor=current_actor(), clock=clock())
    flash(_("已记为“不作疑点”，理由留存。"))
    return redirect(_back(), 303)


@blueprint.post("/<int:finding_id>/again")
@access(AUDITOR)
def again(finding_id: int):
    """Takes a finding up again that was set aside."""
    suspicion.take_up_again(finding_id, actor=current_actor(), clock=clock())
    flash(_("已重新列为疑点。"))
    return redirect(_back(), 303)


@blueprint.get("/thresholds")
@access(*KEEPERS)
def limits():
    """The thresholds, what each means, and who changed them."""
    return audit_page("audit/suspicion_limits.html", rows=[(one, thresholds.in_force()[one.name]) for one in thresholds.THRESHOLDS], history=thresholds.history(),
                      kinds=suspicion.KINDS.values(), severities=suspicion.SEVERITIES)


@blueprint.post("/thresholds")
@access(*KEEPERS)
def set_limits():
    """Sets thresholds; every case is looked at again by them."""
    changed = thresholds.set_thresholds(request.form, actor=current_actor(), clock=clock())
    flash(_("已保存：%(what)s。所有事项会按新的标准重新看一遍，需要一些时间。", what="、".join(changed)) if changed else _("没有改动。"))
    return redirect(url_for(".limits"), 303)


def _back() -> str:
    """The list as it was filtered."""
    return url_for(".index", **reading.asked_of(request.args).as_query)
