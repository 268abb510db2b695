"""Making new orders, single and joint, known to the gateway. Only payments/ imports it."""
from __future__ import annotations

import sqlalchemy as sa

from app.clock import Clock
from app.payments import gateway
from app.store import session, transaction


def place_at_gateway(model, order_no: str, clock: Clock):
    """Makes a new order of `model` known to the gateway; the same number again gives the same order. Raises GatewayDown."""
    found = sa.select(model).where(model.order_no == order_no)
    order = session().scalar(found)
    if order.state != "new":
        return order
    known = gateway.place(order, clock)
    with transaction():
        order = session().scalar(found.with_for_update().execution_options(populate_existing=True))
        if order.state == "new":
            order.state, order.pay_url = "open", known.pay_url
        return order
