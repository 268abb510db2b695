"""Registers: who keeps them, what is remembered of every change, Excel out and in."""
import io

import pytest
from openpyxl import load_workbook

from app.definitions import read_folder
from app.errors import AnswersInvalid, EntryChanged, NotAllowed, NotFound, ReasonNeeded, SheetRefused
from app.registers import RegisterEntry, editing, exchange, reading
from app.registers.loading import load_demo_registers
from app.sheets import write_book
from app.store import session
from tests.support import builders
from tests.support.builders import MONDAY, ROOT, actor, publish, sign_in

NOW = lambda: MONDAY  # noqa: E731
EYE = {"title": "眼科评委会", "review_year": "2026", "office": "org:office_med", "series": ["230"], "window_opens": "2026-01-01",
       "window_closes": "2026-06-30", "interview": False}


@pytest.fixture
def committees(app):
    publish(ROOT)
    load_demo_registers(read_folder(ROOT).procedure("title-review"), NOW)
    return editing.declared("title-review", "committees")


def add(committees, **changes):
    return editing.add_entry(committees, {**EYE, **changes}, actor=actor("admin"), clock=NOW)


@pytest.mark.both_stores
def test_an_entry_is_added_changed_retired_and_put_back_and_all_of_it_is_remembered(committees):
    row, admin = add(committees), actor("admin")
    assert (row.name, row.data["office"]["name"]) == ("眼科评委会（2026年度）", "深圳市卫生系列高级职称评审委员会办公室")
    editing.change_entry(committees, row.id, {**row.data, "window_closes": "2026-07-31"}, actor=admin, clock=NOW, reason="延期一个月", version=1)
    editing.retire_entry(committees, row.id, actor=admin, clock=NOW, reason="撤销", version=2)
    editing.restore_entry(committees, row.id, actor=admin, clock=NOW, reason="恢复", version=3)
    told = reading.history(committees, row, actor=admin, clock=NOW)
    assert [change.kind for change, _d in told] == ["restored", "retired", "changed", "added"]
    assert told[2][0].reason == "延期一个月" and told[2][1] == [("申报结束时间", "2026年6月30日", "2026年7月31日")]


@pytest.mark.both_stores
def test_one_committee_has_one_entry_a_year_and_a_retired_one_makes_room(committees):
    first = add(committees)
    with pytest.raises(AnswersInvalid) as refused:
        add(committees, window_closes="2026-05-31")
    assert "已有相同的条目" in refused.value.fields["title"]
    editing.retire_entry(committees, first.id, actor=actor("admin"), clock=NOW, reason="重录", version=1)
    second = add(committees)
    with pytest.raises(AnswersInvalid):
        editing.restore_entry(committees, first.id, actor=actor("admin"), clock=NOW, reason="误删", version=2)
    assert second.id != first.id


def test_a_change_needs_a_reason_and_the_entry_as_one_saw_it(committees):
    row = add(committees)
    with pytest.raises(ReasonNeeded):
        editing.change_entry(committees, row.id, EYE, actor=actor("admin"), clock=NOW, reason=" ", version=1)
    with pytest.raises(EntryChanged):
        editing.change_entry(committees, row.id, EYE, actor=actor("admin"), clock=NOW, reason="改", version=0)


def test_wrong_entries_are_refused_in_words(committees):
    with pytest.raises(AnswersInvalid) as refused:
        add(committees, window_closes="2025-12-31", notice_link="http://plain.example", office="org:acme", submit_until="2025-01-01")
    assert refused.value.fields["notice_link"] == "请填写以 https:// 开头的完整网址" and refused.value.fields["window_closes"] == "不能早于2026年1月1日"
    assert "office" in refused.value.fields


def test_only_keepers_change_and_only_they_and_checkers_look(committees):
    row = add(committees)
    for who in ("li", "zhou", "auditor"):
        with pytest.raises(NotAllowed):
            editing.change_entry(committees, row.id, EYE, actor=actor(who), clock=NOW, reason="改", version=1)
    assert editing.can_keep(committees, actor("he")) and not editing.can_see(committees, actor("li")) and editing.can_see(committees, actor("auditor"))
    with pytest.raises(NotFound):
        editing.declared("title-review", "nothing")


def test_demo_entries_come_once_and_stay_as_people_left_them(committees):
    row = session().query(RegisterEntry).filter_by(key="eng_senior_2026").one()
    editing.change_entry(committees, row.id, {**row.data, "fee_note": "免收"}, actor=actor("admin"), clock=NOW, reason="减负", version=1)
    before = session().query(RegisterEntry).count()
    load_demo_registers(read_folder(ROOT).procedure("title-review"), NOW)
    assert session().query(RegisterEntry).count() == before and row.data["fee_note"] == "免收"


