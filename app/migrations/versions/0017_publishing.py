"""publishing: submissions of proposals, who approved a release and since when it counts, and the record of acts

Revision ID: 0017
Revises: 0016
"""
import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONLY_ADDED = {
    "sqlite": [f"CREATE TRIGGER workbench_act_no_{what} BEFORE {what} ON workbench_act BEGIN SELECT RAISE(ABORT, 'rows are only added'); END"
               for what in ("UPDATE", "DELETE")],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION workbench_act_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows are only added'; END $$",
        "CREATE TRIGGER workbench_act_only_added BEFORE UPDATE OR DELETE ON workbench_act FOR EACH ROW EXECUTE FUNCTION workbench_act_only_added()",
    ],
}


def upgrade():
    with op.batch_alter_table("release") as batch:
        batch.add_column(sa.Column("approved_by", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("proposal_id", BIG_ID, nullable=True))
    op.execute("UPDATE release SET effective_at = published_at")
    op.create_table(
        "proposal_submission",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("proposal_id", BIG_ID, sa.ForeignKey("proposal.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("submitted_by", sa.String(64), nullable=False),
        sa.Column("submitted_by_name", sa.String(100), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_by_name", sa.String(100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
    )
    op.create_index("ix_proposal_submission_proposal_id", "proposal_submission", ["proposal_id"])
    op.create_index("ix_submission_due", "proposal_submission", ["state", "effective_at"])
    op.create_table(
        "workbench_act",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("procedure", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("proposal_id", BIG_ID, nullable=True),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("process_id", sa.String(100), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_act_procedure", "workbench_act", ["procedure", "id"])
    op.create_index("ix_case_running", "case_", ["process_id"], sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
    for statement in ONLY_ADDED[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    op.drop_index("ix_case_running", "case_")
    op.drop_table("workbench_act")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION workbench_act_only_added()")
    op.drop_table("proposal_submission")
    with op.batch_alter_table("release") as batch:
        batch.drop_column("proposal_id")
        batch.drop_column("effective_at")
        batch.drop_column("approved_by")
