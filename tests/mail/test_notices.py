"""What `notify` sends by mail: to addresses that answered, what was not refused, and no more words than needed."""
import pytest

from app import mail, people
from app.connectors import Call, handler_of
from app.people import own_account
from app.people.accounts import sign_in
from app.people.profiles import keep_profile
from app.people.tellings import tell
from app.errors import AccountLocked, CodeRefused, SignInRefused
from app.store import session, transaction
from app.store.models import Notice
from tests.support import builders


@pytest.fixture
def reader(app, clock):
    """A reader with a mail address that answered, and their case."""
    builders.publish(clock=clock)
    _profile(True)
    return builders.start_case(clock=clock)


def _profile(verified: bool, email: str = "wang@example.org"):
    with transaction():
        keep_profile("reader_wang", {"id_type": "111", "id_number": "110101199003074258", "phone": "13800138000", "email": email}, verified=verified)


def _notify(case, clock, kind: str = "", call_id: str = "call-1"):
    parameters = {"to": "person:reader_wang", "title": "已退回修改", "text": "馆员张三说证件不清楚"} | ({"kind": kind} if kind else {})
    return handler_of("notify")(Call(id=call_id, case_id=case.id, case_number=case.number, parameters=parameters, clock=clock))


def test_a_notice_is_mailed_with_a_link_and_without_its_details(post, reader, clock, app):
    _notify(reader, clock)
    _notify(reader, clock)  # after a crash the outbox calls again
    mail.send_waiting(clock)
    [letter] = post.letters
    assert letter["Subject"] == "【评审】已退回修改" and letter["To"] == "wang@example.org"
    for part in ("plain", "html"):
        words = letter.get_body((part,)).get_content()
        assert reader.number in words and f"{app.config['PUBLIC_URL']}/cases/{reader.id}" in words and "张三" not in words
    assert session().query(Notice).filter_by(person_id="reader_wang", title="已退回修改").count() == 1


def test_an_address_that_never_answered_gets_no_mail(post, reader, clock):
    _profile(False)
    _notify(reader, clock)
    assert mail.send_waiting(clock) == 0


def test_a_kind_that_was_refused_is_not_mailed_but_a_duty_always_is(post, reader, clock):
    mail.choose("reader_wang", set())
    _notify(reader, clock, "progress", "call-1")
    assert mail.send_waiting(clock) == 0
    _notify(reader, clock, "duty", "call-2")
    assert mail.send_waiting(clock) == 1 and mail.choices_of("reader_wang") == {"duty": True, "reminder": False, "progress": False, "result": False}


def test_markup_in_a_title_is_text_in_the_mail(post, reader, clock):
    call = Call(id="call-9", case_id=reader.id, case_number=reader.number, clock=clock, parameters={"to": "person:reader_wang", "title": "<script>alert(1)</script>"})
    handler_of("notify")(call)
    mail.send_waiting(clock)
    assert "<script>" not in post.letters[0].get_body(("html",)).get_content()


def test_whose_account_is_locked_hears_of_it(post, reader, clock):
    for _try in range(5):
        with pytest.raises((SignInRefused, AccountLocked)):
            sign_in("reader_wang", "wrong", clock)
    mail.send_waiting(clock)
    assert [letter["Subject"] for letter in post.letters] == ["账号已锁定"]


def test_telling_twice_keeps_both_notices(app, reader, clock):
    tell("reader_wang", "一", "", clock)
    tell("reader_wang", "二", "", clock)
    assert session().query(Notice).filter_by(person_id="reader_wang", case_id=None).count() == 2


def test_a_new_address_counts_once_it_has_answered(post, reader, clock):
    actor = builders.actor("reader_wang")
    handle = own_account.ask_address(actor, "new@example.org", clock)
    mail.send_waiting(clock)
    assert people.profile_of("reader_wang").email == "wang@example.org"
    words = post.letters[0].get_content()
    code = words.split("：")[1][:6]
    with pytest.raises(CodeRefused):
        own_account.confirm_address(builders.actor("librarian_zhao"), handle, "000000" if code != "000000" else "111111", clock)
    assert own_account.confirm_address(actor, handle, code, clock) == "new@example.org"
    assert post.letters[0]["To"] == "new@example.org" and people.profile_of("reader_wang").verified
