"""Plans: many running cases brought to another release. First a dry run over all of them, then the move, both as jobs.

The trial's items are the chosen cases; what would become of each stands in the item's `detail`. A case is moved in one
transaction under the key of its item, so that a worker that is killed leaves it wholly here or wholly there.
"""
from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.errors import JobNotReady, MoveRefused, NotAllowed, NothingChosen, NotFound, ReasonNeeded
from app.jobs import Done, Job, JobItem, Work, job_kind, start_job
from app.operations import releases
from app.operations.moving import Course, last_move, move_case, try_move, undo_move
from app.store import session, transaction
from app.store.models import Case, CaseMove, Process, Release
from app.workbench.moves_choosing import Wanted, chosen
from app.workbench.moves_models import MovePlan

TRY, MOVE, UNDO = "try-moves", "move-cases", "undo-moves"
OVER = ("done", "stopped")


def begin_plan(wanted: Wanted, ids: Iterable[int] | None, *, actor, clock) -> MovePlan:
    """A plan over the ticked cases, or over all that fit, and its first dry run. Raises NotFound, NothingChosen, TooManyChosen."""
    if not wanted.process or not wanted.to:
        raise NothingChosen()
    process, release = session().get(Process, wanted.process), session().get(Release, wanted.to)
    if process is None or release is None or release.procedure != process.procedure:
        raise NotFound()
    cases = chosen(wanted, ids)
    if not cases:
        raise NothingChosen()
    with transaction() as store:
        plan = MovePlan(procedure=process.procedure, process_id=process.id, release=release.digest, mapping={}, since_opened=False, reason="",
                        trial_job="", move_job="", undo_job="", person_id=actor.id, person_name=actor.name, created_at=clock())
        store.add(plan)
        store.flush()
        plan.trial_job = _start_trial(plan, cases, actor, clock).id
        return plan


def plan_of(plan_id: int) -> MovePlan:
    """Raises NotFound."""
    plan = session().get(MovePlan, plan_id)
    if plan is None:
        raise NotFound()
    return plan


def plans() -> list[MovePlan]:
    """All plans, newest first."""
    return list(session().scalars(sa.select(MovePlan).order_by(MovePlan.id.desc()).limit(200)))


def try_again(plan_id: int, mapping: dict[str, str], since_opened: bool, *, actor, clock) -> MovePlan:
    """Another dry run over the same cases, with other words on which element stands for which.

    Raises NotFound for an element that the release does not have, JobNotReady once the cases are being moved.
    """
    with transaction():
        plan = _unmoved(plan_id)
        known = releases.process_in(plan.release, plan.process_id).elements
        if any(target and target not in known for target in mapping.values()):
            raise NotFound()
        plan.mapping, plan.since_opened = dict(mapping), since_opened
        cases = session().execute(sa.select(JobItem.case_id, JobItem.label).where(JobItem.job_id == plan.trial_job).order_by(JobItem.position)).all()
        plan.trial_job = _start_trial(plan, [tuple(case) for case in cases], actor, clock).id
        return plan


def run(plan_id: int, reason: str, *, actor, clock) -> MovePlan:
    """Moves every case that the dry run let through. Raises ReasonNeeded, JobNotReady, NothingChosen."""
    if not reason.strip():
        raise ReasonNeeded(label=_("迁移"))
    with transaction():
        plan = _unmoved(plan_id)
        if session().get(Job, plan.trial_job).state not in OVER:
            raise JobNotReady()
        items = session().scalars(sa.select(JobItem).where(JobItem.job_id == plan.trial_job, JobItem.state == "done").order_by(JobItem.position))
        rows = [_item(item.case_id, item.label) for item in items if item.detail["outcome"] == "will"]
        plan.reason = reason.strip()[:500]
        plan.move_job = start_job(MOVE, actor=actor, clock=clock, title=_("迁移在办事项"), items=rows, parameters=_parameters(plan)).id
        return plan


def undo_one(plan_id: int, case_id: int, *, actor, clock) -> None:
    """Undoes the move of one case of the plan. Raises NotFound, MoveNotUndone."""
    with transaction():
        _ensure_moved_by(plan_of(plan_id), case_id)
        undo_move(case_id, actor=actor, clock=clock)


def undo_all(plan_id: int, *, actor, clock) -> MovePlan:
    """Undoes the move of all cases that have not acted since, as a job. Raises JobNotReady, NothingChosen."""
    with transaction():
        plan = plan_of(plan_id)
        job = session().get(Job, plan.move_job) if plan.move_job else None
        if job is None or job.state not in OVER or (plan.undo_job and session().get(Job, plan.undo_job).state not in OVER):
            raise JobNotReady()
        rows = session().execute(
            sa.select(JobItem.case_id, JobItem.label).join(CaseMove, _of_item()).where(JobItem.job_id == job.id, ~CaseMove.undone).order_by(JobItem.position))
        items = [_item(case_id, label) for case_id, label in rows]
        plan.undo_job = start_job(UNDO, actor=actor, clock=clock, title=_("撤销迁移"), items=items, parameters=_parameters(plan)).id
        return plan