@pytest.mark.both_stores
def test_a_list_is_searched_filtered_and_paged(committees):
    for number in range(60):
        add(committees, title=f"专业组{number:02d}")
    ask = lambda cursor="", **f: reading.list_entries(committees, reading.Filters(**f), actor=actor("admin"), clock=NOW, cursor=cursor)  # noqa: E731
    rows, cursor = ask(q="专业组")
    more, end = ask(q="专业组", cursor=cursor)
    names = [row.name for row, _cells in rows + more]
    assert len(rows) == 50 and len(names) == len(set(names)) == 60 and end == ""
    assert {row.data["review_year"] for row, _c in ask(chosen={"review_year": "2027"})[0]} == {"2027"}
    assert ask(q="100%")[0] == [] and ask(state="retired")[0] == []


def book_of(committees, rows):
    return write_book("评审委员会", exchange.columns_of(committees), rows)


def test_what_is_exported_can_be_changed_and_imported_again(committees):
    admin = actor("admin")
    book = exchange.export(committees, reading.matching(committees, reading.Filters(q="卫生"), admin), actor=admin, clock=NOW)
    lines = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(book)).active]
    assert lines[0][:3] == ["条目标识", "评委会名称*", "评委会年度*"] and lines[1][1] == "深圳市卫生系列高级职称评审委员会"
    assert exchange.import_entries(committees, book, "a.xlsx", actor=admin, clock=NOW, reason="") == (0, 0, [])
    place = [label.rstrip("*") for label in lines[0]].index("收费说明")
    lines[1][place] = "每人 450 元"
    changed = book_of(committees, [lines[1]])
    assert exchange.import_entries(committees, changed, "a.xlsx", actor=admin, clock=NOW, reason="调价") == (0, 1, [])
    assert session().query(RegisterEntry).filter_by(key=lines[1][0]).one().data["fee_note"] == "每人 450 元"


def test_a_file_with_one_wrong_line_changes_nothing_and_says_which(committees):
    columns = [column.key for column in exchange.columns_of(committees)]
    line = lambda **v: [v.get(key, "") for key in columns]  # noqa: E731
    good = line(title="口腔评委会", review_year="2026年度", office="深圳市卫生系列高级职称评审委员会办公室", series="卫生系列",
                window_opens="2026-01-01", window_closes="2026-06-30", interview="是")
    bad = [value if value != "2026-06-30" else "年底" for value in good]
    bad[columns.index("title")] = "皮肤评委会"
    before = session().query(RegisterEntry).count()
    added, changed, faults = exchange.import_entries(committees, book_of(committees, [good, bad]), "a.xlsx", actor=actor("admin"), clock=NOW, reason="")
    assert (added, changed, [(f.line, f.label) for f in faults]) == (0, 0, [(3, "申报结束时间")])
    assert session().query(RegisterEntry).count() == before
    assert exchange.import_entries(committees, book_of(committees, [good]), "a.xlsx", actor=actor("admin"), clock=NOW, reason="")[:2] == (1, 0)
    with pytest.raises(SheetRefused):
        exchange.import_entries(committees, b"", "a.xlsx", actor=actor("admin"), clock=NOW, reason="")


def test_the_pages_of_a_register(committees, client):
    sign_in(client, "he", "pingshen-demo")
    assert "评审委员会" in client.get("/registers").text and "深圳市工程系列高级职称评审委员会" in client.get("/registers/title-review/committees").text
    row = session().query(RegisterEntry).filter_by(key="eng_senior_2026").one()
    at = f"/registers/title-review/committees/{row.id}"
    assert "变更记录" in client.get(at).text and "深圳市工程系列" in client.get(f"/registers/title-review/committees/new?copy={row.id}").text
    token = builders.csrf_token(client)
    form = {"csrf_token": token, "version": "1", "reason": "", "title": row.data["title"], "review_year": "2026", "office": "org:office_eng",
            "window_opens": "2026-01-01", "window_closes": "2026-03-31", "interview": "true",
            "filing_number": "深人社备〔2025〕11号", "filed_on": "2025-06-30", "filed_until": "2028-06-29", "series": "080", "levels": ["正高", "副高"]}
    refused = client.post(f"{at}/edit", data=form)
    assert refused.status_code == 422 and "原因" in refused.text and 'value="2026-03-31"' in refused.text
    assert client.post(f"{at}/edit", data=form | {"reason": "按通知"}).status_code == 303
    assert "按通知" in client.get(at).text and client.get("/registers/title-review/committees/template").status_code == 200
    assert client.post(f"{at}/retire", data={"csrf_token": token, "version": "2", "reason": "停办"}).status_code == 303
    assert "已停用" in client.get(at).text


def test_an_applicant_neither_sees_nor_changes_the_list(committees, client):
    sign_in(client, "li", "pingshen-demo")
    assert client.get("/registers/title-review/committees").status_code == 403 and "台账" not in client.get("/").text
