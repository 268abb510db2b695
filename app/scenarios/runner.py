"""Runs one scenario step by step; says at which step it failed and why, and which flows its cases walked."""
from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from app import people
from app.definitions import Scenario, ScenarioStep
from app.errors import AnswersInvalid, PingshenError
from app.expressions import calendar
from app.operations import outbox, releases
from app.operations.cases import start_case
from app.operations.contexts import SHANGHAI, case_variables
from app.operations.messages import deliver_message, send_message
from app.operations.replay import replay_case
from app.operations.tasks import complete_task
from app.operations.timers import fire_timers_of
from app.scenarios import standins
from app.scenarios.stage import set_stage
from app.scenarios.standins import StepFailed, filled, with_files
from app.store import session
from app.store.models import Case, Event, Subscription, Task, Timer

_EXPECTED = {"open": "正在办理的环节", "tab": "所在的栏", "ended": "办结于", "messages": "在等的消息"}

ROUNDS = 100  # of outbox and timers after one step: more means that they ring each other for ever


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
    walk, outcome = Walk(scenario, clock), Outcome(scenario.path, scenario.title)
    line, which = scenario.lines.get("start", 1), ""
    try:
        walk.begin()
        for step in scenario.steps:
            line, which = step.line, step.which
            walk.do(step)
        walk.ensure_replayable()
    except (StepFailed, PingshenError) as failure:
        reason = reason_of(failure)
        outcome.passed, outcome.step = False, line
        outcome.reason = f"{which}：{reason}" if which else reason
    outcome.flows = walk.flows()
    return outcome


