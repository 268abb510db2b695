"""Payment orders of a person, the gateway's notices, and what has to be refunded."""
from __future__ import annotations

import io

import segno
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup

from app import payments
from app.errors import CallbackRefused
from app.extensions import csrf, limiter
from app.payments.signing import HEADER
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of, status_of

blueprint = Blueprint("payments", __name__)
CALLBACK_RATE = "1200/minute"


@blueprint.post("/payments/callback")
@access("public")
@csrf.exempt  # signed by the gateway; no browser comes here
@limiter.limit(CALLBACK_RATE)
def callback():
    """A notice of the gateway. 200 once it is on record, whatever it meant."""
    try:
        verdict = payments.receive_callback(request.get_data(), request.headers.get(HEADER, ""), clock=clock())
    except CallbackRefused as error:
        return jsonify(code=error.code, message=message_of(error)), status_of(error)  # not 2xx: the gateway tries again
    return jsonify(code="success", verdict=verdict)


@blueprint.get("/payments")
@access("signed-in")
def index():
    """The orders one is asked to pay (S1-184)."""
    return render_template("payments/list.html", orders=payments.orders_of(current_actor()))


@blueprint.get("/payments/refunds")
@access("role:administrator", "role:auditor")
def refunds():
    """Money that has to go back, and incidents that somebody must look at."""
    return render_template("payments/refunds.html", receipts=payments.refunds_due(), incidents=payments.open_incidents())


@blueprint.post("/payments/refunds/<gateway_no>")
@access("role:administrator")
def refund(gateway_no: str):
    """Notes that a sum went back."""
    payments.mark_refunded(gateway_no, actor=current_actor(), clock=clock())
    return redirect(url_for("payments.refunds"), 303)


@blueprint.get("/payments/<order_no>")
@access("signed-in")
def show(order_no: str):
    """One order with its ten fields (S1-181). The gateway sends the payer back to here; that changes nothing (D-10)."""
    order = payments.order_for(order_no, current_actor())
    payable = order.state == "open" and bool(order.pay_url)
    return render_template(
        "payments/order.html", order=order, facts=payments.ten_fields(order), payable=payable,
        qr=_qr(order.pay_url) if payable else "",
    )


@blueprint.app_template_filter()
def money(fen: int) -> str:
    """An amount in fen as people read it: ¥1,450.00."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"


def _qr(address: str) -> Markup:
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=5, border=2, xmldecl=False, light="#fff")
    return Markup(drawing.getvalue().decode())
