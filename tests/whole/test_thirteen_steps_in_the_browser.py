"""All thirteen steps in the pages, each role in a browser window of its own, against the running service."""
from __future__ import annotations

import re
from io import BytesIO

import pytest
import yaml
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.whole.papers import ROOT, answers, day, declared, period
from tests.whole.programs import Program, until
from tests.whole.visitors import Visitor

POOL = tuple(f"expert{number}" for number in range(1, 25))  # who sits is drawn by lot
PANEL = 7  # three of the pool know the applicant: if all of them are drawn, four are left to judge
FORM = yaml.safe_load((ROOT / "forms" / "title-review" / "declaration.yml").read_text("utf-8"))
SECTIONS = [section["title"] for section in FORM["sections"] if section["key"] != "exam"]  # asked of few


class People(dict):
    """Windows by account, opened when first asked for."""

    def __init__(self, chromium, url: str):
        super().__init__()
        self.chromium, self.url = chromium, url

    def __missing__(self, account: str) -> Visitor:
        self[account] = Visitor(self.chromium, self.url, account)
        return self[account]


@pytest.fixture(scope="module")
def people(chromium, service):
    return People(chromium, service.url)


def test_everybody_does_their_step_in_the_pages_and_the_public_verifies_the_certificate(service, chromium, people):
    number = step_1_applicant_commits_fills_in_and_submits(people["li"])
    applicant_withdraws_before_the_employer_acts_and_submits_again(people["li"], number)
    step_2_employer_returns_it_with_a_reason(people["chen"], number)
    applicant_reads_the_reason_and_resubmits(people["li"], number)
    step_2_employer_passes_it(people["chen"], number)
    step_3_employer_publicises_it(people["chen"], number)
    step_4_office_reviews_it(people["zhou"], number)
    step_5_office_asks_for_the_fee(people["zhou"], number)
    step_6_applicant_pays_in_the_gateways_page(people["li"], number)
    sitting, judges = step_7_office_draws_a_panel_and_experts_write(service, people, number)
    step_7_experts_vote_in_secret_and_the_office_closes_the_vote(people, sitting, judges)
    step_8_office_starts_the_second_publicity(people["zhou"], number, agreed=len(judges) - 1)
    step_9_employer_and_office_publicise_the_result(people, number)
    step_10_office_reviews_the_publicity(people["zhou"], number)
    batch = step_11_office_composes_a_batch(people["zhou"], number)
    step_12_four_posts_approve_it(people, batch, number)
    code = step_13_applicant_downloads_the_certificate(people["li"], number)
    anybody_verifies_it(Visitor(chromium, service.url), code)
    for person in people.values():
        assert person.complaints == [], f"the browser of {person.account} complained"


def step_1_applicant_commits_fills_in_and_submits(li: Visitor) -> str:
    li.shot("home of applicant", phone=True)
    li.press("职称评审")
    expect(li.page.locator("main")).to_contain_text("申请条件")
    li.shot("start", phone=True)
    li.press("下一步")
    expect(li.page.locator(".error-summary, .invalid-feedback").first).to_be_visible()
    li.shot("start refused")
    li.fill({"agreed": ["agreed"]})
    li.press("下一步")
    expect(li.page.get_by_role("heading", level=1)).to_have_text("个人申报")
    assert li.stage() == "个人申报"
    number = li.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    assert re.fullmatch(r"003\d{16}", number)

    said = declared()
    li.fill({"name": said["name"], "id_number": "440305198806140019"})
    li.press("下一步")
    li.sign_out()
    li.sign_in()
    draft = li.goto("/my?tab=draft").locator("tr", has_text=number)
    li.shot("my drafts", phone=True)
    li.click(draft.get_by_role("link", name="继续填报"))
    expect(li.page.get_by_label("证件号码")).to_have_value("440305198806140019")
    li.shot("declaration empty", phone=True)
    assert li.fill_sections(said) == SECTIONS
    li.shot("declaration materials", phone=True)
    li.press("提交")
    if li.page.locator(".error-summary").count():
        pytest.fail(li.page.locator(".error-summary").inner_text())
    expect(li.page.locator(".flashes")).to_contain_text("已办理")
    assert li.stage() == "单位审核"
    li.shot("case submitted", phone=True)
    expect(row_of(li, number, "doing")).to_contain_text("单位审核")
    li.shot("my doing", phone=True)
    return number


def applicant_withdraws_before_the_employer_acts_and_submits_again(li: Visitor, number: str) -> None:
    li.click(row_of(li, number, "doing").get_by_role("link", name="撤回"))
    li.shot("withdraw")
    li.press("撤回")
    expect(li.page.locator(".flashes")).to_contain_text("撤回")
    assert li.stage() == "个人申报"
    row = row_of(li, number, "todo")
    expect(row).to_contain_text("待办中")
    li.click(row.get_by_role("link", name="办理"))
    last_section(li)
    li.press("提交")
    expect(li.page.locator(".flashes")).to_contain_text("已办理")


