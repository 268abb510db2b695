"""The list of reports (`reports.yml`) changed entry by entry: comments, order and quotes of everything else stay as they are."""
from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.definitions import Report
from app.errors import NotFound, ReportEntryRefused
from app.expressions import ExpressionError, compile_expression
from app.workbench import proposals
from app.workbench.models import Proposal
from app.workbench.table_tests import procedure_of

_KEY = re.compile(r"[a-z][a-z0-9_]{1,60}", re.ASCII)
NEW = """{% extends "base.html" %}
{% import "parts.html" as parts %}
{% block title %}TITLE{% endblock %}
{% block content %}
<h1>TITLE</h1>
{{ parts.grid([["业务流水号", case.number], ["日期", today | cn_date]]) }}
{{ parts.signature(["签名"]) }}
{% endblock %}
"""


@dataclass(frozen=True)
class Listed:
    """A report on the list. `changed`: its template or entry is another than in the release; `findings` concern it."""

    key: str
    report: Report | None          # None: a template without an entry
    changed: bool
    missing: bool                  # no template
    findings: tuple = ()


def path_of(proposal: Proposal, key: str) -> str:
    """Where the template of a report lies."""
    return f"reports/{proposal.procedure}/{key}.html"


def list_path(proposal: Proposal) -> str:
    return f"reports/{proposal.procedure}/reports.yml"


def listed(proposal: Proposal, findings) -> list[Listed]:
    """Every report in the order of the list, then templates that stand in none. Raises DefinitionError."""
    procedure, base, changed = procedure_of(proposal), proposals.base_files(proposal), proposals.changed_files(proposal)
    found = []
    for key in dict.fromkeys([*procedure.reports, *procedure.templates]):
        path = path_of(proposal, key)
        own = tuple(one for one in findings if one.file == path or one.file == list_path(proposal) and one.element == key)
        other = path in changed and changed[path].content != base.get(path)
        found.append(Listed(key, procedure.reports.get(key), other, key not in procedure.templates, own))
    return found


def add_report(proposal: Proposal, key: str, title: str, *, copy_of: str = "", actor, clock) -> None:
    """A new report, empty or like another. Raises ReportEntryRefused, NotFound."""
    key, title = key.strip(), " ".join(title.split())
    procedure = procedure_of(proposal)
    if not _KEY.fullmatch(key):
        raise ReportEntryRefused(why=_("文件名用小写英文字母、数字和下划线，以字母开头"))
    if key in procedure.reports or key in procedure.templates:
        raise ReportEntryRefused(why=_("已经有名为“%(key)s”的报表，请换一个文件名", key=key))
    if not title:
        raise ReportEntryRefused(why=_("请填写报表名称"))
    if copy_of and copy_of not in procedure.templates:
        raise NotFound()
    entries, version = _entries(proposal)
    entries[key] = _copied(entries.get(copy_of)) if copy_of in entries else CommentedMap()
    entries[key]["title"] = title
    entries[key].pop("title_en", None)
    text = procedure.templates[copy_of] if copy_of else NEW.replace("TITLE", title)
    _save(proposal, {list_path(proposal): _written(entries), path_of(proposal, key): text.encode()}, {list_path(proposal): version}, actor, clock)


def take_out(proposal: Proposal, key: str, *, actor, clock) -> None:
    """Takes a report out of the list, with its template. Raises NotFound."""
    entries, version = _entries(proposal)
    procedure, contents = procedure_of(proposal), {}
    if key in entries:
        del entries[key]
        contents[list_path(proposal)] = _written(entries)
    if key in procedure.templates:
        contents[path_of(proposal, key)] = None
    if not contents:
        raise NotFound()
    _save(proposal, contents, {list_path(proposal): version}, actor, clock)


def save_entry(proposal: Proposal, key: str, typed: Mapping, *, expected: int, actor, clock) -> None:
    """Changes who prints a report and when. Raises ReportEntryRefused, ProposalConflict.

    `typed`: title, title_en, available_when, stage as texts, roles as a list.
    """
    entries, _version = _entries(proposal)
    entry = entries.setdefault(key, CommentedMap())
    if not typed["title"].strip():
        raise ReportEntryRefused(why=_("请填写报表名称"))
    _ensure_condition(typed["available_when"])
    for name in ("title", "title_en", "available_when", "stage"):
        _put(entry, name, " ".join(typed[name].split()))
    _put(entry, "roles", [*typed["roles"]])
    proposals.save_file(proposal.id, list_path(proposal), _written(entries), expected=expected, actor=actor, clock=clock)


def _ensure_condition(text: str) -> None:
    try:
        if text.strip():
            compile_expression(text)
    except ExpressionError as error:
        raise ReportEntryRefused(why=_("“何时可打印”的条件写得不对：%(why)s", why=error.why)) from error


def _put(entry: CommentedMap, name: str, value) -> None:
    """Sets, or takes away what is empty; what is the same stays as it was written."""
    if isinstance(value, list):
        if list(entry.get(name) or []) != value:
            sequence = CommentedSeq(value)
            sequence.fa.set_flow_style()
            entry[name] = sequence
    elif str(entry.get(name, "")) != value:
        entry[name] = value
    if not value:
        entry.pop(name, None)


def entry_version(proposal: Proposal) -> int:
    """The version of the list that an edit stands on."""
    return _entries(proposal)[1]


def _entries(proposal: Proposal) -> tuple[CommentedMap, int]:
    try:
        found = proposals.read_file(proposal, list_path(proposal))
    except NotFound:
        changed = proposals.changed_files(proposal).get(list_path(proposal))
        return CommentedMap(), changed.version if changed else 0
    return _yaml().load(found.content.decode("utf-8-sig")) or CommentedMap(), found.version


def _yaml() -> YAML:
    made = YAML()
    made.preserve_quotes, made.width, made.allow_unicode = True, 4096, True
    made.indent(mapping=2, sequence=4, offset=2)
    return made


def _written(entries: CommentedMap) -> bytes:
    out = io.BytesIO()
    _yaml().dump(entries, out)
    return out.getvalue()


def _copied(entry: CommentedMap | None) -> CommentedMap:
    out = io.BytesIO()
    _yaml().dump(entry, out)
    return _yaml().load(out.getvalue())


def _save(proposal: Proposal, contents: Mapping, expected: dict, actor, clock) -> None:
    changed = proposals.changed_files(proposal)
    versions = {path: expected.get(path, changed[path].version if path in changed else 0) for path in contents}
    proposals.save_files(proposal.id, contents, versions, actor=actor, clock=clock)
