"""What the page 假设分析 shows: what can be asked, what was asked, and what came of it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from app import jobs
from app.definitions import DefinitionError
from app.engine import EngineError
from app.errors import NotFound
from app.store import session
from app.store.models import Case, Release
from app.workbench import whatif, whatif_jobs
from app.workbench.models import Proposal
from app.workbench.table_tests import procedure_of

SIZES = (50, 200, 1000, 10_000, 50_000)


@dataclass
class View:
    """`fault`: why nothing can be asked; `ids`: the cases that were asked for; `found`: the answer, None when there is none yet."""

    proposal: Proposal
    fault: str = ""
    changed: list[whatif.Changed] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    asked: whatif.Asked = field(default_factory=whatif.Asked)
    ids: list[int] = field(default_factory=list)
    found: whatif.Found | None = None
    job: jobs.Progress | None = None
    tables: list = field(default_factory=list)

    @property
    def many(self) -> bool:
        return len(self.ids) > whatif.AT_ONCE

    @property
    def totals(self) -> list:
        return whatif_jobs.totals_of(self.found) if self.found else []


def view_of(proposal: Proposal, words: Mapping, *, actor, clock) -> View:
    """The page for the words of an address: element (several), since, until, release, most, go; or job."""
    view = View(proposal, asked=asked_of(words))
    try:
        view.tables = list(procedure_of(proposal).decisions.values())
        compared = whatif.Comparison(proposal)
        view.changed = compared.changed()
    except (DefinitionError, EngineError) as error:
        view.fault = error.message
        return view
    known = [one.element for one in view.changed]
    view.chosen = [element for element in words.getlist("element") if element in known] or known
    if words.get("job"):
        _add_job(view, words["job"], actor, clock)
    elif words.get("go") and view.changed:
        picked = [one for one in view.changed if one.element in view.chosen]
        view.ids = whatif.cases_asked(proposal, picked, view.asked)
        view.found = None if view.many else whatif.look_at(compared, picked, view.ids)
    return view


def _add_job(view: View, job_id: str, actor, clock) -> None:
    job = jobs.job_of(job_id, actor)
    if job.kind != whatif_jobs.KIND or job.parameters.get("proposal") != view.proposal.id:
        raise NotFound()
    view.chosen, view.asked = list(job.parameters["elements"]), whatif.Asked(**job.parameters["asked"])
    view.job, view.found = jobs.progress_of(job, clock), whatif_jobs.found_of(job)


def asked_of(words: Mapping) -> whatif.Asked:
    """Which cases an address asks for; what is no day or number counts as not said."""
    most = words.get("most", "")
    most = int(most) if most.isascii() and most.isdecimal() and int(most) in SIZES else whatif.AT_ONCE
    return whatif.Asked(_day(words.get("since", "")), _day(words.get("until", "")), words.get("release", "")[:64], most)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else ""
    except ValueError:
        return ""


def releases_with_cases(proposal: Proposal) -> list[tuple[Release, int]]:
    """The releases of the procedure that have cases, the newest first, with how many."""
    query = (sa.select(Release, sa.func.count(Case.id)).join(Case, Case.release == Release.digest)
             .where(Release.procedure == proposal.procedure).group_by(Release.digest).order_by(Release.number.desc()))
    return [(release, count) for release, count in session().execute(query)]
