"""All scenarios of a folder, and the publish gate: check, run the scenarios, publish."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app import engine
from app.definitions import Bundle, DefinitionError, Finding, Scenario, read_folder, read_scenario
from app.errors import ReleaseRefused
from app.operations.releases import findings_of, publish_release
from app.people import SYSTEM
from app.scenarios.runner import Outcome, run_scenario
from app.scenarios.workbench import workbench


@dataclass
class FolderOutcome:
    """How all scenarios went, and which flows none of them walked."""

    scenarios: list[Outcome] = field(default_factory=list)
    everything: bool = True  # all scenarios of the folder were run: only then flows left out mean something
    flows_not_walked: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.scenarios)

    def as_dict(self) -> dict:
        """The JSON of `pingshen scenario --json` (DESIGN 9)."""
        return {
            "scenarios": [vars(outcome) | {"flows": sorted(outcome.flows)} for outcome in self.scenarios],
            "flows_not_walked": self.flows_not_walked,
        }

    def lines(self) -> list[str]:
        """For people: a line per scenario, why it failed, and the flows left out."""
        lines = []
        for outcome in self.scenarios:
            lines.append(f"{'通过' if outcome.passed else '失败'}  {outcome.title}（{Path(outcome.file).name}）")
            if not outcome.passed:
                lines.append(f"      第 {outcome.step} 行：{outcome.reason}")
        lines.append(f"{sum(outcome.passed for outcome in self.scenarios)}/{len(self.scenarios)} 个情景通过，"
                     f"{len(self.flows_not_walked)} 条顺序流没有情景走过")
        return lines + [f"      {flow}" for flow in self.flows_not_walked if self.everything]


def run_folder(bundle: Bundle, root: Path, paths: list[Path]) -> FolderOutcome:
    """Runs the scenarios of these files and folders, or all of the bundle when none is named."""
    if not paths:
        return run_bundle(bundle)
    files = [file for path in paths for file in (sorted(path.rglob("*.yml")) if path.is_dir() else [path])]
    scenarios = [read_scenario(file) for file in files if file.parent.name != "samples"]
    outcome = run_scenarios(bundle, scenarios)
    outcome.everything = False
    return outcome


def run_bundle(bundle: Bundle) -> FolderOutcome:
    """Runs every scenario of every procedure of the bundle."""
    return run_scenarios(bundle, [s for name in bundle.procedures for s in bundle.procedure(name).scenarios])


def run_scenarios(bundle: Bundle, scenarios: list[Scenario]) -> FolderOutcome:
    """Runs the scenarios, each in a fresh database, and says which flows of the bundle none walked."""
    outcome = FolderOutcome()
    if scenarios:
        with workbench(bundle, min(scenario.clock for scenario in scenarios)) as bench:
            for scenario in scenarios:
                with bench.fresh(scenario.clock) as clock:
                    outcome.scenarios.append(run_scenario(scenario, clock))
    walked = set().union(*(o.flows for o in outcome.scenarios))
    outcome.flows_not_walked = [text for flow, text in flows_of(bundle).items() if flow not in walked]
    return outcome


def flows_of(bundle: Bundle) -> dict[str, str]:
    """Every sequence flow of the bundle, in words."""
    found = {}
    for name in bundle.procedures:
        procedure = bundle.procedure(name)
        for process_id in procedure.processes:
            process = engine.load_process(process_id, procedure.files)
            for flow_id, flow in process.flows.items():
                found[flow_id] = f"{flow_id}（{flow.source} → {flow.target}{'：' + flow.name if flow.name else ''}）"
    return found


def publish_folder(folder: Path, *, note: str, clock, actor=SYSTEM):
    """The publish gate: check, run the scenarios, publish. Raises ReleaseRefused with findings."""
    try:
        bundle = read_folder(folder)
        errors = [finding for finding in findings_of(bundle) if finding.severity == "error"]
        if not errors:
            errors = [_failure(o) for o in run_bundle(bundle).scenarios if not o.passed]
    except DefinitionError as error:
        errors = [Finding("definition", "error", error.path, "", error.message)]
    if errors:
        raise ReleaseRefused(count=len(errors), findings=errors)
    return publish_release(bundle, actor=actor, clock=clock, note=note)


def _failure(outcome: Outcome) -> Finding:
    return Finding("scenario-failed", "error", outcome.file, f"第{outcome.step}行", f"{outcome.title}：{outcome.reason}")
