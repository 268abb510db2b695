"""marks

Revision ID: 0006
Revises: 0005
"""
import sqlalchemy as sa
from alembic import op

from app.store.base import BigId, PackedJson, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mark",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("case_id", BigId, sa.ForeignKey("case_.id"), nullable=False),
        sa.Column("element", sa.String(100), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("form", sa.String(100), nullable=False),
        sa.Column("section", sa.String(100), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("remark", sa.String(1000), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("case_id", "element", "person_id", "form", "section", "field", "row", name="uq_mark_place"),
    )
    op.create_table(
        "mark_reply",
        sa.Column("case_id", BigId, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("person_id", sa.String(64), primary_key=True),
        sa.Column("mark", sa.String(24), primary_key=True),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
    )
    op.create_table(
        "kept_page",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("sent", PackedJson, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_kept_page_person_id", "kept_page", ["person_id"])
    op.create_index("ix_kept_page_at", "kept_page", ["at"])


def downgrade():
    op.drop_table("kept_page")
    op.drop_table("mark_reply")
    op.drop_table("mark")
