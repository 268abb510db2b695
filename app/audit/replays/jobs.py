"""Replays of thousands of cases as a job: an item is a range of cases, read in read transactions, its badges written in one short one."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from app import jobs
from app.audit.replays.badges import note_results, replayed
from app.audit.replays.versions import versions
from app.errors import NotAllowed
from app.jobs.operations import MOST
from app.operations.replay import Replayed
from app.sheets import Column, write_book
from app.store import session
from app.store.models import Case

KIND, ROLE = "replay-cases", "auditor"
STEP = 20  # cases of an item; more when there would be too many items
TOLD = 50  # differences that an item's detail holds


@dataclass
class Sum:
    """What the items of a job that are over have found. `differences`: (number, event, words, state)."""

    cases: int = 0
    events: int = 0
    equal: int = 0
    different: int = 0
    erased: int = 0
    differences: list[tuple[str, int, str, str]] = field(default_factory=list)


def begin(case_ids: Sequence[int], words: str, *, actor, clock) -> jobs.Job:
    """Hands the replay of these cases to the worker. Raises NothingChosen."""
    step = max(STEP, -(-len(case_ids) // MOST))
    parts = [case_ids[place:place + step] for place in range(0, len(case_ids), step)]
    items = [{"item": {"cases": list(part)}, "label": _("第 %(a)s–%(b)s 件", a=number * step + 1, b=number * step + len(part)), "case": None}
             for number, part in enumerate(parts)]
    parameters = {"words": words, "cases": len(case_ids), "engine": versions().engine, "service": versions().service}
    return jobs.start_job(KIND, actor=actor, clock=clock, title=_("重放：%(what)s", what=words), items=items, parameters=parameters)


def _look(work: jobs.Work) -> list[tuple[int, Replayed]]:
    """A job goes on long after it was asked for: its person may be no auditor any more."""
    if not work.actor.has_role(ROLE):
        raise NotAllowed()
    return replayed(work.item["cases"])


@jobs.job_kind(KIND, look=_look)
def _note(work: jobs.Work) -> jobs.Done:
    note_results(work.found, work.clock)
    detail = _detail(one for _case_id, one in work.found)
    if detail["different"]:
        return jobs.Done(_("%(n)s 件，其中 %(m)s 件不一致：%(first)s", n=detail["cases"], m=detail["different"], first=_first(detail)), detail)
    return jobs.Done(_("%(n)s 件，%(e)s 个事件，全部一致", n=detail["cases"], e=detail["events"]) if not detail["erased"]
                     else _("%(n)s 件，没有不一致；%(m)s 件有内容已依法清除", n=detail["cases"], m=detail["erased"]), detail)


def sum_of(job: jobs.Job) -> Sum:
    """What the job has found until now."""
    total = Sum()
    rows = sa.select(jobs.JobItem.detail).where(jobs.JobItem.job_id == job.id, jobs.JobItem.state == "done").order_by(jobs.JobItem.position)
    for detail in session().scalars(rows):
        for name in ("cases", "events", "equal", "different", "erased"):
            setattr(total, name, getattr(total, name) + detail[name])
        total.differences += [tuple(one) for one in detail["found"]]
    return total


def latest_of(actor, most: int = 5) -> list[jobs.Job]:
    """The person's own replays, newest first."""
    query = sa.select(jobs.Job).where(jobs.Job.kind == KIND, jobs.Job.person_id == actor.id, jobs.Job.state != "prepared")
    return list(session().scalars(query.order_by(jobs.Job.created_at.desc()).limit(most)))


def workbook_of(job: jobs.Job) -> bytes:
    """Every case of the job that did not replay equal, with why; the sums on the second sheet."""
    total, words = sum_of(job), {"different": _("不一致"), "erased": _("有内容已依法清除")}
    columns = [Column("number", _("业务流水号"), code=True, width=24), Column("state", _("结果"), width=18), Column("seq", _("事件"), width=8), Column("words", _("说明"), width=100)]
    notes = [job.title, _("共 %(n)s 件，%(e)s 个事件；一致 %(q)s 件，不一致 %(d)s 件，有内容已依法清除 %(x)s 件", n=total.cases, e=total.events, q=total.equal, d=total.different, x=total.erased),
             _("引擎：%(v)s", v=job.parameters["engine"]), _("服务：%(v)s", v=job.parameters["service"])]
    return write_book(_("重放"), columns, ((number, words[state], seq, said) for number, seq, said, state in total.differences), notes=notes)


def numbers_to_ids(numbers: Iterable[str]) -> dict[str, int]:
    """case number -> id, for links."""
    return dict(session().execute(sa.select(Case.number, Case.id).where(Case.number.in_(list(numbers)))).all())


def _detail(found: Iterable[Replayed]) -> dict:
    ones = list(found)
    counts = {state: sum(one.state == state for one in ones) for state in ("equal", "different", "erased")}
    told = [[one.number, one.seq, one.difference or one.erased, one.state] for one in ones if one.state != "equal"]
    return counts | {"cases": len(ones), "events": sum(one.events for one in ones), "found": sorted(told, key=lambda one: one[3] != "different")[:TOLD]}


def _first(detail: dict) -> str:
    number, seq, words, _state = detail["found"][0]
    return _("%(number)s 第 %(seq)s 个事件，%(words)s", number=number, seq=seq, words=words)
