"""Mails to people that must go out even while nobody is signed in: codes, user names. Written with the command, sent later.

`waiting_letters` and `letter_sent` are for whoever delivers mail; nothing here speaks to a mail server.
"""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.clock import Clock
from app.people.registered import Letter
from app.store import session, transaction

KEPT = timedelta(hours=1)  # a letter that could not be delivered within this is of no use any more


def write_letter(address: str, title: str, text: str, clock: Clock) -> None:
    """Puts a letter on its way, part of the transaction around it. Without an address it goes nowhere."""
    with transaction() as store:
        store.execute(sa.delete(Letter).where(Letter.at < clock() - KEPT))
        store.add(Letter(address=address, title=title, text=text, at=clock()))


def waiting_letters(most: int = 50) -> list[Letter]:
    """Letters to be delivered, oldest first."""
    query = sa.select(Letter).where(Letter.address != "").order_by(Letter.id).limit(most)
    return list(session().scalars(query))


def letter_sent(letter_id: int) -> None:
    """Forgets a delivered letter with the code in it."""
    with transaction() as store:
        store.execute(sa.delete(Letter).where(Letter.id == letter_id))


def newest_text(clock: Clock) -> str:
    """The text of the newest letter of the last quarter of an hour, for a trial without a mail server."""
    query = sa.select(Letter.text).where(Letter.at > clock() - timedelta(minutes=15)).order_by(Letter.id.desc()).limit(1)
    return session().scalar(query) or ""
