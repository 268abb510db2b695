"""Collective payment: one sum for several people's orders, each settled once, whoever pays first (S1-184, decision 16)."""
import json

import pytest
import sqlalchemy as sa

from app import payments
from app.errors import NotFound, RequestInvalid
from app.payments import JointOrder, PaymentOrder, PaymentReceipt, joint
from app.sheets import write_book
from app.payments import bank
from app.payments.gateway import GatewayDown
from app.store import session, transaction
from tests.connectors.bare import bare_case
from tests.faults.racing import race
from tests.payments.gateways import SECRET, notice, running_gateway
from tests.payments.test_callbacks import an_order, read, receipts
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


@pytest.fixture
def sun(app, clock):
    return builders.person("sun", "operator@acme", name="孙文静", clock=clock)


@pytest.fixture
def three(app, clock):
    """Three orders that the unit may pay."""
    orders = [an_order(clock, call=f"joint-{n}") for n in range(3)]
    with transaction():
        for order in orders:
            order.sponsor = "org:acme"
    return orders


def made_of(orders, sun, clock, key="k1") -> JointOrder:
    return payments.place_joint([order.order_no for order in orders], key=key, actor=sun, clock=clock)


def told(order, **changes) -> str:
    body, signature = notice(order, **changes)
    assert json.loads(body)["amount"] == changes.get("amount", order.amount)
    return body, signature


def test_one_sum_one_notice_and_each_member_is_paid_once(sun, three, clock):
    order = made_of(three, sun, clock)
    assert (order.amount, order.state, bool(order.pay_url)) == (135000, "open", True) and len(joint.members_of(order)) == 3
    assert made_of(three, sun, clock).order_no == order.order_no, "the same page sent twice makes one"
    assert payments.receive_callback(*told(order), clock=clock) == "applied"
    assert payments.receive_callback(*told(order), clock=clock) == "duplicate"
    assert payments.receive_callback(*told(order, event_id="again"), clock=clock) == "noted"
    assert {read(each).state for each in three} == {"paid"} and len(receipts()) == 3
    assert session().scalar(sa.select(sa.func.sum(PaymentReceipt.amount))) == 135000


def test_who_has_paid_meanwhile_gets_their_part_back(sun, three, clock):
    order = made_of(three, sun, clock)
    payments.receive_callback(*notice(three[0], event_id="own", gateway_no="OWN"), clock=clock)
    assert joint.is_stale(order)
    assert payments.receive_callback(*told(order), clock=clock) == "applied"
    assert {read(each).state for each in three} == {"paid"}
    assert receipts() == {"OWN": "applied", f"GW1/{three[0].order_no}": "refund_due", **{f"GW1/{each.order_no}": "applied" for each in three[1:]}}


def test_a_joint_order_with_a_settled_member_is_closed_by_the_sweep_and_the_rest_chosen_anew(sun, three, clock, gateway):
    order = made_of(three, sun, clock)
    payments.receive_callback(*notice(three[0], event_id="own", gateway_no="OWN"), clock=clock)
    payments.settle_open_orders(clock)
    session().rollback()
    session().refresh(order)
    assert (order.state, gateway[1].get(order.order_no)["state"]) == ("closed", "closed")
    with pytest.raises(RequestInvalid):
        made_of(three, sun, clock, key="k2")
    assert made_of(three[1:], sun, clock, key="k3").amount == 90000


def test_only_orders_that_the_unit_may_pay_and_at_least_one(sun, three, clock):
    with pytest.raises(RequestInvalid):
        made_of([], sun, clock)
    with transaction():
        three[2].sponsor = "org:bay"
    with pytest.raises(NotFound):
        made_of(three, sun, clock)
    assert [order.order_no for order in joint.payable_orders("org:acme", now=clock())] == [order.order_no for order in three[:2]]


def test_a_gateway_that_is_down_keeps_the_number_and_the_counter_takes_the_whole_sum(sun, three, app, clock):
    app.config["GATEWAY_URL"] = "http://127.0.0.1:1"
    order = made_of(three, sun, clock)
    assert (order.state, order.pay_url) == ("new", "")
    line = (order.notice_no, "艾克米", "1350.00", "2026-03-01 10:00:00", "BANK1")
    payments.import_bank_file(write_book("到账", bank.COLUMNS, [line]), "x.xlsx", actor=sun, clock=clock)
    assert {read(each).state for each in three} == {"paid"}
    session().refresh(order)
    assert order.state == "paid"


@pytest.mark.both_stores
def test_paid_jointly_and_alone_at_the_same_moment_nobody_pays_twice(sun, three, app, clock):
    order = made_of(three, sun, clock)
    own = [notice(each, event_id=f"own-{n}", gateway_no=f"OWN{n}") for n, each in enumerate(three)]
    whole, again = told(order), told(order, event_id="again")
    session().rollback()
    race(app, *[lambda said=said: payments.receive_callback(*said, clock=clock) for said in (whole, *own, again)])
    session().rollback()
    states = session().execute(sa.select(PaymentReceipt.order_no, PaymentReceipt.state)).all()
    for each in three:
        assert sorted(state for number, state in states if number == each.order_no) == ["applied", "refund_due"]
    assert {order.state for order in session().scalars(sa.select(PaymentOrder).execution_options(populate_existing=True))} == {"paid"}


