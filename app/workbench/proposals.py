"""Verbs on proposals: begin one, read and save its files, give it up. Two people in one file are noticed, nothing is lost.

A file that was never changed has version 0. Saving names the version it was read at; whoever comes second is told what
the other one saved and keeps their own text.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import zstandard
from flask_babel import gettext as _

from app.definitions import Bundle
from app.errors import NotFound, ProposalClosed, ProposalConflict, ProposalRefused
from app.operations import releases
from app.store import session, transaction
from app.store.models import Release
from app.workbench import acts
from app.workbench.models import Proposal, ProposalFile

LARGEST = 2_000_000  # bytes of a file, as in a folder
TOGETHER = 300  # seconds: of what an editor saves by itself for one person within a slot of it, the last is kept to go back to
_NAME = re.compile(r"[a-z][a-z0-9-]{1,60}", re.ASCII)
_PATH = re.compile(r"(processes|forms|reports)/([a-z][a-z0-9-]*)/([\w.-]+/|scenarios/samples/)?[\w-][\w.-]*\.(bpmn|dmn|yml|html|txt|docx|xlsx|pdf)", re.ASCII)


@dataclass(frozen=True)
class FileVersion:
    """A file of a proposal as it stands. `content` is None where it was taken out; version 0 is the release's own."""

    path: str
    content: bytes | None
    version: int
    by: str = ""
    at: datetime | None = None


def begin_proposal(procedure: str, *, title: str, actor, clock, base: str | None = None) -> Proposal:
    """A proposal on top of a release: the given one, else the current one, else nothing (a new procedure).

    Raises ProposalRefused for a name no folder can have and for a title left empty.
    """
    title = " ".join(title.split())
    if not _NAME.fullmatch(procedure):
        raise ProposalRefused(why=_("程序的文件夹名用小写英文字母、数字和连字符，以字母开头"))
    if not title:
        raise ProposalRefused(why=_("请写明这次要改什么"))
    base = current_release(procedure) if base is None else base
    if base:
        _ensure_release(procedure, base)
    with transaction() as store:
        proposal = Proposal(
            procedure=procedure, title=title[:200], base=base, state="open", version=0, created_by=actor.id,
            created_by_name=actor.name, created_at=clock(), changed_at=clock())
        store.add(proposal)
        store.flush()
        acts.record("begun", procedure, actor=actor, clock=clock, text=proposal.title, proposal_id=proposal.id, release=base)
        return proposal


def current_release(procedure: str) -> str:
    """The digest that new cases of the procedure get; "" when there is none."""
    return releases.current_release(procedure)


def _ensure_release(procedure: str, digest: str) -> None:
    release = session().get(Release, digest)
    if release is None or release.procedure != procedure:
        raise NotFound()


def proposal_of(proposal_id: int) -> Proposal:
    """Raises NotFound."""
    proposal = session().get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound()
    return proposal


def locked(proposal_id: int) -> Proposal:
    """The proposal, locked until the commit of the transaction around it. Raises NotFound."""
    proposal = session().get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFound()
    return proposal


def ensure_open(proposal: Proposal) -> Proposal:
    """Raises ProposalClosed for one that was submitted, published or given up."""
    if proposal.state != "open":
        raise ProposalClosed(state=proposal.state)
    return proposal


def changed_files(proposal: Proposal) -> dict[str, FileVersion]:
    """path -> the latest version of every file that the proposal touched."""
    newest = (sa.select(ProposalFile.path, sa.func.max(ProposalFile.version).label("version"))
              .where(ProposalFile.proposal_id == proposal.id).group_by(ProposalFile.path).subquery())
    rows = session().scalars(
        sa.select(ProposalFile).join(newest, sa.and_(ProposalFile.path == newest.c.path, ProposalFile.version == newest.c.version))
        .where(ProposalFile.proposal_id == proposal.id).order_by(ProposalFile.path))
    return {row.path: _version(row) for row in rows}


def base_files(proposal: Proposal) -> dict[str, bytes]:
    """path -> content of the release that the proposal stands on."""
    return dict(releases.procedure_of(proposal.base).content) if proposal.base else {}


def files_of(proposal: Proposal) -> dict[str, bytes]:
    """path -> content of the procedure as the proposal would have it."""
    files = base_files(proposal)
    for path, found in changed_files(proposal).items():
        if found.content is None:
            files.pop(path, None)
        else:
            files[path] = found.content
    return files


def bundle_of(proposal: Proposal) -> Bundle:
    """The procedure as the proposal would have it, to be checked, played and published."""
    return Bundle(files_of(proposal))


def read_file(proposal: Proposal, path: str) -> FileVersion:
    """A file as it stands. Raises NotFound for one that is not there (or not any more)."""
    found = _latest(proposal.id, path)
    if found is not None:
        if found.content is None:
            raise NotFound()
        return _version(found)
    content = base_files(proposal).get(path)
    if content is None:
        raise NotFound()
    return FileVersion(path, content, 0)


def save_file(proposal_id: int, path: str, content: bytes | None, *, expected: int, actor, clock, keep: bool = True) -> int:
    """Saves a new version of a file (None: takes it out) and returns its number. See `save_files`."""
    return save_files(proposal_id, {path: content}, {path: expected}, actor=actor, clock=clock, keep=keep)[path]


