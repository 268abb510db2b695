"""The database's own tripwire: events are added, never changed and never deleted (triggers on SQLite and PostgreSQL).

One change is let through: an erasure, which takes the row's salt away, leaves the salts of what remains, and touches
nothing but `details` and `actor_name`. Whoever owns the database can drop a trigger: it catches slips, the chain
catches intent. The migration and `create_all` both make them; a change here needs a new migration.
"""
from __future__ import annotations

import sqlalchemy as sa

ERASABLE = {"details", "actor_name", "salt", "kept"}
_WORDS = "events are never changed or deleted"


def create(connection, columns) -> None:
    """Makes the triggers on `event`, which has these columns."""
    for statement in _statements(connection.dialect.name, [name for name in columns if name not in ERASABLE]):
        connection.exec_driver_sql(statement)


def drop(connection) -> None:
    """Takes them away: for a migration that makes the table anew, and for tests that play an attacker."""
    on = " ON event" if connection.dialect.name == "postgresql" else ""
    for name in ("event_unchanged", "event_undeleted"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
    if on:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS event_untruncated ON event")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS event_refuses()")


def _statements(dialect: str, fixed: list[str]) -> list[str]:
    if dialect == "sqlite":
        same = " AND ".join(f"OLD.{name} IS NEW.{name}" for name in fixed)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        return [
            f"CREATE TRIGGER event_unchanged BEFORE UPDATE ON event WHEN NOT ({same} AND NEW.salt = '' AND NEW.kept IS NOT NULL) {refuse}",
            f"CREATE TRIGGER event_undeleted BEFORE DELETE ON event {refuse}",
        ]
    same = " AND ".join(f"OLD.{name} IS NOT DISTINCT FROM NEW.{name}" for name in fixed)
    return [
        f"CREATE OR REPLACE FUNCTION event_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$",
        f"CREATE TRIGGER event_unchanged BEFORE UPDATE ON event FOR EACH ROW WHEN (NOT ({same} AND NEW.salt = '' AND NEW.kept IS NOT NULL)) "
        "EXECUTE FUNCTION event_refuses()",
        "CREATE TRIGGER event_undeleted BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_refuses()",
        "CREATE TRIGGER event_untruncated BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_refuses()",
    ]


def guard(table: sa.Table) -> None:
    """Makes the triggers whenever this table is made from the models."""
    sa.event.listen(table, "after_create", lambda made, connection, **_: create(connection, [column.name for column in made.columns]))
