"""The sandbox gateway's notices to the merchant: signed, in the background, tried again until they are taken."""
from __future__ import annotations

import json
import logging
import threading
import time
import uuid

import httpx

from app.sandbox.orders import Orders
from app.sandbox.signatures import HEADER, sign

log = logging.getLogger("sandbox")


class Notifier:
    """Sends a notice of a payment; each notice keeps its event id through all its tries."""

    PAUSES = (0.0, 1.0, 3.0, 10.0, 30.0, 120.0)  # seconds before each try

    def __init__(self, orders: Orders, secret: str, pauses: tuple[float, ...]):
        self.orders, self.secret, self.pauses = orders, secret, pauses

    def send(self, order_no: str, payment: dict) -> None:
        """Starts sending; returns at once."""
        order = self.orders.get(order_no)
        body = {"event_id": uuid.uuid4().hex, "order_no": order_no, "merchant": order["merchant"]} | payment
        arguments = (order["notify_url"], json.dumps(body, ensure_ascii=False).encode())
        threading.Thread(target=self._deliver, args=arguments, daemon=True).start()

    def _deliver(self, url: str, body: bytes) -> None:
        for pause in self.pauses:
            time.sleep(pause)
            headers = {HEADER: sign(body, self.secret), "Content-Type": "application/json"}
            try:
                if httpx.post(url, content=body, headers=headers, timeout=10, trust_env=False).is_success:
                    return
            except httpx.HTTPError as error:
                log.warning("notice not delivered: %s", error)
