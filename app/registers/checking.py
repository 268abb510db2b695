"""Whether entries of a period may be opened: the checks that the procedure wrote, as findings in words. Writes nothing."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import get_locale

from app.expressions import compile_expression
from app.registers.models import RegisterEntry
from app.rendering.texts import readable
from app.store import session

ERROR, WARNING = "error", "warning"
_PLACES = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Finding:
    """What a check says. `entry_id` is the other entry it speaks of, 0 where it speaks of none."""

    text: str
    level: str
    entry_id: int = 0


def findings_on(register, row: Mapping, own: int, today: str) -> list[Finding]:
    """What the checks of the register say about one entry, as it is or as it shall become."""
    opening = register.register.opening
    if opening is None:
        return []
    period = str(row.get(opening.period) or "")
    others = [facts_of(other) for other in entries_of_period(register, period) if other.id != own]
    before = [facts_of(other) for other in entries_of_period(register, period_before(register, period))]
    return _findings(opening.checks, {"row": row, "others": others, "before": before, "today": today})


def findings_on_period(register, period: str, today: str) -> list[Finding]:
    """What the checks of the register say about a period as a whole."""
    opening = register.register.opening
    rows = [facts_of(row) for row in entries_of_period(register, period)]
    before = [facts_of(row) for row in entries_of_period(register, period_before(register, period))]
    return _findings(opening.period_checks, {"rows": rows, "before": before, "today": today})


def facts_of(row: RegisterEntry) -> dict:
    """An entry as the checks see it: its columns, and `entry` for what it is called and how it stands."""
    return {**row.data, "entry": {"id": row.id, "key": row.key, "name": row.name, "state": row.state}}


def entries_of_period(register, period: str) -> list[RegisterEntry]:
    """The entries of one period that are not retired, by name."""
    opening = register.register.opening
    rows = session().scalars(sa.select(RegisterEntry).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key, RegisterEntry.retired_at.is_(None))
        .order_by(RegisterEntry.name, RegisterEntry.id))
    return [row for row in rows if str(row.data.get(opening.period) or "") == period] if period else []


def periods_of(register) -> list[str]:
    """The periods that have entries, newest first."""
    opening = register.register.opening
    rows = session().scalars(sa.select(RegisterEntry.data).where(
        RegisterEntry.procedure == register.procedure, RegisterEntry.register == register.key, RegisterEntry.retired_at.is_(None)))
    return sorted({str(data.get(opening.period) or "") for data in rows} - {""}, reverse=True)


def period_before(register, period: str) -> str:
    """The newest period with entries that is earlier; "" when there is none."""
    return next((known for known in periods_of(register) if known < period), "")


def _findings(checks: Iterable, context: Mapping) -> list[Finding]:
    return [finding for check in checks for finding in _said(check, context)]


def _said(check, context: Mapping) -> list[Finding]:
    if check.each:
        members = compile_expression(check.each).evaluate(context) or []
        return [_finding(check, {**context, "item": member}) for member in members]
    return [] if compile_expression(check.rule).evaluate(context) is True else [_finding(check, context)]


def _finding(check, context: Mapping) -> Finding:
    language = "en" if get_locale() and get_locale().language == "en" else "zh"
    words = (language == "en" and check.message_en) or check.message
    text = _PLACES.sub(lambda place: readable(compile_expression(place[1]).evaluate(context), language), words)
    other = context.get("item")
    about = other.get("entry") if isinstance(other, Mapping) else None
    return Finding(text, check.level, int(about["id"]) if about else 0)
