"""Forty applications of one committee, from the office's desk to their certificates, one of which is revoked.

What comes before the office (declaring, the employer's part) is walked elsewhere: here the real operations bring all
forty to the desk. Each kind of act is done in the pages, what the many others say alike goes through the same operations.
"""
from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.applications import answers_of, applicant
from tests.whole import one_year
from tests.whole.forty import EXPERTS, RECUSED, Forty
from tests.whole.papers import answers
from tests.whole.service import RunningService
from tests.whole.visitors import Visitor

FORTY = range(1, 41)
RETURNED = (13, 26)
IN_THE_BROWSER = (2, 11)  # the others need no password
NOT_PASSED, COMPLAINED_ABOUT, REFUSED, REVOKED = 2, 7, 9, 11


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service of its own: the lists of the office hold these forty and nobody else."""
    running = RunningService(tmp_path_factory.mktemp("forty"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def forty(service):
    """The committee with its forty applications, all on the office's desk."""
    committee = Forty(service, FORTY).make(IN_THE_BROWSER)
    yield committee
    committee.close()


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


@pytest.mark.timeout(600)
def test_one_committee_takes_forty_applications_through_its_year_in_the_pages(people, forty):
    zhou = people["zhou"]
    the_office_agrees_to_38_and_returns_2_in_one_go(zhou, forty.of)
    the_office_confirms_38_fees_in_one_go(zhou)
    the_returned_two_come_back(forty)
    sitting = the_committee_is_drawn_and_grouped(people, forty)
    the_experts_write(people, forty)
    the_committee_meets_again_and_votes(people, forty, sitting)
    clean = one_complaint_is_upheld_and_nothing_is_said_of_the_others(people, forty)
    the_bureau_approves_all_but_one(people, forty, clean)
    number, code = forty.code_of(REVOKED)
    one_certificate_is_revoked(people, forty, number, code)
    one_year.the_barred_cannot_start(people[applicant(REVOKED)])
    for person in people.values():
        assert person.complaints == [], f"the browser of {person.account} complained"


def the_office_agrees_to_38_and_returns_2_in_one_go(zhou: Visitor, numbers: dict) -> None:
    zhou.goto("/desk?step=office_pre_review")
    zhou.shot("bulk desk")
    expect(zhou.page.locator("input[data-tick]")).to_have_count(40)
    zhou.page.locator("input[data-tick-page]").check()
    zhou.shot("bulk desk", phone=True)
    zhou.press("批量办理")
    for number in RETURNED:
        zhou.page.locator("tr", has_text=numbers[number]).locator("select").select_option("return_direct")
    zhou.shot("bulk ways", phone=True)
    zhou.press("下一步")
    for heading in ("同意 · 38 件", "退回"):
        expect(zhou.page.get_by_role("heading", level=1)).to_contain_text(heading)
        zhou.fill(answers("office_pre_review_exempt") if heading.startswith("同意") else {"opinion": "请补充继续教育证明。", "fee_exemption": "none"})
        if zhou.page.locator("#reason").count():
            zhou.page.locator("#reason").fill("请补充继续教育证明")
        zhou.shot(f"bulk asking {heading[:2]}", phone=True)
        zhou.press("下一步")
    zhou.shot("bulk confirm", phone=True)
    zhou.press("办理 40 件")
    expect(zhou.page.locator("#job")).to_contain_text("全部 40 项已办成", timeout=60_000)
    zhou.shot("bulk report", phone=True)


def the_office_confirms_38_fees_in_one_go(zhou: Visitor) -> None:
    """The same answers for all, as soon as all have come to this step."""
    zhou.wait_for("/desk?step=confirm_payment", lambda page: page.locator("input[data-tick] >> nth=37"))
    expect(zhou.page.locator("input[data-tick]")).to_have_count(38)
    zhou.page.locator("input[data-tick-page]").check()
    zhou.press("批量办理")
    doing = zhou.page.get_by_role("button", name="办理 38 件", exact=True)
    while not doing.count():
        zhou.fill(answers("confirm_payment"))
        zhou.shot("bulk fees", phone=True)
        zhou.press("下一步")
    zhou.click(doing)
    expect(zhou.page.locator("#job")).to_contain_text("全部 38 项已办成", timeout=120_000)


def the_returned_two_come_back(forty: Forty) -> None:
    """They mend their declarations and are agreed to as the others were."""
    for one in RETURNED:
        forty.does(forty.of[one], "revise_declaration", applicant(one), answers_of("declaration_of", one))
        forty.to_the_sitting(forty.of[one])


def the_committee_is_drawn_and_grouped(people: People, forty: Forty) -> str:
    """The number of the sitting."""
    sitting = one_year.office_plans_and_draws(people["zhou"], forty)
    one_year.experts_answer(people, forty, sitting)
    one_year.experts_declare(people, forty, sitting, RECUSED)
    one_year.office_groups(people["zhou"], forty, sitting)
    return sitting


def the_experts_write(people: People, forty: Forty) -> None:
    one_year.expert_writes_beside_the_papers(people["e1"], forty, 1)
    forty.write(besides={(1, "e1")})


def the_committee_meets_again_and_votes(people: People, forty: Forty, sitting: str) -> None:
    """Seven of eleven are too few; at the second meeting one is missing."""
    zhou = people["zhou"]
    one_year.office_signs_in(zhou, sitting, 7)
    one_year.office_postpones(zhou, sitting)
    one_year.office_signs_in(zhou, sitting, 10)
    one_year.expert_votes(people["e3"], forty)
    one_year.expert_votes(people["e6"], forty, phone=True)
    forty.vote(EXPERTS[:10], besides=("e3", "e6"))
    one_year.office_closes_and_announces(zhou, sitting)


def one_complaint_is_upheld_and_nothing_is_said_of_the_others(people: People, forty: Forty) -> list[int]:
    """Who is left after the second publicity."""
    zhou, wu = people["zhou"], people["wu"]
    passed = [one for one in FORTY if one != NOT_PASSED]
    one_year.in_bulk(zhou, "start_post_publicity", len(passed), answers("start_post_publicity"))
    one_year.office_notes_a_complaint(zhou, forty.of[COMPLAINED_ABOUT])
    forty.object(COMPLAINED_ABOUT)
    one_year.office_refuses_who_was_complained_about(wu, forty.of[COMPLAINED_ABOUT])
    clean = [one for one in passed if one != COMPLAINED_ABOUT]
    forty.publicise(clean)
    one_year.in_bulk(wu, "office_post_review", len(clean), answers("office_post_review"))
    return clean


def the_bureau_approves_all_but_one(people: People, forty: Forty, clean: list[int]) -> None:
    """All the others have their certificates."""
    batch = one_year.office_sends_a_batch(people["zhou"], [forty.of[one] for one in clean])
    one_year.bureau_approves(people, batch, forty.of[REFUSED], len(clean))
    for one in clean:
        assert forty.ended(forty.of[one]) == ("rejected_by_bureau" if one == REFUSED else "certificate_issued")
    assert forty.ended(forty.of[NOT_PASSED]) == "not_passed"


def one_certificate_is_revoked(people: People, forty: Forty, number: str, code: str) -> None:
    """Everybody who asks for it is told."""
    somebody = people[""]
    one_year.public_reads(somebody, code, "有效")
    change = one_year.two_people_revoke(people, number)
    assert forty.ended(change) == "change_done"
    one_year.public_reads(somebody, code, "撤销")
