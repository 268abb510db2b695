"""What a report is previewed with: a case of a scenario, walked in the throw-away service, or a past case with everything personal covered.

A scenario is walked once for each content of a procedure (its templates left out: they are what is being written); the
database it leaves is kept for a while. No real case is changed, and no printing is recorded.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _

from app import people, rendering
from app.clock import PretendClock
from app.definitions import Bundle, Procedure
from app.errors import NotFound, PingshenError
from app.operations import list_reports, releases, reports
from app.operations.batch_reports import members_content
from app.operations.choices import CaseChoices
from app.operations.contexts import LatestAnswers, actor_facts, case_context, case_facts, case_variables, holds, instant
from app.people import SYSTEM
from app.scenarios.runner import run_scenario
from app.store import session
from app.store.models import Case
from app.workbench import proposals
from app.workbench.models import Proposal
from app.workbench.personal import cover_of
from app.workbench.playground import Playground, copy_database, playground

KEPT = 12           # walked scenarios
MANY = 80           # steps: a longer scenario is not walked unless it is chosen
PAST_OFFERED = 30
PLAIN = b"<p></p>"  # stands for every template while a scenario is walked
LIST_MOST = 60


@dataclass(frozen=True)
class Sample:
    """What the template is filled with, and what whoever writes it should know of it ("" when nothing)."""

    content: Mapping
    note: str = ""


def scenarios_of(procedure: Procedure) -> list[tuple[str, str]]:
    """(path, title) of the scenarios that can be walked, the longest that is soon walked first."""
    found = []
    for path in procedure.paths("processes", "scenarios/*.yml"):
        try:
            scenario = procedure.scenario(path)
        except (PingshenError, KeyError):
            continue
        found.append((len(scenario.steps) > MANY, -len(scenario.steps), path, scenario.title))
    return [(path, title) for _long, _steps, path, title in sorted(found)]


def past_cases(proposal: Proposal) -> list[tuple[str, str, str]]:
    """(number, title, where it is) of the latest cases of the procedure; nobody's name."""
    rows = session().scalars(sa.select(Case).where(Case.procedure == proposal.procedure).order_by(Case.id.desc()).limit(PAST_OFFERED))
    return [(case.number, case.title, case.result or case.stage) for case in rows]


# -- of a scenario

def sample_of_scenario(proposal: Proposal, path: str, key: str, role: str) -> Sample:
    """What a holder of the role would print when the scenario is over. Raises NotFound, PlayRefused, DefinitionError."""
    bundle = _without_templates(proposals.bundle_of(proposal))
    procedure = bundle.procedure(proposal.procedure)
    if path not in procedure.files:
        raise NotFound()
    scenario, ground, notes = procedure.scenario(path), playground(), []
    database = _walked(ground, bundle, path, scenario, notes)
    with ground.inside(database, PretendClock(scenario.clock)):
        sample = _sample_here(key, role, [people.actor_with_id(name) for name in scenario.people])
    return Sample(sample.content, "；".join(filter(None, [*notes, sample.note])))


def _without_templates(bundle: Bundle) -> Bundle:
    return Bundle({path: PLAIN if path.startswith("reports/") and path.endswith(".html") else content for path, content in bundle.files.items()})


def _walked(ground: Playground, bundle: Bundle, path: str, scenario, notes: list[str]) -> Path:
    """The database that the scenario leaves. Adds to the notes why it did not come to its end."""
    folder = ground.folder / "samples"
    folder.mkdir(exist_ok=True, mode=0o700)
    database = folder / f"{sha256(f'{bundle.digest}{path}'.encode()).hexdigest()}.db"
    told = database.with_suffix(".txt")
    if not told.exists():
        clock = PretendClock(scenario.clock)
        copy_database(ground.prepared(bundle, PretendClock(scenario.clock)), database)
        with ground.inside(database, clock):
            outcome = run_scenario(scenario, clock)
        told.write_text("" if outcome.passed else _("情景没有走完（第 %(line)s 行：%(why)s）", line=outcome.step, why=outcome.reason), "utf-8")
        _forget_old(folder)
    notes.append(told.read_text("utf-8"))
    return database


