"""Who may see a case and who may do a task: the one place that decides it. Deny by default.

A task's pool and assignee were written when it opened; no expression runs here.
"""
from __future__ import annotations

import sqlalchemy as sa

from app import batches
from app.errors import FourEyes, NotAllowed, NotFound, TaskNoLongerOpen, TaskTaken
from app.people import name_of
from app.people.restrictions import unrestricted
from app.store import session
from app.store.models import Case, CaseParty, Subscription, Task

READS_ALL = frozenset({"auditor"})  # reads every case, changes none
_THEIRS = sa.select(Task.__table__.c.id).where(
    Task.case_id == sa.bindparam("of"), sa.or_(
        Task.assignee == sa.bindparam("me"), Task.closed_by == sa.bindparam("me"),
        Task.pool.in_(sa.bindparam("pools", expanding=True)))).limit(1)
_OFFERED = sa.select(Subscription).where(Subscription.case_id == sa.bindparam("of"), Subscription.role != "")


def can_view_case(case: Case, actor) -> bool:
    """Whether this actor may read this case."""
    if case.starter_id == actor.id:  # it is theirs
        return True
    if any(role in READS_ALL for role, _organisation in actor.roles):  # it is their office to look
        return True
    if session().scalar(_THEIRS, {"of": case.id, "me": actor.id, "pools": list(actor.pools)}):  # they have or had work in it
        return True
    offered = session().scalars(_OFFERED, {"of": case.id})
    if any(can_send(subscription, actor) for subscription in offered):  # an action on it is offered to them
        return True
    return _is_named(case, actor) or _travels_to(case, actor)  # they work on the batch it travels in


def _travels_to(case: Case, actor) -> bool:
    """Whether the case is in a batch whose members this actor may read, and has or had work in."""
    running = batches.open_to(case.id, [role for role, _organisation in actor.roles])
    of = {"me": actor.id, "pools": list(actor.pools)}
    return any(session().scalar(_THEIRS, {"of": batch.id} | of) for batch in running)


def _is_named(case: Case, actor) -> bool:
    named = sa.select(CaseParty.name).where(CaseParty.case_id == case.id, CaseParty.ref == actor.ref)
    return session().scalar(named.limit(1)) is not None  # the case names them as a party


def worked_with(actor):
    """A clause for lists: the actor's own cases, and those whose person's data may be worked with; whoever reads all reads the archive."""
    if any(actor.has_role(role) for role in READS_ALL):
        return sa.true()
    return sa.or_(Case.starter_id == actor.id, unrestricted(Case.starter_id, Case.ended_at))


def can_send(subscription: Subscription, actor) -> bool:
    """Whether this actor holds the role, in the scope, that may send this message; one whom the scope names needs no role."""
    if not subscription.role:  # only the system sends it
        return False
    if subscription.scope.startswith("person:"):
        return subscription.scope == actor.ref
    return f"{subscription.role}@{subscription.scope}" in actor.pools


def can_work_on(task: Task, actor) -> bool:
    """Whether this actor may do this task now."""
    if task.state != "open":
        return False
    if any(person == actor.id for person, _element in task.excluded):  # did an earlier step that must be another's
        return False
    if task.assignee:  # given to or taken by one person
        return task.assignee == actor.id
    return task.pool in actor.pools  # whoever of the pool is first


def ensure_can_view(case: Case | None, actor) -> Case:
    """The case, or NotFound: whether it exists is nobody else's business."""
    if case is None or not can_view_case(case, actor):
        raise NotFound()
    return case


def ensure_can_work(task: Task, actor) -> None:
    """Raises the reason why this actor cannot do this task now; NotFound when they may not even read its case."""
    if can_work_on(task, actor):
        return
    ensure_can_view(session().get(Case, task.case_id), actor)
    if actor.id not in (task.assignee, task.closed_by) and task.pool not in actor.pools:
        raise NotAllowed()  # never theirs: who did it, or has it, is not for everybody who may read the case
    ensure_open(task)
    for person, element in task.excluded:
        if person == actor.id:
            raise FourEyes(earlier=element)
    if task.assignee:
        raise TaskTaken(by=name_of(task.assignee))
    raise NotAllowed()


def ensure_open(task: Task) -> None:
    if task.state == "open":
        return
    raise TaskNoLongerOpen(task_id=task.id, by=task.closed_by_name or "系统", at=task.closed_at or "")
