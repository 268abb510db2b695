"""Hashes and secrets: argon2id for passwords, SHA-256 for long random secrets. No queries here."""
from __future__ import annotations

import hashlib
import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext

from app.errors import RequestInvalid

SHORTEST, LONGEST = 8, 64  # characters


def hash_password(password: str) -> str:
    """The argon2id hash. Raises RequestInvalid for a password shorter than SHORTEST."""
    if len(password) < SHORTEST:
        raise RequestInvalid(why=gettext("密码至少 %(n)s 个字符", n=SHORTEST))
    return _hasher(current_app.config["MODE"]).hash(password)


def password_problem(password: str, account: str) -> str:
    """What is wrong with a password somebody chooses; "" when nothing is."""
    if not SHORTEST <= len(password) <= LONGEST:
        return gettext("密码为 %(least)s 至 %(most)s 位", least=SHORTEST, most=LONGEST)
    if not (re.search(r"[A-Za-z]", password) and re.search(r"\d", password)):
        return gettext("密码须同时有字母和数字")
    return gettext("密码不能包含用户名") if account and account in password.lower() else ""


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash (unknown name)."""
    mode = current_app.config["MODE"]
    try:
        return _hasher(mode).verify(password_hash or _dummy(mode), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """256 random bits for a cookie or a token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret or compared of a name: SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def _hasher(mode: str) -> PasswordHasher:
    if mode == "test":  # hundreds of accounts are made in tests: strength would only cost time there
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@cache
def _dummy(mode: str) -> str:
    return _hasher(mode).hash(secrets.token_urlsafe(16))
