"""People and organisations. An answer is a party `{"ref", "name", "kind"}`, or a list of them: the name as it was then."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _
from markupsafe import Markup

from app.rendering.field_types.base import FieldType, as_list, as_text, nothing


class Party(FieldType):
    """What people and organisations share: offers, reading, words."""

    template = "party"
    kind = "person"

    def offers(self, field, scene) -> list:
        raise NotImplementedError

    def clean(self, field, raw, scene):
        sent = _reference(raw)
        if not sent:
            return None
        known = next((choice for choice in self.offers(field, scene) if choice.value == sent), None)
        if known is None:
            raise ValueError(_("所选对象不在可选范围内，请重新选择"))
        return {"ref": known.value, "name": known.label, "kind": self.kind}

    def json_schema(self, field, scene):
        return {"type": ["string", "object"], "description": "person:<id>, org:<id>"}

    def shown(self, field, value, scene):
        chosen = [_reference(party) for party in as_list(value)]
        return {"offers": list(self.offers(field, scene)), "chosen": chosen}

    def print(self, field, value, scene):
        names = [party.get("name") or party.get("ref", "") for party in as_list(value) if isinstance(party, Mapping)]
        return "、".join(names) or nothing()


class Person(Party):
    """A holder of a `role`, of the organisation in `scope` (expression)."""

    name = "person"
    asked_once = True

    def offers(self, field, scene):
        return scene.choices.people(field.role, scene.evaluate(field.scope))


class People(Person):
    """Several holders of a `role`: `min`, `max`."""

    name = "people"
    template = "people"
    grouped = True

    def empty(self, field):
        return []

    def clean(self, field, raw, scene):
        found = [super(People, self).clean(field, one, scene) for one in as_list(raw)]
        return list({party["ref"]: party for party in found if party}.values())

    def check(self, field, value, scene):
        return _count(len(value), field, _("人"))

    def json_schema(self, field, scene):
        return {"type": "array", "items": super().json_schema(field, scene)}

    def parse(self, field, data, name):
        return data.getlist(name)


class Organisation(Party):
    """An organisation of a `kind`, or one `among` a list of references and credit codes, each with why it is there."""

    name = "organisation"
    asked_once = True
    kind = "organisation"

    def offers(self, field, scene):
        known = scene.choices.organisations(field.kind)
        if not field.among:
            return known
        why: dict[str, list[str]] = {}
        for one in as_list(scene.evaluate(field.among)):
            name, reason = (one.get("unit"), one.get("why")) if isinstance(one, Mapping) else (one, "")
            for choice in known:
                if name and name in (choice.value, choice.code):
                    why.setdefault(choice.value, []).append(str(reason or ""))
        by_value = {choice.value: choice for choice in known}
        return [replace(by_value[value], detail="、".join(dict.fromkeys(filter(None, reasons)))) for value, reasons in why.items()]

    def settled(self, field, value, scene, final):
        """Of a list made for this person the first is the default, where an answer is needed."""
        if value or not field.among or not scene.requires(field):
            return value
        first = next(iter(self.offers(field, scene)), None)
        return self.clean(field, first.value, scene) if first else None

    def shown(self, field, value, scene):
        return {**super().shown(field, value, scene), "nothing": scene.text(field, "empty_text")}


class Cases(FieldType):
    """Cases of a `process` that are `waiting_for` a message, of a `group` or `among` some; the answer is the list of their numbers."""

    name = "cases"
    template = "people"
    grouped = True

    def empty(self, field):
        return []

    def offers(self, field, scene):
        group = scene.evaluate(field.group) if field.group else ""
        if isinstance(group, Mapping):
            group = group.get("key")
        among = tuple(str(number) for number in as_list(scene.evaluate(field.among))) if field.among else None
        return scene.choices.cases(field.process, field.waiting_for, scene.evaluate(field.scope), str(group or ""), among)

    def clean(self, field, raw, scene):
        numbers = list(dict.fromkeys(as_text(number) for number in as_list(raw)))
        offered = {choice.value for choice in self.offers(field, scene)}
        gone = [number for number in numbers if number not in offered]
        if gone:
            raise ValueError(_("事项 %(numbers)s 现在不能选择，请取消勾选", numbers="、".join(gone[:5])))
        return numbers

    def check(self, field, value, scene):
        return _count(len(value), field, _("件"))

    def json_schema(self, field, scene):
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}

    def parse(self, field, data, name):
        return data.getlist(name)

    def shown(self, field, value, scene):
        return {"offers": list(self.offers(field, scene)), "chosen": as_list(value)}

    def print(self, field, value, scene):
        return "、".join(str(number) for number in as_list(value)) or nothing()

    def display(self, field, value, scene, urls=None):
        """A line for each: whose it is, and its number."""
        numbers = [str(number) for number in as_list(value)]
        if not numbers:
            return super().display(field, value, scene, urls)
        said = {choice.value: choice.label for choice in scene.choices.cases(field.process, "", None, "", tuple(numbers))}
        lines = Markup("").join(Markup("<li>{} <span class=\"muted number\">{}</span></li>").format(said.get(number, ""), number) for number in numbers)
        return Markup('<ul class="case-lines">{}</ul>').format(lines)


def _reference(raw) -> str:
    """The reference in a party or in the text itself."""
    if isinstance(raw, Mapping):
        raw = raw.get("ref")
    return as_text(raw) if raw else ""


def _count(count: int, field, unit: str) -> list[str]:
    if field.min and count < field.min:
        return [_("至少选 %(least)d %(unit)s，还差 %(left)d %(unit)s", least=field.min, left=field.min - count, unit=unit)]
    if field.max and count > field.max:
        return [_("最多选 %(most)d %(unit)s，请取消 %(over)d %(unit)s", most=field.max, over=count - field.max, unit=unit)]
    return []
