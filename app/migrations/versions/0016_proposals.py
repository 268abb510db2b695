"""proposals: changed files of a procedure until they are published

Revision ID: 0016
Revises: 0015
"""
import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("procedure", sa.String(100), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_by_name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_proposal_procedure", "proposal", ["procedure", "state"])
    op.create_table(
        "proposal_file",
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.ForeignKey("proposal.id"), primary_key=True),
        sa.Column("path", sa.String(300), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("saved_by", sa.String(64), nullable=False),
        sa.Column("saved_by_name", sa.String(100), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("proposal_file")
    op.drop_index("ix_proposal_procedure", "proposal")
    op.drop_table("proposal")
