"""certificates

Revision ID: 0014
Revises: 0013
"""
import sqlalchemy as sa
from alembic import op

from app.store.base import BigId, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}  # SQLite keeps no name of the first constraint: it gets one here
NEW_TEXTS = {"procedure": 100, "batch": 64, "report": 100, "state_category": 60}


def _number_key() -> str:
    return "uq_certificate_number" if op.get_bind().dialect.name == "sqlite" else "certificate_number_key"


def upgrade():
    with op.batch_alter_table("certificate", naming_convention=NAMES) as table:
        for name, length in NEW_TEXTS.items():
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        table.add_column(sa.Column("edition", sa.Integer, nullable=False, server_default="1"))
        table.add_column(sa.Column("algorithm", sa.String(20), nullable=False, server_default="ed25519"))
        table.add_column(sa.Column("replaces_id", BigId))
        table.drop_constraint(_number_key(), type_="unique")
        table.create_unique_constraint("uq_certificate_edition", ["number", "edition"])
    op.create_index("ix_certificate_procedure", "certificate", ["procedure", "id"])
    op.create_index("ix_certificate_replaces_id", "certificate", ["replaces_id"])
    op.create_index("ix_certificate_pdf_digest", "certificate", ["pdf_digest"])
    op.execute("UPDATE certificate SET procedure = coalesce((SELECT c.procedure FROM case_ c WHERE c.id = certificate.case_id), '')")
    op.create_table(
        "certificate_change",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("certificate_id", BigId, sa.ForeignKey("certificate.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("case_number", sa.String(19), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
    )
    op.create_index("ix_certificate_change_certificate_id", "certificate_change", ["certificate_id"])
    op.create_table(
        "certificate_check",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("certificate_id", BigId, sa.ForeignKey("certificate.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
    )
    op.create_index("ix_certificate_check_certificate_id", "certificate_check", ["certificate_id"])
    op.create_index("ix_certificate_check_at", "certificate_check", ["at"])


def downgrade():
    op.drop_table("certificate_check")
    op.drop_table("certificate_change")
    for name in ("ix_certificate_procedure", "ix_certificate_replaces_id", "ix_certificate_pdf_digest"):
        op.drop_index(name, "certificate")
    with op.batch_alter_table("certificate", naming_convention=NAMES) as table:
        table.drop_constraint("uq_certificate_edition", type_="unique")
        table.create_unique_constraint(_number_key(), ["number"])
        for name in (*NEW_TEXTS, "edition", "algorithm", "replaces_id"):
            table.drop_column(name)
