"""Column types and the base class of all models. No queries here."""
from __future__ import annotations

from datetime import datetime, timezone

import orjson
import sqlalchemy as sa
import zstandard
from sqlalchemy.types import TypeDecorator

from app.extensions import db

Model = db.Model
BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class UtcDateTime(TypeDecorator):
    """An instant: aware in Python, UTC in the store. A naive value is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs a time zone")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class Json(TypeDecorator):
    """A small JSON value, readable in the database as text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value, dialect):
        return None if value is None else orjson.loads(value)


class PackedJson(TypeDecorator):
    """A JSON value that may be large: zstd level 1 around orjson, as bytes."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else zstandard.compress(orjson.dumps(value), 1)

    def process_result_value(self, value, dialect):
        return None if value is None else orjson.loads(zstandard.decompress(bytes(value)))
