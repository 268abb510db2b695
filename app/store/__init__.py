"""The database: models, the one commit, the outbox. The only user of `db.session`.

Operations read and write through `session()` inside `transaction()`; nobody else commits.
"""
from app.store.base import Json, Model, PackedJson, UtcDateTime
from app.store.files import rewrite_files
from app.store.transactions import after_commit, connect, crashpoint, session, transaction

__all__ = ["Json", "Model", "PackedJson", "UtcDateTime", "after_commit", "connect", "crashpoint", "rewrite_files", "session", "transaction"]
