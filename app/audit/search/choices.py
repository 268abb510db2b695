"""What the fields of the search offer: procedures, processes, steps, decisions and results, from the releases in use. Reads only."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.audit.player.words import KINDS
from app.audit.suspicion import KINDS as FINDINGS
from app.operations import releases
from app.retention.reading import procedures
from app.store import session
from app.store.models import Case, Process

_STEPS = frozenset({"userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask", "callActivity", "startEvent", "boundaryEvent",
                    "intermediateCatchEvent"})


@dataclass(frozen=True)
class Choices:
    """`processes`: [(id, name)]; `steps`: [(name of a process, [(element, name)])]; `outcomes`: [(outcome, labels)]; `kinds` of events and
    `findings`: [(code, label)]; `results`: texts."""

    procedures: list[tuple[str, str]]
    processes: list[tuple[str, str]]
    steps: list[tuple[str, list[tuple[str, str]]]]
    outcomes: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    results: list[str]
    findings: list[tuple[str, str]]


def choices() -> Choices:
    """What can be chosen now."""
    rows = session().scalars(sa.select(Process).where(releases.in_use()).order_by(Process.procedure, Process.name)).all()
    parsed = [(row, releases.process_in(row.release, row.id)) for row in rows]
    steps = [(row.name, [(e.id, e.name) for e in process.elements.values() if e.name and e.kind in _STEPS]) for row, process in parsed]
    labels: dict[str, dict[str, None]] = {}
    for _row, process in parsed:
        for decision in (one for element in process.elements.values() for one in element.decisions):
            labels.setdefault(decision.outcome, {})[decision.label] = None
    outcomes = sorted((outcome, "、".join(list(found)[:4])) for outcome, found in labels.items())
    return Choices(list(procedures().items()), [(row.id, row.name) for row in rows], steps, outcomes,
                   [(kind, str(label)) for kind, label in KINDS.items()], _results(),
                   [(code, str(kind.label)) for code, kind in FINDINGS.items()])


def _results() -> list[str]:
    return sorted(session().scalars(sa.select(Case.result).where(Case.result != "").distinct().limit(100)))
