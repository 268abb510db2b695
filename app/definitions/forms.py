"""Reads form files and code tables by the table in `form_language.py`, with the line of every fault.

Only `app/definitions` imports this. Expressions are only read here; the linter compiles them.
"""
from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from app.expressions import ExpressionError, compile_pattern

from . import form_language as language
from .errors import near_miss
from .form import Code, Field, Form, Kinds, Option, Rule, Section
from .yaml_reader import Listed, Mapped, Reading

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_CODE = {"code", "name", "name_en", "children", "valid_from", "valid_to"}


def load_form(text: str | bytes, path: str) -> Form:
    """The form in a YAML text. Raises DefinitionError with `path` and the line of each fault."""
    reading = Reading(path)
    form = _form(reading, reading.mapping(reading.parse(text), 1, "表单"), path)
    reading.finish()
    return form


def load_code_table(text: str | bytes, path: str) -> tuple[Code, ...]:
    """The entries of a code table. Raises DefinitionError."""
    reading = Reading(path)
    codes = _codes(reading, reading.sequence(reading.parse(text), 1, "代码表"))
    reading.finish()
    return codes


def _form(reading: Reading, value: Mapped, path: str) -> Form:
    reading.known_keys(value, language.FORM, "表单")
    reading.needed_keys(value, ("title", "sections"), "表单")
    sections = _members(reading, value, "sections", _section)
    _ensure_unique(reading, sections, "分节")
    _ensure_unique(reading, [field for section in sections for field in section.fields], "字段")
    return Form(
        key=PurePosixPath(path).stem, title=reading.text(value, "title"), title_en=reading.text(value, "title_en"),
        hint=reading.text(value, "hint"), hint_en=reading.text(value, "hint_en"), readers=reading.texts(value, "readers"),
        sections=sections, path=path)


def _section(reading: Reading, value: Mapped) -> Section:
    reading.known_keys(value, language.SECTION, "分节")
    reading.needed_keys(value, ("key", "title", "fields"), "分节")
    _ensure_name(reading, value, "key")
    return Section(
        key=reading.text(value, "key"), title=reading.text(value, "title"), title_en=reading.text(value, "title_en"),
        hint=reading.text(value, "hint"), hint_en=reading.text(value, "hint_en"),
        shown_when=_cel(reading, value, "shown_when"), layout=_layout(reading, value), fields=_members(reading, value, "fields", _field), line=value.line)


def _layout(reading: Reading, value: Mapped) -> str:
    return _word(reading, value, "layout", language.WORDS["layout"]) if value.get("layout") is not None else ""


def _members(reading: Reading, value: Mapped, key: str, read) -> tuple:
    if value.get(key) is None:
        return ()
    members = reading.sequence(value[key], value.lines[key], f"“{key}”")
    return tuple(read(reading, reading.mapping(member, line, f"“{key}”的每一项"))
                 for member, line in zip(members, members.lines))


def _ensure_unique(reading: Reading, members, what: str) -> None:
    seen = {}
    for member in members:
        if member.key and member.key in seen:
            reading.fault(member.line, f"{what}“{member.key}”与第{seen[member.key]}行重名", "duplicate-key")
        seen.setdefault(member.key, member.line)


def _ensure_name(reading: Reading, value: Mapped, key: str) -> None:
    name = value.get(key)
    if name is None:
        return
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        plain = unicodedata.normalize("NFKC", str(name))
        hint = f"，请用半角写成 {plain}" if plain != name and _NAME.fullmatch(plain) else ""
        reading.fault(value.lines[key], f"“{name}”不能作名称：只能用字母、数字和下划线，以字母开头{hint}", "reserved-name")


