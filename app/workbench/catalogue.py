"""What the pages of the catalogue show: procedures with their releases, cases, proposals; who changed which file. Reads only."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa

from app.errors import NotFound
from app.operations import releases
from app.people import SYSTEM, name_of
from app.store import session
from app.store.models import Case, Process, Release
from app.workbench import acts, proposals
from app.workbench.models import Act, Proposal, ProposalFile, Submission

LOOKED_BACK = 30  # releases in which the last change of a file is searched


@dataclass(frozen=True)
class ProcessLine:
    """A process and its cases. `current`: the current release holds it."""

    id: str
    name: str
    retired: bool
    current: bool
    running: int
    ended: int


@dataclass(frozen=True)
class ReleaseLine:
    """A release with its people and how many cases it still carries. `cases`: (process id, running, ended)."""

    release: Release
    publisher: str
    approver: str
    running: int
    ended: int
    current: bool
    cases: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class ProposalLine:
    """A proposal and what was done to it last. `outdated`: a newer release came out since."""

    proposal: Proposal
    files: int
    last_by: str
    outdated: bool


@dataclass(frozen=True)
class FileLine:
    """A file of the current release, and which release changed it last. `by` is whoever saved it there; `at_least`: earlier than was searched."""

    path: str
    number: int
    by: str
    proposal_id: int | None
    at_least: bool = False


@dataclass(frozen=True)
class ProcedureView:
    """Everything that the catalogue says of a procedure. `state`: used, retired, or new (nothing published yet)."""

    name: str
    title: str
    state: str
    current: ReleaseLine | None
    processes: tuple[ProcessLine, ...]
    releases: tuple[ReleaseLine, ...]
    proposals: tuple[ProposalLine, ...]
    running: int
    elsewhere: int  # of the running ones: on an older release
    acts: list[Act] = field(default_factory=list)
    scheduled: tuple[tuple[Proposal, Submission], ...] = ()


def procedures() -> list[ProcedureView]:
    """Every procedure that has a release or an open proposal, by name."""
    published = session().scalars(sa.select(Process.procedure).distinct()).all()
    begun = session().scalars(sa.select(Proposal.procedure).where(Proposal.state.in_(("open", "submitted"))).distinct()).all()
    return [_view(name) for name in sorted({*published, *begun})]


def procedure_view(name: str) -> ProcedureView:
    """One procedure with its record. Raises NotFound."""
    found = _view(name, states=("open", "submitted", "published", "discarded"))
    if not found.releases and not found.proposals:
        raise NotFound()
    return found


def _view(name: str, states=("open", "submitted")) -> ProcedureView:
    current, counted = releases.current_release(name), _counts(name)
    lines = _releases(name, current, counted)
    rows = session().scalars(sa.select(Process).where(Process.procedure == name).order_by(Process.retired, Process.name)).all()
    processes = tuple(_process(row, current, counted) for row in rows)
    running = sum(line.running for line in lines)
    return ProcedureView(
        name=name, title=_title(name, rows), state="new" if not rows else "retired" if all(row.retired for row in rows) else "used",
        current=next((line for line in lines if line.current), None), processes=processes, releases=lines,
        proposals=tuple(_proposal(one, current) for one in proposals.proposals_of(name, states)), running=running,
        elsewhere=sum(line.running for line in lines if not line.current), acts=acts.acts_of(name), scheduled=_scheduled(name))


def title_of(name: str) -> str:
    """What people call the procedure; its name while nothing of it was released."""
    return _title(name, list(session().scalars(sa.select(Process).where(Process.procedure == name).order_by(Process.retired, Process.name))))


def _title(name: str, rows: list[Process]) -> str:
    """What people call the procedure: the process named as its folder, else the first one in use."""
    found = next((row for row in rows if row.id == name), None) or next(iter(rows), None)
    return found.name if found else name


def _counts(name: str) -> list[tuple[str, str, bool, int]]:
    """(release, process id, whether it has ended, how many cases)."""
    ended = Case.ended_at.is_not(None)
    return [tuple(row) for row in session().execute(
        sa.select(Case.release, Case.process_id, ended, sa.func.count()).where(Case.procedure == name).group_by(Case.release, Case.process_id, ended))]


def _process(row: Process, current: str, counted) -> ProcessLine:
    mine = Counter({over: 0 for over in (False, True)})
    for _release, process_id, over, count in counted:
        mine[bool(over)] += count if process_id == row.id else 0
    return ProcessLine(row.id, row.name, row.retired, row.release == current, mine[False], mine[True])


def _releases(name: str, current: str, counted) -> tuple[ReleaseLine, ...]:
    rows = session().scalars(sa.select(Release).where(Release.procedure == name).order_by(Release.number.desc()))
    return tuple(_release(row, current, [one for one in counted if one[0] == row.digest]) for row in rows)


def _release(row: Release, current: str, counted) -> ReleaseLine:
    ids = sorted({process_id for _digest, process_id, _over, _count in counted})
    cases = tuple((key, _sum(counted, key, False), _sum(counted, key, True)) for key in ids)
    return ReleaseLine(row, person_name(row.published_by), person_name(row.approved_by), sum(one[1] for one in cases), sum(one[2] for one in cases),
                       row.digest == current, cases)


def _sum(counted, process_id: str, over: bool) -> int:
    return sum(count for _digest, key, ended, count in counted if key == process_id and bool(ended) == over)


def person_name(person_id: str) -> str:
    """How a page calls somebody; "" for nobody."""
    return SYSTEM.name if person_id == SYSTEM.id else name_of(person_id) if person_id else ""


def _proposal(one: Proposal, current: str) -> ProposalLine:
    files, last = session().execute(sa.select(sa.func.count(ProposalFile.path.distinct()), sa.func.max(ProposalFile.saved_at)).where(ProposalFile.proposal_id == one.id)).one()
    by = session().scalar(sa.select(ProposalFile.saved_by_name).where(ProposalFile.proposal_id == one.id).order_by(ProposalFile.saved_at.desc(), ProposalFile.version.desc()).limit(1)) if last else ""
    return ProposalLine(one, files, by or one.created_by_name, one.state in ("open", "submitted") and one.base != current)


def _scheduled(name: str) -> tuple[tuple[Proposal, Submission], ...]:
    return tuple((row[0], row[1]) for row in session().execute(
        sa.select(Proposal, Submission).join(Submission, Submission.proposal_id == Proposal.id)
        .where(Proposal.procedure == name, Proposal.state == "submitted", Submission.state == "approved").order_by(Submission.effective_at)))


def file_lines(name: str) -> list[FileLine]:
    """The files of the current release, each with the release that changed it last."""
    current = releases.current_release(name)
    if not current:
        return []
    here = session().get(Release, current)
    older = session().scalars(sa.select(Release).where(Release.procedure == name, Release.number < here.number)
                              .order_by(Release.number.desc()).limit(LOOKED_BACK)).all()
    return [_file_line(path, [here, *older]) for path in sorted(_digests(current))]


def _file_line(path: str, rows: list[Release]) -> FileLine:
    content, since = _digests(rows[0].digest)[path], rows[0]
    for row in rows[1:]:
        if _digests(row.digest).get(path) != content:
            break
        since = row
    else:
        return FileLine(path, since.number, person_name(since.published_by), since.proposal_id, at_least=len(rows) > LOOKED_BACK)
    return FileLine(path, since.number, _writer(since, path), since.proposal_id)


def _writer(release: Release, path: str) -> str:
    saved = release.proposal_id and session().scalar(
        sa.select(ProposalFile.saved_by_name).where(ProposalFile.proposal_id == release.proposal_id, ProposalFile.path == path).order_by(ProposalFile.version.desc()).limit(1))
    return saved or person_name(release.published_by)


@lru_cache(maxsize=256)
def _digests(digest: str) -> dict[str, str]:
    """path -> digest of its content; a release never changes."""
    return {path: sha256(content).hexdigest() for path, content in releases.release_files(digest).items()}
