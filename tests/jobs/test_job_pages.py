"""The desk in a browser without a script: lists, ticking, one decision for many, phrases, from one case to the next."""
import re

import pytest

from app import jobs, phrases
from app.store import session
from app.store.models import Event, Task
from tests.jobs import office
from tests.pages.conftest import Browser
from tests.support import builders


@pytest.fixture
def desk(bureau):
    return Browser(bureau, "one")


def job_address(page) -> str:
    return page.address.split("?")[0]


def test_many_are_ticked_decided_two_ways_looked_at_once_more_and_done(desk, clock):
    made = office.cases(4, clock)
    assert "共 4 项" in desk.open("/desk?step=review").text
    desk.send("/bulk", {"do": "decide", "task": office.tasks(made)})
    ways = job_address(desk)
    desk.send(ways, {"do": "next", "way.1": "approve", "way.2": "return", "way.3": "approve", "way.4": "approve"})
    assert "3 件" in desk.text and "本件说明、附件" in desk.text
    assert "审核意见" in desk.send(desk.address, {"do": "next", "opinion": ""}).text and desk.page.status_code == 422
    desk.send(f"{ways}/ways/approve", {"do": "next", "opinion": "情况属实"})
    assert "退回" in desk.text and "原因" in desk.send(desk.address, {"do": "next", "opinion": "须补正", "reason": ""}).text
    assert desk.page.status_code == 422 and "须补正" in desk.text, "nothing typed is lost"
    desk.send(f"{ways}/ways/return", {"do": "next", "opinion": "须补正", "reason": "缺第二页"})
    assert "办理 4 件" in desk.text and "缺第二页" in desk.text and session().query(Event).filter_by(kind="complete").count() == 0
    desk.send(f"{ways}/begin")
    assert "已办 0/4" in desk.text and "可离开本页" in desk.text
    jobs.run_jobs(clock)
    assert "全部 4 项已办成" in desk.open(job_address(desk)).text
    assert session().query(Event).filter_by(case_id=made[1].id, kind="complete").one().details["reason"] == "缺第二页"
    assert desk.client.get(job_address(desk) + "/excel").data[:2] == b"PK"
    assert "批量作业已办完" in desk.open("/notices").text and job_address(desk) and "/jobs/" not in desk.text.split("通知")[0]


def test_whoever_comes_back_to_a_decision_that_was_begun_sees_how_far_it_is(desk, clock):
    desk.open("/desk?step=review")
    desk.send("/bulk", {"do": "decide", "task": office.tasks(office.cases(2, clock))})
    ways = job_address(desk)
    desk.send(ways, {"do": "next", "way.1": "approve", "way.2": "approve"})
    desk.send(f"{ways}/ways/approve", {"do": "next", "opinion": "情况属实"})
    desk.send(f"{ways}/begin")
    for address in (ways, f"{ways}/confirm", f"{ways}/ways/approve"):
        assert "已办 0/2" in desk.open(address).text and "/jobs/" in desk.address
    desk.send(f"{ways}/begin")
    assert "已办 0/2" in desk.text


def test_a_job_of_another_kind_has_no_ways_to_choose(desk, clock):
    desk.open("/desk?step=review")
    desk.send("/bulk", {"do": "take", "task": office.tasks(office.cases(1, clock))})
    assert desk.open(job_address(desk).replace("/jobs/", "/bulk/")).status_code == 404


def test_all_of_a_list_are_chosen_across_its_pages(desk, clock):
    office.cases(55, clock)
    page = desk.open("/desk?step=review").text
    assert page.count('name="task"') == 50 and "全部 55 件（含其他页）" in page
    desk.send("/bulk", {"do": "take", "step": "review", "all": "1"})
    jobs.run_jobs(clock)
    assert session().query(Task).filter_by(assignee="one").count() == 55
    assert "共 55 项" in desk.open("/desk?step=review&hold=held").text and "共 0 项" in desk.open("/desk?step=review&hold=pool").text


def test_a_colleague_is_chosen_once_for_many(desk, clock):
    made = office.cases(2, clock)
    assert "乙经办" in desk.send("/bulk", {"do": "hand", "task": office.tasks(made)}).text if desk.open("/desk?step=review") else False
    desk.send("/bulk/hand-over", {"task": office.tasks(made), "to": "two"})
    jobs.run_jobs(clock)
    assert "已转交给 乙经办" in desk.open(job_address(desk)).text


def test_the_desk_says_how_much_of_each_step_is_late_and_leads_to_it(desk, clock):
    made = office.cases(3, clock)
    for case, due in zip(made, ("2026-03-01", "2026-03-03T10:00:00+08:00", "2026-04-01")):
        builders.open_task(case).due = due
    session().commit()
    numbers = re.findall(r'class="number" data-label="[^"]+">(?:<a[^>]*>(?:<svg.*?</svg>)?)?(\d+)', desk.open("/desk").text)
    assert numbers[:4] == ["3", "0", "1", "1"]
    late, soon = desk.open("/desk?step=review&due=late").text, desk.open("/desk?due=soon").text
    assert made[0].number in late and made[1].number not in late
    assert made[1].number in soon and made[0].number not in soon and made[2].number not in soon
    ordered = desk.open("/desk?order=due").text
    assert ordered.index(made[0].number) < ordered.index(made[1].number) < ordered.index(made[2].number)


