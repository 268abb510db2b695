"""Runs one scenario step by step; says at which step it failed and why, and which flows its cases walked."""
from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from app import people
from app.definitions import MAIN, Scenario, ScenarioStep
from app.errors import AnswersInvalid, PingshenError
from app.expressions import calendar
from app.operations import outbox, releases
from app.operations.cases import start_case
from app.operations.contexts import SHANGHAI, case_variables
from app.operations.messages import deliver_message, send_message
from app.operations.replay import replay_case
from app.operations.tasks import complete_task
from app.operations.timers import fire_timers_of
from app.people import SYSTEM
from app.scenarios.standins import filled, with_files
from app.store import session
from app.store.models import Case, Event, Subscription, Task, Timer

ROUNDS = 100  # of outbox and timers after one step: more means that they ring each other for ever


class StepFailed(Exception):
    """Why a step did not go as written."""


@dataclass
class Outcome:
    """How a scenario went. `step` is the line of the step that failed, 0 when all passed."""

    file: str
    title: str
    passed: bool = True
    step: int = 0
    reason: str = ""
    flows: set[str] = field(default_factory=set)


def run_scenario(scenario: Scenario, clock) -> Outcome:
    """Runs the scenario in the database of this app context; `clock` is a PretendClock standing at its start."""
    return _Run(scenario, clock).run()


