"""Payments: orders of cases, the gateway's word about them, and what has to be refunded.

Operations, connectors and routes import it. Prices are not its business: the diagram's request names the amount.
"""
from app.payments.callbacks import receive_callback
from app.payments.models import PaymentEvent, PaymentIncident, PaymentOrder, PaymentReceipt
from app.payments.operations import (
    can_view_order, close_order, mark_refunded, open_incidents, order_for, orders_of, place_order, refunds_due, ten_fields,
)
from app.payments.settlement import settle_open_orders

__all__ = [
    "PaymentEvent", "PaymentIncident", "PaymentOrder", "PaymentReceipt", "can_view_order", "close_order",
    "mark_refunded", "open_incidents", "order_for", "orders_of", "place_order", "receive_callback", "refunds_due",
    "settle_open_orders", "ten_fields",
]
