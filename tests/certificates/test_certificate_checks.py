"""Who may ask about a certificate, in which ways, how often, and what the holder sees of it (T18, E-11, J-13, D-114)."""
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from app.certificates import CertificateCheck, revoke_certificate, verify_code, verify_file, verify_number
from app.certificates.numbers import new_code
from app.certificates.verification import forget_old_checks
from app.materials.blobs import read_blob
from app.store import session
from tests.certificates.making import change, issue
from tests.connectors.bare import bare_case
from tests.support import builders
from tests.support.builders import csrf_token


@pytest.fixture
def certificate(app, clock):
    builders.person("li", name="李雷雷", clock=clock)
    return issue(bare_case("li"), clock)


def by_number(browser, number, name, **more):
    return browser.post("/verify/number", data={"number": number, "name": name, "csrf_token": csrf_token(browser)} | more)


@pytest.mark.parametrize("name, found", [("李雷雷", True), (" 李 雷雷 ", True), ("李雷", False), ("", False), ("%", False)])
def test_number_and_name_must_both_be_right(certificate, name, found):
    assert (verify_number(certificate.number, name) is not None) == found
    assert verify_number("示范1", "李雷雷") is None


def test_names_with_middle_dots_are_found_however_the_dot_is_typed(app, clock):
    certificate = issue(bare_case("li"), clock, holder_name="阿卜杜热西提·阿布都外力")
    for dot in "·•‧・":
        assert verify_number(certificate.number, f"阿卜杜热西提{dot}阿布都外力")


def test_wrong_and_unknown_get_the_same_answer(client, app, certificate):
    app.config["VERIFY_FREE_TRIES"] = 100
    wrong, unknown = by_number(client, certificate.number, "王五"), by_number(client, "示范9", "李雷雷")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.text.replace(certificate.number, "").replace("王五", "") != "" and "没有编号和姓名都相符的证书" in wrong.text and "没有编号和姓名都相符的证书" in unknown.text


def test_after_three_wrong_names_the_next_needs_a_proof(client, certificate):
    for _turn in range(3):
        assert by_number(client, certificate.number, "王五").status_code == 404
    refused = by_number(client, certificate.number, "李雷雷")
    assert refused.status_code == 403 and "人机验证" in refused.text and f'value="{certificate.number}"' in refused.text


def test_the_page_shows_no_more_than_needed_and_is_kept_nowhere(client, certificate):
    answer = by_number(client, certificate.number, "李雷雷")
    assert answer.status_code == 200 and "李*雷" in answer.text and "机械" not in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_a_revocation_shows_at_the_next_look_with_date_and_category_alone(client, certificate, clock):
    assert "有效" in client.get(f"/verify/{certificate.code}").text
    revoke_certificate(certificate.number, reason="学历证书经核实为伪造", category="提供虚假材料", clock=clock)
    page = client.get(f"/verify/{certificate.code}").text
    assert "已撤销" in page and "提供虚假材料" in page and "2026年3月2日" in page and "学历证书" not in page


def test_all_addresses_together_are_limited_too(client, app, certificate):
    app.config["VERIFY_RATE_ALL"] = "3/minute"
    answers = [client.get(f"/verify/{n}", environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}).status_code for n in range(5)]
    assert answers == [404, 404, 404, 429, 429]


def test_a_file_that_was_altered_by_one_byte_is_no_certificate(client, certificate):
    whole = read_blob(certificate.pdf_digest)
    assert verify_file(whole).state == "valid" and verify_file(whole + b" ") is None and verify_file(b"") is None

    def sent(content):
        return client.post("/verify/file", data={"file": (io.BytesIO(content), "a.pdf"), "csrf_token": csrf_token(client)}, content_type="multipart/form-data")

    assert "逐字节一致" in sent(whole).text
    altered = sent(whole[:-1] + b"9")
    assert altered.status_code == 404 and "不是原始证书文件" in altered.text


def test_the_file_of_an_earlier_edition_says_that_it_was_replaced(client, certificate, clock):
    whole = read_blob(certificate.pdf_digest)
    change(certificate.number, clock)
    assert verify_file(whole).state == "corrected"