def course_of(plan: MovePlan) -> Course:
    return Course(plan.release, plan.mapping, plan.since_opened)


@job_kind(TRY)
def _try(work: Work) -> Done:
    _ensure_analyst(work)
    case, course = session().get(Case, work.item["case"]), Course(**work.parameters["course"])
    try:
        trial = try_move(case, course, actor=work.actor, clock=work.clock)
    except MoveRefused as refusal:
        trial = engine.Trial((), (engine.Obstacle("refused", "", "", refusal.why),), None)
    detail = detail_of(trial, releases.process_in(course.release, case.process_id) if trial.step else None)
    return Done(words_of(detail, releases.process_of(case), course), detail)


@job_kind(MOVE)
def _move(work: Work) -> Done:
    _ensure_analyst(work)
    parameters = work.parameters
    move_case(work.item["case"], Course(**parameters["course"]), actor=work.actor, clock=work.clock, reason=parameters["reason"], key=work.key)
    return Done(_("已迁移"))


@job_kind(UNDO)
def _undo(work: Work) -> Done:
    _ensure_analyst(work)
    _ensure_moved_by(plan_of(work.parameters["plan"]), work.item["case"])
    undo_move(work.item["case"], actor=work.actor, clock=work.clock)
    return Done(_("已撤销迁移，按原版本继续办理"))


def _ensure_analyst(work: Work) -> None:
    """A job goes on, and is tried again, long after it was asked for: its person may be no analyst any more."""
    if not work.actor.has_role("analyst"):
        raise NotAllowed()


def detail_of(trial: engine.Trial, new: engine.Process | None) -> dict:
    """A trial as plain data: `outcome` is will, choose (naming elements could help) or refused; `open`: the steps that
    wait for people then."""
    kinds = {obstacle.kind for obstacle in trial.obstacles}
    return {
        "outcome": "will" if trial.step else "refused" if "refused" in kinds else "choose",
        "open": list(dict.fromkeys(_named(new, task.element) for task in trial.step.open_tasks)) if trial.step else [],
        "landings": [list(one) for one in dict.fromkeys((one.old, one.new, one.how) for one in trial.landings)],
        "obstacles": [[one.kind, one.element, one.name, one.reason, list(one.proposals)] for one in trial.obstacles],
    }


def words_of(detail: dict, old: engine.Process, course: Course) -> str:
    """What a trial found, in words."""
    if detail["outcome"] != "will":
        return "；".join(reason for _kind, _element, _name, reason, _proposals in detail["obstacles"])
    new = releases.process_in(course.release, old.id)
    changed = [_change(old, new, *landing) for landing in detail["landings"] if landing[2] != "stays"]
    if detail["open"]:
        steps = "".join(f"“{name}”" for name in detail["open"])
        return "；".join([*changed, _("接着办%(steps)s", steps=steps) if changed else _("仍在%(steps)s", steps=steps)])
    waits = "".join(f"“{_named(new, landing[1])}”" for landing in detail["landings"] if landing[1])
    return "；".join([*changed, _("没有人工环节，等在%(steps)s", steps=waits)])


def _change(old: engine.Process, new: engine.Process, was: str, is_now: str, how: str) -> str:
    """What becomes of a step at which something waited, in words."""
    if how == "dropped":
        return _("“%(step)s”不再办理", step=_named(old, was))
    if how == "begins":
        return _("“%(step)s”视为已办", step=_named(old, was))
    return _("“%(was)s”改为“%(step)s”", was=_named(old, was), step=_named(new, is_now))


def _named(process: engine.Process, element: str) -> str:
    return process.elements[element].name or element


def _start_trial(plan: MovePlan, cases: list[tuple[int, str]], actor, clock) -> Job:
    rows = [_item(case_id, number) for case_id, number in cases]
    return start_job(TRY, actor=actor, clock=clock, title=_("预演迁移"), items=rows, parameters=_parameters(plan))


def _parameters(plan: MovePlan) -> dict:
    course = {"release": plan.release, "mapping": plan.mapping, "since_opened": plan.since_opened}
    return {"plan": plan.id, "course": course, "reason": plan.reason}


def _item(case_id: int, number: str) -> dict:
    return {"label": number, "case": case_id, "item": {"case": case_id}}


def _unmoved(plan_id: int) -> MovePlan:
    """The plan, locked, while its cases have not begun to be moved. Raises NotFound, JobNotReady."""
    plan = session().get(MovePlan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise NotFound()
    if plan.move_job:
        raise JobNotReady()
    return plan


def _of_item():
    """A case's move is that of a job's item when it bears the item's key."""
    return sa.and_(CaseMove.case_id == JobItem.case_id, CaseMove.key == JobItem.job_id + ":" + sa.cast(JobItem.position, sa.String))


def _ensure_moved_by(plan: MovePlan, case_id: int) -> None:
    """Raises NotFound unless the last move of the case is this plan's."""
    case = session().get(Case, case_id)
    last = last_move(case) if case else None
    if last is None or not plan.move_job or last.key.partition(":")[0] != plan.move_job:
        raise NotFound()
