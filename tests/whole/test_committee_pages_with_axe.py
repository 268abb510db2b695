"""The pages of offices and experts until a sitting, with content, at an office's and a phone's width and in English."""
from __future__ import annotations

import pytest

from tests.whole.committee import Committee, this_year
from tests.whole.english import still_chinese
from tests.whole.looking import Looks
from tests.whole.papers import answers, day
from tests.whole.visitors import OFFICE, PHONE, Visitor

LONG = "买买提·艾力·阿卜杜热西提·阿布都外力·" + "䶮𠮷㐂" * 10  # 50 characters
APPLICANTS = range(61, 67)
NAMES = {61: LONG, 62: "买买提·艾力"}
SITTERS, LOOKED_AT = (0, 1, 2), (3, 4, 5)  # places in the list of applicants: who goes where
MEMBERS = 5


class Eyes:
    """Shows a page at both widths and in English; collects what is wrong."""

    def __init__(self):
        self.looks = [Looks(OFFICE), Looks(PHONE)]
        self.english: list[str] = []

    @property
    def faults(self) -> list[str]:
        return sorted({fault for looks in self.looks for fault in looks.faults}) + self.english

    def at(self, page, name: str) -> None:
        """The page as it is now."""
        for looks in self.looks:
            looks.at(page, name)
        page.set_viewport_size(OFFICE)

    def see(self, visitor: Visitor, path: str, name: str = "", status: int = 200) -> None:
        """A page that has an address, in both languages."""
        answer = visitor.page.goto(path)
        assert answer.status == status, f"{path} for {visitor.account}: {answer.status}"
        self.at(visitor.page, name or path)
        joint = "&" if "?" in path else "?"
        visitor.page.goto(f"{path}{joint}lang=en")
        self.english += [f"English {name or path}: {text}" for text in still_chinese(visitor.page)]
        visitor.page.goto(f"{path}{joint}lang=zh")


@pytest.fixture
def eyes():
    found = Eyes()
    yield found
    assert not found.faults, "\n".join(found.faults)


@pytest.fixture(scope="module")
def committee(service):
    """Six applications on the office's desk."""
    made = Committee(service)
    made.apply(APPLICANTS, NAMES)
    yield made
    made.close()


@pytest.fixture
def visitor(service, chromium, eyes):
    """Makes a person at a browser; at the end nobody's browser may have complained."""
    made: dict[str, Visitor] = {}

    def enter(account: str = "") -> Visitor:
        if account not in made:
            made[account] = Visitor(chromium, service.url, account)
        return made[account]

    yield enter
    eyes.english += [f"{one.account}: {said}" for one in made.values() for said in one.complaints if "status of 409" not in said and "status of 404" not in said]
    for one in made.values():
        one.context.close()


@pytest.mark.timeout(400)
def test_deciding_many_at_once_and_what_the_office_oversees(visitor, eyes, committee):
    zhou = visitor("zhou")
    eyes.see(zhou, "/desk?step=office_pre_review", "desk")
    tick_two_of_the_last(zhou, committee)
    zhou.press("批量办理")
    eyes.at(zhou.page, "bulk ways")
    zhou.page.locator("tbody select").last.select_option("return_direct")
    zhou.press("下一步")
    while not zhou.page.get_by_role("button", name="办理 2 件").count():
        eyes.at(zhou.page, "bulk asking")
        zhou.press("下一步")  # nothing is said yet: refused
        eyes.at(zhou.page, "bulk refused")
        agrees = "同意" in zhou.page.get_by_role("heading", level=1).inner_text()
        zhou.fill(answers("office_pre_review_exempt") if agrees else {"opinion": "请补充继续教育证明。", "fee_exemption": "none"})
        if zhou.page.locator("#reason").count():
            zhou.page.locator("#reason").fill("请补充继续教育证明")
        zhou.press("下一步")
    eyes.at(zhou.page, "bulk confirm")
    zhou.press("办理 2 件")
    zhou.page.locator("#job", has_text="已办成").wait_for(timeout=60_000)
    eyes.see(zhou, zhou.page.url.partition(zhou.url)[2].partition("?")[0], "job report")
    for path in ("/jobs", "/phrases", "/overview", "/registers/title-review/committees/periods"):
        eyes.see(zhou, path)
    group = zhou.goto("/overview").locator("main h2 a").first.get_attribute("href")
    eyes.see(zhou, group, "group")
    eyes.see(zhou, f"{group}/cases", "cases of a group")


