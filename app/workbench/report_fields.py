"""What a template may name, for completion and the list beside the editor: fields with their labels, variables, filters, pieces."""
from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from app.definitions import Field, Form, Procedure
from app.definitions.linter.codes import Findings
from app.definitions.linter.knowledge import Knowledge, gather


@dataclass(frozen=True)
class Entry:
    """`path` is what is completed, `label` what people call it, `insert` what a click puts in."""

    path: str
    label: str
    insert: str


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]
    open: bool = False


def groups_of(procedure: Procedure, key: str) -> list[Group]:
    """Everything that exists for this report, the most used first."""
    known, report = gather(procedure, Findings(), None), procedure.reports.get(key)
    groups = [Group(_("事项"), _case(known), True)]
    if report is not None and report.ask in known.forms:
        groups.append(Group(_("打印前填写：%(form)s", form=known.forms[report.ask].title), _fields(known.forms[report.ask], "asked"), True))
    if report is not None and (report.over or report.members):
        groups.append(_list_group(report, known))
    text = procedure.templates.get(key, "")
    forms = sorted(known.forms.values(), key=lambda form: (not re.search(rf"\b{form.key}\b", text), form.title))  # those it uses first
    groups += [Group(form.title, _fields(form, f"labels.{form.key}") + _photos(form)) for form in forms]
    return [*groups, Group(_("变量"), _variables(known)), Group(_("现成的版块"), _pieces()), Group(_("写法"), _filters())]


def _shown(path: str) -> str:
    return "{{ " + path + " | blank }}"


def _case(known: Knowledge) -> tuple[Entry, ...]:
    facts = [("case.number", _("业务流水号")), ("case.title", _("事项名称")), ("case.starter.name", _("申请人")), ("case.summary", _("摘要")),
             ("case.stage", _("现在的环节")), ("case.result", _("办理结果")), ("today", _("打印日期"))]
    facts += [(f"case.parties.{name}.name", _("当事方 %(name)s 的名称", name=name)) for name in sorted(known.parties)]
    return tuple(Entry(path, label, "{{ today | cn_date }}" if path == "today" else _shown(path)) for path, label in facts)


def _fields(form: Form, root: str) -> tuple[Entry, ...]:
    return tuple(Entry(f"{root}.{field.key}", field.label or field.key, _insert(field, f"{root}.{field.key}")) for field in form.fields() if field.type != "photo")


def _insert(field: Field, path: str) -> str:
    if field.type == "table":
        columns = ", ".join(f'["{column.key}", "{column.label or column.key}", 0]' for column in field.columns[:8])
        return "{{ parts.rows([" + columns + f'], {path}, title="{field.label}")' + " }}"
    if field.type == "long_text":
        return "{{ parts.long_text(" + f'"{field.label}", {path}' + ") }}"
    return _shown(path)


def _photos(form: Form) -> tuple[Entry, ...]:
    found = [(field, f"photos.{form.key}.{field.key}") for field in form.fields() if field.type == "photo"]
    return tuple(Entry(path, field.label or field.key, "{% if " + path + ' %}<img src="{{ ' + path + ' }}" width="84" height="118" alt="">{% endif %}') for field, path in found)


def _list_group(report, known: Knowledge) -> Group:
    """The fields that the list is given of each of its cases."""
    root, named = ("cases", report.shows) if report.over else ("members", report.members)
    entries = [Entry(root, _("逐件列出"), "{% for one in " + root + " %}\n<tr><td>{{ loop.index }}</td><td>{{ one.starter }}</td></tr>\n{% endfor %}")]
    for path in named:
        form, _dot, key = path.partition(".")
        field = known.forms[form].field(key) if form in known.forms else None
        entries.append(Entry(f"one.labels.{path}", field.label if field else path, _shown(f"one.labels.{path}")))
    return Group(_("名单中的每一件"), tuple(entries), True)


def _variables(known: Knowledge) -> tuple[Entry, ...]:
    return tuple(Entry(f"vars.{name}", name, _shown(f"vars.{name}")) for name in sorted(known.variables) if name)


def _pieces() -> tuple[Entry, ...]:
    return (
        Entry("parts.grid", _("成对的标题和内容"), '{{ parts.grid([["标题一", ""], ["标题二", ""]]) }}'),
        Entry("parts.rows", _("多行表格，每页重复表头"), '{{ parts.rows([["字段", "列名", 0]], [], title="标题") }}'),
        Entry("parts.long_text", _("带框的长文字"), '{{ parts.long_text("标题", "") }}'),
        Entry("parts.signature", _("签名、盖章栏"), '{{ parts.signature(["申报人（签名）", "单位（盖章）"]) }}'),
        Entry("parts.day", _("手写的年月日"), "{{ parts.day() }}"))


def _filters() -> tuple[Entry, ...]:
    return (
        Entry("blank", _("没有时印“无”"), " | blank"), Entry("cn_date", _("2026年3月2日"), " | cn_date"), Entry("money", _("金额：¥450.00"), " | money"),
        Entry("capital_money", _("大写金额"), " | capital_money"), Entry("mask", _("遮盖中间的号码"), " | mask"), Entry("lines", _("保留换行"), " | lines"),
        Entry("qr", _("二维码"), " | qr(60)"))
