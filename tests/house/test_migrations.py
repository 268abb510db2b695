"""The database that migrations make is the one that the models describe, and a migration can be taken back."""
import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.extensions import db
from tests.support.builders import make_app
from tests.support.databases import empty_database


def _shape() -> dict:
    inspector = sa.inspect(db.engine)
    tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {
        name: (
            sorted((column["name"], column["nullable"]) for column in inspector.get_columns(name)),
            sorted(index["name"] for index in inspector.get_indexes(name)),
            sorted(map(str, inspector.get_pk_constraint(name)["constrained_columns"])),
        )
        for name in tables
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_migrations_make_what_the_models_describe_and_go_back_to_nothing(kind, tmp_path):
    with empty_database(kind, tmp_path) as url:
        app = make_app(tmp_path, url)
        with app.app_context():
            upgrade()
            migrated = _shape()
            downgrade(revision="base")
            assert _shape() == {}
            db.create_all()
            assert _shape() == migrated
            db.session.remove()
            db.engine.dispose()