def step_2_employer_returns_it_with_a_reason(chen: Visitor, number: str) -> None:
    chen.shot("home of employer")
    row = chen.wait_for("/desk", lambda page: page.locator("tr", has_text=number))
    chen.shot("desk of employer", phone=True)
    chen.click(row.get_by_role("button", name="领取"))
    expect(chen.page.locator(".flashes")).to_contain_text("已领取")
    chen.shot("employer review", phone=True)
    expect(chen.page.locator("#beside")).to_contain_text("李雷")
    chen.fill({"operator_phone": "0755-26881234"})
    chen.decide("退回修改", reason="请补充两个项目的验收时间。")


def applicant_reads_the_reason_and_resubmits(li: Visitor, number: str) -> None:
    notice = li.wait_for("/notices", lambda page: page.locator(".notice-list li", has_text="退回修改"))
    expect(notice).to_contain_text("17时前重新提交")
    li.shot("notices", phone=True)
    li.click(row_of(li, number, "todo").get_by_role("link", name="办理"))
    expect(li.page.locator(".remark").first).to_contain_text("请补充两个项目的验收时间。")
    li.shot("returned declaration", phone=True)
    last_section(li)
    li.press("重新提交")
    expect(li.page.locator(".flashes")).to_contain_text("已办理")
    assert li.stage() == "单位审核"


def step_2_employer_passes_it(chen: Visitor, number: str) -> None:
    chen.open_task(number, "单位审核")
    chen.press("提交")
    expect(chen.page.locator(".error-summary")).to_contain_text("处需要修改")
    chen.shot("employer review refused", phone=True)
    chen.fill(answers("employer_review"))
    chen.fill(answers("employer_review", appraisals=None))
    chen.decide("提交")


def step_3_employer_publicises_it(chen: Visitor, number: str) -> None:
    chen.open_task(number, "单位评前公示")
    assert chen.stage() == "单位评前公示"
    chen.fill({"started": day(-2), "ended": day()})
    chen.press("通过")
    expect(chen.page.locator(".error-summary")).to_contain_text("评前公示结束时间")
    chen.fill({"form_signed": ["评前公示情况表.pdf"]} | period())  # the chosen file survives the page's own refreshes
    expect(chen.page.locator('[name="opinion"]')).to_have_value(re.compile("【李雷】同志申报【工程系列·机械·高级工程师】.*未收到举报投诉"))
    chen.shot("pre publicity", phone=True)
    chen.decide("通过")


def step_4_office_reviews_it(zhou: Visitor, number: str) -> None:
    zhou.open_task(number, "评委会办公室评前审核")
    expect(zhou.page.locator("#beside")).to_contain_text("440305198806140018")
    zhou.shot("office pre review", phone=True)
    zhou.press("材料")
    expect(zhou.page.locator("#beside")).to_contain_text("工程师职称证书.pdf")
    zhou.shot("office materials")
    zhou.fill(answers("office_pre_review"))
    zhou.decide("同意")


def step_5_office_asks_for_the_fee(zhou: Visitor, number: str) -> None:
    zhou.open_task(number, "确认发起缴费")
    expect(zhou.page.locator("#filling")).to_contain_text("¥580.00")
    zhou.fill(answers("confirm_payment"))
    zhou.shot("confirm payment")
    zhou.decide("同意")


def step_6_applicant_pays_in_the_gateways_page(li: Visitor, number: str) -> None:
    li.wait_for("/notices", lambda page: page.locator(".notice-list li", has_text="请缴纳职称评审费"))
    row = li.wait_for("/my?tab=todo", lambda page: page.locator("tr", has_text=number).filter(has_text="网上支付"))
    li.click(row.get_by_role("link", name="办理"))
    li.shot("pay fee", phone=True)
    li.press("支付")
    li.shot("order", phone=True)
    li.press("去支付 ¥580.00")
    li.shot("gateway")
    expect(li.page.locator(".sum")).to_have_text("¥580.00")
    li.press("支付成功")
    li.wait_for("/payments", lambda page: page.locator("tr", has_text=number[-8:]).filter(has_text="已支付"))
    li.shot("payments")
    expect(li.wait_for("/my?tab=doing", lambda page: page.locator("tr", has_text=number))).to_contain_text("专家评审")


