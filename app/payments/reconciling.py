"""Reconciliation: what we hold for received on a day against what gateway and bank report of it. Reads, compares, keeps the result."""
from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _, lazy_gettext as _l

from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.payments import gateway
from app.payments.gateway import GatewayDown
from app.payments.incidents import note_incident
from app.payments.models import BankLine, PaymentReceipt, Reconciliation
from app.sheets import Column, write_book
from app.store import session, transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = {"equal": _l("一致"), "ours": _l("只有本系统有"), "theirs": _l("只有对方有"), "amount": _l("金额不同")}
BACK = 3  # days the daily run looks back
log = structlog.get_logger(__name__)


def reconcile_day(day: str, *, clock: Clock, by_name: str = "系统") -> Reconciliation:
    """Compares one day and keeps the result in place of an earlier one. Raises GatewayDown, RequestInvalid for a day that is not over."""
    if not _is_past(day, clock):
        raise RequestInvalid(why=_("只能核对已经过去的日期，格式为 2026-03-02。"))
    reported = {p.gateway_no: p.amount for p in gateway.statement(day, clock) if p.status == "paid"}
    with transaction():
        first, last = _bounds(day)
        theirs = {("gateway", number): amount for number, amount in reported.items()} | _bank_side(first, last)
        lines = _compare(_our_side(first, last), theirs)
        kept = session().merge(Reconciliation(
            day=day, at=clock(), by_name=by_name, lines=lines, equal=sum(line["kind"] == "equal" for line in lines),
            unequal=sum(line["kind"] != "equal" for line in lines), ours=sum(line["ours"] or 0 for line in lines),
            theirs=sum(line["theirs"] or 0 for line in lines)))
        session().flush()
    if kept.unequal:
        note_incident("unbalanced", clock, detail=f"{day}: {kept.unequal} 笔不一致，差额 {kept.difference / 100:.2f} 元", at_once=True)
    return kept


def reconcile_due(clock: Clock) -> int:
    """The worker's run: yesterday and the days before it that nobody has compared yet. A gateway that is down: next time."""
    today, done = clock().astimezone(SHANGHAI).date(), 0
    for back in range(BACK, 0, -1):
        day = (today - timedelta(days=back)).isoformat()
        if session().get(Reconciliation, day) is None:
            try:
                reconcile_day(day, clock=clock)
                done += 1
            except GatewayDown as error:
                log.warning("not reconciled", day=day, error=str(error))
    return done


def reconciliations(*, limit: int = 60) -> list[Reconciliation]:
    """The days compared, latest first."""
    return list(session().scalars(sa.select(Reconciliation).order_by(Reconciliation.day.desc()).limit(limit)))


def reconciliation_of(day: str) -> Reconciliation:
    """One day compared. Raises NotFound."""
    found = session().get(Reconciliation, day)
    if found is None:
        raise NotFound()
    return found


def book_of(found: Reconciliation) -> bytes:
    """One day as a workbook, yuan with two decimals."""
    columns = (Column("kind", "结果"), Column("source", "来源"), Column("number", "支付流水号", code=True, width=34), Column("orders", "订单号", code=True, width=34),
               Column("ours", "本系统金额（元）"), Column("theirs", "对方金额（元）"))
    rows = [(str(KINDS[line["kind"]]), str(SOURCES[line["source"]]), line["number"], "、".join(line["orders"]), _yuan(line["ours"]), _yuan(line["theirs"])) for line in found.lines]
    total = ("合计", "", "", f"差额 {found.difference / 100:.2f} 元", found.ours / 100, found.theirs / 100)
    return write_book(f"对账{found.day}", columns, [*rows, total])


SOURCES = {"gateway": _l("支付平台"), "bank": _l("银行"), "office": _l("受理单位核对")}


def _our_side(first: datetime, last: datetime) -> dict:
    """(source, payment number) -> [sum, orders]; parts of a joint payment are one payment."""
    found: dict = defaultdict(lambda: [0, []])
    for receipt in session().scalars(sa.select(PaymentReceipt).where(PaymentReceipt.paid_at >= first, PaymentReceipt.paid_at < last)):
        entry = found[(receipt.source, receipt.payment_no or receipt.gateway_no)]
        entry[0] += receipt.amount
        entry[1].append(receipt.order_no)
    return found


def _bank_side(first: datetime, last: datetime) -> dict:
    rows = session().scalars(sa.select(BankLine).where(BankLine.paid_at >= first, BankLine.paid_at < last))
    return {("bank", f"BK{line.serial}"): line.amount for line in rows}


def _compare(ours: dict, theirs: dict) -> list[dict]:
    lines = []
    for source, number in sorted(ours.keys() | theirs.keys()):
        mine, orders = ours.get((source, number), (None, []))
        said = theirs.get((source, number))
        kind = "theirs" if mine is None else "ours" if said is None else "equal" if mine == said else "amount"
        lines.append({"kind": kind, "source": source, "number": number, "orders": list(orders), "ours": mine, "theirs": said})
    return sorted(lines, key=lambda line: line["kind"] == "equal")


def _bounds(day: str) -> tuple[datetime, datetime]:
    first = datetime.combine(date.fromisoformat(day), time(), SHANGHAI)
    return first, first + timedelta(days=1)


def _is_past(day: str, clock: Clock) -> bool:
    try:
        return date.fromisoformat(day) < clock().astimezone(SHANGHAI).date() and len(day) == 10
    except ValueError:
        return False


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100
