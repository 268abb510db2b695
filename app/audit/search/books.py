"""What was found as workbooks: a short list at once, a long one by a job into a file that its person alone may fetch for a day."""
from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.audit.search.asked import Asked, asked_for
from app.audit.search.finding import FoundCase, FoundEvent, cases_found, events_found, pages_of
from app.audit.search.models import Sample
from app.audit.search.samples import VERDICT_WORDS, lines_of
from app.errors import NotFound
from app.jobs import Done, Job, Work, job_kind, start_job
from app.operations.contexts import SHANGHAI
from app.sheets import Column, write_book
from app.store import session

AT_ONCE, MOST = 5000, 100_000  # rows made while somebody waits, rows of a job
KIND = "audit-export"
KEPT = timedelta(hours=24)  # how long the file of a job waits


def book_of(view: str, asked: Asked, clock, *, most: int = AT_ONCE) -> bytes:
    """The cases or events found as a workbook, at most so many."""
    return _events_book(asked, clock, most) if view == "events" else _cases_book(asked, clock, most)


def start_export(view: str, asked: Asked, *, actor, clock) -> Job:
    """Makes the workbook as a job."""
    title = _("导出查到的办理记录") if view == "events" else _("导出查到的事项")
    return start_job(KIND, actor=actor, clock=clock, title=title, items=[{"item": {"view": view, "asked": asked.words()}, "label": title, "case": None}])


def exports_of(actor, clock) -> list[Job]:
    """The person's workbooks that are made or can be fetched, newest first."""
    query = sa.select(Job).where(Job.kind == KIND, Job.person_id == actor.id, Job.created_at > clock() - KEPT).order_by(Job.created_at.desc()).limit(5)
    return list(session().scalars(query))


def file_of(job_id: str, actor, clock) -> Path:
    """The workbook of a job. Raises NotFound for anybody else's, and after a day."""
    job = session().get(Job, job_id)
    found = job is not None and job.kind == KIND and job.person_id == actor.id and job.state == "done" and clock() - job.finished_at <= KEPT
    if not found or not _place(job_id).exists():
        raise NotFound()
    return _place(job_id)


def forget_old_exports(clock) -> None:
    """Removes the files that nobody may fetch any more, and what is left of those that were never finished."""
    for path in _folder().glob("*.*") if _folder().is_dir() else ():
        if clock().timestamp() - path.stat().st_mtime > 2 * KEPT.total_seconds():
            path.unlink(missing_ok=True)


def sample_book(sample: Sample) -> bytes:
    """A sample with its notes as a workbook, the draw on a second sheet."""
    labels = (_("序号"), _("业务流水号"), _("事项"), _("申请人"), _("摘要信息"), _("办理结果"), _("分层"), _("结论"), _("记录"), _("记录人"), _("记录时间"))
    columns = [Column(str(place), label, code=place == 1, width=12 if place in (0, 6, 7) else 22) for place, label in enumerate(labels)]
    rows = [(line.position, line.number, case.title if case else _("已依法清除"), case.starter_name if case else "", case.summary if case else "",
             case.result if case else "", line.stratum, str(VERDICT_WORDS[line.verdict]), line.note, line.noted_by_name, _time(line.noted_at))
            for line, case in lines_of(sample, size=sample.found)[0]]
    notes = (f"{_('抽样事由')}：{sample.reason}", f"{_('总体')}：{sample.found}", f"{_('抽样人')}：{sample.person_name} {_time(sample.at)}",
             f"{_('方法')}：{sample.algorithm}", f"{_('随机种子')}：{sample.seed}", f"{_('记录摘要')}：{sample.digest}")
    return write_book(sample.title, columns, rows, notes=notes)


def _write(work: Work) -> None:
    """Reads for as long as it takes, outside of any transaction; the file is whole or not there."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = _place(work.key.partition(":")[0])
    draft = target.with_suffix(".part")
    draft.write_bytes(book_of(work.item["view"], asked_for(work.item["asked"]), work.clock, most=MOST))
    draft.chmod(0o600)
    os.replace(draft, target)


@job_kind(KIND, look=_write)
def _export(work: Work) -> Done:
    return Done(_("已生成，请在一天内到“审计 — 查询”下载。"))


def _folder() -> Path:
    return Path(current_app.config["VAR"]) / "exports"


def _place(job_id: str) -> Path:
    return _folder() / f"{job_id}.xlsx"


def _cases_book(asked: Asked, clock, most: int) -> bytes:
    labels = (_("业务流水号"), _("事项"), _("申请人"), _("摘要信息"), _("版本"), _("当前环节或结果"), _("开始"), _("办结"), _("步骤数"), _("疑点"), _("迁移过"), _("重放"))
    columns = [Column(str(place), label, code=place == 0, width=24 if place < 4 else 14) for place, label in enumerate(labels)]
    return write_book(_("查到的事项"), columns, (_case_row(found) for found in pages_of(cases_found, asked, clock, most=most)))


def _case_row(found: FoundCase) -> tuple:
    case = found.case
    return (case.number, case.title, case.starter_name, case.summary, found.release, case.result or case.stage, _time(case.started_at), _time(case.ended_at),
            case.events, found.findings, _("是") if found.moved else "", badge_words(found.badge))


def _events_book(asked: Asked, clock, most: int) -> bytes:
    labels = (_("时间"), _("业务流水号"), _("事项"), _("申请人"), _("序号"), _("类别"), _("环节"), _("办理结果"), _("办理人"), _("账号"), _("代"))
    columns = [Column(str(place), label, code=place in (1, 9), width=20) for place, label in enumerate(labels)]
    return write_book(_("查到的办理记录"), columns, (_event_row(found) for found in pages_of(events_found, asked, clock, most=most)))


def _event_row(found: FoundEvent) -> tuple:
    event = found.event
    return (_time(event.at), found.case.number, found.case.title, found.case.starter_name, event.seq, found.kind, found.element, found.outcome, event.actor_name,
            event.actor_id, event.on_behalf_of)


def badge_words(badge) -> str:
    """What a replay found, in a word."""
    words = {"equal": _("一致"), "different": _("有差异"), "erased": _("含已清除内容"), "stale": _("有新记录")}
    return words.get(badge.state, badge.state) if badge else ""


def _time(moment) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else ""