def _forget_old(folder: Path) -> None:
    for told in sorted(folder.glob("*.txt"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        for path in folder.glob(f"{told.stem}.*"):
            path.unlink(missing_ok=True)


def _sample_here(key: str, role: str, actors: list) -> Sample:
    """In the walked database: the content of the report for a case where it is open, else for the first one."""
    cases = list(session().scalars(sa.select(Case).order_by(Case.id).limit(LIST_MOST)))
    actor = next((one for one in actors if one and role in {held for held, _where in one.roles}), SYSTEM)
    report = releases.procedure_of(cases[0].release).reports.get(key) if cases else None
    if not cases:
        return Sample({}, _("这个情景没有发起事项"))
    opened = [case for case in cases if report and _is_open(report, case, actor)]
    note = "" if opened or report is None else _("按这个情景走到最后，报表还没有开放打印（“何时可打印”的条件不成立），仍按其数据预览")
    if report is not None and report.over:
        return Sample(_list_content(report, tuple(opened or cases[:1]), actor), note)
    case = (opened or cases)[0]
    return Sample(reports.content_of(case, "photos", actor) | members_content(case, key, actor), note)


def _is_open(report, case: Case, actor) -> bool:
    try:
        return holds(report.available_when, case_context(case, actor=actor, clock=lambda: case.changed_at))
    except PingshenError:
        return False


def _list_content(report, cases: tuple[Case, ...], actor) -> dict:
    same = tuple(case for case in cases if case.process_id == cases[0].process_id)
    procedure = releases.procedure_of(same[0].release)
    chosen = list_reports.Chosen(report, same, same[0].release, procedure.forms.get(report.ask))
    answers, context, choices = list_reports.asking(chosen, actor=actor, clock=lambda: same[0].changed_at)
    asked = rendering.printed(chosen.form, answers, context, choices) if chosen.form else {}
    return list_reports.content_of(chosen, asked, actor)


# -- of a past case

def sample_of_case(proposal: Proposal, number: str, key: str) -> Sample:
    """What a past case would show, everything personal covered. Raises NotFound."""
    case = session().scalar(sa.select(Case).where(Case.number == re.sub(r"\D", "", number), Case.procedure == proposal.procedure))
    if case is None:
        raise NotFound()
    procedure = proposals.bundle_of(proposal).procedure(proposal.procedure)
    content = _covered_content(case, procedure)
    report = procedure.reports.get(key)
    if report is not None and (report.over or report.members):
        return Sample(content | {"cases": [_line(content)], "members": [], "revisions": [], "asked": {}}, _("名单类报表请用情景预览：过去的事项只有一件"))
    return Sample(content)


def _covered_content(case: Case, procedure: Procedure) -> dict:
    latest = LatestAnswers(case.latest)
    open_to_all = {key for key, form in releases.procedure_of(case.release).forms.items() if not form.readers}
    answers = {key: latest[key] for key in latest if key in procedure.forms and key in open_to_all}
    cover = cover_of(case)
    facts, variables = cover.value(case_facts(case)), cover.value(case_variables(case))
    context = {"form": answers, "case": facts, "vars": variables, "actor": actor_facts(SYSTEM), "today": instant(case.changed_at)[:10], "now": instant(case.changed_at)}
    choices = CaseChoices(case.release, case, SYSTEM)
    labels = {key: cover.value(rendering.printed(procedure.forms[key], answers[key], context, choices, mask=True)) for key in answers}
    more = {"summary": cover.value(case.summary), "result": case.result, "stage": case.stage}
    return context | {"form": cover.value(answers), "labels": labels, "photos": {}, "case": facts | more, "person": context["actor"]}


def _line(content: Mapping) -> dict:
    return {"number": content["case"]["number"], "starter": content["case"]["starter"]["name"], "labels": content["labels"]}

