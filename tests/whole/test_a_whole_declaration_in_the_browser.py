"""One person fills every part of the form in the pages, hands it in, is asked to correct two places, and pays.

Read it as a story; what each part says is in the constants. Nobody else's walk declares for this person.
"""
from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.whole.papers import answers, declared, paper, period, phone_picture, signed_scan
from tests.whole.visitors import Visitor

NAME, ACME = "阿卜杜热西提·阿布都外力", "深圳市艾克米精密机械有限公司"
SAID = declared()

BASIC = {"political_status": "13", "household": "广东省深圳市", "ethnicity": "05", "work_start": "2008-07-10", "work_unit": "深圳市艾克米传动科技有限公司"}
SCHOOL = {"region": "mainland", "degree": "4", "used_for_review": True}
WORK = [
    {"started": "2008-07-10", "ended": "2014-12-31", "unit": "深圳市蓝湾自动化有限公司", "place": "广东省深圳市", "post": "无",
     "content": "从事自动装配设备的机械结构设计和现场调试。", "witness": "赵立群"},
    {"started": "2015-06-01", "unit": "深圳市艾克米传动科技有限公司", "place": "广东省深圳市", "post": "研发部主管",
     "content": "从事精密传动机构的设计、试制与可靠性试验，指导工程师四人。", "witness": "王建国"},
]
POST = [{"organisation": "深圳市机械工程学会", "post": "理事", "started": "2019-05-01"}]
PRESENT = {"present_type": "title", **{key: SAID[key] for key in SAID if key.startswith("present_")},
           "years_in_specialty": 15, "appointed_on": "2017-03-01", "out_of_province": False}
REQUESTED = {"application_type": "ordinary", "requested": ["080", "副高", "高级工程师", "机械"], "outside_committee": False,
             "other_application": True, "other_application_note": "2023 年申报过经济系列经济师，未通过。", "exam_needed": True}
TRAINING = [{"started": "2022-03-01", "ended": "2022-06-30", "place": "哈尔滨工业大学", "content": "精密传动系统动力学专题研修。"}]
HOURS = [{"training_year": 2025, "public_hours": 30, "professional_hours": 40, "elective_hours": 18}]
PROJECTS = [
    {"kind": "technical", "title": "高精度谐波减速器国产化研制", "rank": "municipal", "part": "technical_leader", "started": "2020-03-01",
     "ended": "2022-11-30", "state": "done", "representative": True, "summary": "负责总体方案与柔轮结构设计，传动精度达到 30 角秒，通过市级验收。"},
    {"kind": "research", "title": "柔轮疲劳寿命预测方法研究", "rank": "provincial", "part": "leader", "started": "2021-01-01",
     "ended": "2023-12-31", "state": "done", "representative": True, "summary": "建立柔轮疲劳寿命模型，预测误差小于一成。"},
    {"kind": "technical", "title": "自动装配线柔性改造", "rank": "company", "part": "main", "started": "2023-02-01",
     "state": "running", "representative": False, "summary": "承担夹具与换型机构设计。"},
]
AWARDS = [{"title": "深圳市科学技术进步奖", "work": "高精度谐波减速器", "rank": "municipal", "grade": "二等奖", "awarded_on": "2023-09-01",
           "issuer": "深圳市人民政府", "place": 2, "representative": True, "summary": "负责结构设计。"}]
WRITINGS = [
    {"kind": "paper", "title": "谐波减速器柔轮应力分析", "journal": "机械设计", "issn": "1001-2354", "published_on": "2021-05-01", "place": "第一作者",
     "representative": True},
    {"kind": "report", "title": "装配线换型时间分析报告", "used_by": ACME, "published_on": "2024-04-01", "place": "独立", "representative": True},
    {"kind": "book", "title": "精密传动设计手册", "publisher": "机械工业出版社", "isbn": "9787111213826", "published_on": "2022-08-01",
     "place": "3/5", "representative": False},
]
PATENTS = [{"kind": "invention", "title": "一种柔轮加工夹具", "number": "ZL201910699744.2", "granted_on": "2020-06-02", "place": 1,
            "representative": True}]
MATERIALS = {
    "technical_proof": ["高精度谐波减速器国产化研制.pdf"], "research_proof": ["柔轮疲劳寿命预测方法研究.pdf"], "award_proof": ["科学技术进步奖证书.pdf"],
    "publication_proof": ["谐波减速器柔轮应力分析.pdf"], "analysis_proof": ["装配线换型时间分析报告.pdf"], "patent_proof": ["一种柔轮加工夹具.pdf"],
    "other_achievements": ["自动装配线柔性改造.pdf"], "other_publications": ["精密传动设计手册.pdf"], "affiliation_proof": ["公司隶属关系证明.pdf"],
    "exceptional_form": ["破格申报推荐表.pdf"], "exam_proof": ["考试成绩单.pdf"],
}
LIST_SAYS = {"contact": "陈晓", "phone": "13800138011", "postcode": "518000"}
CORRECTED = "第一项，本人主持机械设计工作十年以上，取得工程师职称后连续工作九年，符合高级工程师工作能力条件的要求。"


