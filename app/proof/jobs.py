"""Verification as a job with progress, and once a day by the worker. The last item of a job sums up."""
from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _

from app.jobs import Done, Job, JobItem, Work, job_kind, start_job
from app.people import tellings
from app.people.directory import people_with_role
from app.proof.faults import Fault
from app.proof.models import Verification
from app.proof.outside import faults_outside
from app.proof.verification import Found, counts, keep, parts, verify_all, verify_part
from app.store import session, transaction

KIND = "verify"
EVERY = timedelta(days=1)
MOST = 4000  # parts of one job
log = structlog.get_logger(__name__)


def verify_now(*, actor, clock) -> Job:
    """Starts a verification of everything; while one of theirs is under way, gives that."""
    running = latest_job_of(actor)
    if running and running.state in ("waiting", "running"):
        return running
    ranges = list(parts())
    size = -(-len(ranges) // MOST)
    joined = [(several[0][0], several[-1][1]) for several in (ranges[at:at + size] for at in range(0, len(ranges), size))]
    items = [{"item": {"low": low, "high": high}, "label": _("第 %(n)s 段事项", n=place)} for place, (low, high) in enumerate(joined, 1)]
    items += [{"item": {"heads": True}, "label": _("外部锚点")}, {"item": {"sum": True}, "label": _("汇总")}]
    return start_job(KIND, actor=actor, clock=clock, title=_("校验事件记录"), items=items, parameters={})


def verify_daily(clock) -> Verification | None:
    """The worker's own verification, once a day; administrators are told what it found. Returns None while the last is young."""
    last = session().scalar(sa.select(sa.func.max(Verification.ended_at)))
    if last is not None and clock() - last < EVERY:
        return None
    began = clock()
    return _kept(verify_all(), began, clock)


def latest_job_of(actor) -> Job | None:
    """The verification that this person asked for last."""
    return session().scalar(sa.select(Job).where(Job.person_id == actor.id, Job.kind == KIND).order_by(Job.created_at.desc(), Job.id.desc()).limit(1))


def latest(most: int = 10) -> list[Verification]:
    """The latest verifications, newest first."""
    return list(session().scalars(sa.select(Verification).order_by(Verification.id.desc()).limit(most)))


def _look(work: Work) -> list[Fault]:
    if "sum" in work.item:
        return []
    return list(faults_outside()) if "heads" in work.item else verify_part(work.item["low"], work.item["high"])


@job_kind(KIND, look=_look)
def _verify(work: Work) -> Done:
    if "sum" in work.item:
        return _sum_up(work)
    faults = [asdict(fault) for fault in work.found]
    return Done(faults[0]["message"] if faults else _("没有异常"), {"faults": faults[:100], "count": len(faults)})


def _sum_up(work: Work) -> Done:
    """All that the items before it found, kept as one verification."""
    job_id = work.key.partition(":")[0]
    job = session().get(Job, job_id)
    found = counts()
    for detail in session().scalars(sa.select(JobItem.detail).where(JobItem.job_id == job_id, JobItem.state == "done").order_by(JobItem.position)):
        found.faults += [Fault(**fault) for fault in detail.get("faults", [])]
    row = _kept(found, job.started_at or work.clock(), work.clock, work.actor.id)
    return Done(_("没有异常") if not row.count else _("发现 %(n)s 处异常", n=row.count), {"verification": row.id})


def _kept(found: Found, began, clock, person_id: str = "") -> Verification:
    with transaction():
        row = keep(found, began, clock, person_id)
        if found.faults:
            log.error("verification-failed", faults=len(found.faults), first=found.faults[0].message)
            for party in people_with_role("administrator"):
                tellings.tell(party["ref"].partition(":")[2], _("事件记录校验发现异常"), _(
                    "共 %(n)s 处，第一处：事项 %(case)s 第 %(seq)s 个事件。请到“审计 → 防篡改”查看。",
                    n=len(found.faults), case=found.faults[0].case or "—", seq=found.faults[0].seq), clock)
        return row
