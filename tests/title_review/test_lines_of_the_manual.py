"""The forms name what the manual names, line by line (S1-053 … S1-211): fields, stars, list columns, options, materials, papers."""
from __future__ import annotations

import pytest
import yaml

from tests.title_review.test_declaration import FORM, PROCEDURE, ROOT, SAMPLE, context, mistakes, rows, warned, World, validate

SECTIONS = {section.key: section for section in FORM.sections}
FIELDS = {field.key: field for field in FORM.fields()}
TABLES = {key: {column.label: column for column in FIELDS[key].columns} for key in (
    "education", "work_history", "associations", "training", "continuing_education", "projects", "awards", "publications", "patents")}


def starred(labels: dict) -> list[str]:
    return [label for label, field in labels.items() if field.required]


def listed(table: str) -> list[str]:
    names = {column.key: column.label for column in FIELDS[table].columns}
    return [names[key] for key in FIELDS[table].list_columns]


def codes(table: str) -> list[str]:
    return [row["name"] for row in yaml.safe_load((ROOT / f"forms/title-review/codes/{table}.yml").read_text("utf-8"))]


def without(*keys: str) -> dict:
    return dict.fromkeys(keys)


def test_the_form_has_the_sections_of_the_manual_in_its_order():
    """S1-050 … S1-110: what the manual numbers 1 to 12, the four blocks of section 9 one by one, then the materials."""
    assert [section.title for section in FORM.sections] == [
        "基本信息", "教育经历", "工作经历", "专业行业组织职务", "现职称及专业技术职务信息", "申报的职称信息", "专业实践能力考试成绩", "进修与继续教育",
        "业绩成果-项目情况", "业绩成果-获奖情况", "学术成果-论文、著作、技术分析报告等", "学术成果-专利及软件著作权", "个人自我评价",
        "工作负面情况说明", "申报下一环节信息", "材料上传"]


def test_before_anything_is_filled_in_conditions_hints_and_papers_can_be_read(app, clock, client):
    """S0-001, S0-005, S1-001, S1-003, S1-050, S1-051: and nobody goes on without the tick."""
    from tests.support.builders import csrf_token, publish, sign_in

    publish(ROOT, clock=clock)
    sign_in(client, "li", "pingshen-demo")
    page = client.get("/start/title-review").text
    assert all(word in page for word in (
        "组织市属评委会开展评审并核准通过人员专业技术资格", "申请条件", "温馨提示", "申报材料清单", "本人已阅读并同意", "下一步",
        "经办人基本信息", "李雷", "需要上传的文件（15 种）", "<details", "《深圳市职称破格申报推荐表》", "https://hrss.example.cn/notices/2026/mechanical"))
    assert "440305198806140018" not in page
    refused = client.post("/start/title-review", data={"csrf_token": csrf_token(client), "key": "k"})
    assert refused.status_code == 422 and "承诺确认" in refused.text


@pytest.mark.parametrize("label", ["姓名", "性别", "证件类型", "联系电话", "国籍", "参加工作时间", "现工作单位", "出生日期"])
def test_the_starred_personal_details_are_asked_for(label):
    """S1-053 … S1-060, S1-063."""
    field = next(field for field in SECTIONS["basic"].fields if field.label == label)
    assert field.required


def test_the_other_personal_details_may_be_left_out_except_the_number_of_the_document():
    """S1-056, S1-061, S1-062, S1-064."""
    assert mistakes(email="", insured_unit="", insured_unit_code="", report_unit="org:acme").keys() <= {"report_unit"}
    assert "id_number" in mistakes(id_number="")


def test_a_row_of_education_has_the_fields_and_stars_of_the_manual():
    """S1-067, S1-068, S1-072, S1-073."""
    table = TABLES["education"]
    assert starred(table) == ["学历证书编号", "毕业学校", "入学时间", "毕业时间", "专业名称", "学历取得地区", "学习形式", "学位名称", "是否以该学历申请职称评审"]
    assert "学历层次" in table and table["学历信息"].button == "获取"
    assert table["学历信息"].ask == ("certificate_number", "id_number"), "D-22: never by name and birth date"
    assert set(table["学历信息"].fills) == {"school", "enrolled", "graduated", "level", "major", "study_form"}
    assert listed("education") == ["毕业学校", "入学时间", "毕业时间", "学历证书编号", "学位名称", "专业名称", "学历层次", "学习形式", "学历取得地区", "是否以该学历申请职称评审"]
    assert FIELDS["education"].required and "education" in mistakes(education=[]) and "自中专开始" in SECTIONS["education"].hint


