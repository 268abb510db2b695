"""Codes sent by mail: six digits, for one purpose, once, a quarter of an hour, five tries.

A code for nobody takes as long and looks the same: whether an account exists must not show (J-08).
"""
from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import CodeRefused
from app.people.letters import write_letter
from app.people.passwords import digest, new_secret
from app.people.registered import SentCode
from app.store import session, transaction

MINUTES = 15
TRIES = 5
MOST_SENT = 5  # times that one registration gets a code
MOST_AN_HOUR = 5  # codes for one account or address: six digits must not be guessed with ever new codes, nor a mailbox be flooded


def send_code(purpose: str, address: str, *, title: str, clock: Clock, subject: str = "", payload: dict | None = None) -> str:
    """Sends a code and returns the handle with which it is redeemed. Without an address nothing arrives."""
    handle, code = new_secret(), _new_code()
    with transaction() as store:
        store.execute(sa.delete(SentCode).where(SentCode.expires_at < clock() - timedelta(days=1)))
        store.add(SentCode(
            id=digest(handle), purpose=purpose, subject=subject, code_hash=_hash(handle, code), payload=payload or {}, tries=0,
            expires_at=clock() + timedelta(minutes=MINUTES)))
        write_letter(address, title, _text(code), clock)
    return handle


def had_enough(purpose: str, subject: str, clock: Clock) -> bool:
    """Whether this subject got as many codes within the last hour as it may."""
    since = clock() + timedelta(minutes=MINUTES) - timedelta(hours=1)
    query = sa.select(sa.func.count()).where(SentCode.purpose == purpose, SentCode.subject == subject, SentCode.expires_at > since)
    return session().scalar(query) >= MOST_AN_HOUR


def send_again(purpose: str, handle: str, *, title: str, clock: Clock) -> None:
    """A new code under the same handle, to the address in its payload: what was typed need not be typed again. Raises CodeRefused."""
    with transaction() as store:
        row, code = store.get(SentCode, digest(handle), with_for_update=True), _new_code()
        if row is None or row.purpose != purpose or row.payload.get("sent", 1) >= MOST_SENT:
            raise CodeRefused(why=_("不能再发送验证码，请重新填写"), left=0)
        row.payload = row.payload | {"sent": row.payload.get("sent", 1) + 1}
        row.code_hash, row.tries, row.expires_at = _hash(handle, code), 0, clock() + timedelta(minutes=MINUTES)
        write_letter(row.payload["email"], title, _text(code), clock)


def redeem_code(purpose: str, handle: str, code: str, clock: Clock) -> tuple[str, dict]:
    """(subject, payload) of the code; it is spent. Raises CodeRefused; a wrong one costs a try."""
    with transaction() as store:
        row = store.get(SentCode, digest(handle), with_for_update=True)
        found, refusal = _judge(row, purpose, handle, code, clock)
        if found is not None:
            store.delete(row)
    if refusal is not None:
        raise refusal
    return found


def _judge(row, purpose: str, handle: str, code: str, clock: Clock):
    if row is None or row.purpose != purpose or row.expires_at <= clock():
        return None, CodeRefused(why=_("验证码已过期或已用完，请重新获取"), left=0)
    row.tries += 1
    if row.code_hash == _hash(handle, "".join(code.split())) and row.tries <= TRIES:
        return (row.subject, row.payload), None
    left = max(TRIES - row.tries, 0)
    words = _("验证码不正确，还可尝试 %(left)s 次", left=left) if left else _("验证码连续输错，已作废，请重新获取")
    return None, CodeRefused(why=words, left=left)


def _new_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def _text(code: str) -> str:
    return _("验证码：%(code)s，%(minutes)s 分钟内有效，只能使用一次。如非本人操作，请忽略此邮件，不要把验证码告诉任何人。", code=code, minutes=MINUTES)


def _hash(handle: str, code: str) -> str:
    return digest(f"{handle}:{code}")
