"""accounts

Revision ID: 0002
Revises: 0001
"""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade():
    _people()
    _transient()
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("password_temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("address", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("way", sa.String(16), nullable=False, server_default="password"))


def _people():
    op.create_table(
        "person_profile",
        sa.Column("person_id", sa.String(64), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("id_type", sa.String(16), nullable=False),
        sa.Column("id_number", sa.String(40), nullable=False),
        sa.Column("birth_date", sa.String(10), nullable=False),
        sa.Column("sex", sa.String(1), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("id_number", "id_type", name="uq_one_account_per_document"),
    )
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.String(64), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.String(64), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("may_sign_in", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("menus", sa.Text(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id"),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_index("uq_one_admin", "membership", ["organisation_id"], unique=True, sqlite_where=sa.text("kind = 'admin'"),
                    postgresql_where=sa.text("kind = 'admin'"))
    op.create_table(
        "provider_link",
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("person_id", sa.String(64), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("ix_provider_link_person_id", "provider_link", ["person_id"])
    op.create_table(
        "admin_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", sa.String(64), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.String(64), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", AT),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("organisation_id", "person_id", "state"):
        op.create_index(f"ix_admin_change_{column}", "admin_change", [column])


def _transient():
    op.create_table(
        "sent_code",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sent_code_expires_at", "sent_code", ["expires_at"])
    op.create_table(
        "letter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_letter_at", "letter", ["at"])
    op.create_table(
        "spent_solution",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_spent_solution_expires_at", "spent_solution", ["expires_at"])


def downgrade():
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("way")
        table.drop_column("address")
    with op.batch_alter_table("person") as table:
        table.drop_column("password_temporary")
    for name in ("spent_solution", "letter", "sent_code", "admin_change", "provider_link", "membership", "person_profile"):
        op.drop_table(name)
