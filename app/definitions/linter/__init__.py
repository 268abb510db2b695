"""The linter: reads procedures and says what would go wrong, without the engine. Publishing and `check` use it.

It imports nothing but definitions and expressions. Findings go in `codes.py`, each kind of thing has a file of its own.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone

from ..bundle import TOP, Bundle
from .activities import check_activities
from .codes import CODES, Finding, Findings, finding_of
from .endings import check_endings
from .flows import check_flows
from .forms import check_forms
from .knowledge import Knowledge, gather
from .messages import check_messages
from .outcomes import check_outcomes
from .processes import check_processes
from .registers import check_registers
from .reports import check_other_files, check_reports, check_scenarios
from .structure import check_structure
from .tables import check_tables
from .values import check_values

__all__ = ["CODES", "Finding", "check", "finding_of"]


def check(bundle: Bundle, topics: Iterable[str] | None = None, now: datetime | None = None) -> list[Finding]:
    """Every finding in every procedure, by file, errors first.

    `topics` are the topics that connectors serve; None: topics are not checked. `now` (aware) is what fixed timer dates
    are compared with, the present when left out.
    """
    findings = Findings()
    known_topics = None if topics is None else frozenset(topics)
    gathered = []
    for name in bundle.procedures:
        known = gather(bundle.procedure(name), findings, known_topics)
        gathered.append(known)
        check_structure(known)
        check_processes(known)
        check_flows(known)
        check_activities(known, now or datetime.now(timezone.utc))
        check_endings(known)
        check_outcomes(known)
        check_messages(known)
        check_values(known)
        check_tables(known)
        check_forms(known)
        check_registers(known)
        check_reports(known)
        check_scenarios(known)
        check_other_files(known)
    _check_between(bundle, gathered, findings)
    return sorted(findings, key=lambda finding: (finding.severity, finding.file, finding.element))


def _check_between(bundle: Bundle, gathered: list[Knowledge], findings: Findings) -> None:
    """Faults that only several procedures together have: a process id names one process in the whole service."""
    for path in bundle.files:
        if path.count("/") < 2 or path.split("/")[0] not in TOP:
            findings.add("unknown-file", path, "", f"文件应放在 {'、'.join(TOP)} 之下的程序文件夹里")
    seen: dict[str, str] = {}
    for known in gathered:
        for process in known.processes:
            if seen.setdefault(process.id, known.procedure.name) != known.procedure.name:
                findings.add("duplicate-id", process.path, process.id, f"流程“{process.id}”在“{seen[process.id]}”中已经使用")
