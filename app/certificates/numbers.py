"""Numbers without gaps and codes nobody can guess. Only certificates/ imports it."""
from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.errors import RequestInvalid
from app.store import session, transaction
from app.store.models import Sequence

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEFAULT_FORMAT = "{year}{seq:8}"
_PLACE = re.compile(r"\{(year|month|day|seq)(?::(\d{1,2}))?\}")


def next_number(pattern: str, now: datetime) -> str:
    """The next number of this pattern, inside the transaction around it: a rollback gives it back, so there are no gaps.

    `{year}`, `{month}`, `{day}` (Shanghai) and `{seq:8}` (eight digits) are filled; the count starts anew when anything
    before or behind `{seq}` changes. Raises RequestInvalid.
    """
    if len(re.findall(r"\{seq[:}]", pattern)) != 1 or "{" in _PLACE.sub("", pattern):
        raise RequestInvalid(why=f"编号格式“{pattern}”应恰有一个 {{seq}}，此外只能用 {{year}}、{{month}}、{{day}}")
    local = now.astimezone(SHANGHAI)
    frame = _fill(pattern, {"year": f"{local:%Y}", "month": f"{local:%m}", "day": f"{local:%d}"})
    return _fill(frame, {"seq": str(_count_up(f"certificate:{frame}"[:100]))})


def new_code() -> str:
    """128 random bits as 26 letters and digits."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def tidy_code(typed: str) -> str:
    """A code as people type it, without blanks, dashes and capitals."""
    return re.sub(r"[\s-]", "", typed).lower()[:64]


def _fill(pattern: str, values: dict[str, str]) -> str:
    def filled(place: re.Match) -> str:
        value = values.get(place[1])
        return place[0] if value is None else value.zfill(int(place[2] or 0))

    return _PLACE.sub(filled, pattern)


def _count_up(name: str) -> int:
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
