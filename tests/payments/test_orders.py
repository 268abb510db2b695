"""Orders from the diagram's request to the paid case, with the sandbox gateway as a real HTTP service beside."""
import socket
import threading
import time
from datetime import timedelta

import httpx
import pytest
from werkzeug.serving import make_server

from app import payments
from app.connectors import Call, handler_of
from app.operations.outbox import drain_outbox
from app.payments import PaymentOrder
from app.payments.listing import COLUMNS
from app.sheets import read_rows
from app.store import session
from tests.connectors.bare import bare_case
from tests.connectors.procedures import publish_fees
from tests.payments.gateways import SECRET, notice, post_notice, running_gateway
from tests.support import builders


@pytest.fixture(scope="module")
def gateway():
    with running_gateway() as (address, orders):
        yield address, orders


@pytest.fixture
def app(store, clock, tmp_path, gateway):
    made = builders.make_app(tmp_path, store, clock, GATEWAY_SECRET=SECRET, GATEWAY_URL=gateway[0], PUBLIC_URL="http://127.0.0.1:1")
    with made.app_context():
        yield made
        from app.extensions import db

        db.session.remove()
        db.engine.dispose()


def request(case, clock, call="call-9", dry=False, **changes) -> Call:
    parameters = {"subject": "年费", "amount": 45000, "payer": {"ref": "person:li", "name": "李雷", "kind": "person"}, "message": "paid"}
    return Call(call, case.id, case.number, parameters | changes, clock, dry=dry)


def fresh(order_no: str) -> PaymentOrder:
    session().rollback()
    return session().query(PaymentOrder).filter_by(order_no=order_no).one()


def started(clock):
    """A case that has its order and waits for the money."""
    publish_fees(clock)
    li = builders.person("li", name="李雷", clock=clock)
    case = builders.start_case("fees", li, clock=clock)
    assert drain_outbox(clock) == 1
    order = session().query(PaymentOrder).one()
    return case, order


def test_an_order_is_made_once_however_often_the_request_is_sent(app, clock, gateway):
    case = bare_case()
    first, second = (handler_of("payment.order")(request(case, clock)) for _ in range(2))
    assert first == second and first["order_no"].startswith("P")
    assert gateway[1].get(first["order_no"])["amount"] == 45000
    assert first["pay_url"] == f"{gateway[0]}/pay/{first['order_no']}"
    assert set(first) >= {"payee_name", "payee_code", "notice_no", "created_at", "paid_at", "paid_amount", "payer", "phone", "amount", "state"}


@pytest.mark.parametrize("amount", [0, -1, 1.5, "450", True, None])
def test_a_sum_that_is_none_is_refused(app, clock, amount):
    with pytest.raises(Exception) as refusal:
        handler_of("payment.order")(request(bare_case(), clock, amount=amount))
    assert "amount" in str(refusal.value) or "缴费金额" in str(refusal.value)
    assert session().query(PaymentOrder).count() == 0


def test_a_gateway_that_is_down_or_talks_nonsense_makes_no_second_order_and_keeps_nobody_waiting(app, clock, gateway):
    """D-12, D-90: the number stays, the notice can be printed, the sweep tells the gateway later."""
    case = bare_case()
    for address in ("http://127.0.0.1:1", gateway[0] + "/health?"):
        app.config["GATEWAY_URL"] = address
        made = handler_of("payment.order")(request(case, clock))
        assert made["state"] == "生成中" and made["notice_no"] and not made["pay_url"]
    payments.settle_open_orders(clock)
    assert fresh(made["order_no"]).state == "new"
    app.config["GATEWAY_URL"] = gateway[0]
    payments.settle_open_orders(clock)
    assert session().query(PaymentOrder).count() == 1
    assert (fresh(made["order_no"]).state, bool(fresh(made["order_no"]).pay_url)) == ("open", True)


