"""What the pages of reports show: the list, the editor of one, and the samples that can be chosen."""
from __future__ import annotations

from dataclasses import dataclass, field

from app.definitions import DefinitionError, Procedure, Report
from app.errors import NotFound
from app.workbench import findings, proposals, report_entries, report_samples
from app.workbench.models import Proposal
from app.workbench.report_fields import Group, groups_of
from app.workbench.report_samples import Sample
from app.workbench.table_tests import procedure_of


@dataclass
class ReportList:
    """`fault`: why the list cannot be read."""

    reports: list = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    path: str = ""


@dataclass
class Desk:
    """All that the editor of one report shows."""

    key: str
    path: str
    text: str
    version: int
    report: Report | None
    entry_version: int
    roles: dict[str, str]
    stages: list[str]
    groups: list[Group]
    scenarios: list[tuple[str, str]]
    past: list[tuple[str, str, str]]

    @property
    def known(self) -> list[dict]:
        """Every name that can be completed."""
        return [{"path": entry.path, "label": entry.label} for group in self.groups for entry in group.entries]


def list_of(proposal: Proposal, clock) -> ReportList:
    """Every report with its findings."""
    made = ReportList(path=report_entries.list_path(proposal))
    try:
        made.reports = report_entries.listed(proposal, findings.findings_of(proposal, clock))
        made.roles = {code: role.name for code, role in procedure_of(proposal).roles.items()}
    except DefinitionError as error:
        made.fault = error.message
    return made


def desk_of(proposal: Proposal, key: str) -> Desk:
    """The editor of a template. Raises NotFound; DefinitionError where the list of reports cannot be read."""
    procedure, path = procedure_of(proposal), report_entries.path_of(proposal, key)
    if key not in procedure.reports and key not in procedure.templates:
        raise NotFound()
    version, text = _standing(proposal, path)
    stages = dict.fromkeys(stage for diagram in procedure.diagrams for process in diagram.processes for stage in process.stages)
    return Desk(key, path, text, version, procedure.reports.get(key), report_entries.entry_version(proposal),
                {code: role.name for code, role in procedure.roles.items()}, list(stages), groups_of(procedure, key),
                report_samples.scenarios_of(procedure), report_samples.past_cases(proposal))


def _standing(proposal: Proposal, path: str) -> tuple[int, str]:
    try:
        found = proposals.read_file(proposal, path)
    except NotFound:
        changed = proposals.changed_files(proposal).get(path)
        return (changed.version if changed else 0), ""
    return found.version, found.content.decode("utf-8", "replace")


def sample_for(proposal: Proposal, key: str, source: str, role: str) -> tuple[Sample, Procedure]:
    """The sample of `scenario:<path>` or `case:<number>`. Raises NotFound and what the samples raise."""
    kind, _colon, name = source.partition(":")
    if kind == "scenario":
        return report_samples.sample_of_scenario(proposal, name, key, role), procedure_of(proposal)
    if kind == "case":
        return report_samples.sample_of_case(proposal, name, key), procedure_of(proposal)
    raise NotFound()