def test_random_codes_find_nothing(certificate):
    """J-13; a hundred thousand were tried once, a tenth of them each time."""
    assert [code for code in (new_code() for _n in range(10_000)) if verify_code(code)] == []


class TestWhoAsked:
    def test_an_employer_signed_in_is_named_to_the_holder_with_the_organisation(self, app, certificate, clock):
        builders.organisation("acme", name="艾克米公司")
        builders.person("chen", "operator@acme", name="陈晓", clock=clock)
        chen, li = app.test_client(), app.test_client()
        builders.sign_in(chen, "chen")
        builders.sign_in(li, "li")
        chen.get(f"/verify/{certificate.code}")
        page = li.get("/certificates").text
        assert "艾克米公司" in page and "陈晓" in page and "查询记录" in page

    def test_anonymous_checks_are_counted_without_a_trace_of_who(self, app, client, certificate, clock):
        client.get(f"/verify/{certificate.code}")
        li = app.test_client()
        builders.sign_in(li, "li")
        assert "匿名查询" in li.get("/certificates").text
        row = session().scalars(sa.select(CertificateCheck)).one()
        assert (row.person_id, row.person_name, row.organisation) == ("", "", "")

    def test_the_holder_looking_and_one_asking_twice_in_ten_minutes_are_not_counted(self, app, client, certificate, clock):
        li = app.test_client()
        builders.sign_in(li, "li")
        for browser in (li, client, client):
            browser.get(f"/verify/{certificate.code}")
        clock.move_to(clock() + timedelta(minutes=11))
        client.get(f"/verify/{certificate.code}")
        assert session().scalar(sa.select(sa.func.count()).select_from(CertificateCheck)) == 2

    def test_a_wrong_question_leaves_no_trace(self, client, certificate):
        by_number(client, certificate.number, "王五")
        client.get("/verify/abcdefgh")
        assert session().scalar(sa.select(sa.func.count()).select_from(CertificateCheck)) == 0

    def test_what_was_asked_is_forgotten_after_its_time(self, app, client, certificate, clock):
        client.get(f"/verify/{certificate.code}")
        clock.move_to(clock() + timedelta(days=int(app.config["CHECKS_KEPT"]) + 1))
        forget_old_checks(clock)
        assert session().scalar(sa.select(sa.func.count()).select_from(CertificateCheck)) == 0


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_anybody_verifies_a_certificate_away_from_here_with_the_published_key(app, client, clock, algorithm):
    """As docs/certificates.md tells: the PDF, the signature file and the published keys are enough."""
    from hashlib import sha256

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    app.config["CERTIFICATE_ALGORITHM"] = algorithm
    builders.person("li", name="李雷雷", clock=clock)
    certificate = issue(bare_case("li"), clock)
    builders.sign_in(client, "li")
    proof = client.get(f"/certificates/{certificate.number}.sig.json").get_json()
    pdf = client.get(f"/certificates/{certificate.number}.pdf").data
    keys = app.test_client().get("/.well-known/certificate-keys.json").get_json()["keys"]
    pem = next(key["pem"] for key in keys if (key["algorithm"], key["key"]) == (proof["algorithm"], proof["key"]))
    key, signature, signed = load_pem_public_key(pem.encode()), bytes.fromhex(proof["signature"]), proof["signed"].encode()
    if algorithm == "ed25519":
        key.verify(signature, signed)
    else:
        key.verify(utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")), signed, ec.ECDSA(hashes.SHA256()))
    assert json.loads(signed)["pdf"] == sha256(pdf).hexdigest()
    assert "PRIVATE" not in json.dumps(keys)


def test_a_check_is_quick_for_whoever_does_not_exist_too(certificate):
    """The work is the same whether the number is known or not: both verify a signature."""
    from app.certificates import verification

    seen = []
    real = verification.is_authentic

    def counting(row):
        seen.append(row)
        return real(row)

    verification.is_authentic = counting
    try:
        verify_number(certificate.number, "王五")
        verify_number("示范9", "李雷雷")
    finally:
        verification.is_authentic = real
    assert len(seen) == 2


def test_days_are_kept_as_the_settings_say(app):
    assert timedelta(days=int(app.config["CHECKS_KEPT"])) >= timedelta(days=365)