class Walk:
    """A scenario on its way. `cases` (name -> id) and `held` (outside systems wait) are all that it knows besides the database."""

    def __init__(self, scenario: Scenario, clock, cases: dict[str, int] | None = None, held: bool = False):
        self.scenario, self.clock = scenario, clock
        self.cases, self.held = dict(cases or {}), held

    def begin(self, *, keep_roles: bool = False) -> None:
        """Sets the stage and starts the cases. Raises StepFailed and PingshenError. `keep_roles`: see `set_stage`."""
        set_stage(self.scenario, self.clock, keep_roles=keep_roles)
        self._start_cases()

    def do(self, step: ScenarioStep) -> None:
        """One step and all that follows by itself. Raises StepFailed and PingshenError."""
        getattr(self, f"_{step.kind}")(step)
        self.settle()

    def _start_cases(self) -> None:
        self._begin(self.scenario.main, self.scenario.process, self.scenario.start)
        for further in self.scenario.also:
            self._begin(further.name, further.process, further.start)

    def _start(self, step: ScenarioStep) -> None:
        self._attempt(step, lambda: self._begin(step.case, step.process, step))

    def _begin(self, name: str, process_id: str, start) -> None:
        actor = people.actor_with_id(start.actor)
        process = releases.parsed(self._release(process_id))
        answers = filled(dict(start.answers or {}), self.cases)
        if process.start_form:
            form = self._procedure(process_id).forms[process.start_form]
            answers = with_files(form, answers, case=None, task_id="", owner=actor.id, clock=self.clock)
        parties = {party: self._reference(key) for party, key in start.parties.items()}
        self.cases[name] = start_case(process_id, actor=actor, clock=self.clock, answers=answers, parties=parties).id
        self.settle()

    def _release(self, process_id: str):
        return releases.current_process(process_id)

    def _procedure(self, process_id: str):
        return releases.procedure_of(self._release(process_id).release)

    def _reference(self, key: str) -> str:
        if ":" in key:
            return key
        return f"person:{key}" if key in self.scenario.people else f"org:{key}"

    def _case(self, step: ScenarioStep) -> Case:
        if step.case not in self.cases:
            raise StepFailed(f"没有名为“{step.case}”的事项")
        return session().get(Case, self.cases[step.case], populate_existing=True)

    def _task(self, step: ScenarioStep) -> None:
        case, actor = self._case(step), people.actor_with_id(step.actor)
        task = self._task_for(case, step.task, actor)
        answers = filled(dict(step.answers or {}), self.cases)
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
        payload = filled(dict(step.payload or {}), self.cases)
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

    def _answer(self, step: ScenarioStep) -> None:
        case = self._case(step)
        row = standins.pending(case, step.task)
        if row is None:
            raise StepFailed(f"“{step.task}”没有等待应答的请求；现在等待：{self._where(case)}")
        standins.answer(row, step, filled(dict(step.result), self.cases) if step.result is not None else None, self.clock)

    def _stand_ins(self, step: ScenarioStep) -> None:
        self.held = step.held
        if not step.held:
            standins.let_go()

    def _move_to(self, target) -> None:
        """Moves the clock, stopping at every timer on the way: what one starts is due from then, not from the end."""
        for _round in range(ROUNDS):
            due = session().scalar(sa.select(sa.func.min(Timer.due)).where(Timer.due <= target))
            if due is None:
                break
            self.clock.move_to(due)
            self.settle()
        self.clock.move_to(target)

    def settle(self) -> None:
        """Lets connectors and due timers do what they have to do until nothing moves any more. Raises StepFailed."""
        for _round in range(ROUNDS):
            if self.held:
                standins.hold()
            sent = outbox.drain_outbox(self.clock, dry=True)
            fired = [fire_timers_of(case_id, self.clock) for case_id in self._with_due_timers()]
            if not sent and not any(fired):
                return self._ensure_nothing_failed()
        raise StepFailed("定时与连接器互相触发，没有停下来")

    def _with_due_timers(self) -> list[int]:
        rows = session().execute(sa.select(Timer.case_id, sa.func.min(Timer.due)).where(Timer.due <= self.clock())
                                 .group_by(Timer.case_id).order_by(sa.func.min(Timer.due), Timer.case_id))
        return [case_id for case_id, _due in rows]

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
                raise StepFailed(f"{_EXPECTED[name]}（{name}）应为{self._told(case, wanted)}，实为{self._told(case, found[name])}（现在：{self._where(case)}）")
        variables = case_variables(case)
        for name, wanted in (expected.vars or {}).items():
            if variables.get(name) != wanted:
                raise StepFailed(f"变量 {name}（vars）应为 {wanted!r}，实为 {variables.get(name)!r}")

    def _open(self, case: Case) -> list[str]:
        rows = session().scalars(sa.select(Task.element).where(Task.case_id == case.id, Task.state == "open"))
        return list(dict.fromkeys(rows))

    def _where(self, case: Case) -> str:
        return "、".join(self._named(case, one) for one in self._open(case)) or self._named(case, case.ended_element or "") or case.stage or "（没有任务）"

    def _told(self, case: Case, found) -> str:
        """What was expected or found, steps by their names."""
        return "、".join(f"“{self._named(case, one)}”" for one in (found if isinstance(found, list) else [found]) if one) or "空"

    def _named(self, case: Case, element: str) -> str:
        """A step of the case's diagram with its name and its id; anything else as it is."""
        known = releases.process_of(case).elements.get(element)
        return f"{known.name} {element}" if known and known.name else element

    def ensure_replayable(self) -> None:
        """Raises StepFailed when the history of a case does not replay."""
        for case_id in self.cases.values():
            replayed = replay_case(session().get(Case, case_id))
            if replayed.difference:
                raise StepFailed(f"重放不一致：第 {replayed.seq} 个事件 {replayed.difference}")

    def flows(self) -> set[str]:
        """The sequence flows that the cases walked."""
        rows = session().scalars(sa.select(Event.details).where(Event.case_id.in_(self.cases.values())))
        return {name for details in rows for kind, name in details.get("trail", []) if kind == "flow"}


def reason_of(failure: Exception) -> str:
    """Why a step failed, in words; of refused answers what is wrong with each."""
    if isinstance(failure, AnswersInvalid):
        return "；".join(f"{name}：{message}" for name, message in failure.fields.items())
    return str(failure)
