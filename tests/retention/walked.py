"""Lent books whose cases are full of canary values, and runs of retention from plan to report. Tests only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.jobs import run_jobs
from app.operations import outbox
from app.retention import runs
from app.store import session, transaction
from tests.support.builders import complete, person, sample

LATER = timedelta(days=366 * 31)


@dataclass(frozen=True)
class Canaries:
    """What is typed, said and uploaded of one person: nothing of it may be found once they are erased."""

    key: str

    @property
    def name(self) -> str:
        return f"名{self.key}雀"

    @property
    def phone(self) -> str:
        return {"甲": "13800139876", "乙": "13900138765"}[self.key]

    @property
    def mail(self) -> str:
        return {"甲": "jia.canary@example.org", "乙": "yi.canary@example.org"}[self.key]

    @property
    def number(self) -> str:
        return {"甲": "11010519491231002X", "乙": "440524188001010014"}[self.key]

    def word(self, place: str) -> str:
        return f"{place}{self.key}金丝雀"

    def all(self) -> list[str]:
        return [self.name, self.phone, self.mail, self.number, f"{self.key}金丝雀", f"canary-{ord(self.key)}"]


def reader(canaries: Canaries, key: str, clock):
    """A reader with an account full of canaries."""
    from app.people.registered import PersonProfile

    who = person(key, "member", name=canaries.name, clock=clock)
    with transaction() as store:
        store.add(PersonProfile(person_id=key, id_type="id-card", id_number=canaries.number, birth_date="1949-12-31", sex="1",
                                phone=canaries.phone, email=canaries.mail, verified=True))
    return who


def lend_and_return(canaries: Canaries, by: str, clock, start):
    """A case of the lending library from request to return, with a canary in every place where words can be typed."""
    say = canaries.word
    case = start("lending", by, clock=clock)
    complete(case, "request", by, sample("request") | {"book": say("书名"), "author": say("作者"), "reader_name": canaries.name}, clock=clock)
    complete(case, "check", "librarian_zhao", {"in_stock": False, "remark": say("备注")}, "ask_back", say("意见"), clock=clock)
    complete(case, "request", by, sample("request") | {"book": say("书名二"), "author": say("作者"), "reader_name": canaries.name}, clock=clock)
    complete(case, "check", "librarian_zhao", {"in_stock": True, "shelf": say("架"), "remark": say("备注")}, "lend", clock=clock)
    complete(case, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    while outbox.drain_outbox(clock):
        pass
    complete(case, "keep", "librarian_zhao", {"returned_on": "2026-03-02", "damage": say("损坏")}, "returned", clock=clock)
    while outbox.drain_outbox(clock):
        pass
    session().refresh(case)
    assert case.ended_at is not None
    return case


def administrators(clock):
    """Two administrators, as actors."""
    return person("admin_one", "administrator", name="管理一", clock=clock), person("admin_two", "administrator", name="管理二", clock=clock)


def carried_out(run, second, clock):
    """The run approved by the second person, done by the worker and closed."""
    runs.approve_run(run.id, actor=second, clock=clock)
    run_jobs(clock, seconds=30)
    assert runs.close_runs(clock) == 1
    session().expire_all()
    return run
