"""rules of retention, holds, runs and tombstones

Revision ID: 0027
Revises: 0026
"""
import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
TABLES = ("tombstone", "retention_item", "retention_run", "retention_hold", "retention_rule_change", "retention_rule", "restriction")


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade():
    op.create_table(
        "restriction", sa.Column("person_id", sa.String(64), sa.ForeignKey("person.id"), primary_key=True),
        _text("reason", 500), _text("actor_id", 64), sa.Column("at", AT, nullable=False))
    op.create_table(
        "retention_rule", sa.Column("id", BIG, primary_key=True), _text("data_class", 40), _text("procedure", 100),
        sa.Column("months", sa.Integer(), nullable=False), _text("action", 10),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("switched_by", sa.String(64), nullable=False, server_default=""),
        sa.UniqueConstraint("data_class", "procedure", name="uq_retention_rule"))
    op.create_table(
        "retention_rule_change", sa.Column("id", BIG, primary_key=True),
        sa.Column("rule_id", BIG, sa.ForeignKey("retention_rule.id"), nullable=False, index=True), sa.Column("at", AT, nullable=False),
        _text("actor_id", 64), _text("actor_name", 100), _text("reason", 500), sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False))
    op.create_table(
        "retention_hold", sa.Column("id", BIG, primary_key=True), _text("kind", 12), _text("subject", 100),
        sa.Column("cases", sa.LargeBinary(), nullable=False), _text("reason", 500), _text("until", 10), _text("actor_id", 64),
        _text("actor_name", 100), sa.Column("at", AT, nullable=False), sa.Column("lifted_at", AT), _text("lifted_by", 64),
        _text("lifted_by_name", 100), _text("lifted_reason", 500))
    _runs()
    with op.batch_alter_table("data_request") as table:
        for name, length in (("proposed", 10), ("proposed_by", 64), ("proposed_by_name", 100), ("decided_by", 64), ("decided_by_name", 100), ("answer", 500)):
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
    with op.batch_alter_table("material") as table:
        table.add_column(sa.Column("erased_at", AT))


def _runs():
    op.create_table(
        "retention_run", sa.Column("id", BIG, primary_key=True), _text("kind", 8), _text("person_id", 64), _text("request_id", 32),
        sa.Column("state", sa.String(10), nullable=False, index=True), _text("planned_by", 64), _text("planned_by_name", 100),
        sa.Column("planned_at", AT, nullable=False), sa.Column("rules", sa.Text(), nullable=False), _text("decided_by", 64),
        _text("decided_by_name", 100), sa.Column("decided_at", AT), _text("decision", 500), _text("job_id", 32), sa.Column("closed_at", AT),
        sa.Column("report", sa.LargeBinary()), _text("signature", 128), _text("key_id", 16))
    op.create_table(
        "retention_item", sa.Column("run_id", BIG, sa.ForeignKey("retention_run.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True), _text("data_class", 200), sa.Column("case_id", BIG, index=True),
        _text("label", 100), sa.Column("count", sa.Integer(), nullable=False), sa.Column("item", sa.Text(), nullable=False), _text("stays", 300))
    op.create_table(
        "tombstone", sa.Column("id", BIG, primary_key=True), sa.Column("at", AT, nullable=False),
        sa.Column("run_id", BIG, sa.ForeignKey("retention_run.id"), nullable=False, index=True), _text("actor_id", 64),
        sa.Column("rule_id", BIG), _text("data_class", 200), sa.Column("case_id", BIG, index=True), _text("table", 40),
        sa.Column("count", sa.Integer(), nullable=False), _text("digest", 64))


def downgrade():
    with op.batch_alter_table("material") as table:
        table.drop_column("erased_at")
    with op.batch_alter_table("data_request") as table:
        for name in ("proposed", "proposed_by", "proposed_by_name", "decided_by", "decided_by_name", "answer"):
            table.drop_column(name)
    for name in TABLES:
        op.drop_table(name)
