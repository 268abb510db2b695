"""Payments at the counter: the bank's file, taken in whole or not at all, and matched line by line (D-85, D-90).

What does not match waits for a person; each line counts once, by the bank's serial number.
"""
from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.clock import Clock
from app.errors import BankFileRefused, NotFound, RequestInvalid
from app.payments.applying import apply_payment, is_over, locked_order, paid_in_time
from app.payments.gateway import Payment
from app.payments.joint import apply_joint, is_stale, locked_joint
from app.payments.models import BankImport, BankLine, JointOrder, PaymentOrder, PaymentReceipt
from app.sheets import Column, Row, read_rows
from app.store import session, transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column("notice", "通知书号码", required=True, code=True, width=26), Column("payer", "缴款人", required=True), Column("amount", "金额", required=True, width=12),
    Column("paid_at", "缴费时间", required=True, width=22), Column("serial", "流水号", required=True, code=True, width=28))
NOTES = ("每行一笔到账。通知书号码、流水号请设为“文本”格式。", "金额以元为单位，最多两位小数，例如 450.00。", "缴费时间写作 2026-03-02 10:15:00 或 2026-03-02（按当日 0 时计）。")
VERDICTS = {
    "new": "待核对", "applied": "已入账", "known": "此前已入账", "refund_due": "已列入待退款", "amount": "金额不符", "unknown": "查无此通知书",
    "late": "超过缴费期限", "twice": "重复缴费", "noted": "已处理",
}
AT_ONCE = 100  # lines
FOR_A_PERSON = ("amount", "unknown", "late", "twice")
log = structlog.get_logger(__name__)


def import_bank_file(data: bytes, name: str, *, actor, clock: Clock) -> BankImport:
    """Takes in all lines of a file, then matches each. Raises SheetRefused, BankFileRefused (`fields`: line -> why): nothing is kept then."""
    rows = read_rows(data, name, columns=COLUMNS)
    lines, faults = _read(rows, clock())
    with transaction():
        faults |= _known_before(lines)
        if faults:
            first = "；".join(_("第%(line)s行：%(why)s", line=line, why=why) for line, why in sorted(faults.items())[:5])
            raise BankFileRefused(count=len(faults), first=first, fields={_("第%(line)s行", line=line): why for line, why in sorted(faults.items())})
        taken = _keep(lines, hashlib.sha256(data).hexdigest(), name, actor, clock)
    match_bank_lines(clock, most=AT_ONCE)  # of a long file the sweep matches the rest: nobody waits minutes for a page
    return taken


def match_bank_lines(clock: Clock, *, most: int = 2000) -> int:
    """Matches the lines nobody has looked at yet, each in a transaction of its own; the sweep does it after a crash."""
    serials = session().scalars(sa.select(BankLine.serial).where(BankLine.verdict == "new").order_by(BankLine.paid_at).limit(most)).all()
    return sum(_safely(serial, clock) for serial in serials)


def handle_line(serial: str, action: str, remark: str, *, actor, clock: Clock) -> BankLine:
    """A person's word on a line that did not match: `accept` settles the order all the same, `refund` gives it back, `note` only says.

    Raises NotFound, RequestInvalid.
    """
    if not remark.strip():
        raise RequestInvalid(why=_("请填写处理情况。"))
    with transaction():
        line = _locked(serial)
        if line is None or line.verdict not in FOR_A_PERSON:
            raise NotFound()
        verdict = {"accept": _accepted, "refund": _given_back, "note": lambda _line, _clock: "noted"}.get(action)
        if verdict is None:
            raise RequestInvalid(why=_("没有这种处理方式。"))
        line.verdict = verdict(line, clock)
        line.remark, line.handled_at, line.handled_by_name = remark.strip()[:300], clock(), actor.name
        return line


def waiting_lines(*, limit: int = 200) -> list[BankLine]:
    """Lines that wait for a person, oldest first."""
    query = sa.select(BankLine).where(BankLine.verdict.in_(FOR_A_PERSON)).order_by(BankLine.paid_at).limit(limit)
    return list(session().scalars(query))


def imports(*, limit: int = 50) -> list[BankImport]:
    """The files taken in, latest first."""
    return list(session().scalars(sa.select(BankImport).order_by(BankImport.id.desc()).limit(limit)))


def import_with(import_id: int) -> BankImport:
    """One file. Raises NotFound."""
    taken = session().get(BankImport, import_id)
    if taken is None:
        raise NotFound()
    return taken


def lines_of(import_id: int) -> list[BankLine]:
    """The lines of a file in their order."""
    return list(session().scalars(sa.select(BankLine).where(BankLine.import_id == import_id).order_by(BankLine.line)))


def _accepted(line: BankLine, clock: Clock) -> str:
    order = locked_order(line.order_no)
    if line.verdict != "late" or order is None or is_over(order) or order.state not in ("new", "open", "closed"):
        raise RequestInvalid(why=_("事项已结束或订单已结清，不能再受理，请登记退款。"))
    if order.state == "closed":
        order.state = "open"  # a person takes the late payment; the order lives once more
    return apply_payment(order, _payment(line), clock, source="bank")


def _given_back(line: BankLine, clock: Clock) -> str:
    if session().get(PaymentReceipt, _payment(line).gateway_no) is None:
        session().add(PaymentReceipt(
            gateway_no=_payment(line).gateway_no, payment_no=_payment(line).gateway_no, source="bank", order_no=line.order_no, amount=line.amount,
            channel="柜台", state="refund_due", reason=VERDICTS[line.verdict], paid_at=line.paid_at))
    return "refund_due"


