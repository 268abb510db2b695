"""`payment.order`, `payment.close` and payments at the counter: the sums that people are asked to pay."""
from __future__ import annotations

from flask import current_app

from app.connectors import Call, connector
from app.connectors.references import name_in
from app.people import party_of, reference_of
from app.payments import close_order, confirm_counter, declare_counter, place_order, ten_fields
from app.payments.gateway import GatewayDown
from app.payments.listing import state_of
from app.payments.operations import notice_number, order_number


@connector("payment.order")
def order(call: Call) -> dict:
    """Result: {order_no, pay_url} and the ten fields of `payments.ten_fields` (S1-181)."""
    if call.dry:
        return _dry_order(call)
    try:
        placed = place_order(call.id, call.case_id, clock=call.clock, **_facts(call))
    except GatewayDown:  # the order is on record, with its number: it can be printed and paid at the counter, the sweep tells the gateway (D-12, D-90)
        placed = place_order(call.id, call.case_id, clock=call.clock, ask_gateway=False, **_facts(call))
    return {"order_no": placed.order_no, "pay_url": placed.pay_url} | ten_fields(placed)


@connector("payment.close")
def close(call: Call) -> dict:
    """Result: {order_no, state}. An order already paid stays paid."""
    number = _number(call)
    state = "closed" if call.dry else close_order(number, clock=call.clock).state
    return {"order_no": number, "state": state}


@connector("payment.counter")
def counter(call: Call) -> dict:
    """The payer says they paid at the counter. Result: {order_no, state}; without a slip the word is taken back."""
    number = _number(call)
    slip = str(call.parameters.get("slip") or "")
    state = ("confirming" if slip else "open") if call.dry else state_of(declare_counter(number, slip, clock=call.clock))
    return {"order_no": number, "state": state}


@connector("payment.confirm")
def confirm(call: Call) -> dict:
    """The office has seen the money of a payment at the counter. Result: {order_no, state}."""
    number, amount, paid_on = _number(call), call.need("amount"), str(call.need("paid_on"))
    state = "paid" if call.dry else confirm_counter(number, amount=amount, paid_on=paid_on, clock=call.clock).state
    return {"order_no": number, "state": state}


def _number(call: Call) -> str:
    given = call.need("order")
    return given["order_no"] if isinstance(given, dict) else str(given)


def _facts(call: Call) -> dict:
    payer, parameters = call.need("payer"), call.parameters
    reference = reference_of(payer)
    return {
        "subject": str(call.need("subject")), "amount": call.need("amount"), "message": str(call.need("message")),
        "payer": reference, "payer_name": name_in(payer) or (party_of(reference) or {"name": ""})["name"],
        "phone": str(parameters.get("phone") or ""), "deadline": str(parameters.get("deadline") or ""),
        "sponsor": reference_of(parameters.get("sponsor")),
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
