"""One decision over many tasks: chosen together, asked once, done as a job. Each task is completed by the same verb as
a single one, by the same person, as one event; what is wrong with one stops no other.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine, rendering
from app.definitions import Form
from app.errors import JobNotReady, NotForMany, NotFound, NothingChosen, ReasonNeeded, RequestInvalid, TooManyChosen, UnknownOutcome
from app.expressions import compile_expression
from app.jobs import Done, Job, JobItem, Work, begin_prepared, job_kind, job_of, prepare_job, start_job
from app.jobs.operations import change_prepared
from app.operations import releases, tasks as verbs
from app.operations.blinding import veiled_case
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context
from app.operations.decisions import decisions_of, needs_reason
from app.operations.reading.taskpages import colleagues_for, view_task
from app.phrases import filled
from app.rendering.field_types import field_type
from app.store import session, transaction
from app.store.models import Case, Task

DECIDE, TAKE, HAND = "decide-tasks", "take-tasks", "hand-tasks"
MOST = 1000  # tasks in one go
_OF_NO_CASE = {"answers", "actor", "today", "now", "outcome"}


@dataclass(frozen=True)
class Row:
    """One chosen task on the page of a bulk decision. `offered`: the outcomes that its case offers."""

    position: int
    outcome: str
    task: Task
    case: Case
    offered: tuple[str, ...]


@dataclass(frozen=True)
class Many:
    """A bulk decision that is being prepared: its tasks, the ways of their step, what was answered for each way so far."""

    job: Job
    name: str
    rows: tuple[Row, ...]
    decisions: tuple[engine.Decision, ...]
    form: Form | None
    left_out: tuple[str, ...]  # labels of fields that each case fills by itself

    def group(self, outcome: str) -> dict:
        return self.job.parameters["groups"].get(outcome, {"answers": {}, "reason": "", "seen": False})

    def rows_of(self, outcome: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome == outcome)

    @property
    def chosen(self) -> tuple[engine.Decision, ...]:
        """The ways that at least one task takes, in the order of the diagram."""
        used = {row.outcome for row in self.rows}
        return tuple(decision for decision in self.decisions if decision.outcome in used)

    def asks(self, decision: engine.Decision) -> bool:
        """Whether something is to be answered for this way."""
        return bool(self.form and self.form.sections) or bool(decision.reason) or needs_reason(decision, False)


def prepare_decisions(task_ids: list[str], *, actor, clock) -> Job:
    """A bulk decision over tasks of one step, not begun. Raises NothingChosen, TooManyChosen, NotForMany."""
    found = _tasks(task_ids, actor)
    first, case = found[0]
    if len({(one.element, of.process_id) for one, of in found}) > 1:
        raise NotForMany(why=_("请先在“按环节”中选定一个环节，再勾选。"))
    ensure_for_many(_form_of(first, case))
    ways = _ways(case, first.element)
    rows = [_item(task, of, actor, outcome=ways[0].outcome) for task, of in found]
    return prepare_job(DECIDE, actor=actor, clock=clock, title=_("批量办理：%(step)s", step=first.name), items=rows,
                       parameters={"element": first.element, "process": case.process_id, "name": first.name, "groups": {}})


def decide_many(tasks: dict[str, str], said: dict[str, dict], *, actor, clock) -> Job:
    """The same in one go, begun: {task id: outcome or ""} and {outcome: {"answers", "reason"}}. Raises ReasonNeeded too."""
    with transaction():
        job = prepare_decisions(list(tasks), actor=actor, clock=clock)
        rows = many_of(job.id, actor=actor, clock=clock).rows
        choose_ways(job.id, {row.position: tasks[row.task.id] for row in rows if tasks[row.task.id]}, actor=actor, clock=clock)
        for decision in many_of(job.id, actor=actor, clock=clock).chosen:
            group = said.get(decision.outcome, {})
            ensure_reason(decision, group.get("reason", ""))
            answer_way(job.id, decision.outcome, group.get("answers", {}), group.get("reason", ""), actor=actor)
        return begin_prepared(job.id, actor=actor)


def take_many(task_ids: list[str], *, actor, clock) -> Job:
    """Takes tasks out of the actor's pools, as a job."""
    rows = [_item(task, case, actor) for task, case in _tasks(task_ids, actor)]
    return start_job(TAKE, actor=actor, clock=clock, title=_("批量领取"), items=rows)


