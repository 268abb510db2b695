"""batches

Revision ID: 0013
Revises: 0012
"""
import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NUMBERED, RUNNING = sa.text("number <> ''"), sa.text("state IN ('in', 'held')")


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade():
    op.create_table(
        "batch", sa.Column("case_id", BIG_ID, nullable=False), _text("number", 60), _text("by_hand", 300),
        sa.Column("readers", sa.Text(), nullable=False), sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"]), sa.PrimaryKeyConstraint("case_id"))
    op.create_index("uq_batch_number", "batch", ["number"], unique=True, sqlite_where=NUMBERED, postgresql_where=NUMBERED)
    op.create_table(
        "batch_member", sa.Column("batch_id", BIG_ID, nullable=False), sa.Column("case_id", BIG_ID, nullable=False),
        _text("state", 8), sa.Column("since", MOMENT, nullable=False), _text("by", 64), _text("by_name", 100),
        _text("reason", 500), _text("note", 200),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.case_id"]), sa.ForeignKeyConstraint(["case_id"], ["case_.id"]),
        sa.PrimaryKeyConstraint("batch_id", "case_id"))
    op.create_index("uq_batch_member_running", "batch_member", ["case_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index("ix_batch_member_case_id", "batch_member", ["case_id"])
    op.create_table(
        "batch_revision", sa.Column("id", BIG_ID, nullable=False), sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), _text("kind", 8), sa.Column("cases", sa.Text(), nullable=False),
        _text("reason", 500), _text("call", 40), sa.Column("at", MOMENT, nullable=False), _text("by_name", 100),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.case_id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "number"), sa.UniqueConstraint("call"))


def downgrade():
    for table in ("batch_revision", "batch_member", "batch"):
        op.drop_table(table)
