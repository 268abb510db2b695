"""`payment.order` and `payment.close`: the sums that people are asked to pay."""
from __future__ import annotations

from flask import current_app

from app.connectors import Call, connector
from app.connectors.references import name_in
from app.people import party_of, reference_of
from app.payments import close_order, place_order, ten_fields
from app.payments.operations import notice_number, order_number


@connector("payment.order")
def order(call: Call) -> dict:
    """Result: {order_no, pay_url} and the ten fields of `payments.ten_fields` (S1-181)."""
    if call.dry:
        return _dry_order(call)
    placed = place_order(call.id, call.case_id, clock=call.clock, **_facts(call))
    return {"order_no": placed.order_no, "pay_url": placed.pay_url} | ten_fields(placed)


@connector("payment.close")
def close(call: Call) -> dict:
    """Result: {order_no, state}. An order already paid stays paid."""
    given = call.need("order")
    number = given["order_no"] if isinstance(given, dict) else str(given)
    state = "closed" if call.dry else close_order(number, clock=call.clock).state
    return {"order_no": number, "state": state}


def _facts(call: Call) -> dict:
    payer, parameters = call.need("payer"), call.parameters
    reference = reference_of(payer)
    return {
        "subject": str(call.need("subject")), "amount": call.need("amount"), "message": str(call.need("message")),
        "payer": reference, "payer_name": name_in(payer) or (party_of(reference) or {"name": ""})["name"],
        "phone": str(parameters.get("phone") or ""), "deadline": str(parameters.get("deadline") or ""),
        "payee_name": str(parameters.get("payee_name") or current_app.config["SITE_NAME"]),
        "payee_code": str(parameters.get("payee_code") or current_app.config["GATEWAY_MERCHANT"]),
    }


def _dry_order(call: Call) -> dict:
    facts = _facts(call)
    return {
        "order_no": order_number(call.id), "pay_url": "", "notice_no": notice_number(call.id), "state": "待支付",
        "payee_name": facts["payee_name"], "payee_code": facts["payee_code"], "payer": facts["payer_name"],
        "phone": facts["phone"], "amount": facts["amount"], "paid_amount": 0, "paid_at": "",
        "created_at": call.clock().isoformat(timespec="seconds"),
    }
