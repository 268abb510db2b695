"""An application from registration to correction on a phone's screen, with the keyboard alone."""
from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.whole.keyboard import Hands, code_of_letter
from tests.whole.papers import day
from tests.whole.programs import Program, until

NAME, NUMBER = "木兰", "440305199203120581"
ACCOUNT, PASSWORD = "mulan92", "dun-dian-2026x"
BASIC = {"name": NAME, "phone": "13900139000", "work_start": "2014-07-10", "household": "广东省深圳市", "ethnicity": "01", "political_status": "13"}
SCHOOL = {"certificate_number": "105611201005001234", "region": "mainland", "degree": "4", "used_for_review": True}
WORK = {"started": "2014-07-10", "unit": "深圳市艾克米精密机械有限公司", "place": "深圳市", "post": "无", "content": "从事精密传动机构的设计与试验。", "witness": "王建国"}
PRESENT = {"present_type": "none", "present_specialty": "机械设计", "years_in_specialty": "10"}
REQUESTED = {"application_type": "ordinary", "requested": ["080", "副高", "高级工程师", "机械"], "outside_committee": False, "other_application": False}
HOURS = {"training_year": day()[:4], "public_hours": 30, "professional_hours": 42, "elective_hours": 18}
EVALUATION = {"self_ability": "第一项，本人长期从事机械设计工作，符合该文件对工作能力的要求。", "self_achievement": "第一项，本人的成果已批量生产，符合该文件对业绩成果的要求。"}
MARK = {"form": "declaration", "section": "basic", "field": "household", "remark": "请写到区"}


@pytest.fixture
def hands(service, chromium):
    """The person's browser; nothing may have been complained about in it."""
    made = Hands(chromium, service.url)
    yield made
    made.context.close()
    assert not made.complaints, made.complaints


def test_a_new_person_applies_and_corrects_on_a_phone_with_the_keyboard_alone(service, hands):
    register(hands)
    sign_in(hands)
    begin(hands)
    fill_in(hands)
    bring_materials(hands)
    number = hand_in(hands)
    employer_returns(service, number)
    correct(hands)
    assert "单位审核" in hands.page.locator("main").inner_text()


def register(hands: Hands) -> None:
    """The proof that no robot asks works itself out while one types; the letter's code completes it."""
    page = hands.page
    page.goto("/sign-in")
    hands.press("注册")
    hands.fill({"name": NAME, "id_number": NUMBER, "phone": "13900139000", "email": "mulan@example.cn", "account": ACCOUNT,
                "password": PASSWORD, "again": PASSWORD, "agreed": ["yes"]})
    hands.press("下一步：验证邮箱")
    hands.type(page.get_by_label("验证码"), code_of_letter(page))
    hands.press("完成注册")
    expect(page.locator(".flashes")).to_contain_text("注册完成")


def sign_in(hands: Hands) -> None:
    expect(hands.page.get_by_label("个人账号")).to_be_focused()
    hands.page.keyboard.type(ACCOUNT)
    hands.type(hands.page.get_by_label("密码"), PASSWORD)
    hands.follow()
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text(NAME)


def begin(hands: Hands) -> None:
    """To the declaration, past the commitment."""
    hands.press("职称评审")
    hands.fill({"agreed": ["agreed"]})
    hands.press("下一步")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("个人申报")


def fill_in(hands: Hands) -> None:
    """Each section that must be filled, in the order of the form."""
    page = hands.page
    expect(page.locator("[name=insured_unit]")).to_have_value("深圳市艾克米精密机械有限公司")  # fetched without being asked for
    hands.fill(BASIC | {"work_unit": "深圳市艾克米精密机械有限公司"})
    onward(hands, "教育经历")
    add_school(hands)
    onward(hands, "工作经历")
    hands.row("work_history", WORK)
    onward(hands, "专业行业组织职务")
    onward(hands, "现职称及专业技术职务信息")
    hands.fill(PRESENT)
    onward(hands, "申报的职称信息")
    hands.fill(REQUESTED)
    expect(page.locator("#section-requested")).to_contain_text("深圳市工程系列高级职称评审委员会")
    onward(hands, "进修与继续教育")
    hands.row("continuing_education", HOURS)
    for title in ("业绩成果-项目情况", "业绩成果-获奖情况", "学术成果-论文、著作、技术分析报告等", "学术成果-专利及软件著作权", "个人自我评价"):
        onward(hands, title)
    hands.fill(EVALUATION)
    onward(hands, "工作负面情况说明")
    hands.fill({"negative_facts": ["none"]})
    onward(hands, "申报下一环节信息")
    hands.fill({"report_unit": "org:acme", "unit_differs": False})
    onward(hands, "材料上传")


