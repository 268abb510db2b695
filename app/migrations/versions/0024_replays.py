"""what replays and the look-out for suspicion found of each case

Revision ID: 0024
Revises: 0023
"""
import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "replay_result",
        sa.Column("case_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(100), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("engine", sa.String(200), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_index("ix_replay_result_state", "replay_result", ["state", "case_id"])
    op.create_table(
        "replay_member",
        sa.Column("case_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(32), nullable=False),
        sa.Column("chosen_at", _AT, nullable=False),
    )
    op.create_table(
        "replay_check",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("engine", sa.String(200), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
    )
    _suspicion()


def _suspicion():
    op.create_table(
        "finding",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(100), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("found_at", _AT, nullable=False),
        sa.Column("dismissed_at", _AT, nullable=True),
        sa.Column("dismissed_by", sa.String(64), nullable=False),
        sa.Column("dismissed_by_name", sa.String(100), nullable=False),
        sa.Column("dismissed_why", sa.String(500), nullable=False),
        sa.UniqueConstraint("case_id", "code", "seq", "element", "person_id", name="uq_finding_place"),
    )
    op.create_index("ix_finding_code", "finding", ["code", "case_id"])
    op.create_index("ix_finding_person", "finding", ["person_id"])
    op.create_index("ix_finding_organisation", "finding", ["organisation"])
    op.create_table(
        "finding_look",
        sa.Column("case_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(16), nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_table(
        "finding_progress",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("upto", _ID, nullable=False),
        sa.Column("rules", sa.String(16), nullable=False),
    )
    op.create_table(
        "finding_threshold",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.String(100), nullable=False),
        sa.Column("at", _AT, nullable=False),
    )


def downgrade():
    for table in ("finding_threshold", "finding_progress", "finding_look", "finding", "replay_check", "replay_member", "replay_result"):
        op.drop_table(table)
