"""Which mails went out, written beside the heads of the event log, outside the database.

A database that was restored to an earlier point would send again what was sent since: here it reads what. Only keys
are kept, no address and no word of a mail, for as many days as a point in time is likely to be gone back to.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.mail.models import Mail
from app.store import session, transaction
from app.store.models import Outbox

KEPT = timedelta(days=40)
_DAY = "%Y%m%d"


def keep_key(key: str, at: datetime) -> None:
    """One more line."""
    path = _folder() / f"{at:{_DAY}}.txt"
    if not path.exists():
        _forget_before(at - KEPT)
    with path.open("a", encoding="utf-8") as file:
        file.write(key + "\n")


def keep_back_sent(since: datetime, now: datetime) -> int:
    """Marks as sent what was sent since, of mails that wait and of requests that would write them again; returns how many."""
    keys = {key for path in _days_from(since) for key in path.read_text("utf-8").splitlines()}
    with transaction() as store:
        waiting = store.scalars(sa.select(Mail).where(Mail.state == "new")).all()
        for mail in (mail for mail in waiting if mail.key in keys):
            mail.state, mail.text, mail.html, mail.sent_at = "sent", "", "", now
        known = set(store.scalars(sa.select(Mail.key)))
        again = [key for key in sorted(keys - known) if _may_be_written(key)]
        store.add_all(Mail(key=key, address="", subject="", text="", state="sent", next_at=now, until=now, created_at=now, sent_at=now) for key in again)
        return sum(mail.key in keys for mail in waiting) + len(again)


def _may_be_written(key: str) -> bool:
    """Whether the database still holds what this mail is written from; else the key may come to mean another mail."""
    kind, _, rest = key.partition(":")
    return kind == "letter" or (kind == "notice" and session().get(Outbox, rest.partition(":")[0]) is not None)


def _days_from(since: datetime) -> list[Path]:
    return [path for path in sorted(_folder().glob("*.txt")) if path.stem >= f"{since - timedelta(days=1):{_DAY}}"]


def _forget_before(moment: datetime) -> None:
    for path in _folder().glob("*.txt"):
        if path.stem < f"{moment:{_DAY}}":
            path.unlink()


def _folder() -> Path:
    folder = Path(current_app.config["ANCHORS"]) / "mails"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
