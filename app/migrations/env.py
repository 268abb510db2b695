"""How Alembic runs: on the app's own engine, column types written as plain SQLAlchemy ones."""
import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

PLAIN = {"DateTime": "sa.DateTime(timezone=True)", "Text": "sa.Text()", "LargeBinary": "sa.LargeBinary()"}


def render_item(kind, item, _autogen):
    """Our column types by what they are stored as: a migration must not change when a type of ours does."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return PLAIN[type(item.impl_instance).__name__]
    if isinstance(item, sa.BigInteger):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def run() -> None:
    db = current_app.extensions["migrate"].db
    with db.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=db.metadata, render_as_batch=True, render_item=render_item,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
