"""The files of a proposal as its first page shows them, and the verbs that need more than saving: add, rename, take out, restore.

Titles are looked for in the text, so that a file with a fault in it still has a name.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import PurePosixPath

from flask_babel import gettext as _, lazy_gettext as _l

from app.definitions import Finding
from app.errors import NotFound, ProposalRefused
from app.workbench import proposals, skeletons
from app.workbench.models import Proposal

# Kinds in the order of the page; "settings" are the files of which a procedure has one.
KINDS = ("diagram", "table", "form", "codes", "report", "settings", "scenario", "sample", "rows", "other")
SETTINGS = {"processes": ("roles.yml", "demo.yml"), "forms": ("registers.yml",), "reports": ("reports.yml",)}
SETTINGS_WORDS = {"roles.yml": _l("角色"), "demo.yml": _l("试用的单位和人员"), "registers.yml": _l("台账"), "reports.yml": _l("报表目录")}
_TITLES = {
    ".bpmn": re.compile(rb'<(?:\w+:)?process\b[^<>]*?\sname="([^"<]+)"'), ".dmn": re.compile(rb'<(?:\w+:)?decision\b[^<>]*?\sname="([^"<]+)"'),
    ".html": re.compile(rb"\{%-? *block title *-?%\}([^{<\n]+)"), ".yml": re.compile(rb"^title:(.*)$", re.M)}  # each linear in the file: a hostile one must not hold up the pages that list it
_CODES_TITLE = re.compile(r"\A# ?([^\n，。；（,;(]{1,40})")  # what the comment at the top of a code table says first
_LINE = re.compile(r"第 ?(\d+) ?行")


@dataclass(frozen=True)
class HeldFile:
    """A file of a procedure in a proposal. `state`: same, added, changed or removed, against the release it stands on."""

    path: str
    name: str
    title: str
    kind: str
    state: str
    version: int = 0
    by: str = ""
    at: datetime | None = None


def held_files(proposal: Proposal) -> list[HeldFile]:
    """Every file of the release and of the proposal, in the order of the kinds."""
    base, changed = proposals.base_files(proposal), proposals.changed_files(proposal)
    files = [_held(path, base.get(path), changed.get(path)) for path in {*base, *changed}]
    return sorted((one for one in files if one), key=lambda one: (KINDS.index(one.kind), one.path))


def _held(path: str, before: bytes | None, found: proposals.FileVersion | None) -> HeldFile | None:
    content = before if found is None else found.content
    if before is None and content is None:
        return None  # added and taken out again
    state = "same" if content == before else "added" if before is None else "removed" if content is None else "changed"
    name, shown = PurePosixPath(path), content if content is not None else before
    facts = (found.version, found.by, found.at) if found else ()
    return HeldFile(path, name.stem, title_of(path, shown or b""), kind_of(path), state, *facts)


def kind_of(path: str) -> str:
    """What a file is, by its place."""
    top, _name, *folders, name = path.split("/")
    if name in SETTINGS.get(top, ()) and not folders:
        return "settings"
    places = {("processes", ".bpmn"): "diagram", ("processes", ".dmn"): "table", ("forms", ".yml"): "form", ("reports", ".html"): "report",
              ("forms", "codes", ".yml"): "codes", ("processes", "scenarios", ".yml"): "scenario", ("processes", "scenarios", "samples", ".yml"): "sample",
              ("processes", "tables", ".yml"): "rows"}
    return places.get((top, *folders, PurePosixPath(name).suffix), "other")


def title_of(path: str, content: bytes) -> str:
    """What the file calls itself; "" when it says nothing."""
    name = PurePosixPath(path).name
    if kind_of(path) == "settings":
        return str(SETTINGS_WORDS[name])
    if kind_of(path) == "codes":
        told = _CODES_TITLE.match(content[:400].decode("utf-8", "replace"))
        return told[1].strip() if told else ""
    pattern = _TITLES.get(PurePosixPath(path).suffix)
    found = pattern.search(content) if pattern else None
    return unescape(found[1].decode("utf-8", "replace").strip().strip("\"'")) if found else ""


def path_for(proposal: Proposal, kind: str, name: str) -> str:
    """Where a new file of this kind and name goes. Raises ProposalRefused for a kind that is made elsewhere."""
    places = {"form": "forms/{0}/{1}.yml", "codes": "forms/{0}/codes/{1}.yml", "scenario": "processes/{0}/scenarios/{1}.yml",
              "sample": "processes/{0}/scenarios/samples/{1}.yml", "roles": "processes/{0}/roles.yml", "demo": "processes/{0}/demo.yml",
              "registers": "forms/{0}/registers.yml", "reports": "reports/{0}/reports.yml"}
    if kind not in places:
        raise ProposalRefused(why=_("请选择文件的种类"))
    if "{1}" in places[kind] and not re.fullmatch(r"[a-z][a-z0-9_-]*", name, re.ASCII):
        raise ProposalRefused(why=_("文件名用小写英文字母、数字、下划线和连字符，以字母开头"))
    return places[kind].format(proposal.procedure, name)


def add_file(proposal: Proposal, kind: str, name: str, *, actor, clock) -> str:
    """A new file with the least that its kind needs; returns its path. Raises ProposalRefused when it is there already."""
    path = path_for(proposal, kind, name)
    _ensure_free(proposal, path)
    _put(proposal, {path: skeletons.content_of(kind)}, actor, clock)
    return path


def rename_file(proposal: Proposal, path: str, name: str, *, actor, clock) -> str:
    """Gives a file another name in its folder; returns its path. Whatever names it elsewhere stays as it is: the linter tells of it."""
    content, place = proposals.read_file(proposal, path).content, PurePosixPath(path)
    if not re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII):
        raise ProposalRefused(why=_("文件名用英文字母、数字、下划线和连字符，以字母开头"))
    new = str(place.with_name(name + place.suffix))
    _ensure_free(proposal, new)
    _put(proposal, {path: None, new: content}, actor, clock)
    return new


def take_out(proposal: Proposal, path: str, *, actor, clock) -> None:
    """The procedure will be without this file; it can be brought back. Raises NotFound."""
    proposals.read_file(proposal, path)
    _put(proposal, {path: None}, actor, clock)


def restore(proposal: Proposal, path: str, version: int, *, actor, clock) -> None:
    """Makes a file what it was at a version (0: as released), as a new version. Raises NotFound."""
    found = {one.version: one.content for one in history_of(proposal, path)}
    if version not in found:
        raise NotFound()
    _put(proposal, {path: found[version]}, actor, clock)


def history_of(proposal: Proposal, path: str) -> list[proposals.FileVersion]:
    """Every version that can be gone back to, newest first; the release's own is version 0. Raises NotFound for no such file."""
    versions, base = proposals.versions_of(proposal, path), proposals.base_files(proposal).get(path)
    if not versions and base is None:
        raise NotFound()
    return [*versions, proposals.FileVersion(path, base, 0)]


def _put(proposal: Proposal, contents: dict[str, bytes | None], actor, clock) -> None:
    standing = proposals.changed_files(proposal)
    proposals.save_files(proposal.id, contents, {path: found.version for path, found in standing.items()}, actor=actor, clock=clock)


def _ensure_free(proposal: Proposal, path: str) -> None:
    if path in proposals.files_of(proposal):
        raise ProposalRefused(why=_("已经有文件“%(path)s”", path=path))


def problems_in(path: str, content: bytes, findings: list[Finding]) -> list[dict]:
    """The findings of a file with their lines, for the text editor: as written, else where its element is named."""
    text = content.decode("utf-8", "replace")
    return [{"line": _line_of(one, text), "column": 1, "message": one.message, "severity": one.severity} for one in findings if one.file == path]


def _line_of(finding: Finding, text: str) -> int:
    if found := _LINE.search(f"{finding.element} {finding.message}"):
        return max(int(found[1]), 1)
    word = re.split(r"[.#/]", finding.element)[-1]
    named = re.search(rf"""(?<![\w-])["']?{re.escape(word)}["']?(?![\w-])""", text) if word else None
    return text.count("\n", 0, named.start()) + 1 if named else 1