def tick_two_of_the_last(zhou: Visitor, committee) -> None:
    """Ticks two applications that go to no sitting."""
    zhou.goto("/desk?step=office_pre_review")
    boxes = [zhou.page.locator("tr", has_text=committee.numbers[place]).locator("input[data-tick]") for place in LOOKED_AT]
    for box in [one for one in boxes if one.count()][:2]:
        box.first.check()


@pytest.mark.timeout(300)
def test_registers_and_pools(visitor, eyes, committee):
    for account in ("zhou", "he"):
        for path in ("/registers", "/pools", "/pools/title-review/experts/draws", "/pools/title-review/experts/participation",
                     "/registers/title-review/experts", "/registers/title-review/committees/periods", "/registers/title-review/committees"):
            eyes.see(visitor(account), path, f"{path} {account}")
    he = visitor("he")
    for path in ("/registers/title-review/committees/1/edit", "/registers/title-review/committees/copies?entry=1&entry=2", "/registers/title-review/honesty"):
        eyes.see(he, path)


@pytest.mark.timeout(900)
def test_a_sitting_until_its_experts_are_grouped(visitor, eyes, committee):
    numbers = [committee.numbers[place] for place in SITTERS]
    for number in numbers:
        committee.to_the_sitting(number)
    sitting = committee.start("sitting", "zhou", office="org:office_eng", committee=f"eng_senior_{this_year()}")
    the_panel_is_drawn(visitor, eyes, committee, sitting, numbers)
    eyes.see(visitor("zhou"), f"/tasks/{committee.task(sitting, 'arrange_groups')}", "arrange_groups")


def the_panel_is_drawn(visitor, eyes, committee, sitting: str, numbers: list[str]) -> None:
    zhou = visitor("zhou")
    eyes.see(zhou, "/start/sitting")
    eyes.see(zhou, f"/tasks/{committee.task(sitting, 'plan_sitting')}", "plan_sitting")
    committee.do(sitting, "plan_sitting", "zhou", {
        "title": "高级职称评审会", "held_on": day(1), "place": "会议室", "members": MEMBERS, "interview": False, "blind": False, "vote_mode": "electronic",
        "cases": numbers, "panel": "senior", "supervisor": "沈廉", "answer_until": day(1)}, "draw")
    eyes.see(zhou, f"/tasks/{committee.task(sitting, 'witness_draw')}", "witness_draw")
    committee.do(sitting, "witness_draw", "zhou", answers("witness_draw"))
    drawn = committee.holders(sitting, "invite_expert", MEMBERS)
    expert = visitor(drawn[0])
    eyes.see(expert, f"/tasks/{committee.task(sitting, 'invite_expert', drawn[0])}", "invite_expert")
    for path in ("/", "/pools/mine", "/votes"):
        eyes.see(expert, path, f"{path} of an expert")
    draw = zhou.goto("/pools/title-review/experts/draws").locator("main a[href^='/draws/']").first.get_attribute("href")
    eyes.see(zhou, draw, "draw")
    eyes.see(zhou, f"{draw}?check=1", "draw checked")
    eyes.see(zhou, f"/cases/{committee.case(sitting)}", "sitting")
    for name in drawn:
        committee.do(sitting, "invite_expert", name, {"answer": "accept"})
    eyes.see(zhou, f"/tasks/{committee.task(sitting, 'settle_panel')}", "settle_panel")
    committee.do(sitting, "settle_panel", "zhou", {}, "go_on")
    committee.holders(sitting, "declare_interests", MEMBERS)
    eyes.see(expert, f"/tasks/{committee.task(sitting, 'declare_interests', drawn[0])}", "declare_interests")
    committee.do(sitting, "declare_interests", drawn[-1], {"pledge": True, "related": numbers[:1], "related_kinds": ["family"], "related_note": "亲属"})
    for name in drawn[:-1]:
        committee.do(sitting, "declare_interests", name, {"pledge": True})
