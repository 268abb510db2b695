"""Payment orders as payers see them: lists, one order, its state, joint orders; and the gateway's notices."""
from __future__ import annotations

import io
from datetime import timedelta

import segno
from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import payments
from app.errors import CallbackRefused, NotAllowed, NotFound, RequestInvalid
from app.extensions import csrf, limiter
from app.payments import joint, listing
from app.payments.applying import deadline_of
from app.payments.gateway import GatewayDown
from app.payments.signing import HEADER
from app.rendering.texts import masked
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of, status_of
from app.routes.pages.furniture import minute
from app.routes.pages.repeating import new_key
from app.sheets import XLSX

blueprint = Blueprint("payments", __name__)
CALLBACK_RATE = "1200/minute"
ASK_RATE = "20/minute"
POLLS = (3, 3, 5, 5, 8, 13, 20, 30, 60)  # seconds between looks of the page at the state; then it stops


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
    """The orders one is asked to pay; of one's unit's people, for whoever pays for them (S1-184)."""
    whose, asked = _whose(), asked_for()
    page = listing.list_orders(whose, asked, cursor=request.args.get("cursor", ""))
    return render_template("payments/list.html", page=page, asked=asked, of=request.args.get("of", ""))


@blueprint.get("/payments.xlsx")
@access("signed-in")
def book():
    """The same list as a workbook."""
    return workbook(listing.orders_book(_whose(), asked_for(), shown_payer, minute), "支付订单")


@blueprint.get("/payments/<order_no>")
@access("signed-in")
def show(order_no: str):
    """One order with its ten fields (S1-181). The gateway sends the payer back to here; that changes nothing (D-10)."""
    if order_no.startswith("J"):
        return redirect(url_for("payments.show_joint", order_no=order_no))
    order = payments.order_for(order_no, current_actor())
    payable = order.state == "open" and bool(order.pay_url)
    return render_template(
        "payments/order.html", order=order, facts=payments.ten_fields(order), payable=payable, left=time_left(order),
        receipts=payments.receipts_of(order_no), mine=order.payer in _me(), qr=_qr(order.pay_url) if payable else "", polls=POLLS)


@blueprint.get("/payments/<order_no>/state")
@access("signed-in")
def state(order_no: str):
    """Whether the page of the order is still true: what it asks in growing pauses (204: nothing new, HX-Refresh: look again)."""
    order = payments.order_for(order_no, current_actor())
    if listing.state_of(order) == request.args.get("was"):
        return Response(status=204)
    return Response(status=200, headers={"HX-Refresh": "true"})


@blueprint.post("/payments/<order_no>/ask")
@access("signed-in")
@limiter.limit(ASK_RATE)
def ask(order_no: str):
    """已支付？查询结果: asks the gateway now (D-05)."""
    before = payments.order_for(order_no, current_actor()).state
    try:
        after = payments.ask_about(order_no, clock=clock()).state
        words = _("支付平台回复：尚未收到这笔款项。刚付款的请稍等一会儿再查询，不要重复支付。") if after == before else _("状态已更新。")
        flash(words, "warning" if after == before else "success")
    except GatewayDown:
        flash(_("支付平台暂时没有应答，系统会自动再查询。您已付的款不会丢失，请不要重复支付；还没有付的，可以打印缴费通知书到银行柜台缴纳。"), "warning")
    return redirect(url_for("payments.show", order_no=order_no), 303)


@blueprint.get("/payments/joint")
@access("menu:payments")
def joint_index():
    """Collective payment: the open orders of one's people, to be ticked, and the joint orders made so far (S1-184)."""
    actor = _pays_for_people()
    orders = joint.payable_orders(actor.organisation["ref"], now=clock()())
    return render_template("payments/joint_list.html", orders=orders, made=joint.joints_of(actor.organisation["ref"]), key=new_key(), chosen=request.args.getlist("order"))


