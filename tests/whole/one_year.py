"""What the office, the experts, the bureau and the public do in the pages for one committee's many applications. Tests only."""
from __future__ import annotations

from playwright.sync_api import expect

from tests.whole.committee import this_year
from tests.whole.forty import EXPERTS, RECUSED, Forty
from tests.whole.papers import answers, day
from tests.whole.visitors import PHONE, Visitor

COMMITTEE = f"eng_senior_{this_year()}"
WORDS = {"yes": "同意", "no": "不同意", "abstain": "弃权"}
COMPLAINT = {"manner": "named", "complainant": "王先生", "complainant_contact": "13900000000", "content": "反映代表性项目署名顺序不实。",
             "conclusion": "upheld", "verification": "经查阅验收文件，署名顺序与实际不符。", "answered_how": "书面"}


def in_bulk(office: Visitor, step: str, count: int, said: dict) -> None:
    """All that waits at this step, decided in the first way offered, with the same answers; the report says all is done."""
    rows = lambda page: page.locator("input[data-tick]") if page.locator("input[data-tick]").count() == count else page.locator("#never")  # noqa: E731
    office.wait_for(f"/desk?step={step}", rows)
    office.page.locator("input[data-tick-page]").check()
    office.press("批量办理")
    doing = office.page.get_by_role("button", name=f"办理 {count} 件", exact=True)
    for _page in range(4):
        if doing.count():
            break
        office.fill(said)
        office.shot(f"bulk {step}", phone=True)
        office.press("下一步")
    office.press(f"办理 {count} 件")
    expect(office.page.locator("#job")).to_contain_text(f"全部 {count} 项已办成", timeout=120_000)


def fill_through(person: Visitor, said: dict) -> None:
    """Fills a form of one section or of several, to its end, where the buttons are."""
    person.fill(said)
    while (following := person.page.get_by_role("button", name="下一步", exact=True)).count():
        person.click(following)
        person.fill(said)


def begin(office: Visitor, process: str, task: str) -> str:
    """Starts a case of the committee from the first page; its number."""
    office.goto("/")
    office.press(process)
    office.fill({"office": "org:office_eng"})
    office.fill({"committee": COMMITTEE})
    office.press("下一步")
    number = office.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    if not office.page.get_by_role("heading", name=task, exact=True).count():
        office.open_task(number, task)
    return number


# --- the sitting

def office_plans_and_draws(office: Visitor, forty: Forty) -> str:
    """All applications come to one sitting; the words of the supervisor settle the draw."""
    sitting = begin(office, "评审会", "安排评审会")
    fill_through(office, {
        "held_on": day(1), "place": "深圳市人才园 3 楼会议室", "members": len(EXPERTS), "interview": False, "blind": False, "vote_mode": "electronic",
        "cases": list(forty.of.values()), "panel": "senior", "series": "080", "supervisor": "机关纪委 沈廉", "answer_until": day(1)})
    office.shot("forty plan", phone=True)
    office.decide("抽取评委")
    office.open_task(sitting, "现场抽取")
    office.fill({"supervisor": "机关纪委 沈廉", "words": "春分 三月二十"})
    office.decide("抽取")
    forty.holders(sitting, "invite_expert", len(EXPERTS))
    return sitting


def experts_answer(people, forty: Forty, sitting: str) -> None:
    """Two in the pages, one of them on a phone."""
    for name in EXPERTS:
        if name not in ("e3", "e6"):
            forty.does(sitting, "invite_expert", name, {"answer": "accept"})
            continue
        people[name].page.set_viewport_size(PHONE if name == "e6" else people[name].page.viewport_size)
        people[name].open_own_task(sitting, "答复邀请")
        people[name].fill({"answer": "accept"})
        people[name].shot(f"forty invitation {name}")
        people[name].decide("答复")
    people["zhou"].open_task(sitting, "确定评委和上会名单")
    people["zhou"].shot("forty panel", phone=True)
    fill_through(people["zhou"], {})
    people["zhou"].decide("评委已定")