def test_a_row_of_work_has_the_fields_and_stars_of_the_manual():
    """S1-075, S1-076, S1-077."""
    table = TABLES["work_history"]
    assert starred(table) == ["开始时间", "工作单位", "工作地点", "行政职务", "主要专业技术工作内容", "证明人"] and not table["结束时间"].required
    assert listed("work_history") == ["开始时间", "结束时间", "工作单位", "工作地点", "行政职务", "主要专业技术工作内容", "证明人"]
    assert "work_history" in mistakes(work_history=[]) and all(word in SECTIONS["work"].hint for word in ("从参加工作开始", "兼职", "前后衔接"))


def test_posts_in_bodies_and_training_may_be_left_empty_but_not_continuing_education():
    """S1-078, S1-096, S0-013."""
    assert mistakes(associations=[], training=[]) == {} and "continuing_education" in mistakes(continuing_education=[])
    assert mistakes(associations=[{"organisation": "广东省机械工程学会", "post": "理事", "started": "2020-01-01"}]) == {}


PRESENT = ("present_date", "present_name", "present_gained_by", "present_series", "present_issuer", "present_level", "present_post", "appointed_on",
           "out_of_province")


def test_without_a_present_title_nothing_but_specialty_and_years_is_asked_and_with_one_everything():
    """S1-079, S1-081, S0-009."""
    nothing = mistakes(present_type="none", title_proof=[], **without(*PRESENT))
    assert nothing == {}
    assert set(mistakes(**without(*PRESENT))) >= set(PRESENT)
    assert {"present_specialty", "years_in_specialty"} <= set(mistakes(**without("present_specialty", "years_in_specialty")))
    assert all(word in SECTIONS["present"].hint for word in ("职业资格与职称对应关系", "不包括全国统一考试"))  # S1-080


def test_kinds_of_application_with_their_notes():
    """S1-083, S1-087 … S1-091."""
    assert codes("application-type") == ["普通申报", "破格申报", "转系列（专业）申报", "考核认定", "省外（中央单位）职称确认"]
    hint = SECTIONS["requested"].hint
    assert all(word in hint for word in (
        "广东省职称评价标准", "《深圳市职称破格申报推荐表》", "现岗位工作满 1 年", "粤人社规〔2020〕33号", "无硬性要求", "与普通申报相同"))
    for kind in ("ordinary", "transfer", "recognition", "confirmation"):
        assert mistakes(application_type=kind) == {}


def test_what_is_asked_of_the_title_applied_for_and_what_follows_by_itself():
    """S1-084, S1-092, S1-094: the manual's fields; committee, office, year and window are never typed."""
    labels = [field.label for field in SECTIONS["requested"].fields if not field.hidden]
    assert FIELDS["requested"].level_labels == ("评审的资格系列", "评审的资格级别", "评审的资格名称", "评审的资格专业")
    assert [label for label in labels if label in (
        "申报类型", "评审的资格评委会", "评委会办公室", "评委会年度", "申报开始时间", "申报结束时间", "相关公告")] == [
        "申报类型", "评审的资格评委会", "评委会办公室", "评委会年度", "申报开始时间", "申报结束时间", "相关公告"]
    assert "本年度是否向深圳市属职称评审委员会以外的职称评审委员会申报同一专业相同级别" in labels
    assert FIELDS["committee"].type == "entry" and FIELDS["committee_office"].readonly and FIELDS["review_year"].readonly
    assert {FIELDS[key].type for key in ("window_opens", "window_closes", "notice")} == {"read_only"} and FIELDS["notice"].link
    assert {"application_type", "requested", "outside_committee"} <= set(mistakes(**without("application_type", "requested", "outside_committee")))


def test_what_was_typed_by_hand_for_office_and_year_is_not_believed():
    """S1-084, S1-094."""
    forged = SAMPLE | {"committee_office": "org:office_med", "review_year": "2030", "window_closes": "2099-01-01"}
    clean, _errors = validate(FORM, forged, context(), World())
    assert clean["committee_office"]["ref"] == "org:office_eng" and clean["review_year"] == "2026"


def test_other_applications_are_declared_and_described():
    """S1-085."""
    assert "other_application" in mistakes(other_application=None)
    assert "other_application_note" in mistakes(other_application=True, other_application_note="")
    assert mistakes(other_application=True, other_application_note="同时申报经济师（考试）") == {}


