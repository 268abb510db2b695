"""Applications and a sitting on the running service, brought on by the real operations beside it. Tests only."""
from __future__ import annotations

import sqlalchemy as sa

from app import create_app
from app.extensions import db
from app.operations.cases import start_case
from app.store import session
from app.store.models import Case, Task
from tests.support.applications import apply, do, make_applicants
from tests.support.builders import actor
from tests.whole.papers import answers, day
from tests.whole.programs import until

SAMPLE = {"office_pre_review": "office_pre_review_exempt"}


class Committee:
    """What a test does to the cases of one committee without pages; `numbers` are the case numbers of its applicants."""

    def __init__(self, service):
        self.app = create_app({"VAR": service.var, "MODE": "local", "LOG_LEVEL": "ERROR", "GATEWAY_URL": service.gateway})
        self.clock = self.app.extensions["clock"]
        self.numbers: list[str] = []

    def __enter__(self) -> Committee:
        self._context = self.app.app_context()
        self._context.push()
        return self

    def __exit__(self, *_) -> None:
        db.session.remove()
        self._context.pop()

    def close(self) -> None:
        """Lets go of the database."""
        with self:
            db.engine.dispose()

    def apply(self, numbers, names: dict[int, str]) -> None:
        """Applications that wait for the office's first review."""
        with self:
            make_applicants(numbers, self.clock, "pingshen-demo", names)
            self.numbers += [case.number for case in apply(numbers, self.clock, "pingshen-demo", names)]

    def start(self, process: str, by: str, **said) -> str:
        """A new case; its number."""
        with self:
            return start_case(process, actor=actor(by), clock=self.clock, answers=said).number

    def do(self, number: str, element: str, by: str, said: dict | None = None, outcome: str = "submit", reason: str = "") -> None:
        """Completes the task of this person at this step."""
        with self:
            do(self._case(number), element, by, self.clock, said or {}, outcome, reason)

    def case(self, number: str) -> int:
        """The id of a case."""
        with self:
            return self._case(number).id

    def task(self, number: str, element: str, by: str = "") -> str:
        """The id of the open task at this step, this person's where several have one, as soon as it is there."""
        return until(lambda: self._find(number, element, by), f"{number} comes to {element}")

    def holders(self, number: str, element: str, least: int = 1) -> list[str]:
        """Who has a task of their own at this step, as soon as so many have."""
        def found() -> list[str]:
            with self:
                people = session().scalars(self._tasks(number, element).with_only_columns(Task.assignee)).all()
            return people if len(people) >= least else []
        return until(found, f"{least} people have {element}")

    def to_the_sitting(self, number: str) -> None:
        """The office agrees and nobody has to pay."""
        for element in ("office_pre_review", "confirm_payment"):
            self.task(number, element)
            self.do(number, element, "zhou", answers(SAMPLE.get(element, element)), "agree")

    def certified(self, number: str) -> str:
        """The number of the certificate of an application, as soon as there is one."""
        from app.certificates.models import Certificate

        def found() -> str:
            with self:
                return session().scalar(sa.select(Certificate.number).join(Case, Case.id == Certificate.case_id).where(Case.number == number)) or ""
        return until(found, "the certificate is made")

    def _find(self, number: str, element: str, by: str) -> str:
        with self:
            rows = session().execute(self._tasks(number, element).with_only_columns(Task.id, Task.assignee)).all()
        return next((task for task, holder in rows if not by or holder in (by, None, "")), "")

    def _tasks(self, number: str, element: str):
        return sa.select(Task).join(Case, Case.id == Task.case_id).where(Case.number == number, Task.element == element, Task.state == "open")

    def _case(self, number: str) -> Case:
        return session().scalars(sa.select(Case).where(Case.number == number)).one()


def this_year() -> str:
    """The year of the committee's entry in the register."""
    return day()[:4]
