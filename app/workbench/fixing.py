"""Mends of findings applied to a proposal, and taken back. A mend that would not do its work is not saved."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.definitions import Bundle, Finding
from app.definitions.linter.fixes import Fix, fix_for, mends
from app.errors import FixRefused, ProposalConflict
from app.store import session
from app.workbench import proposals
from app.workbench.findings import findings_in, key_of
from app.workbench.models import Proposal, ProposalFile


@dataclass(frozen=True)
class Fixed:
    """What was done, and the version that each changed file has now."""
    label: str
    versions: Mapping[str, int]


def apply_fix(proposal: Proposal, key: str, *, actor, clock) -> Fixed:
    """Mends a finding. Raises FixRefused when it is not there any more or cannot be mended, ProposalConflict, ProposalClosed."""
    proposals.ensure_open(proposal)
    standing = proposals.changed_files(proposal)
    bundle = proposals.bundle_of(proposal)
    before = findings_in(bundle, proposal.procedure, clock)
    fix = _fix(key, before, bundle)
    finding = next(one for one in before if key_of(one) == key)
    if not mends(finding, before, findings_in(_with(bundle, fix), proposal.procedure, clock)):
        raise FixRefused(label=fix.label)
    expected = {path: standing[path].version if path in standing else 0 for path in fix.files}
    return Fixed(fix.label, proposals.save_files(proposal.id, fix.files, expected, actor=actor, clock=clock))


def _fix(key: str, findings: list[Finding], bundle: Bundle) -> Fix:
    fix = next((fix_for(one, bundle) for one in findings if key_of(one) == key), None)
    if fix is None:
        raise FixRefused(label="")
    return fix


def _with(bundle: Bundle, fix: Fix) -> Bundle:
    files = {**bundle.files, **fix.files}
    return Bundle({path: content for path, content in files.items() if content is not None})


def take_back(proposal: Proposal, versions: Mapping[str, int], *, actor, clock) -> None:
    """Brings back what the files were before a mend. Raises ProposalConflict when somebody saved one of them since."""
    base = proposals.base_files(proposal)
    contents = {path: _before(proposal, path, version, base) for path, version in versions.items()}
    proposals.save_files(proposal.id, contents, versions, actor=actor, clock=clock)


def _before(proposal: Proposal, path: str, version: int, base: Mapping[str, bytes]) -> bytes | None:
    if version <= 1:
        return base.get(path)
    found = next((one for one in proposals.versions_of(proposal, path) if one.version == version - 1), None)
    if found is None:
        latest = session().get(ProposalFile, (proposal.id, path, version))
        raise ProposalConflict(path=path, by=latest.saved_by_name if latest else "", at=latest.saved_at if latest else None, version=version, theirs=None)
    return found.content
