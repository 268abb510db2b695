"""Proof that no robot asks: a puzzle that the browser works on by itself, or a sum in words for browsers without scripts.

No picture and no dragging: whoever uses a keyboard or a screen reader has nothing to do (S1-039 asks a slider of everybody).
Each proof counts once; whether one is needed is the routes' decision.
"""
from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

import altcha
import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError

from app.clock import Clock
from app.errors import ProofNeeded
from app.people.passwords import digest
from app.people.registered import SpentSolution
from app.store import transaction

VALID = timedelta(minutes=20)
COST = 2000  # rounds of a single try; some 250 tries: a second on a phone
NUMERALS = "零一二三四五六七八九十"


def new_puzzle(clock: Clock) -> dict:
    """A puzzle for the browser, as `altcha` speaks it."""
    cost = 1 if current_app.config["MODE"] == "test" else COST
    until = int((clock() + VALID).timestamp())
    # The library would compare an expiry with the wall clock: ours stands in the signed data instead.
    return altcha.create_challenge("PBKDF2/SHA-256", cost, data={"until": until}, hmac_secret=_secret()).to_dict()


def new_question(clock: Clock) -> tuple[str, str]:
    """(words, token) of a sum: 三加五."""
    one, other = secrets.randbelow(8) + 2, secrets.randbelow(8) + 2
    token = {"n": secrets.token_hex(8), "u": int((clock() + VALID).timestamp())}
    token["a"] = _answer_mark(token["n"], one + other)
    return f"{NUMERALS[one]}加{NUMERALS[other]}", _serializer().dumps(token)


def ensure_human(form, clock: Clock) -> None:
    """Takes `proof` (the solved puzzle) or `question` with `sum`. Raises ProofNeeded; a proof is spent by this."""
    spent = _solved(str(form.get("proof", "")), clock) or _summed(str(form.get("question", "")), str(form.get("sum", "")), clock)
    if not spent or not _spend(spent, clock):
        raise ProofNeeded()


def _solved(payload: str, clock: Clock) -> str:
    if not payload or len(payload) > 5000:
        return ""
    try:
        found = altcha.Payload.from_base64(payload)
        until = int((found.challenge.parameters.data or {}).get("until", 0))
        fits = altcha.verify_solution(found, _secret()).verified
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return found.challenge.parameters.nonce if fits and until > clock().timestamp() else ""


def _summed(question: str, answer: str, clock: Clock) -> str:
    try:
        token = _serializer().loads(question)
    except BadSignature:
        return ""
    total = _number(answer.strip())
    fits = hmac.compare_digest(token["a"], _answer_mark(token["n"], total))
    return token["n"] if fits and token["u"] > clock().timestamp() else ""


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text[:3])
    if text[:1] == "十":
        return 10 + (NUMERALS.find(text[1:]) if text[1:] else 0)
    return NUMERALS.find(text) if len(text) == 1 else -1


def _spend(nonce: str, clock: Clock) -> bool:
    now: datetime = clock()
    try:
        with transaction() as store:
            store.execute(sa.delete(SpentSolution).where(SpentSolution.expires_at < now))
            store.execute(sa.insert(SpentSolution).values(id=digest(nonce), expires_at=now + VALID))
    except IntegrityError:  # spent before, or by another request at this moment
        return False
    return True


def _secret() -> str:
    return digest("proof:" + current_app.config["SECRET_KEY"])


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="proof-question")


def _answer_mark(nonce: str, total: int) -> str:
    return hmac.new(_secret().encode(), f"{nonce}:{total}".encode(), "sha256").hexdigest()