EXAM = {"exam_needed": True, "exam_ticket": "44030020260001", "exam_started": "2025-10-18", "exam_ended": "2025-10-18", "exam_subject": "机械",
        "exam_score": "78", "exam_place": "深圳大学", "exam_proof": ["成绩单.pdf"]}


def test_an_examination_is_asked_for_only_where_the_specialty_wants_it_and_goes_by_hand_with_a_proof():
    """S1-086, S1-095, D-68, X-03."""
    six = [key for key in EXAM if key not in ("exam_needed", "exam_proof")]
    assert set(mistakes(exam_needed=True)) == {*six, "exam_proof"}
    assert mistakes(**EXAM) == {} and set(mistakes(**EXAM | {"exam_proof": []})) == {"exam_proof"}
    fetched = EXAM | {"exam_proof": [], "exam_source": {"state": "found", "found": {"exam_subject": "机械", "exam_score": "78"}}}
    assert mistakes(**fetched) == {} and set(mistakes(**fetched | {"exam_score": "88"})) == {"exam_proof"}
    assert not any(key in validate(FORM, SAMPLE | EXAM | {"exam_needed": False}, context(), World())[0] for key in six)
    assert set(FIELDS["exam_source"].fills) == {"exam_started", "exam_ended", "exam_subject", "exam_score"}, "the place is typed"


@pytest.mark.parametrize("block", ["projects", "awards", "publications", "patents"])
def test_each_block_of_achievements_has_at_most_three_representative_works_and_short_texts(block):
    """S1-097, S1-098, S1-099, S0-014, D-69; the fourth of a block is refused with the number, whatever the other blocks hold."""
    row = filled_row(block)
    assert block not in mistakes(**{block: [row] * 3}) and "现在选了 4 个" in mistakes(**{block: [row] * 4})[block]
    assert f"{block}.0.summary" in mistakes(**{block: [row | {"summary": "字" * 201}]})
    assert f"{block}.0.summary" not in mistakes(**{block: [row | {"summary": "字" * 200}]})


LAST_DAY = {"projects": "ended", "awards": "awarded_on", "publications": "published_on", "patents": "granted_on"}


@pytest.mark.parametrize("block, column", LAST_DAY.items())
def test_nothing_of_any_block_is_later_than_the_review_year(block, column):
    """S1-101, D-08."""
    row = filled_row(block)
    assert f"{block}.0.{column}" in mistakes(**{block: [row | {column: "2027-01-01"}]})
    assert f"{block}.0.{column}" in mistakes(**{block: [row | {column: "2099-01-01"}]})
    assert f"{block}.0.{column}" not in mistakes(**{block: [row | {column: "2026-12-31"}]})
    assert "12月31日" in SECTIONS[block].hint


def filled_row(block: str) -> dict:
    """A representative row of a block: the sample's, or one with every column filled."""
    if SAMPLE.get(block):
        return SAMPLE[block][0] | {"representative": True}
    texts = {"text": "某某", "long_text": "简介", "date": "2025-05-01", "number": 1, "yes_no": True}
    return {column.key: texts.get(column.type, column.options[0].value if column.options else "national") for column in FIELDS[block].columns}


def test_projects_have_the_kinds_fields_and_list_of_the_manual():
    """S1-100, S1-102, S1-103."""
    table = TABLES["projects"]
    assert [option.label for option in table["业绩类别"].options] == ["专业技术工作项目", "课题项目"]
    assert starred(table) == ["业绩类别", "项目名称", "项目级别（含校级）", "项目角色", "开始时间", "项目完成状态", "是否代表作", "项目简介"]
    assert "projects.0.ended" in mistakes(projects=rows("projects", ended=None)), "only a running project has no end"
    assert listed("projects") == ["开始时间", "结束时间", "业绩类别", "项目名称", "是否代表作"]


def test_academic_work_has_kinds_whose_fields_differ():
    """S1-097, S1-099, S1-104: papers, books and reports; patents and software; awards have no kinds."""
    assert [option.label for option in TABLES["publications"]["成果类别"].options] == ["论文", "专著、译著、编著", "专项技术分析报告"]
    assert [option.label for option in TABLES["patents"]["成果类别"].options] == ["发明专利", "实用新型专利", "外观设计专利", "软件著作权"]
    assert not [column for column in FIELDS["awards"].columns if column.key == "kind"]
    paper = {"kind": "paper", "title": "题", "published_on": "2025-01-01", "place": "第一作者", "representative": False}
    assert "publications.0.journal" in mistakes(publications=[paper])
    assert "publications.0.publisher" in mistakes(publications=[paper | {"kind": "book"}])
    assert "publications.0.used_by" in mistakes(publications=[paper | {"kind": "report"}])


