"""moves: running cases brought to another release, how they stood before, and the plans by which that is done

Revision ID: 0019
Revises: 0018
"""
import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "case_move",
        sa.Column("case_id", _ID, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("from_release", sa.String(64), nullable=False),
        sa.Column("to_release", sa.String(64), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_case_move_key", "case_move", ["key"])
    op.create_table(
        "move_plan",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("procedure", sa.String(100), nullable=False),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("since_opened", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("trial_job", sa.String(32), nullable=False),
        sa.Column("move_job", sa.String(32), nullable=False),
        sa.Column("undo_job", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("move_plan")
    op.drop_table("case_move")