@blueprint.post("/payments/joint")
@access("menu:payments")
def joint_make():
    """One order at the gateway for all that are ticked."""
    actor = _pays_for_people()
    try:
        made = payments.place_joint(request.form.getlist("order"), key=request.form.get("key", ""), actor=actor, clock=clock())
    except RequestInvalid as error:
        flash(error.why, "error")
        return redirect(url_for("payments.joint_index", order=request.form.getlist("order")), 303)
    return redirect(url_for("payments.show_joint", order_no=made.order_no), 303)


@blueprint.get("/payments/joint/<order_no>")
@access("menu:payments")
def show_joint(order_no: str):
    """One joint order, its members and how to pay it."""
    made = _joint(order_no)
    stale = joint.is_stale(made)
    payable = made.state == "open" and bool(made.pay_url) and not stale
    return render_template("payments/joint.html", order=made, members=joint.members_of(made), stale=stale, payable=payable, left=time_left(made),
                           qr=_qr(made.pay_url) if payable else "")


@blueprint.post("/payments/joint/<order_no>")
@access("menu:payments")
@limiter.limit(ASK_RATE)
def joint_act(order_no: str):
    """Asks the gateway about it, or closes it so that its members can be chosen anew."""
    made, act = _joint(order_no), joint.close_joint if request.form.get("do") == "close" else joint.ask_joint
    try:
        after = act(made.order_no, clock=clock())
        flash(_("已关闭，各人的订单仍可支付或重新勾选。") if after.state == "closed" else _("已向支付平台查询。"), "success")
    except GatewayDown:
        flash(_("支付平台暂时没有应答，系统会自动再试。请不要重复支付。"), "warning")
    return redirect(url_for("payments.show_joint", order_no=order_no), 303)


def _joint(order_no: str):
    actor, made = _pays_for_people(), joint.joint_with(order_no)
    if made is None or made.payer != actor.organisation["ref"]:
        raise NotFound()
    return made


def _pays_for_people():
    actor = current_actor()
    if not payments.can_pay_for_people(actor):
        raise NotAllowed()
    return actor


def _whose():
    """The condition of the list that the address asks for. Raises NotAllowed, 404 for another word."""
    of = request.args.get("of", "")
    if of not in ("", "unit"):
        abort(404)
    return listing.orders_sponsored(_pays_for_people()) if of else listing.own_orders(current_actor())


def _me() -> set[str]:
    actor = current_actor()
    return {actor.ref} | ({actor.organisation["ref"]} if actor.organisation else set())


def asked_for() -> listing.Filter:
    """The filter in the address."""
    return listing.Filter(state=request.args.get("state", ""), q=request.args.get("q", "")[:100])


def workbook(content: bytes, name: str) -> Response:
    """A workbook to save."""
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def shown_payer(order) -> str:
    """The payer's name: whole to themselves and to finance, else masked."""
    actor = current_actor()
    whole = order.payer in _me() or actor.has_role("cashier") or actor.has_role("administrator")
    return order.payer_name if whole else masked(order.payer_name, "name")


def time_left(order) -> tuple[str, int] | None:
    """("days"|"hours"|"over", how many) until the deadline of an order that can still be paid; None without one."""
    if not order.deadline or order.state not in ("new", "open"):
        return None
    left = deadline_of(order) - clock()()
    if left <= timedelta():
        return "over", 0
    return ("days", left.days) if left >= timedelta(days=1) else ("hours", max(1, left.seconds // 3600))


@blueprint.app_template_filter()
def money(fen: int) -> str:
    """An amount in fen as people read it: ¥1,450.00."""
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@blueprint.app_context_processor
def names() -> dict:
    """What the templates of payments call."""
    return {"shown_payer": shown_payer, "standing_of": listing.state_of, "pays_for_people": lambda: payments.can_pay_for_people(current_actor())}


def _qr(address: str) -> Markup:
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=5, border=2, xmldecl=False, light="#fff")
    return Markup(drawing.getvalue().decode())
