"""Giving room back: what was erased is not to be found in the free pages of the database's files. For the worker, outside transactions."""
from __future__ import annotations

import structlog
from sqlalchemy.exc import OperationalError

from app.errors import DatabaseBusy
from app.store import rewrite_files

log = structlog.get_logger()


def compact() -> bool:
    """Whether the files were written anew. A database that is too busy is left as it is: the report says so, the next run does it."""
    try:
        return rewrite_files()
    except (OperationalError, DatabaseBusy) as error:
        log.warning("not-compacted", error=repr(error))
        return False