def experts_declare(people, forty: Forty, sitting: str, recused: dict[int, str]) -> None:
    """Who steps aside says so in the pages."""
    asides = {expert: applicant for applicant, expert in recused.items()}
    for name in EXPERTS:
        if name not in asides:
            forty.does(sitting, "declare_interests", name, {"pledge": True})
            continue
        people[name].open_own_task(sitting, "申报利害关系")
        people[name].fill({"related": [forty.of[asides[name]]]})
        people[name].fill({"related_kinds": ["tutor"], "related_note": "曾是申报人的导师。", "pledge": True})
        people[name].shot(f"forty interests {name}", phone=True)
        people[name].decide("申报并承诺")


def office_groups(office: Visitor, forty: Forty, sitting: str) -> None:
    """In the grid of the page, each expert and each applicant."""
    office.open_task(sitting, "分组与回避")
    expect(office.page.locator("#filling")).to_contain_text("本人")
    office.press("下一步")
    for place, row in enumerate(forty.grouped()["experts"]):
        office.page.locator(f'[name="experts.{place}.group"]').fill(str(row["group"]))
    for place, row in enumerate(forty.grouped()["applicants"]):
        office.page.locator(f'[name="applicants.{place}.group"]').fill(str(row["group"]))
    office.shot("forty groups", phone=True)
    office.decide("通知评委开始评议")


def expert_writes_beside_the_papers(expert: Visitor, forty: Forty, applicant: int) -> None:
    """The declaration lies beside the opinion."""
    task = forty.task(forty.of[applicant], "write_opinion", expert.account)
    expert.goto(f"/tasks/{task}")
    expect(expert.page.locator("#beside")).to_contain_text("高级工程师")
    fill_through(expert, answers("expert_opinion"))
    expert.shot("forty opinion", phone=True)
    expert.decide("提交意见")


def office_signs_in(office: Visitor, sitting: str, present: int) -> None:
    """The first so many are there, the others are not."""
    office.open_task(sitting, "签到开会")
    fill_through(office, {"chair": "方国栋", "recorder": "周敏"})
    for place in range(len(EXPERTS)):
        office.page.locator(f'select[name="attendance.{place}.present"]').select_option("yes" if place < present else "no")
    office.shot(f"forty attendance {present}", phone=True)
    office.decide("开始表决")


def office_postpones(office: Visitor, sitting: str) -> None:
    """Seven of eleven are too few."""
    office.open_task(sitting, "改期再开")
    expect(office.page.locator("#filling")).to_contain_text("7 人")
    office.fill({"held_on": day(2), "place": "深圳市人才园 5 楼会议室"})
    office.shot("forty postponed", phone=True)
    office.decide("按新的时间开会")


def expert_votes(expert: Visitor, forty: Forty, phone: bool = False) -> None:
    """Marks every paper of the page and puts them in at once, but no paper of an applicant one stepped aside from."""
    if phone:
        expert.page.set_viewport_size(PHONE)
    papers = [number for number in forty.applicants if expert.account != RECUSED.get(number)]
    expert.wait_for("/votes", lambda page: page.locator("fieldset.vote") if page.locator("fieldset.vote").count() == len(papers) else page.locator("#never"))
    for number in papers:
        task = forty.task(forty.of[number], "cast_ballot", expert.account)
        paper = expert.page.locator("fieldset.vote", has=expert.page.locator(f'[name="choice.{task}"]'))
        paper.get_by_role("radio", name=WORDS[forty.choice(number, expert.account)], exact=True).check()
    expert.shot(f"forty ballots {expert.account}")
    expert.page.once("dialog", lambda asked: asked.accept())
    expert.press("投出已选的选票")
    expect(expert.page.locator("main")).to_contain_text("选票都已投出", timeout=120_000)


def office_closes_and_announces(office: Visitor, sitting: str) -> None:
    """The results are there after the end of the vote alone."""
    office.open_task(sitting, "表决进行中")
    office.shot("forty turnout", phone=True)
    office.decide("结束投票")
    office.open_task(sitting, "签署纪要和计票表")
    expect(office.page.locator("#filling")).to_contain_text("通过")
    fill_through(office, {"minutes": "评审、投票、计票均按规定进行。", "announced_on": day(), "signed_minutes": ["纪要.pdf"], "signed_tally": ["计票表.pdf"]})
    office.shot("forty results", phone=True)
    office.decide("宣布结果")


# --- the second publicity

