"""desks: what cases are grouped by, and entries of registers that are drafts, open or closed

Revision ID: 0015
Revises: 0014
"""
import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "case_group",
        sa.Column("procedure", sa.String(100), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("heading", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
    )
    with op.batch_alter_table("case_") as batch:
        batch.add_column(sa.Column("grouping", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_case_grouping", "case_", ["grouping", "procedure", "process_id", "stage", "tone"])
    op.create_index("ix_task_due", "task", ["due"], sqlite_where=sa.text("state = 'open' AND due <> ''"), postgresql_where=sa.text("state = 'open' AND due <> ''"))
    with op.batch_alter_table("register_entry") as batch:
        batch.add_column(sa.Column("state", sa.String(8), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("register_entry") as batch:
        batch.drop_column("state")
    op.drop_index("ix_task_due", "task")
    op.drop_index("ix_case_grouping", "case_")
    with op.batch_alter_table("case_") as batch:
        batch.drop_column("grouping")
    op.drop_table("case_group")
