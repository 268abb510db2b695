"""The register for those who keep certificates, numbers out of a workbook, and a superior system that may be away (E-10, D-115)."""
import io
import threading

import httpx
import openpyxl
import pytest
from werkzeug.serving import make_server

from app.certificates import newest, revoke_certificate
from app.certificates.renumbering import Pair, give_number, judge, start_renumbering
from app.connectors import Call, handler_of
from app.errors import NotAllowed
from app.jobs import Work, items_of, job_of, run_jobs
from app.sandbox.gateway import create_gateway
from tests.certificates.making import change, draw, issue
from tests.registers.test_bars import FORMS, diagram
from tests.support import builders
from tests.support.builders import csrf_token

KEPT = '<camunda:property name="starters" value="*"/>'
ROLES = "asker: {name: 申请人, scope: none, desk: false}\nkeeper: {name: 制证岗, scope: none, desk: false}\n"


@pytest.fixture
def case(app, clock):
    """A case of a procedure whose diagram says who keeps its certificates, with a report that draws them."""
    drawn = diagram().replace(KEPT, KEPT + '<camunda:property name="certificates_kept_by" value="keeper"/>')
    reports = {"reports/asking/reports.yml": 'paper: {title: 证书}\n',
               "reports/asking/paper.html": "<html><body><p>{{ certificate.number }} {{ certificate.holder }}</p></body></html>"}
    builders.publish(builders.bundle_from(drawn, name="asking", forms=FORMS, roles=ROLES, **reports), demo=False, clock=clock)
    li = builders.person("li", "asker", name="李雷雷", clock=clock)
    builders.person("ma", "keeper", name="马丽", clock=clock)
    builders.person("wang", "asker", clock=clock)
    return builders.start_case("asking", li, clock=clock, answers={"card": "1"})


@pytest.fixture
def ma(app, case):
    browser = app.test_client()
    builders.sign_in(browser, "ma")
    return browser


def test_the_register_is_found_by_number_holder_state_batch_and_year(ma, case, clock):
    one = issue(case, clock, batch="GC-1", report="paper")
    other = issue(case, clock, call="call-2", holder_name="韩梅梅", batch="GC-2")
    revoke_certificate(other.number, reason="弄虚作假", clock=clock)

    def found(**asked):
        page = ma.get("/certificates/register", query_string=asked).text
        return [number for number in (one.number, other.number) if f">{number}" in page or f"{number}\n" in page]

    assert found() == [one.number, other.number]
    assert found(q="韩梅") == found(state="revoked") == found(batch="GC-2") == [other.number]
    assert found(q=one.number) == [one.number] and found(year="2025") == [] and found(year="2026") == [one.number, other.number]
    assert found(q="%") == []


def test_one_certificate_shows_its_editions_history_and_who_asked(ma, case, clock):
    old = issue(case, clock, fields={"dates": {"投票日期": "2026-02-01"}})
    new = change(old.number, clock, title="正高级工程师", category="印制有误")
    ma.get(f"/verify/{new.code}")
    page = ma.get(f"/certificates/register/{new.id}").text
    for words in ("第 2 版", "第 1 版", "高级工程师 → 正高级工程师", "印制有误", "高建国", "2026年2月1日", "马丽"):
        assert words in page