def hand_many(task_ids: list[str], to: str, *, actor, clock) -> Job:
    """Hands tasks to one colleague, as a job; whether the colleague may do each is asked of each."""
    found = _tasks(task_ids, actor)
    name = next((party["name"] for party in colleagues(task_ids, actor=actor) if party["ref"] == f"person:{to}"), "")
    if not name:
        raise RequestInvalid(why=_("请选择把事项交给谁。"))
    rows = [_item(task, case, actor) for task, case in found]
    return start_job(HAND, actor=actor, clock=clock, title=_("批量转交给 %(name)s", name=name), items=rows, parameters={"to": to, "name": name})


def colleagues(task_ids: list[str], *, actor) -> list[dict]:
    """To whom one of these tasks at least may be handed."""
    seen, found = set(), {}
    for task, _case in _tasks(task_ids, actor):
        if task.pool not in seen:
            seen.add(task.pool)
            found |= {party["ref"]: party for party in colleagues_for(task, actor)}
    return sorted(found.values(), key=lambda party: party["name"])


def many_of(job_id: str, *, actor, clock) -> Many:
    """A bulk decision that is being prepared. Raises NotFound, JobNotReady once it was begun."""
    job = job_of(job_id, actor)
    if job.kind != DECIDE:
        raise NotFound()
    if job.state != "prepared":
        raise JobNotReady()
    items = session().scalars(sa.select(JobItem).where(JobItem.job_id == job.id).order_by(JobItem.position)).all()
    pairs = {task.id: (task, case) for task, case in session().execute(
        sa.select(Task, Case).join(Case, Case.id == Task.case_id).where(Task.id.in_([item.item["task"] for item in items])))}
    task, case = pairs[items[0].item["task"]]
    ways, form = _ways(case, task.element), _form_of(task, case)
    rows = tuple(_row(item, *pairs[item.item["task"]], ways, actor, clock) for item in items)
    return Many(job, task.name, rows, ways, asked_form(form), _left_out(form))


def _row(item: JobItem, task: Task, case: Case, ways, actor, clock) -> Row:
    return Row(item.position, item.item["outcome"], task, veiled_case(case, actor), _offered(task, case, ways, actor, clock))


def choose_ways(job_id: str, wanted: dict[int, str], *, actor, clock) -> None:
    """Sets which way each of these tasks takes. Raises UnknownOutcome."""
    many = many_of(job_id, actor=actor, clock=clock)
    known = {decision.outcome for decision in many.decisions}
    if not set(wanted.values()) <= known:
        raise UnknownOutcome(outcome="、".join(sorted(set(wanted.values()) - known)), known=sorted(known))
    changed = {row.position: {"task": row.task.id, "outcome": wanted[row.position]}
               for row in many.rows if wanted.get(row.position, row.outcome) != row.outcome}
    change_prepared(job_id, actor=actor, items=changed)


def answer_way(job_id: str, outcome: str, answers: dict, reason: str, *, actor, seen: bool = True) -> None:
    """Keeps what is answered once for all tasks that take this way; `seen`: it was judged and found right."""
    job = job_of(job_id, actor)
    group = {"answers": answers, "reason": reason[:1000], "seen": seen}
    change_prepared(job_id, actor=actor, parameters=job.parameters | {"groups": job.parameters["groups"] | {outcome: group}})


def first_unanswered(many: Many) -> engine.Decision | None:
    """The first way that asks something and was not answered yet."""
    return next((d for d in many.chosen if many.asks(d) and not many.group(d.outcome)["seen"]), None)


def context_of(many: Many, outcome: str, *, actor, clock) -> tuple[dict, CaseChoices]:
    """(vocabulary, choices) in which the form of a way is asked: those of the first case that takes it."""
    row = (many.rows_of(outcome) or many.rows)[0]
    context = case_context(row.case, actor=actor, clock=clock, task=row.task) | {"outcome": outcome}
    return context, CaseChoices(row.case.release, row.case, actor)


def ensure_reason(decision: engine.Decision, reason: str) -> None:
    """Raises ReasonNeeded when this way asks for one."""
    if needs_reason(decision, False) and not reason.strip():
        raise ReasonNeeded(label=decision.label)


def ensure_for_many(form: Form | None) -> None:
    """Raises NotForMany when something must be answered for each case by itself: a file, a table, a secret vote."""
    for section in form.sections if form else ():
        for field in section.fields:
            kind = field_type(field)
            always = field.required and not (field.shown_when or section.shown_when or field.default or field.readonly or field.generated)
            if kind.secret or (kind.has_value and always and not kind.asked_once):
                raise NotForMany(why=_("“%(field)s”须逐件填写或上传，请逐件办理。", field=field.label))


