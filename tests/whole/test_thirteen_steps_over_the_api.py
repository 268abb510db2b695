"""All thirteen steps over the API alone, by programs with tokens, against the running service."""
from __future__ import annotations

import re
import httpx
import pytest

from tests.whole.papers import FILES, answers, day, declared, period
from tests.whole.programs import Program, until

EXPERTS = tuple(f"expert{number}" for number in range(1, 25))   # the pool: who sits is drawn by lot
PANEL = 7


@pytest.fixture(scope="module")
def people(service):
    """Everybody who has a part in it, by account."""
    names = ("han", "chen", "luo", "zhou", "he", "lin", "gao", "ma", *EXPERTS)
    return {name: Program(service.url, name) for name in names}


def test_an_application_goes_over_the_api_from_the_commitment_to_the_certificate(service, people):
    number = declare_withdraw_and_revise(people)
    employer_passes_and_publicises(people, number)
    office_reviews_and_asks_for_the_fee(people, number)
    pay(service, people, number)
    experts_review(people, number)
    publicise_again_and_review(people, number)
    approve_in_a_batch(people, number)
    ended = until(lambda: (case := people["han"].case(number))["ended_at"] and case, "the case ends")
    assert (ended["result"], ended["tone"], ended["tab"]) == ("通过", "good", "done")
    assert ended["ended_element"] == "certificate_issued"
    kinds = {line["kind"] for line in people["han"].ask("GET", f"/cases/{ended['id']}/events")["events"]}
    assert {"start", "complete", "message"} <= kinds


def declare_withdraw_and_revise(people) -> str:
    """Step 1, with a draft, a withdrawal, and a return by the employer (step 2)."""
    han, chen = people["han"], people["chen"]
    refused = han.http.post("/cases", json={"process": "title-review", "answers": {"agreed": []}})
    assert refused.status_code == 422 and "agreed" in refused.json()["fields"]
    case = han.start("title-review", agreed=["agreed"])
    number, task = case["number"], case["open_tasks"][0]
    assert (case["tab"], case["stage"], task["element"]) == ("draft", "个人申报", "declare")

    draft = han.ask("PUT", f"/tasks/{task['id']}/draft", json={"answers": {"name": "韩梅梅"}})
    assert han.ask("GET", f"/tasks/{task['id']}")["draft"]["version"] == draft["version"] == 1
    missing = han.do(number, "declare", {"name": "韩梅梅"}, status=422)
    assert "birth_date" in missing["fields"]
    said = han.with_files(declared(name="韩梅梅", sex="2", id_number="440305198806140026"), *FILES)
    case = han.do(number, "declare", said)
    assert (case["tab"], case["stage"]) == ("doing", "单位审核")

    assert {a["message"] for a in case["actions"]} == {"withdraw", "urge"}
    case = han.send(case, "withdraw")
    assert case["tab"] == "todo"
    case = han.do(number, "declare", said)

    waiting = chen.task(number, "employer_review")
    assert not waiting["held"] and not people["luo"].tasks(number)
    chen.ask("POST", f"/tasks/{waiting['id']}/take")
    han.send(case, "withdraw", status=409)
    without = chen.ask("POST", f"/tasks/{waiting['id']}/completion", 422, json={
        "answers": {"operator_name": "陈晓", "operator_phone": "0755-26881234"}, "outcome": "return"})
    assert without["code"]
    chen.do(number, "employer_review", {"operator_name": "陈晓", "operator_phone": "0755-26881234"}, "return", "请补充项目的验收时间")
    han.task(number, "revise_declaration")
    assert han.case(number)["tab"] == "todo"
    han.do(number, "revise_declaration", said)
    return number


def employer_passes_and_publicises(people, number: str) -> None:
    """Steps 2 and 3."""
    chen = people["chen"]
    chen.do(number, "employer_review", chen.with_files(answers("employer_review"), *FILES), "pass")
    said = chen.with_files(answers("pre_publicity", **period()), *FILES)
    early = chen.do(number, "pre_publicity", said | {"ended": day()}, "pass", status=422)
    assert "ended" in early["fields"]
    assert chen.do(number, "pre_publicity", said, "pass")["stage"] == "评委会办公室评前审核"


def office_reviews_and_asks_for_the_fee(people, number: str) -> None:
    """Steps 4 and 5."""
    zhou = people["zhou"]
    zhou.do(number, "office_pre_review", answers("office_pre_review"), "agree")
    zhou.do(number, "confirm_payment", answers("confirm_payment"), "agree")


def pay(service, people, number: str) -> None:
    """Step 6: the payer's browser posts what the gateway's own page does; the notice moves the case."""
    han = people["han"]
    task = han.task(number, "pay_fee")
    shown = han.ask("GET", f"/tasks/{task['id']}")
    assert shown["mine"] and shown["due"]
    address = until(lambda: pay_address(service, han), "the order is placed")
    page = httpx.get(address).text
    assert "¥580.00" in page and number in page
    assert httpx.post(address, data={"result": "success"}).status_code == 303
    until(lambda: han.case(number)["stage"] == "专家评审", "the payment is known")


