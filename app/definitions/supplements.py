"""The small files beside diagrams and forms: roles, reports and demo people.

Only `app/definitions` imports the loaders; the dataclasses are for anybody below `operations`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .scenario import plain
from .yaml_reader import Mapped, Reading

_SCOPES = ("organisation", "person", "none")
_GIVEN_TO = ("", "person", "organisation_admin")
_ROLE = ("name", "name_en", "scope", "desk", "masked", "given_to", "granted_by", "business", "business_en", "kind", "named_to")
_REPORT = ("title", "title_en", "roles", "available_when", "stage", "stages", "over", "ask", "offered_at", "shows", "members")
_DEMO = ("organisations", "people", "registers")


@dataclass(frozen=True)
class Role:
    """`scope` says whose holders there are; `desk` whether they work from a pool; `masked` whether they read personal data masked.

    `given_to`: who gets it on registering (person, organisation_admin); `kind`: what kind of organisation registers with it.
    `granted_by`: holders of these roles, as administrators of their organisation, may grant it, as business `business` (S1-036).
    `named_to`: in the history of a case only holders of these roles read who did what in this one; empty for everybody.
    """
    code: str
    name: str
    name_en: str = ""
    scope: str = "none"
    desk: bool = False
    masked: bool = False
    given_to: str = ""
    granted_by: tuple[str, ...] = ()
    business: str = ""
    business_en: str = ""
    kind: str = ""
    named_to: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    def named(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Report:
    """`template` is the text of the Jinja2 template, "" when the file is missing.

    `stages`: the stage for holders of a role, where it differs. A list over many cases (`over` = cases) may ask a form first
    (`ask`), is offered at elements (`offered_at`) and is given nothing but the `form.field`s in `shows`.
    """
    key: str
    title: str
    title_en: str = ""
    roles: tuple[str, ...] = ()
    available_when: str = ""
    stage: str = ""
    stages: Mapping[str, str] = field(default_factory=dict)
    over: str = ""
    ask: str = ""
    offered_at: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # of a batch: the `form.field`s of its members that the template is given
    template: str = ""
    line: int = field(default=0, compare=False)


def load_roles(text: str | bytes, path: str) -> dict[str, Role]:
    """`roles.yml`. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.mapping(reading.parse(text), 1, "角色表")
    roles = {code: _role(reading, code, reading.mapping(entry, value.lines[code], "角色")) for code, entry in value.items()}
    for code, role in roles.items():
        for other in set(role.granted_by) - set(roles):
            reading.fault(role.line, f"“{code}”的 granted_by 写了“{other}”，本文件中没有这个角色")
    reading.finish()
    return roles


def _role(reading: Reading, code: str, value: Mapped) -> Role:
    reading.known_keys(value, _ROLE, "角色")
    reading.needed_keys(value, ("name",), "角色")
    if "@" in code or "," in code or not code.strip():
        reading.fault(value.line, f"角色代码“{code}”不能含 @ 或逗号")
    scope = reading.text(value, "scope", "none")
    if scope not in _SCOPES:
        reading.fault(value.lines["scope"], f"“scope”应是{'、'.join(_SCOPES)}之一，而不是“{scope}”")
    given_to = reading.text(value, "given_to")
    if given_to not in _GIVEN_TO:
        reading.fault(value.lines["given_to"], f"“given_to”只能是 person（注册的个人）或 organisation_admin（注册单位的管理员），而不是“{given_to}”")
    return Role(code, reading.text(value, "name"), reading.text(value, "name_en"), scope, reading.flag(value, "desk"),
                reading.flag(value, "masked"), given_to, reading.texts(value, "granted_by"), reading.text(value, "business"),
                reading.text(value, "business_en"), reading.text(value, "kind"), tuple(reading.texts(value, "named_to")), value.line)


def load_reports(text: str | bytes, path: str, templates: dict[str, str]) -> dict[str, Report]:
    """`reports.yml`; `templates` has the text of each template by key. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.mapping(reading.parse(text), 1, "报表清单")
    reports = {key: _report(reading, key, reading.mapping(entry, value.lines[key], "报表"), templates)
               for key, entry in value.items()}
    reading.finish()
    return reports


def _report(reading: Reading, key: str, value: Mapped, templates: dict[str, str]) -> Report:
    reading.known_keys(value, _REPORT, "报表")
    reading.needed_keys(value, ("title",), "报表")
    when = value.get("available_when")
    when = str(when).lower() if isinstance(when, bool) else reading.text(value, "available_when")
    over = reading.text(value, "over")
    if over not in ("", "cases"):
        reading.fault(value.lines["over"], f"“over”只能是 cases（一张报表列出多个事项），而不是“{over}”")
    stages = reading.mapping(value["stages"], value.lines["stages"], "stages") if value.get("stages") else {}
    return Report(
        key, reading.text(value, "title"), reading.text(value, "title_en"), reading.texts(value, "roles"), when,
        reading.text(value, "stage"), {role: reading.text(stages, role) for role in stages}, over, reading.text(value, "ask"),
        reading.texts(value, "offered_at"), reading.texts(value, "shows"), reading.texts(value, "members"), templates.get(key, ""), value.lines.get("title", value.line))


def load_demo(text: str | bytes, path: str) -> dict:
    """`demo.yml` as plain values: {"organisations": {…}, "people": {…}}. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.mapping(reading.parse(text), 1, "演示数据")
    reading.known_keys(value, _DEMO, "演示数据")
    for key in _DEMO:
        if value.get(key) is not None:
            reading.mapping(value[key], value.lines[key], f"“{key}”")
    reading.finish()
    return plain(value)
