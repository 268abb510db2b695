"""Certificates: one number each without gaps, signed, checkable by code, and no more shown than needed."""
import threading

import pytest
import sqlalchemy as sa

from app import certificates
from app.certificates import Certificate, issue_certificate, revoke_certificate, verify_code
from app.certificates.changing import CORRECTED, Wanted, change_certificate
from app.certificates.numbers import next_number
from app.certificates.verification import masked_name
from app.errors import NotFound, RequestInvalid
from app.keys import rotate
from app.materials.blobs import read_blob
from app.store import session, transaction
from tests.connectors.bare import bare_case
from tests.support import builders


@pytest.fixture
def case(app):
    return bare_case("li")


def draw(extra) -> bytes:
    return b"%PDF- " + extra["certificate"]["number"].encode()


def issue(case, clock, call="call-1", **changes) -> Certificate:
    facts = {"holder": "person:li", "holder_name": "李雷雷", "title": "高级工程师", "render": draw, "fields": {"major": "机械"}}
    return issue_certificate(call, case.id, clock=clock, **facts | changes)


def change(old, clock, call="change-1", kind=CORRECTED, **wanted) -> Certificate:
    wanted = Wanted(**{"reason": "专业名称有误"} | wanted)
    return change_certificate(call, old.number, kind, wanted, render=lambda _made, extra: draw(extra), clock=clock)


def test_a_certificate_is_numbered_signed_and_kept_with_its_pdf(case, clock):
    certificate = issue(case, clock)
    assert (certificate.number, certificate.state) == ("202600000001", "valid")
    assert len(certificate.code) == 26 and len(certificate.signature) == 128
    assert read_blob(certificate.pdf_digest) == b"%PDF- 202600000001"


def test_the_same_request_again_is_the_same_certificate_drawn_once(case, clock):
    drawn = []

    def counting(extra):
        drawn.append(extra)
        return draw(extra)

    assert issue(case, clock, render=counting).id == issue(case, clock, render=counting).id
    assert len(drawn) == 1 and set(drawn[0]["certificate"]) >= {"holder", "title", "number", "code", "issued_on", "fields"}


def test_a_crash_while_drawing_keeps_the_number_for_the_next_try(case, clock):
    def crash(_extra):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        issue(case, clock, render=crash)
    unfinished = session().query(Certificate).one()
    assert unfinished.state == "making" and verify_code(unfinished.code) is None
    assert issue(case, clock, call="call-2").number == "202600000002"
    finished = issue(case, clock)
    assert (finished.number, finished.state) == ("202600000001", "valid")


@pytest.mark.both_stores
def test_numbers_taken_at_once_are_unique_and_without_gaps(app, clock):
    case_id = bare_case("li").id
    failures, each = [], 10

    def work(worker):
        with app.app_context():
            for turn in range(each):
                try:
                    with transaction():
                        next_number("DEMO-{year}-{seq:4}", clock())
                        if turn % 5 == 4:
                            raise ZeroDivisionError  # a command that fails gives its number back
                        certificate = Certificate(
                            number=next_number("{seq}", clock()), code=f"{worker}-{turn}", call_id=f"{worker}-{turn}", case_id=case_id,
                            holder="person:li", holder_name="李", title="t", issued_at=clock(), state_at=clock())
                        session().add(certificate)
                except ZeroDivisionError:
                    continue
                except Exception as error:
                    failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    assert failures == []
    numbers = sorted(int(number) for number in session().scalars(sa.select(Certificate.number)))
    assert numbers == list(range(1, 81))


def test_a_format_counts_anew_when_its_year_or_prefix_changes(app, clock):
    with transaction():
        assert next_number("演示{year}-{seq:3}", clock()) == "演示2026-001"
        assert next_number("演示{year}-{seq:3}", clock()) == "演示2026-002"
        assert next_number("演示{year}-{seq:3}", clock().replace(year=2027)) == "演示2027-001"
        assert next_number("A{seq}", clock()) == "A1"
        for wrong in ("{year}", "{seq}{seq}", "{seq.__class__}", "{seq}{name}", "no number"):
            with pytest.raises(RequestInvalid):
                next_number(wrong, clock())


def test_a_number_of_another_authority_is_taken_as_it_is_but_once(case, clock):
    assert issue(case, clock, number="粤高职证字第1号").number == "粤高职证字第1号"
    with pytest.raises(RequestInvalid):
        issue(case, clock, call="call-2", number="粤高职证字第1号")


