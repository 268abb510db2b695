"""The two contents that a note compares: a proposal with its base or the current release, or two releases."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.definitions import Procedure
from app.errors import NotFound
from app.operations import releases
from app.store import session
from app.store.models import Case, Release
from app.workbench import proposals
from app.workbench.models import Proposal


@dataclass(frozen=True)
class Side:
    """One content of a procedure. `release` is None for a proposal, and for the empty side of a new procedure."""

    procedure: Procedure | None
    release: Release | None = None
    running: int = 0          # cases that go on with this release


def of_release(digest: str) -> Side:
    """Raises NotFound."""
    release = session().get(Release, digest)
    if release is None:
        raise NotFound()
    running = session().scalar(sa.select(sa.func.count()).select_from(Case).where(Case.release == digest, Case.ended_at.is_(None)))
    return Side(releases.procedure_of(digest), release, running)


def of_proposal(proposal: Proposal) -> Side:
    """The procedure as the proposal would have it."""
    return Side(Procedure(proposal.procedure, proposals.files_of(proposal)))


def before(proposal: Proposal, against: str) -> Side:
    """What a proposal is compared with: `against` is base or current. An empty side for a new procedure."""
    digest = proposals.current_release(proposal.procedure) if against == "current" else proposal.base
    return of_release(digest) if digest else Side(None)


def releases_of(procedure: str) -> list[Release]:
    """Every release of a procedure, newest first."""
    return list(session().scalars(sa.select(Release).where(Release.procedure == procedure).order_by(Release.number.desc())))
