"""What differs between two versions of a form or a code table: sections, fields, options, limits, conditions."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as fields_of

from flask_babel import gettext as _

from app.definitions import Code, Field, Form, Section
from app.definitions import form_language as language

from . import field_labels as labels
from .note import Change, Detail
from .trees import compared, differences, plain_of, sentences
from .words import SHORT, Words, quoted, told

_EMPTY = Field("", "")
_INSIDE = ("key", "columns", "line")   # compared on their own
_SECTION = ("key", "fields", "line")


class FormChanges:
    """The changes of one form. `roles` are those who work with it."""

    def __init__(self, old: Form | None, new: Form | None, words: Words, roles: frozenset[str] = frozenset()):
        self.old, self.new, self.words, self.roles = old, new, words, roles
        self.title = (new or old).title

    def _change(self, kind: str, text: str, details: tuple[Detail, ...] = ()) -> Change:
        return Change(kind, text, details, roles=self.roles, subject=self.title)

    def of(self) -> list[Change]:
        self.words.form = self.new or self.old
        try:
            return list(self._all())
        finally:
            self.words.form = None

    def _all(self) -> Iterator[Change]:
        if self.old is None or self.new is None:
            yield self._whole()
            return
        yield from self._attributes(_("表单"), "", _plain(self.old, ("sections", "path")), _plain(self.new, ("sections", "path")))
        yield from self._sections()
        yield from self._fields()

    def _whole(self) -> Change:
        form, kind = (self.new, "added") if self.old is None else (self.old, "removed")
        text = _("增加表单「%(title)s」", title=form.title) if kind == "added" else _("取消表单「%(title)s」", title=form.title)
        rows = []
        for section in form.sections:
            said = "、".join(self._described(field) for field in section.fields)
            rows.append(Detail(section.title or section.key, None if kind == "added" else said, said if kind == "added" else None))
        return self._change(kind, text, tuple(rows))

    def _described(self, field: Field) -> str:
        marks = [labels.type_name(field.type)] + ([_("必填")] if field.required else []) + ([_("有条件必填")] if field.required_when else [])
        return f"{self._name(field)}（{'，'.join(marks)}）"

    @staticmethod
    def _name(field: Field) -> str:
        return field.label or field.text[:20] or field.button or field.key

    # -- sections

    def _sections(self) -> Iterator[Change]:
        old, new = ({section.key: section for section in form.sections} for form in (self.old, self.new))
        for key in new:
            if key not in old:
                yield self._change("added", _("增加部分「%(title)s」", title=new[key].title or key), self._rest(new[key]))
        for key in old:
            if key not in new:
                yield self._change("removed", _("取消部分「%(title)s」", title=old[key].title or key))
            else:
                yield from self._attributes(_("部分"), old[key].title or key, _plain(old[key], _SECTION), _plain(new[key], _SECTION))
        yield from self._order(_("各部分"), [section.key for section in self.old.sections], [section.key for section in self.new.sections],
                               {section.key: section.title or section.key for section in self.new.sections})

    def _rest(self, section: Section) -> tuple[Detail, ...]:
        return tuple(self._detail("", key, None, value) for key, value in _plain(section, _SECTION).items() if value and key != "title")

    def _order(self, what: str, old: list[str], new: list[str], names: dict[str, str]) -> Iterator[Change]:
        kept = [key for key in new if key in old]
        before = [key for key in old if key in new]
        if kept != before:
            lists = ["、".join(names.get(key, key) for key in keys) for keys in (before, kept)]
            yield self._change("order", _("%(what)s调整了先后", what=what), (Detail(_("先后"), *lists),))

    # -- fields

    def _fields(self) -> Iterator[Change]:
        before = {field.key: (section, field) for section in self.old.sections for field in section.fields}
        after = {field.key: (section, field) for section in self.new.sections for field in section.fields}
        renamed = _renamed({key: found[1] for key, found in before.items()}, {key: found[1] for key, found in after.items()})
        for old, new in renamed.items():
            yield self._renamed(old, after[new][1])
        for key, (section, field) in after.items():
            if key not in before and key not in renamed.values():
                yield self._added(section, field)
            elif key in before:
                yield from self._moved(before[key][0], section, field)
                yield from self._field(_("字段"), before[key][1], field)
        for key, (section, field) in before.items():
            if key not in after and key not in renamed:
                yield self._change("removed", _("取消字段「%(name)s」（原在“%(section)s”）", name=self._name(field), section=section.title or section.key), self._facts(field, new=False))
        for section in self.new.sections:
            old = next((each for each in self.old.sections if each.key == section.key), None)
            if old is not None:
                names = {field.key: self._name(field) for field in section.fields}
                yield from self._order(_("“%(section)s”的字段", section=section.title or section.key),
                                       [renamed.get(field.key, field.key) for field in old.fields], [field.key for field in section.fields], names)

    def _renamed(self, old: str, field: Field) -> Change:
        return self._change("renamed", _("字段「%(name)s」改了标识：由 %(old)s 改为 %(new)s（内容不变；以前填的内容仍在原标识下）", name=self._name(field), old=old, new=field.key))

    def _added(self, section: Section, field: Field) -> Change:
        text = _("增加字段「%(name)s」（%(type)s，在“%(section)s”）", name=self._name(field), type=labels.type_name(field.type), section=section.title or section.key)
        return self._change("added", text, self._facts(field, new=True))

    def _moved(self, old: Section, new: Section, field: Field) -> Iterator[Change]:
        if old.key != new.key:
            yield self._change("changed", _("字段「%(name)s」由“%(old)s”移到“%(new)s”", name=self._name(field), old=old.title or old.key, new=new.title or new.key))

    def _facts(self, field: Field, new: bool) -> tuple[Detail, ...]:
        found = [self._detail(field.type, key, *((None, value) if new else (value, None)))
                 for key, value in _plain(field, (*_INSIDE, "type", "label")).items() if value != getattr(_EMPTY, key, None) and value not in ([], {}, None, "")]
        columns = "、".join(self._described(column) for column in field.all_columns())
        return tuple(found) + ((Detail(_("各列"), None if new else columns, columns if new else None),) if columns else ())

    def _field(self, what: str, old: Field, new: Field) -> Iterator[Change]:
        skipped = (*_INSIDE, "kinds")
        yield from self._attributes(what, self._name(new), _plain(old, skipped), _plain(new, skipped), new.type)
        yield from self._columns(new, old.columns, new.columns, "")
        yield from self._kinds(old, new)

    def _columns(self, table: Field, old: tuple[Field, ...], new: tuple[Field, ...], kind: str) -> Iterator[Change]:
        before, after = ({column.key: column for column in columns} for columns in (old, new))
        where = self._name(table) + (f"·{kind}" if kind else "")
        renamed = _renamed(before, after)
        for key, to in renamed.items():
            yield self._renamed(key, after[to])
        for key, column in after.items():
            if key in before:
                yield from self._field(_("表格「%(table)s」的列", table=where), before[key], column)
            elif key not in renamed.values():
                yield self._change("added", _("表格「%(table)s」增加列「%(name)s」（%(type)s）", table=where, name=self._name(column), type=labels.type_name(column.type)), self._facts(column, new=True))
        for key, column in before.items():
            if key not in after and key not in renamed:
                yield self._change("removed", _("表格「%(table)s」取消列「%(name)s」", table=where, name=self._name(column)), self._facts(column, new=False))
        yield from self._order(_("表格「%(table)s」的列", table=where), [renamed.get(key, key) for key in before], list(after), {key: self._name(column) for key, column in after.items()})

    def _kinds(self, old: Field, new: Field) -> Iterator[Change]:
        before, after = (field.kinds for field in (old, new))
        if before == after:
            return
        plain = [{"field": kinds.field, "options": plain_of(kinds.options)} if kinds else {} for kinds in (before, after)]
        yield from self._attributes(_("表格"), self._name(new), {f"kinds.{key}": value for key, value in plain[0].items()}, {f"kinds.{key}": value for key, value in plain[1].items()})
        names = {option.value: option.label for kinds in (before, after) if kinds for option in kinds.options}
        for kind in names:
            columns = [kinds.columns.get(kind, ()) if kinds else () for kinds in (before, after)]
            yield from self._columns(new, *columns, names[kind])

    # -- attributes

    def _attributes(self, what: str, name: str, old: dict, new: dict, type_: str = "") -> Iterator[Change]:
        details = [self._detail(type_, key, old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
        if details:
            said = "；".join(_clause(detail) for detail in details)
            long = tuple(detail for detail in details if detail.code or detail.pieces or any(len(text or "") > SHORT for text in (detail.old, detail.new)))
            yield self._change("changed", f"{what}「{name}」：{said}" if name else said, long)

    def _detail(self, type_: str, key: str, old, new) -> Detail:
        label, kind = labels.label(key), {**language.COMMON, **language.SECTION, **language.TYPES.get(type_, {})}.get(key, "")
        if isinstance(old, (list, dict)) or isinstance(new, (list, dict)):
            return self._listed(label, key, old, new)
        texts = [None if value in (None, "", False) and other not in (None, "", False) else self._text(key, value) for value, other in ((old, new), (new, old))]
        if kind == language.CEL:
            return Detail(label, *texts, *(self.words.explain(str(value)) if value else "" for value in (old, new)), code=True)
        if key in labels.LONG and old and new:
            return Detail(label, *texts, pieces=compared(sentences(str(old)), sentences(str(new))))
        return Detail(label, *texts)

    def _text(self, key: str, value) -> str | None:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return None if value is None else labels.value(key, str(value))

    def _listed(self, label: str, key: str, old, new) -> Detail:
        """A list or map: what came, what went, what reads otherwise."""
        clauses = [self._member(at, was, now) for at, was, now in differences(old or type(new)(), new or type(old)())]
        lists = [self._flat(value) if value else None for value in (old, new)]
        return Detail(f"{label}（{'；'.join(clauses)}）" if old and new else label, *lists, code=key in ("valid_when", "warn_when", "row_valid_when", "row_warn_when"))

    def _member(self, at: tuple[str, ...], was, now) -> str:
        if isinstance(was, list) and isinstance(now, list):
            return _("调整了先后") if sorted(map(str, was)) == sorted(map(str, now)) else _("%(old)s → %(new)s", old=self._flat(was) or _("无"), new=self._flat(now) or _("无"))
        where = "·".join(at)
        if was is None or now is None:
            said = self._flat(now if was is None else was)
            return _("增加%(what)s", what=quoted(said or where)) if was is None else _("取消%(what)s", what=quoted(said or where))
        return f"{where}：{self._flat(was)} → {self._flat(now)}"

    def _flat(self, value) -> str:
        if isinstance(value, dict):
            if "label" in value and "value" in value:
                return value["label"] or value["value"]
            if "rule" in value:
                said = self.words.explain(value["rule"]) or value["rule"]
                return f"{said}：{value.get('message', '')}"
            return "，".join(f"{key} {self._flat(inner)}" for key, inner in value.items() if inner not in ("", None, [], {}))
        return "、".join(map(self._flat, value)) if isinstance(value, list) else str(value)


def _clause(detail: Detail) -> str:
    if detail.pieces or "（" in detail.label:
        return detail.label if "（" in detail.label else _("%(label)s有修改", label=detail.label)
    return told(detail.label, detail.old_words or detail.old, detail.new_words or detail.new)


def _plain(value, without: tuple[str, ...]) -> dict:
    return {each.name: plain_of(getattr(value, each.name)) for each in fields_of(value) if each.compare and each.name not in without}


def _renamed(before: dict[str, Field], after: dict[str, Field]) -> dict[str, str]:
    """Old key -> new key of fields that differ in nothing but their key, where no second one could be meant."""
    gone = {key: _plain(field, ("key",)) for key, field in before.items() if key not in after}
    new = {key: _plain(field, ("key",)) for key, field in after.items() if key not in before}
    found = {}
    for key, content in gone.items():
        same = [other for other, value in new.items() if value == content]
        if len(same) == 1 and sum(value == content for value in gone.values()) == 1:
            found[key] = same[0]
    return found


def code_changes(old: tuple[Code, ...] | None, new: tuple[Code, ...] | None, above: str = "") -> Iterator[Change]:
    """The changes of one code table: values that came, went, are called otherwise or hold for another time."""
    before, after = ({code.code: code for code in codes or ()} for codes in (old, new))
    for key, code in after.items():
        name = f"{above}{code.name}"
        if key not in before:
            inner = "、".join(child.name for child in code.children)
            yield Change("added", _("增加代码「%(name)s」（%(code)s）", name=name, code=key) + (_("，下有：%(inner)s", inner=inner) if inner else "") + _term(code))
            continue
        yield from _code_changed(before[key], code, name)
        yield from code_changes(before[key].children, code.children, f"{name}／")
    for key, code in before.items():
        if key not in after:
            yield Change("removed", _("取消代码「%(name)s」（%(code)s）", name=f"{above}{code.name}", code=key))
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        yield Change("order", _("%(where)s的代码调整了先后", where=quoted(above.rstrip("／")) if above else _("本表")), (
            Detail(_("先后"), *("、".join(codes[key].name for key in codes if key in before and key in after) for codes in (before, after))),))


def _term(code: Code) -> str:
    if not code.valid_from and not code.valid_to:
        return ""
    return _("，%(begin)s 至 %(end)s 有效", begin=code.valid_from or _("即日"), end=code.valid_to or _("长期"))


def _code_changed(old: Code, new: Code, name: str) -> Iterator[Change]:
    names = {"name": _("名称"), "name_en": _("英文名称"), "valid_from": _("起用日期"), "valid_to": _("停用日期")}
    clauses = [told(label, getattr(old, key) or None, getattr(new, key) or None) for key, label in names.items() if getattr(old, key) != getattr(new, key)]
    if clauses:
        yield Change("changed", _("代码「%(name)s」（%(code)s）：%(what)s", name=name, code=new.code, what="；".join(clauses)))