def test_a_filter_is_kept_under_a_name_and_taken_to_excel(desk, clock):
    office.cases(1, clock)
    desk.open("/desk?step=review&due=late")
    desk.send("/desk/views", {"name": "逾期未办", "step": "review", "due": "late"})
    assert 'href="/desk?step=review&amp;due=late">逾期未办' in desk.open("/desk").text
    assert desk.client.get("/desk/excel?step=review").data[:2] == b"PK"


def test_a_phrase_is_kept_by_its_office_and_put_in_without_losing_what_was_typed(desk, clock):
    case = office.cases(1, clock)[0]
    desk.open("/phrases")
    desk.send("/phrases", {"text": "{姓名}的材料不清晰", "place": "opinion:"})
    assert "{姓名}的材料不清晰" in desk.text and "审核意见" in desk.text
    phrase, task = session().query(phrases.Phrase).one(), builders.open_task(case)
    page = desk.open(f"/tasks/{task.id}")
    assert "申请人的材料不清晰" in page.text
    desk.send(desk.address, {"opinion": "已核对", "do": f"phrase:opinion:{phrase.id}"})
    assert "已核对\n申请人的材料不清晰" in desk.text
    desk.send(f"/tasks/{task.id}/decisions/return", {"reason": "两处须改", "phrase": str(phrase.id)})
    assert "两处须改\n申请人的材料不清晰" in desk.text and session().get(Task, task.id).state == "open"


def test_phrases_go_to_excel_and_come_back_and_a_wrong_line_brings_none(desk, clock):
    who = builders.actor("one")
    phrases.add_phrase("org:office", "clerk", "=1+1", actor=who, clock=clock)
    book = desk.client.get("/phrases/excel?office=org:office|clerk").data
    desk.open("/phrases")
    assert "已导入 1 条" in sent(desk, book).text and session().query(phrases.Phrase).count() == 1
    wrong = "用于,内容\n别处,好\n,坏\n".encode()
    assert "第 2 行" in sent(desk, wrong, "a.csv").text and session().query(phrases.Phrase).count() == 1


def sent(desk, data: bytes, name: str = "a.xlsx"):
    import io

    return desk.send("/phrases/import", {"office": "org:office|clerk", "file": (io.BytesIO(data), name)})


def test_phrases_of_another_office_are_neither_shown_nor_changed(desk, bureau, clock):
    phrases.add_phrase("org:office", "clerk", "本处用语", actor=builders.actor("one"), clock=clock)
    builders.person("other", "clerk@elsewhere", clock=clock)
    page = Browser(bureau, "other")
    assert "本处用语" not in page.open("/phrases").text
    assert page.open("/phrases?office=org:office|clerk").status_code == 404


def test_after_one_case_comes_the_next_of_the_list(desk, clock):
    office.cases(3, clock)
    first, second, third = re.findall(r'class="first" href="([^"]*)"', desk.open("/desk?step=review").text)
    desk.open(second.replace("&amp;", "&"))
    assert "所在清单还有 3 件" in desk.text
    desk.send(desk.address, {"opinion": "好", "do": "decide:approve"})
    assert desk.address.split("?")[0] == third.split("?")[0] and "所在清单还有 2 件" in desk.text
    desk.send(desk.address, {"opinion": "好", "do": "decide:approve"})
    assert desk.address.split("?")[0] == first.split("?")[0], "what was left out comes round again"


def test_programs_decide_many_as_one_job(bureau, clock):
    made, client = office.cases(3, clock), builders.program(bureau, "one")
    ids = office.tasks(made)
    wanted = {"tasks": [{"task": ids[0]}, {"task": ids[1], "outcome": "return"}, {"task": ids[2]}],
              "ways": {"approve": {"answers": {"opinion": "好"}}, "return": {"answers": {"opinion": "缺页"}, "reason": "缺第二页"}}}
    first = client.post("/api/v1/bulk", json=wanted, headers={"Idempotency-Key": "k"})
    again = client.post("/api/v1/bulk", json=wanted, headers={"Idempotency-Key": "k"})
    assert first.status_code == 202 and first.json["id"] == again.json["id"]
    jobs.run_jobs(clock)
    told = client.get(f"/api/v1/jobs/{first.json['id']}").json
    assert (told["state"], told["done"], [item["state"] for item in told["items"]]) == ("done", 3, ["done"] * 3)
    assert client.post("/api/v1/bulk", json={**wanted, "ways": {}}).status_code == 422
    assert session().query(jobs.Job).count() == 1, "a refused one leaves nothing"
