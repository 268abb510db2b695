"""A button that asks an outside register and fills other fields. Its answer says what was asked, found and left alone.

The answer is {"state": found|stale|unknown|down, "at", "found": {field: value}, "held": {field: value}, "why", "seal"}: whoever
reads the form later sees what was fetched, what was changed afterwards, and what was never fetched (D-32). It travels through
the page, so what was found is sealed with what was asked: only the service can say `found`, and only for that question.
"""
from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from flask_babel import gettext as _

from app.rendering.field_types.base import FieldType, field_type

FOUND, STALE, UNKNOWN, DOWN = "found", "stale", "unknown", "down"  # stale: asked with other words than there are now


class LookUp(FieldType):
    """`connector`, `ask` (fields), `fills` (field: name in the answer), `button`, `auto` (asks by itself once)."""

    name = "look_up"
    template = "look_up"

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return None
        if not isinstance(raw, Mapping) or raw.get("state") not in (FOUND, STALE, UNKNOWN, DOWN):
            raise ValueError(_("查询结果由系统记录，不能填写"))
        value = {"state": raw["state"], "why": str(raw.get("why") or "")[:200], "found": _values(field, raw.get("found")),
                 "held": _values(field, raw.get("held")), "at": str(raw.get("at") or "")[:40], "seal": str(raw.get("seal") or "")[:100]}
        if value["state"] in (FOUND, STALE):
            value["state"] = FOUND if value["seal"] == _seal(field, value, scene) else STALE
        return value

    def parse(self, field, data, name):
        """What the page carries of the last answer: a section that is drawn anew has not been saved yet."""
        try:
            return json.loads(data.get(name) or "null")
        except ValueError:
            return None

    def json_schema(self, field, scene):
        return {"type": ["object", "null"], "readOnly": True}

    def shown(self, field, value, scene):
        value = value if isinstance(value, Mapping) else {}
        begun = any(not _blank(_present(field, key, scene)) for key in field.fills)
        able = not missing(field, scene)
        return {"state": value.get("state", ""), "words": self.print(field, value, scene), "held": self._held(field, value, scene),
                "button": scene.text(field, "button"),
                "auto": field.auto and not value and not begun and able, "why": value.get("why", ""),
                "carried": json.dumps(value, ensure_ascii=False) if value else ""}

    def _held(self, field, value, scene) -> list[tuple[str, str]]:
        return [(_label(field, key, scene), _words(field, key, found, scene)) for key, found in (value.get("held") or {}).items()]

    def print(self, field, value, scene):
        if not isinstance(value, Mapping) or not value.get("state"):
            return ""
        if value["state"] == STALE:
            return _("获取后查询条件已修改，没有重新获取")
        if value["state"] != FOUND:
            return _("未能获取，由本人填写")
        changed = [_label(field, key, scene) for key, found in value.get("found", {}).items() if _present(field, key, scene) != found]
        return _("由系统获取；本人改过：%(fields)s", fields="、".join(changed)) if changed else _("由系统获取")


def missing(field, scene) -> list[str]:
    """Labels of what must be filled in before the register can be asked."""
    asked = [(key, _member(field, key, scene)) for key in field.ask]
    lacking = [member for key, member in asked if member is not None and _blank(_present(field, key, scene)) and scene.requires(member)]
    if lacking or all(_blank(_present(field, key, scene)) for key in field.ask):
        return [scene.text(member) for member in lacking or [m for _key, m in asked if m is not None][:1]]
    return []


def asked(field, scene) -> dict[str, str]:
    """What the register is asked: the fields in `ask`, of the row or of the form, that have an answer."""
    found = {key: _present(field, key, scene) for key in field.ask}
    return {key: str(value) for key, value in found.items() if not _blank(value)}


def filled(field, answers: Mapping, result: Mapping, at: str = "", replace: bool = False) -> dict:
    """The answers (of a form or a row) with what a look-up found; what it did not find stays as the person left it.

    What a person typed or changed is left alone and kept aside in `held`, unless they ask to `replace` it (D-32).
    """
    before = answers.get(field.key) or {}
    values = {key: result.get(name) for key, name in field.fills.items() if not _blank(result.get(name))}
    own = {key for key in values if not _blank(answers.get(key)) and answers.get(key) != (before.get("found") or {}).get(key)}
    held = {} if replace else {key: values[key] for key in own if answers.get(key) != values[key]}
    taken = {key: value for key, value in values.items() if key not in held}
    return {**answers, **taken, field.key: {"state": FOUND, "at": at, "found": values, "held": held, "why": ""}}


def sealed(field, values: Mapping, scene) -> dict:
    """The values with what was just found bound to what was just asked; what was found before keeps its own seal."""
    answer = values[field.key]
    if answer["state"] != FOUND or "seal" in answer:
        return dict(values)
    return {**values, field.key: {**answer, "seal": _seal(field, answer, scene)}}


def _seal(field, answer: Mapping, scene) -> str:
    question = {key: "".join(unicodedata.normalize("NFKC", text).split()).upper() for key, text in asked(field, scene).items()}
    words = [scene.form.key, field.key, answer["at"], answer["found"], question]
    return scene.choices.seal(json.dumps(words, ensure_ascii=False, sort_keys=True))


def not_found(field, answers: Mapping, why: str, down: bool, at: str = "") -> dict:
    """The answers with the word that nothing came; what was found before stays on record."""
    before = answers.get(field.key) or {}
    if before.get("state") in (FOUND, STALE):
        return {**answers, field.key: {**before, "why": why}}
    return {**answers, field.key: {"state": DOWN if down else UNKNOWN, "at": at, "found": {}, "held": {}, "why": why}}


def _values(field, sent) -> dict:
    """What a register said, as far as the field takes it."""
    known = sent if isinstance(sent, Mapping) else {}
    return {key: known[key] for key in field.fills if isinstance(known.get(key), (str, int, float, bool))}


def _blank(value) -> bool:
    return value is None or value == "" or value == []


def _beside(field, scene) -> dict:
    """The columns of the table that a look-up stands in, by key; none for one of the form itself."""
    table = next((t for t in scene.form.fields() if any(column is field for column in t.all_columns())), None)
    return {column.key: column for column in table.all_columns()} if table else {}


def _present(field, key: str, scene):
    return (scene.row or {}).get(key) if key in _beside(field, scene) else scene.answers.get(key)


def _member(field, key: str, scene):
    return _beside(field, scene).get(key) or scene.form.field(key)


def _label(field, key: str, scene) -> str:
    member = _member(field, key, scene)
    return scene.text(member) if member else key


def _words(field, key: str, value, scene) -> str:
    member = _member(field, key, scene)
    return field_type(member).print(member, value, scene) if member else str(value)