def test_a_member_whose_case_has_ended_gets_the_part_back(sun, app, clock):
    gone = an_order(clock, case=bare_case("gone", ended=clock()), call="gone")
    with transaction():
        gone.sponsor = "org:acme"
    order = made_of([gone], sun, clock)
    assert payments.receive_callback(*told(order), clock=clock) == "refund_due"
    assert read(gone).state == "refund_due"


def test_the_page_lists_what_may_be_paid_masks_names_and_leads_to_one_sum(sun, three, app, clock):
    client = app.test_client()
    builders.sign_in(client, "sun")
    page = client.get("/payments/joint").text
    assert page.count('name="order"') == 3 and "李*" in page and "李雷" not in page and "¥1,350.00" in page
    token = builders.csrf_token(client)
    assert "请勾选" in client.post("/payments/joint", data={"csrf_token": token, "key": "p"}, follow_redirects=True).text
    sent = client.post("/payments/joint", data={"csrf_token": token, "key": "p1", "order": [order.order_no for order in three[:2]]}, follow_redirects=True)
    assert "¥900.00" in sent.text and "包含 2 人" in sent.text and "<svg" in sent.text
    assert "本单位人员" in client.get("/payments?of=unit").text and three[0].notice_no in client.get("/payments?of=unit").text
    number = session().query(JointOrder).one().order_no
    closed = client.post(f"/payments/joint/{number}", data={"csrf_token": token, "do": "close"}, follow_redirects=True)
    assert "重新勾选" in closed.text and "已关闭" in closed.text


def test_another_unit_and_a_person_without_one_see_nothing_of_it(sun, three, app, clock):
    order = made_of(three, sun, clock)
    builders.person("luo", "operator@bay", clock=clock), builders.person("li", "applicant", clock=clock)
    for who, status in (("luo", 404), ("li", 403)):
        client = app.test_client()
        builders.sign_in(client, who)
        assert client.get(f"/payments/joint/{order.order_no}").status_code == status


def test_a_joint_order_closed_while_the_gateway_is_down_is_closed_there_later(sun, three, app, clock, gateway):
    order = made_of(three, sun, clock, key="closing")
    there = app.config["GATEWAY_URL"]
    app.config["GATEWAY_URL"] = "http://127.0.0.1:1"
    with pytest.raises(GatewayDown):
        payments.close_joint(order.order_no, clock=clock)
    assert gateway[1].get(order.order_no)["state"] == "open"
    app.config["GATEWAY_URL"] = there
    payments.settle_open_orders(clock)
    assert gateway[1].get(order.order_no)["state"] == "closed"


def test_a_joint_order_paid_at_the_counter_can_no_longer_be_paid_online(sun, three, clock, gateway):
    order = made_of(three, sun, clock, key="counter")
    line = (order.notice_no, "艾克米", "1350.00", "2026-03-01 10:00:00", "BANK2")
    payments.import_bank_file(write_book("到账", bank.COLUMNS, [line]), "x.xlsx", actor=sun, clock=clock)
    payments.settle_open_orders(clock)
    assert gateway[1].get(order.order_no)["state"] == "closed" and {read(each).state for each in three} == {"paid"}


def test_back_and_one_more_ticked_is_another_sum_and_a_page_without_its_key_makes_none(sun, three, clock):
    assert made_of(three[:2], sun, clock).amount == 90000
    assert made_of(three, sun, clock).amount == 135000
    with pytest.raises(RequestInvalid):
        made_of(three, sun, clock, key="")


def test_past_the_deadline_nothing_can_be_chosen(sun, three, clock):
    with transaction():
        three[0].deadline = "2026-03-01T17:00:00+08:00"
    with pytest.raises(RequestInvalid, match="期限"):
        made_of(three, sun, clock)


def test_two_payments_whose_long_numbers_differ_at_the_end_are_two(sun, three, clock):
    order = made_of(three, sun, clock)
    long = "2026030212345678901234567890123456789012345678"
    assert payments.receive_callback(*told(order, event_id="a", gateway_no=long + "A"), clock=clock) == "applied"
    assert payments.receive_callback(*told(order, event_id="b", gateway_no=long + "B"), clock=clock) == "refund_due"
    assert sorted(receipts().values()) == ["applied"] * 3 + ["refund_due"] * 3


@pytest.mark.both_stores
def test_two_presses_at_once_make_one_joint_order(sun, three, app, clock):
    numbers = [order.order_no for order in three]
    session().rollback()
    found = race(app, *[lambda: payments.place_joint(numbers, key="k1", actor=sun, clock=clock).order_no] * 4)
    session().rollback()
    assert len(set(found)) == 1 and session().scalar(sa.select(sa.func.count(JointOrder.id))) == 1


def test_another_sum_that_shows_when_an_order_is_closed_is_an_incident_and_pays_nothing(three, clock, gateway):
    order = three[0]
    payments.ask_about(payments.place_order("odd", order.case_id, clock=clock, subject="评审费", amount=45000, payer="person:li", payer_name="李雷",
                                            message="paid", payee_name="财政", payee_code="1").order_no, clock=clock)
    placed = session().scalar(sa.select(PaymentOrder).where(PaymentOrder.call_id == "odd"))
    said = gateway[1].get(placed.order_no)
    gateway[1].record(placed.order_no, "paid")
    said = gateway[1].get(placed.order_no)
    said["payments"][0]["amount"] = 1
    gateway[1]._write(said)
    assert payments.close_order(placed.order_no, clock=clock).state == "closed"
    assert [incident.kind for incident in payments.open_incidents()] == ["altered"]
