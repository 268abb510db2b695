"""salted digests and public hashes of events and answers; events are never changed; what verifications found

Revision ID: 0021
Revises: 0020
"""
import sqlalchemy as sa
from alembic import op

from app.store import append_only

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ADDED = {
    "event": (("scheme", 8), ("salt", 32), ("hash", 64)),
    "answers": (("scheme", 8), ("salt", 32)),
}


def upgrade():
    for table, texts in _ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, length in texts:
                batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
            batch.add_column(sa.Column("kept", sa.LargeBinary(), nullable=True))
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("faults", sa.LargeBinary(), nullable=False),
    )
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("event")]
    append_only.create(op.get_bind(), columns)


def downgrade():
    append_only.drop(op.get_bind())
    op.drop_table("verification")
    for table, texts in _ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name in ["kept"] + [name for name, _length in texts]:
                batch.drop_column(name)
