"""The scenarios of a proposal: how each went last, on which content, and running them again beside the pages.

An outcome counts as long as nothing changed that it depends on; other scenarios are not among that. Whoever asks for runs
writes rows; the worker takes them (`run_waiting`). A worker that is killed leaves a lease that runs out.
"""
from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa

from app.config import ROOT
from app.definitions import Bundle, DefinitionError, Procedure, Scenario
from app.engine import EngineError, load_process
from app.operations.doorbell import ring_scenarios
from app.scenarios import FolderOutcome, Outcome
from app.store import after_commit, session, transaction
from app.workbench.models import Proposal, ScenarioOutcome
from app.workbench.playable import playable, readable_scenarios
from app.workbench.proposals import bundle_of, proposal_of

LEASE = timedelta(seconds=180)  # how long a runner that says nothing counts as being at it
LONGEST = 900  # seconds that one process may run scenarios
AT_ONCE = 40  # scenarios in one process
_running = threading.Lock()


@dataclass(frozen=True)
class Listed:
    """A scenario on the desk. `state` is green, red, stale, new, waiting, running or broken (cannot be read)."""

    path: str
    title: str
    process: str
    steps: int
    state: str
    outcome: ScenarioOutcome | None = None
    fault: str = ""
    line: int = 0


@dataclass
class Coverage:
    """Which flows which scenarios walk: flow id -> titles; and what the flows are, in words."""

    walked: dict[str, list[str]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        return [flow for flow in self.flows if flow not in self.walked]


def scenario_paths(bundle: Bundle, procedure: str) -> list[str]:
    """The scenario files of the procedure."""
    return bundle.procedure(procedure).paths("processes", "scenarios/*.yml") if procedure in bundle.procedures else []


def basis_of(bundle: Bundle, procedure: str, path: str) -> str:
    """The digest of all that the outcome of a scenario depends on: everything but the other scenarios."""
    own = sha256(bundle.files.get(path, b"")).hexdigest()
    return sha256(f"{_common(bundle)}\0{path}\0{own}".encode()).hexdigest()


@lru_cache(maxsize=8)  # by the bundle itself: its files do not change
def _common(bundle: Bundle) -> str:
    return playable(bundle).digest


def outcomes_of(proposal: Proposal, bundle: Bundle | None = None) -> list[Listed]:
    """Every scenario of the proposal with how it went, in the order of their files."""
    bundle = bundle or bundle_of(proposal)
    rows = {row.path: row for row in session().scalars(
        sa.select(ScenarioOutcome).where(ScenarioOutcome.proposal_id == proposal.id).execution_options(populate_existing=True))}
    return [_listed(bundle, proposal.procedure, path, rows.get(path)) for path in scenario_paths(bundle, proposal.procedure)]


def _listed(bundle: Bundle, procedure: str, path: str, row: ScenarioOutcome | None) -> Listed:
    state = _state(row, basis_of(bundle, procedure, path) if row else "")
    try:
        scenario = bundle.procedure(procedure).scenario(path)
    except DefinitionError as error:
        return Listed(path, path.rpartition("/")[2], "", 0, "broken", row, error.message, _line_of(error))
    return Listed(path, scenario.title, scenario.process, len(scenario.steps), state, row)


def _line_of(error: DefinitionError) -> int:
    return next((problem.line for problem in getattr(error, "problems", ())), 1)


def _state(row: ScenarioOutcome | None, basis: str) -> str:
    if row is None:
        return "new"
    if row.state in ("waiting", "running"):
        return row.state
    if row.passed is None:
        return "new"
    if row.basis != basis:
        return "stale"
    return "green" if row.passed else "red"


def all_green(proposal: Proposal, bundle: Bundle | None = None) -> bool:
    """Whether every scenario passed on the content as it is now. True where there is none."""
    return all(found.state == "green" for found in outcomes_of(proposal, bundle))


def run_scenarios_of(proposal: Proposal, paths: Iterable[str] | None = None, *, clock, again: bool = False) -> FolderOutcome:
    """Runs these scenarios (all when none is named) that have no valid outcome yet, waits, and tells how all of them went."""
    bundle, wanted = bundle_of(proposal), None if paths is None else set(paths)
    listed = [found for found in outcomes_of(proposal, bundle) if wanted is None or found.path in wanted]
    due = [found.path for found in listed if again or found.state not in ("green", "red")]
    _write_asked(proposal, due, clock)
    _run(proposal, bundle, due, clock)
    return _as_folder(proposal, bundle, wanted)


def _as_folder(proposal: Proposal, bundle: Bundle, wanted: set[str] | None) -> FolderOutcome:
    found = [one for one in outcomes_of(proposal, bundle) if wanted is None or one.path in wanted]
    outcomes = [Outcome(one.path, one.title, one.state == "green", one.line or (one.outcome.line if one.outcome else 0),
                        one.fault or (one.outcome.reason if one.outcome else ""), set(one.outcome.flows) if one.outcome else set()) for one in found]
    walked = set().union(*(one.flows for one in outcomes))
    return FolderOutcome(outcomes, wanted is None, [text for flow, text in every_flow(bundle).items() if flow not in walked])


def ask_runs(proposal: Proposal, paths: Iterable[str] | None = None, *, clock) -> int:
    """Asks the worker to run these scenarios, or all that have no valid outcome. Returns how many it will run."""
    listed = outcomes_of(proposal)
    due = [one.path for one in listed if one.state not in ("green", "waiting", "running")] if paths is None else [
        one.path for one in listed if one.path in set(paths) and one.state not in ("waiting", "running")]
    _write_asked(proposal, due, clock)
    return len(due)


def _write_asked(proposal: Proposal, paths: list[str], clock) -> None:
    with transaction() as store:
        for path in paths:
            row = store.get(ScenarioOutcome, (proposal.id, path)) or ScenarioOutcome(proposal_id=proposal.id, path=path, flows=[], reason="", line=0)
            row.state, row.asked_at, row.lease_until = "waiting", clock(), None
            store.add(row)
        if paths:
            after_commit(ring_scenarios)


def stop_runs(proposal: Proposal) -> None:
    """Takes back what waits; what runs at this moment is finished."""
    with transaction() as store:
        store.execute(sa.update(ScenarioOutcome).where(ScenarioOutcome.proposal_id == proposal.id, ScenarioOutcome.state == "waiting").values(state="done"))


def run_waiting(clock) -> int:
    """The worker's side: runs what waits, one proposal at a time. Returns how many ran."""
    if not _running.acquire(blocking=False):  # the worker's other threads are for short work
        return 0
    ran = 0
    try:
        while claimed := _claim(clock):
            proposal_id, paths = claimed
            proposal = proposal_of(proposal_id)
            ran += _run(proposal, bundle_of(proposal), paths, clock)
    finally:
        _running.release()
    return ran


def _claim(clock) -> tuple[int, list[str]] | None:
    now = clock()
    free = sa.or_(ScenarioOutcome.state == "waiting", sa.and_(ScenarioOutcome.state == "running", ScenarioOutcome.lease_until <= now))
    with transaction() as store:
        first = store.scalar(sa.select(ScenarioOutcome.proposal_id).where(free).order_by(ScenarioOutcome.asked_at).limit(1))
        if first is None:
            return None
        rows = store.scalars(sa.select(ScenarioOutcome).where(free, ScenarioOutcome.proposal_id == first).order_by(ScenarioOutcome.path)
                             .limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        for row in rows:
            row.state, row.lease_until = "running", now + LEASE
        return first, [row.path for row in rows]


def _run(proposal: Proposal, bundle: Bundle, paths: list[str], clock) -> int:
    """Runs scenarios in a process of their own and writes each outcome as it comes."""
    known = [path for path in paths if path in bundle.files]
    _close(proposal.id, [path for path in paths if path not in bundle.files], clock)
    proposal_id, version, left = proposal.id, proposal.version, set(known)
    for line in _lines(bundle, known):
        left.discard(line["path"]) if not line.get("begun") else None
        _note(proposal_id, version, basis_of(bundle, proposal.procedure, line["path"]), line, left, clock)
    for path in left:
        _note(proposal_id, version, basis_of(bundle, proposal.procedure, path), {
            "path": path, "passed": False, "line": 0, "reason": f"运行超过 {LONGEST} 秒或中途停止，没有结果", "flows": [], "seconds": 0}, set(), clock)
    return len(known)


def _lines(bundle: Bundle, paths: list[str]) -> Iterator[dict]:
    if not paths:
        return
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PINGSHEN_") and name not in ("PORT", "FLASK_APP")}
    asked = {"files": {path: base64.b64encode(content).decode() for path, content in bundle.files.items()}, "paths": paths}
    with subprocess.Popen([sys.executable, "-m", "app.workbench.scenario_process"], cwd=ROOT, env=environ, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        limit = threading.Timer(LONGEST, process.kill)
        limit.start()
        try:
            json.dump(asked, process.stdin)
            process.stdin.close()
            yield from (json.loads(line) for line in process.stdout if line.startswith("{"))
        finally:
            limit.cancel()
            process.kill()


def _note(proposal_id: int, version: int, basis: str, line: dict, left: set[str], clock) -> None:
    now = clock()
    with transaction() as store:
        store.execute(sa.update(ScenarioOutcome).where(
            ScenarioOutcome.proposal_id == proposal_id, ScenarioOutcome.path.in_(left), ScenarioOutcome.state == "running").values(lease_until=now + LEASE))
        row = store.get(ScenarioOutcome, (proposal_id, line["path"]), populate_existing=True)
        if row is None:
            return
        if line.get("begun"):
            row.state, row.lease_until = "running", now + LEASE
            return
        row.state, row.lease_until, row.basis, row.version, row.at = "done", None, basis, version, now
        row.passed, row.line, row.reason, row.flows, row.seconds = line["passed"], line["line"], line["reason"], line["flows"], line["seconds"]


def _close(proposal_id: int, paths: list[str], clock) -> None:
    """Scenarios that were taken out of the proposal meanwhile."""
    if paths:
        with transaction() as store:
            store.execute(sa.delete(ScenarioOutcome).where(ScenarioOutcome.proposal_id == proposal_id, ScenarioOutcome.path.in_(paths)))


def progress_of(listed: Iterable[Listed]) -> tuple[int, int]:
    """(over, asked for) of what was asked for together and is not all over yet; (0, 0) when nothing runs."""
    found = list(listed)
    waiting = [one for one in found if one.state in ("waiting", "running")]
    if not waiting:
        return 0, 0
    since = min(one.outcome.asked_at for one in waiting)
    over = sum(1 for one in found if one.outcome and one.state in ("green", "red") and one.outcome.asked_at >= since)
    return over, over + len(waiting)


def coverage_of(proposal: Proposal, bundle: Bundle | None = None) -> Coverage:
    """Which flows the scenarios walk, by their latest runs."""
    bundle = bundle or bundle_of(proposal)
    titles = {one.path: one.title for one in readable_scenarios(bundle.procedure(proposal.procedure))}
    coverage = Coverage(flows=every_flow(bundle))
    rows = session().execute(sa.select(ScenarioOutcome.path, ScenarioOutcome.flows).where(ScenarioOutcome.proposal_id == proposal.id).order_by(ScenarioOutcome.path))
    for path, flows in rows:
        for flow in flows if path in titles else ():
            coverage.walked.setdefault(flow, []).append(titles[path])
    return coverage


def _in_words(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Every flow by the names of what it joins, as they stand in the diagram."""
    for process_id in procedure.processes:
        process = load_process(process_id, procedure.files)
        names = {key: element.name or key for key, element in process.elements.items()}
        for key, flow in process.flows.items():
            label = f"（{flow.name}）" if flow.name else ""
            yield key, f"{process.name or process_id}：{names.get(flow.source, flow.source)} → {names.get(flow.target, flow.target)}{label}"


_KNOWN_FLOWS: dict[str, dict[str, str]] = {}


def every_flow(bundle: Bundle) -> dict[str, str]:
    """Every sequence flow in words; nothing while a diagram cannot be read. Kept for the contents asked for lately."""
    key = playable(bundle).digest
    if key not in _KNOWN_FLOWS:
        while len(_KNOWN_FLOWS) > 15:
            _KNOWN_FLOWS.pop(next(iter(_KNOWN_FLOWS)), None)
        try:
            _KNOWN_FLOWS[key] = {flow: words for name in bundle.procedures for flow, words in _in_words(bundle.procedure(name))}
        except (DefinitionError, EngineError):
            return {}
    return _KNOWN_FLOWS[key]


def scenario_in(proposal: Proposal, path: str) -> Scenario:
    """One scenario of the proposal. Raises DefinitionError."""
    return bundle_of(proposal).procedure(proposal.procedure).scenario(path)