@pytest.fixture(scope="module")
def window(service, chromium):
    """Opens a window of its own for each who takes part."""
    opened = []

    def sign_in(account: str) -> Visitor:
        opened.append(Visitor(chromium, service.url, account))
        return opened[-1]

    yield sign_in
    assert {visitor.account: visitor.complaints for visitor in opened if visitor.complaints} == {}


@pytest.mark.timeout(420)
def test_a_person_fills_every_part_hands_it_in_corrects_what_was_marked_and_pays(window):
    abdu, chen, zhou = window("abdu"), window("chen"), window("zhou")
    a_certificate_of_earlier_years_is_in_the_library(abdu)
    number = the_declaration_is_begun(abdu)
    who_one_is_where_one_learned_and_worked(abdu)
    what_one_is_and_wants_to_become(abdu)
    what_one_has_done(abdu)
    what_one_says_of_oneself_and_where_it_goes(abdu)
    all_materials_are_there(abdu)
    the_commitment_is_printed_signed_and_handed_in(abdu)
    the_whole_is_looked_at_and_handed_in(abdu, number)
    the_employer_marks_two_places_and_returns_it(chen, number)
    the_applicant_corrects_just_these_and_answers(abdu, number)
    the_employer_sees_what_changed_and_passes_it(chen, number)
    the_employer_prints_the_list_and_publicises(chen, number)
    the_office_asks_for_the_fee(zhou, number)
    the_applicant_pays_in_the_pages(abdu, number)


def a_certificate_of_earlier_years_is_in_the_library(abdu: Visitor) -> None:
    page = abdu.goto("/materials")
    page.locator("#add-file").set_input_files(paper("工程师职称证书.pdf"))
    expect(page.get_by_role("link", name="查看工程师职称证书.pdf")).to_be_visible()
    abdu.shot("library")


def the_declaration_is_begun(abdu: Visitor) -> str:
    abdu.goto("/")
    abdu.press("职称评审")
    abdu.fill({"agreed": ["agreed"]})
    abdu.press("下一步")
    return abdu.page.locator(".case-head-facts .number").inner_text().replace(" ", "")


def who_one_is_where_one_learned_and_worked(abdu: Visitor) -> None:
    page = abdu.page
    abdu.at_section("基本信息")
    for name, known in (("name", NAME), ("birth_date", "1985-07-20"), ("phone", "13800138003"), ("insured_unit", ACME)):
        expect(page.locator(f'[name="{name}"]')).to_have_value(known)  # of one's account, of the number, of the social insurance
    expect(page.locator('[name="sex"][value="1"]')).to_be_checked()
    abdu.fill(BASIC)
    expect(page.locator("#f-work_unit-warning")).to_contain_text("须上传《公司隶属关系证明》")
    abdu.next("教育经历")
    the_diploma_is_fetched(abdu)
    abdu.next("工作经历")
    abdu.fill({"work_history": WORK})
    expect(page.locator(".form-warning")).to_contain_text("没有前后衔接")
    abdu.fill({"work_gap_note": "2015 年上半年在家照顾家人，没有工作。"})
    abdu.next("专业行业组织职务")
    abdu.fill({"associations": POST})


def the_diploma_is_fetched(abdu: Visitor) -> None:
    page = abdu.page
    abdu.click(page.locator('button[value="row-add:education"]'))
    abdu.fill({"certificate_number": "1056142007000123"}, "row.")
    abdu.press("获取")
    expect(page.locator(".form-warning").first).to_contain_text("看起来是学位证书编号")
    abdu.fill({"certificate_number": "105611200805001234"}, "row.")
    abdu.press("获取")
    for name in ("school", "enrolled", "graduated", "major", "study_form"):
        expect(page.locator(f'[name="row.{name}"]')).not_to_have_value("")
    abdu.shot("diploma fetched")
    abdu.fill(SCHOOL, "row.")
    abdu.press("保存")
    expect(page.locator('button[value^="row-edit:education:"]')).to_have_count(1)


