"""A newer release brought into a proposal, file by file: what only the others changed comes by itself, the rest is chosen.

A proposal that is not up to date cannot be published, so that nobody undoes what a colleague published meanwhile.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from lxml import etree

from app.definitions import DefinitionError
from app.definitions.plain_yaml import plain_values
from app.errors import ProposalRefused, WorkbenchRefused
from app.operations import releases
from app.store import transaction
from app.workbench import acts, merging, proposals
from app.workbench.models import Proposal

OURS, THEIRS, MERGED = "ours", "theirs", "merged"
TEXTS = (".bpmn", ".dmn", ".yml", ".html")
_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True)
class Meeting:
    """A file that the proposal and the newer release both changed. A side is None where it was taken out."""

    path: str
    base: bytes | None
    ours: bytes | None
    theirs: bytes | None

    @cached_property
    def pieces(self) -> list[merging.Piece]:
        """The text merged line by line; nothing where one side took the file out, or it is no text."""
        if self.ours is None or self.theirs is None or not self.path.endswith(TEXTS):
            return []
        try:
            return merging.merge(*((content or b"").decode() for content in (self.base, self.ours, self.theirs)))
        except UnicodeDecodeError:
            return []

    @cached_property
    def open(self) -> list[int]:
        """The numbers of the pieces that a person must decide."""
        return merging.conflicts(self.pieces)

    @cached_property
    def merges(self) -> bool:
        """Whether both changes fit together by themselves."""
        return bool(self.pieces) and not self.open and not fault_in(self.path, merging.text_of(self.pieces, {}).encode())

    def merged(self, chosen: Mapping[int, str]) -> bytes:
        """The merged file. Raises ProposalRefused where something was left open or the result is no longer a file of its kind."""
        if set(self.open) - set(chosen) or not self.pieces:
            raise ProposalRefused(why=_("%(path)s 还有没有选择的地方", path=self.path))
        content = merging.text_of(self.pieces, chosen).encode()
        if fault := fault_in(self.path, content):
            raise ProposalRefused(why=_("%(path)s 合并后格式不对（%(why)s），请选用其中一份，再手工补上另一份的修改", path=self.path, why=fault))
        return content


@dataclass(frozen=True)
class Newer:
    """What a newer release brings: files that come by themselves, and files to be decided."""

    digest: str
    coming: tuple[str, ...]
    meetings: tuple[Meeting, ...]


def newer_of(proposal: Proposal) -> Newer | None:
    """What has been published since the proposal began; None while it stands on the current release."""
    current = releases.current_release(proposal.procedure)
    if not current or current == proposal.base:
        return None
    base, theirs = proposals.base_files(proposal), dict(releases.procedure_of(current).content)
    changed = {path: found.content for path, found in proposals.changed_files(proposal).items()}
    moved = [path for path in sorted({*base, *theirs}) if base.get(path) != theirs.get(path)]
    both = [path for path in moved if path in changed and changed[path] not in (base.get(path), theirs.get(path))]
    return Newer(current, tuple(path for path in moved if path not in both),
                 tuple(Meeting(path, base.get(path), changed[path], theirs.get(path)) for path in both))


def bring_in(proposal_id: int, *, onto: str, version: int, ways: Mapping[str, str], chosen: Mapping[str, Mapping[int, str]], actor, clock) -> None:
    """Puts the proposal on the newer release. `ways`: path -> ours, theirs or merged, for every file that both changed;
    `chosen`: path -> number of a piece -> ours, theirs or both.

    Raises WorkbenchRefused when something was saved or published since the page was shown, ProposalRefused, ProposalClosed.
    """
    with transaction():
        proposal = proposals.ensure_open(proposals.locked(proposal_id))
        newer = newer_of(proposal)
        if newer is None or newer.digest != onto or proposal.version != version:
            raise WorkbenchRefused(why=_("方案或现行版本刚刚又变了，请重新查看后合并"))
        contents = {one.path: _decided(one, ways.get(one.path, ""), chosen.get(one.path, {})) for one in newer.meetings}
        standing = {path: found.version for path, found in proposals.changed_files(proposal).items()}
        # A file that the proposal once touched and then left as it was follows the release, too.
        base, theirs = proposals.base_files(proposal), releases.procedure_of(onto).content
        contents |= {path: theirs.get(path) for path, found in proposals.changed_files(proposal).items()
                     if path in newer.coming and found.content == base.get(path)}
        proposal.base = onto
        proposals.save_files(proposal_id, contents, standing, actor=actor, clock=clock)
        acts.record("merged", proposal.procedure, actor=actor, clock=clock, proposal_id=proposal_id, release=onto)


def _decided(one: Meeting, way: str, chosen: Mapping[int, str]) -> bytes | None:
    if way not in (OURS, THEIRS, MERGED):
        raise ProposalRefused(why=_("请为 %(path)s 选择保留哪一份", path=one.path))
    return {OURS: lambda: one.ours, THEIRS: lambda: one.theirs, MERGED: lambda: one.merged(chosen)}[way]()


def fault_in(path: str, content: bytes) -> str:
    """Why a file is no longer one of its kind; "" when it is."""
    try:
        if path.endswith((".bpmn", ".dmn")):
            etree.fromstring(content, _XML)
        elif path.endswith(".yml"):
            plain_values(content, path)
    except (etree.XMLSyntaxError, DefinitionError) as error:
        return str(error).splitlines()[0][:160]
    return ""
