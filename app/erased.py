"""What people see where something was erased by law. A leaf: anybody may import it."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.proof.chain import name_said
from app.proof.digests import is_erased

ERASED = "已依法清除"  # as it is stored where a column must say something
WORDS = _l("已依法清除")


def shown(value):
    """A value with the words for people wherever something was erased, however deep."""
    if is_erased(value):
        return str(WORDS)
    if isinstance(value, dict):
        return {key: shown(child) for key, child in value.items()}
    return [shown(child) for child in value] if isinstance(value, list) else value


def shown_name(text: str) -> str:
    """The name of an event's actor as people read it."""
    return shown(name_said(text))
