"""registers

Revision ID: 0003
Revises: 0002
"""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "register_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("procedure", sa.String(length=100), nullable=False),
        sa.Column("register", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("procedure", "register", "key", name="uq_register_key"),
        sa.UniqueConstraint("procedure", "register", "mark", name="uq_register_mark"),
    )
    op.create_index("ix_register_names", "register_entry", ["procedure", "register", "name", "id"])
    op.create_table(
        "register_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entry.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_register_change_entry_id", "register_change", ["entry_id"])


def downgrade():
    op.drop_table("register_change")
    op.drop_table("register_entry")
