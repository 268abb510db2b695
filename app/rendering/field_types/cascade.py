"""A way down a code table, level by level; the answer is the list of codes."""
from __future__ import annotations

from flask_babel import gettext as _

from app.rendering.codes import find, offered, options_of
from app.rendering.field_types.base import FieldType, as_list, as_text, nothing


class Cascade(FieldType):
    """`code_table` (a tree), `levels` (keys of the levels: how many there are).

    One select per level. A level offers what the level above leaves; without a script the refresh button asks.
    """

    name = "cascade"
    asked_once = True
    template = "cascade"
    grouped = True

    def empty(self, field):
        return []

    def clean(self, field, raw, scene):
        codes = [as_text(code) for code in as_list(raw)]
        while codes and not codes[-1]:
            codes.pop()
        options = options_of(field, scene)
        for code in codes:
            option = find(options, code)
            if option is None:
                raise ValueError(_("所选项目前后不一致，请重新逐级选择"))
            options = option.children
        return codes

    def check(self, field, value, scene):
        options = options_of(field, scene)
        for code in value:
            if not find(offered(options, scene), code):
                return [_("“%(label)s”已停用，请另选一项", label=find(options, code).label)]
            options = find(options, code).children
        return [_("请继续选择下一级")] if options else []

    def json_schema(self, field, scene):
        return {"type": "array", "items": {"type": "string"}, "maxItems": len(field.levels) or 20}

    def parse(self, field, data, name):
        """Codes from the inputs `name.0`, `name.1`, …; a level that no longer fits the one above is dropped."""
        return [data.get(f"{name}.{depth}") or "" for depth in range(len(field.levels) or 10)]

    def repaired(self, field, codes, scene) -> list[str]:
        """The longest beginning of the codes that the table knows: what remains when a higher level was changed."""
        options, kept = options_of(field, scene), []
        for code in as_list(codes):
            option = find(options, str(code))
            if option is None:
                break
            kept.append(option.value)
            options = option.children
        return kept

    def shown(self, field, value, scene):
        kept = self.repaired(field, value, scene)
        options, levels = options_of(field, scene), []
        for depth in range(len(field.levels) or _depth(options)):
            chosen = kept[depth] if depth < len(kept) else ""
            choices = [(o.value, o.in_words(scene.language)) for o in offered(options, scene, chosen)]
            levels.append({"label": self._label(field, depth, scene), "named": bool(field.level_labels), "chosen": chosen, "choices": choices})
            options = find(options, chosen).children if chosen else ()
        return {"levels": levels}

    def _label(self, field, depth: int, scene) -> str:
        names = (scene.language == "en" and field.level_labels_en) or field.level_labels
        return names[depth] if depth < len(names) else _("第 %(number)d 级", number=depth + 1)

    def print(self, field, value, scene):
        options, labels = options_of(field, scene), []
        for code in as_list(value):
            option = find(options, str(code))
            labels.append(option.in_words(scene.language) if option else str(code))
            options = option.children if option else ()
        return " / ".join(labels) or nothing()


def _depth(options) -> int:
    return 1 + max((_depth(option.children) for option in options), default=0) if options else 0
