"""The user centre: filters that stay, kept views, where a case is, one's account, applying again, a copy of one's data."""
import io
import json
import zipfile
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.errors import NotFound, RequestInvalid
from app.operations import durations, earlier, own_data, reading, saved_views
from app.operations.messages import send_message
from app.people.profiles import keep_profile
from app.store import session, transaction
from app.store.models import Case, Notice, StepDuration, Task
from tests.support import builders


def _ended(clock, answers=None):
    """A case of the reader that is over."""
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", answers or builders.sample("request"), clock=clock)
    send_message(case.id, "cancel", actor=builders.actor("reader_wang"), clock=clock, reason="不借了")
    case = session().get(Case, case.id)
    assert case.ended_at
    return case


def _profile():
    with transaction():
        keep_profile("reader_wang", {"id_type": "111", "id_number": "110101199003074258", "phone": "13800138000", "email": "wang@example.org"}, verified=True)


def test_names_in_the_list_are_covered_but_for_the_last_character(browser, lent):
    page = browser("reader_wang").open("/my")
    assert "*满" in page.text and lent.number in page.text and len(lent.number) == 19


def test_a_year_that_was_chosen_stays_until_it_is_cleared(browser, lent):
    page = browser("reader_wang")
    assert lent.number not in page.open("/my?tab=all&year=2020&order=oldest").text
    assert lent.number not in page.open("/my").text and "year=2020" in page.address
    assert lent.number in page.open("/my?clear=1").text
    assert lent.number in page.open("/my").text and "year" not in page.address


