"""Bringing mails to the server: each once, again later while it cannot be reached (E-04). The worker alone calls it.

A mail is claimed for a while before it is sent and marked right after: only a crash between the two sends it twice,
with the same Message-ID, by which mail programs drop the second.
"""
from __future__ import annotations

import smtplib
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
import structlog

from app.clock import Clock
from app.errors import MailRefused
from app.mail.journal import keep_key
from app.mail.messages import message_of
from app.mail.models import Mail
from app.mail.server import connect
from app.mail.writing import is_on, write
from app.people.letters import KEPT as LETTER_KEPT, letter_sent, waiting_letters
from app.store import session, transaction

LEASE = timedelta(seconds=120)
BATCH = 50  # over one connection
SLOWEST = 1800  # seconds between two tries at most
# What is wrong with one mail and not with the connection: SMTPNotSupportedError is an address that is not ASCII, the last
# three come from the writer of headers.
_OF_THIS_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError, ValueError, LookupError, AttributeError)
log = structlog.get_logger()


def send_waiting(clock: Clock) -> int:
    """Sends what is due; returns how many mails went out. While the server cannot be reached everything waits."""
    if not is_on():
        return 0
    _take_letters(clock)
    claimed = _claim(clock)
    return _send_all(claimed, clock) if claimed else 0


def _take_letters(clock: Clock) -> None:
    """Letters of the accounts become mails of this outbox, each once; one to no address is dropped and holds up nobody."""
    for letter in waiting_letters():
        with transaction():
            try:
                write(to=letter.address, subject=letter.title, text=letter.text, clock=clock, key=f"letter:{letter.id}:{letter.at.isoformat()}", kept=LETTER_KEPT)
            except MailRefused:
                log.warning("letter-to-no-address", letter=letter.id)
            letter_sent(letter.id)


def _claim(clock: Clock) -> list[int]:
    now = clock()
    with transaction() as store:
        store.execute(sa.update(Mail).where(Mail.state == "new", Mail.until < now, Mail.next_at <= now)
                      .values(state=sa.case((Mail.key.startswith("letter:"), "late"), else_="set_aside"), text="", html=""))
        due = sa.select(Mail).where(Mail.state == "new", Mail.next_at <= now).order_by(Mail.next_at, Mail.id).limit(BATCH)
        rows = store.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.next_at, row.tries = now + LEASE, row.tries + 1
        return [row.id for row in rows]


def _send_all(claimed: list[int], clock: Clock) -> int:
    try:
        server = connect()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail-server-unreachable", error=repr(error))
        _postpone(claimed, clock, error)
        return 0
    sent = 0
    for place, mail_id in enumerate(claimed):
        try:
            sent += _send(server, mail_id, clock)
        except (OSError, smtplib.SMTPException) as error:  # the connection is gone: the rest waits with it
            _postpone(claimed[place:], clock, error)
            break
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    return sent


def _send(server: smtplib.SMTP, mail_id: int, clock: Clock) -> bool:
    """Sends one; what the server refuses for good is set aside, what it puts off comes again."""
    mail = session().get(Mail, mail_id)
    try:
        server.send_message(message_of(mail, clock), to_addrs=[mail.address])
    except smtplib.SMTPServerDisconnected:
        raise
    except _OF_THIS_MAIL as error:
        if _for_good(error):
            _close(mail_id, state="set_aside", error=_told(error, mail))
        else:
            _postpone([mail_id], clock, error)
        return False
    keep_key(mail.key, clock())
    _close(mail_id, state="sent", sent_at=clock(), error="", text="", html="")
    return True


def _for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _why in error.recipients.values())
    return not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code >= 500


def _told(error: Exception, mail: Mail) -> str:
    """The error for the list of what stands still: without the address, which servers like to repeat (L-02)."""
    return repr(error).replace(mail.address, "…")[:300]


def _close(mail_id: int, **values) -> None:
    with transaction() as store:
        store.execute(sa.update(Mail).where(Mail.id == mail_id).values(**values))


def _postpone(mail_ids: list[int], clock: Clock, error: Exception) -> None:
    now = clock()
    with transaction() as store:
        for mail in store.scalars(sa.select(Mail).where(Mail.id.in_(mail_ids), Mail.state == "new")):
            mail.error, mail.next_at = _told(error, mail), now + timedelta(seconds=min(15 * 2 ** min(mail.tries, 10), SLOWEST))
