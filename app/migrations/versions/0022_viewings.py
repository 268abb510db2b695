"""viewings: who looked at whose data, and why

Revision ID: 0022
Revises: 0021
"""
import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "viewing",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("slot", sa.String(32), nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.String(64), nullable=False),
        sa.Column("reader_name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(300), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("case_id", _ID, nullable=True),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
    )
    op.create_index("ix_viewing_at", "viewing", ["at"])
    op.create_index("ix_viewing_case_id", "viewing", ["case_id"])
    op.create_index("ix_viewing_person", "viewing", ["person_id", "id"])
    op.create_index("ix_viewing_reader", "viewing", ["reader_id", "id"])
    op.create_table(
        "viewing_purpose",
        sa.Column("reader_id", sa.String(64), primary_key=True),
        sa.Column("case_id", _ID, primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("viewing_purpose")
    op.drop_table("viewing")
