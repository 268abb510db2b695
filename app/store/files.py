"""The files of the database written anew, so that nothing deleted is left in free pages. Only retention and operators need it."""
from __future__ import annotations

from app.extensions import db
from app.store.transactions import writers_waiting


def rewrite_files() -> bool:
    """SQLite: VACUUM, then the log is emptied; False when somebody who still reads keeps it from being emptied. PostgreSQL: VACUUM.

    Writers wait meanwhile. Raises DatabaseBusy, and the driver's error where the disk has no room for a copy.
    """
    db.session.rollback()  # a read of our own would keep the log
    with writers_waiting():
        return _sqlite() if db.engine.dialect.name == "sqlite" else _postgres()


def _sqlite() -> bool:
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


def _postgres() -> bool:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
    return True