def office_notes_a_complaint(office: Visitor, number: str) -> None:
    """Somebody complains while the office publicises, and the complaint proves true."""
    office.open_case(number)
    office.press("登记、核查投诉")
    if office.page.get_by_role("button", name="登记、核查投诉", exact=True).count():
        office.press("登记、核查投诉")
    office.open_task(number, "投诉登记和核查")
    office.fill({"records": [COMPLAINT | {"received_on": day(-1), "answered_on": day()}]})
    office.shot("forty complaint", phone=True)
    office.decide("提交")


def office_refuses_who_was_complained_about(office: Visitor, number: str) -> None:
    """After the publicity the office decides on what was found."""
    office.open_task(number, "评委会办公室评后审核")
    office.fill({"investigation": "署名不实属实。", "opinion": "取消通过资格。"})
    office.shot("forty objection", phone=True)
    office.decide("不通过", reason="业绩成果署名不实")


# --- approval and certificates

def office_sends_a_batch(office: Visitor, numbers: list[str]) -> str:
    """The candidates are ticked on the page."""
    batch = begin(office, "职称核准组批", "生成组批件")
    office.fill({"committee_code": "GC"})
    if office.page.get_by_role("button", name="下一步", exact=True).count():
        office.press("下一步")
    office.fill({"members": numbers})
    office.shot("forty batch", phone=True)
    office.decide("生成批件")
    office.open_task(batch, "核对并报送批件")
    office.decide("报送业务部门")
    return batch


def bureau_approves(people, batch: str, removed: str, count: int) -> None:
    """Four posts; the second takes one member out."""
    for name, task, decision in (("he", "业务部门受理", "受理"), ("lin", "业务部门审核", "审核通过"), ("gao", "业务部门审批", "批准")):
        people[name].open_task(batch, task)
        expect(people[name].page.locator("#filling")).to_contain_text(f"{count - (name == 'gao')} 人")
        people[name].fill(answers("bureau_opinion"))
        if name == "lin":
            people[name].fill({"removed": [removed]})
            people[name].fill({"removal_reason": "学历证书经查不实", "removal_route": "closed"})
        people[name].shot(f"forty {name}", phone=True)
        people[name].decide(decision)
    people["ma"].open_task(batch, "制证")
    people["ma"].fill(answers("make_certificates", approved_on=day()))
    people["ma"].decide("制证发布")


def two_people_revoke(people, number: str) -> str:
    """One states why, another approves. The number of the case."""
    ma, gao = people["ma"], people["gao"]
    ma.goto("/")
    ma.press("证书更正、补发、撤销")
    ma.fill({"kind": "revoke"})
    ma.fill({"number": number})
    ma.press("下一步")
    case = ma.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    if not ma.page.get_by_role("heading", name="说明理由、上传材料", exact=True).count():
        ma.open_task(case, "说明理由、上传材料")
    fill_through(ma, {"revocation_category": "提供虚假材料", "reason": "学历证书经核实为伪造，已听取本人陈述", "decision_number": "深人社职撤〔2026〕1号",
                      "evidence": ["核查报告.pdf"], "barred": True, "bar_until": day(800)})
    ma.shot("forty revocation", phone=True)
    ma.decide("提交")
    gao.open_task(case, "审批证书变更")
    gao.fill({"opinion": "同意。"})
    gao.decide("批准")
    return case


def public_reads(somebody: Visitor, code: str, state: str) -> None:
    """On a phone, by the code, as soon as the work behind it is done."""
    somebody.page.set_viewport_size(PHONE)
    somebody.goto("/verify")
    somebody.page.get_by_label("验证码").fill(code)
    somebody.press("核验")
    expect(somebody.page.get_by_role("status").first).to_be_visible()
    somebody.wait_for(f"/verify/{code}", lambda page: page.get_by_role("status").filter(has_text=state))
    somebody.shot(f"forty verify {state}")


def the_barred_cannot_start(person: Visitor) -> None:
    """The end of the bar is said."""
    person.goto("/")
    person.press("职称评审")
    person.fill({"agreed": ["agreed"]})
    person.press("下一步")
    expect(person.page.locator("main")).to_contain_text(str(int(day(800)[:4])))
    person.shot("forty barred", phone=True)
    person.complaints = [one for one in person.complaints if "status of 409" not in one]  # the refusal itself is no fault
    assert person.page.get_by_role("heading", name="个人申报", exact=True, level=1).count() == 0
