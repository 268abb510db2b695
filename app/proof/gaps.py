"""A gap: after a restore, events that heads outside know are lost for good. It is written down and signed, never hidden.

Only the end can be accepted as lost: where events behind it are still there, somebody changed the middle, and no gap covers that.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.operations.contexts import instant
from app.proof import heads, journal, merkle
from app.proof.outside import faults_outside
from app.store import session
from app.store.models import Event


class NoGap(Exception):
    """There is no lost end that could be accepted; the text says why."""


def accept_gap(clock, reason: str) -> dict:
    """Writes a head that names the lost end and goes on from the last event that agrees. Raises NoGap."""
    with journal.writing():
        first = next((fault for fault in faults_outside() if fault.kind == "anchor"), None)
        if first is None or not first.event_id:
            raise NoGap("外部锚点与数据库一致，没有缺口")
        kept, last = first.event_id - 1, heads.last_head()
        _ensure_end(kept)
        count = session().scalar(sa.select(sa.func.count()).select_from(Event).where(Event.id <= kept))
        head = heads.finish({
            "at": instant(clock()), "after": kept, "upto": kept, "count": count, "root": merkle.root_of([], current_app.config["HASH"]),
            "last": session().scalar(sa.select(heads.LINK).where(Event.id == kept)) or "", "rows": [],
            "gap": {"kept": kept, "lost": last["count"] - count, "reason": reason},
        }, last)
        journal.add_line(journal.journal(), head)
    return head


def gaps() -> list[dict]:
    """The gaps that were accepted: {at, kept, lost, reason}."""
    return [{"at": head["at"], **head["gap"]} for head in journal.heads_in(journal.journal()) if "gap" in head]


def _ensure_end(kept: int) -> None:
    """No event that heads know behind the gap may still be there."""
    for head in journal.heads_in(journal.journal()):
        known = {said[0]: said for said in head["rows"] if said[0] > kept} if head["upto"] > kept else {}
        if known and any(known.get(row.id) == heads.said_of(row) for row in heads.rows_between(kept, head["upto"])):
            raise NoGap("缺口之后还有锚点记下的事件：不是恢复旧备份造成的，请先查明（pingshen verify）")
