"""What differs in the small files: roles, registers, the list of reports, scenarios, samples, demo data; and in all others."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from app.definitions.scenario import plain
from app.definitions.yaml_reader import Reading

from . import field_labels as labels
from .note import Change, Detail
from .trees import differences, line_pieces, plain_of
from .words import SHORT, Words, told

MOST = 60    # differences of one file that are told one by one; more are read better side by side
EXPRESSIONS = frozenset("available_when eligible_when when".split())


def entry_changes(what: str, old: Mapping, new: Mapping, words: Words, *, roles_of=lambda entry: frozenset(), ordered: bool = True) -> Iterator[Change]:
    """The changes of a file that lists things by key: roles, registers, reports."""
    for key, entry in new.items():
        if key not in old:
            yield Change("added", _("增加%(what)s「%(name)s」", what=what, name=_name(entry, key)), _facts(entry, words, True), roles=roles_of(entry), subject=_name(entry, key))
        elif plain_of(old[key]) != plain_of(entry):
            yield _changed(what, key, old[key], entry, words, roles_of(old[key]) | roles_of(entry))
    for key, entry in old.items():
        if key not in new:
            yield Change("removed", _("取消%(what)s「%(name)s」", what=what, name=_name(entry, key)), _facts(entry, words, False), roles=roles_of(entry), subject=_name(entry, key))
    kept = [key for key in new if key in old]
    if ordered and kept != [key for key in old if key in new]:
        lists = ["、".join(_name(entries[key], key) for key in entries if key in old and key in new) for entries in (old, new)]
        yield Change("order", _("各%(what)s调整了先后", what=what), (Detail(_("先后"), *lists),))


def _name(entry, key: str) -> str:
    return getattr(entry, "title", "") or getattr(entry, "name", "") or key


def _facts(entry, words: Words, new: bool) -> tuple[Detail, ...]:
    found = []
    for key, value in plain_of(entry).items():
        if value not in (None, "", [], {}, False) and key not in ("key", "code", "title", "name"):
            said = _said(key, value, words)
            found.append(Detail(labels.label(key), None if new else said, said if new else None))
    return tuple(found)


def _changed(what: str, key: str, old, new, words: Words, roles: frozenset[str]) -> Change:
    details = [_detail(at, was, now, words) for at, was, now in differences(plain_of(old), plain_of(new))]
    said = "；".join(told(detail.label, detail.new_words and detail.old_words or detail.old, detail.new_words or detail.new) for detail in details)
    long = tuple(detail for detail in details if detail.code or any(len(text or "") > SHORT for text in (detail.old, detail.new)))
    return Change("changed", f"{what}「{_name(new, key)}」：{said}", long, roles=roles, subject=_name(new, key))


def _detail(at: tuple[str, ...], was, now, words: Words) -> Detail:
    label = "·".join(labels.label(part) for part in at)
    if at[-1] in EXPRESSIONS:
        return Detail(label, was or None, now or None, *(words.explain(text) if text else "" for text in (was, now)), code=True)
    return Detail(label, *(_said(at[-1], value, words) if value not in (None, "", [], False) else (_("否") if value is False else None) for value in (was, now)))


def _said(key: str, value, words: Words) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    names = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if key in ("roles", "managed_by", "seen_by", "granted_by", "named_to") and names:
        return "、".join(words.role(code) for code in value)
    if key == "offered_at" and names:
        return words.steps(",".join(value))
    if key == "form" and isinstance(value, str):
        return words.form_title(value)
    if isinstance(value, dict):
        return "；".join(f"{labels.label(inner)} {_said(inner, each, words)}" for inner, each in value.items() if each not in (None, "", [], {}))
    if isinstance(value, list):
        return "、".join(_said(key, each, words) for each in value)
    return labels.value(key, str(value))


# -- YAML of any kind


def read_plain(content: bytes, path: str):
    """The values of a YAML file. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.parse(content)
    reading.finish()
    return plain(value)


def plain_changes(name: str, old, new, words: Words) -> list[Change]:
    """The differences of two YAML files of any kind, place by place."""
    found = list(differences(old, new))
    details = tuple(_placed(at, was, now, words) for at, was, now in found[:MOST])
    if not details:
        return []
    more = _("，另有 %(n)s 处，见修改方案", n=len(found) - MOST) if len(found) > MOST else ""
    return [Change("changed", _("%(name)s有 %(n)s 处修改", name=name, n=len(found)) + more, details, subject=name)]


def _placed(at: tuple[str, ...], was, now, words: Words) -> Detail:
    label = " › ".join(_place(part, words) for part in at) or _("全部")
    return Detail(label, *(None if value is None else _said("", value, words) for value in (was, now)))


def _place(part: str, words: Words) -> str:
    """A key as the form that has such a field calls it."""
    for side in words.sides:
        for form in side.forms.values():
            field = form.field(part)
            if field is not None and field.label:
                return field.label
    return labels.label(part) if not part.isdigit() else _("第 %(n)s 项", n=part)


# -- files that nobody reads


def file_changes(path: str, old: bytes | None, new: bytes | None) -> list[Change]:
    """A file line by line: it is faulty, or of a kind that has no words of its own."""
    name = path.rpartition("/")[2]
    kind = "added" if old is None else "removed" if new is None else "changed"
    text = {"added": _("增加文件 %(name)s"), "removed": _("取消文件 %(name)s"), "changed": _("文件 %(name)s 有修改")}[kind] % {"name": name}
    lines = line_pieces(old, new)
    return [Change(kind, text + ("" if lines else _("（不是文字文件，不能逐行对照）")), lines=lines)]
