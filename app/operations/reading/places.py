"""Places of forms in words."""
from __future__ import annotations

from flask_babel import gettext as _


def place_of(form, section: str, field: str, row: int) -> str:
    """A place of a form in words: 基本信息 · 姓名, 工作经历 第 2 行."""
    part = next((s for s in form.sections if s.key == section), None)
    found = form.field(field) if field else None
    titles = [part.title if part else section, found.label if found else field]
    words = " · ".join(dict.fromkeys(title for title in titles if title))
    return words + (_(" 第 %(number)d 行", number=row) if row else "")
