"""Fields without an answer: a value worked out from others, a text, a look-up that fills other fields."""
from __future__ import annotations

import re

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.rendering.field_types.base import FieldType, nothing
from app.rendering.texts import cn_date


class ReadOnly(FieldType):
    """`value`: an expression, worked out anew whenever it is shown."""

    name = "read_only"
    template = "read_only"
    has_value = False

    def print(self, field, value, scene):
        found = scene.evaluate(field.value)
        if isinstance(found, list):
            return "、".join(str(one) for one in found) or nothing()
        if found is None or found == "":
            return nothing()
        if isinstance(found, bool):
            return _("是") if found else _("否")
        return _readable(str(found))

    def shown(self, field, value, scene):
        return {"words": self.masked(field, scene.evaluate(field.value), scene)}


def _readable(text: str) -> str:
    """Dates and instants in Chinese, everything else as it is."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return cn_date(text)
    instant = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}\+08:00", text)
    return f"{cn_date(instant[1])} {instant[2]}" if instant else text


class Note(FieldType):
    """`text` to read; an empty line begins a paragraph."""

    name = "note"
    template = "note"
    has_value = False

    def shown(self, field, value, scene):
        return {"paragraphs": [p.strip().split("\n") for p in scene.text(field, "text").split("\n\n") if p.strip()]}

    def print(self, field, value, scene):
        return scene.text(field, "text").strip()

    def display(self, field, value, scene, urls=None):
        return Markup("<br>").join(escape(line) for line in self.print(field, value, scene).split("\n"))


class LookUp(FieldType):
    """A button that asks a `connector` with the fields in `ask` and puts what it answers into the fields in `fills`."""

    name = "look_up"
    template = "look_up"
    has_value = False

    def print(self, field, value, scene):
        return ""


def filled(field, answers, result) -> dict:
    """The answers with what a look-up found; what it did not find stays as the person left it.

    `result` is the connector's map. Used for a form's answers and for a row alike.
    """
    found = {key: result.get(name) for key, name in field.fills.items()}
    return {**answers, **{key: value for key, value in found.items() if value not in (None, "")}}
