"""Runs: planned (a dry run), approved by a second person, carried out by a job case by case, closed with a signed report.

A worker that is killed leaves every case wholly before or wholly after: an item is one transaction. What is held when its
turn comes stays, whatever the plan said.
"""
from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _

from app.errors import FourEyes, NotFound, NothingChosen, RetentionRefused
from app.jobs import Done, Job, Work, begin_prepared, job_kind, prepare_job
from app.mail.models import Mail
from app.people import SYSTEM, actor_with_id, people_with_role, tellings
from app.people.registered import Letter, PersonProfile
from app.retention import compacting, planning, reports
from app.retention.erasing.accounts import erase_account
from app.retention.erasing.cases import erase_case, erase_from_related
from app.retention.erasing.files import remove_exports
from app.retention.erasing.rows import delete_rows
from app.retention.erasing.tombstones import Act
from app.retention.erasing.who import who_is
from app.retention.holds import held_now, refs_of
from app.retention.models import RetentionItem, RetentionRun, Tombstone
from app.retention.rules import rules, said
from app.store import session, transaction
from app.store.models import Case, DataRequest

KIND = "retention"
TOLD_WITHIN = timedelta(hours=1)
log = structlog.get_logger()


def plan_run(chosen: list[tuple[str, str]], *, actor, clock) -> RetentionRun:
    """A dry run over the rules of these (class, procedure). Raises NothingChosen where there is no such rule."""
    wanted = [rule for rule in rules() if (rule.data_class, rule.procedure) in chosen]
    if not wanted:
        raise NothingChosen()
    return _write(RetentionRun(kind="rules", rules=[said(rule) | {"switched_by": rule.switched_by} for rule in wanted]),
                  planning.plan_rules(wanted, clock), actor, clock)


def plan_person_run(person_id: str, request_id: str, *, actor, clock) -> RetentionRun:
    """A dry run over all that is kept of one person."""
    return _write(RetentionRun(kind="person", person_id=person_id, request_id=request_id, rules=[]), planning.plan_person(person_id, clock), actor, clock)


def approve_run(run_id: int, *, actor, clock) -> RetentionRun:
    """The second person's word: begins the job. Raises NotFound, RetentionRefused, FourEyes, NothingChosen."""
    with transaction():
        run = _planned(run_id)
        if actor.id in {run.planned_by, *(rule.get("switched_by") for rule in run.rules)}:
            raise FourEyes(earlier=_("计划这次清除"))
        going = session().scalars(_items(run.id, going=True)).all()
        if not going:
            raise NothingChosen()
        if run.kind == "person" and session().scalar(_items(run.id, going=False).limit(1)):
            raise RetentionRefused(why=_("还有必须保管的内容，只能限制处理"))
        job = prepare_job(KIND, actor=actor, clock=clock, title=_("清除 #%(n)s", n=run.id), parameters={"run": run.id}, items=[
            {"item": {"run": run.id, "position": one.position}, "label": one.label, "case": one.case_id} for one in going])
        if not run.request_id:  # else the word to the person goes first: see begin_told
            begin_prepared(job.id, actor=actor)
        run.state, run.job_id, run.decided_by, run.decided_by_name, run.decided_at = "running", job.id, actor.id, actor.name, clock()
        return run


def refuse_run(run_id: int, *, reason: str, actor, clock) -> RetentionRun:
    """Ends a plan without doing anything of it. Whoever planned it may too."""
    with transaction():
        run = _planned(run_id)
        if not reason.strip():
            raise RetentionRefused(why=_("请写明理由"))
        run.state, run.decision, run.decided_by, run.decided_by_name, run.decided_at = "refused", reason.strip()[:500], actor.id, actor.name, clock()
        return run


def run_of(run_id: int) -> RetentionRun:
    """Raises NotFound."""
    run = session().get(RetentionRun, run_id)
    if run is None:
        raise NotFound()
    return run


@job_kind(KIND)
def do_item(work: Work) -> Done:
    """One line of an approved plan, looked at again under the lock."""
    run = session().get(RetentionRun, work.item["run"])
    line = session().get(RetentionItem, (run.id, work.item["position"]))
    if why := _held(line, work.clock):
        line.stays = why
        return Done(why)
    act = Act(run.id, work.actor, work.clock, line.data_class, line.item.get("rule") or None)
    return Done(_("清除 %(n)s 处", n=_erase(line, act)))


def _erase(line: RetentionItem, act: Act) -> int:
    item = line.item
    if "account" in item:
        return erase_account(who_is(item["account"]), act)
    if "rows" in item:
        return delete_rows(item["rows"], datetime.fromisoformat(item["before"]), held_now(act.clock), act)
    if "related" in item:
        return erase_from_related(item["case"], who_is(item["related"]), act)
    return erase_case(item["case"], act, whole=who_is(item["person"]) if "person" in item else None)


