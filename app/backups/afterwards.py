"""What a database that came back must know: what is lost, who has to sign in anew, which mails went out, what was paid since.

`settle` runs on the stage, before anybody works with it; `catch_up` when the service runs again.
"""
from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog

from app import mail
from app.backups import outside
from app.backups.models import BackupRun
from app.clock import Clock
from app.errors import RestoreRefused
from app.operations import events
from app.operations.commands import locked_case
from app.payments.gateway import GatewayDown
from app.payments.refetching import refetch_since
from app.people import SYSTEM, end_everybodys_sign_ins
from app.proof.gaps import NoGap, accept_gap
from app.store import session, transaction
from app.store.models import Case

log = structlog.get_logger()


def settle(found, path: Path, *, clock: Clock) -> None:
    """Makes the database of the app around fit to be used: one transaction."""
    point = datetime.fromisoformat(found.about["at"])
    with transaction():
        end_everybodys_sign_ins(clock())  # one that was ended since the point would live again
        mails = mail.keep_back_sent(point, clock())
        if found.gap:
            note_lost(found.gap, clock)
        session().add(BackupRun(
            kind="restore", state="incomplete" if found.gap or found.faults else "done", at=clock(), seconds=found.seconds, place=str(path), point_at=point,
            events=found.about["events"], files=found.files, words=words_of(found)[:2000],
            detail={"payments": "due", "mails": mails, "faults": found.faults[:50], "gap": found.gap.as_dict() if found.gap else None}))


def words_of(found) -> str:
    """What a restore found, for people."""
    words = list(found.faults)
    if found.gap:
        words.append(found.gap.words)
    elif not found.compared:
        words.append("本机没有外部锚点，只能与备份里的锚点相比：恢复点以后是否还有记录，无法得知")
    if found.missing:
        words.append(f"有 {len(found.missing)} 个文件在备份时已经不在")
    return "；".join(words) or "与外部锚点一致，没有缺失"


def note_lost(gap: outside.Gap, clock: Clock) -> None:
    """An event in each case that lost some and is still there: its people see that something is missing."""
    for case_id in session().scalars(sa.select(Case.id).where(Case.number.in_(gap.cases)).order_by(Case.id)).all():
        with locked_case(case_id) as case:
            case.version += 1
            events.append_event(case, "restored", actor=SYSTEM, at=clock(), state_digest=events.latest_state_digest(case),
                                details={"reason": gap.words, "lost": gap.events, "after": gap.after, "upto": gap.upto})


def accept(why: str, clock: Clock) -> None:
    """The gap is known from now on: a signed head outside says so, and the next ones go on from what is there. Raises RestoreRefused."""
    try:
        accept_gap(clock, why)
    except NoGap as error:
        raise RestoreRefused(why=str(error)) from error


def catch_up(clock: Clock) -> int:
    """Fetches anew what was paid since the point of a restore that nobody has caught up with yet; once. Returns how many orders moved."""
    moved = 0
    for run in session().scalars(sa.select(BackupRun).where(BackupRun.kind == "restore").order_by(BackupRun.id)).all():
        if run.detail.get("payments") != "due":
            continue
        run_id, since, detail = run.id, run.point_at, dict(run.detail)
        try:
            fetched = refetch_since(since, clock)
        except GatewayDown as error:
            log.warning("payments-not-fetched", error=error.message)
            return moved
        with transaction():
            session().get(BackupRun, run_id).detail = detail | {"payments": asdict(fetched)}
        moved += fetched.moved
    return moved