def what_one_is_and_wants_to_become(abdu: Visitor) -> None:
    page = abdu.page
    abdu.next("现职称及专业技术职务信息")
    abdu.fill(PRESENT)
    abdu.next("申报的职称信息")
    abdu.fill(REQUESTED)
    expect(page.locator("#f-committee")).to_contain_text("深圳市工程系列高级职称评审委员会")
    expect(page.locator("#f-committee_office")).to_contain_text("办公室")
    abdu.next("专业实践能力考试成绩")
    abdu.fill({"exam_ticket": "20240612345"})
    abdu.press("获取")
    expect(page.locator('[name="exam_subject"]')).not_to_have_value("")
    abdu.fill({"exam_place": "深圳职业技术大学"})


def what_one_has_done(abdu: Visitor) -> None:
    page = abdu.page
    abdu.next("进修与继续教育")
    abdu.fill({"training": TRAINING, "continuing_education": HOURS})
    expect(page.locator(".form-warning")).to_contain_text("每年 90 学时")
    abdu.next("业绩成果-项目情况")
    abdu.fill({"projects": PROJECTS})
    abdu.next("业绩成果-获奖情况")
    abdu.fill({"awards": AWARDS})
    abdu.next("学术成果-论文、著作、技术分析报告等")
    abdu.fill({"publications": WRITINGS})
    abdu.next("学术成果-专利及软件著作权")
    abdu.fill({"patents": PATENTS})
    expect(page.locator(".form-warning")).to_contain_text("专利号的校验位不对")


def what_one_says_of_oneself_and_where_it_goes(abdu: Visitor) -> None:
    page = abdu.page
    abdu.next("个人自我评价")
    abdu.fill({key: SAID[key] for key in ("self_ability", "self_achievement")})
    abdu.next("工作负面情况说明")
    abdu.fill({"negative_facts": ["none"]})
    abdu.next("申报下一环节信息")
    expect(page.locator('[name="report_unit"]')).to_have_value("org:acme")
    abdu.fill({"unit_differs": True})


def all_materials_are_there(abdu: Visitor) -> None:
    page = abdu.page
    abdu.next("材料上传")
    abdu.upload("photo", paper("我的照片.jpg", phone_picture()))
    page.locator("#f-photo").scroll_into_view_if_needed()
    expect(page.locator("#f-photo .invalid-feedback")).to_be_visible()
    the_photo_is_cut(abdu)
    abdu.upload("education_proof", paper("学位证书.pdf"), paper("毕业证书.pdf"))
    the_diploma_goes_first(abdu)
    the_title_certificate_comes_from_the_library(abdu)
    for key, names in MATERIALS.items():
        abdu.upload(key, *(paper(name) for name in names))
    abdu.shot("materials", phone=True)


def the_photo_is_cut(abdu: Visitor) -> None:
    page = abdu.page
    abdu.click(page.locator("#f-photo").get_by_role("link", name="裁剪照片"))
    expect(page.locator("cropper-selection")).to_be_visible()
    abdu.press("放大")
    abdu.press("下移")
    abdu.shot("crop", phone=True)
    abdu.press("裁剪并使用")
    expect(page.locator("#f-photo .file-there")).to_contain_text("295×413")
    expect(page.locator("#f-photo .invalid-feedback")).to_have_count(0)


def the_diploma_goes_first(abdu: Visitor) -> None:
    page = abdu.page
    abdu.click(page.locator("#f-education_proof").get_by_role("link", name="材料排序"))
    abdu.shot("order", phone=True)
    abdu.click(page.get_by_role("button", name="上移毕业证书.pdf"))
    abdu.press("确定")
    expect(page.locator("#f-education_proof .file-there li").first).to_contain_text("毕业证书.pdf")


def the_title_certificate_comes_from_the_library(abdu: Visitor) -> None:
    page = abdu.page
    abdu.click(page.locator("#f-title_proof").get_by_role("link", name="从资料库选用"))
    page.get_by_label("工程师职称证书.pdf").check()
    abdu.shot("choose", phone=True)
    abdu.press("使用所选文件")
    expect(page.locator("#f-title_proof .file-there")).to_contain_text("工程师职称证书.pdf")


def the_commitment_is_printed_signed_and_handed_in(abdu: Visitor) -> None:
    place = abdu.page.locator("#f-commitment_signed")
    printed = abdu.download(place.get_by_role("link", name="打印表格"))
    assert NAME.replace("·", "") in text_of(printed).replace("·", "")
    abdu.upload("commitment_signed", paper("个人承诺书（签名）.pdf", signed_scan(printed)))
    expect(place.locator(".form-warning, .invalid-feedback")).to_have_count(0)


def the_whole_is_looked_at_and_handed_in(abdu: Visitor, number: str) -> None:
    page = abdu.page
    abdu.press("预览全部")
    abdu.shot("preview", phone=True)
    expect(page.get_by_role("status")).to_contain_text("已全部填好")
    for words in ("深圳市蓝湾自动化有限公司", "柔轮疲劳寿命预测方法研究", "个人承诺书（签名）.pdf"):
        expect(page.locator(".preview-whole")).to_contain_text(words)
    abdu.press("返回填报和提交")
    abdu.decide("提交")
    assert abdu.stage() == "单位审核"
    abdu.shot("handed in")