def test_a_gateway_that_is_slow_is_given_up_in_seconds_and_keeps_the_same_number(app, clock, monkeypatch):
    """D-12: thirty seconds of silence."""
    server = socket.create_server(("127.0.0.1", 0))  # takes the call and never answers
    app.config["GATEWAY_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setattr("app.payments.gateway.TIMEOUT", httpx.Timeout(0.3))
    case = bare_case()
    first, second = (handler_of("payment.order")(request(case, clock)) for _ in range(2))
    server.close()
    assert first["order_no"] == second["order_no"] and first["state"] == "生成中"
    assert session().query(PaymentOrder).count() == 1


def test_a_scenario_gets_the_same_order_without_asking_anybody(app, clock):
    app.config["GATEWAY_URL"] = "http://127.0.0.1:1"
    case = bare_case()
    first, second = (handler_of("payment.order")(request(case, clock, dry=True)) for _ in range(2))
    assert first == second and first["amount"] == 45000
    assert set(first) == set(handler_of("payment.order")(request(case, clock, call="c", dry=True)))
    assert session().query(PaymentOrder).count() == 0


def test_payment_moves_the_case_and_the_notice_and_the_move_are_one_transaction(app, clock):
    case, order = started(clock)
    answer = post_notice(app.test_client(), *notice(order))
    assert (answer.status_code, answer.json["verdict"]) == (200, "applied")
    session().rollback()
    session().refresh(case)
    assert case.ended_at is not None
    assert fresh(order.order_no).told_at is not None


def test_a_lost_notice_is_made_up_for_by_asking(app, clock, gateway):
    """D-05: within ten minutes, whether the notice comes a day late or never."""
    case, order = started(clock)
    gateway[1].record(order.order_no, "paid")
    assert payments.settle_open_orders(clock) == 0, "too young to be asked about"
    clock.move_to(clock().replace(minute=30))
    assert payments.settle_open_orders(clock) == 1
    session().refresh(case)
    assert case.ended_at is not None and payments.settle_open_orders(clock) == 0


def test_a_case_that_missed_its_message_is_told_by_the_sweep(app, clock, monkeypatch):
    """D-09: killed between the record of the money and the case."""
    case, order = started(clock)
    number = order.order_no
    with app.app_context():
        from app.payments import applying

        monkeypatch.setattr(applying, "tell_case", lambda order, clock: False)  # the moment of a kill -9
        post_notice(app.test_client(), *notice(order))
        monkeypatch.undo()
    assert (fresh(number).state, fresh(number).told_at) == ("paid", None)
    assert payments.settle_open_orders(clock) == 1
    session().refresh(case)
    assert case.ended_at is not None


def test_a_case_that_waits_no_more_gets_its_money_back_after_an_hour(app, clock):
    case = bare_case()
    made = handler_of("payment.order")(request(case, clock))
    post_notice(app.test_client(), *notice(fresh(made["order_no"]), paid_at=clock().isoformat()))
    assert fresh(made["order_no"]).state == "paid"
    clock.move_to(clock() + timedelta(minutes=59))
    payments.settle_open_orders(clock)
    assert fresh(made["order_no"]).state == "paid", "the case may only need a moment"
    clock.move_to(clock() + timedelta(minutes=2))
    payments.settle_open_orders(clock)
    assert fresh(made["order_no"]).state == "refund_due"
    assert len(payments.refunds()) == 1


def test_a_closed_order_cannot_be_paid_any_more(app, clock, gateway):
    case = bare_case()
    made = handler_of("payment.order")(request(case, clock))
    close = Call("call-10", case.id, case.number, {"order": made}, clock)
    assert handler_of("payment.close")(close)["state"] == "closed"
    assert handler_of("payment.close")(close)["state"] == "closed"
    assert gateway[1].get(made["order_no"])["state"] == "closed"


def test_an_order_paid_at_the_moment_it_is_closed_is_due_back(app, clock, gateway):
    case = bare_case()
    made = handler_of("payment.order")(request(case, clock))
    gateway[1].record(made["order_no"], "paid")
    assert handler_of("payment.close")(Call("c", case.id, case.number, {"order": made["order_no"]}, clock))["state"] == "refund_due"


class TestPages:
    def _as(self, app, person):
        client = app.test_client()
        builders.sign_in(client, person)
        return client

    def test_the_payer_sees_the_ten_fields_a_code_to_scan_and_the_way_to_the_gateway(self, app, clock):
        _case, order = started(clock)
        page = self._as(app, "li").get(f"/payments/{order.order_no}").text
        for text in ("财政局", "440300", order.notice_no, "2026年3月2日 09:00", "13800000000", "¥450.00", "李雷", "待支付", order.pay_url, "<svg"):
            assert text in page, text

    def test_opening_the_return_address_pays_nothing(self, app, clock):
        _case, order = started(clock)
        client = self._as(app, "li")
        for query in ("", "?result=success&state=paid"):
            assert client.get(f"/payments/{order.order_no}{query}").status_code == 200
        assert fresh(order.order_no).state == "open"

    def test_nobody_else_sees_the_order(self, app, clock):
        _case, order = started(clock)
        builders.person("wang", clock=clock)
        assert self._as(app, "wang").get(f"/payments/{order.order_no}").status_code == 404
        assert order.notice_no not in self._as(app, "wang").get("/payments").text
        assert order.notice_no in self._as(app, "li").get("/payments").text

    def test_finance_records_a_refund_and_another_confirms_it(self, app, clock):
        for name in ("tan", "fei"):
            builders.person(name, "cashier", clock=clock)
        case = bare_case(ended=clock())
        made = handler_of("payment.order")(request(case, clock))
        post_notice(app.test_client(), *notice(fresh(made["order_no"])))
        tan, fei = self._as(app, "tan"), self._as(app, "fei")
        assert "GW1" in tan.get("/finance/refunds").text
        token = builders.csrf_token(tan)
        assert "请填写退款日期" in tan.post("/finance/refunds/GW1/note", data={"csrf_token": token}, follow_redirects=True).text
        said = {"csrf_token": token, "on": "2026-03-02", "way": "原路退回", "reference": "R-77"}
        assert "等待另一人复核" in tan.post("/finance/refunds/GW1/note", data=said, follow_redirects=True).text
        assert "您已办理过" in tan.post("/finance/refunds/GW1/confirm", data={"csrf_token": token}, follow_redirects=True).text
        assert fei.post("/finance/refunds/GW1/confirm", data={"csrf_token": builders.csrf_token(fei)}).status_code == 303
        assert "没有这样的退款" in fei.get("/finance/refunds").text and "R-77" in fei.get("/finance/refunds?state=refunded").text

    def test_the_page_says_how_to_pay_at_the_counter_and_asks_the_gateway_when_told_to(self, app, clock):
        """D-05: nobody has to wait for a lost notice."""
        with running_gateway() as (address, orders):
            app.config["GATEWAY_URL"] = address
            _case, order = started(clock)
            client, number = self._as(app, "li"), order.order_no
            page = client.get(f"/payments/{number}").text
            assert "已支付？查询结果" in page and "银行柜台" in page and "打印缴费通知书" in page and order.notice_no in page
            token = builders.csrf_token(client)
            assert "尚未收到" in client.post(f"/payments/{number}/ask", data={"csrf_token": token}, follow_redirects=True).text
            assert client.get(f"/payments/{number}/state?was=open").status_code == 204
            orders.record(number, "paid")
            assert "已收到您的缴费" in client.post(f"/payments/{number}/ask", data={"csrf_token": token}, follow_redirects=True).text
            assert client.get(f"/payments/{number}/state?was=open").headers["HX-Refresh"] == "true"

    def test_a_gateway_that_does_not_answer_is_told_to_the_payer_in_words(self, app, clock):
        _case, order = started(clock)
        client, app.config["GATEWAY_URL"] = self._as(app, "li"), "http://127.0.0.1:1"
        sent = client.post(f"/payments/{order.order_no}/ask", data={"csrf_token": builders.csrf_token(client)}, follow_redirects=True)
        assert "暂时没有应答" in sent.text and "不要重复支付" in sent.text

    def test_the_list_is_filtered_totalled_and_saved_as_a_workbook(self, app, clock):
        _case, order = started(clock)
        client = self._as(app, "li")
        assert "共 1 笔，应缴 ¥450.00" in client.get("/payments?state=open").text
        assert "没有符合条件" in client.get("/payments?state=paid").text
        assert "没有符合条件" in client.get("/payments?q=%25").text, "a per cent sign is only a sign"
        rows = read_rows(client.get("/payments.xlsx").data, "x.xlsx", columns=COLUMNS)
        assert [row.values["notice_no"] for row in rows] == [order.notice_no, "合计"] and rows[1].values["amount"] == "450"


@pytest.fixture
def whole_house(store, clock, tmp_path):
    """The service and a gateway of its own, both listening."""
    with running_gateway() as (address, _orders):
        app = builders.make_app(tmp_path, store, clock, GATEWAY_SECRET=SECRET, GATEWAY_URL=address)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        app.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with app.app_context():
            yield app
        server.shutdown()


def test_the_sandbox_pays_over_http_and_tells_us_with_a_signed_notice(whole_house, clock):
    """The whole way over HTTP: order, pay page, button, notice, and back to our page."""
    _case, order = started(clock)
    number, pay_url = order.order_no, order.pay_url
    page = httpx.get(pay_url).text
    assert "年费" in page and "¥450.00" in page
    failed = httpx.post(pay_url, data={"result": "failure"})
    assert failed.headers["Location"] == f"{whole_house.config['PUBLIC_URL']}/payments/{number}"
    assert fresh(number).state == "open"
    httpx.post(pay_url, data={"result": "success"})
    deadline = time.monotonic() + 5
    while fresh(number).state != "paid" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert fresh(number).state == "paid" and fresh(number).told_at