def test_the_workbook_holds_what_the_list_shows(ma, case, clock):
    issue(case, clock, holder_name="=1+1")
    sheet = openpyxl.load_workbook(io.BytesIO(ma.get("/certificates/register/list.xlsx").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "证书编号" and rows[1][0] == "202600000001"
    assert sheet["C2"].data_type == "s"


def test_whoever_keeps_none_sees_no_register(app, case, clock):
    certificate = issue(case, clock)
    wang = app.test_client()
    builders.sign_in(wang, "wang")
    assert wang.get("/certificates/register").status_code == 403
    assert wang.get(f"/certificates/register/{certificate.id}").status_code == 404
    assert wang.get(f"/certificates/{certificate.number}.pdf").status_code == 404
    with pytest.raises(NotAllowed):
        start_renumbering([Pair(certificate.number, "", "x")], actor=builders.actor("wang"), clock=clock)


def book(*rows) -> bytes:
    made = openpyxl.Workbook()
    for row in (("证书编号", "持证人", "上级系统编号"), *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_with_a_mistake_changes_nothing_and_says_which_row(ma, case, clock):
    one = issue(case, clock)
    other = issue(case, clock, call="call-2")
    content = book((one.number, "韩梅梅", "省1"), (other.number, "", other.number[:-1] + "1"), ("没有", "", "省3"), (one.number, "李雷雷", ""))
    answer = ma.post("/certificates/register/numbers", data={"csrf_token": csrf_token(ma), "file": (io.BytesIO(content), "a.xlsx")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    for words in ("第 2 行，持证人：与证书上的持证人不一致", "第 3 行，上级系统编号：编号", "第 4 行，证书编号：没有编号为“没有”的证书", "第 5 行，上级系统编号：请填写编号"):
        assert words in answer.text
    assert newest("省1") is None


def test_numbers_are_shown_confirmed_and_given_by_a_job_once(ma, case, clock):
    one = issue(case, clock, report="paper")
    sent = ma.post("/certificates/register/numbers", data={"csrf_token": csrf_token(ma), "file": (io.BytesIO(book((one.number, "李雷雷", "省1"))), "a.xlsx")}, content_type="multipart/form-data")
    assert sent.status_code == 200 and "启用 1 个新编号" in sent.text and newest("省1") is None
    taken = ma.post("/certificates/register/numbers/take", data={"csrf_token": csrf_token(ma), "pairs": f'[["{one.number}", "省1"]]'})
    assert taken.status_code == 303
    run_jobs(clock)
    made = newest("省1")
    assert (made.state, made.replaces, newest(one.number).state) == ("valid", one.number, "corrected")
    job = taken.headers["Location"].rstrip("/").rpartition("/")[2]
    assert [item.words for item in items_of(job_of(job, builders.actor("ma"))).rows] == ["已启用"]


def test_what_is_refused_while_the_job_runs_counts_as_not_done(ma, case, clock):
    one = issue(case, clock, report="paper")
    pairs = [Pair(one.number, "", "省1"), Pair(one.number, "", "省2")]
    job = start_renumbering(pairs, actor=builders.actor("ma"), clock=clock)
    run_jobs(clock)
    done = job_of(job.id, builders.actor("ma"))
    assert (done.done, done.failed, newest("省2")) == (1, 1, None)
    assert "不能改编号" in items_of(done, state="failed").rows[0].words


def test_the_hundredth_and_the_thousandth_of_a_job_are_two(ma, case, clock):
    one, other = issue(case, clock, report="paper"), issue(case, clock, call="call-2", report="paper")
    for place, (certificate, new) in {100: (one, "省1"), 1000: (other, "省2")}.items():
        item = {"number": certificate.number, "new": new}
        give_number(Work(key=f"{'a' * 32}:{place}", item=item, parameters={}, actor=builders.actor("ma"), clock=clock))
    assert (newest("省1").replaces, newest("省2").replaces) == (one.number, other.number)


def test_twice_in_one_file_is_a_mistake(case, clock):
    one = issue(case, clock)
    faults = judge([Pair(one.number, "", "省1"), Pair(one.number, "", "省2")], [2, 3], builders.actor("ma"))
    assert [(fault.line, fault.message) for fault in faults] == [(3, "同一张证书在文件中出现两次")]


@pytest.fixture(scope="module")
def province():
    server = make_server("127.0.0.1", 0, create_gateway(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/province"
    server.shutdown()


def push(case, clock, number, **parameters) -> dict:
    return handler_of("certificate.push")(Call(
        id="push-1", case_id=case.id, case_number=case.number, parameters={"number": number} | parameters, clock=clock))


def test_a_certificate_waits_for_the_province_and_is_released_by_its_answer(app, case, clock, province):
    held = issue(case, clock, hold=True)
    app.config["PROVINCE_URL"] = "http://127.0.0.1:1/province"
    with pytest.raises(httpx.HTTPError):
        push(case, clock, held.number)
    assert newest(held.number).state == "held"
    app.config["PROVINCE_URL"] = province
    assert push(case, clock, held.number)["accepted"] is True
    assert newest(held.number).state == "valid"


def test_the_number_of_the_province_may_take_the_place_of_ours(app, case, clock, province):
    held = issue(case, clock, hold=True, report="paper", render=draw)
    app.config["PROVINCE_URL"] = province
    answer = push(case, clock, held.number, take_number=True)
    assert answer["number"].startswith("示范省") and newest(answer["number"]).state == "valid"
    assert newest(held.number).state == "corrected"


def test_where_there_is_no_such_system_nothing_waits(case, clock):
    held = issue(case, clock, hold=True)
    assert push(case, clock, held.number) == {"accepted": False, "number": held.number}
    assert newest(held.number).state == "valid"
