"""Opening and closing the entries of a period: drafts that nobody may choose yet become open, and open ones closed.

For routes and loaders. What stands in the way is said by the checks that the procedure wrote; a warning is confirmed
with a reason. Every turn is on record with who, when and why.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.clock import Clock
from app.errors import NotReadyToOpen, ReasonNeeded
from app.operations.contexts import instant
from app.people import Actor
from app.registers.checking import ERROR, Finding, entries_of_period, facts_of, findings_on, findings_on_period
from app.registers.editing import Declared, ensure_can_keep, locked_rows, note_turn
from app.registers.models import RegisterEntry
from app.store import transaction

DRAFT, OPEN, CLOSED = "draft", "open", "closed"
OPENED, CLOSING = "opened", "closed"  # kinds of changes


@dataclass(frozen=True)
class Judged:
    """An entry with what the checks say about it."""

    entry: RegisterEntry
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Whether an error stands in the way of opening it."""
        return any(finding.level == ERROR for finding in self.findings)

    @property
    def waits(self) -> bool:
        """Whether it could be opened: a draft, or one that was closed."""
        return self.entry.state in (DRAFT, CLOSED)


def judge_period(register: Declared, period: str, *, clock: Clock) -> tuple[list[Judged], list[Finding]]:
    """Every entry of a period with its findings, and those on the period as a whole."""
    today = instant(clock())[:10]
    judged = [Judged(row, tuple(findings_on(register, facts_of(row), row.id, today))) for row in entries_of_period(register, period)]
    return judged, findings_on_period(register, period, today)


def open_entries(register: Declared, ids: Iterable[int], *, actor: Actor, clock: Clock, reason: str) -> list[RegisterEntry]:
    """Opens entries, all or none. Raises NotAllowed, NotReadyToOpen for an error, ReasonNeeded where there are warnings."""
    ensure_can_keep(register, actor)
    with transaction():
        rows = [row for row in locked_rows(register, ids, actor) if row.state in (DRAFT, CLOSED)]
        warned = _ensure_ready(register, rows, instant(clock())[:10])
        if warned and not reason.strip():
            raise ReasonNeeded(label="开放")
        for row in rows:
            _turn(row, OPEN, OPENED, reason, actor, clock)
    return rows


def close_entries(register: Declared, ids: Iterable[int], *, actor: Actor, clock: Clock, reason: str) -> list[RegisterEntry]:
    """Closes open entries: nobody chooses them any more; who has chosen one goes on with it. Raises ReasonNeeded."""
    ensure_can_keep(register, actor)
    if not reason.strip():
        raise ReasonNeeded(label="关闭")
    with transaction():
        rows = [row for row in locked_rows(register, ids, actor) if row.state in ("", OPEN)]
        for row in rows:
            _turn(row, CLOSED, CLOSING, reason, actor, clock)
    return rows


def _ensure_ready(register: Declared, rows: list[RegisterEntry], today: str) -> bool:
    """Whether something is to be confirmed. Raises NotReadyToOpen."""
    found = {row: findings_on(register, facts_of(row), row.id, today) for row in rows}
    for row, findings in found.items():
        if errors := [finding.text for finding in findings if finding.level == ERROR]:
            raise NotReadyToOpen(name=row.name, why="；".join(errors))
    periods = {str(row.data.get(register.register.opening.period) or "") for row in rows}
    return any(found.values()) or any(findings_on_period(register, period, today) for period in periods)


def _turn(row: RegisterEntry, state: str, kind: str, reason: str, actor: Actor, clock: Clock) -> None:
    row.state, row.version, row.changed_at = state, row.version + 1, clock()
    note_turn(row, kind, reason, actor, clock)
