"""Joint orders: an organisation pays the open orders of several people with one sum (S1-184, decision 16).

Each member's own order stays payable until it is settled: whoever pays first settles it, and a part that comes second
is due back like every double payment. Locks are taken joint order first, then members by number.
"""
from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.payments import gateway
from app.payments.applying import apply_payment, deadline_of, fits, locked_order
from app.payments.gateway import GatewayDown, Payment
from app.payments.models import JointMember, JointOrder, PaymentOrder, PaymentReceipt
from app.payments.numbers import digits
from app.payments.placing import place_at_gateway
from app.store import session, transaction

MOST = 200  # members of one joint order
PAYABLE = ("new", "open")


def locked_joint(order_no: str) -> JointOrder | None:
    """The joint order, locked until the commit."""
    query = sa.select(JointOrder).where(JointOrder.order_no == order_no)
    return session().scalar(query.with_for_update().execution_options(populate_existing=True))


def payable_orders(sponsor: str, *, now: datetime) -> list[PaymentOrder]:
    """The open orders that this organisation may pay, those that are due first on top; none past its deadline."""
    query = sa.select(PaymentOrder).where(PaymentOrder.sponsor == sponsor, PaymentOrder.state.in_(PAYABLE))
    rows = session().scalars(query.order_by(PaymentOrder.deadline, PaymentOrder.id).limit(1000))
    return [order for order in rows if not order.deadline or deadline_of(order) > now]


def place_joint(numbers: list[str], *, key: str, actor, clock: Clock) -> JointOrder:
    """One order for the sum of these orders; once per `key` of a page and choice. The gateway may hear of it later (sweep).

    Raises RequestInvalid when none or too many are chosen, NotFound when one is not the organisation's to pay any more.
    """
    members = sorted(set(numbers))
    if not key or not members or len(members) > MOST:
        raise RequestInvalid(why=_("请勾选要缴纳的订单，一次最多 %(most)s 笔。", most=MOST))
    with transaction():
        number = "J" + digits(f"joint {actor.organisation['ref']} {key} {' '.join(members)}", 20)
        joint = locked_joint(number) or _made(number, members, actor, clock)
    try:
        return place_at_gateway(JointOrder, joint.order_no, clock)
    except GatewayDown:
        return joint


def _made(number: str, members: list[str], actor, clock: Clock) -> JointOrder:
    orders = [locked_order(each) for each in members]
    if known := locked_joint(number):  # made by the same press of the button while we waited for its members
        return known
    if any(order is None or order.sponsor != actor.organisation["ref"] for order in orders):
        raise NotFound()
    if any(order.state not in PAYABLE for order in orders):
        raise RequestInvalid(why=_("勾选的订单中有的已经支付或关闭，请刷新页面后重新勾选。"))
    if any(order.deadline and deadline_of(order) <= clock() for order in orders):
        raise RequestInvalid(why=_("勾选的订单中有的已过缴费期限，请刷新页面后重新勾选。"))
    if len({(order.payee_code, order.payee_name) for order in orders}) > 1:
        raise RequestInvalid(why=_("勾选的订单属于不同的执收单位，请分开缴纳。"))
    joint = JointOrder(
        order_no=number, notice_no="45" + digits(number, 18), payer=actor.organisation["ref"], payer_name=actor.organisation["name"],
        payee_name=orders[0].payee_name, payee_code=orders[0].payee_code, subject=f"集体缴费（{len(orders)}人）",
        amount=sum(order.amount for order in orders), currency="CNY", deadline=min((o.deadline for o in orders if o.deadline), default=""),
        state="new", pay_url="", made_by=actor.id, made_by_name=actor.name, created_at=clock(), asked_at=clock())
    session().add(joint)
    session().flush()
    session().add_all([JointMember(joint_no=number, order_no=order.order_no, amount=order.amount) for order in orders])
    session().flush()
    return joint


def joint_with(order_no: str) -> JointOrder | None:
    """The joint order with this number."""
    return session().scalar(sa.select(JointOrder).where(JointOrder.order_no == order_no))


