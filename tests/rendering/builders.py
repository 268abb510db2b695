"""Builders of small forms, choices and page addresses for the tests of rendering."""
import json

from werkzeug.datastructures import MultiDict

from app.definitions import Code, load_form
from app.rendering import Choice, Material, NoChoices, json_schema, parse_section, render_readonly, render_section, validate

CONTEXT = {
    "today": "2026-03-02", "now": "2026-03-02T09:00:00+08:00", "outcome": "", "vars": {}, "form": {},
    "actor": {"ref": "person:1", "name": "李雷", "roles": []}, "case": {"number": "0032026030200000001", "parties": {}},
}
TABLES = {
    "colour": (Code("r", "红", "red"), Code("g", "绿", "green"), Code("old", "旧色", valid_to="2020-12-31")),
    "place": (
        Code("44", "广东省", children=(Code("4403", "深圳市"), Code("4401", "广州市", children=(Code("440106", "天河区"),)))),
        Code("11", "北京市"),
    ),
}
FILES = {
    "m1": Material("m1", "证书.pdf", 12_345, "pdf"), "big": Material("big", "大.pdf", 10 * 1024 * 1024 + 1, "pdf"),
    "full": Material("full", "正好.pdf", 10 * 1024 * 1024, "pdf"), "pic": Material("pic", "照.jpg", 500 * 1024, "jpeg"),
}


class SomeChoices(NoChoices):
    """Two people, two organisations, two cases, four files, two code tables."""

    def __init__(self):
        super().__init__(TABLES)

    def people(self, role, scope):
        return [Choice("person:1", "王一"), Choice("person:2", "李二", scope or "")]

    def organisations(self, kind):
        return [Choice("org:1", "甲单位"), Choice("org:2", "乙单位")]

    def cases(self, process, waiting_for, scope, group="", among=None):
        return [Choice("0031", "甲的事项"), Choice("0032", "乙的事项")]

    def materials(self, ids):
        return [FILES[one] for one in ids if one in FILES]


class Urls:
    def refresh(self, section):
        return f"/refresh/{section}"

    def refresh_row(self, field):
        return f"/refresh-row/{field}"

    def material(self, id):
        return f"/materials/{id}"

    def blank(self, field):
        return f"/blank/{field}"

    def sample(self, field):
        return f"/sample/{field}"

    def files(self, field, verb):
        return f"/files/{field}/{verb}"

    def upload(self, name):
        return f"t:{name}"

    def row(self, table, number):
        return f"/rows/{table}/{number}"


CHOICES, URLS = SomeChoices(), Urls()


def form_of(*fields, **section):
    """A form of one section `main` with these fields; a field without label gets its key as label."""
    fields = [{"label": field["key"], **field} if field["type"] != "note" else field for field in fields]
    definition = {"title": "表", "sections": [{"key": "main", "title": "一节", "fields": fields, **section}]}
    return load_form(json.dumps(definition, ensure_ascii=False), "forms/test/sheet.yml")


def field_of(type_, **attributes):
    """The definition of a field `it`."""
    return {"key": "it", "type": type_, **attributes}


def judged(field, value, **others):
    """(clean value, message) of one field `it`; `others` are further answers to fields of the same form."""
    clean, errors = validate(form_of(field), {"it": value}, CONTEXT, CHOICES)
    return clean.get("it"), errors.get("it", "")


def page(field, value=None, errors=None, **options):
    """The HTML of one field `it` to fill in."""
    form = form_of(field)
    answers = {} if value is None else {"it": value}
    return str(render_section(form, form.sections[0], answers, errors or {}, CONTEXT, URLS, CHOICES, **options))


def read(field, value, **options):
    """The HTML of one field `it` to read."""
    return str(render_readonly(form_of(field), {"it": value}, CONTEXT, CHOICES, urls=URLS, **options))


def sent(field, pairs):
    """The raw value of `it` in submitted form data."""
    form = form_of(field)
    return parse_section(form, form.sections[0], MultiDict(pairs)).get("it")


def schema(field):
    """The JSON Schema of `it`."""
    return json_schema(form_of(field), CHOICES)["properties"].get("it")