def the_employer_marks_two_places_and_returns_it(chen: Visitor, number: str) -> None:
    page = chen.open_task(number, "单位审核")
    chen.mark("projects", "projects", "第 1 个项目请补充本人承担的部分。", row=1)
    chen.mark("self_evaluation", "self_ability", "请写明从事本专业的年限。")
    expect(page.locator("#beside")).to_contain_text("已标注 2 处")
    chen.shot("marked", phone=True)
    chen.fill({"operator_phone": "0755-26881234"})
    chen.decide("退回修改")


def the_applicant_corrects_just_these_and_answers(abdu: Visitor, number: str) -> None:
    page = abdu.open_own_task(number, "个人修改申报")
    returned = page.locator(".returned")
    expect(returned.locator("li")).to_have_count(2)
    expect(page.locator("#sections button")).to_have_count(2)  # just these two parts are shown
    abdu.shot("returned with marks", phone=True)
    abdu.click(returned.get_by_role("link", name="项目情况"))
    expect(page.locator("#filling .remark")).to_contain_text("请补充本人承担的部分")
    abdu.click(page.locator('button[value="row-edit:projects:0"]'))
    abdu.fill({"summary": "负责总体方案、柔轮结构设计和样机试验，传动精度达到 30 角秒，通过市级验收。"}, "row.")
    abdu.press("保存")
    abdu.click(returned.get_by_role("link", name="自评认为具备专业技术工作（能力）条件"))
    abdu.fill({"self_ability": CORRECTED})
    for place in returned.get_by_label("已修改").all():
        place.check()
    returned.get_by_role("textbox").last.fill("已写明年限，见第一项。")
    abdu.shot("corrected")
    abdu.decide("重新提交")


def the_employer_sees_what_changed_and_passes_it(chen: Visitor, number: str) -> None:
    page = chen.open_task(number, "单位审核")
    chen.press("修改对照")
    beside = page.locator("#beside")
    expect(beside.locator(".changes tbody tr")).to_have_count(2)
    expect(beside.locator("ins", has_text="样机试验")).to_be_visible()
    expect(beside.locator("del", has_text=SAID["self_ability"])).to_be_visible()
    expect(beside).to_contain_text("已写明年限，见第一项。")
    chen.shot("changes", phone=True)
    chen.fill(answers("employer_review"))
    chen.decide("提交")


def the_employer_prints_the_list_and_publicises(chen: Visitor, number: str) -> None:
    page = chen.page
    chen.wait_for("/desk", lambda page: page.locator("tr", has_text=number).filter(has_text="单位评前公示"))
    chen.press("打印推荐申报职称评审人员公示名单")
    page.get_by_label(NAME).check()
    chen.shot("list ticking", phone=True)
    chen.press("查看报表")
    chen.fill(LIST_SAYS | period())
    chen.shot("list asking", phone=True)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/reports/over/" in answer.url) as waiting:
        chen.press("查看报表")
    assert waiting.value.headers["content-type"] == "application/pdf"
    chen.goto("/desk")
    chen.press("打印推荐申报职称评审人员公示名单")
    expect(page.locator("tr", has_text=number)).not_to_contain_text("未打印")
    chen.open_task(number, "单位评前公示")
    chen.fill({"form_signed": ["评前公示情况表.pdf"]} | period())
    chen.decide("通过")


def the_office_asks_for_the_fee(zhou: Visitor, number: str) -> None:
    zhou.open_task(number, "评委会办公室评前审核")
    zhou.fill(answers("office_pre_review"))
    zhou.decide("同意")
    zhou.open_task(number, "确认发起缴费")
    zhou.fill(answers("confirm_payment"))
    zhou.decide("同意")


def the_applicant_pays_in_the_pages(abdu: Visitor, number: str) -> None:
    row = abdu.wait_for("/my?tab=todo", lambda page: page.locator("tr", has_text=number).filter(has=page.get_by_role("link", name="支付", exact=True)))
    abdu.click(row.get_by_role("link", name="支付", exact=True))
    abdu.press("去支付 ¥580.00")
    abdu.press("支付成功")
    abdu.wait_for("/payments", lambda page: page.locator("tr", has_text=number[-8:]).filter(has_text="已支付"))
    expect(abdu.wait_for("/my?tab=doing", lambda page: page.locator("tr", has_text=number))).to_contain_text("专家评审")


def text_of(report: bytes) -> str:
    """The words of a PDF, without what its lines add."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(report)).pages).replace(" ", "").replace("\n", "")
