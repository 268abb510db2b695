"""Mail against a real server: once each, after an outage too; nothing strange in the headers; refused ones are seen."""
from datetime import timedelta

import pytest

from app import mail
from app.errors import MailRefused
from app.mail import Mail
from app.operations.recovery import try_again, waiting_for_a_person
from app.people import SYSTEM
from app.people.letters import waiting_letters, write_letter
from app.store import session, transaction


def _write(clock, to="li@example.org", **words):
    with transaction():
        mail.write(**{"to": to, "subject": "【评审】您的申报已被退回修改", "text": "请登录办理。", "clock": clock} | words)


@pytest.mark.both_stores
def test_a_mail_arrives_in_chinese_as_text_and_html_and_its_words_are_forgotten(post, clock):
    _write(clock, html="<p>请<b>登录</b>办理。</p>")
    assert mail.send_waiting(clock) == 1 and mail.send_waiting(clock) == 0
    [letter] = post.letters
    assert letter["Subject"] == "【评审】您的申报已被退回修改" and letter["To"] == "li@example.org"
    assert letter.get_body(("plain",)).get_content().strip() == "请登录办理。"
    assert "<b>登录</b>" in letter.get_body(("html",)).get_content()
    kept = session().query(Mail).one()
    assert (kept.state, kept.text, kept.html) == ("sent", "", "")


@pytest.mark.both_stores
def test_after_six_hours_without_the_server_every_mail_arrives_once(post, clock):
    post.stop()
    for number in range(7):
        _write(clock, subject=f"第{number}封")
    for _minute in range(6 * 12):
        assert mail.send_waiting(clock) == 0
        clock.move_to(clock() + timedelta(minutes=5))
    post.start()
    for _minute in range(12):
        mail.send_waiting(clock)
        clock.move_to(clock() + timedelta(minutes=5))
    assert sorted(letter["Subject"] for letter in post.letters) == [f"第{number}封" for number in range(7)]
    assert waiting_for_a_person() == []


def test_the_same_key_means_one_mail(post, clock):
    _write(clock, key="notice:1")
    _write(clock, key="notice:1")
    mail.send_waiting(clock)
    assert len(post.letters) == 1


def test_what_the_server_refuses_for_good_waits_for_a_person_and_holds_up_nobody(post, clock):
    post.refused.add("gone@example.org")
    _write(clock, to="gone@example.org")
    _write(clock)
    assert mail.send_waiting(clock) == 1
    [stuck] = waiting_for_a_person()
    assert stuck["what"] == "mail" and "550" in stuck["why"] and "gone@" not in f"{stuck}"
    post.refused.clear()
    assert try_again(actor=SYSTEM, clock=clock) == 1
    assert mail.send_waiting(clock) == 1 and waiting_for_a_person() == []


@pytest.mark.parametrize("address", ["a:b@example.cn", "a(b@example.cn", "not an address"])
def test_a_letter_to_no_address_holds_up_nobody(post, clock, address):
    write_letter(address, "注册验证码", "验证码：123456", clock)
    _write(clock)
    assert mail.send_waiting(clock) == 1 and waiting_letters() == []


def test_an_address_the_server_cannot_write_waits_for_a_person_and_holds_up_nobody(post, clock):
    post.ascii_only()
    _write(clock, to="li@例子.cn")
    _write(clock)
    assert mail.send_waiting(clock) == 1
    assert [line["what"] for line in waiting_for_a_person()] == ["mail"]


def test_a_server_that_never_comes_back_is_seen_after_three_days(post, clock):
    post.stop()
    _write(clock)
    mail.send_waiting(clock)
    clock.move_to(clock() + timedelta(days=4))
    mail.send_waiting(clock)
    assert [line["what"] for line in waiting_for_a_person()] == ["mail"]


@pytest.mark.parametrize("address", ["li@example.org\r\nBcc: all@example.org", "li@example.org,zhao@example.org", "Li <li@example.org>", "", "li@@", "li@example.org\n"])
def test_an_address_that_is_more_than_one_is_refused(post, clock, address):
    with pytest.raises(MailRefused):
        _write(clock, to=address)


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\x0b", "\u2028", "\x85"])
def test_a_line_break_in_a_subject_writes_no_header(post, clock, break_):
    _write(clock, subject=f"退回{break_}Bcc: all@example.org")
    mail.send_waiting(clock)
    [letter] = post.letters
    assert letter["Bcc"] is None and letter["Subject"] == "退回 Bcc: all@example.org"


def test_a_password_is_not_sent_in_the_open(app, post, clock):
    app.config["MAIL_URL"] = f"smtp://robot:secret@127.0.0.1:{post.port}"
    _write(clock)
    assert mail.send_waiting(clock) == 0 and "no TLS" in session().query(Mail).one().error


def test_without_a_mail_server_nothing_is_kept_to_be_sent(app, clock):
    _write(clock)
    write_letter("li@example.org", "验证码", "123456", clock)
    assert mail.send_waiting(clock) == 0 and session().query(Mail).count() == 0 and len(waiting_letters()) == 1


def test_a_code_goes_out_as_mail_and_one_that_is_too_old_does_not(post, clock):
    write_letter("li@example.org", "注册验证码", "验证码：123456", clock)
    assert mail.send_waiting(clock) == 1 and "123456" in post.letters[0].get_content() and waiting_letters() == []
    post.stop()
    write_letter("li@example.org", "注册验证码", "验证码：654321", clock)
    mail.send_waiting(clock)
    clock.move_to(clock() + timedelta(hours=2))
    post.start()
    assert mail.send_waiting(clock) == 0 and waiting_for_a_person() == []