@pytest.mark.parametrize("number, warns", [("201710601862.3", False), ("201310699744.2", False), ("201310699744.3", True)])
def test_the_number_of_a_patent_is_checked(number, warns):
    """Part F."""
    row = {"kind": "invention", "title": "一种减速器", "number": number, "granted_on": "2025-05-01", "representative": False}
    assert ("patents.0.number" in warned(patents=[filled_row("patents") | row])) is warns


def test_self_evaluation_says_how_it_is_written():
    """S1-105, S1-106, S0-017."""
    assert [field.label for field in SECTIONS["self_evaluation"].fields] == ["自评认为具备专业技术工作（能力）条件", "自评认为具备专业技术业绩成果条件"]
    assert "每项最多 500 字" in SECTIONS["self_evaluation"].hint and FIELDS["self_ability"].hint.startswith("第一项，本人")


def test_negative_facts_are_the_fourteen_of_the_manual_and_are_explained():
    """S1-108, S1-109, S0-018."""
    assert codes("negative-facts") == [
        "论著一稿多投", "抄袭剽窃论著", "冒用他人项目或署名", "因工作过失受到通报", "杜撰实验数据", "工程质量事故", "安全责任事故", "教学事故", "严重医患纠纷",
        "前述事故出现伤亡", "利用单位责任人之便占用他人成果", "医疗事故", "其他情况", "无上述情况"]
    assert "negative_facts" in mistakes(negative_facts=[]) and "negative_note" in mistakes(negative_note="") and "negative_statement" in mistakes(negative_statement="")
    assert "negative_note" in mistakes(negative_facts=["other"], negative_note="无")


def test_the_next_step_is_the_employer_and_says_what_to_do_when_it_is_the_wrong_one():
    """S1-110, S1-043, S0-019, D-32."""
    assert [field.label for field in SECTIONS["next"].fields][:2] == ["报送去向", "报送单位（部门）"] and "送单位审核" in FIELDS["direction"].value
    assert "人员管理" in SECTIONS["next"].hint and "人员管理" in FIELDS["report_unit"].empty_text


MATERIALS = [
    ("照片", True), ("《广东省深圳市职称申报承诺书》（个人）", True), ("学历、学位证明材料", True), ("现职称（职业资格）证书、证明材料", False),
    ("业绩成果-专业技术工作项目材料（代表作）", False), ("业绩成果-课题项目材料（代表作）", False), ("业绩成果-获奖情况材料（代表作）", False),
    ("学术成果-论文及专著、译著、编著（代表作）", False), ("学术成果-专项技术分析报告材料（代表作）", False), ("学术成果-专利及软件著作权材料（代表作）", False),
    ("非代表业绩成果（包括专业技术工作项目、课题项目、获奖情况）", False), ("非代表作学术成果（包括论文、著作、专利及软件著作权材料）", False),
    ("公司隶属关系证明", False), ("《深圳市职称破格申报推荐表》", False)]
ACHIEVEMENTS = [field for field in SECTIONS["materials"].fields if field.label.startswith(("业绩成果-", "学术成果-", "非代表"))]


def test_the_catalogue_has_the_fourteen_materials_of_the_manual_each_with_what_is_asked_of_it():
    """S1-115, S1-125, S1-211; the fifteenth is the proof of an examination, asked with section 7."""
    fields = SECTIONS["materials"].fields
    assert [(field.label, field.required) for field in fields if field.key != "exam_proof"] == MATERIALS
    assert all(field.description and field.description_en for field in fields)
    assert FIELDS["commitment_signed"].blank == "personal_commitment" and FIELDS["exceptional_form"].blank == "exceptional_recommendation"  # S1-120, S1-124
    assert FIELDS["affiliation_proof"].sample  # S1-124: a specimen to download


@pytest.mark.parametrize("field", ACHIEVEMENTS, ids=lambda field: field.key)
def test_achievements_are_proved_by_pdf_of_at_most_ten_megabytes(field):
    """S1-118, S0-021."""
    assert field.accept == ("pdf",) and field.max_mb == 10 and field.max_files > 1


