"""Text on one line and on several. Lengths are code points of the normalised text (NFC, trimmed)."""
from __future__ import annotations

import re

from flask_babel import gettext as _

from app.expressions import fits_pattern
from app.rendering.field_types.base import FieldType, as_text
from app.rendering.formats import FORMATS


class Text(FieldType):
    """One line: `min_length`, `max_length`, `pattern` with `pattern_message`, `format` id-card|phone|email|uscc|name."""

    name = "text"
    asked_once = True
    one_line = True
    longest = 200   # code points, where the field does not say

    def clean(self, field, raw, scene):
        if raw is None:
            return None
        text = as_text(raw)
        if self.one_line:
            text = re.sub(r"\s*\n\s*", " ", text)
        return self._in_format(field, text) or None

    def _in_format(self, field, text):
        """The text as its format stores it; left alone when it is wrong, which `check` tells."""
        try:
            return FORMATS[_format(field)](text) if text else text
        except (KeyError, ValueError):
            return text

    def check(self, field, value, scene):
        found = [message for message in (self._short(field, len(value)), self._long(field, len(value))) if message]
        if found and len(value) > self.most(field):
            return found  # an analyst's pattern never meets a text of any length
        if field.pattern and not fits_pattern(field.pattern, value):
            found.append(scene.text(field, "pattern_message") or _("格式不符合要求，请按提示填写"))
        try:
            FORMATS.get(_format(field), str)(value)
        except ValueError as error:
            found.append(str(error))
        return found

    def most(self, field) -> int:
        """The greatest length in code points."""
        return field.max_length or self.longest

    def _short(self, field, count):
        least = field.min_length or 0
        if count < least:
            return _("还差 %(left)d 字（至少 %(least)d 字）", left=least - count, least=least)
        return ""

    def _long(self, field, count):
        over = count - self.most(field)
        return _("超出 %(over)d 字（最多 %(most)d 字），请删减", over=over, most=self.most(field)) if over > 0 else ""

    def json_schema(self, field, scene):
        found = {"type": "string", "maxLength": self.most(field)}
        return {**found, "minLength": field.min_length} if field.min_length else found

    def shown(self, field, value, scene):
        return {"input_type": {"email": "email", "phone": "tel"}.get(field.format, "text")}


class LongText(Text):
    """Several lines with a count: `min_length`, `max_length`, `rows`."""

    name = "long_text"
    template = "long_text"
    one_line = False
    longest = 2000

    def shown(self, field, value, scene):
        count = len(str(value or ""))
        return {"rows": field.rows or 4, "count": count, "least": field.min_length or 0, "most": self.most(field)}


def _format(field) -> str:
    """A text of a person's identity without another format is a name: its dots are made one (C-068)."""
    return field.format or ("name" if field.personal == "identity" else "")
