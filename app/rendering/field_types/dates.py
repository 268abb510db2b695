"""Days and months, as ISO texts (`2026-03-02`, `2026-03`)."""
from __future__ import annotations

import re
from datetime import date

from flask_babel import gettext as _

from app.rendering.field_types.base import FieldType, as_text, nothing
from app.rendering.texts import date_words


class Date(FieldType):
    """A day: `not_before`, `not_after` (expressions that give a date)."""

    name = "date"
    asked_once = True
    template = "date"
    input_type = "date"

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return None
        numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", as_text(raw))
        try:
            return date(*map(int, numbers.groups())).isoformat()
        except (AttributeError, ValueError):
            raise ValueError(_("请填写有效的日期，如 2026-03-02")) from None

    def check(self, field, value, scene):
        found, first, last = [], self._bound(field.not_before, scene), self._bound(field.not_after, scene)
        if first and value < first:
            found.append(_("不能早于%(day)s", day=date_words(first, scene.language)))
        if last and value > last:
            found.append(_("不能晚于%(day)s", day=date_words(last, scene.language)))
        return found

    def _bound(self, expression, scene) -> str:
        return str(scene.evaluate(expression) or "")[:10] if expression else ""

    def json_schema(self, field, scene):
        return {"type": "string", "format": "date"}

    def shown(self, field, value, scene):
        # A browser's date box shows nothing for what it cannot read, and the person would not see the mistake.
        return {"input_type": self.input_type if not value or self._readable(field, value, scene) else "text"}

    def _readable(self, field, value, scene) -> bool:
        try:
            return self.clean(field, value, scene) == value
        except ValueError:
            return False

    def print(self, field, value, scene):
        return nothing() if not value else date_words(value, scene.language)

    def masked(self, field, value, scene):
        hidden = "-**" if scene.language == "en" else "年**月"
        return f"{str(value)[:4]}{hidden}" if scene.mask and field.personal and value else self.print(field, value, scene)


class Month(Date):
    """A month: `not_before`, `not_after` (expressions that give a month or a date)."""

    name = "month"
    input_type = "month"

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return None
        numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})月?", as_text(raw))
        if not numbers or not 1 <= int(numbers[2]) <= 12 or int(numbers[1]) < 1:
            raise ValueError(_("请填写有效的年月，如 2026-03"))
        return f"{numbers[1]}-{int(numbers[2]):02d}"

    def _bound(self, expression, scene):
        return super()._bound(expression, scene)[:7]

    def json_schema(self, field, scene):
        return {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}