PROVES = {"technical_proof": ("projects", "technical"), "research_proof": ("projects", "research"), "award_proof": ("awards", None),
          "publication_proof": ("publications", "paper"), "analysis_proof": ("publications", "report"), "patent_proof": ("patents", None)}


@pytest.mark.parametrize("proof, block, kind", [(proof, *what) for proof, what in PROVES.items()])
def test_a_representative_work_needs_its_proof_and_another_does_not(proof, block, kind):
    """S1-125, D-70."""
    row = filled_row(block) | ({"kind": kind} if kind else {})
    empty = {other: [] for other in PROVES} | {"projects": [], "awards": [], "publications": [], "patents": []}
    assert proof in mistakes(**empty | {block: [row]}) and proof not in mistakes(**empty | {block: [row | {"representative": False}]})
    assert proof not in mistakes(**empty | {block: [row], proof: ["证明.pdf"]})


def test_what_is_mandatory_is_refused_without_its_file_and_conditions_make_others_mandatory():
    """S1-117, S1-122, S1-123, S0-020, S0-023, D-66."""
    assert {"photo", "commitment_signed", "education_proof", "title_proof"} <= set(mistakes(photo=[], commitment_signed=[], education_proof=[], title_proof=[]))
    assert "affiliation_proof" in mistakes(unit_differs=True) and "affiliation_proof" not in mistakes(unit_differs=False)
    exceptional = {"application_type": "exceptional", "exceptional_type": "standard"}
    assert set(mistakes(**exceptional)) == {"exceptional_form"} and mistakes(**exceptional, exceptional_form=["其他证明.pdf"]) == {}
    assert "exceptional_type" in mistakes(application_type="exceptional", exceptional_form=["推荐表.pdf"])  # S1-093


def test_the_employer_says_all_that_the_manual_asks():
    """S1-158 … S1-163, S1-165, S1-166."""
    form = PROCEDURE.forms["employer_review"]
    labels = [field.label for section in form.sections for field in section.fields]
    assert form.sections[0].title == "单位经办人信息"
    for label in ("所在单位对申报人完成继续教育情况的审核意见", "单位对申报人负面情况的意见", "年度考核情况", "综合评价", "是否以考代评人员",
                  "《广东省深圳市职称申报承诺书》（单位）", "报送去向", "报送单位（部门）"):
        assert label in labels
    yearly = form.field("appraisals")
    assert [column.label for column in yearly.columns] == ["考核年度", "考核结果"] and "称职（合格）" in [option.label for option in yearly.columns[1].options]
    assert form.field("commitment_signed").blank == "employer_commitment" and "没有填报的负面情况也须列出" in form.field("negative_opinion").hint
    _clean, missing = validate(form, {}, context() | {"outcome": "pass"}, World())
    assert {"operator_phone", "education_opinion", "negative_opinion", "appraisals", "evaluation", "commitment_signed"} <= set(missing)


def test_a_fact_that_the_employer_adds_is_shown_to_the_office_and_decides_nothing():
    """S1-160, D-39."""
    form = PROCEDURE.forms["office_pre_review"]
    told = next(section for section in form.sections if any(field.value == "form.employer_review.unreported_note" for field in section.fields))
    assert told.shown_when == "form.employer_review.unreported == true"
    review = PROCEDURE.forms["employer_review"]
    _clean, missing = validate(review, {"unreported": True}, context() | {"outcome": "pass"}, World())
    assert "unreported_note" in missing and "unreported" not in PROCEDURE.files["processes/title-review/title-review.bpmn"].decode()


def decisions(element: str) -> set[str]:
    from app import engine

    files = {name.rpartition("/")[2]: data for name, data in PROCEDURE.files.items() if name.endswith((".bpmn", ".dmn"))}
    process = engine.load_process("title-review", files)
    return {decision.label for decision in process.elements[element].decisions}


@pytest.mark.parametrize("element, labels", [
    ("employer_review", {"提交", "退回修改", "不通过"}), ("pre_publicity", {"通过", "退回", "不通过"}), ("post_publicity", {"通过", "不通过"})])
def test_the_buttons_of_the_employer(element, labels):
    """S1-006, S1-173, S1-195: after the review there is no way back to the applicant."""
    assert decisions(element) == labels


@pytest.mark.parametrize("name, first, title", [
    ("pre_publicity", ["评前公示开始时间", "评前公示结束时间"], "《广东省专业技术人员申报职称评前公示情况表》"),
    ("post_publicity", ["评后公示开始时间", "评后公示结束时间"], "《广东省专业技术人员申报职称评后公示情况表》")])