def _field(reading: Reading, value: Mapped) -> Field:
    reading.needed_keys(value, ("key", "type"), "字段")
    _ensure_name(reading, value, "key")
    kind = value.get("type") if isinstance(value.get("type"), str | None) else str(value["type"])
    if kind not in language.TYPES or value.get("key") is None:
        if kind is not None and kind not in language.TYPES:
            reading.fault(value.lines["type"], f"没有“{kind}”这种字段类型{near_miss(kind, language.TYPES)}", "unknown-type")
        return Field(key=str(value.get("key")), type=str(kind), line=value.line)
    attributes = {**language.COMMON, **language.TYPES[kind]}
    reading.known_keys(value, attributes, f"{kind} 字段")
    reading.needed_keys(value, language.NEEDED.get(kind, ()), f"{kind} 字段")
    found = {name: _attribute(reading, value, name, attributes[name]) for name in value
             if name in attributes and value[name] is not None}
    field = Field(**found, line=value.line)
    _ensure_sensible(reading, value, field)
    return field


def _attribute(reading: Reading, value: Mapped, name: str, kind: str):
    if name == "party":
        _ensure_name(reading, value, name)
    if name in language.WORDS:
        return _word(reading, value, name, language.WORDS[name])
    return _READERS[kind](reading, value, name)


def _word(reading: Reading, value: Mapped, name: str, words: tuple[str, ...]) -> str:
    found = reading.text(value, name)
    if found not in words:
        reading.fault(value.lines[name], f"“{name}”应是{'、'.join(words)}之一，而不是“{found}”{near_miss(found, words)}")
    return found


def _cel(reading: Reading, value: Mapped, name: str) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, (str, int, float)):
        return str(found)
    reading.fault(value.lines[name], f"“{name}”应是表达式")
    return ""


def _number(reading: Reading, value: Mapped, name: str):
    found = value[name]
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return found
    reading.fault(value.lines[name], f"“{name}”应是数，而不是“{found}”")
    return 0


def _whole(reading: Reading, value: Mapped, name: str) -> int:
    found = value[name]
    if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
        return found
    reading.fault(value.lines[name], f"“{name}”应是不小于 0 的整数，而不是“{found}”")
    return 0


def _text_map(reading: Reading, value: Mapped, name: str) -> dict[str, str]:
    entries = reading.mapping(value[name], value.lines[name], f"“{name}”")
    return {key: reading.text(entries, key) for key in entries}


def _kinds(reading: Reading, value: Mapped, name: str) -> Kinds:
    found = reading.mapping(value[name], value.lines[name], f"“{name}”")
    reading.known_keys(found, ("field", "options", "columns"), "kinds")
    reading.needed_keys(found, ("field", "options"), "kinds")
    own = reading.mapping(found["columns"], found.lines["columns"], "“columns”") if found.get("columns") else {}
    options = _members(reading, found, "options", _option)
    for key in own:
        if key not in {option.value for option in options}:
            reading.fault(own.lines[key], f"kinds 没有“{key}”这一类{near_miss(key, [option.value for option in options])}")
    columns = {key: _members(reading, own, key, _field) for key in own}
    return Kinds(reading.text(found, "field"), options, columns)


def _rule(reading: Reading, value: Mapped) -> Rule:
    reading.known_keys(value, ("rule", "message", "message_en"), "校验规则")
    reading.needed_keys(value, ("rule", "message"), "校验规则")
    return Rule(_cel(reading, value, "rule"), reading.text(value, "message"), reading.text(value, "message_en"))


def _option(reading: Reading, value: Mapped) -> Option:
    reading.known_keys(value, ("value", "label", "label_en"), "选项")
    reading.needed_keys(value, ("value", "label"), "选项")
    return Option(reading.text(value, "value"), reading.text(value, "label"), reading.text(value, "label_en"))


_READERS = {
    language.TEXT: lambda reading, value, name: reading.text(value, name), language.CEL: _cel,
    language.FLAG: lambda reading, value, name: reading.flag(value, name), language.WHOLE: _whole,
    language.NUMBER: _number, language.TEXTS: lambda reading, value, name: reading.texts(value, name),
    language.KEYS: lambda reading, value, name: reading.texts(value, name), language.TEXT_MAP: _text_map,
    language.RULES: lambda reading, value, name: _members(reading, value, name, _rule),
    language.OPTIONS: lambda reading, value, name: _members(reading, value, name, _option),
    language.COLUMNS: lambda reading, value, name: _members(reading, value, name, _field), language.KINDS: _kinds,
}


