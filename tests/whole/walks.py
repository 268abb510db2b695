"""Walks a scenario step by step with the real operations, so that a test can look, kill or tamper between the steps.

Tests only. Every step becomes a `Command`, plain data that another process can perform as well (see tests/faults/driver.py).
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlalchemy as sa

from app import people
from app.definitions import MAIN, Scenario, ScenarioStep, read_scenario
from app.expressions import calendar
from app.operations import outbox, releases
from app.operations.cases import start_case
from app.operations.contexts import SHANGHAI
from app.proof.digests import hash_of as digest
from app.operations.idempotency import once
from app.operations.messages import deliver_message, send_message
from app.operations.tasks import complete_task
from app.operations.timers import fire_due_timers
from app.scenarios.stage import set_stage
from app.scenarios.standins import filled, with_files
from app.store import session, transaction
from app.store.models import Case, Claim, Task
from tests.support.builders import ROOT

ISSUED = ROOT / "processes" / "title-review" / "scenarios" / "issued.yml"


@dataclass(frozen=True)
class Command:
    """What one person or system does: verb `complete`, `send` or `deliver`, on a task id, case id or case number."""

    verb: str
    target: str
    actor: str = ""
    name: str = ""  # outcome or message
    answers: dict = field(default_factory=dict)  # or payload
    reason: str = ""
    element: str = ""  # where, for people who read a failure

    @property
    def key(self) -> str:
        """The idempotency key a client would send."""
        return digest(asdict(self))[:32]


def perform(command: Command, clock, key: str = "") -> dict:
    """Does it once per key, as a route would. The answer is what the client is told."""
    if command.verb == "deliver":
        return {"taken": deliver_message(command.target, command.name, command.answers, clock=clock, key=key or command.key)}
    actor = people.actor_with_id(command.actor)
    fingerprint = digest(asdict(command))
    return once(actor, key or command.key, fingerprint, clock, lambda: _told(_verb(command, actor, clock)))


def _verb(command: Command, actor, clock) -> Case:
    if command.verb == "send":
        return send_message(int(command.target), command.name, actor=actor, clock=clock, reason=command.reason)
    return complete_task(command.target, actor=actor, clock=clock, answers=command.answers, outcome=command.name, reason=command.reason)


def _told(case: Case) -> dict:
    return {"number": case.number, "events": case.events, "stage": case.stage, "tab": case.tab}


class Walk:
    """A scenario on the database of this app context; the demo people of the procedure play it."""

    def __init__(self, path: Path, clock):
        self.scenario: Scenario = read_scenario(path)
        self.clock = clock
        self.cases: dict[str, int] = {}

    def start(self) -> Walk:
        """Moves the clock to the scenario's, makes its people and starts its cases."""
        self.clock.move_to(self.scenario.clock)
        with transaction():
            session().execute(sa.delete(Claim))  # each walk is played by the same people: earlier ones must not stand in its way
        set_stage(self.scenario, self.clock, keep_roles=True)
        self._start_case(self.scenario.main, self.scenario.process, self.scenario.start)
        for further in self.scenario.also:
            self._start_case(further.name, further.process, further.start)
        return self

    def commands(self) -> Iterator[Command]:
        """Each command that the scenario does, before it is done; its waits happen in between. Refusals are left out."""
        for step in self.scenario.steps:
            if step.kind in ("wait", "wait_workdays"):
                self._wait(step)
                self.settle()
            elif step.kind == "start" and not step.refused:
                self._start_case(step.case, step.process, step)
            elif step.kind != "expect" and not step.refused:
                yield self._command(step)

    def walk(self, until: Callable[[Command], bool] = lambda command: False) -> Command | None:
        """Does what the scenario says; stops before the first command that `until` picks and returns it."""
        for command in self.commands():
            if until(command):
                return command
            perform(command, self.clock)
            self.settle()
        return None

    def settle(self) -> None:
        """Sends the outbox and fires timers until nothing is left to do now."""
        while outbox.drain_outbox(self.clock, dry=True) or fire_due_timers(self.clock):
            pass

    def case(self, name: str = MAIN) -> Case:
        return session().get(Case, self.cases[name], populate_existing=True)

    def _start_case(self, name: str, process_id: str, start) -> None:
        actor = people.actor_with_id(start.actor)
        row = releases.current_process(process_id)
        form = releases.procedure_of(row.release).forms.get(releases.parsed(row).start_form or "")
        answers = filled(dict(start.answers or {}), self.cases)
        if form:
            answers = with_files(form, answers, case=None, task_id="", owner=actor.id, clock=self.clock)
        parties = {party: key if ":" in key else f"org:{key}" for party, key in start.parties.items()}
        self.cases[name] = start_case(process_id, actor=actor, clock=self.clock, answers=answers, parties=parties).id
        self.settle()

    def _command(self, step: ScenarioStep) -> Command:
        case = self.case(step.case)
        if step.kind == "message":
            payload = filled(dict(step.payload or {}), self.cases)
            verb, target = ("send", str(case.id)) if step.actor else ("deliver", case.number)
            return Command(verb, target, step.actor, step.message, payload, step.reason, element=step.message)
        task, actor = self._task(case, step), people.actor_with_id(step.actor)
        answers = filled(dict(step.answers or {}), self.cases)
        if task.form:
            form = releases.procedure_of(case.release).forms[task.form]
            answers = with_files(form, answers, case=case, task_id=task.id, owner=actor.id, clock=self.clock)
        return Command("complete", task.id, actor.id, step.outcome or "submit", answers, step.reason, element=task.element)

    def _task(self, case: Case, step: ScenarioStep) -> Task:
        tasks = session().scalars(sa.select(Task).where(Task.case_id == case.id, Task.element == step.task, Task.state == "open")).all()
        return next((task for task in tasks if task.assignee == step.actor), tasks[0])

    def _wait(self, step: ScenarioStep) -> None:
        now = self.clock()
        if step.kind == "wait":
            return self.clock.move_to(step.wait.after(now))
        today = now.astimezone(SHANGHAI).date()
        return self.clock.move_to(now + (calendar.workdays_following(today, step.wait_workdays) - today))
