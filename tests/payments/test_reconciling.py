"""Reconciliation: a day of ours against gateway and bank, to the fen."""
from datetime import datetime, timedelta

import pytest

from app import payments
from app.errors import RequestInvalid
from app.payments import Reconciliation, bank, gateway, reconciling
from app.payments.gateway import GatewayDown, Payment
from app.payments.reconciling import reconcile_day, reconcile_due
from app.sheets import Column, read_rows, write_book
from app.store import session
from tests.payments.gateways import SECRET, notice, running_gateway
from tests.payments.test_callbacks import an_order
from tests.support import builders

DAY = "2026-03-02"


@pytest.fixture
def statement(monkeypatch):
    """What the gateway says of the day; its own HTTP side has a test below."""
    said: list[Payment] = []
    monkeypatch.setattr("app.payments.gateway.statement", lambda day, clock: list(said))
    return said


def theirs(number="GW1", amount=45000, status="paid"):
    return Payment(number, status, amount, "CNY", "微信", "2026-03-02T10:00:00+08:00")


def paid(clock, number="GW1", call="call-1"):
    order = an_order(clock, call=call)
    payments.receive_callback(*notice(order, gateway_no=number, event_id=number), clock=clock)
    return order


@pytest.fixture(autouse=True)
def next_day(app, clock):
    app.config["GATEWAY_SECRET"] = SECRET
    clock.move_to(clock() + timedelta(days=1))


def test_a_day_on_which_both_say_the_same_differs_by_nothing(app, clock, statement):
    paid(clock)
    statement += [theirs(), theirs("GW9", status="refunded")]
    found = reconcile_day(DAY, clock=clock)
    assert (found.equal, found.unequal, found.difference, payments.open_incidents()) == (1, 0, 0, [])


def test_what_only_one_side_has_and_sums_that_differ_are_told_and_are_an_incident(app, clock, statement):
    for number in ("GW1", "GW2", "GW3"):
        paid(clock, number, call=number)
    statement += [theirs(), theirs("GW2", 44999), theirs("GW8", 100)]
    found = reconcile_day(DAY, clock=clock)
    assert {line["number"]: line["kind"] for line in found.lines} == {"GW1": "equal", "GW2": "amount", "GW3": "ours", "GW8": "theirs"}
    assert found.difference == 135000 - 90099
    assert [incident.kind for incident in payments.open_incidents()] == ["unbalanced"]


def test_the_banks_lines_are_the_other_side_of_payments_at_the_counter(app, clock, statement):
    tan, order = builders.person("tan", "cashier", clock=clock), an_order(clock)
    rows = [(order.notice_no, "李雷", "450.00", "2026-03-02 10:00:00", "S1"), ("404", "无名", "1.00", "2026-03-02 10:00:00", "S2")]
    payments.import_bank_file(write_book("到账", bank.COLUMNS, rows), "x.xlsx", actor=tan, clock=clock)
    found = reconcile_day(DAY, clock=clock)
    assert {line["number"]: line["kind"] for line in found.lines} == {"BKS1": "equal", "BKS2": "theirs"}
    payments.handle_line("S2", "refund", "查无此人", actor=tan, clock=clock)
    assert reconcile_day(DAY, clock=clock).difference == 0, "what is held for refund is on our side too"


def test_the_worker_compares_each_day_once_and_tries_again_when_the_gateway_was_down(app, clock, statement, monkeypatch):
    assert (reconcile_due(clock), reconcile_due(clock)) == (3, 0)
    clock.move_to(clock() + timedelta(days=1))

    def down(day, clock):
        raise GatewayDown(why="test")

    monkeypatch.setattr("app.payments.gateway.statement", down)
    assert reconcile_due(clock) == 0
    monkeypatch.undo()
    monkeypatch.setattr("app.payments.gateway.statement", lambda day, clock: [])
    assert reconcile_due(clock) == 1 and session().query(Reconciliation).count() == 4


@pytest.mark.parametrize("day", ["2026-03-03", "2026-3-2", "x", "", "2099-01-01"])
def test_a_day_that_is_not_over_or_no_day_is_refused(app, clock, statement, day):
    with pytest.raises(RequestInvalid):
        reconcile_day(day, clock=clock)


def test_the_page_and_the_workbook_show_the_difference(app, clock, client, statement):
    paid(clock)
    builders.person("tan", "cashier", clock=clock)
    builders.sign_in(client, "tan")
    token = builders.csrf_token(client)
    page = client.post("/finance/reconciliation", data={"csrf_token": token, "day": DAY}, follow_redirects=True).text
    assert "只有本系统有" in page and "¥450.00" in page
    assert DAY in client.get("/finance/reconciliation").text
    rows = read_rows(client.get(f"/finance/reconciliation/{DAY}.xlsx").data, "x.xlsx", columns=[Column("kind", "结果"), Column("orders", "订单号")])
    assert rows[-1].values == {"kind": "合计", "orders": "差额 450.00 元"}
    assert "对账不一致" in client.get("/finance/incidents").text


def test_the_sandbox_gives_a_statement_of_the_day_over_http(app, clock):
    with running_gateway() as (address, orders):
        app.config.update(GATEWAY_URL=address, GATEWAY_SECRET=SECRET)
        order = payments.place_order("c1", an_order(clock).case_id, clock=clock, subject="费", amount=100, payer="person:li", payer_name="李雷",
                                     message="paid", payee_name="局", payee_code="1")
        payment = orders.record(order.order_no, "paid")
        orders.record(order.order_no, "failed")
        today = datetime.fromisoformat(payment["paid_at"]).astimezone(reconciling.SHANGHAI).date().isoformat()
        assert [(p.gateway_no, p.amount) for p in gateway.statement(today, clock)] == [(payment["gateway_no"], 100)]
        assert gateway.statement("2020-01-01", clock) == []
