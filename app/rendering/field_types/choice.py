"""Choosing from options: one of them, several of them, yes or no, and in secret."""
from __future__ import annotations

from flask_babel import gettext as _

from app.rendering.codes import find, offered, options_of
from app.rendering.field_types.base import FieldType, as_list, as_text, nothing

_MANY = 6  # more options than this are easier to find in a drop-down list


class OneOf(FieldType):
    """One of the `options` or of a `code_table`; `style` radio|select (by default as the number of options suggests)."""

    name = "choice"
    asked_once = True

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return None
        value = as_text(raw)
        if not find(options_of(field, scene), value):
            raise ValueError(_("请从列出的选项中选择"))
        return value

    def check(self, field, value, scene):
        options = options_of(field, scene)
        return [] if find(offered(options, scene), value) else [_("“%(label)s”已停用，请另选一项", label=find(options, value).label)]

    def json_schema(self, field, scene):
        return {"enum": [option.value for option in options_of(field, scene)]}

    def shown(self, field, value, scene):
        return {"choices": [(o.value, o.in_words(scene.language)) for o in offered(options_of(field, scene), scene, value)]}

    def style(self, field, scene) -> str:
        """radio or select."""
        return field.style or ("radio" if len(options_of(field, scene)) <= _MANY - 2 else "select")

    def print(self, field, value, scene):
        if self.is_empty(value):
            return nothing()
        option = find(options_of(field, scene), str(value))
        return option.in_words(scene.language) if option else str(value)


class YesNo(FieldType):
    """是 or 否; true or false in answers."""

    name = "yes_no"
    asked_once = True
    template = "radio"
    grouped = True
    words = {True: "是", "true": "是", "1": "是", False: "否", "false": "否", "0": "否"}

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return None
        said = raw if isinstance(raw, bool) else str(raw).strip().lower()
        if said not in self.words:
            raise ValueError(_("请选择“是”或“否”"))
        return self.words[said] == "是"

    def json_schema(self, field, scene):
        return {"type": "boolean"}

    def shown(self, field, value, scene):
        return {"choices": [("true", _("是")), ("false", _("否"))], "chosen": str(value).lower() if isinstance(value, bool) else ""}

    def print(self, field, value, scene):
        return (_("是") if value else _("否")) if isinstance(value, bool) else nothing()


class Checks(FieldType):
    """Any of the `options` or of a `code_table`; `exclusive`: the value that stands alone (以上均无)."""

    name = "checks"
    asked_once = True
    template = "checks"
    grouped = True
    judged_when_empty = True

    def empty(self, field):
        return []

    def clean(self, field, raw, scene):
        values = list(dict.fromkeys(as_text(value) for value in as_list(raw) if value != ""))
        options = options_of(field, scene)
        if any(not find(options, value) for value in values):
            raise ValueError(_("请从列出的选项中选择"))
        return [option.value for option in options if option.value in values]

    def check(self, field, value, scene):
        options, alone = options_of(field, scene), field.exclusive
        if alone and alone in value and len(value) > 1:
            return [_("选了“%(label)s”就不能再选其他项，请核对", label=find(options, alone).in_words(scene.language))]
        return []

    def json_schema(self, field, scene):
        return {"type": "array", "uniqueItems": True, "items": {"enum": [o.value for o in options_of(field, scene)]}}

    def parse(self, field, data, name):
        return data.getlist(name)

    def shown(self, field, value, scene):
        options = offered(options_of(field, scene), scene, *as_list(value))
        return {"choices": [(o.value, o.in_words(scene.language)) for o in options], "chosen": as_list(value),
                "exclusive": field.exclusive}

    def print(self, field, value, scene):
        options = options_of(field, scene)
        labels = [find(options, v).in_words(scene.language) if find(options, v) else str(v) for v in as_list(value)]
        return "；".join(labels) or nothing()


def _by_place(field, scene=None) -> list[tuple]:
    options = options_of(field, scene)
    return [(f"#{place:03d}", option) for place, option in enumerate(options)]


class Ballot(OneOf):
    """A secret vote: `options`, `box` (expression that gives the ballot). The choice is never stored with the
    answers, never printed, never filled in again."""

    name = "ballot"
    template = "ballot"
    grouped = True
    secret = True
    asked_once = False

    def style(self, field, scene):
        return "radio"

    def clean(self, field, raw, scene):
        places = {place: option.value for place, option in _by_place(field)}
        return super().clean(field, places.get(raw, raw) if isinstance(raw, str) else raw, scene)

    def shown(self, field, value, scene):
        """The options under marks of one length: the length of an encrypted request must not tell what was chosen."""
        return {"choices": [(place, option.in_words(scene.language)) for place, option in _by_place(field, scene)]}

    def print(self, field, value, scene):
        return _("（无记名投票，不显示）")
