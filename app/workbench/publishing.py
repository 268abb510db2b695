"""The publish gate: submitted by one analyst, approved by another, effective now or at a time, exactly once.

What was checked is what is published: a submitted proposal is frozen, and its version and digest are looked at again.
The linter runs outside of the transactions, because it reads everything.
"""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _

from app.errors import NotSubmitted, OwnProposal, PingshenError, ReasonNeeded, ReleaseRefused, WorkbenchRefused
from app.operations import releases
from app.people import Actor, name_of
from app.store import session, transaction
from app.store.models import Process, Release
from app.workbench import acts, changes, findings, proposals
from app.workbench.gate import Gate, digest_of, gate_of
from app.workbench.models import Proposal, Submission

ALIVE = ("waiting", "approved")
LATEST = timedelta(days=366)  # how far ahead a release may be made effective
log = structlog.get_logger()


def submit(proposal_id: int, *, version: int, note: str, accepted: Collection[str], note_read: bool, actor, clock) -> Submission:
    """Hands a proposal to a second person; from now on its files stay as they are.

    `version` is the one whose checks the submitter saw, `accepted` the keys of the warnings they take on.
    Raises WorkbenchRefused with what is still missing, ProposalClosed.
    """
    proposal = proposals.ensure_open(proposals.proposal_of(proposal_id))
    gate = gate_of(proposal, clock)
    _ensure_passed(gate, version, set(accepted))
    note = " ".join(note.split())
    _ensure(note, _("请写明这次改了什么，别人在发布列表里会看到"))
    _ensure(note_read or changes.has_read(proposal, actor), _("请先阅读变更说明，再勾选“已阅读”"))
    with transaction() as store:
        proposal = proposals.ensure_open(proposals.locked(proposal_id))
        _ensure(proposal.version == gate.version, _("方案刚刚又改过，请重新检查后提交"))
        changes.read_note(proposal, actor, clock)
        made = Submission(
            proposal_id=proposal.id, version=gate.version, digest=gate.digest, note=note[:500], accepted=sorted(w.key for w in gate.warnings),
            state="waiting", submitted_by=actor.id, submitted_by_name=actor.name, submitted_at=clock())
        store.add(made)
        proposal.state, proposal.changed_at = "submitted", clock()
        acts.record("submitted", proposal.procedure, actor=actor, clock=clock, text=note, proposal_id=proposal.id)
        others = acts.holders(acts.ANALYST) - proposals.authors_of(proposal) - {actor.id}
        acts.tell(others, _("请审批：%(title)s", title=proposal.title), _("%(name)s提交了一份流程修改方案，须由另一位流程分析员阅读变更说明后批准或退回。", name=actor.name), _link(proposal), clock)
        store.flush()
        return made


def _ensure_passed(gate: Gate, version: int, accepted: set[str]) -> None:
    _ensure(gate.version == version, _("方案刚刚又改过，请重新检查后提交"))
    _ensure(gate.changed, _("方案与现行版本没有差别"))
    _ensure(gate.up_to_date, _("现行版本已经更新，请先合并新版本"))
    _ensure(not gate.errors, _("检查还有%(n)s个错误", n=len(gate.errors)))
    _ensure(all(warned.key in accepted for warned in gate.warnings), _("还有提醒没有逐条确认"))
    _ensure(gate.scenarios, _("没有情景用例，请至少保存一个，证明流程走得通"))
    _ensure(gate.green, _("%(n)s个情景用例没有在这个版本上通过", n=gate.scenarios - gate.passed))


def _ensure(holds, why: str) -> None:
    if not holds:
        raise WorkbenchRefused(why=why)


def approve(proposal_id: int, *, version: int, note_read: bool, at: datetime | None, actor, clock) -> Submission:
    """The second person's word: published now, or at a time by the worker. `version` is the one that they saw.

    Raises OwnProposal for whoever wrote or submitted it (H-09), NoteChanged when it was taken back, changed and submitted
    again meanwhile, WorkbenchRefused, ReleaseRefused.
    """
    submission = alive_of(proposal_id)
    _ensure_second(submission, actor)
    _ensure(note_read or changes.has_read(proposals.proposal_of(proposal_id), actor), _("请先阅读变更说明，再勾选“已阅读”"))
    _ensure(at is None or clock() < at <= clock() + LATEST, _("生效时间须在现在之后、一年之内"))
    _ensure_clean(submission, clock)
    with transaction():
        proposal, submission = proposals.locked(proposal_id), _alive_again(submission.id, "waiting")
        _ensure_second(submission, actor)
        changes.read_note(proposal, actor, clock, version)
        submission.decided_by, submission.decided_by_name, submission.decided_at = actor.id, actor.name, clock()
        if at is None:
            _publish(proposal, submission, actor, clock)
        else:
            _ensure_newest(proposal)
            submission.state, submission.effective_at = "approved", at
            acts.record("approved", proposal.procedure, actor=actor, clock=clock, text=submission.note, proposal_id=proposal.id)
        return submission