def _safely(serial: str, clock: Clock) -> bool:
    try:
        with transaction():
            line = _locked(serial)
            if line.verdict == "new":
                line.verdict = _match(line, clock)
        return True
    except Exception as error:  # one line that stumbles must not stop the others: the sweep tries it again
        session().rollback()
        log.warning("bank line not matched", serial=serial, error=repr(error))
        return False


def _match(line: BankLine, clock: Clock) -> str:
    order = _order_with(PaymentOrder, locked_order, line.notice_no) or _order_with(JointOrder, locked_joint, line.notice_no)
    if order is None:
        return "unknown"
    line.order_no = order.order_no
    if order.amount != line.amount:
        return "amount"
    if isinstance(order, JointOrder):
        return _match_joint(order, line, clock)
    if order.state == "paid" and _is_same_as_office(order, line):
        return "known"
    if order.state in ("paid", "refund_due", "refunded"):
        return "twice"
    if order.deadline and not paid_in_time(order, line.paid_at.isoformat()):
        return "late"
    return apply_payment(order, _payment(line), clock, source="bank")


def _match_joint(joint: JointOrder, line: BankLine, clock: Clock) -> str:
    if joint.state == "paid":
        return "twice"
    if joint.deadline and not paid_in_time(joint, line.paid_at.isoformat()):
        return "late"
    if is_stale(joint):
        log.info("stale joint order paid", order=joint.order_no)  # settled members get their part back
    return apply_joint(joint, _payment(line), clock, source="bank")


def _is_same_as_office(order: PaymentOrder, line: BankLine) -> bool:
    """Whether the office has confirmed this very payment by its slip before the bank's file came: then it is named after the line."""
    receipt = session().get(PaymentReceipt, order.gateway_no)
    if receipt is None or receipt.source != "office":
        return False
    receipt.source, receipt.payment_no, receipt.paid_at = "bank", _payment(line).gateway_no, line.paid_at
    return True


def _order_with(model, locked, notice_no: str):
    number = session().scalar(sa.select(model.order_no).where(model.notice_no == notice_no))
    return locked(number) if number else None


def _payment(line: BankLine) -> Payment:
    return Payment(f"BK{line.serial}", "paid", line.amount, "CNY", "柜台", line.paid_at.isoformat())


def _locked(serial: str) -> BankLine | None:
    return session().get(BankLine, serial, with_for_update=True, populate_existing=True)


def _known_before(lines: list[BankLine]) -> dict[int, str]:
    known = set(session().scalars(sa.select(BankLine.serial).where(BankLine.serial.in_([line.serial for line in lines]))))
    return {line.line: _("流水号 %(serial)s 以前已经导入", serial=line.serial) for line in lines if line.serial in known}


def _keep(lines: list[BankLine], digest: str, name: str, actor, clock: Clock) -> BankImport:
    taken = BankImport(digest=digest, name=name[:200], count=len(lines), amount=sum(line.amount for line in lines), at=clock(), by_name=actor.name)
    session().add(taken)
    try:
        session().flush()
        for line in lines:
            line.import_id = taken.id
        session().add_all(lines)
        session().flush()
    except IntegrityError:  # another took in the same file, or the same lines, at the same moment
        raise BankFileRefused(count=len(lines), first=_("这个文件或其中的流水号已经导入过"), fields={}) from None
    return taken


def _read(rows: list[Row], now: datetime) -> tuple[list[BankLine], dict[int, str]]:
    lines, faults, seen = [], {}, {}
    for row in rows:
        try:
            line = _line(row, now)
        except ValueError as fault:
            faults[row.line] = str(fault)
            continue
        if line.serial in seen:
            faults[row.line] = _("流水号与第%(first)s行相同", first=seen[line.serial])
        seen.setdefault(line.serial, row.line)
        lines.append(line)
    return lines, faults


def _line(row: Row, now: datetime) -> BankLine:
    """Raises ValueError with what is wrong with the row."""
    empty = [column.label for column in COLUMNS if not row.values[column.key]]
    if row.faults or empty:
        raise ValueError("；".join([*row.faults.values(), *(_("没有填写%(label)s", label=label) for label in empty)]))
    if len(row.values["serial"]) > 50 or len(row.values["notice"]) > 40:
        raise ValueError(_("流水号或通知书号码太长"))
    paid_at = _moment(row.values["paid_at"])
    if paid_at > now:
        raise ValueError(_("缴费时间在将来"))
    return BankLine(serial=row.values["serial"], line=row.line, notice_no=row.values["notice"], payer_name=row.values["payer"][:200],
                    amount=_fen(row.values["amount"]), paid_at=paid_at, verdict="new", order_no="")


def _fen(text: str) -> int:
    try:
        sum_ = Decimal(text.replace(",", "").replace("，", "").removeprefix("¥").removeprefix("￥")) * 100
    except InvalidOperation:
        raise ValueError(_("金额“%(text)s”不是数字", text=text)) from None
    if not sum_.is_finite() or sum_ != int(sum_) or not 0 < sum_ < 10**13:
        raise ValueError(_("金额“%(text)s”应大于零，最多两位小数", text=text))
    return int(sum_)


def _moment(text: str) -> datetime:
    try:
        said = datetime.fromisoformat(text.replace("/", "-").strip())
    except ValueError:
        raise ValueError(_("缴费时间“%(text)s”应写作 2026-03-02 10:15:00", text=text)) from None
    return said if said.tzinfo else said.replace(tzinfo=SHANGHAI)