@pytest.mark.parametrize("order", ["newest", "oldest", "changed"])
def test_pages_of_each_order_follow_each_other_without_a_gap(library, clock, order):
    for _n in range(5):
        builders.start_case(clock=clock)
        clock.move_to(clock() + timedelta(minutes=1))
    actor, seen, cursor = builders.actor("reader_wang"), [], ""
    while True:
        page = reading.my_cases(actor, "all", asked=reading.CaseFilter(order=order), cursor=cursor, size=2)
        seen += [row.number for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == sorted(seen, reverse=order != "oldest") and len(set(seen)) == 5


def test_a_view_is_kept_under_a_name_and_dropped_again(browser, lent):
    page = browser("reader_wang")
    page.open("/my?year=2026&order=oldest")
    page.send("/my/views", {"name": "今年的", "year": "2026", "order": "oldest"})
    assert "今年的" in page.text and "视图已保存" in page.text
    page.send("/my/views/drop", {"name": "今年的"})
    assert "今年的" not in page.text


def test_a_view_needs_a_name_and_is_its_owners_alone(library, clock):
    wang, zhao = builders.actor("reader_wang"), builders.actor("librarian_zhao")
    saved_views.keep_view(wang, "my", "我的", "year=2026", clock)
    assert saved_views.views_of(zhao, "my") == []
    with pytest.raises(RequestInvalid):
        saved_views.keep_view(wang, "my", "  ", "", clock)


def test_the_list_is_saved_as_a_workbook_in_which_everything_is_text(browser, clock, library):
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request") | {"book": "=cmd|'/c calc'!A1"}, clock=clock)
    answer = browser("reader_wang").client.get("/my/cases.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells) and any(cell.value == case.number for cell in cells)


def test_an_empty_list_says_what_would_be_there_and_offers_no_filters(browser, library):
    page = browser("reader_wang").open("/my")
    assert "这里还没有事项" in page.text and "全部年度" not in page.text


def test_the_case_page_says_where_it_is_who_has_it_and_what_comes(browser, lent):
    page = browser("reader_wang").open(f"/cases/{lent.id}")
    assert "现在到了哪里" in page.text and "暂无数据" in page.text
    assert "赵" not in page.text.split("现在到了哪里")[1].split("</section>")[0], "a reviewer's name is not the reader's to know"


def test_how_long_a_step_takes_is_said_from_twenty_finished_ones_on(browser, lent, clock):
    def finished(count):
        with transaction() as store:
            for _n in range(count):
                number = store.query(Task).count()
                store.add(Task(id=f"old-{number}", case_id=lent.id, element="check", name="x", state="done", created_at=clock() - timedelta(days=30),
                               closed_at=clock() - timedelta(days=30) + timedelta(hours=2 * (number % 10 + 1))))
    finished(19)
    durations.measure_steps(clock)
    assert session().query(StepDuration).filter_by(element="check").count() == 0
    finished(1)
    durations.measure_steps(clock)
    row = session().query(StepDuration).filter_by(element="check").one()
    assert row.count == 20 and row.median == 11 * 3600 and row.most == 18 * 3600
    assert "11 小时" in browser("reader_wang").open(f"/cases/{lent.id}").text
    clock.move_to(clock() + timedelta(days=366))
    durations.measure_steps(clock)
    assert session().query(StepDuration).count() == 0


def test_after_handing_in_one_sees_that_it_arrived_and_the_flow_chart(browser, library, clock):
    page, case = browser("reader_wang"), builders.start_case(clock=clock)
    task = builders.open_task(case, "request")
    page.open(f"/tasks/{task.id}")
    page.send(f"/tasks/{task.id}/decisions/submit", builders.sample("request"))
    page.open(f"/cases/{case.id}?sent=1")
    assert "提交成功" in page.text and "diagram.bpmn" in page.text


def test_notices_are_filtered_and_one_is_read_by_following_it(browser, lent, clock):
    with transaction() as store:
        store.add(Notice(person_id="reader_wang", case_id=lent.id, request="a", kind="result", title="借到了", at=clock()))
        store.add(Notice(person_id="reader_wang", case_id=lent.id, request="b", kind="duty", title="请来取书", at=clock()))
    page = browser("reader_wang")
    assert "借到了" in page.open("/notices?kind=result").text and "请来取书" not in page.text
    notice = session().query(Notice).filter_by(title="借到了").one()
    page.open(f"/notices/{notice.id}")
    assert page.address == f"/cases/{lent.id}"
    assert "借到了" not in page.open("/notices?unread=1").text and "请来取书" in page.text
    assert browser("librarian_zhao").open(f"/notices/{notice.id}").status_code == 404


def test_own_details_are_shown_covered_and_a_wrong_phone_is_explained(browser, library):
    _profile()
    page = browser("reader_wang").open("/me")
    assert "110***********4258" in page.text and "110101199003074258" not in page.text
    answer = browser("reader_wang")
    answer.open("/me")
    answer.send("/me/phone", {"phone": "12"})
    assert answer.page.status_code == 422 and "11 位手机号码" in answer.text and 'value="12"' in answer.text
    answer.send("/me/phone", {"phone": "139 0013 9000"})
    assert "手机号码已保存" in answer.text and "13900139000" in answer.text


def test_another_sign_in_is_ended_and_the_own_one_goes_on(browser, library):
    here, there = browser("reader_wang"), browser("reader_wang")
    here.open("/me/account")
    here.send("/me/sign-ins/others/end")
    assert "登录已结束" in here.text
    assert "密码" in there.open("/my").text and "/sign-in" in there.address


def test_a_copy_of_ones_data_holds_what_one_gave_and_nobody_else_gets_it(browser, lent, clock):
    _profile()
    page, actor = browser("reader_wang"), builders.actor("reader_wang")
    page.open("/me/account")
    page.send("/me/copy")
    assert "正在生成" in page.text
    assert own_data.ask_copy(actor, clock).id == own_data.requests_of(actor)[0].id, "asked twice it is one"
    assert own_data.make_copies(clock) == 1
    asked = own_data.requests_of(actor)[0]
    with zipfile.ZipFile(io.BytesIO(page.client.get(f"/me/copy/{asked.id}.zip").data)) as book:
        data, words = json.loads(book.read("data.json")), book.read("index.html").decode()
    assert data["cases"][0]["number"] == lent.number and data["cases"][0]["forms"][0]["raw"]["book"] == "十万个为什么"
    assert {"label": "书名", "value": "十万个为什么"} in data["cases"][0]["forms"][0]["answers"]
    assert data["person"]["profile"]["id_number"] == "110101199003074258" and "十万个为什么" in words
    assert browser("librarian_zhao").open(f"/me/copy/{asked.id}.zip").status_code == 404
    path = own_data.copy_of(asked.id, actor, clock)
    clock.move_to(clock() + timedelta(hours=25))
    with pytest.raises(NotFound):
        own_data.copy_of(asked.id, actor, clock)
    own_data.make_copies(clock)
    assert not path.exists() and own_data.requests_of(actor)[0].state == "gone"


def test_the_wish_for_deletion_is_recorded_with_why_it_must_wait(browser, library):
    page = browser("reader_wang")
    assert "归档保存" in page.open("/me/account").text
    page.send("/me/deletion", {"reason": "不再使用"})
    assert "已登记您的要求" in page.text and "不再使用" in page.text


def test_applying_again_brings_the_earlier_answers_as_a_draft(browser, library, clock):
    old, page = _ended(clock), browser("reader_wang")
    assert f"again={old.id}" in page.open("/my?tab=done").text
    assert old.number in page.open(f"/start/lending?again={old.id}").text
    page.send("", {"again": str(old.id)})
    assert "十万个为什么" in page.text and "/tasks/" in page.address
    notice = session().query(Notice).filter_by(person_id="reader_wang").order_by(Notice.id.desc()).first()
    assert old.number in notice.title


def test_what_cannot_be_chosen_any_more_is_left_out_and_named(library, clock):
    old, actor = _ended(clock), builders.actor("reader_wang")
    bundle = builders.bundle_of()
    path = "forms/lending-library/codes/reader-kinds.yml"
    text = bundle.files[path].decode().replace("code: adult", "code: grown")
    builders.publish(type(bundle)({**bundle.files, path: text.encode()}), demo=False, clock=clock)
    made = earlier.begin_again("lending", old.id, actor=actor, clock=clock)
    draft = reading.view_task(builders.open_task(made).id, actor, clock).draft
    assert draft.data["book"] == "十万个为什么" and "reader_kind" not in draft.data
    assert "读者类别" in session().query(Notice).order_by(Notice.id.desc()).first().text


def test_nobody_applies_again_from_anothers_case_or_an_open_one(library, lent, clock):
    for who, case in (("librarian_zhao", _ended(clock)), ("reader_wang", lent)):
        with pytest.raises(NotFound):
            earlier.begin_again("lending", case.id, actor=builders.actor(who), clock=clock)


def test_pieces_of_an_earlier_application_are_offered_and_replace_nothing_unasked(browser, library, clock):
    old, page = _ended(clock), browser("reader_wang")
    case = builders.start_case(clock=clock)
    task = builders.open_task(case, "request")
    page.open(f"/tasks/{task.id}")
    assert "带入以往填报" in page.text
    from app.operations.drafts import save_draft
    save_draft(task.id, {"book": "红楼梦"}, actor=builders.actor("reader_wang"), clock=clock)
    page.open(f"/tasks/{task.id}/earlier?case={old.id}")
    pieces = {piece.key: piece for _title, found in earlier.pieces(old, case, session().get(Task, task.id), builders.actor("reader_wang"), clock) for piece in found}
    assert pieces["author"].proposed and not pieces["book"].proposed and pieces["book"].now == "红楼梦"
    page.send(f"/tasks/{task.id}/earlier", {"case": str(old.id), "take": "author"})
    draft = reading.view_task(task.id, builders.actor("reader_wang"), clock).draft
    assert draft.data["author"] == "米·伊林" and draft.data["book"] == "红楼梦"


def test_the_menu_offers_a_person_their_own_places(browser, library):
    page = browser("reader_wang").open("/")
    for words in ("欢迎您", "个人信息", "账户管理", "支付订单", "我的资料库", "我的证书", "打印"):
        assert words in page.text
    assert "人员管理" not in page.text and "集体缴费" not in page.text
