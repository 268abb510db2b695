"""Payments at the counter: the bank's file, taken in whole or not at all, matched line by line (D-85, D-90, X-05)."""
import pytest

from app import payments
from app.errors import BankFileRefused, RequestInvalid, SheetRefused
from app.payments import BankLine, PaymentOrder, PaymentReceipt, bank
from app.sheets import write_book
from app.store import session, transaction
from tests.connectors.bare import bare_case
from tests.connectors.procedures import publish_fees
from tests.payments.test_callbacks import an_order, read, receipts
from tests.support import builders


@pytest.fixture
def tan(app, clock):
    return builders.person("tan", "cashier", name="谈静", clock=clock)


def line(order_or_notice, amount="450.00", at="2026-03-01 10:15:00", serial="S1", payer="李雷"):
    return (getattr(order_or_notice, "notice_no", order_or_notice), payer, amount, at, serial)


def take_in(tan, clock, *rows, name="到账.xlsx"):
    taken = payments.import_bank_file(write_book("到账", bank.COLUMNS, rows), name, actor=tan, clock=clock)
    session().rollback()
    return {each.serial: each.verdict for each in bank.lines_of(taken.id)}


def with_deadline(order, deadline="2026-03-02T08:00:00+08:00"):
    with transaction():
        order.deadline = deadline
    return order


def test_a_line_with_number_and_sum_pays_the_order(tan, clock):
    order = an_order(clock)
    assert take_in(tan, clock, line(order)) == {"S1": "applied"}
    assert (read(order).state, order.channel, receipts()) == ("paid", "柜台", {"BKS1": "applied"})


def test_it_counts_when_it_was_paid_not_when_we_hear_of_it(tan, clock):
    """D-85: in time, heard of after the deadline, the order closed meanwhile, its case still waiting."""
    order = with_deadline(an_order(clock, state="closed"))
    assert take_in(tan, clock, line(order, at="2026-03-02 07:59:59")) == {"S1": "applied"}
    assert read(order).state == "paid"


def test_what_does_not_match_waits_for_a_person_and_the_rest_goes_on(tan, clock):
    one, two, three = (an_order(clock, call=call) for call in ("a", "b", "c"))
    with_deadline(three, "2026-03-01T17:00:00+08:00")
    with transaction():
        two.state = "paid"
    found = take_in(tan, clock, line(one, serial="S1"), line(two, serial="S2"), line("9999", serial="S3"),
                    line(an_order(clock, call="d"), "449.99", serial="S4"), line(three, at="2026-03-01 17:00:01", serial="S5"))
    assert found == {"S1": "applied", "S2": "twice", "S3": "unknown", "S4": "amount", "S5": "late"}
    assert [each.serial for each in bank.waiting_lines()] == ["S2", "S3", "S4", "S5"]
    assert receipts() == {"BKS1": "applied"}, "what waits for a person moves no money"


@pytest.mark.parametrize("bad, why", [
    (line("1", "vierhundert"), "不是数字"), (line("1", "0"), "大于零"), (line("1", "1.005"), "两位小数"), (line("1", at="gestern"), "缴费时间"),
    (line("1", at="2099-01-01"), "将来"), (line("1", serial=""), "没有填写流水号"), (line("1", serial="S1"), "相同")])
def test_one_line_that_cannot_be_read_keeps_the_whole_file_out(tan, clock, bad, why):
    order = an_order(clock)
    with pytest.raises(BankFileRefused) as refusal:
        take_in(tan, clock, line(order, serial="S1"), bad)
    assert why in refusal.value.message and "第3行" in refusal.value.message
    assert read(order).state == "open" and session().query(BankLine).count() == 0


def test_the_same_file_or_serial_is_not_taken_in_twice(tan, clock):
    order = an_order(clock)
    take_in(tan, clock, line(order))
    with pytest.raises(BankFileRefused) as refusal:
        take_in(tan, clock, line(order), line("2", serial="S2"), name="again.xlsx")
    assert "以前已经导入" in refusal.value.message
    assert receipts() == {"BKS1": "applied"}


def test_a_file_without_the_columns_says_which(tan, clock):
    with pytest.raises(SheetRefused) as refusal:
        payments.import_bank_file("姓名,金额\n李雷,450\n".encode(), "x.csv", actor=tan, clock=clock)
    assert "通知书号码" in refusal.value.message


