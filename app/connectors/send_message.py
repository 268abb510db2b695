"""`message.send`: a word from this case to others, once per request and target."""
from __future__ import annotations

from app.connectors import Call, connector
from app.errors import NotFound


@connector("message.send")
def send_message(call: Call) -> dict:
    """Result: {delivered: case numbers, not_waiting: case numbers that do not wait for it or do not exist}."""
    to = call.need("to")
    targets = [to] if isinstance(to, str) else list(dict.fromkeys(to))
    message, payload = call.need("message"), call.parameters.get("payload") or {}
    result: dict = {"delivered": [], "not_waiting": []}
    for number in targets:
        result["delivered" if _deliver(call, number, message, payload) else "not_waiting"].append(number)
    return result


def _deliver(call: Call, number: str, message: str, payload: dict) -> bool:
    from app.operations.messages import deliver_message  # operations import the registry of connectors

    payload = {"from": call.case_number} | dict(payload)
    try:
        return deliver_message(number, message, payload, clock=call.clock, key=f"{call.id}:{number}")
    except NotFound:
        return False
