"""`message.send`: a word from this case to others, once per request and target."""
from __future__ import annotations

from app.connectors import Call, connector
from app.errors import NotFound


@connector("message.send")
def send_message(call: Call) -> dict:
    """Result: {delivered: case numbers, not_waiting: case numbers that do not wait for it or do not exist}.

    `each` is what a case gets besides the payload of all: a map by case number, or a list of maps with `case`.
    An empty list tells nobody, which is no fault.
    """
    to = [] if call.parameters.get("to") == [] else call.need("to")
    targets = [to] if isinstance(to, str) else list(dict.fromkeys(to))
    message, payload, each = call.need("message"), call.parameters.get("payload") or {}, _each(call.parameters.get("each"))
    result: dict = {"delivered": [], "not_waiting": []}
    for number in targets:
        result["delivered" if _deliver(call, number, message, {**payload, **each.get(number, {})}) else "not_waiting"].append(number)
    return result


def _each(given) -> dict:
    rows = given if isinstance(given, dict) else {row["case"]: row for row in given or ()}
    return {number: {name: value for name, value in row.items() if name != "case"} for number, row in rows.items() if row}


def _deliver(call: Call, number: str, message: str, payload: dict) -> bool:
    from app.operations.messages import deliver_message  # operations import the registry of connectors

    payload = {"from": call.case_number} | dict(payload)
    try:
        return deliver_message(number, message, payload, clock=call.clock, key=f"{call.id}:{number}")
    except NotFound:
        return False
