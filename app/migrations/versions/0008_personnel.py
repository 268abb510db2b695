"""personnel

Revision ID: 0008
Revises: 0007
"""
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DETAILS = (("address", 300), ("contact", 50), ("phone", 30), ("postcode", 6))


def upgrade():
    op.create_table(
        "listed_person",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("document", sa.String(16), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_by_name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "number", name="uq_listed_once"),
    )
    op.create_index("ix_listed_person_number", "listed_person", ["number"])
    op.create_index("ix_listed_page", "listed_person", ["organisation_id", "id"])
    op.create_table(
        "list_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(100), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_list_event_organisation_id", "list_event", ["organisation_id"])
    op.create_table(
        "pending_import",
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id"),
    )
    op.create_index("ix_pending_import_at", "pending_import", ["at"])
    with op.batch_alter_table("organisation") as table:
        for name, length in DETAILS:
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("organisation") as table:
        for name, _length in reversed(DETAILS):
            table.drop_column(name)
    op.drop_table("pending_import")
    op.drop_table("list_event")
    op.drop_table("listed_person")
