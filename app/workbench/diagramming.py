"""The diagrams and decision tables of a proposal as files: which there are, a new one, a copy, another name, taken out.

What stands in them is the editors' business. Nothing here knows a procedure.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.definitions import DefinitionError
from app.definitions.decisions import read_decisions
from app.definitions.diagrams import parse_xml, read_diagram
from app.errors import NotFound, ProposalRefused
from app.workbench import proposals
from app.workbench.drawing_files import copy_of, new_diagram, new_table
from app.workbench.models import Proposal

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,60}", re.ASCII)
ENDINGS = {"diagram": "bpmn", "table": "dmn"}


@dataclass(frozen=True)
class Drawing:
    """A diagram or table of a proposal. `state`: "" as in the release, "new", "changed", "gone"."""

    path: str
    stem: str
    kind: str
    title: str
    state: str
    by: str = ""
    at: object = None
    version: int = 0
    steps: int = 0
    errors: int = 0
    warnings: int = 0


def path_of(proposal: Proposal, kind: str, stem: str) -> str:
    """Where a diagram ("diagram") or decision table ("table") of this name lies."""
    return f"processes/{proposal.procedure}/{stem}.{ENDINGS[kind]}"


def drawings_of(proposal: Proposal, findings: Iterable = ()) -> list[Drawing]:
    """Every diagram, then every table, those that were taken out last."""
    base, changed, files = proposals.base_files(proposal), proposals.changed_files(proposal), proposals.files_of(proposal)
    counted = Counter((finding.file, finding.severity) for finding in findings)
    folder = f"processes/{proposal.procedure}/"
    paths = [path for path in {**files, **changed} if path.startswith(folder) and path.endswith((".bpmn", ".dmn"))]
    found = [_drawing(path, files.get(path), path in base, changed.get(path), counted) for path in paths]
    return sorted(found, key=lambda one: (one.state == "gone", one.kind, one.title))


def _drawing(path: str, content: bytes | None, in_base: bool, version, counted) -> Drawing:
    stem, kind = path.rsplit("/", 1)[1].rsplit(".", 1)[0], "diagram" if path.endswith(".bpmn") else "table"
    state = "gone" if content is None else "" if version is None else "changed" if in_base else "new"
    title, steps = _facts(content, path, kind)
    return Drawing(path, stem, kind, title or stem, state, version.by if version else "", version.at if version else None,
                   version.version if version else 0, steps, counted[path, "error"], counted[path, "warning"])


def _facts(content: bytes | None, path: str, kind: str) -> tuple[str, int]:
    """The names of what is drawn and how many elements or rules; nothing of a file that cannot be read."""
    try:
        if content is None:
            return "", 0
        if kind == "table":
            decisions = read_decisions(content, path)
            return "、".join(one.name or one.id for one in decisions), sum(len(one.rules) for one in decisions)
        processes = read_diagram(content, path).processes
        return "、".join(one.name or one.id for one in processes), sum(1 for one in processes for _element in one.walk())
    except DefinitionError:
        return "", 0


def add_drawing(proposal: Proposal, kind: str, stem: str, title: str, *, actor, clock) -> str:
    """Adds an empty diagram or table under a new name; its path. Raises ProposalRefused."""
    path = _free(proposal, kind, stem)
    title = " ".join(title.split())
    if not title:
        raise ProposalRefused(why=_("请写名称，例如“办理延期”"))
    make = new_diagram if kind == "diagram" else new_table
    _ensure_unused(proposal, stem)
    proposals.save_file(proposal.id, path, make(stem, title), expected=_standing(proposal, path), actor=actor, clock=clock)
    return path


def copy_drawing(proposal: Proposal, kind: str, stem: str, other: str, *, actor, clock) -> str:
    """Copies a diagram or table under another name, with ids of its own; the copy's path. Raises ProposalRefused."""
    content = proposals.read_file(proposal, path_of(proposal, kind, stem)).content
    path = _free(proposal, kind, other)
    _ensure_unused(proposal, other)
    copied = copy_of(content, other, ids_of(proposal), _("副本"))
    proposals.save_file(proposal.id, path, copied, expected=_standing(proposal, path), actor=actor, clock=clock)
    return path


def rename_drawing(proposal: Proposal, kind: str, stem: str, other: str, *, actor, clock) -> str:
    """Gives a file another name; what is drawn, ids included, stays. Raises ProposalRefused."""
    old, new = path_of(proposal, kind, stem), _free(proposal, kind, other)
    found = proposals.read_file(proposal, old)
    proposals.save_files(proposal.id, {old: None, new: found.content}, {old: found.version, new: _standing(proposal, new)}, actor=actor, clock=clock)
    return new


def take_out(proposal: Proposal, kind: str, stem: str, *, actor, clock) -> None:
    """Takes a file out of the procedure; it can be brought back."""
    path = path_of(proposal, kind, stem)
    proposals.save_file(proposal.id, path, None, expected=proposals.read_file(proposal, path).version, actor=actor, clock=clock)


def bring_back(proposal: Proposal, kind: str, stem: str, *, actor, clock) -> None:
    """Brings a file that was taken out back as it last was. Raises NotFound when there is nothing to bring back."""
    path = path_of(proposal, kind, stem)
    content = next((one.content for one in proposals.versions_of(proposal, path) if one.content is not None), None)
    content = proposals.base_files(proposal).get(path) if content is None else content
    if content is None:
        raise NotFound()
    proposals.save_file(proposal.id, path, content, expected=_standing(proposal, path), actor=actor, clock=clock)


def _free(proposal: Proposal, kind: str, stem: str) -> str:
    if not _NAME.fullmatch(stem):
        raise ProposalRefused(why=_("文件名用小写英文字母、数字、连字符和下划线，以字母开头，例如 extension-review"))
    path = path_of(proposal, kind, stem)
    if path in proposals.files_of(proposal):
        raise ProposalRefused(why=_("已经有“%(name)s”，请换一个文件名", name=stem))
    return path


def _ensure_unused(proposal: Proposal, name: str) -> None:
    if name in ids_of(proposal):
        raise ProposalRefused(why=_("“%(name)s”已是别处的 ID，请换一个文件名", name=name))


def _standing(proposal: Proposal, path: str) -> int:
    found = proposals.changed_files(proposal).get(path)
    return found.version if found else 0


def ids_of(proposal: Proposal) -> set[str]:
    """Every id of every diagram and table of the proposal."""
    found: set[str] = set()
    for path, content in proposals.files_of(proposal).items():
        if path.endswith((".bpmn", ".dmn")):
            try:
                found |= {node.get("id") for node in parse_xml(content, path).iter() if node.get("id")}
            except DefinitionError:
                continue  # told by the findings
    return found
