"""Writing a mail: a row, part of the transaction around it. Nothing here speaks to a mail server."""
from __future__ import annotations

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.clock import Clock
from app.errors import MailRefused
from app.mail.models import Mail
from app.store import session, transaction

KEPT = timedelta(days=3)  # how long an unreachable mail server is waited for
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\()\[\]]{1,64}@[^\s@<>,;:\"\\()\[\]]{1,189}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def is_on() -> bool:
    """Whether mails go out at all; else messages stay inside the service."""
    return bool(current_app.config["MAIL_URL"])


def write(*, to: str, subject: str, text: str, clock: Clock, html: str = "", key: str = "", kept: timedelta = KEPT) -> None:
    """Puts a mail on its way, once per `key`. Without MAIL_URL it goes nowhere.

    `kept`: after this time it is of no use and is not sent. Raises MailRefused for what is no single address:
    an address with a line break would let a stranger write headers (J-09). Line breaks in a subject become blanks.
    """
    if not _ADDRESS.fullmatch(to) or _BREAKS.search(to):
        raise MailRefused(address=_BREAKS.sub(" ", to)[:80])
    if not is_on() or (key and session().scalar(sa.select(Mail.id).where(Mail.key == key))):
        return
    now = clock()
    with transaction() as store:
        store.add(Mail(
            key=key or secrets.token_urlsafe(18), address=to, subject=_BREAKS.sub(" ", subject).strip()[:200], text=text, html=html,
            next_at=now, until=now + kept, created_at=now))
