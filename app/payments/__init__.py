"""Payments: orders of cases, the gateway's and the bank's word about them, joint orders, and what has to be refunded.

Operations, connectors and routes import it. Prices are not its business: the diagram's request names the amount.
"""
from app.payments.bank import handle_line, import_bank_file, match_bank_lines
from app.payments.callbacks import receive_callback
from app.payments.listing import orders_of
from app.payments.joint import close_joint, place_joint
from app.payments.models import (
    BankImport, BankLine, JointMember, JointOrder, PaymentEvent, PaymentIncident, PaymentOrder, PaymentReceipt, Reconciliation,
)
from app.payments.operations import (
    ask_about, can_pay_for_people, can_view_order, close_order, confirm_counter, declare_counter, handle_incident, incidents,
    open_incidents, order_for, place_order, ten_fields,
)
from app.payments.reconciling import reconcile_day, reconcile_due
from app.payments.refunds import confirm_refund, demand_refund, note_refund, receipts_of, refunds, reopen_refund
from app.payments.settlement import settle_open_orders

__all__ = [
    "BankImport", "BankLine", "JointMember", "JointOrder", "PaymentEvent", "PaymentIncident", "PaymentOrder", "PaymentReceipt",
    "Reconciliation", "ask_about", "can_pay_for_people", "can_view_order", "close_joint", "close_order", "confirm_counter",
    "confirm_refund", "declare_counter", "demand_refund", "handle_incident", "handle_line", "import_bank_file", "incidents",
    "match_bank_lines", "note_refund", "open_incidents", "order_for", "orders_of", "place_joint", "place_order", "receipts_of",
    "receive_callback", "reconcile_day", "reconcile_due", "refunds", "reopen_refund", "settle_open_orders", "ten_fields",
]