def _held(line: RetentionItem, clock) -> str:
    """Whether a hold was placed since the plan was made: on the case, the person, or, of an account, on any case that they have to do with."""
    held, item = held_now(clock), line.item
    if not held.people.isdisjoint(item.get(name, "") for name in ("account", "person", "related")):
        return _("保全中")
    if "account" in item:
        return next((one.stays for one in planning.plan_person(item["account"], clock) if one.stays), "")
    return held.why(session().get(Case, line.case_id), refs_of(line.case_id)) if line.case_id is not None else ""


def begin_told(clock) -> None:
    """Begins the runs whose person has been told by mail, or could not be within the hour. For the worker."""
    for run in session().scalars(sa.select(RetentionRun).join(Job, Job.id == RetentionRun.job_id).where(RetentionRun.state == "running", Job.state == "prepared")).all():
        address = sa.select(PersonProfile.email).where(PersonProfile.person_id == run.person_id, PersonProfile.email != "").scalar_subquery()
        waits = session().scalar(sa.select(Letter.id).where(Letter.address == address).limit(1)) or session().scalar(
            sa.select(Mail.id).where(Mail.address == address, Mail.state == "new").limit(1))
        actor = actor_with_id(run.decided_by)  # None: their account was closed meanwhile, nothing is erased in their name
        if actor and (not waits or clock() - run.decided_at > TOLD_WITHIN):
            begin_prepared(run.job_id, actor=actor)


def close_runs(clock) -> int:
    """Closes the runs whose job is over: room given back, report signed, people told. For the worker; returns how many."""
    begin_told(clock)
    over = session().scalars(sa.select(RetentionRun.id).join(Job, Job.id == RetentionRun.job_id).where(RetentionRun.state == "running", Job.state.in_(("done", "stopped")))).all()
    for run_id in over:
        _close(run_id, clock)
    return len(over)


def _close(run_id: int, clock) -> None:
    remove_exports(session().scalars(sa.select(Tombstone.case_id).where(Tombstone.run_id == run_id, Tombstone.case_id.is_not(None)).distinct()).all())
    compacted = compacting.compact()  # what was erased must not stay in free pages
    with transaction() as store:
        run = store.get(RetentionRun, run_id, with_for_update=True, populate_existing=True)
        if run.state != "running":
            return
        run.closed_at, run.state = clock(), "done"
        reports.sign(run, compacted)
        _note_request(run, clock)
        for person_id in dict.fromkeys((run.planned_by, run.decided_by)):
            if person_id != SYSTEM.id:
                tellings.tell(person_id, _("清除 #%(n)s 已完成", n=run.id), _("报告已签名，可在“保管与清除”中下载。"), clock)
    log.info("retention-run-closed", run=run_id)


def _note_request(run: RetentionRun, clock) -> None:
    request = session().get(DataRequest, run.request_id) if run.request_id else None
    if request is None:
        return
    if reports.undone_of(run):  # not all of it went: the wish is to be looked at again
        request.state, request.proposed, request.proposed_by, request.proposed_by_name = "recorded", "", "", ""
    else:
        request.state, request.done_at = "erased", clock()


def plan_due(clock) -> RetentionRun | None:
    """The worker's dry run over the rules that are switched on, when something is due and no plan waits. Another person approves it."""
    active = [rule for rule in rules() if rule.active]
    waiting = session().scalar(sa.select(RetentionRun.id).where(RetentionRun.state.in_(("planned", "running")), RetentionRun.kind == "rules").limit(1))
    if not active or waiting or not any(not line.stays for line in planning.plan_rules(active, clock)):
        return None
    run = plan_run([(rule.data_class, rule.procedure) for rule in active], actor=SYSTEM, clock=clock)
    with transaction():
        for party in people_with_role("administrator"):
            tellings.tell(party["ref"].partition(":")[2], _("有到期的数据待清除"), _("系统按已启用的规则作了预演（清除 #%(n)s），请核对后批准或退回。", n=run.id), clock)
    return run


def _write(run: RetentionRun, lines: list[planning.Planned], actor, clock) -> RetentionRun:
    with transaction() as store:
        run.state, run.planned_by, run.planned_by_name, run.planned_at = "planned", actor.id, actor.name, clock()
        store.add(run)
        store.flush()
        store.add_all([line.row(run.id, place) for place, line in enumerate(lines, 1)])
        return run


def _planned(run_id: int) -> RetentionRun:
    run = session().get(RetentionRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound()
    if run.state != "planned":
        raise RetentionRefused(why=_("这次清除已经批准或者退回"))
    return run


def _items(run_id: int, *, going: bool):
    return sa.select(RetentionItem).where(RetentionItem.run_id == run_id, (RetentionItem.stays == "") == going).order_by(RetentionItem.position)