def test_a_line_left_after_a_crash_is_matched_by_the_sweep(tan, clock, monkeypatch):
    order = an_order(clock)
    monkeypatch.setattr(bank, "match_bank_lines", lambda clock, **_how: 0)  # the moment of a kill -9
    take_in(tan, clock, line(order))
    monkeypatch.undo()
    assert read(order).state == "open"
    payments.settle_open_orders(clock)
    assert read(order).state == "paid"


def test_a_person_takes_a_late_payment_gives_it_back_or_only_notes(tan, clock):
    """D-87: late money is a person's decision, with a word."""
    late, gone, odd = (with_deadline(an_order(clock, case=case, call=call), "2026-02-27T17:00:00+08:00")
                       for call, case in (("a", None), ("b", bare_case("9002", ended=clock())), ("c", None)))
    take_in(tan, clock, line(late, serial="A"), line(gone, serial="B"), line(odd, serial="C"))
    with pytest.raises(RequestInvalid):
        payments.handle_line("A", "accept", " ", actor=tan, clock=clock)
    assert payments.handle_line("A", "accept", "办公室同意", actor=tan, clock=clock).verdict == "applied"
    with pytest.raises(RequestInvalid) as refusal:
        payments.handle_line("B", "accept", "办公室同意", actor=tan, clock=clock)
    assert "退款" in refusal.value.why
    assert payments.handle_line("B", "refund", "已逾期", actor=tan, clock=clock).verdict == "refund_due"
    assert payments.handle_line("C", "note", "银行错记，已冲正", actor=tan, clock=clock).verdict == "noted"
    assert (read(late).state, receipts()) == ("paid", {"BKA": "applied", "BKB": "refund_due"})


def test_a_payment_the_office_has_confirmed_is_the_same_as_the_banks_line(tan, clock):
    order = an_order(clock)
    payments.declare_counter(order.order_no, "SLIP-1", clock=clock)
    assert payments.ten_fields(read(order))["state"] == "待确认"
    payments.confirm_counter(order.order_no, amount=45000, paid_on="2026-03-01", clock=clock)
    payments.confirm_counter(order.order_no, amount=45000, paid_on="2026-03-01", clock=clock)
    assert (read(order).state, payments.ten_fields(order)["state"]) == ("paid", "已支付")
    assert take_in(tan, clock, line(order)) == {"S1": "known"}
    assert [(r.source, r.payment_no) for r in session().query(PaymentReceipt)] == [("bank", "BKS1")]
    assert take_in(tan, clock, line(order, serial="S2")) == {"S2": "twice"}


def test_an_import_moves_the_case_as_a_notice_of_the_gateway_would(tan, clock):
    from app.operations.outbox import drain_outbox

    publish_fees(clock)
    case = builders.start_case("fees", builders.person("li", name="李雷", clock=clock), clock=clock)
    drain_outbox(clock)
    order = session().query(PaymentOrder).one()
    assert take_in(tan, clock, line(order, at="2026-03-02 08:00:00")) == {"S1": "applied"}
    session().refresh(case)
    assert case.ended_at is not None


class TestPages:
    def test_finance_imports_a_file_sees_each_line_and_settles_what_is_left(self, tan, app, client, clock):
        order = an_order(clock)
        builders.sign_in(client, "tan")
        token = builders.csrf_token(client)
        rows = [line(order), line("404", serial="S9")]
        import io

        data = {"csrf_token": token, "file": (io.BytesIO(write_book("到账", bank.COLUMNS, rows)), "三月.xlsx")}
        page = client.post("/finance/bank", data=data, content_type="multipart/form-data", follow_redirects=True).text
        assert "已入账 1 笔，需要人工处理 1 笔" in page and "查无此通知书" in page
        assert "S9" in client.get("/finance/bank").text
        client.post("/finance/bank/lines/S9", data={"csrf_token": token, "do": "note", "remark": "银行错投"})
        assert "没有需要处理的到账" in client.get("/finance/bank").text
        assert client.get("/finance/bank/template.xlsx").status_code == 200

    def test_a_file_that_is_refused_is_told_line_by_line(self, tan, app, client, clock):
        import io

        builders.sign_in(client, "tan")
        data = {"csrf_token": builders.csrf_token(client), "file": (io.BytesIO(write_book("到账", bank.COLUMNS, [line("1", "x")])), "x.xlsx")}
        answer = client.post("/finance/bank", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422 and "第2行" in answer.text and "不是数字" in answer.text

    def test_only_finance_and_auditors_come_here(self, app, client, clock):
        builders.person("li", "applicant", clock=clock)
        builders.sign_in(client, "li")
        assert {client.get(f"/finance{path}").status_code for path in ("", "/bank", "/reconciliation", "/refunds", "/incidents")} == {403}
