"""What expressions read, as people call it: `form.request.kind` as 申请表 · 种类."""
from __future__ import annotations

from flask_babel import gettext as _

from app.definitions import Procedure

_CASE = {"number": "编号", "process": "流程", "title": "标题", "tab": "所在页签", "started_at": "发起时间"}


def named(path: str, procedure: Procedure) -> str:
    """The path in words; as it is where nobody gave it any."""
    root, *rest = path.split(".")
    if root == "form" and rest and rest[0] in procedure.forms:
        form = procedure.forms[rest[0]]
        field = form.field(rest[1]) if len(rest) > 1 else None
        return f"{form.title} · {field.label or field.key}" if field else form.title
    if root == "vars" and rest:
        return _("变量 %(name)s", name=".".join(rest))
    if root == "case" and rest[:1] == ["visits"] and len(rest) > 1:
        return _("“%(step)s”到达次数", step=_element(rest[1], procedure))
    if root == "case" and rest and rest[0] in _CASE:
        return _("事项%(what)s", what=_CASE[rest[0]])
    return {"outcome": _("办理结果"), "today": _("当天日期"), "now": _("当时时间"), "item": _("多人办理中的当前一位")}.get(path, path)


def _element(element_id: str, procedure: Procedure) -> str:
    for diagram in procedure.diagrams:
        for process in diagram.processes:
            for element in process.walk():
                if element.id == element_id:
                    return getattr(element, "name", "") or element_id
    return element_id
