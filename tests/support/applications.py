"""Many applications to one committee, brought to the office's desk by the real operations. Tests only.

Everybody is made up: person 7 is always the same person. Call it inside an app context.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import yaml

from app import people
from app.definitions import substituted
from app.definitions.placeholders import resolver
from app.operations import outbox, releases
from app.operations.cases import start_case
from app.operations.contexts import SHANGHAI
from app.operations.tasks import complete_task
from app.people import SYSTEM
from app.scenarios.standins import with_files
from app.store import session
from app.store.models import Case, Task
from tests.support.builders import ROOT, actor

SAMPLES = ROOT / "processes" / "title-review" / "scenarios" / "samples"


@dataclass(frozen=True)
class Employer:
    """An employer with its operator, and what its people work at."""

    unit: str
    unit_name: str
    unit_code: str
    who: str
    operator: str
    specialty: str
    work: str
    witness: str = "王建国"


EMPLOYERS = (
    Employer("acme", "深圳市艾克米精密机械有限公司", "D2143569-X", "chen", "陈晓", "机械", "高精度谐波减速器国产化研制"),
    Employer("bay", "深圳湾市第一人民医院", "12440300000000019R", "luo", "罗佳", "生物医药", "医用影像设备质量控制平台"),
    Employer("port", "深圳港湾建设集团有限公司", "91440300MA5FORTY40", "hua", "华彦文", "建筑工程", "深水码头沉箱结构优化设计"),
)


def employer_of(number: int) -> Employer:
    """Whom the applicant of this number works for: the employers take turns."""
    return EMPLOYERS[number % len(EMPLOYERS)]


def applicant(number: int) -> str:
    """The account of the applicant of this number."""
    return f"p{number}"


def answers_of(sample: str, number: int, **further) -> dict:
    """The answers of a sample file for the applicant of this number."""
    names = {"n": number, **vars(employer_of(number)), **further}
    return substituted(yaml.safe_load((SAMPLES / f"{sample}.yml").read_text("utf-8")), resolver(names))


def make_applicants(numbers: Iterable[int], clock, password: str = "", names: dict[int, str] | None = None) -> None:
    """The applicants of these numbers, some with names of their own, and the employers with their operators where they are not there yet."""
    for employer in EMPLOYERS:
        if people.party_of(f"org:{employer.unit}") is None:
            people.create_organisation(employer.unit, employer.unit_name, kind="employer", code=employer.unit_code)
        _make(employer.who, employer.operator, [("employer_operator", employer.unit)], clock, password)
    for number in numbers:
        _make(applicant(number), (names or {}).get(number) or resolver({})(f"name:{number}"), [("applicant", "")], clock, password)


def apply(numbers: Iterable[int], clock, password: str = "", names: dict[int, str] | None = None) -> list[Case]:
    """Applications of these people, passed by their employers and publicised: each waits for the office's first review."""
    numbers = list(numbers)
    make_applicants(numbers, clock, password, names)
    return [_to_the_office(number, clock, {"name": names[number]} if names and number in names else {}) for number in numbers]


def do(case: Case, element: str, by: str, clock, answers: dict | None = None, outcome: str = "submit", reason: str = "") -> None:
    """Completes the open task of the case at this element; file names among the answers become stored files."""
    task = _open(case, element, by, clock)
    form = releases.procedure_of(case.release).forms.get(task.form)
    if form:
        answers = with_files(form, answers or {}, case=case, task_id=task.id, owner=by, clock=clock)
    complete_task(task.id, actor=actor(by), clock=clock, answers=answers or {}, outcome=outcome, reason=reason)


def _make(key: str, name: str, roles, clock, password: str) -> None:
    if people.actor_with_id(key) is None:
        people.create_person(key, name, actor=SYSTEM, clock=clock, password=password, roles=roles)


def _to_the_office(number: int, clock, further: dict) -> Case:
    who, employer = applicant(number), employer_of(number)
    row = releases.current_process("title-review")
    form = releases.procedure_of(row.release).forms[releases.parsed(row).start_form]
    agreed = with_files(form, answers_of("commitment", number), case=None, task_id="", owner=who, clock=clock)
    case = start_case("title-review", actor=actor(who), clock=clock, answers=agreed)
    do(case, "declare", who, clock, answers_of("declaration_of", number) | further)
    do(case, "employer_review", employer.who, clock, answers_of("employer_review_of", number), "pass")
    today = clock().astimezone(SHANGHAI).date()
    shown = {"started": str(today - timedelta(days=21)), "ended": str(today - timedelta(days=1))}  # more than five working days, whatever the holidays
    do(case, "pre_publicity", employer.who, clock, answers_of("pre_publicity_of", number, **shown), "pass")
    _open(case, "office_pre_review", "", clock)
    return case


def _open(case: Case, element: str, by: str, clock) -> Task:
    """The open task at this element, the actor's own where there are several; requests of the outbox are sent until it is there."""
    query = sa.select(Task).where(Task.case_id == case.id, Task.element == element, Task.state == "open")
    while not (found := session().scalars(query).all()):
        session().rollback()
        assert outbox.drain_outbox(clock, dry=True), f"{case.number} does not come to {element}"
    return next((task for task in found if task.assignee == by), found[0])