def _ensure_sensible(reading: Reading, value: Mapped, field: Field) -> None:
    """Faults that no single attribute shows."""
    if field.type in ("choice", "checks") and bool(field.options) == bool(field.code_table):
        reading.fault(field.line, f"字段“{field.key}”应写 options 或 code_table，二者取一")
    for low, high in (("min", "max"), ("min_length", "max_length"), ("min_rows", "max_rows")):
        least, most = getattr(field, low), getattr(field, high)
        if least is not None and most is not None and least > most:
            reading.fault(value.lines[low], f"“{low}”大于“{high}”")
    for ending in field.accept:
        if ending not in language.ENDINGS:
            reading.fault(value.lines["accept"], f"不能上传“{ending}”，只能是{'、'.join(language.ENDINGS)}")
    _ensure_pattern(reading, value, field)
    if field.type == "table":
        _ensure_table(reading, value, field)


def _ensure_pattern(reading: Reading, value: Mapped, field: Field) -> None:
    if not field.pattern:
        return
    try:
        compile_pattern(field.pattern)
    except ExpressionError as cause:
        reading.fault(value.lines["pattern"], f"“pattern”不是合法的正则表达式，或过长、重复次数过多：{cause.why}")
    if re.search(r"\([^)]*[*+][^)]*\)[*+{]", field.pattern):
        # Ours do not backtrack (faults H-03); the browser's, which the same pattern is given to, do.
        reading.fault(value.lines["pattern"], "“pattern”中重复套重复，可能无法在有限时间内匹配")


def _ensure_table(reading: Reading, value: Mapped, field: Field) -> None:
    columns = field.all_columns()
    keys = [column.key for column in columns]
    _ensure_unique(reading, field.columns, "列")
    for column in columns:
        if column.type in ("table", "ballot", "turnout", "cases", "entry"):
            reading.fault(column.line, f"表格里不能有 {column.type} 字段")
        if field.rows_from and not column.readonly and column.type not in language.IN_PLACE:
            reading.fault(column.line, f"rows_from 的表格在原处填写，列“{column.key}”只能是{'、'.join(language.IN_PLACE)}，或写 readonly: true")
    for key in field.list_columns:
        if key not in keys:
            reading.fault(value.lines["list_columns"], f"表格没有“{key}”这一列{near_miss(key, keys)}", "unknown-field")
    if field.kinds and field.kinds.field not in keys:
        reading.fault(value.lines["kinds"], f"表格没有“{field.kinds.field}”这一列{near_miss(field.kinds.field, keys)}",
                      "unknown-field")


def _codes(reading: Reading, value: Listed) -> tuple[Code, ...]:
    found, seen = [], set()
    for member, line in zip(value, value.lines):
        entry = reading.mapping(member, line, "代码表的每一项")
        reading.known_keys(entry, _CODE, "代码")
        reading.needed_keys(entry, ("code", "name"), "代码")
        code = _code(reading, entry)
        if code.code in seen:
            reading.fault(line, f"代码“{code.code}”重复", "duplicate-key")
        seen.add(code.code)
        found.append(code)
    return tuple(found)


def _code(reading: Reading, entry: Mapped) -> Code:
    children = entry.get("children")
    below = _codes(reading, reading.sequence(children, entry.lines["children"], "“children”")) if children else ()
    for key in ("valid_from", "valid_to"):
        day = entry.get(key)
        if day is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(day)):
            reading.fault(entry.lines[key], f"“{key}”应写成 YYYY-MM-DD，而不是“{day}”")
    texts = {key: reading.text(entry, key) for key in _CODE - {"children"}}
    return Code(**texts, children=below)
