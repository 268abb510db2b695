"""Where a file of a proposal is edited: in the editor of its kind, else as text. For the modules of this package alone."""
from __future__ import annotations

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

# kind of file -> (endpoint, the argument that takes its name)
EDITORS = {
    "diagram": ("workbench_diagrams.edit", "name"), "table": ("workbench_diagrams.table", "name"), "form": ("workbench_forms.edit", "key"),
    "codes": ("workbench_forms.codes", "name"), "report": ("workbench_reports.edit", "key"),
}
KIND_WORDS = {
    "diagram": (_l("流程图"), "sitemap"), "table": (_l("决策表"), "table"), "form": (_l("表单"), "forms"), "codes": (_l("代码表"), "list-numbers"),
    "report": (_l("报表模板"), "printer"), "settings": (_l("角色、台账、报表目录、试用人员"), "settings"), "scenario": (_l("情景用例"), "list-details"),
    "sample": (_l("填报样例"), "file-text"), "rows": (_l("决策表的试算行"), "checklist"), "other": (_l("其他"), "file"),
}


def editor_of(proposal_id: int, path: str, kind: str, name: str) -> str:
    """The address of the editor of a file."""
    endpoint, argument = EDITORS.get(kind, ("", ""))
    if endpoint in current_app.view_functions:
        return url_for(endpoint, proposal_id=proposal_id, **{argument: name})
    return url_for("workbench_files.edit", proposal_id=proposal_id, path=path)
