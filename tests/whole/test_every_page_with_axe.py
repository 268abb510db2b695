"""Every page that applicants, employers, offices and finance have, at an office's and a phone's width, as axe-core sees it."""
from __future__ import annotations

import pytest

from app import create_app, people
from app.extensions import db
from tests.whole.looking import Looks
from tests.whole.papers import FILES, answers, day, declared, period
from tests.whole.programs import Program
from tests.whole.visitors import OFFICE, PHONE, Visitor

PEOPLE = {  # applicants of this module alone: other walks have applications of the demo people
    "draft_keeper": {"name": "顾清", "sex": "2", "id_number": "440305199203120426", "birth_date": "1992-03-12"},
    "office_sender": {"name": "岑参", "sex": "2", "id_number": "440305199203120186", "birth_date": "1992-03-12"},
    "phone_sender": {"name": "苏舜钦", "sex": "2", "id_number": "440305199203120266", "birth_date": "1992-03-12"},
}
DEMO_PASSWORD, PASSWORD = "pingshen-demo", "keeps-and-sends-1"
OPERATOR = {"operator_name": "陈晓", "operator_phone": "0755-26881234"}
EVERYBODY = ("/", "/my", "/my?tab=draft", "/my?tab=todo", "/me", "/me/account", "/notices", "/materials", "/payments", "/certificates", "/reports", "/password", "/search?q=王")
FINANCE = ("/finance", "/finance/bank", "/finance/reconciliation", "/finance/refunds", "/finance/incidents")


@pytest.fixture(params=[OFFICE, PHONE], ids=["office", "phone"])
def looks(request):
    """What is found wrong in one test at one width."""
    found = Looks(request.param)
    yield found
    assert not found.faults, "\n".join(found.faults)


@pytest.fixture
def visitor(service, chromium, looks):
    """Makes a person at a browser; at the end nobody's browser may have complained."""
    made = []

    def enter(account: str = "") -> Visitor:
        one = Visitor(chromium, service.url, account, PASSWORD if account in PEOPLE else DEMO_PASSWORD)
        one.page.set_viewport_size(looks.size)
        made.append(one)
        return one

    yield enter
    looks.faults += [f"{one.account}: {said}" for one in made for said in one.complaints if "status of 409" not in said]
    for one in made:
        one.context.close()


@pytest.fixture(scope="module")
def applicants(service):
    """The people of this module, made beside the running service."""
    app = create_app({"VAR": service.var, "MODE": "local", "LOG_LEVEL": "ERROR"})
    with app.app_context():
        for account, person in PEOPLE.items():
            if people.actor_with_id(account) is None:
                people.create_person(account, person["name"], actor=people.SYSTEM, clock=app.extensions["clock"], password=PASSWORD, roles=[("applicant", "")])
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def draft(service, applicants):
    """The address of a form that is filled in and not sent, with two files where several may be."""
    keeper = Program(service.url, "draft_keeper", PASSWORD)
    task = keeper.start("title-review", agreed=["agreed"])["open_tasks"][0]["id"]
    keeper.ask("PUT", f"/tasks/{task}/draft", json={"answers": keeper.with_files(declared(**PEOPLE["draft_keeper"]), *FILES)})
    return f"/tasks/{task}"


@pytest.fixture
def sender(service, applicants, looks):
    """Who has handed an application in, as a program; `number` says which."""
    account = "phone_sender" if looks.size is PHONE else "office_sender"
    program = Program(service.url, account, PASSWORD)
    program.number = program.start("title-review", agreed=["agreed"])["number"]
    program.do(program.number, "declare", program.with_files(declared(**PEOPLE[account]), *FILES))
    return program


def test_before_one_signs_in(visitor, looks):
    page = visitor().page
    for path in ("/sign-in", "/sign-in?as=unit", "/register", "/register/unit", "/recover/name", "/recover/password", "/sign-in/code",
                 "/administrator-change", "/verify"):
        page.goto(path)
        looks.at(page, path)
    page.goto("/register")
    page.get_by_label("姓名").fill("赵")
    page.locator("form[method=post]").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="下一步：验证邮箱").click()
    page.wait_for_load_state()
    page.locator(".is-invalid, .invalid-feedback, .alert-danger").first.wait_for()
    looks.at(page, "registration refused")


