"""A row of a register of administration data. The answer is {"key", "name", …kept columns}: what it said at the last check."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from app.rendering.field_types.base import FieldType, nothing


class EntryField(FieldType):
    """`register`, `filter` and `prefer` (expressions over `row` and `answers`), `empty_text`.

    One entry that fits is filled in by itself, several are offered. What is copied is read anew at each check, so that a
    correction of the register reaches every form that is not submitted; an entry that is gone is refused (S1-084).
    """

    name = "entry"
    asked_once = True
    template = "entry"

    def offers(self, field, scene, chosen: str = "") -> list:
        """The entries that fit and are preferred, and the chosen one as long as it fits."""
        fitting = [entry for entry in scene.choices.entries(field.register) if _fits(field, entry, scene)]
        worth = {entry.key: _worth(field, entry, scene) for entry in fitting}
        best = max(worth.values(), default=0)
        return [entry for entry in fitting if worth[entry.key] == best or entry.key == chosen]

    def clean(self, field, raw, scene):
        key = raw.get("key") if isinstance(raw, Mapping) else raw
        if key in (None, ""):
            return None
        if not isinstance(key, str):
            raise ValueError(_("此处应为所选条目的标识"))
        return dict(raw) if isinstance(raw, Mapping) else {"key": key}

    def settled(self, field, value, scene, final):
        chosen = _key(value)
        offers = self.offers(field, scene, chosen)
        found = next((entry for entry in offers if entry.key == chosen), None)
        if found is None and len(offers) == 1 and not (final and chosen):
            found = offers[0]
        if found is None:
            # A submitted choice that is gone stays as it is, so that `check` can say so instead of another taking its place.
            return value if final else None
        return {"key": found.key, "name": found.name, **{name: found.row.get(name) for name in found.kept}}

    def check(self, field, value, scene):
        if any(entry.key == value["key"] for entry in self.offers(field, scene, value["key"])):
            return []
        return [_("“%(name)s”已不能选择（停用，或与所填内容不符），请重新选择", name=value.get("name") or value["key"])]

    def json_schema(self, field, scene):
        return {"type": ["string", "object"], "description": _("所选条目的标识，或含 key 的对象")}

    def shown(self, field, value, scene):
        offers = self.offers(field, scene, _key(value))
        return {"offers": offers, "chosen": _key(value), "only": offers[0] if len(offers) == 1 else None,
                "nothing": scene.text(field, "empty_text")}

    def print(self, field, value, scene):
        return str(value.get("name") or value.get("key") or "") if isinstance(value, Mapping) else nothing()


def _key(value) -> str:
    return str(value.get("key") or "") if isinstance(value, Mapping) else ""


def _fits(field, entry, scene) -> bool:
    return not field.filter or scene.in_row(entry.row).evaluate(field.filter) is True


def _worth(field, entry, scene) -> float:
    found = scene.in_row(entry.row).evaluate(field.prefer) if field.prefer else 0
    return float(found) if isinstance(found, (int, float)) else 0.0
