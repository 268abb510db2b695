"""What the linter says of a proposal: the files alone, the engine, and what only the database knows.

Fast enough to be asked after every save: files and processes that did not change are not looked at again.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timezone
from functools import lru_cache

import sqlalchemy as sa

from app import engine
from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, DefinitionError, Finding, Procedure, check
from app.definitions.linter import finding_of
from app.people import Person, RoleAssignment
from app.registers.models import RegisterEntry
from app.store import session
from app.store.models import Process
from app.workbench.models import Proposal
from app.workbench.proposals import bundle_of


def findings_of(proposal: Proposal, clock: Callable[[], datetime] | None = None) -> list[Finding]:
    """Every finding of a proposal, errors first. `clock` is what fixed dates are compared with; the present when left out."""
    return findings_in(bundle_of(proposal), proposal.procedure, clock)


def key_of(finding: Finding) -> str:
    """A name for a finding that stays the same while the finding does."""
    told = "\0".join((finding.code, finding.file, finding.element, finding.message))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def findings_in(bundle: Bundle, procedure: str, clock: Callable[[], datetime] | None = None) -> list[Finding]:
    """The same for files that are not saved yet."""
    today = (clock() if clock else datetime.now(timezone.utc)).date()
    found = [*_written(_Keyed(bundle), today), *_stored(bundle.procedure(procedure))] if procedure in bundle.procedures else _written(_Keyed(bundle), today)
    return sorted(found, key=lambda one: (one.severity, one.file, one.element))


class _Keyed:
    """A bundle that is the same as another one with the same content."""

    def __init__(self, bundle: Bundle):
        self.bundle = bundle

    def __eq__(self, other):
        return self.bundle.digest == other.bundle.digest

    def __hash__(self):
        return hash(self.bundle.digest)


@lru_cache(maxsize=8)
def _written(keyed: _Keyed, today: date) -> tuple[Finding, ...]:
    """What the files say by themselves; the engine is asked only about processes in which the linter found no error."""
    bundle = keyed.bundle
    now = datetime(today.year, today.month, today.day, tzinfo=timezone.utc)
    found = check(bundle, topics=KNOWN_TOPICS, now=now)
    if any(one.severity == "error" for one in found):
        return tuple(found)
    return (*found, *(one for name in bundle.procedures for one in _engine_findings(bundle.procedure(name))))


def _engine_findings(procedure: Procedure) -> list[Finding]:
    tables = procedure.paths("processes", "*.dmn")
    calls = {process.id: {element.xml.get("calledElement", "") for element in process.walk() if element.kind == "callActivity"}
             for diagram in procedure.diagrams for process in diagram.processes}
    found = []
    for process_id in procedure.processes:
        paths = {procedure.processes[name] for name in _reached(process_id, calls) if name in procedure.processes}
        files = tuple((path, procedure.files[path]) for path in sorted({*paths, *tables}))
        found += [one for one in _loaded(process_id, procedure.processes[process_id], files) if one not in found]
    return found


def _reached(process_id: str, calls: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), [process_id]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += calls.get(name, ())
    return found


@lru_cache(maxsize=64)
def _loaded(process_id: str, path: str, files: tuple[tuple[str, bytes], ...]) -> tuple[Finding, ...]:
    """Whether the engine takes a process; `files` are the diagrams it consists of and the decision tables."""
    try:
        engine.load_process(process_id, dict(files))
    except engine.EngineError as error:
        return (Finding("engine", "error", getattr(error, "file", path) or path, getattr(error, "element", ""), str(error)),)
    return ()


def _stored(procedure: Procedure) -> list[Finding]:
    """What only the database knows. A procedure that cannot be read has been told of already."""
    try:
        return [*_taken_ids(procedure), *_unheld_roles(procedure), *_lost_registers(procedure)]
    except DefinitionError:
        return []


def _taken_ids(procedure: Procedure) -> list[Finding]:
    """A process id names one process in the whole service."""
    rows = session().execute(sa.select(Process.id, Process.procedure).where(Process.procedure != procedure.name))
    others = {process_id: other for process_id, other in rows}
    return [finding_of("duplicate-id", path, process_id, f"流程“{process_id}”在程序“{others[process_id]}”中已经使用，请换一个标识")
            for process_id, path in procedure.processes.items() if process_id in others]


def _unheld_roles(procedure: Procedure) -> list[Finding]:
    held = set(session().scalars(sa.select(RoleAssignment.role).join(Person, Person.id == RoleAssignment.person_id)
                                 .where(Person.active).distinct()))
    found = []
    for diagram in procedure.diagrams:
        for process in diagram.processes:
            for lane in process.lanes:
                role = lane.properties.get("role", "")
                works = any(element.kind == "userTask" and element.lane is lane for element in process.walk())
                if works and role in procedure.roles and role not in held and not procedure.roles[role].given_to:
                    found.append(finding_of("role-nobody-holds", process.path, lane.id,
                                            f"泳道“{lane.name or lane.id}”：还没有人担任角色“{procedure.roles[role].name or role}”，任务到了没有人能办。请先在“人员”里授予"))
    return found


def _lost_registers(procedure: Procedure) -> list[Finding]:
    """Entries that people keep would be out of reach, if their register were no longer declared."""
    rows = session().execute(sa.select(RegisterEntry.register, sa.func.count()).where(RegisterEntry.procedure == procedure.name).group_by(RegisterEntry.register))
    return [finding_of("register-in-use", procedure.registers_path, register, f"台账“{register}”里有{count}条记录，不能去掉这个台账：请保留它，或先在台账里逐条停用")
            for register, count in rows if register not in procedure.registers]
