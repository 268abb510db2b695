"""How a change note calls things: roles, forms, fields, steps and values by the names people know.

Names of the newer side win; what only the older one knows is still named. Knows no procedure.
"""
from __future__ import annotations

import re

from flask_babel import gettext as _

from app.definitions import parse_duration

from .reading import Readable
from .spoken import spoken

SHORT = 24   # characters of a value that may stand inside a sentence


class Words:
    """Names out of one side of the comparison, with the other side behind it."""

    def __init__(self, side: Readable, other: Readable):
        self.sides = (side, other)
        self.form = None     # the form that `answers` and `row` belong to, while one is compared

    # -- things by their keys

    def _named(self, kind: str, key: str):
        return next((found for found in (getattr(side, kind).get(key) for side in self.sides) if found), None)

    def role(self, code: str) -> str:
        found = self._named("roles", code)
        return found.name if found else code

    def roles(self, codes: str) -> str:
        """A list of codes as names."""
        names = {"*": _("所有登录的人")}
        return "、".join(names.get(code) or self.role(code) for code in (part.strip() for part in codes.split(",")) if code)

    def form_title(self, key: str) -> str:
        found = self._named("forms", key)
        return found.title if found else key

    def step(self, element: str) -> str:
        found = self._named("elements", element)
        return (found.name if found else "") or element

    def steps(self, ids: str) -> str:
        return "、".join(self.step(part.strip()) for part in ids.split(",") if part.strip())

    def decision(self, key: str) -> str:
        return self._named("decisions", key) or key

    def register(self, key: str) -> str:
        found = self._named("registers", key)
        return found.title if found else key

    def report(self, key: str) -> str:
        found = self._named("reports", key)
        return found.title if found else key

    # -- expressions

    def explain(self, text: str) -> str:
        """An expression in words; "" when words would say nothing more."""
        said = spoken(text, self)
        return "" if said == text or said == f"“{text.strip(chr(34))}”" else said

    def path(self, parts: tuple[str, ...]) -> str:
        """What a path of an expression reads."""
        head, rest = parts[0], parts[1:]
        if head == "form" and rest:
            return self._answer(self._named("forms", rest[0]), rest[0], rest[1:])
        if head == "answers" and rest:
            field = self._field(self.form, rest)
            return f"〔{field}〕"
        if head == "row" and rest:
            return f"〔{self._column(rest[0])}〕"
        if head == "vars" and rest:
            return _("变量") + " " + ".".join(rest)
        if head == "case" and rest:
            return self._of_case(rest)
        if head == "task" and rest:
            of_task = {"element": _("当前环节"), "opened": _("到达时间"), "taken": _("领取时间"), "assignee": _("办理人")}
            return of_task.get(rest[0], ".".join(parts))
        known = {"outcome": _("办理结果"), "today": _("当天"), "now": _("现在"), "item": _("本人（成员）"), "cell": _("该项")}
        return known.get(head, head) if not rest else f"{known.get(head, head)}.{'.'.join(rest)}"

    def _answer(self, form, key: str, rest: tuple[str, ...]) -> str:
        title = form.title if form else key
        return f"〔{title}·{self._field(form, rest)}〕" if rest else f"〔{title}〕"

    def _field(self, form, rest: tuple[str, ...]) -> str:
        found = form.field(rest[0]) if form else None
        names = [(found.label if found else "") or rest[0]]
        columns = {column.key: column for column in (found.all_columns() if found else ())}
        names += [(columns[part].label if part in columns else "") or part for part in rest[1:] if part != "[]"]
        return "·".join(names)

    def _column(self, key: str) -> str:
        fields = self.form.fields() if self.form else ()
        return next((column.label or key for field in fields for column in field.all_columns() if column.key == key), key)

    def _of_case(self, rest: tuple[str, ...]) -> str:
        known = {"starter": _("发起人"), "number": _("业务流水号"), "title": _("事项名称"), "started_at": _("发起时间"), "tab": _("所在页签")}
        if rest[0] == "visits" and len(rest) > 1:
            return _("到过“%(step)s”的次数", step=self.step(rest[1]))
        if rest[0] == "parties" and len(rest) > 1:
            return ".".join((self._party(rest[1]), *rest[2:]))
        return ".".join((known.get(rest[0], f"case.{rest[0]}"), *rest[1:]))

    def _party(self, key: str) -> str:
        for side in self.sides:
            for form in side.forms.values():
                for field in form.fields():
                    if field.party == key and field.label:
                        return _("当事方“%(name)s”", name=field.label)
        return _("当事方“%(name)s”", name=key)

    def value(self, parts: tuple[str, ...], value: str) -> str:
        """A value as the field calls it: the label of an option, the name of a code, the button of an outcome."""
        if parts == ("outcome",):
            return next((side.buttons[value] for side in self.sides if value in side.buttons), value)
        field = self._asked(parts)
        if field is None:
            return value
        labels = {option.value: option.label for option in field.options}
        return labels.get(value) or self._code(field.code_table, value) or value

    def _asked(self, parts: tuple[str, ...]):
        parts = tuple(part for part in parts if part != "[]")
        if parts[0] == "answers":
            form, rest = self.form, parts[1:]
        elif parts[0] == "form" and len(parts) > 1:
            form, rest = self._named("forms", parts[1]), parts[2:]
        elif parts[0] == "row" and self.form:
            return next((column for field in self.form.fields() for column in field.all_columns() if column.key == parts[-1]), None)
        else:
            return None
        found = form.field(rest[0]) if form and rest else None
        if found is not None and len(rest) > 1:
            return next((column for column in found.all_columns() if column.key == rest[1]), None)
        return found

    def _code(self, table: str, value: str) -> str:
        for side in self.sides:
            waiting = list(side.codes.get(table, ()))
            while waiting:
                code = waiting.pop()
                if code.code == value:
                    return code.name
                waiting += code.children
        return ""

    # -- texts that a template prints

    def printed(self, expression: str) -> str:
        """What a report prints at `{{ … }}`: the field or value in words."""
        text = re.sub(r"^labels\.", "form.", expression.partition("|")[0].strip())
        return self.explain(text).strip("〔〕") or expression.strip()


def duration_words(text: str) -> str:
    """P14D -> 14 天; "" for what is no duration."""
    try:
        found = parse_duration(text)
    except ValueError:
        return ""
    seconds = int(found.rest.total_seconds())
    units = ((found.months // 12, _("年")), (found.months % 12, _("个月")), (seconds // 86400, _("天")), (seconds // 3600 % 24, _("小时")),
             (seconds // 60 % 60, _("分钟")), (seconds % 60, _("秒")))
    return " ".join(f"{number} {unit}" for number, unit in units if number)


def quoted(text: str) -> str:
    return f"“{text}”"


def told(label: str, old: str | None, new: str | None) -> str:
    """One difference as a clause: what it was and what it is, where both are short."""
    short = all(text is None or len(text) <= SHORT and "\n" not in text for text in (old, new))
    if old is None or old == "":
        return _("新设%(label)s“%(new)s”", label=label, new=new) if short and new else _("新设%(label)s", label=label)
    if new is None or new == "":
        return _("取消%(label)s（原为“%(old)s”）", label=label, old=old) if short else _("取消%(label)s", label=label)
    if not short:
        return _("%(label)s有修改", label=label)
    return _("%(label)s由“%(old)s”改为“%(new)s”", label=label, old=old, new=new)