class _Run:
    def __init__(self, scenario: Scenario, clock):
        self.scenario, self.clock = scenario, clock
        self.cases: dict[str, int] = {}
        self.outcome = Outcome(scenario.path, scenario.title)

    def run(self) -> Outcome:
        line = self.scenario.lines.get("start", 1)
        try:
            self._make_people()
            self._start_cases()
            for step in self.scenario.steps:
                line = step.line
                getattr(self, f"_{step.kind}")(step)
                self._settle()
            self._ensure_replayable()
        except (StepFailed, PingshenError) as failure:
            self.outcome.passed, self.outcome.step, self.outcome.reason = False, line, _reason(failure)
        self.outcome.flows = self._flows()
        return self.outcome

    def _make_people(self) -> None:
        for key, person in self.scenario.people.items():
            if person.organisation and people.party_of(f"org:{person.organisation}") is None:
                people.create_organisation(person.organisation, person.organisation)
            roles = [(role, person.organisation) for role in person.roles]
            if people.actor_with_id(key):  # a demo person of the same key must not lend this one its roles
                people.set_roles(key, roles, actor=SYSTEM, clock=self.clock)
                people.rename_person(key, person.name)
            else:
                people.create_person(key, person.name, actor=SYSTEM, clock=self.clock, roles=roles)

    def _start_cases(self) -> None:
        self._start(MAIN, self.scenario.process, self.scenario.start)
        for further in self.scenario.also:
            self._start(further.name, further.process, further.start)

    def _start(self, name: str, process_id: str, start) -> None:
        actor = people.actor_with_id(start.actor)
        process = releases.parsed(releases.current_process(process_id))
        answers = filled(dict(start.answers or {}), self._numbers())
        if process.start_form:
            form = self._procedure(process_id).forms[process.start_form]
            answers = with_files(form, answers, case=None, task_id="", owner=actor.id, clock=self.clock)
        parties = {party: self._reference(key) for party, key in start.parties.items()}
        self.cases[name] = start_case(process_id, actor=actor, clock=self.clock, answers=answers, parties=parties).id
        self._settle()

    def _procedure(self, process_id: str):
        return releases.procedure_of(releases.current_process(process_id).release)

    def _reference(self, key: str) -> str:
        if ":" in key:
            return key
        return f"person:{key}" if key in self.scenario.people else f"org:{key}"

    def _numbers(self) -> dict[str, str]:
        return {name: session().get(Case, case_id).number for name, case_id in self.cases.items()}

    def _case(self, step: ScenarioStep) -> Case:
        if step.case not in self.cases:
            raise StepFailed(f"没有名为“{step.case}”的事项")
        return session().get(Case, self.cases[step.case], populate_existing=True)

    def _task(self, step: ScenarioStep) -> None:
        case, actor = self._case(step), people.actor_with_id(step.actor)
        task = self._task_for(case, step.task, actor)
        answers = filled(dict(step.answers or {}), self._numbers())
        if task.form:
            form = releases.procedure_of(case.release).forms[task.form]
            answers = with_files(form, answers, case=case, task_id=task.id, owner=actor.id, clock=self.clock)
        self._attempt(step, lambda: complete_task(
            task.id, actor=actor, clock=self.clock, answers=answers, outcome=step.outcome or "submit", reason=step.reason))

    def _task_for(self, case: Case, element: str, actor) -> Task:
        query = sa.select(Task).where(Task.case_id == case.id, Task.element == element).order_by(Task.created_at.desc(), Task.id)
        tasks = session().scalars(query).all()
        theirs = [t for t in tasks if t.state == "open" and (t.assignee == actor.id or (not t.assignee and t.pool in actor.pools))]
        still = [t for t in tasks if t.state == "open"]
        if not tasks:
            raise StepFailed(f"从未到达“{element}”；现在等待：{self._where(case)}")
        if not still:
            raise StepFailed(f"“{element}”现在不在办理中；现在等待：{self._where(case)}")
        return (theirs or still)[0]

    def _message(self, step: ScenarioStep) -> None:
        case = self._case(step)
        payload = filled(dict(step.payload or {}), self._numbers())
        if step.actor and payload:
            raise StepFailed("人员发出的消息只能带 reason，payload 只能来自系统（不写 as）")
        if step.actor:
            actor = people.actor_with_id(step.actor)
            self._attempt(step, lambda: send_message(
                case.id, step.message, actor=actor, clock=self.clock, reason=step.reason))
        elif deliver_message(case.number, step.message, payload, clock=self.clock) == step.refused:
            raise StepFailed(f"消息“{step.message}”{'本应被拒绝' if step.refused else '没有人在等'}；现在等待：{self._where(case)}")

    def _attempt(self, step: ScenarioStep, verb) -> None:
        try:
            verb()
        except PingshenError:
            session().rollback()
            if not step.refused:
                raise
        else:
            if step.refused:
                raise StepFailed("本应被拒绝，却通过了")

    def _wait(self, step: ScenarioStep) -> None:
        self._move_to(step.wait.after(self.clock()))

    def _wait_workdays(self, step: ScenarioStep) -> None:
        now = self.clock().astimezone(SHANGHAI)
        day = calendar.workdays_following(now.date(), step.wait_workdays)
        self._move_to(now.replace(year=day.year, month=day.month, day=day.day))

    def _move_to(self, target) -> None:
        """Moves the clock, stopping at every timer on the way: what one starts is due from then, not from the end."""
        for _round in range(ROUNDS):
            due = session().scalar(sa.select(sa.func.min(Timer.due)).where(Timer.due <= target))
            if due is None:
                break
            self.clock.move_to(due)
            self._settle()
        self.clock.move_to(target)

    def _settle(self) -> None:
        for _round in range(ROUNDS):
            sent = outbox.drain_outbox(self.clock, dry=True)
            fired = [fire_timers_of(case_id, self.clock) for case_id in self.cases.values()]
            if not sent and not any(fired):
                return self._ensure_nothing_failed()
        raise StepFailed("定时与连接器互相触发，没有停下来")

    def _ensure_nothing_failed(self) -> None:
        failed = session().scalar(sa.select(outbox.Outbox).where(outbox.Outbox.state == "new", outbox.Outbox.error != ""))
        if failed:
            raise StepFailed(f"连接器“{failed.topic}”（{failed.element}）失败：{failed.error}")

    def _expect(self, step: ScenarioStep) -> None:
        case, expected = self._case(step), step.expect
        found = {
            "open": sorted(self._open(case)), "tab": case.tab, "ended": case.ended_element or None,
            "messages": sorted(set(session().scalars(sa.select(Subscription.message).where(Subscription.case_id == case.id)))),
        }
        for name in ("open", "tab", "ended", "messages"):
            wanted = getattr(expected, name)
            wanted = sorted(wanted) if isinstance(wanted, tuple) else wanted
            if wanted is not None and found[name] != wanted:
                raise StepFailed(f"{name} 应为 {wanted}，实为 {found[name]}（现在：{self._where(case)}）")
        variables = case_variables(case)
        for name, wanted in (expected.vars or {}).items():
            if variables.get(name) != wanted:
                raise StepFailed(f"vars.{name} 应为 {wanted!r}，实为 {variables.get(name)!r}")

    def _open(self, case: Case) -> list[str]:
        rows = session().scalars(sa.select(Task.element).where(Task.case_id == case.id, Task.state == "open"))
        return list(dict.fromkeys(rows))

    def _where(self, case: Case) -> str:
        return "、".join(self._open(case)) or case.ended_element or case.stage or "（没有任务）"

    def _ensure_replayable(self) -> None:
        for case_id in self.cases.values():
            replayed = replay_case(session().get(Case, case_id))
            if replayed.difference:
                raise StepFailed(f"重放不一致：第 {replayed.seq} 个事件 {replayed.difference}")

    def _flows(self) -> set[str]:
        rows = session().scalars(sa.select(Event.details).where(Event.case_id.in_(self.cases.values())))
        return {name for details in rows for kind, name in details.get("trail", []) if kind == "flow"}


def _reason(failure: Exception) -> str:
    if isinstance(failure, AnswersInvalid):
        return "；".join(f"{name}：{message}" for name, message in failure.fields.items())
    return str(failure)