def test_what_everybody_has(visitor, looks, draft):
    keeper = visitor("draft_keeper")
    for path in EVERYBODY:
        looks.at(keeper.goto(path), path)
    keeper.page.goto("/")
    keeper.page.locator("details.me summary").click()
    looks.at(keeper.page, "menu of the person")


def test_an_application_being_filled_in(visitor, looks, draft):
    keeper = visitor("draft_keeper")
    parts = [button.get_attribute("value").partition(":")[2] for button in keeper.goto(draft).locator("#sections button").all()]
    assert len(parts) >= 12
    for part in parts:
        looks.at(keeper.goto(f"{draft}?part={part}"), f"part {part}")
    for table in ("education", "work_history", "associations", "training", "continuing_education", "projects", "awards", "publications", "patents"):
        looks.at(keeper.goto(f"{draft}/rows/{table}/new"), f"row of {table}")
    for rest in ("preview", "files/education_proof", "files/education_proof?tab=local", "files/education_proof/order", "files/photo", "files/photo/crop"):
        keeper.goto(f"{draft}/{rest}")
        keeper.page.wait_for_timeout(200)
        looks.at(keeper.page, rest)


def test_a_form_with_mistakes_and_one_saved_elsewhere(visitor, looks, draft, service):
    keeper, elsewhere = visitor("draft_keeper"), Program(service.url, "draft_keeper", PASSWORD)
    task = elsewhere.start("title-review", agreed=["agreed"])["open_tasks"][0]["id"]
    page = keeper.goto(f"/tasks/{task}?part=materials")
    keeper.press("提交")
    looks.at(page, "mistakes")
    page.goto(f"/tasks/{task}?part=basic")
    elsewhere.ask("PUT", f"/tasks/{task}/draft", json={"answers": {"phone": "13900139000"}})
    page.locator("[name=phone]").fill("13700137000")
    keeper.press("暂存")
    looks.at(page, "conflict")


def test_an_application_from_the_employer_to_the_payment(visitor, looks, service, sender):
    number, chen, applicant = sender.number, visitor("chen"), visitor(sender.account)
    employer = Program(service.url, "chen")
    it_is_reviewed_and_returned(looks, chen, employer, number)
    it_is_corrected(looks, applicant, sender, number)
    task = employer.task(number, "employer_review")["id"]
    looks.at(chen.goto(f"/tasks/{task}?show=changes"), "changes")
    employer.do(number, "employer_review", employer.with_files(answers("employer_review"), *FILES), "pass")
    it_is_made_public(looks, chen, employer, number)
    office = Program(service.url, "zhou")
    looks.at(visitor("zhou").goto(f"/tasks/{office.task(number, 'office_pre_review')['id']}"), "office review")
    office.do(number, "office_pre_review", answers("office_pre_review"), "agree")
    office.do(number, "confirm_payment", answers("confirm_payment"), "agree")
    it_is_paid(looks, applicant, visitor("sun"), sender, number)


def it_is_reviewed_and_returned(looks, chen, employer, number) -> None:
    task = employer.task(number, "employer_review")["id"]
    for path in ("/", "/desk", f"/tasks/{task}", f"/tasks/{task}?show=declaration", f"/tasks/{task}?show=materials",
                 f"/tasks/{task}/marks/edit?form=declaration&section=basic&field=phone",
                 f"/tasks/{task}/marks/edit?form=declaration&section=work&field=work_history"):
        looks.at(chen.goto(path), path.replace(task, "review"))
    employer.ask("POST", f"/tasks/{task}/marks", json={"form": "declaration", "section": "basic", "field": "phone", "remark": "号码少一位，请核对后改正"})
    employer.ask("PUT", f"/tasks/{task}/draft", json={"answers": OPERATOR})
    looks.at(chen.goto(f"/tasks/{task}?show=declaration"), "review marked")
    chen.press("退回修改")
    looks.at(chen.page, "return with marks")
    chen.press("退回修改")