def _ensure_second(submission: Submission, actor) -> None:
    if actor.id == submission.submitted_by or actor.id in proposals.authors_of(proposals.proposal_of(submission.proposal_id)):
        raise OwnProposal()


def _ensure_clean(submission: Submission, clock) -> None:
    """What was checked is what is published, and the database may have changed since: roles, other procedures."""
    proposal = proposals.proposal_of(submission.proposal_id)
    _ensure(proposal.version == submission.version and digest_of(proposal) == submission.digest, _("提交之后内容有变，请退回重新提交"))
    errors = [one for one in findings.findings_of(proposal, clock) if one.severity == "error"]
    if errors:
        raise ReleaseRefused(count=len(errors), findings=errors)


def _publish(proposal: Proposal, submission: Submission, approver, clock) -> None:
    _ensure_newest(proposal)
    procedure = proposals.bundle_of(proposal).procedure(proposal.procedure)
    stopped = _retired_by_people(proposal)
    _ensure_ids_are_free(procedure)
    fresh = session().get(Release, procedure.digest) is None
    author = Actor(submission.submitted_by, f"person:{submission.submitted_by}", submission.submitted_by_name)
    release = releases.write_release(procedure, actor=author, clock=clock, note=submission.note)
    if fresh:
        release.approved_by, release.proposal_id = approver.id, proposal.id
    use_only(procedure.name, set(procedure.processes), stopped)
    proposal.state, proposal.changed_at, submission.state = "published", clock(), "published"
    submission.effective_at = submission.effective_at or clock()
    acts.record("published", procedure.name, actor=approver, clock=clock, text=submission.note, proposal_id=proposal.id, release=release.digest)
    acts.tell(acts.holders(acts.ANALYST) | {submission.submitted_by}, _("已发布：%(title)s", title=proposal.title),
              _("%(name)s批准，从现在起新办的事项使用发布版本 #%(n)s。正在办理的事项仍用原来的版本。", name=approver.name, n=release.number), _link(proposal), clock, "progress")


def _ensure_newest(proposal: Proposal) -> None:
    # The rows of its processes are the lock of a procedure: of two approvals at the same moment the second sees the first.
    session().execute(sa.select(Process.id).where(Process.procedure == proposal.procedure).with_for_update()).all()
    _ensure(releases.current_release(proposal.procedure) == proposal.base, _("现行版本已经更新，请退回，由起草人先合并新版本"))


def _ensure_ids_are_free(procedure) -> None:
    taken = session().scalars(sa.select(Process.id).where(Process.id.in_(list(procedure.processes)), Process.procedure != procedure.name)).all()
    _ensure(not taken, _("流程标识“%(ids)s”已被别的程序使用，请改名", ids="、".join(taken)))


def _retired_by_people(proposal: Proposal) -> set[str]:
    """Whom somebody took out of use on purpose: a release does not bring them back. (A process that a release left out stands on an older one.)"""
    return set(session().scalars(sa.select(Process.id).where(Process.procedure == proposal.procedure, Process.retired, Process.release == proposal.base)))


def use_only(procedure: str, ids: set[str], stopped: set[str]) -> None:
    """After a release became current: what it does not hold, and what was stopped before, starts no new cases."""
    session().flush()
    gone = sa.or_(Process.id.not_in(list(ids)), Process.id.in_(list(stopped)))
    session().execute(sa.update(Process).where(Process.procedure == procedure, gone).values(retired=True))


def send_back(proposal_id: int, *, reason: str, actor, clock) -> None:
    """A second person asks for changes, or stops an approved one before its time. Raises OwnProposal, ReasonNeeded."""
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(label=_("退回修改"))
    with transaction():
        proposal, submission = proposals.locked(proposal_id), alive_of(proposal_id)
        _ensure_second(submission, actor)
        _close(proposal, submission, "sent_back", actor, clock, reason)
        acts.tell(proposals.authors_of(proposal) | {submission.submitted_by}, _("方案被退回：%(title)s", title=proposal.title), reason, _link(proposal), clock)