def step_7_office_draws_a_panel_and_experts_write(service, people: People, number: str) -> tuple[str, list[str]]:
    """The number of the sitting, and the accounts of those who judge this application."""
    zhou = people["zhou"]
    sitting = office_plans_a_sitting(zhou, number)
    zhou.open_task(sitting, "现场抽取")
    zhou.fill({"supervisor": "机关纪委 沈廉", "words": "今日天气晴朗"})
    zhou.shot("witness draw", phone=True)
    zhou.decide("抽取")
    drawn = holders(service, sitting, "invite_expert", PANEL)
    for name in drawn:
        people[name].open_own_task(sitting, "答复邀请")
        people[name].fill({"answer": "accept"})
        people[name].shot("invitation", phone=True, only_first=True)
        people[name].decide("答复")
    zhou.open_task(sitting, "确定评委和上会名单")
    decide_through(zhou, "评委已定")
    for name in drawn:
        people[name].open_own_task(sitting, "申报利害关系")
        people[name].fill({"pledge": True})
        people[name].shot("interests", phone=True, only_first=True)
        people[name].decide("申报并承诺")
    zhou.open_task(sitting, "分组与回避")
    decide_through(zhou, "通知评委开始评议")
    judges = holders(service, number, "write_opinion", 4)  # whoever knows the applicant steps aside
    for name in judges:
        write_opinion(people[name], number)
    return sitting, judges


def office_plans_a_sitting(zhou: Visitor, number: str) -> str:
    zhou.goto("/")
    zhou.press("评审会")
    zhou.fill({"office": "org:office_eng"})
    zhou.fill({"committee": f"eng_senior_{day()[:4]}"})
    zhou.press("下一步")
    sitting = zhou.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    if not zhou.page.get_by_role("heading", name="安排评审会", exact=True).count():
        zhou.open_task(sitting, "安排评审会")
    plan = {"held_on": day(1), "place": "深圳市人才园 3 楼会议室", "members": PANEL, "interview": False, "blind": False,
            "vote_mode": "electronic", "cases": [number], "panel": "senior", "supervisor": "机关纪委 沈廉", "answer_until": day(1)}
    decide_through(zhou, "抽取评委", plan)
    return sitting


def holders(service, number: str, element: str, least: int) -> list[str]:
    """Who of the pool has a task at this step, as soon as they are at least so many."""
    pool = [Program(service.url, name) for name in POOL]

    def found() -> list[str]:
        names = [one.account for one in pool if any(task["element"] == element for task in one.tasks(number))]
        return names if len(names) >= least else []

    return until(found, f"{least} people are at {element}")


def write_opinion(expert: Visitor, number: str) -> None:
    expert.open_own_task(number, "撰写评议意见")
    beside = expert.page.locator("#beside").inner_text()
    assert "高精度谐波减速器国产化研制" in beside and "440305198806140018" not in beside and "13800138000" not in beside
    expert.shot("expert opinion", phone=True, only_first=True)
    decide_through(expert, "提交意见", answers("expert_opinion"))


def step_7_experts_vote_in_secret_and_the_office_closes_the_vote(people: People, sitting: str, judges: list[str]) -> None:
    zhou = people["zhou"]
    zhou.open_task(sitting, "签到开会")
    signed_in = {f"attendance.{place}.present": "yes" for place in range(PANEL)}
    decide_through(zhou, "开始表决", {"chair": "方国栋", "recorder": "周敏"} | signed_in)
    for name in judges[:-1]:  # the last one does not vote, which counts as an abstention
        vote(people[name])
    zhou.open_task(sitting, "表决进行中")
    expect(zhou.page.locator("#filling")).to_contain_text(f"{len(judges) - 1} / {len(judges)} 张次已投")
    zhou.shot("watch voting", phone=True)
    zhou.decide("结束投票")
    zhou.open_task(sitting, "签署纪要和计票表")
    expect(zhou.page.locator("#filling")).to_contain_text("通过")
    decide_through(zhou, "宣布结果", {
        "minutes": "评审、投票、计票均按规定进行。", "announced_on": day(), "signed_minutes": ["纪要.pdf"], "signed_tally": ["计票表.pdf"]})


def vote(expert: Visitor) -> None:
    """On the page of one's own ballots."""
    ballot = expert.wait_for("/votes", lambda page: page.get_by_role("radio", name="同意", exact=True))
    ballot.check()
    expert.shot("ballot", phone=True, only_first=True)
    expert.press("投出第 1 张选票")
    expect(expert.page.locator("main")).to_contain_text("已投")


def step_8_office_starts_the_second_publicity(zhou: Visitor, number: str, agreed: int) -> None:
    zhou.open_task(number, "发起单位评后公示")
    expect(zhou.page.locator("#filling")).to_contain_text(f"同意 {agreed} 票")
    zhou.fill(answers("start_post_publicity"))
    zhou.decide("提交")


