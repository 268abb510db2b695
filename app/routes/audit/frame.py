"""What the pages of the auditors' desk share: who may open them, and the tabs. For the modules of this package alone."""
from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app.routes.actors import current_actor
from app.routes.access import may_call, rules_of
from app.routes.workbench.frame import EDITOR_POLICY

AUDITOR = "role:auditor"
# (endpoint, label, icon): the tabs, in the order of an audit.
TABS = (
    ("audit.show", _l("查询"), "search"),
    ("audit.samples", _l("抽样"), "dice-3"),
    ("audit_replays.index", _l("重放"), "player-track-next"),
    ("audit_suspicion.index", _l("疑点"), "alert-triangle"),
    ("audit_insight.index", _l("统计"), "chart-histogram"),
    ("audit_packs.index", _l("取证包"), "package"),
    ("audit_proof.index", _l("防篡改"), "shield-lock"),
    ("audit_viewings.index", _l("查阅记录"), "eye"),
    ("audit_retention.index", _l("保管与清除"), "archive"),
    ("audit_backups.index", _l("备份"), "database"),
)


def audit_page(template: str, **values) -> str:
    """A page of the desk with its frame (`audit/frame.html`)."""
    tabs = _tabs()
    return render_template(template, tabs=tabs, tab=_current(tabs), **values)


def drawing_page(template: str, **values) -> Response:
    """A page with a diagram or chart, whose library sets styles on what it draws."""
    response = make_response(audit_page(template, **values))
    response.headers["Content-Security-Policy"] = EDITOR_POLICY
    return response


def _tabs() -> list[tuple[str, str, str, str]]:
    """(address, label, icon, endpoint) of the tabs that are there and that this person may open."""
    views, actor = current_app.view_functions, current_actor()
    return [(url_for(endpoint), label, sign, endpoint) for endpoint, label, sign in TABS
            if endpoint in views and may_call(rules_of(views[endpoint]), actor)]


def _current(tabs: list[tuple[str, str, str, str]]) -> str:
    """The endpoint of the tab that this page stands below: the longest address that begins its own."""
    above = [(len(address), endpoint) for address, _label, _sign, endpoint in tabs if f"{request.path}/".startswith(f"{address}/")]
    return max(above, default=(0, ""))[1]
