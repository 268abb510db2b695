"""What the gateway, or somebody who claims to be it, tells us (faults D)."""
import threading
from datetime import timedelta

import pytest

from app import payments
from app.errors import FourEyes, NotFound, RequestInvalid
from app.payments import PaymentEvent, PaymentOrder, PaymentReceipt
from app.payments.operations import notice_number, order_number
from app.store import session, transaction
from tests.connectors.bare import bare_case
from tests.payments.gateways import SECRET, notice, post_notice
from tests.support import builders


@pytest.fixture
def app(store, clock, tmp_path):
    made = builders.make_app(tmp_path, store, clock, GATEWAY_SECRET=SECRET, GATEWAY_SECRET_OLD="old-secret", GATEWAY_SECRET_OLD_UNTIL="2026-03-03T00:00:00+08:00")
    with made.app_context():
        yield made
        from app.extensions import db

        db.session.remove()
        db.engine.dispose()


def an_order(clock, case=None, state="open", call="call-1") -> PaymentOrder:
    case = case or bare_case()
    with transaction():
        order = PaymentOrder(
            order_no=order_number(call), notice_no=notice_number(call), call_id=call, case_id=case.id, case_number=case.number,
            message="paid", subject="评审费", amount=45000, currency="CNY", payee_name="人社局", payee_code="1", payer="person:li",
            payer_name="李雷", state=state, created_at=clock(), asked_at=clock(), pay_url="http://127.0.0.1:1/pay")
        session().add(order)
    return order


def read(order):
    session().rollback()
    session().expire_all()
    return order


def receipts():
    session().rollback()
    return {r.gateway_no: r.state for r in session().query(PaymentReceipt)}


def test_a_notice_pays_the_order_once_however_often_it_comes(app, client, clock):
    order = an_order(clock)
    body, signature = notice(order)
    assert {post_notice(client, body, signature).status_code for _ in range(20)} == {200}
    assert (read(order).state, order.paid_amount, order.channel) == ("paid", 45000, "微信")
    assert receipts() == {"GW1": "applied"}
    assert session().query(PaymentEvent).count() == 1


@pytest.mark.both_stores
def test_the_same_notice_twenty_times_at_once_is_one_payment(app, clock):
    order = an_order(clock)
    body, signature = notice(order)
    statuses = []

    def send():
        with app.app_context():
            statuses.append(post_notice(app.test_client(), body, signature).status_code)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert receipts() == {"GW1": "applied"}


def test_a_forged_notice_changes_nothing_and_the_fifth_raises_an_alarm(app, client, clock):
    order = an_order(clock)
    body, good = notice(order)
    for number, signature in enumerate(["", good[:-1], good.replace("v1", "v2"), notice(order, secret="other")[1], "t=1,v1=é"]):
        assert len(payments.open_incidents()) == 0
        answer = post_notice(client, body, signature)
        assert (answer.status_code, answer.json["code"]) == (401, "callback-forged"), number
        session().rollback()
    assert post_notice(client, b"", good).status_code == 401
    assert post_notice(client, body.replace(b"45000", b"1"), good).status_code == 401
    assert read(order).state == "open" and receipts() == {}
    assert [(i.kind, i.count) for i in payments.open_incidents()] == [("forged", 7)]


@pytest.mark.parametrize("change", [{"amount": 1}, {"amount": 45000.0}, {"amount": True}, {"currency": "USD"}, {"merchant": "other"}])
def test_a_signed_notice_with_another_sum_or_merchant_is_refused(app, client, clock, change):
    order = an_order(clock)
    answer = post_notice(client, *notice(order, **change))
    assert (answer.status_code, answer.json["code"]) == (400, "callback-refused")
    assert read(order).state == "open" and receipts() == {}


def test_an_altered_sum_is_an_incident_at_once(app, client, clock):
    post_notice(client, *notice(an_order(clock), amount=1))
    session().rollback()
    assert [i.kind for i in payments.open_incidents()] == ["altered"]


def test_the_same_event_with_another_content_is_refused(app, client, clock):
    order = an_order(clock)
    post_notice(client, *notice(order))
    assert post_notice(client, *notice(order, gateway_no="GW2")).status_code == 400
    assert receipts() == {"GW1": "applied"}


def test_what_says_nothing_lasting_never_moves_an_order_back(app, client, clock):
    order = an_order(clock)
    post_notice(client, *notice(order))
    for number, status in enumerate(["pending", "failed"]):
        assert post_notice(client, *notice(order, event_id=f"later-{number}", status=status)).status_code == 200
    assert read(order).state == "paid"


def test_a_refund_that_overtakes_its_payment_ends_as_a_refund(app, client, clock):
    order = an_order(clock)
    post_notice(client, *notice(order, event_id="b", status="refunded"))
    post_notice(client, *notice(order, event_id="a"))
    assert receipts() == {"GW1": "refunded"}
    assert read(order).state == "open", "the fee itself is still to be paid"
    post_notice(client, *notice(order, event_id="c", gateway_no="GW2"))
    assert read(order).state == "paid"


def test_an_old_notice_again_has_no_effect_and_a_late_first_one_is_not_lost(app, client, clock):
    order = an_order(clock)
    old = notice(order, at=1_700_000_000)
    assert post_notice(client, *old).json["verdict"] == "applied"
    assert post_notice(client, *old).json["verdict"] == "duplicate"