def pay_address(service, han) -> str:
    """The gateway's page of the order: the link on the payer's own page of it; empty while there is none."""
    orders = httpx.get(f"{service.url}/payments", headers=han.http.headers).text
    order = re.search(r'class="first" href="(/payments/\w+)"', orders)
    page = httpx.get(f"{service.url}{order[1]}", headers=han.http.headers).text if order else ""
    paid_at = re.search(rf'href="({re.escape(service.gateway)}/pay/[^"]+)"', page)
    return paid_at[1] if paid_at else ""


def experts_review(people, number: str) -> None:
    """Step 7: a sitting drawn by lot, opinions, attendance, a secret ballot, the result."""
    zhou = people["zhou"]
    sitting = zhou.start("sitting", office="org:office_eng", committee=f"eng_senior_{day()[:4]}")["number"]
    zhou.do(sitting, "plan_sitting", {
        "title": "高级职称评审会", "held_on": day(1), "place": "会议室", "members": PANEL, "interview": False, "blind": False, "vote_mode": "electronic",
        "cases": [number], "panel": "senior", "supervisor": "沈廉", "answer_until": day(1)}, "draw")
    zhou.do(sitting, "witness_draw", {"supervisor": "沈廉", "words": "今日天气晴朗"})
    drawn = until(lambda: holders(people, sitting, "invite_expert", PANEL), "the drawn experts are asked")
    for name in drawn:
        people[name].do(sitting, "invite_expert", {"answer": "accept"})
    zhou.do(sitting, "settle_panel", {}, "go_on")
    for name in drawn:
        people[name].do(sitting, "declare_interests", {"pledge": True})
    zhou.do(sitting, "arrange_groups", {}, "schedule")
    zhou.task(sitting, "hold_sitting")
    judges = holders(people, number, "write_opinion", 3)
    for name in judges:
        people[name].do(number, "write_opinion", answers("expert_opinion"))
    until(lambda: people["han"].case(number)["stage"] == "专家评审", "the opinions are in")
    open_the_vote(zhou, sitting, drawn)
    for name in judges:
        people[name].do(number, "cast_ballot", {"choice": "yes"})
    zhou.do(sitting, "watch_voting")
    said = zhou.with_files({"minutes": "评审、投票、计票均按规定进行。", "signer": "主任委员", "announced_on": day(),
                            "signed_minutes": ["纪要.pdf"], "signed_tally": ["计票表.pdf"]}, "signed_minutes", "signed_tally")
    zhou.do(sitting, "sign_minutes", said)


def holders(people, number: str, element: str, least: int) -> list[str]:
    """Which experts have a task at this step; nobody while there are fewer than `least`."""
    found = [name for name in EXPERTS if any(task["element"] == element for task in people[name].tasks(number))]
    return found if len(found) >= least else []


def open_the_vote(zhou, sitting: str, drawn: list[str]) -> None:
    """Everybody signed in. An opinion that is still on its way brings the office back to the same task."""
    said = {"chair": "方国栋", "recorder": "周敏", "attendance": [{"ref": f"person:{name}", "present": "yes"} for name in drawn]}
    while not any(task["element"] == "watch_voting" for task in zhou.tasks(sitting)):
        zhou.do(sitting, "hold_sitting", said, "open_vote")
        until(lambda: {task["element"] for task in zhou.tasks(sitting)} & {"hold_sitting", "watch_voting"}, "the roll is called")


def publicise_again_and_review(people, number: str) -> None:
    """Steps 8 to 10."""
    zhou, chen = people["zhou"], people["chen"]
    zhou.do(number, "start_post_publicity", answers("start_post_publicity"))
    chen.do(number, "post_publicity", chen.with_files(answers("post_publicity", **period()), *FILES), "pass")
    zhou.do(number, "office_publicity", answers("office_publicity", **period()))
    zhou.do(number, "office_post_review", answers("office_post_review"), "agree")
    until(lambda: people["han"].case(number)["stage"] == "生成组批件", "the case waits for a batch")


def approve_in_a_batch(people, number: str) -> None:
    """Steps 11 and 12: four posts, four people."""
    zhou = people["zhou"]
    batch = zhou.start("approval-batch", office="org:office_eng", committee=f"eng_senior_{day()[:4]}")["number"]
    zhou.do(batch, "compose_batch", {"title": "关于核准高级工程师资格的请示", "committee_code": "GC", "members": [number]}, "prepare")
    zhou.do(batch, "send_batch", {}, "send")
    for name, element in (("he", "accept_batch"), ("lin", "review_batch"), ("gao", "approve_batch")):
        people[name].do(batch, element, answers("bureau_opinion"), "pass")
    assert people["han"].case(number)["stage"] == "业务部门受理、审核、审批、制证"
    people["ma"].do(batch, "make_certificates", answers("make_certificates", approved_on=day()), "issue")