def withdraw(proposal_id: int, *, actor, clock) -> None:
    """Whoever wrote or submitted it takes it back, to go on with it. Raises WorkbenchRefused for anybody else."""
    with transaction():
        proposal, submission = proposals.locked(proposal_id), alive_of(proposal_id)
        _ensure(actor.id in proposals.authors_of(proposal) | {submission.submitted_by}, _("只有起草人或提交人可以撤回；您可以退回修改"))
        _close(proposal, submission, "withdrawn", actor, clock, "")


def _close(proposal: Proposal, submission: Submission, state: str, actor, clock, reason: str) -> None:
    submission.state, submission.reason = state, reason[:1000]
    submission.decided_by, submission.decided_by_name, submission.decided_at = actor.id, actor.name, clock()
    proposal.state, proposal.changed_at = "open", clock()
    acts.record(state, proposal.procedure, actor=actor, clock=clock, text=reason, proposal_id=proposal.id)


def publish_due(clock) -> int:
    """The worker's sweep: publishes what was approved for a time that has come, each once; returns how many."""
    due = session().scalars(sa.select(Submission.id).where(Submission.state == "approved", Submission.effective_at <= clock()).order_by(Submission.effective_at, Submission.id)).all()
    return sum(_publish_safely(submission_id, clock) for submission_id in due)


def _publish_safely(submission_id: int, clock) -> bool:
    try:
        return _publish_approved(submission_id, clock)
    except (WorkbenchRefused, ReleaseRefused) as error:
        _note_failure(submission_id, error, clock)
    except Exception as error:  # the next sweep tries again; the others must not wait for this one
        log.error("scheduled-release-failed", submission=submission_id, error=repr(error))
    return False


def _publish_approved(submission_id: int, clock) -> bool:
    _ensure_clean(session().get(Submission, submission_id), clock)
    with transaction() as store:
        proposal = proposals.locked(store.get(Submission, submission_id).proposal_id)
        submission = _fresh(submission_id)
        if proposal.state != "submitted" or submission.state != "approved" or submission.effective_at > clock():
            return False  # another worker was first, or somebody stopped it
        approver = Actor(submission.decided_by, f"person:{submission.decided_by}", submission.decided_by_name)
        _publish(proposal, submission, approver, clock)
        return True


def _note_failure(submission_id: int, error: PingshenError, clock) -> None:
    with transaction():
        proposal = proposals.locked(session().get(Submission, submission_id).proposal_id)
        submission = _fresh(submission_id)
        if submission.state != "approved":
            return
        submission.state, submission.reason, proposal.state, proposal.changed_at = "failed", error.message[:1000], "open", clock()
        system = Actor(submission.decided_by, f"person:{submission.decided_by}", submission.decided_by_name)
        acts.record("failed", proposal.procedure, actor=system, clock=clock, text=error.message, proposal_id=proposal.id)
        people = proposals.authors_of(proposal) | {submission.submitted_by, submission.decided_by}
        acts.tell(people, _("定时发布没有成功：%(title)s", title=proposal.title), error.message, _link(proposal), clock)


def submissions_of(proposal: Proposal) -> list[Submission]:
    """Every submission of a proposal, newest first."""
    return list(session().scalars(sa.select(Submission).where(Submission.proposal_id == proposal.id).order_by(Submission.id.desc())))


def alive_of(proposal_id: int) -> Submission:
    """The submission that waits for its second person or its time. Raises NotFound, and NotSubmitted when there is none."""
    proposal = proposals.proposal_of(proposal_id)
    found = session().scalar(sa.select(Submission).where(Submission.proposal_id == proposal_id, Submission.state.in_(ALIVE)).order_by(Submission.id.desc()).limit(1))
    if found is None or proposal.state != "submitted":
        raise NotSubmitted()
    return found


def _alive_again(submission_id: int, state: str) -> Submission:
    found = _fresh(submission_id)
    if found.state != state:
        raise NotSubmitted()
    return found


def _fresh(submission_id: int) -> Submission:
    return session().get(Submission, submission_id, with_for_update=True, populate_existing=True)


def _link(proposal: Proposal) -> str:
    return f"/workbench/{proposal.id}/publishing"


def approver_name(release: Release) -> str:
    """Who approved a release; "" for one that was published from a folder."""
    return name_of(release.approved_by) if release.approved_by else ""