def test_a_notice_before_our_own_row_is_refused_so_that_it_comes_again(app, client, clock):
    case = bare_case()
    order = an_order(clock, case)
    sent = notice(order)
    with transaction():
        session().delete(order)
    assert post_notice(client, *sent).status_code == 404
    again = an_order(clock, case)
    assert post_notice(client, *sent).status_code == 200
    assert read(again).state == "paid"


@pytest.mark.parametrize("state", ["closed", "open"])
def test_money_for_a_closed_order_or_an_ended_case_is_due_back(app, client, clock, state):
    order = an_order(clock, bare_case(ended=None if state == "closed" else clock()), state=state)
    assert post_notice(client, *notice(order)).json["verdict"] == "refund_due"
    assert read(order).state == "refund_due"
    assert [r.gateway_no for r in payments.refunds()] == ["GW1"]


def test_two_attempts_that_both_succeed_are_one_payment_and_one_refund(app, client, clock):
    order = an_order(clock)
    post_notice(client, *notice(order, event_id="a"))
    post_notice(client, *notice(order, event_id="b", gateway_no="GW2"))
    assert receipts() == {"GW1": "applied", "GW2": "refund_due"}
    assert (read(order).state, order.gateway_no) == ("paid", "GW1")


def test_both_secrets_are_taken_while_one_replaces_the_other_and_the_old_is_refused_after(app, client, clock):
    """D-11: the overlap has an end."""
    order = an_order(clock)
    assert post_notice(client, *notice(order, secret="old-secret")).status_code == 200
    assert post_notice(client, *notice(order, event_id="new")).status_code == 200
    clock.move_to(clock() + timedelta(days=1))
    assert post_notice(client, *notice(order, event_id="late", secret="old-secret")).status_code == 401
    assert post_notice(client, *notice(order, event_id="later")).status_code == 200


def test_a_sum_goes_back_when_one_records_it_and_another_confirms(app, client, clock):
    """D-08, D-88: two people; the way, the day and the slip stay with the order."""
    order = an_order(clock, state="closed")
    post_notice(client, *notice(order))
    first, second = (builders.person(name, "cashier", clock=clock) for name in ("tan", "fei"))
    with pytest.raises(RequestInvalid):
        payments.note_refund("GW1", on="", way="原路退回", reference="R1", actor=first, clock=clock)
    payments.note_refund("GW1", on="2026-03-02", way="原路退回", reference="R1", actor=first, clock=clock)
    with pytest.raises(FourEyes):
        payments.confirm_refund("GW1", actor=first, clock=clock)
    assert [r.state for r in payments.refunds()] == ["refund_noted"]
    receipt = payments.confirm_refund("GW1", actor=second, clock=clock)
    assert (receipt.state, receipt.refunded_by, read(order).state) == ("refunded", "fei", "refunded")
    assert payments.refunds() == [] and [r.gateway_no for r in payments.refunds(state="refunded")] == ["GW1"]


def test_a_refund_recorded_wrongly_is_recorded_anew_and_not_for_a_day_to_come(app, client, clock):
    post_notice(client, *notice(an_order(clock, state="closed")))
    first, second = (builders.person(name, "cashier", clock=clock) for name in ("tan", "fei"))
    with pytest.raises(RequestInvalid, match="不晚于今天"):
        payments.note_refund("GW1", on="2026-03-03", way="原路退回", reference="R1", actor=first, clock=clock)
    payments.note_refund("GW1", on="2026-03-02", way="原路退回", reference="R9", actor=first, clock=clock)
    builders.sign_in(client, "fei")
    token = builders.csrf_token(client)
    assert client.post("/finance/refunds/GW1/reopen", data={"csrf_token": token}).status_code == 303
    assert 'value="R9"' in client.get("/finance/refunds").text, "what was typed is there to be mended"
    with pytest.raises(NotFound):
        payments.confirm_refund("GW1", actor=second, clock=clock)
    payments.note_refund("GW1", on="2026-03-02", way="原路退回", reference="R1", actor=second, clock=clock)
    assert payments.confirm_refund("GW1", actor=first, clock=clock).state == "refunded"


def test_finance_gives_a_payment_back_that_was_applied(app, client, clock):
    """D-88: the office rejects after the payment."""
    order = an_order(clock)
    post_notice(client, *notice(order))
    finance = builders.person("tan", "cashier", clock=clock)
    with pytest.raises(RequestInvalid):
        payments.demand_refund(order.order_no, " ", actor=finance, clock=clock)
    payments.demand_refund(order.order_no, "不予受理", actor=finance, clock=clock)
    assert (receipts(), read(order).state) == ({"GW1": "refund_due"}, "refund_due")
    with pytest.raises(NotFound):
        payments.demand_refund(order.order_no, "再来一次", actor=finance, clock=clock)


def test_an_incident_is_handled_with_a_word(app, client, clock):
    order = an_order(clock)
    post_notice(client, *notice(order, amount=1))
    finance = builders.person("tan", "cashier", clock=clock)
    (incident,) = payments.incidents()
    payments.handle_incident(incident.id, "已与支付平台核实", actor=finance, clock=clock)
    assert payments.open_incidents() == [] and payments.incidents()[0].remark == "已与支付平台核实"