def joints_of(payer: str, *, limit: int = 50) -> list[JointOrder]:
    """The joint orders of an organisation, newest first."""
    return list(session().scalars(sa.select(JointOrder).where(JointOrder.payer == payer).order_by(JointOrder.id.desc()).limit(limit)))


def ask_joint(order_no: str, *, clock: Clock) -> JointOrder:
    """Asks the gateway now what it knows of it. Raises GatewayDown."""
    from app.payments.settlement import settle_joint  # the sweep stands on these verbs

    if place_at_gateway(JointOrder, order_no, clock).state == "open":
        settle_joint(order_no, clock)
    return joint_with(order_no)


def members_of(joint: JointOrder) -> list[PaymentOrder]:
    """The orders it settles, by number."""
    query = sa.select(PaymentOrder).join(JointMember, JointMember.order_no == PaymentOrder.order_no)
    return list(session().scalars(query.where(JointMember.joint_no == joint.order_no).order_by(PaymentOrder.order_no)))


def is_stale(joint: JointOrder) -> bool:
    """Whether it must not be paid any more: a member was settled or closed since."""
    return joint.state in PAYABLE and any(order.state not in PAYABLE for order in members_of(joint))


def close_joint(order_no: str, *, clock: Clock) -> JointOrder:
    """Closes an unpaid joint order, here first and then at the gateway; its members stay payable.

    Raises GatewayDown: as long as it keeps its `pay_url` the sweep tries again.
    """
    with transaction():
        joint = locked_joint(order_no)
        joint.state = "closed" if joint.state in PAYABLE else joint.state
        open_there = bool(joint.pay_url)
    if open_there:
        known = gateway.close(order_no, clock)
        with transaction():
            joint = locked_joint(order_no)
            joint.pay_url = ""
            for payment in known.payments:
                if fits(joint, payment, clock):
                    apply_joint(joint, payment, clock)
    return joint


def apply_joint(joint: JointOrder, payment: Payment, clock: Clock, *, payment_no: str = "", source: str = "gateway") -> str:
    """Settles each member once, in one transaction: applied when one was, else refund_due; noted when it is known."""
    if payment.status == "refunded":
        return _refunded(joint, payment, clock)
    if payment.status != "paid" or _known(payment.gateway_no):
        return "noted"
    members = session().scalars(sa.select(JointMember).where(JointMember.joint_no == joint.order_no).order_by(JointMember.order_no))
    verdicts = [_settled(member, payment, clock, source) for member in members.all()]
    joint.state, joint.paid_at = "paid", joint.paid_at or datetime.fromisoformat(payment.paid_at)
    if source == "gateway":  # settled elsewhere it is still to be closed there
        joint.pay_url = ""
    return "applied" if "applied" in verdicts else "refund_due"


def _settled(member: JointMember, payment: Payment, clock: Clock, source: str) -> str:
    part = Payment(_part(payment, member.order_no), "paid", member.amount, payment.currency, payment.channel, payment.paid_at)
    return apply_payment(locked_order(member.order_no), part, clock, payment_no=payment.gateway_no, source=source)


def _refunded(joint: JointOrder, payment: Payment, clock: Clock) -> str:
    for order in members_of(joint):
        part = Payment(_part(payment, order.order_no), "refunded", order.amount, payment.currency, payment.channel, payment.paid_at)
        apply_payment(locked_order(order.order_no), part, clock, payment_no=payment.gateway_no)
    return "refunded"


def _part(payment: Payment, order_no: str) -> str:
    # Long numbers differ at their end as often as at their beginning.
    number = payment.gateway_no if len(payment.gateway_no) <= 40 else hashlib.sha256(payment.gateway_no.encode()).hexdigest()[:40]
    return f"{number}/{order_no}"


def _known(payment_no: str) -> bool:
    return session().scalar(sa.select(PaymentReceipt.gateway_no).where(PaymentReceipt.payment_no == payment_no).limit(1)) is not None
