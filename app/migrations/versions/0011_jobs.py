"""jobs

Revision ID: 0011
Revises: 0010
"""
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('waiting', 'running')")


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade():
    op.create_table(
        "job", _text("id", 32), _text("kind", 40), _text("title", 200), _text("person_id", 64), _text("organisation_id", 64),
        sa.Column("parameters", sa.LargeBinary(), nullable=False), _text("state", 10), _count("total"), _count("done"), _count("failed"),
        sa.Column("created_at", MOMENT, nullable=False), sa.Column("started_at", MOMENT), sa.Column("finished_at", MOMENT),
        sa.Column("lease_until", MOMENT), _count("rounds"), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_job_person", "job", ["person_id", "created_at"])
    op.create_index("ix_job_open", "job", ["state", "lease_until"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "job_item", _text("job_id", 32), _count("position"), _text("label", 200), sa.Column("case_id", BIG_ID),
        sa.Column("item", sa.Text(), nullable=False), _text("state", 10), _text("words", 500), sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", MOMENT), sa.ForeignKeyConstraint(["job_id"], ["job.id"]), sa.PrimaryKeyConstraint("job_id", "position"))
    op.create_index("ix_job_item_state", "job_item", ["job_id", "state", "position"])
    op.create_table(
        "phrase", sa.Column("id", BIG_ID, nullable=False), _text("owner", 80), _text("role", 64), _text("form", 100), _text("outcome", 64),
        _text("text", 1000), _text("by_name", 100), sa.Column("at", MOMENT, nullable=False), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_phrase_office", "phrase", ["owner", "role"])
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("link", sa.String(200), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("link")
    for table in ("phrase", "job_item", "job"):
        op.drop_table(table)
