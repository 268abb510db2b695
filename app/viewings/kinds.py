"""Kinds of viewings and what they are called. A kind that is not named here is shown by its own word."""
from __future__ import annotations

from flask_babel import gettext as _, lazy_gettext as _l

KINDS = {
    "case": _l("办理记录"), "form": _l("填报内容"), "task": _l("办理页面"), "materials": _l("材料清单"), "material": _l("材料"),
    "thumbnail": _l("材料缩略图"), "report": _l("报表"), "certificate": _l("证书"), "payment": _l("缴费信息"), "person": _l("账号信息"),
    "batch": _l("批次内事项"), "personnel": _l("人员名单"), "register": _l("台账条目"), "pool": _l("抽取与参评"), "list": _l("事项列表"),
    "search": _l("查找"), "export": _l("导出 Excel"), "play": _l("播放办理过程"), "replay": _l("重放核对"), "pack": _l("取证包"),
    "audit": _l("审计查询"), "sample": _l("抽样"), "suspicion": _l("疑点"), "viewings": _l("查阅记录"), "retention": _l("保管与清除"),
}
OF_ONE = frozenset({"case", "form", "task", "materials", "material", "thumbnail", "report", "certificate", "payment", "person", "play"})


def kind_words(kind: str) -> str:
    """What a kind is called on screen."""
    return str(KINDS[kind]) if kind in KINDS else _("其他（%(kind)s）", kind=kind)