def add_school(hands: Hands) -> None:
    """The diploma's register fills most of a row."""
    page = hands.page
    hands.to(page.locator('button[value="row-add:education"]'))
    hands.follow()
    hands.fill({"certificate_number": SCHOOL["certificate_number"]}, "row.")
    hands.to(page.get_by_role("button", name="获取", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator('[name="row.school"]')).not_to_have_value("")
    hands.fill({key: value for key, value in SCHOOL.items() if key != "certificate_number"}, "row.")
    hands.press("保存")
    expect(page.locator("#f-education tbody tr").first).to_be_visible()


def onward(hands: Hands, title: str) -> None:
    """To the next section, which has this title."""
    hands.press("下一步")
    expect(hands.page.locator("#filling h2").first).to_have_text(title)


def bring_materials(hands: Hands) -> None:
    """The photo is cut with the keys; two diplomas change places."""
    page = hands.page
    hands.upload("photo", phone_picture())
    hands.press("裁剪照片")
    stage = page.locator("[data-crop-stage]")
    hands.to(stage)
    hands.keys("ArrowLeft", "ArrowUp", "+", "-")
    hands.press("裁剪并使用")
    expect(page.locator("#f-photo")).to_contain_text("295×413")
    hands.upload("commitment_signed", "个人承诺书.pdf")
    hands.upload("education_proof", "学士学位证书.pdf", "本科毕业证书.pdf")
    hands.press("材料排序")
    hands.to(page.get_by_role("button", name="下移学士学位证书.pdf"))
    page.keyboard.press("Enter")
    expect(page.locator("tbody .file-name").first).to_contain_text("本科毕业证书.pdf")
    hands.press("确定")
    expect(page.locator("#f-education_proof .file-there > li").first).to_contain_text("本科毕业证书.pdf")


def phone_picture() -> dict:
    """As a phone takes it: far larger than asked for, and of another shape."""
    out = BytesIO()
    Image.new("RGB", (900, 1600), (120, 170, 220)).save(out, "JPEG")
    return {"name": "手机照片.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def hand_in(hands: Hands) -> str:
    """Looks at the whole and sends it. The number of the case."""
    page = hands.page
    hands.press("预览全部")
    expect(page.locator("main")).to_contain_text("已全部填好，可以提交")
    hands.press("返回填报和提交")
    while page.get_by_role("button", name="下一步", exact=True).count():
        hands.press("下一步")
    hands.press("提交")
    expect(page.locator(".flashes")).to_contain_text("已办理：个人申报")
    number = page.locator("main").inner_text()
    return "".join(letter for letter in number[number.index("003"):][:24] if letter.isdigit())[:19]


def employer_returns(service, number: str) -> None:
    """The employer marks one place and returns."""
    chen = Program(service.url, "chen")
    task = chen.task(number, "employer_review")["id"]
    chen.ask("POST", f"/tasks/{task}/marks", json=MARK)
    chen.do(number, "employer_review", {"operator_name": "陈晓", "operator_phone": "0755-26881234"}, "return")


def correct(hands: Hands) -> None:
    """Goes to the marked place, corrects it, says so and sends it again."""
    page = hands.page
    until(lambda: page.goto("/") and page.locator("a[href*='/tasks/']").count(), "the application came back")
    hands.to(page.locator("a[href*='/tasks/']"))
    hands.follow()
    expect(page.locator("main")).to_contain_text("请写到区")
    hands.press("基本信息 · 户籍")
    hands.fill({"household": "广东省深圳市南山区"})
    hands.to(page.locator("[name^='done.']"))
    hands.keys("Space")
    hands.type(page.locator("[name^='reply.']"), "已补写")
    hands.press("重新提交")
    expect(page.locator("main")).to_contain_text("提交成功")
