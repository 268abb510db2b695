"""payments

Revision ID: 0007
Revises: 0006
"""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
RECEIPT_TEXTS = (("payment_no", 64, ""), ("source", 8, "gateway"), ("refund_on", 10, ""), ("refund_way", 40, ""), ("refund_reference", 60, ""),
                 ("noted_by", 64, ""), ("noted_by_name", 100, ""), ("refunded_by_name", 100, ""))


def _text(name: str, length: int, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)


def upgrade():
    op.create_table(
        "claim", _text("key", 64), sa.Column("case_id", BIG_ID, nullable=False), sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"]), sa.PrimaryKeyConstraint("key"), sa.UniqueConstraint("case_id"))
    _upgrade_known_tables()
    _create_joint_orders()
    _create_bank()
    op.create_table(
        "reconciliation", _text("day", 10), sa.Column("at", MOMENT, nullable=False), _text("by_name", 100),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("equal", "unequal")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("ours", "theirs")),
        sa.Column("lines", sa.LargeBinary(), nullable=False), sa.PrimaryKeyConstraint("day"))


def _upgrade_known_tables():
    with op.batch_alter_table("payment_order") as table:
        table.add_column(_text("sponsor", 80, ""))
        table.add_column(_text("slip", 60, ""))
        table.add_column(sa.Column("confirming_at", MOMENT))
        table.create_index("ix_payment_order_sponsor", ["sponsor"])
    with op.batch_alter_table("payment_receipt") as table:
        for name, length, default in RECEIPT_TEXTS:
            table.add_column(_text(name, length, default))
        table.add_column(sa.Column("noted_at", MOMENT))
        table.create_index("ix_payment_receipt_payment_no", ["payment_no"])
    op.execute("UPDATE payment_receipt SET payment_no = gateway_no")
    with op.batch_alter_table("payment_incident") as table:
        table.add_column(_text("handled_by_name", 100, ""))
        table.add_column(_text("remark", 300, ""))


def _create_joint_orders():
    op.create_table(
        "joint_order", sa.Column("id", BIG_ID, nullable=False), _text("order_no", 32), _text("notice_no", 32), _text("payer", 80),
        _text("payer_name", 200), _text("payee_name", 200), _text("payee_code", 64), _text("subject", 200),
        sa.Column("amount", sa.BigInteger(), nullable=False), _text("currency", 3), _text("deadline", 40), _text("state", 12),
        _text("pay_url", 500), _text("made_by", 64), _text("made_by_name", 100), sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False), sa.Column("paid_at", MOMENT),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("order_no"), sa.UniqueConstraint("notice_no"))
    op.create_index("ix_joint_order_payer", "joint_order", ["payer"])
    op.create_table(
        "joint_member", _text("joint_no", 32), _text("order_no", 32), sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["joint_no"], ["joint_order.order_no"]), sa.ForeignKeyConstraint(["order_no"], ["payment_order.order_no"]),
        sa.PrimaryKeyConstraint("joint_no", "order_no"))
    op.create_index("ix_joint_member_order_no", "joint_member", ["order_no"])


def _create_bank():
    op.create_table(
        "bank_import", sa.Column("id", BIG_ID, nullable=False), _text("digest", 64), _text("name", 200), sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False), sa.Column("at", MOMENT, nullable=False), _text("by_name", 100),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("digest"))
    op.create_table(
        "bank_line", _text("serial", 50), sa.Column("import_id", BIG_ID, nullable=False), sa.Column("line", sa.Integer(), nullable=False),
        _text("notice_no", 40), _text("payer_name", 200), sa.Column("amount", sa.BigInteger(), nullable=False), sa.Column("paid_at", MOMENT, nullable=False),
        _text("verdict", 12), _text("order_no", 32), sa.Column("handled_at", MOMENT), _text("handled_by_name", 100), _text("remark", 300),
        sa.ForeignKeyConstraint(["import_id"], ["bank_import.id"]), sa.PrimaryKeyConstraint("serial"))
    for name in ("import_id", "notice_no", "paid_at"):
        op.create_index(f"ix_bank_line_{name}", "bank_line", [name])


def downgrade():
    for table in ("reconciliation", "bank_line", "bank_import", "joint_member", "joint_order", "claim"):
        op.drop_table(table)
    with op.batch_alter_table("payment_incident") as table:
        table.drop_column("remark")
        table.drop_column("handled_by_name")
    with op.batch_alter_table("payment_receipt") as table:
        table.drop_index("ix_payment_receipt_payment_no")
        table.drop_column("noted_at")
        for name, _length, _default in reversed(RECEIPT_TEXTS):
            table.drop_column(name)
    with op.batch_alter_table("payment_order") as table:
        table.drop_index("ix_payment_order_sponsor")
        for name in ("confirming_at", "slip", "sponsor"):
            table.drop_column(name)
