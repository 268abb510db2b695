"""Out of use and back, and back to an earlier release: what one analyst may do at once, with a reason, before everybody's eyes.

Running cases are never touched: they stay on the release they started with, and go on.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.errors import NotFound, ReasonNeeded, WorkbenchRefused
from app.operations import releases
from app.store import session, transaction
from app.store.models import Process, Release
from app.workbench import acts
from app.workbench.publishing import use_only


def retire(procedure: str, process_ids: list[str], *, reason: str, actor, clock) -> list[Process]:
    """Nobody can start these processes any more. Raises ReasonNeeded, NotFound."""
    reason = _said(reason, _("停用"))
    with transaction():
        rows = [row for row in _rows(procedure, process_ids) if not row.retired]
        for row in rows:
            row.retired = True
            acts.record("retired", procedure, actor=actor, clock=clock, text=reason, release=row.release, process_id=row.id)
        _tell_everybody(rows, procedure, _("停用：%(names)s"), reason, actor, clock)
        return rows


def restore(procedure: str, process_ids: list[str], *, reason: str, actor, clock) -> list[Process]:
    """New cases can be started again, on the current release. Raises ReasonNeeded, NotFound, WorkbenchRefused for one that the current release left out."""
    reason = _said(reason, _("恢复使用"))
    with transaction():
        rows, current = [row for row in _rows(procedure, process_ids) if row.retired], releases.current_release(procedure)
        for row in rows:
            if row.release != current:
                raise WorkbenchRefused(why=_("现行版本里没有“%(name)s”，不能恢复使用；请先在修改方案里把它加回来", name=row.name))
            row.retired = False
            acts.record("restored", procedure, actor=actor, clock=clock, text=reason, release=row.release, process_id=row.id)
        _tell_everybody(rows, procedure, _("恢复使用：%(names)s"), reason, actor, clock)
        return rows


def go_back(procedure: str, digest: str, *, reason: str, actor, clock) -> Release:
    """New cases get an earlier release again, from now on. Nothing is written unless today's service can run it (F-07).

    Raises NotFound, ReasonNeeded, WorkbenchRefused for the current release and for one that cannot be run any more.
    """
    reason = _said(reason, _("退回到较早的版本"))
    published = session().get(Release, digest)
    if published is None or published.procedure != procedure:  # a draft that two people never agreed on is no release
        raise NotFound()
    older = releases.procedure_of(digest)
    _ensure_runs(older)
    with transaction() as store:
        rows = {row.id: row for row in store.scalars(sa.select(Process).where(Process.procedure == procedure).with_for_update())}
        current = releases.current_release(procedure)
        if current == digest:
            raise WorkbenchRefused(why=_("这就是现行版本"))
        stopped = {key for key, row in rows.items() if row.retired and row.release == current}
        release = releases.write_release(older, actor=actor, clock=clock, note="")
        use_only(procedure, set(older.processes), stopped)
        acts.record("went_back", procedure, actor=actor, clock=clock, text=reason, release=digest)
        acts.tell(acts.holders(acts.ANALYST, acts.ADMINISTRATOR), _("已退回到发布版本 #%(n)s", n=release.number),
                  _("%(name)s：%(reason)s。从现在起新办的事项使用这个较早的版本，正在办理的事项不变。", name=actor.name, reason=reason), _link(procedure), clock)
        return release


def _ensure_runs(procedure) -> None:
    try:
        for process_id in procedure.processes:
            engine.load_process(process_id, procedure.files)
        procedure.forms, procedure.registers, procedure.roles, procedure.reports, procedure.decisions
    except Exception as error:
        raise WorkbenchRefused(why=_("现在的系统已不能运行这个版本（%(why)s），什么也没有改动", why=str(error)[:200])) from error


def _rows(procedure: str, ids: list[str]) -> list[Process]:
    rows = session().scalars(sa.select(Process).where(Process.procedure == procedure, Process.id.in_(ids)).order_by(Process.name).with_for_update()).all()
    if not rows or len(rows) != len(set(ids)):
        raise NotFound()
    return list(rows)


def _said(reason: str, label: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(label=label)
    return reason[:1000]


def _tell_everybody(rows: list[Process], procedure: str, title: str, reason: str, actor, clock) -> None:
    if rows:
        acts.tell(acts.holders(acts.ANALYST, acts.ADMINISTRATOR), title % {"names": "、".join(row.name for row in rows)},
                  _("%(name)s：%(reason)s", name=actor.name, reason=reason), _link(procedure), clock)


def _link(procedure: str) -> str:
    return f"/workbench/procedures/{procedure}"