def test_publicity_asks_for_the_period_the_opinion_and_the_signed_form(name, first, title):
    """S1-172, S1-174, S1-175, S1-194, S1-196, S1-197."""
    form = PROCEDURE.forms[name]
    labels = {field.label: field for section in form.sections for field in section.fields}
    assert all(labels[label].required for label in first) and labels[first[0].replace("开始时间", "意见")].max_length == 500
    assert labels[title].blank == name and {"报送去向", "报送单位（部门）"} <= set(labels)
    if name == "post_publicity":
        assert form.sections[0].title == "专家评审结果"


def test_what_is_asked_before_a_publicity_list_is_printed():
    """S1-169, S1-192."""
    labels = [field.label for field in PROCEDURE.forms["publicity_list"].fields()]
    assert all(any(word in label for label in labels) for word in ("开始", "结束", "联系人", "联系电话", "邮政编码"))
    reports = PROCEDURE.reports
    assert reports["pre_publicity_list"].ask == reports["post_publicity_list"].ask == "publicity_list"


def test_the_payment_page_of_the_case_has_the_ten_fields_of_the_manual_and_says_all_ways_to_pay():
    """S1-181, S1-182, S1-207."""
    order = PROCEDURE.forms["pay_fee"].sections[0]
    assert [field.label for field in order.fields][:10] == [
        "执收单位名称", "执收单位编码", "缴费通知书号码", "订单生成时间", "缴费时间", "实收费用", "缴款人", "联系电话", "缴费总金额", "缴费状态"]
    assert all(word in order.hint for word in ("扫码", "缴费通知书", "银行柜台", "深圳非税缴费"))


def shown_when_open(key: str, **forms) -> bool:
    from app.expressions import compile_expression

    return bool(compile_expression(PROCEDURE.reports[key].available_when).evaluate(context() | {"form": forms}))


@pytest.mark.parametrize("kind, open_", [("exceptional", True), ("ordinary", False)])
def test_the_recommendation_is_printed_for_exceptional_applications_alone(kind, open_):
    """S1-202."""
    assert shown_when_open("exceptional_recommendation", declaration={"application_type": kind}) is open_


def test_reports_open_when_their_step_has_come():
    """S1-201, S1-203 … S1-206, S1-209."""
    assert not shown_when_open("applicant_register") and shown_when_open("applicant_register", declaration={"name": "李雷"})
    for key, form in (("pre_publicity", "employer_review"), ("pre_publicity_list", "employer_review"), ("post_publicity", "start_post_publicity"),
                      ("post_publicity_list", "start_post_publicity")):
        assert not shown_when_open(key, declaration={"name": "李雷"})
        assert shown_when_open(key, declaration={"name": "李雷"}, **{form: {"evaluation": "好", "opinion": "通过"}}), key


REPORTS = {  # S1-200 … S1-207, S1-210: report -> (who, the step it stands under)
    "personal_commitment": ({"applicant"}, "个人申报"), "exceptional_recommendation": ({"applicant"}, "个人申报"),
    "applicant_register": ({"applicant", "employer_admin", "employer_operator", "office_clerk"}, "个人申报"),
    "employer_commitment": ({"employer_admin", "employer_operator"}, "单位审核"), "pre_publicity_list": ({"employer_admin", "employer_operator"}, "单位审核"),
    "pre_publicity": ({"employer_admin", "employer_operator"}, "单位评前公示"), "post_publicity": ({"employer_admin", "employer_operator"}, "单位评后公示"),
    "post_publicity_list": ({"employer_admin", "employer_operator"}, "单位评后公示"), "payment_notice": ({"applicant", "office_clerk"}, "网上支付")}


@pytest.mark.parametrize("key", REPORTS)
def test_who_prints_which_report_and_under_which_step_it_stands(key):
    report = PROCEDURE.reports[key]
    assert (set(report.roles), report.stage) == REPORTS[key]


def test_the_register_stands_under_the_employers_step_for_the_employer_and_opens_after_submission():
    """S1-201, S1-210."""
    report = PROCEDURE.reports["applicant_register"]
    assert set(report.stages.values()) == {"单位审核"} and "form.declaration" in report.available_when
    assert PROCEDURE.reports["personal_commitment"].available_when == ""  # S1-200: as soon as something is filled in
