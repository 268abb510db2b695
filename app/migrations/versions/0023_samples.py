"""searches kept by auditors, and samples with their seed

Revision ID: 0023
Revises: 0022
"""
import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)
# What the search looks up: name, table, columns, which rows.
_INDEXES = (
    ("ix_case_started", "case_", ["started_at"], ""), ("ix_case_ended", "case_", ["ended_at"], ""), ("ix_case_starter_name", "case_", ["starter_name"], ""),
    ("ix_case_result", "case_", ["result"], ""), ("ix_event_at", "event", ["at"], ""), ("ix_event_actor", "event", ["actor_id", "id"], ""),
    ("ix_event_place", "event", ["element", "outcome", "id"], ""), ("ix_event_rare", "event", ["kind", "id"], "kind <> 'complete'"),
    ("ix_answers_again", "answers", ["revision", "case_id"], "revision > 1"), ("ix_task_dated", "task", ["case_id"], "due <> ''"),
)


def upgrade():
    op.create_table(
        "audit_sample",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("population", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(12), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.Column("chance", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("algorithm", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.String(100), nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_index("ix_audit_sample_person_id", "audit_sample", ["person_id"])
    op.create_table(
        "audit_sample_case",
        sa.Column("sample_id", _ID, sa.ForeignKey("audit_sample.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("stratum", sa.String(100), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("noted_by", sa.String(64), nullable=False),
        sa.Column("noted_by_name", sa.String(100), nullable=False),
        sa.Column("noted_at", _AT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_audit_sample_case_case_id", "audit_sample_case", ["case_id"])
    for name, table, columns, rows in _INDEXES:
        where = {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)} if rows else {}
        op.create_index(name, table, columns, **where)


def downgrade():
    for name, table, _columns, _rows in _INDEXES:
        op.drop_index(name, table)
    op.drop_table("audit_sample_case")
    op.drop_table("audit_sample")
