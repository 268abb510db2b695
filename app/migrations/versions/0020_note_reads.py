"""note_read: who has read which version of a change note

Revision ID: 0020
Revises: 0019
"""
import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "note_read",
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.ForeignKey("proposal.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("read_by", sa.String(64), primary_key=True),
        sa.Column("read_by_name", sa.String(100), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("note_read")