def test_the_check_shows_as_few_facts_as_needed(case, clock):
    certificate = issue(case, clock)
    spelled = " ".join([certificate.code[:5].upper(), certificate.code[5:]]).replace(" ", " - ")
    found = verify_code(spelled)
    assert (found.holder, found.title, found.state) == ("李*雷", "高级工程师", "valid")
    assert "li" not in repr(found).split("title")[0] and "机械" not in repr(found)


@pytest.mark.parametrize("name, shown", [("李雷", "李*"), ("李", "李"), ("欧阳小明", "欧**明"), ("Li Lei", "L****i"), ("", "")])
def test_names_are_masked(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize("column, value", [
    ("holder_name", "韩梅梅"), ("title", "正高级工程师"), ("fields", {"major": "电子"}), ("signature", "00" * 64), ("signature", "zz"),
    ("key_id", "99"), ("pdf_digest", "0" * 64)])
def test_a_row_that_was_altered_is_no_certificate(case, clock, column, value):
    certificate = issue(case, clock)
    with transaction():
        setattr(certificate, column, value)
    assert verify_code(certificate.code) is None


def test_what_an_older_key_signed_still_verifies(case, clock):
    first = issue(case, clock)
    rotate("certificate")
    second = issue(case, clock, call="call-2")
    assert first.key_id != second.key_id
    assert verify_code(first.code).state == verify_code(second.code).state == "valid"


def test_a_revoked_certificate_says_so_at_once(case, clock):
    certificate = issue(case, clock)
    with pytest.raises(RequestInvalid):
        revoke_certificate(certificate.number, reason=" ", clock=clock)
    with pytest.raises(NotFound):
        revoke_certificate("none", reason="弄虚作假", clock=clock)
    revoke_certificate(certificate.number, reason="弄虚作假", clock=clock)
    assert verify_code(certificate.code).state == "revoked"


def test_a_corrected_certificate_points_to_the_new_one_and_is_corrected_once(case, clock):
    old = issue(case, clock)
    new = change(old, clock, call="call-2")
    assert (verify_code(old.code).state, verify_code(new.code).state) == ("corrected", "valid")
    assert (new.number, new.edition, old.edition) == (old.number, 2, 1)
    assert change(old, clock, call="call-2").id == new.id


def test_random_codes_find_nothing(case, clock):
    issue(case, clock)
    for guess in ("", "x", "a" * 26, "' OR 1=1", "%", "../", "é" * 100):
        assert verify_code(guess) is None


class TestOverHttp:
    @pytest.fixture
    def certificate(self, case, clock):
        builders.person("li", clock=clock)
        builders.person("wang", clock=clock)
        return issue(case, clock)

    def test_anybody_checks_a_code_and_no_cache_keeps_the_answer(self, client, certificate, clock):
        answer = client.get(f"/verify/{certificate.code}")
        assert answer.status_code == 200 and "有效" in answer.text and "李*雷" in answer.text
        assert "李雷雷" not in answer.text and certificate.number not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        revoke_certificate(certificate.number, reason="弄虚作假", clock=clock)
        after = client.get(f"/verify/{certificate.code}").text
        assert "已撤销" in after and "弄虚作假" not in after

    def test_the_form_leads_to_the_answer_and_an_unknown_code_to_what_to_do(self, client, certificate):
        assert client.get("/verify").status_code == 200
        answer = client.get("/verify", query_string={"code": certificate.code.upper()})
        assert answer.headers["Location"].endswith(f"/verify/{certificate.code}")
        unknown = client.get("/verify/abcdefgh")
        assert unknown.status_code == 404 and "查无此证" in unknown.text

    def test_checks_of_one_address_are_limited(self, client, app, certificate):
        app.config["VERIFY_RATE"] = "3/minute"
        answers = [client.get(f"/verify/{n}").status_code for n in range(5)]
        assert answers == [404, 404, 404, 429, 429]

    def test_only_its_holder_downloads_the_pdf(self, app, certificate):
        li, wang = app.test_client(), app.test_client()
        builders.sign_in(li, "li")
        builders.sign_in(wang, "wang")
        answer = li.get(f"/certificates/{certificate.number}.pdf")
        assert answer.status_code == 200 and answer.mimetype == "application/pdf"
        assert wang.get(f"/certificates/{certificate.number}.pdf").status_code == 404
        assert certificate.number in li.get("/certificates").text
        assert certificate.number not in wang.get("/certificates").text


def test_holder_and_readers_of_the_case_may_download_nobody_else(case, clock):
    certificate = issue(case, clock)
    assert certificates.can_download(certificate, builders.person("li", clock=clock))
    assert certificates.can_download(certificate, builders.person("a", "auditor", clock=clock))
    assert not certificates.can_download(certificate, builders.person("wang", clock=clock))
