"""Counters without gaps, and numbers made of a pattern with such a counter: of certificates, of batches.

A number is taken inside the transaction around it: a rollback gives it back.
"""
from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.errors import RequestInvalid
from app.store.models.work import Sequence
from app.store.transactions import session, transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
_PLACE = re.compile(r"\{(year|month|day|seq)(?::(\d{1,2}))?\}")


def next_number(pattern: str, now: datetime, *, kind: str) -> str:
    """The next number of this pattern among those of its kind.

    `{year}`, `{month}`, `{day}` (Shanghai) and `{seq:8}` (eight digits) are filled; the count starts anew when anything
    before or behind `{seq}` changes. Raises RequestInvalid.
    """
    if len(re.findall(r"\{seq[:}]", pattern)) != 1 or "{" in _PLACE.sub("", pattern):
        raise RequestInvalid(why=f"编号格式“{pattern}”应恰有一个 {{seq}}，此外只能用 {{year}}、{{month}}、{{day}}")
    local = now.astimezone(SHANGHAI)
    frame = _fill(pattern, {"year": f"{local:%Y}", "month": f"{local:%m}", "day": f"{local:%d}"})
    return _fill(frame, {"seq": str(count_up(f"{kind}:{frame}"[:100]))})


def count_up(name: str) -> int:
    """The next value of a counter; whoever asks at the same moment waits for the end of this transaction."""
    with transaction():
        query = sa.select(Sequence).where(Sequence.name == name).with_for_update()
        row = session().scalar(query.execution_options(populate_existing=True)) or _begin(name, query)
        row.value += 1
        session().flush()
        return row.value


def _begin(name: str, query) -> Sequence:
    """Two that are first at once: the second's insert waits, then takes the row of the first."""
    try:
        with session().begin_nested():
            session().add(Sequence(name=name, value=0))
    except sa.exc.IntegrityError:
        pass
    return session().scalar(query.execution_options(populate_existing=True))


def _fill(pattern: str, values: dict[str, str]) -> str:
    def filled(place: re.Match) -> str:
        value = values.get(place[1])
        return place[0] if value is None else value.zfill(int(place[2] or 0))

    return _PLACE.sub(filled, pattern)
