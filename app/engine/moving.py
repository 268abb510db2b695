"""Moves a running case from one process to another: every token to its element there, or a true reason why not.

Anybody may use `move`, `try_move` and `proposals` through `app.engine`. The state is rewritten row by row
(`snapshot.py` has the layout), then the case is woken in the new process, where what waits anew begins to wait.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from app.errors import MoveRefused

from . import snapshot
from .case import Case
from .errors import EngineError
from .landing import Arm, Jump, Landing, Obstacle
from .model import Facts, Step
from .nodes import ParallelGateway, UserTask, enter
from .placing import Placing
from .process import Process
from .session import Session
from .soundness import dead_end

__all__ = ["Landing", "Obstacle", "Trial", "move", "try_move"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a move would do: where each token lands, or what stands in its way. `step` is None with obstacles."""

    landings: tuple[Landing, ...]
    obstacles: tuple[Obstacle, ...]
    step: Step | None


def move(old: Process, new: Process, state: bytes, mapping: Mapping[str, str], facts: Facts,
         since: Mapping[str, datetime] | None = None) -> Step:
    """The case in the new process. `mapping` names for an element of the old process the one of the new process that
    stands for it, "" to let its token go; elements of the same id need no word.

    `since` maps ids of activities to when they began: new and changed durations count from there instead of from now.
    Raises MoveRefused with `.obstacles`; the state is unchanged then.
    """
    trial = try_move(old, new, state, mapping, facts, since)
    if trial.step is None:
        raise MoveRefused(why="；".join(obstacle.reason for obstacle in trial.obstacles), obstacles=trial.obstacles)
    return trial.step


def try_move(old: Process, new: Process, state: bytes, mapping: Mapping[str, str], facts: Facts,
             since: Mapping[str, datetime] | None = None) -> Trial:
    """What `move` would do, with every reason against it. Changes nothing."""
    found = snapshot.read_state(state)
    numbers = Case()
    numbers.created, numbers.facts = found["n"], facts
    placing = Placing(old, new, mapping, numbers)
    moved = placing.place(found)
    obstacles = tuple(placing.obstacles) or _not_sound(old, new, found, moved)
    if obstacles:
        return Trial(tuple(placing.landings), obstacles, None)
    try:
        step = _woken(old, new, snapshot.written(moved), placing, facts, since or {}, found["n"])
    except EngineError as error:
        return Trial(tuple(placing.landings), (Obstacle("refused", error.element, error.element_name, str(error)),), None)
    if step.ended:
        return Trial(tuple(placing.landings), (Obstacle("refused", "", "", "按新版本，此事项会直接办结，没有人再办理。请改选一个环节"),), None)
    return Trial(tuple(placing.landings), (), step)


def _not_sound(old: Process, new: Process, before: dict, after: dict) -> tuple[Obstacle, ...]:
    """Whether some token would wait at a join for ever, where in the old process it would not."""
    for was, is_now in zip(before["w"], after["w"]):
        end = dead_end(new, is_now["s"], is_now["t"])
        if end is not None and dead_end(old, was["s"], was["t"]) is None:
            reason = f"汇合“{end.join_name}”在新版本中还要等“{end.missing_name}”那一路，本事项已过了分岔，这一路不会再来"
            return (Obstacle("refused", end.join, end.join_name, reason),)
    return ()


def _woken(old: Process, new: Process, state: bytes, placing: Placing, facts: Facts, since: Mapping, created: int) -> Step:
    session = Session(new, state)
    with session.command(facts):
        case = session.case
        case.created_before = created
        for kind, element in placing.notes:
            case.note(kind, element)
        for arm in placing.arms:
            with _counting_from(case, since.get(arm.task)):
                _arm(session, arm)
        for token, before in placing.carried:
            _settle(old, session, token, before, since)
        for jump in placing.jumps:
            _jump(session, jump)
        _fire_joins(session)
    return session.step()


@contextmanager
def _counting_from(case: Case, began: datetime | None):
    """Lets durations count from when an activity began. Nothing else reads the clock while an event is armed."""
    told = case.facts
    case.tell(replace(told, now=began) if began else told)
    yield
    case.tell(told)


def _arm(session: Session, arm: Arm) -> None:
    """An event that the new diagram has on an activity begins to wait."""
    split = session.workflow.find(arm.task).parent
    event = next(event for event in split.task_spec.events if event.name == arm.event)
    split.add_child(event).arrive()


def _settle(old: Process, session: Session, token: str, before: str, since: Mapping) -> None:
    """Settles anew whose a task or message is and when a timer is due, where the new diagram says so differently."""
    task = session.workflow.find(token)
    element, was = task.task_spec.element, old.elements[before]
    if isinstance(task.task_spec, UserTask):
        if element.scope != was.scope:
            task.task_spec.settle(task)
        return
    definition = task.task_spec.event_definition
    changed = element.timer != was.timer if task.task_spec.is_timer else element.scope != was.scope
    if changed:
        main = task.parent.task_spec.main_task(task.parent) if element.attached_to else None
        with _counting_from(session.case, since.get(main.id) if main else None):
            definition.update_task(task)


def _jump(session: Session, jump: Jump) -> None:
    """A token goes on from another element, with what it carries."""
    place = session.workflow.get_task_from_id(jump.task)
    spec = place.workflow.spec.entry(jump.target)
    enter(place, spec, *spec.incoming[:1]).arrive()   # a fork is asked by which way


def _fire_joins(session: Session) -> None:
    """Joins for which nothing is missing any more, since the new diagram has fewer ways into them."""
    for workflow in session.workflow.all():
        for spec in {task.task_spec.name: task.task_spec for task in workflow.unfinished()}.values():
            if isinstance(spec, ParallelGateway):
                spec.fire_if_complete(workflow)
