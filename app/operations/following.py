"""What follows from a step of the engine: rows for tasks, subscriptions, timers and outbox, and the head of the case.

Rows are made for what is new and closed for what is gone; what stayed open is left as it is.
"""
from __future__ import annotations

import sqlalchemy as sa

from app import engine
from app.operations import releases
from app.operations.claims import free_where_said
from app.operations.contexts import LatestAnswers, actor_facts, case_facts, evaluate, instant
from app.operations.doorbell import ring_outbox
from app.operations.grouping import group_case
from app.operations.telling import tell_along
from app.people import party_of
from app.store import after_commit, crashpoint, session
from app.store.models import Case, CaseParty, Outbox, Subscription, Task, Timer

# Made once, and columns instead of objects where nothing but the id is asked for (docs/benchmarks.md).
_OPEN = sa.select(Task).where(Task.case_id == sa.bindparam("of"), Task.state == "open")
_IDS = {model: sa.select(model.__table__.c.id).where(model.__table__.c.case_id == sa.bindparam("of")) for model in (Subscription, Timer)}
_GONE = {model: sa.delete(model.__table__).where(model.__table__.c.id == sa.bindparam("gone")) for model in (Subscription, Timer)}


def follow(case: Case, process: engine.Process, step: engine.Step, entry) -> None:
    """Writes all that follows from `step`, which the command of `entry` made."""
    _follow_parties(case, step)
    tasks = _follow_tasks(case, process, step, entry)
    if entry.rewrite:  # what waits may be called otherwise now, or be due at another time
        clear_waiting(case)
    _follow_subscriptions(case, step)
    _follow_timers(case, step)
    _follow_requests(case, step, entry)
    _follow_head(case, process, step, entry, tasks)
    tell_along(case, process, step, lambda: _vocabulary(case, step, entry) | {"outcome": entry.outcome}, entry.at, entry.untold)


def _follow_parties(case: Case, step: engine.Step) -> None:
    for name, party in step.parties.items():
        if party and (case.parties.get(name) or {}).get("ref") != party["ref"]:
            session().merge(CaseParty(case_id=case.id, name=name, ref=party["ref"]))
    case.parties = dict(step.parties)


def _follow_tasks(case: Case, process: engine.Process, step: engine.Step, entry) -> list[Task]:
    known = {task.id: task for task in session().scalars(_OPEN, {"of": case.id})}
    still = {open_task.id for open_task in step.open_tasks}
    for task in known.values():
        if task.id not in still:
            _close(task, entry)
    if entry.rewrite:
        for opened in (opened for opened in step.open_tasks if opened.id in known):
            entry.rewrite(known[opened.id], opened, task_fields(case, process, opened, step, entry))
    return [known.get(open_task.id) or _open(case, process, open_task, step, entry) for open_task in step.open_tasks]


def _close(task: Task, entry) -> None:
    done = entry.kind == "complete" and entry.task is not None and entry.task.id == task.id
    task.state = "done" if done else "cancelled"
    task.outcome = entry.outcome if done else ""
    task.closed_at, task.closed_by, task.closed_by_name = entry.at, entry.actor.id, entry.actor.name


def _open(case: Case, process: engine.Process, opened: engine.OpenTask, step: engine.Step, entry) -> Task:
    task = Task(id=opened.id, case_id=case.id, created_at=entry.at, **task_fields(case, process, opened, step, entry))
    session().add(task)
    return task


def task_fields(case: Case, process: engine.Process, opened: engine.OpenTask, step: engine.Step, entry) -> dict:
    """What the row of a task says that opens at this element now."""
    element = process.elements[opened.element]
    personal = opened.scope.startswith("person:")
    return dict(
        element=opened.element, name=element.name or opened.element, form=element.form or "",
        stage=element.stage or "", pool="" if personal else f"{opened.role}@{opened.scope}", personal=personal,
        assignee=opened.scope.partition(":")[2] if personal else "", item=opened.item, due=_due(case, process, element, step, entry, opened),
        excluded=[*_excluded(case, process, element), *_own(case, process, opened, personal)],
    )


def _due(case: Case, process: engine.Process, element: engine.Element, step: engine.Step, entry, opened: engine.OpenTask) -> str:
    """By when the task should be done: its property `due`, else the first interrupting timer drawn on it, else ""."""
    if element.properties.get("due"):
        return str(evaluate(element.properties["due"], _vocabulary(case, step, entry) | {"item": opened.item}) or "")
    drawn = [timer.due for timer in step.timers if _limits(process.elements[timer.element], element)]
    return instant(min(drawn)) if drawn else ""


def _limits(timer: engine.Element, element: engine.Element) -> bool:
    return timer.attached_to == element.id and timer.interrupting


