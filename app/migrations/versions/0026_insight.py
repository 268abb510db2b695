"""figures of insight kept between looks: where cases were and which flows they walked, packed; ways and returns as rows

Revision ID: 0026
Revises: 0025
"""
import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade():
    op.create_table(
        "insight_chunk",
        sa.Column("process_id", sa.String(100), primary_key=True),
        sa.Column("number", BIG, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "insight_way",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("ended_element", sa.String(100), nullable=False),
    )
    op.create_table(
        "insight_case",
        sa.Column("case_id", BIG, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("returns", sa.Integer, nullable=False),
        sa.Column("again", sa.Integer, nullable=False),
        sa.Column("lost", BIG, nullable=False),
        sa.Column("lost_worked", BIG, nullable=False),
    )
    op.create_table(
        "insight_return",
        sa.Column("case_id", BIG, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("to", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("ix_insight_return_process", "insight_return", ["process_id", "at"])
    op.create_table(
        "insight_gathering",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
    )
    op.create_index("ix_case_process_ended", "case_", ["process_id", "ended_at"])


def downgrade():
    op.drop_index("ix_case_process_ended", "case_")
    for table in ("insight_gathering", "insight_return", "insight_case", "insight_way", "insight_chunk"):
        op.drop_table(table)
