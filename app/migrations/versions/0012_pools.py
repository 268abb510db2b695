"""pools

Revision ID: 0012
Revises: 0011
"""
import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade():
    op.create_table(
        "draw", sa.Column("id", BIG_ID, nullable=False), _text("number", 40), sa.Column("case_id", BIG_ID, nullable=False), _text("case_number", 40),
        _text("procedure", 100), _text("register", 64), _text("release", 64), _text("state", 10),
        _count("looked_at"), _count("pool"), _count("eligible"),
        sa.Column("plan", sa.LargeBinary()), _text("plan_digest", 64), _text("secret", 64), _text("commitment", 64), _text("words", 200), _text("seed", 64),
        sa.Column("order", sa.LargeBinary()), sa.Column("seats", sa.Text()), _text("digest", 64), sa.Column("supervisors", sa.Text(), nullable=False),
        _text("reason", 500), _text("before", 40), _text("actor_id", 64), _text("actor_name", 100),
        sa.Column("begun_at", MOMENT, nullable=False), sa.Column("committed_at", MOMENT), sa.Column("drawn_at", MOMENT), _text("call", 40),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"]), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("number"), sa.UniqueConstraint("call"))
    op.create_index("ix_draw_case_id", "draw", ["case_id"])
    op.create_index("ix_draw_register", "draw", ["procedure", "register", "id"])
    op.create_table(
        "participation", sa.Column("id", BIG_ID, nullable=False), _text("procedure", 100), _text("register", 64), _text("ref", 80), _text("name", 100),
        _text("kind", 20), _text("about", 40), _text("note", 500), _count("year"), sa.Column("at", MOMENT, nullable=False), _text("by_name", 100), _text("call", 40),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("call", "ref", "kind", "about", name="uq_participation_call"))
    op.create_index("ix_participation_year", "participation", ["procedure", "register", "year", "id"])
    op.create_index("ix_participation_ref", "participation", ["ref", "id"])


def downgrade():
    op.drop_table("participation")
    op.drop_table("draw")