def it_is_corrected(looks, applicant, sender, number) -> None:
    task = sender.task(number, "revise_declaration")["id"]
    for path in ("/", f"/tasks/{task}", f"/tasks/{task}?all=1", f"/tasks/{task}/preview"):
        looks.at(applicant.goto(path), path.replace(task, "revise"))
    said = sender.ask("GET", f"/tasks/{task}")["answers"]
    sender.do(number, "revise_declaration", said | {"phone": "13800138999"})
    case = str(sender.case(number)["id"])
    for path in (f"/cases/{case}", f"/cases/{case}?sent=1", f"/cases/{case}/form", f"/cases/{case}/materials", f"/cases/{case}/reports", "/my"):
        looks.at(applicant.goto(path), path.replace(case, "case"))


def it_is_made_public(looks, chen, employer, number) -> None:
    task = employer.task(number, "pre_publicity")["id"]
    looks.at(chen.goto(f"/tasks/{task}"), "publicity")
    page = chen.goto("/desk/lists/pre_publicity_list")
    looks.at(page, "list")
    page.locator("main [type=checkbox][name=case]").first.check()
    chen.press("查看报表")
    looks.at(page, "asking page")
    employer.do(number, "pre_publicity", employer.with_files(answers("pre_publicity", **period()), *FILES), "pass")


def it_is_paid(looks, applicant, sun, sender, number) -> None:
    looks.at(applicant.goto(f"/tasks/{sender.task(number, 'pay_fee')['id']}"), "paying")
    order = applicant.wait_for("/payments", lambda page: page.locator("a.first[href^='/payments/']"))
    looks.at(applicant.page, "orders")
    applicant.click(order)
    looks.at(applicant.page, "order")
    page = sun.goto("/payments/joint")
    looks.at(page, "orders of a unit")
    page.locator("main [type=checkbox][name=order]").first.check()
    page.locator("main form button.btn-primary").last.click()
    page.locator("#members-title").wait_for()
    looks.at(page, "joint order")


def test_an_employer_and_its_people(visitor, looks):
    sun = visitor("sun")
    for path in ("/unit", "/personnel", "/personnel/new", "/personnel/import", "/operators", "/operators/new", "/operators/chen", "/reports", "/desk",
                 "/payments/joint", "/administrator-change"):
        looks.at(sun.goto(path), path)
    sun.goto("/personnel/import")
    sun.page.locator("input[type=file]").set_input_files(personnel_book(sun))
    sun.page.locator("main form").last.get_by_role("button").last.click()
    sun.page.wait_for_load_state()
    looks.at(sun.page, "personnel read")
    looks.at(sun.goto("/desk/lists/post_publicity_list"), "an empty list")


def personnel_book(sun: Visitor) -> dict:
    """The template of the page with one good line and one bad, as a browser hands it in."""
    return {"name": "人员.csv", "mimeType": "text/csv", "buffer": "姓名,证件类型,证件号码\n张三,居民身份证,11010519491231002X\n李四,居民身份证,123\n".encode()}


def test_registers(visitor, looks):
    he = visitor("he")
    for path in ("/registers", "/registers/title-review/committees", "/registers/title-review/committees/new", "/registers/title-review/committees/import",
                 "/registers/title-review/committees/1", "/registers/title-review/committees/1/edit"):
        looks.at(he.goto(path), path)


def test_money(visitor, looks):
    qian = visitor("qian")
    for path in FINANCE:
        looks.at(qian.goto(path), path)
    page = qian.goto("/finance/bank")
    page.locator("input[type=file]").set_input_files(bank_file(looks.size["width"]))
    qian.press("导入并核对")
    looks.at(page, "bank file read")
    page.goto("/finance/reconciliation")
    page.get_by_label("核对日期").fill(day(-1))
    qian.press("核对")
    looks.at(qian.goto("/finance/reconciliation"), "reconciled days")
    looks.at(qian.goto(f"/finance/reconciliation/{day(-1)}"), "reconciled")


def bank_file(number: int) -> dict:
    """One payment of a notice that nobody knows."""
    lines = f"通知书号码,缴款人,金额,缴费时间,流水号\n4403000000000{number},王五,450.00,{day(-1)},{number}\n"
    return {"name": "到账.csv", "mimeType": "text/csv", "buffer": lines.encode()}


def test_people_and_procedures(visitor, looks):
    admin = visitor("admin")
    for path in ("/", "/people", "/people/li", "/people/chen", "/releases", "/finance"):
        looks.at(admin.goto(path), path)
