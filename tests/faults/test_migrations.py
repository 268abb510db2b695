"""Migrations: up gives exactly what the models say, down leaves nothing, on both stores."""
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app.extensions import db
from app.store import session

pytestmark = pytest.mark.both_stores


@pytest.fixture
def empty(app):
    db.drop_all()
    session().remove()
    return app


def _tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def _differences() -> list:
    with db.engine.connect() as connection:
        # SQLite does not tell Alembic what an index with DESC or WHERE is over: `_shape` compares their text instead.
        told = connection.dialect.name == "postgresql"
        options = {"compare_type": False, "compare_server_default": False, "include_object": lambda _o, _n, kind, *_: told or kind != "index"}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def test_migrated_up_the_database_is_what_the_models_say(empty):
    assert _tables() == set()
    upgrade()
    assert _tables() == set(db.metadata.tables) and _differences() == []


def test_migrated_down_nothing_is_left_and_it_goes_up_again(empty):
    upgrade()
    downgrade(revision="base")
    assert _tables() == set()
    upgrade()
    assert _differences() == []


def test_there_is_one_head(app):
    scripts = ScriptDirectory(app.root_path + "/migrations")
    assert len(scripts.get_heads()) == 1


def test_constraints_are_the_same_whether_migrated_or_made_from_the_models(app):
    made = _shape()
    db.drop_all()
    session().remove()
    upgrade()
    assert _shape() == made


def _shape() -> dict:
    """table -> its columns and whether they may be empty, its unique constraints, foreign keys and indexes."""
    with db.engine.connect() as connection:
        inspect = sa.inspect(connection)
        return {name: {
            "columns": sorted((c["name"], c["nullable"]) for c in inspect.get_columns(name)),
            "key": inspect.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(tuple(u["column_names"]) for u in inspect.get_unique_constraints(name)),
            "foreign": sorted((tuple(f["constrained_columns"]), f["referred_table"]) for f in inspect.get_foreign_keys(name)),
            "indexes": sorted(_indexes(connection, name)),
        } for name in inspect.get_table_names() if name != "alembic_version"}


def _indexes(connection, table: str) -> list[str]:
    """As the database says them."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"
    if connection.dialect.name == "postgresql":
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = :table"
    return [" ".join(text.replace('"', "").split()) for text in connection.scalars(sa.text(query), {"table": table})]
