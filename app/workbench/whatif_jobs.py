"""What if over many cases: a job of the worker, its results together, and either as a workbook."""
from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import sqlalchemy as sa
from flask_babel import gettext as _

from app import jobs
from app.errors import WhatIfOutdated
from app.sheets import Column, write_book
from app.store import session
from app.workbench.models import Proposal
from app.workbench.proposals import proposal_of
from app.workbench.whatif import STEP, Asked, Changed, Comparison, Found, look_at

KIND = "what-if"


def begin(proposal: Proposal, changed: list[Changed], case_ids: list[int], asked: Asked, *, actor, clock) -> jobs.Job:
    """Hands the look at these cases to the worker."""
    parts = [case_ids[place:place + STEP] for place in range(0, len(case_ids), STEP)]
    items = [{"item": {"cases": part}, "label": _("第 %(a)s–%(b)s 件", a=number * STEP + 1, b=number * STEP + len(part)), "case": None}
             for number, part in enumerate(parts)]
    parameters = {"proposal": proposal.id, "version": proposal.version, "elements": [one.element for one in changed], "asked": asdict(asked)}
    return jobs.start_job(KIND, actor=actor, clock=clock, title=_("假设分析：%(title)s", title=proposal.title), items=items, parameters=parameters)


@jobs.job_kind(KIND)
def look_at_part(work: jobs.Work) -> jobs.Done:
    """One part of the cases. A proposal that was changed meanwhile would answer another question."""
    proposal = proposal_of(work.parameters["proposal"])
    if proposal.version != work.parameters["version"]:
        raise WhatIfOutdated()
    compared = Comparison(proposal)
    changed = [one for one in compared.changed() if one.element in work.parameters["elements"]]
    found = look_at(compared, changed, work.item["cases"])
    return jobs.Done(_("看了 %(n)s 件，%(m)s 件会走另一条路", n=found.cases, m=found.other_cases), found.as_dict())


def found_of(job: jobs.Job) -> Found:
    """What the parts that are done have found."""
    found = Found()
    rows = sa.select(jobs.JobItem.detail).where(jobs.JobItem.job_id == job.id, jobs.JobItem.state == "done").order_by(jobs.JobItem.position)
    for detail in session().scalars(rows):
        found.add(detail)
    return found


def latest_of(proposal: Proposal, actor) -> list[jobs.Job]:
    """The person's own looks at this proposal, newest first."""
    rows = session().scalars(sa.select(jobs.Job).where(jobs.Job.kind == KIND, jobs.Job.person_id == actor.id).order_by(jobs.Job.created_at.desc()).limit(30))
    return [job for job in rows if job.parameters.get("proposal") == proposal.id]


def totals_of(found: Found) -> list[tuple[str, str, str, int]]:
    """(step, before, after, how many cases), the most frequent first."""
    counted: Counter = Counter()
    for one in {(one.case, one.name, one.before, one.after) for one in found.differences}:
        counted[one[1:]] += 1
    return [(*key, count) for key, count in counted.most_common()]


def workbook_of(proposal: Proposal, found: Found) -> bytes:
    """Every difference as a row."""
    columns = [Column(str(place), label, width=width) for place, (label, width) in enumerate((
        (_("业务流水号"), 24), (_("步骤"), 20), (_("时间"), 22), (_("按现行版本"), 36), (_("按本方案"), 36), (_("当时结果"), 30), (_("依据的值"), 60), (_("缺少的值"), 30)))]
    rows = ((one.case, one.name, one.at, one.before, one.after, one.happened, "；".join(f"{label}：{value}" for label, value in one.inputs),
             "、".join(one.missing)) for one in found.differences)
    return write_book(_("假设分析"), columns, rows)