def _excluded(case: Case, process: engine.Process, element: engine.Element) -> list:
    if not element.excluded:
        return []
    session().flush()  # the task that this very command finished counts too
    rows = session().execute(
        sa.select(Task.closed_by, Task.name).where(
            Task.case_id == case.id, Task.element.in_(element.excluded), Task.state == "done")
    )
    return [list(row) for row in dict.fromkeys(tuple(row) for row in rows)]


def _own(case: Case, process: engine.Process, opened: engine.OpenTask, personal: bool) -> list:
    """Nobody takes from a pool what they started themselves (J-10), unless starting is the work of that very role."""
    if personal or opened.role in process.starters:
        return []
    return [[case.starter_id, "发起本事项"]]


def _follow_subscriptions(case: Case, step: engine.Step) -> None:
    _replace(Subscription, case, [
        {"id": s.id, "case_id": case.id, "message": s.message, "element": s.element, "attached_task": s.attached_task or "",
         "role": s.role or "", "scope": s.scope or ""} for s in step.subscriptions])


def _follow_timers(case: Case, step: engine.Step) -> None:
    _replace(Timer, case, [{"id": t.id, "case_id": case.id, "element": t.element, "due": t.due} for t in step.timers])


def clear_waiting(case: Case) -> None:
    """Takes away the rows of everything that the case waits for, to be written anew."""
    for model in (Subscription, Timer):
        session().execute(sa.delete(model.__table__).where(model.__table__.c.case_id == case.id))


def _replace(model, case: Case, wanted: list[dict]) -> None:
    """Makes the rows of a case those that are wanted, by id."""
    known = set(session().scalars(_IDS[model], {"of": case.id}))
    new = [row for row in wanted if row["id"] not in known]
    gone = known.difference(row["id"] for row in wanted)
    if gone:
        session().execute(_GONE[model], [{"gone": each} for each in gone])
    if new:
        session().execute(sa.insert(model.__table__), new)


def _follow_requests(case: Case, step: engine.Step, entry) -> None:
    for request in step.requests:
        session().add(Outbox(
            id=request.id, case_id=case.id, element=request.element, topic=request.topic, parameters=request.parameters,
            next_at=entry.at, created_at=entry.at,
        ))
        after_commit(ring_outbox)
    crashpoint("after-outbox")


def _follow_head(case: Case, process: engine.Process, step: engine.Step, entry, tasks: list[Task]) -> None:
    case.version += 1
    case.changed_at = entry.at
    case.stage = "、".join(dict.fromkeys(task.stage or task.name for task in tasks)) or _waiting_stage(process, step) or case.stage
    waited_for = {(task.assignee, task.pool): task for task in tasks}.values()
    case.handler = "、".join(dict.fromkeys(_handler(case, process, task) for task in waited_for))
    case.tab = tab_after(case.tab, case.starter_id, entry.kind, [task.assignee for task in tasks], step.ended)
    if process.summary:
        case.summary = str(evaluate(process.summary, _vocabulary(case, step, entry)) or "")[:500]
    group_case(case, process, lambda: _vocabulary(case, step, entry))
    if step.ended:
        ended = step.ended
        case.ended_at, case.ended_element, case.result, case.tone = entry.at, ended.element, ended.result, ended.tone or "neutral"
        case.stage, case.handler = ended.result, ""
        free_where_said(case, process.elements.get(ended.element))


def tab_after(tab: str, starter: str, kind: str, assignees: list[str], ended) -> str:
    """Where the starter finds the case: a draft until the first task is done, then who must act decides."""
    if ended:
        return "done"
    if tab == "draft" and kind in ("start", "timer", "answer", "move"):
        return "draft"
    return "todo" if starter in assignees else "doing"


def _waiting_stage(process: engine.Process, step: engine.Step) -> str:
    waiting = [*step.subscriptions, *step.timers, *step.requests]
    stages = [process.elements[w.element].stage for w in waiting if w.element in process.elements]
    return "、".join(dict.fromkeys(stage for stage in stages if stage))


def _handler(case: Case, process: engine.Process, task: Task) -> str:
    """Who has the task, in words that everybody may read: of people the starter alone is named, never a reviewer."""
    if task.personal and task.assignee == case.starter_id:
        return case.starter_name
    scope = task.pool.partition("@")[2]
    if scope:
        return (party_of(scope) or {"name": scope})["name"]
    role = process.elements[task.element].role
    known = releases.procedure_of(case.release).roles.get(role)
    return known.name if known else role


def _vocabulary(case: Case, step: engine.Step, entry) -> dict:
    return {
        "form": LatestAnswers(case.latest, dict(entry.answers)), "case": case_facts(case), "vars": step.variables,
        "actor": actor_facts(entry.actor), "now": instant(entry.at), "today": instant(entry.at)[:10],
    }
