"""The uses of fields inside forms and registers: conditions, lists of keys, filters of entries. For `field_uses.py` alone."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from flask_babel import gettext as _

from app.definitions import DefinitionError, Procedure
from app.definitions.form_language import CEL, COMMON, KEYS, SECTION, TYPES
from app.definitions.plain_yaml import Listed, Mapped, plain_values
from app.workbench.uses import Use, paths_of

_CEL_KEYS = frozenset(key for keys in (SECTION, COMMON, *TYPES.values()) for key, kind in keys.items() if kind == CEL) | {"rule"}
_KEYS_OF_FIELDS = frozenset({"ask", "list_columns"}) & frozenset(key for keys in TYPES.values() for key, kind in keys.items() if kind == KEYS)


def in_forms(procedure: Procedure) -> Iterator[Use]:
    for path in procedure.form_paths:
        with suppress(DefinitionError):
            form = path.rsplit("/", 1)[1].removesuffix(".yml")
            yield from _in_part(procedure, form, path, plain_values(procedure.files[path], path), "", "", form)


def _in_part(procedure, form: str, path: str, value, place: str, table: str, what: str, key: str = "") -> Iterator[Use]:
    """Walks a form: `place` is the field one is in, `table` the table whose rows `row` means."""
    if isinstance(value, Listed):
        for inner in value:
            if isinstance(inner, str):
                yield from _in_word(procedure, form, path, inner, place, table, what, key)
            else:
                yield from _in_part(procedure, form, path, inner, place, table, what, key)
    elif isinstance(value, Mapped):
        yield from _in_mapping(procedure, form, path, value, place, table, what, key)
    elif isinstance(value, str):
        yield from _in_word(procedure, form, path, value, place, table, what, key)


def _in_mapping(procedure, form, path, value: Mapped, place, table, what, key) -> Iterator[Use]:
    if "type" in value and isinstance(value.get("key"), str):
        place, what = value["key"], str(value.get("label") or value["key"])
        table = place if value["type"] == "table" else table
        if value["type"] == "entry":
            yield from _in_entry(procedure, path, value, place, what)
    for name, inner in value.items():
        if key == "fills":
            yield Use(form, *_of_table(table, name), "form", path, place, _("%(what)s · 查到的填入", what=what))
        elif key == "for_rows" and isinstance(inner, str):
            yield Use(form, name, "", "form", path, place, _("%(what)s · 证明哪些行", what=what))
            yield from _in_word(procedure, form, path, inner, place, name, what, "filter_rows")
        elif name == "field" and key == "kinds":
            yield Use(form, *_of_table(table, str(inner)), "form", path, place, _("%(what)s · 分类", what=what))
        elif not (value.get("type") == "entry" and name in ("filter", "prefer")):
            yield from _in_part(procedure, form, path, inner, place, table, what, name)


def _in_entry(procedure, path, value, place, what) -> Iterator[Use]:
    """`row` in the filter of an entry means the register's own form."""
    target = _register_forms(procedure).get(value.get("register"))
    for name in ("filter", "prefer"):
        for root, *rest in paths_of(str(value.get(name) or "")):
            if root == "row" and rest and target:
                yield Use(target, rest[0], "", "form", path, place, _("%(what)s · 台账条件", what=what))
            elif root == "form" and len(rest) > 1:
                yield Use(rest[0], rest[1], "", "form", path, place, what)
            elif root == "answers" and rest:
                yield Use(path.rsplit("/", 1)[1].removesuffix(".yml"), rest[0], "", "form", path, place, what)


def _of_table(table: str, name: str) -> tuple[str, str]:
    return (table, name) if table else (name, "")


def _in_word(procedure, form, path, text: str, place, table, what, key) -> Iterator[Use]:
    if key == "ask":  # what a look-up asks by: columns of its row, and fields of the form
        yield Use(form, text, "", "form", path, place, _("%(what)s · 按哪些字段查", what=what))
        if table:
            yield Use(form, table, text, "form", path, place, _("%(what)s · 按哪些字段查", what=what))
    elif key in _KEYS_OF_FIELDS:
        yield Use(form, *_of_table(table, text), "form", path, place, _("%(what)s · 列表中显示的列", what=what))
    elif key in _CEL_KEYS or "{" in text or key == "filter_rows":
        for root, *rest in paths_of(text):
            if root == "answers" and rest:
                yield Use(form, rest[0], rest[1] if len(rest) > 1 else "", "form", path, place, what)
            elif root == "row" and rest and table:
                yield Use(form, table, rest[0], "form", path, place, what)
            elif root == "form" and len(rest) > 1:
                yield Use(rest[0], rest[1], rest[2] if len(rest) > 2 else "", "form", path, place, what)


def _register_forms(procedure: Procedure) -> dict[str, str]:
    with suppress(DefinitionError):
        return {key: register.form for key, register in procedure.registers.items()}
    return {}


def in_registers(procedure: Procedure) -> Iterator[Use]:
    path = procedure.registers_path
    if path not in procedure.files:
        return
    with suppress(DefinitionError):
        for key, value in plain_values(procedure.files[path], path).items():
            title, form = str(value.get("title") or key), str(value.get("form") or "")
            for field in _register_words(value):
                yield Use(form, field, "", "register", path, key, _("台账“%(title)s”", title=title))


def _register_words(value) -> Iterator[str]:
    """Names of columns, bare and in expressions over `row`; what is no column is sorted out by whoever asks for a field."""
    for key, inner in value.items() if isinstance(value, Mapped) else ():
        if key in ("title", "title_en", "hint", "hint_en", "form", "managed_by", "seen_by", "roles", "message", "message_en"):
            continue
        for text in _texts(inner):
            yield from (rest[0] for root, *rest in paths_of(text) if root == "row" and rest)
            if re.fullmatch(r"[A-Za-z]\w*", text):
                yield text


def _texts(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapped, Listed)):
        for inner in value.values() if isinstance(value, Mapped) else value:
            yield from _texts(inner)
