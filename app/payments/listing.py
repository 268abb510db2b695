"""支付订单 lists (S1-184): of a person, of an organisation's people, of all for finance. Reads only; keyset pages."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.operations.reading.keysets import cut_page, read_cursor
from app.payments.models import ORDER_STATES, PaymentOrder
from app.sheets import Column, write_book
from app.store import session

PAGE = 20
COLUMNS = (
    Column("notice_no", "缴费通知书号码", code=True, width=26), Column("order_no", "订单号", code=True, width=26), Column("subject", "缴费项目", width=40),
    Column("case_number", "业务流水号", code=True, width=24), Column("payer", "缴款人"), Column("amount", "金额（元）"), Column("paid", "实收（元）"),
    Column("created", "订单生成时间", width=20), Column("paid_at", "缴费时间", width=20), Column("state", "缴费状态"))


@dataclass(frozen=True)
class Orders:
    """A page of orders; count and sums in fen go over all that the filters leave."""

    rows: tuple[PaymentOrder, ...]
    cursor: str
    count: int
    amount: int
    paid: int


@dataclass(frozen=True)
class Filter:
    """What the address asks for: `state` an order's state or confirming; `q` part of a number or the payer's name."""

    state: str = ""
    q: str = ""


def own_orders(actor):
    """The condition for the orders this actor, or the organisation they act for, is asked to pay."""
    payers = [actor.ref] + ([actor.organisation["ref"]] if actor.organisation else [])
    return PaymentOrder.payer.in_(payers)


def orders_of(actor, *, limit: int = 200) -> list[PaymentOrder]:
    """The orders this actor, or the organisation they act for, is asked to pay; newest first (S1-184)."""
    return list(session().scalars(sa.select(PaymentOrder).where(own_orders(actor)).order_by(PaymentOrder.id.desc()).limit(limit)))


def orders_sponsored(actor):
    """The condition for the orders that the actor's organisation may pay for its people."""
    return PaymentOrder.sponsor == actor.organisation["ref"]


def list_orders(whose, asked: Filter, *, cursor: str = "", size: int = PAGE) -> Orders:
    """A page of the orders that `whose` (a condition, None for all) and the filter leave, newest first."""
    where = _where(whose, asked)
    counted = session().execute(sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(PaymentOrder.amount), 0), sa.func.coalesce(sa.func.sum(PaymentOrder.paid_amount), 0)).where(*where)).one()
    after = read_cursor(cursor, int)
    query = sa.select(PaymentOrder).where(*where, *([PaymentOrder.id < after[0]] if after else []))
    rows = session().scalars(query.order_by(PaymentOrder.id.desc()).limit(size + 1)).all()
    page, following = cut_page(list(rows), size, lambda order: (order.id,))
    return Orders(page, following, *(int(number) for number in counted))


def orders_book(whose, asked: Filter, shown_name, shown_time) -> bytes:
    """All that the filter leaves (5,000 at most) as a workbook; `shown_name` and `shown_time` as on the page."""
    orders = list_orders(whose, asked, size=5000)
    rows = [(o.notice_no, o.order_no, o.subject, o.case_number, shown_name(o), o.amount / 100, o.paid_amount / 100, shown_time(o.created_at),
             shown_time(o.paid_at) if o.paid_at else "", state_word(o)) for o in orders.rows]
    return write_book("支付订单", COLUMNS, [*rows, ("合计", "", "", "", f"{orders.count}笔", orders.amount / 100, orders.paid / 100, "", "", "")])


def state_of(order: PaymentOrder) -> str:
    """The state as people are told it: 待确认 while a payment at the counter is not seen yet."""
    return "confirming" if order.state in ("new", "open") and order.confirming_at else order.state


def state_word(order: PaymentOrder) -> str:
    """The state in Chinese."""
    return STATES[state_of(order)]


STATES = ORDER_STATES | {"confirming": "待确认"}


def _where(whose, asked: Filter) -> list:
    found = [] if whose is None else [whose]
    if asked.state == "confirming":
        found += [PaymentOrder.state.in_(("new", "open")), PaymentOrder.confirming_at.is_not(None)]
    elif asked.state in ORDER_STATES:
        found.append(PaymentOrder.state == asked.state)
    if q := asked.q.strip():
        found.append(sa.or_(*(column.contains(q, autoescape=True) for column in (
            PaymentOrder.notice_no, PaymentOrder.order_no, PaymentOrder.case_number, PaymentOrder.payer_name))))
    return found
