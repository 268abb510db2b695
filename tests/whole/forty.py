"""A committee of eleven made-up experts for the many applications of one office, and what the many do without pages. Tests only."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from app.certificates.models import Certificate
from app.definitions import read_scenario
from app.people import SYSTEM, correct_identity, create_person
from app.scenarios.stage import set_stage
from app.store import session
from tests.support.applications import answers_of, apply, employer_of, make_applicants
from tests.support.builders import ROOT
from tests.whole.committee import Committee
from tests.whole.papers import answers, period
from tests.whole.programs import until

EXPERTS = tuple(f"e{number}" for number in range(1, 12))
PASSWORD = "pingshen-demo"
RECUSED = {1: "e3", 2: "e6"}  # who steps aside from which applicant
SAID_NO = {1: ("e8", "e9"), 2: ("e7", "e8", "e9", "e10")}
ABSTAINED = {1: ("e10",)}


class Forty(Committee):
    """One committee's applications by the applicants' numbers; `of` are their case numbers."""

    def __init__(self, service, numbers: Iterable[int]):
        super().__init__(service)
        self.applicants = tuple(numbers)
        self.of: dict[int, str] = {}

    def make(self, with_windows: Iterable[int]) -> Forty:
        """The experts alone in the register, and all applications on the office's desk; some applicants can sign in."""
        scenario = read_scenario(ROOT / "processes" / "title-review" / "scenarios" / "forty.yml")
        with self:
            for key in EXPERTS:
                create_person(key, scenario.people[key].name, actor=SYSTEM, clock=self.clock, password=PASSWORD, roles=[("expert", "")])
            make_applicants(with_windows, self.clock, PASSWORD)
            set_stage(replace(scenario, organisations={}, people={}), self.clock)
        for one in with_windows:
            self.identify(one)
        self.apply_for(self.applicants)
        return self

    def apply_for(self, numbers: Iterable[int]) -> None:
        with self:
            cases = apply(numbers, self.clock)
            self.of |= {number: case.number for number, case in zip(numbers, cases)}

    def does(self, number: str, element: str, by: str, said: dict | None = None, outcome: str = "submit", reason: str = "") -> None:
        """Completes this person's task as soon as it is there."""
        self.task(number, element, by)
        self.do(number, element, by, said, outcome, reason)

    # --- the sitting

    def group(self, applicant: int) -> int:
        """The first half, without the second applicant, is for group 1."""
        return 2 if applicant == 2 or applicant > self.applicants[len(self.applicants) // 2 - 1] else 1

    def judges(self, applicant: int) -> list[str]:
        """Who writes about this applicant."""
        group = EXPERTS[:5] if self.group(applicant) == 1 else EXPERTS[5:]
        return [expert for expert in group if RECUSED.get(applicant) != expert]

    def grouped(self) -> dict:
        """The answers that make the two groups."""
        return {"experts": [{"ref": f"person:{key}", "group": 1 if place < 5 else 2} for place, key in enumerate(EXPERTS)],
                "applicants": [{"number": self.of[one], "group": self.group(one)} for one in self.applicants]}

    def write(self, besides: set[tuple[int, str]]) -> None:
        """All opinions but those that are written in the pages."""
        for applicant in self.applicants:
            for judge in self.judges(applicant):
                if (applicant, judge) not in besides:
                    self.does(self.of[applicant], "write_opinion", judge, answers("expert_opinion"))

    def vote(self, present: Iterable[str], besides: Iterable[str]) -> None:
        """All ballots but those of the people who vote in the pages."""
        for applicant in self.applicants:
            for expert in set(present) - set(besides) - {RECUSED.get(applicant)}:
                self.does(self.of[applicant], "cast_ballot", expert, {"choice": self.choice(applicant, expert)})

    @staticmethod
    def choice(applicant: int, expert: str) -> str:
        """What this expert thinks of this applicant."""
        return "no" if expert in SAID_NO.get(applicant, ()) else "abstain" if expert in ABSTAINED.get(applicant, ()) else "yes"

    # --- the second publicity and after

    def object(self, applicant: int) -> None:
        """The employer does not pass the publicity, the office writes down what it found."""
        number = self.of[applicant]
        self.does(number, "post_publicity", employer_of(applicant).who, answers("post_publicity_objection", **period()), "reject", "投诉查实")
        self.does(number, "office_publicity", "zhou", answers("office_publicity_objection", **period()))

    def publicise(self, applicants: Iterable[int]) -> None:
        """Employers and the office publicise; nobody complains."""
        for one in applicants:
            shown = answers_of("post_publicity_of", one, **period())
            self.does(self.of[one], "post_publicity", employer_of(one).who, shown, "pass")
            self.does(self.of[one], "office_publicity", "zhou", answers_of("office_publicity_of", one, **period()))

    def identify(self, applicant: int) -> None:
        """The account says whose it is, as after a real-name sign-in."""
        said = answers_of("declaration_of", applicant)
        with self:
            correct_identity(f"p{applicant}", name=said["name"], id_type=said["id_type"], id_number=said["id_number"],
                             reason="实名核验", actor=SYSTEM, clock=self.clock)

    def ended(self, number: str) -> str:
        """At which end a case is over, as soon as it is."""
        def found() -> str:
            with self:
                case = self._case(number)
                return case.ended_element if case.ended_at else ""
        return until(found, f"{number} is over")

    def code_of(self, applicant: int) -> tuple[str, str]:
        """The number of an applicant's certificate, and its code for the public."""
        number = self.certified(self.of[applicant])
        with self:
            return number, session().scalar(sa.select(Certificate.code).where(Certificate.number == number))
