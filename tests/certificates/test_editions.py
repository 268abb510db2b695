"""Corrections, copies, revocations and numbers of another authority: one edition in force, the others say what became of them (D-112)."""
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.certificates import (
    Certificate, CertificateChange, newest, release_certificate, revoke_certificate, take_number, verify_code, verify_number,
)
from app.certificates.changing import CORRECTED, REISSUED
from app.certificates.register import line_of
from app.errors import NotFound, RequestInvalid
from app.keys import rotate
from app.store import session, transaction
from tests.certificates.making import change, draw, issue
from tests.connectors.bare import bare_case


@pytest.fixture
def case(app):
    return bare_case("li")


def test_a_correction_keeps_its_number_and_both_editions_say_what_they_are(case, clock):
    old = issue(case, clock)
    new = change(old.number, clock, fields={"major": "电子"})
    assert (new.number, new.edition, new.fields["major"], new.holder_name) == (old.number, 2, "电子", "李雷雷")
    assert (verify_code(old.code).state, verify_code(new.code).state) == ("corrected", "valid")
    assert newest(old.number).id == new.id and newest(old.number, 1).id == old.id


def test_a_correction_may_take_another_number_and_the_old_one_stays_findable(case, clock):
    old = issue(case, clock)
    new = change(old.number, clock, number="粤高职证字第1号")
    assert (new.number, new.edition) == ("粤高职证字第1号", 1)
    assert verify_number(old.number, "李雷雷").state == "corrected"
    assert verify_number("粤高职证字第1号", "李雷雷").state == "valid"
    assert [one.number for one in line_of(old)] == [one.number for one in line_of(new)] == [old.number, new.number]


def test_a_copy_says_the_same_under_a_new_code(case, clock):
    old = issue(case, clock)
    new = change(old.number, clock, kind=REISSUED, reason="遗失")
    assert new.code != old.code and (new.title, new.holder_name) == (old.title, old.holder_name)
    assert verify_code(old.code).state == "reissued"


def test_later_editions_print_the_day_of_the_first(case, clock):
    seen = []
    old = issue(case, clock)
    clock.move_to(clock() + timedelta(days=40))
    change(old.number, clock, render=lambda extra: seen.append(extra["certificate"]) or draw(extra))
    assert (seen[0]["issued_on"], seen[0]["edition_on"], seen[0]["edition_kind"]) == ("2026-03-02", "2026-04-11", CORRECTED)


def test_the_history_says_what_changed_why_and_by_whom(case, clock):
    old = issue(case, clock)
    change(old.number, clock, title="正高级工程师", category="印制有误", case_number=case.number)
    rows = list(session().scalars(sa.select(CertificateChange).order_by(CertificateChange.id)))
    assert [row.kind for row in rows] == ["issued", "corrected", "corrected"]
    assert (rows[1].note, rows[1].by_name, rows[1].category) == ("高级工程师 → 正高级工程师", "高建国", "印制有误")


def test_what_is_not_in_force_cannot_be_changed(case, clock):
    old = issue(case, clock)
    revoke_certificate(old.number, reason="弄虚作假", clock=clock)
    with pytest.raises(RequestInvalid):
        change(old.number, clock)
    with pytest.raises(NotFound):
        change("none", clock)


def test_a_change_needs_a_reason_and_an_unused_number(case, clock):
    old, other = issue(case, clock), issue(case, clock, call="call-2")
    with pytest.raises(RequestInvalid):
        change(old.number, clock, reason=" ")
    with pytest.raises(RequestInvalid):
        change(old.number, clock, number=other.number)


def test_while_one_change_is_drawn_no_other_begins_and_the_first_goes_on_after_a_crash(case, clock):
    old = issue(case, clock)

    def crash(_extra):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change(old.number, clock, render=crash)
    with pytest.raises(RequestInvalid, match="正在"):
        change(old.number, clock, call="change-2")
    assert change(old.number, clock).edition == 2


def test_a_revocation_while_a_correction_is_drawn_revokes_the_new_edition_too(case, clock):
    old = issue(case, clock)

    def slow(extra):
        with transaction():
            first = session().get(Certificate, old.id)
            first.state, first.state_reason, first.state_category = "revoked", "虚假材料", "提供虚假材料"
        return draw(extra)

    new = change(old.number, clock, render=slow)
    assert verify_code(new.code).state == "revoked" and verify_code(old.code).state == "revoked"


def test_a_held_certificate_is_not_downloaded_before_it_is_released(case, clock):
    from app.certificates import can_download
    from tests.support import builders

    li = builders.person("li", clock=clock)
    held = issue(case, clock, hold=True)
    assert held.state == "held" and not can_download(held, li)
    assert verify_code(held.code).state == "valid"
    release_certificate(held.number, clock=clock)
    assert can_download(held, li)


def test_the_number_of_the_province_releases_what_waited_for_it(case, clock):
    held = issue(case, clock, hold=True)
    made = take_number("push-1", held.number, "省000001", render=lambda _made, extra: draw(extra), clock=clock, reason="启用上级系统编号")
    assert (made.number, made.state) == ("省000001", "valid")
    assert take_number("push-1", held.number, "省000001", render=None, clock=clock, reason="启用上级系统编号").id == made.id


def test_an_algorithm_may_change_and_old_signatures_still_verify(app, case, clock):
    first = issue(case, clock)
    app.config["CERTIFICATE_ALGORITHM"] = "ecdsa-p256"
    second = issue(case, clock, call="call-2")
    rotate("p256-certificate")
    third = issue(case, clock, call="call-3")
    assert [(c.algorithm, c.key_id) for c in (first, second, third)] == [("ed25519", "1"), ("ecdsa-p256", "1"), ("ecdsa-p256", "2")]
    assert all(verify_code(c.code) for c in (first, second, third))
    with transaction():
        second.algorithm = "ed25519"
    assert verify_code(second.code) is None


@pytest.mark.both_stores
def test_a_thousand_certificates_at_once_have_a_thousand_numbers_without_a_gap(app, clock):
    """E-10: one thousand from twenty threads; every tenth drawing fails and is tried again under the same number."""
    case, failures, workers, each = bare_case("li"), [], 20, 50
    session().refresh(case)
    session().expunge(case)  # the threads read it, and none of them may read through the session of this one

    def work(worker):
        with app.app_context():
            for turn in range(each):
                call = f"{worker}-{turn}"
                try:
                    if turn % 10 == 9:
                        with pytest.raises(ZeroDivisionError):
                            issue(case, clock, call=call, number_format="示范{year}{seq:8}", render=lambda _extra: 1 // 0)
                    issue(case, clock, call=call, number_format="示范{year}{seq:8}", render=lambda extra: draw(extra) + call.encode())
                except Exception as error:
                    failures.append(error)
                    session().rollback()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    assert failures == []
    numbers = sorted(session().scalars(sa.select(Certificate.number)))
    assert numbers == [f"示范2026{n:08d}" for n in range(1, workers * each + 1)]
    assert set(session().scalars(sa.select(Certificate.state))) == {"valid"}


@pytest.mark.both_stores
def test_of_two_corrections_at_once_one_is_made_and_the_other_is_told(app, clock):
    case = bare_case("li")
    old, gate, made, told = issue(case, clock).number, threading.Barrier(2), [], []

    def work(name):
        with app.app_context():
            gate.wait()
            try:
                made.append(change(old, clock, call=f"change-{name}", number=f"新{name}").number)
            except RequestInvalid as error:
                told.append(error)
            finally:
                session().rollback()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    assert (len(made), len(told)) == (1, 1)
    assert session().scalar(sa.select(sa.func.count()).select_from(Certificate)) == 2
