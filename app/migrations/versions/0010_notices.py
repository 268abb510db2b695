"""notices

Revision ID: 0010
Revises: 0009
"""
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="duty"))
    op.create_index("ix_task_closed", "task", ["closed_at"], sqlite_where=sa.text("state = 'done'"), postgresql_where=sa.text("state = 'done'"))


def downgrade():
    op.drop_index("ix_task_closed", "task")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("kind")
