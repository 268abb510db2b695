"""The sandbox gateway as a real HTTP service on a free port, and notices signed as it signs them."""
import json
import threading
from contextlib import contextmanager

from werkzeug.serving import make_server

from app.payments.signing import HEADER, sign
from app.sandbox.gateway import create_gateway

SECRET = "for-tests"


@contextmanager
def running_gateway(pauses=(0.0, 0.1, 0.3)):
    """(address, orders) of a gateway that runs in a thread."""
    gateway = create_gateway(SECRET, pauses=pauses)
    server = make_server("127.0.0.1", 0, gateway, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", gateway.extensions["orders"]
    finally:
        server.shutdown()
        thread.join()


def notice(order, *, at=1_780_000_000, secret=SECRET, event_id="event-1", **changes) -> tuple[bytes, str]:
    """(body, signature) of a notice that the order was paid."""
    said = {
        "event_id": event_id, "order_no": order.order_no, "merchant": "pingshen-demo", "gateway_no": "GW1", "status": "paid",
        "amount": order.amount, "currency": "CNY", "channel": "微信", "paid_at": "2026-03-02T10:00:00+08:00",
    } | changes
    body = json.dumps(said, ensure_ascii=False).encode()
    return body, sign(body, secret, at)


def post_notice(client, body: bytes, signature: str):
    return client.post("/payments/callback", data=body, headers={HEADER: signature, "Content-Type": "application/json"})