def asked_form(form: Form | None) -> Form | None:
    """The form with the fields that can be answered once for many cases."""
    if form is None:
        return None
    sections = (replace(section, fields=tuple(field for field in section.fields if _asked(field)), layout="") for section in form.sections)
    return replace(form, sections=tuple(section for section in sections if any(field_type(f).has_value for f in section.fields)))


def _asked(field) -> bool:
    return field_type(field).asked_once and not (field.readonly or field.hidden or field.generated) and _same_for_all(field.default)


def _same_for_all(default: str) -> bool:
    """Whether a default is the same in every case: it reads nothing of one."""
    return not default or {path.partition(".")[0] for path in compile_expression(default).paths} <= _OF_NO_CASE


def _left_out(form: Form | None) -> tuple[str, ...]:
    fields = form.fields() if form else ()
    return tuple(field.label for field in fields if field_type(field).has_value and not _asked(field) and not field.hidden and field.type != "read_only")


@job_kind(DECIDE)
def _decide(work: Work) -> Done:
    outcome = work.item["outcome"]
    group = work.parameters["groups"].get(outcome, {"answers": {}, "reason": ""})
    task = session().get(Task, work.item["task"])
    reason = filled(group["reason"], session().get(Case, task.case_id), task.name, work.clock) if task else group["reason"]
    case = verbs.complete_task(work.item["task"], actor=work.actor, clock=work.clock, outcome=outcome, reason=reason,
                               answers=_answers(work.item["task"], group["answers"], outcome, work))
    label = next((d.label for d in _ways(case, task.element) if d.outcome == outcome), outcome)
    return Done(_("已办理：%(what)s", what=label), {"outcome": outcome})


@job_kind(TAKE)
def _take(work: Work) -> Done:
    verbs.take_task(work.item["task"], actor=work.actor, clock=work.clock)
    return Done(_("已领取"))


@job_kind(HAND)
def _hand(work: Work) -> Done:
    verbs.hand_task(work.item["task"], work.parameters["to"], actor=work.actor, clock=work.clock)
    return Done(_("已转交给 %(name)s", name=work.parameters["name"]))


def _answers(task_id: str, shared: dict, outcome: str, work: Work) -> dict:
    """What this case's form opens with, as its page would show it, with what was answered for all over it."""
    view = view_task(task_id, work.actor, work.clock)
    if view.form is None or not view.mine:
        return shared if view.form else {}
    choices, context = CaseChoices(view.head.case.release, view.head.case, work.actor), view.context | {"outcome": outcome}
    begun = rendering.defaults(view.form, context, choices)
    own = {key: value for key, value in view.answers.items() if view.draft or value is not None or key not in begun}
    answers = {**begun, **own, **shared}
    return rendering.apply_generated(view.form, answers, {**begun, **own}, context, choices).answers


def _tasks(task_ids: list[str], actor) -> list[tuple[Task, Case]]:
    """The chosen tasks that are open and wait for this actor, in the order chosen."""
    ids = list(dict.fromkeys(task_ids))
    if len(ids) > MOST:
        raise TooManyChosen(count=len(ids), most=MOST)
    theirs = sa.or_(Task.assignee == actor.id, sa.and_(Task.pool.in_(actor.pools), Task.assignee == ""))
    query = sa.select(Task, Case).join(Case, Case.id == Task.case_id).where(Task.id.in_(ids), Task.state == "open", theirs)
    found = {task.id: (task, case) for task, case in session().execute(query)}
    if not found:
        raise NothingChosen()
    return [found[one] for one in ids if one in found]


def _item(task: Task, case: Case, actor, **more) -> dict:
    """An item of a job, called as its person may know the case."""
    return {"label": f"{case.number} {veiled_case(case, actor).starter_name}", "case": case.id, "item": {"task": task.id, **more}}


def _ways(case: Case, element: str) -> tuple[engine.Decision, ...]:
    return tuple(releases.process_of(case).elements[element].decisions)


def _form_of(task: Task, case: Case) -> Form | None:
    return releases.procedure_of(case.release).forms[task.form] if task.form else None


def _offered(task: Task, case: Case, ways, actor, clock) -> tuple[str, ...]:
    """The outcomes that this case offers; asked of the case only where the diagram makes them depend on it."""
    if not any(way.when for way in ways):
        return tuple(way.outcome for way in ways)
    context = case_context(case, actor=actor, clock=clock, task=task)
    return tuple(way.outcome for way in decisions_of(releases.process_of(case), task, context))
