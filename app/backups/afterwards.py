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
from app.operations import events
from app.operations.commands import locked_case
from app.operations.contexts import instant
from app.payments.gateway import GatewayDown
from app.payments.refetching import refetch_since
from app.people import SYSTEM, end_everybodys_sign_ins
from app.store import session, transaction
from app.store.models import Case, Event

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
    if found.gap:
        outside.note_gap(found.gap, instant(clock()), f"从备份恢复：{path.name}")


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
    """An event in each case that lost some and is still there, the first with an id behind all that were lost.

    Else their ids would come again, and the heads would take new events for those they know. Where none of them is left
    the case of the last event has it.
    """
    numbered = session().scalars(sa.select(Case.id).where(Case.number.in_(gap.cases)).order_by(Case.id)).all()
    last = session().scalar(sa.select(Event.case_id).order_by(Event.id.desc()).limit(1))
    event_id = gap.upto + 1
    for case_id in numbered or ([last] if last else []):
        with locked_case(case_id) as case:
            case.version += 1
            events.append_event(case, "restored", actor=SYSTEM, at=clock(), state_digest=events.latest_state_digest(case), event_id=event_id,
                                details={"reason": gap.words, "lost": gap.events, "after": gap.after, "upto": gap.upto})
        event_id += 1
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text("SELECT setval(pg_get_serial_sequence('event', 'id'), :n, false)").bindparams(n=event_id))


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
