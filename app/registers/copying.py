"""Next year's entries from this year's: the dates a year later, looked at before anything is saved.

For routes. A date that would fall on a day without work is moved to the next working day, with a word about it; whoever
copies may write another. The copies are drafts.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.clock import Clock
from app.errors import AnswersInvalid
from app.expressions import calendar_known, is_workday, workdays_following
from app.people import Actor
from app.registers.editing import Declared, add_entry, ensure_can_keep, find
from app.registers.models import RegisterEntry
from app.rendering.texts import cn_date
from app.store import transaction

_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True)
class Shifted:
    """One date of a copy: the column, what it was, what is proposed, and why it is not the same day."""

    field: object
    before: str
    after: str
    note: str


@dataclass(frozen=True)
class Proposal:
    """A copy that could be made of an entry."""

    entry: RegisterEntry
    period: str
    dates: tuple[Shifted, ...]


def proposed(register: Declared, ids: Iterable[int], *, actor: Actor) -> list[Proposal]:
    """The copies of these entries for the period after theirs. Raises NotFound."""
    rows = [find(register, entry_id, actor) for entry_id in dict.fromkeys(ids)]
    return [Proposal(row, period_after(str(row.data.get(register.register.opening.period) or "")), tuple(_shifts(register, row))) for row in rows]


def period_after(period: str) -> str:
    """The year after; the same words where the period is no year."""
    return str(int(period) + 1) if period.isdecimal() else period


def copy_entries(register: Declared, dates: Mapping[int, Mapping[str, str]], *, actor: Actor, clock: Clock) -> list[RegisterEntry]:
    """Adds the copies as drafts, all or none; `dates` are the columns of each as they shall be.

    Raises NotAllowed, or AnswersInvalid with `<entry id>.<column>` for what is wrong.
    """
    ensure_can_keep(register, actor)
    opening, faults, made = register.register.opening, {}, []
    with transaction():
        for entry_id, typed in dates.items():
            row = find(register, entry_id, actor)
            allowed = {name: value for name, value in typed.items() if name in opening.shifts}
            data = {**row.data, **allowed, opening.period: period_after(str(row.data.get(opening.period) or ""))}
            try:
                made.append(add_entry(register, data, actor=actor, clock=clock, reason=_("复制自“%(name)s”", name=row.name)))
            except AnswersInvalid as error:
                faults |= {f"{entry_id}.{path}": message for path, message in error.fields.items()}
        if faults:
            raise AnswersInvalid(count=len(faults), fields=faults)
    return made


def _shifts(register: Declared, row: RegisterEntry) -> list[Shifted]:
    fields = {field.key: field for field in register.form.fields()}
    return [_shifted(fields[name], str(row.data.get(name) or "")) for name in register.register.opening.shifts if row.data.get(name)]


def _shifted(field, before: str) -> Shifted:
    later = year_later(date.fromisoformat(before[:10]))
    worked = later if is_workday(later) else workdays_following(later, 1)
    if isinstance(worked, str):
        worked = date.fromisoformat(worked)
    notes = []
    if worked != later:
        notes.append(_("%(day)s是%(weekday)s，顺延到下一个工作日", day=cn_date(later.isoformat()), weekday=_DAYS[later.weekday()]))
    if not calendar_known(worked.year):
        notes.append(_("%(year)d年放假安排尚未公布，按双休日推算", year=worked.year))
    return Shifted(field, before, worked.isoformat(), "；".join(notes))


def year_later(day: date) -> date:
    """The same day of the next year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
