"""Fields without an answer: a value worked out from others, a text to read."""
from __future__ import annotations

import re

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.rendering.field_types.base import FieldType, nothing
from app.rendering.texts import date_words


class ReadOnly(FieldType):
    """`value`: an expression, worked out anew whenever it is shown; `link`: one that gives an https address to open."""

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
        return _readable(str(found), scene.language)

    def shown(self, field, value, scene):
        return {"words": self.masked(field, scene.evaluate(field.value), scene), "address": self.address(field, scene)}

    def address(self, field, scene) -> str:
        """Where the value leads; "" for nowhere, and for anything that is no https address."""
        found = scene.evaluate(field.link) if field.link else ""
        return found if isinstance(found, str) and found.startswith("https://") else ""

    def display(self, field, value, scene, urls=None):
        words, address = super().display(field, value, scene, urls), self.address(field, scene)
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, words) if address else words


class Turnout(FieldType):
    """How far the secret ballots of several cases are (`cases`: their numbers): sums alone, never who or what."""

    name = "turnout"
    template = "turnout"
    has_value = False

    def shown(self, field, value, scene):
        rows = scene.choices.turnout([str(one) for one in scene.evaluate(field.cases) or []])
        there = [row for row in rows if row.open]
        return {"ballots": len(rows), "open": len(there), "full": sum(row.cast == row.attending for row in there),
                "attending": sum(row.attending for row in there), "cast": sum(row.cast for row in there)}

    def print(self, field, value, scene):
        more = self.shown(field, value, scene)
        if not more["open"]:
            return _("%(all)d 张选票都已结束投票", all=more["ballots"]) if more["ballots"] else nothing()
        return _("应投 %(attending)d 张次，已投 %(cast)d 张次；%(open)d 项表决进行中，其中 %(full)d 项已投齐", **more)


def _readable(text: str, language: str) -> str:
    """Dates and instants in words, everything else as it is."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date_words(text, language)
    instant = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}\+08:00", text)
    return f"{date_words(instant[1], language)} {instant[2]}" if instant else text


class Note(FieldType):
    """`text` to read; an empty line begins a paragraph."""

    name = "note"
    asked_once = True
    template = "note"
    has_value = False

    def shown(self, field, value, scene):
        return {"paragraphs": [p.strip().split("\n") for p in scene.text(field, "text").split("\n\n") if p.strip()]}

    def print(self, field, value, scene):
        return scene.text(field, "text").strip()

    def display(self, field, value, scene, urls=None):
        return Markup("<br>").join(escape(line) for line in self.print(field, value, scene).split("\n"))
