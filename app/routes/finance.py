"""What finance does with payments: all orders, the bank's files, reconciliation, refunds, incidents. Cashiers write, auditors read."""
from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import payments
from app.errors import BankFileRefused, FourEyes, RequestInvalid, SheetRefused
from app.payments import bank, listing, reconciling
from app.payments.gateway import GatewayDown
from app.payments.refunds import STATES
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.pages.furniture import minute
from app.routes.payments import asked_for, shown_payer, workbook
from app.sheets import write_book

blueprint = Blueprint("finance", __name__, url_prefix="/finance")
READS = access("role:administrator", "role:cashier", "role:auditor")
WRITES = access("role:administrator", "role:cashier")


@blueprint.get("")
@READS
def orders():
    """All orders, with filters and totals."""
    asked = asked_for()
    page = listing.list_orders(None, asked, cursor=request.args.get("cursor", ""))
    return render_template("payments/orders.html", page=page, asked=asked)


@blueprint.get("/orders.xlsx")
@READS
def book():
    """The same as a workbook."""
    return workbook(listing.orders_book(None, asked_for(), shown_payer, minute), "支付订单")


@blueprint.get("/bank")
@READS
def bank_files():
    """The bank's files: import, lines that wait for a person, files taken in."""
    return _bank_page()


@blueprint.post("/bank")
@WRITES
def bank_import():
    """Takes in a file, whole or not at all."""
    file = request.files.get("file")
    try:
        taken = payments.import_bank_file(file.read() if file else b"", (file.filename if file else "") or _("（没有选择文件）"), actor=current_actor(), clock=clock())
    except (BankFileRefused, SheetRefused) as error:
        return Response(_bank_page(message_of(error), fields_of(error)), status_of(error))
    return redirect(url_for("finance.bank_file", import_id=taken.id), 303)


@blueprint.get("/bank/<int:import_id>")
@READS
def bank_file(import_id: int):
    """One file, line by line, with what became of each."""
    return render_template("payments/bank_file.html", taken=bank.import_with(import_id), lines=bank.lines_of(import_id), open=bank.FOR_A_PERSON)


@blueprint.get("/bank/template.xlsx")
@READS
def bank_template():
    """An empty table to fill."""
    return workbook(write_book("银行到账", bank.COLUMNS, [], notes=bank.NOTES), "银行到账导入模板")


@blueprint.post("/bank/lines/<serial>")
@WRITES
def bank_line(serial: str):
    """What a person decides about a line that did not match."""
    return _done(lambda: payments.handle_line(serial, request.form.get("do", ""), request.form.get("remark", ""), actor=current_actor(), clock=clock()),
                 "finance.bank_files")


@blueprint.get("/reconciliation")
@READS
def reconciliation():
    """The days compared."""
    return render_template("payments/reconciliation.html", days=reconciling.reconciliations())


@blueprint.post("/reconciliation")
@WRITES
def reconcile():
    """Compares one day now."""
    day = request.form.get("day", "")
    try:
        payments.reconcile_day(day, clock=clock(), by_name=current_actor().name)
    except (GatewayDown, RequestInvalid) as error:
        flash(message_of(error), "error")
        return redirect(url_for("finance.reconciliation"), 303)
    return redirect(url_for("finance.reconciled", day=day), 303)


@blueprint.get("/reconciliation/<day>")
@READS
def reconciled(day: str):
    """One day, unequal lines first."""
    return render_template("payments/reconciled.html", found=reconciling.reconciliation_of(day), kinds=reconciling.KINDS, sources=reconciling.SOURCES)


@blueprint.get("/reconciliation/<day>.xlsx")
@READS
def reconciled_book(day: str):
    """The same as a workbook."""
    return workbook(reconciling.book_of(reconciling.reconciliation_of(day)), f"对账{day}")


@blueprint.get("/refunds")
@READS
def refund_list():
    """Money that has to go back, and that went back."""
    state = request.args.get("state", "")
    return render_template("payments/refunds.html", receipts=payments.refunds(state=state), state=state, words=STATES)


@blueprint.post("/refunds/<path:gateway_no>/note")
@WRITES
def refund_note(gateway_no: str):
    """Records how a sum went back."""
    said = {name: request.form.get(name, "") for name in ("on", "way", "reference")}
    return _done(lambda: payments.note_refund(gateway_no, **said, actor=current_actor(), clock=clock()), "finance.refund_list")


@blueprint.post("/refunds/<path:gateway_no>/confirm")
@WRITES
def refund_confirm(gateway_no: str):
    """A second person confirms it."""
    return _done(lambda: payments.confirm_refund(gateway_no, actor=current_actor(), clock=clock()), "finance.refund_list")


@blueprint.post("/refunds/<path:gateway_no>/reopen")
@WRITES
def refund_reopen(gateway_no: str):
    """What was recorded is wrong: back to be recorded anew."""
    return _done(lambda: payments.reopen_refund(gateway_no, clock=clock()), "finance.refund_list")


@blueprint.post("/orders/<order_no>/refund")
@WRITES
def refund_demand(order_no: str):
    """A payment that was applied has to go back all the same (D-88)."""
    return _done(lambda: payments.demand_refund(order_no, request.form.get("reason", ""), actor=current_actor(), clock=clock()), "finance.refund_list")


@blueprint.get("/incidents")
@READS
def incident_list():
    """What about payments somebody must look at."""
    return render_template("payments/incidents.html", incidents=payments.incidents())


@blueprint.post("/incidents/<int:incident_id>")
@WRITES
def incident(incident_id: int):
    """Notes what was done about it."""
    return _done(lambda: payments.handle_incident(incident_id, request.form.get("remark", ""), actor=current_actor(), clock=clock()), "finance.incident_list")


def _done(deed, endpoint: str) -> Response:
    """Does it and goes back to the list; what is missing is said there."""
    try:
        deed()
        flash(_("已登记。"), "success")
    except (RequestInvalid, FourEyes) as error:
        flash(getattr(error, "why", "") or message_of(error), "error")
    return redirect(url_for(endpoint), 303)


def _bank_page(problem: str = "", faults: dict | None = None) -> str:
    return render_template("payments/bank.html", waiting=bank.waiting_lines(), files=bank.imports(), problem=problem, faults=faults or {})
