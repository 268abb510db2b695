"""What the pages of one proposal share: who may open them, the tabs, and the looser style rule of the editors.

For the modules of this package alone.
"""
from __future__ import annotations

from flask import Response, current_app, make_response, render_template, url_for
from flask_babel import lazy_gettext as _l

from app.routes.security import POLICY
from app.workbench import catalogue
from app.workbench.models import Proposal

ANALYST = "role:analyst"
READERS = ("role:analyst", "role:administrator", "role:auditor")
# (endpoint, label, icon): the tabs of a proposal, in the order of the work.
TABS = (
    ("workbench.show", _l("概览"), "home"),
    ("workbench_diagrams.index", _l("流程图"), "sitemap"),
    ("workbench_forms.index", _l("表单"), "forms"),
    ("workbench_reports.index", _l("报表"), "printer"),
    ("workbench_findings.show", _l("检查"), "checklist"),
    ("workbench_play.index", _l("试走"), "player-play"),
    ("workbench_scenarios.index", _l("情景用例"), "list-details"),
    ("workbench_whatif.index", _l("假设分析"), "arrows-split-2"),
    ("workbench_changes.show", _l("变更说明"), "file-diff"),
    ("workbench_publishing.show", _l("发布"), "send"),
)
# The editors set styles on elements as they draw; scripts stay as strict as everywhere.
EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace("img-src 'self' data:", "img-src 'self' data: blob:")


def tabs_of(proposal: Proposal) -> list[tuple[str, str, str, str]]:
    """(address, label, icon, endpoint) of every tab."""
    return [(url_for(endpoint, proposal_id=proposal.id), label, sign, endpoint) for endpoint, label, sign in TABS
            if endpoint in current_app.view_functions]


def proposal_page(template: str, proposal: Proposal, **values) -> str:
    """A page of a proposal with its frame (`workbench/frame.html`)."""
    return render_template(template, proposal=proposal, tabs=tabs_of(proposal), procedure_title=catalogue.title_of(proposal.procedure), **values)


def editor_page(template: str, proposal: Proposal, **values) -> Response:
    """A page with one of the editors, which draw with styles of their own."""
    response = make_response(proposal_page(template, proposal, **values))
    response.headers["Content-Security-Policy"] = EDITOR_POLICY
    return response