def step_9_employer_and_office_publicise_the_result(people: People, number: str) -> None:
    chen, zhou = people["chen"], people["zhou"]
    chen.open_task(number, "单位评后公示")
    chen.fill(period() | {"form_signed": ["评后公示情况表.pdf"]})
    chen.shot("post publicity")
    chen.decide("通过")
    zhou.open_task(number, "评委会办公室公示")
    zhou.fill(period())
    zhou.decide("提交")


def step_10_office_reviews_the_publicity(zhou: Visitor, number: str) -> None:
    zhou.open_task(number, "评委会办公室评后审核")
    expect(zhou.page.locator("#filling")).to_contain_text("未收到举报投诉")
    zhou.fill(answers("office_post_review"))
    zhou.shot("office post review")
    zhou.decide("同意")


def step_11_office_composes_a_batch(zhou: Visitor, number: str) -> str:
    zhou.goto("/")
    zhou.press("职称核准组批")
    zhou.fill({"office": "org:office_eng"})
    zhou.fill({"committee": f"eng_senior_{day()[:4]}"})
    zhou.press("下一步")
    batch = zhou.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    if not zhou.page.get_by_role("heading", name="生成组批件", exact=True).count():
        zhou.open_task(batch, "生成组批件")
    zhou.fill({"committee_code": "GC"})
    if zhou.page.get_by_role("button", name="下一步", exact=True).count():
        zhou.press("下一步")
    zhou.fill({"members": [number]})
    zhou.shot("compose batch", phone=True)
    zhou.decide("生成批件")
    zhou.open_task(batch, "核对并报送批件")
    expect(zhou.page.locator("#filling")).to_contain_text(f"GC-{day()[:4]}-01")
    zhou.decide("报送业务部门")
    return batch


def step_12_four_posts_approve_it(people: People, batch: str, number: str) -> None:
    posts = (("he", "业务部门受理", "受理"), ("lin", "业务部门审核", "审核通过"), ("gao", "业务部门审批", "批准"))
    for name, task, decision in posts:
        people[name].open_task(batch, task)
        expect(people[name].page.locator("#filling")).to_contain_text("1 人")
        people[name].fill(answers("bureau_opinion"))
        people[name].shot("bureau opinion", only_first=True)
        people[name].decide(decision)
    ma = people["ma"]
    ma.open_task(batch, "制证")
    ma.fill(answers("make_certificates", approved_on=day()))
    ma.shot("make certificates")
    ma.decide("制证发布")


def step_13_applicant_downloads_the_certificate(li: Visitor, number: str) -> str:
    """The code on the certificate, as its PDF has it."""
    li.wait_for("/notices", lambda page: page.locator(".notice-list li", has_text="职称证书已生成"))
    row = li.wait_for("/my?tab=done", lambda page: page.locator("tr", has_text=number))
    expect(row).to_contain_text("通过")
    li.shot("my done", phone=True)
    li.open_case(number)
    expect(li.page.locator(".timeline li", has_text="评委会办公室评前审核").first).to_contain_text("评委会办公室经办人")
    li.shot("case done", phone=True)
    li.page.locator("details.me summary").click()
    li.shot("menu", phone=True)
    li.press("我的证书")
    li.shot("certificates", phone=True)
    with li.page.expect_download() as waiting:
        li.page.get_by_role("link", name="下载 PDF", exact=True).first.click()
    content = waiting.value.path().read_bytes()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace(" ", "").replace("\n", "")
    assert content.startswith(b"%PDF") and "李雷" in text and "高级工程师" in text and "机械" in text
    return re.search(r"验证码([a-z2-7]{26})", text).group(1)


def anybody_verifies_it(somebody: Visitor, code: str) -> None:
    somebody.goto("/verify")
    somebody.page.get_by_label("验证码").fill(code.upper())
    somebody.press("核验")
    expect(somebody.page.get_by_role("status")).to_contain_text("有效")
    expect(somebody.page.get_by_role("status")).to_contain_text("高级工程师")
    somebody.shot("verified", phone=True)
    assert somebody.goto(f"/verify/{code[:10]}{'a' if code[10] != 'a' else 'b'}{code[11:]}").get_by_text("查无此证").count() == 1


def decide_through(zhou: Visitor, label: str, answers: dict | None = None) -> None:
    """Goes through a form to its last section, where its buttons are, and decides."""
    while True:
        zhou.fill(answers or {})
        zhou.shot(f"before {label}", phone=True)
        following = zhou.page.get_by_role("button", name="下一步", exact=True)
        if not following.count():
            break
        zhou.click(following)
    zhou.decide(label)


def row_of(li: Visitor, number: str, tab: str):
    """The row of a case in a tab of one's own cases."""
    row = li.goto(f"/my?tab={tab}").locator("tr", has_text=number)
    expect(row).to_have_count(1)
    return row


def last_section(li: Visitor) -> None:
    """The last section of the form, where it is submitted."""
    li.click(li.page.locator("#sections button").last)