def save_files(proposal_id: int, contents: Mapping[str, bytes | None], expected: Mapping[str, int], *, actor, clock,
               keep: bool = True) -> dict[str, int]:
    """Saves several files at once, all or none; path -> its new version.

    `expected` is the version each was read at (0 for a new file); `keep`: the version before stays to go back to, however
    young it is, as it must wherever a press of a button takes the place of what somebody typed.
    Raises ProposalConflict with what the other one saved, ProposalClosed, ProposalRefused for a place where no file of this procedure may be and for one that is too large.
    """
    with transaction():
        proposal = ensure_open(locked(proposal_id))
        saved = {path: _save(proposal, path, content, expected.get(path, 0), actor, clock(), keep) for path, content in contents.items()}
        proposal.version, proposal.changed_at = proposal.version + 1, clock()
        return saved


def _save(proposal: Proposal, path: str, content: bytes | None, expected: int, actor, now: datetime, keep: bool) -> int:
    _ensure_place(proposal, path, content)
    latest = _latest(proposal.id, path)
    standing = latest.version if latest is not None else 0
    if standing != expected:
        raise _conflict(proposal, path, latest)
    if latest is not None and not keep and latest.saved_by == actor.id and _slot(latest.saved_at) == _slot(now):
        session().delete(latest)
        session().flush()
    session().add(ProposalFile(
        proposal_id=proposal.id, path=path, version=standing + 1, content=None if content is None else zstandard.compress(content, 9),
        saved_by=actor.id, saved_by_name=actor.name, saved_at=now))
    session().flush()
    return standing + 1


def _conflict(proposal: Proposal, path: str, latest: ProposalFile | None) -> ProposalConflict:
    if latest is None:  # a version that never was: whoever asks is shown the release's own
        return ProposalConflict(path=path, by=proposal.created_by_name, at=proposal.created_at, version=0, theirs=base_files(proposal).get(path))
    return ProposalConflict(path=path, by=latest.saved_by_name, at=latest.saved_at, version=latest.version, theirs=_unpacked(latest.content))


def _slot(at: datetime) -> int:
    return int(at.timestamp()) // TOGETHER


def _ensure_place(proposal: Proposal, path: str, content: bytes | None) -> None:
    found = _PATH.fullmatch(path)
    if found is None or found.group(2) != proposal.procedure or ".." in path or "/./" in path:
        raise ProposalRefused(why=_("“%(path)s”不是本程序的文件", path=path[:200]))
    if content is not None and len(content) > LARGEST:
        raise ProposalRefused(why=_("文件超过 2 MB"))


def versions_of(proposal: Proposal, path: str) -> list[FileVersion]:
    """Every version of a file that can be gone back to, newest first."""
    rows = session().scalars(sa.select(ProposalFile).where(ProposalFile.proposal_id == proposal.id, ProposalFile.path == path)
                             .order_by(ProposalFile.version.desc()))
    return [_version(row) for row in rows]


def authors_of(proposal: Proposal) -> set[str]:
    """The ids of everybody who saved anything in it, or began it: none of them may approve it."""
    rows = session().scalars(sa.select(ProposalFile.saved_by).where(ProposalFile.proposal_id == proposal.id).distinct())
    return {proposal.created_by, *rows}


def proposals_of(procedure: str = "", states: Iterable[str] = ("open", "submitted")) -> list[Proposal]:
    """Proposals in these states, the one changed last first."""
    query = sa.select(Proposal).where(Proposal.state.in_(list(states))).order_by(Proposal.changed_at.desc(), Proposal.id.desc())
    return list(session().scalars(query.where(Proposal.procedure == procedure) if procedure else query))


def rename_proposal(proposal_id: int, title: str, *, clock) -> None:
    """Says differently what a proposal changes. Raises ProposalRefused, ProposalClosed."""
    title = " ".join(title.split())
    if not title:
        raise ProposalRefused(why=_("请写明这次要改什么"))
    with transaction():
        proposal = ensure_open(locked(proposal_id))
        proposal.title, proposal.changed_at = title[:200], clock()


def discard_proposal(proposal_id: int, *, actor, clock) -> None:
    """Gives a proposal up; its files stay readable. Raises ProposalClosed for one that was submitted, published or given up."""
    with transaction():
        proposal = ensure_open(locked(proposal_id))
        proposal.state, proposal.changed_at = "discarded", clock()
        acts.record("given_up", proposal.procedure, actor=actor, clock=clock, text=proposal.title, proposal_id=proposal_id)


def _latest(proposal_id: int, path: str) -> ProposalFile | None:
    return session().scalar(sa.select(ProposalFile).where(ProposalFile.proposal_id == proposal_id, ProposalFile.path == path)
                            .order_by(ProposalFile.version.desc()).limit(1).execution_options(populate_existing=True))


def _version(row: ProposalFile) -> FileVersion:
    return FileVersion(row.path, _unpacked(row.content), row.version, row.saved_by_name, row.saved_at)


def _unpacked(content: bytes | None) -> bytes | None:
    return None if content is None else zstandard.decompress(bytes(content))
