"""What stands between a proposal and its publication: the linter, the scenarios, the newest release. Reads only."""
from __future__ import annotations

from dataclasses import dataclass

from app.definitions import Finding
from app.operations import releases
from app.workbench import findings, proposals, scenarios
from app.workbench.models import Proposal


@dataclass(frozen=True)
class Warned:
    """A warning of the linter, and the key under which a submitter takes it on."""

    key: str
    finding: Finding


@dataclass(frozen=True)
class Gate:
    """The checks of a proposal at one version. `ready`: nothing but ticks and a second person is missing."""

    version: int
    digest: str
    changed: bool
    up_to_date: bool
    errors: tuple[Finding, ...]
    warnings: tuple[Warned, ...]
    scenarios: int  # of the procedure
    passed: int  # of them, on this very content
    failed: int

    @property
    def green(self) -> bool:
        """Whether there is a scenario, and every one of them passed on this content."""
        return 0 < self.scenarios == self.passed

    @property
    def ready(self) -> bool:
        return self.changed and self.up_to_date and not self.errors and self.green


def gate_of(proposal: Proposal, clock) -> Gate:
    """The state of every check. It reads the whole procedure: call it outside of transactions."""
    bundle = proposals.bundle_of(proposal)
    listed = [one.state for one in scenarios.outcomes_of(proposal, bundle)]
    found = findings.findings_of(proposal, clock)
    return Gate(
        version=proposal.version, digest=digest_of(proposal), changed=digest_of(proposal) != proposal.base,
        up_to_date=releases.current_release(proposal.procedure) == proposal.base,
        errors=tuple(one for one in found if one.severity == "error"),
        warnings=tuple(Warned(findings.key_of(one), one) for one in found if one.severity != "error"),
        scenarios=len(listed), passed=listed.count("green"), failed=listed.count("red") + listed.count("broken"))


def digest_of(proposal: Proposal) -> str:
    """The digest that the procedure would be published under; "" while it has no file."""
    bundle = proposals.bundle_of(proposal)
    return bundle.procedure(proposal.procedure).digest if proposal.procedure in bundle.procedures else ""
