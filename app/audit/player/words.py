"""How the player calls things: kinds of events, people, values exactly as they were. The search of the desk says kinds of events with it."""
from __future__ import annotations

import orjson
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import people
from app.erased import WORDS
from app.people import SYSTEM
from app.proof.digests import is_erased
from app.rendering.texts import readable

KINDS = {
    "start": _l("发起"), "complete": _l("办理"), "message": _l("操作"), "timer": _l("到期自动办理"), "answer": _l("系统回复"),
    "take": _l("领取"), "give_back": _l("退回待领取"), "hand": _l("转交"), "open": _l("开始查看"), "move": _l("迁移到另一版本"),
    "move-undone": _l("撤销迁移"), "retry": _l("重新尝试"), "repair": _l("人工修复"), "erase": _l("清除"), "restored": _l("从备份恢复"),
}
ORDINARY = frozenset({"start", "complete", "message", "timer", "answer", "take", "give_back", "open"})  # every other kind is an administrative act
LONGEST = 400  # characters of a value


def kind_label(kind: str, actor_id: str) -> str:
    """What people call a kind of event; one that is not known by its own name."""
    return _("消息") if kind == "message" and actor_id == SYSTEM.id else str(KINDS.get(kind, kind))


def text_of(value) -> str:
    """A text of an event; of an erased one, that it is erased."""
    if is_erased(value):
        return str(WORDS)
    return "" if value is None else str(value)


def person(person_id: str) -> str:
    """The name of somebody of whom only the id is kept; "" for nobody."""
    if person_id == SYSTEM.id:
        return _("系统")
    return people.name_of(person_id) if person_id else ""


def exactly(value) -> str:
    """A value as it was, readable, and never as something else: an auditor compares it with what a condition says."""
    if is_erased(value):
        return str(WORDS)
    if value is None:
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return value["name"]
    plain = not isinstance(value, dict) and not (isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value))
    words = readable(value) if plain else orjson.dumps(value).decode()
    return (words[:LONGEST] + "…" if len(words) > LONGEST else words) or _("空")
