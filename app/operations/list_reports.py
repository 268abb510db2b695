"""Reports over many cases: where they are offered, what they ask first, and the list as one PDF.

A list is given the fields that `shows` names and nothing else of a case, so that nothing else can be on it (D-127).
Printing moves no case (D-40).
"""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app import rendering
from app.definitions import Form
from app.errors import AnswersInvalid, ListNotOpen, NotFound, NothingChosen, TooManyChosen
from app.operations import printings, releases
from app.operations.access import can_view_case
from app.operations.cases import start_context
from app.operations.choices import CaseChoices
from app.operations.contexts import LatestAnswers, actor_facts, case_context, case_facts, instant
from app.operations.readership import readable_keys
from app.operations.reports import can_print, is_open
from app.store import session, transaction
from app.store.models import Case, PrintingAnswers

MOST = 500  # cases on one list


@dataclass(frozen=True)
class Offer:
    """A list that somebody may print, and the elements at whose cases it is offered."""

    key: str
    title: str
    title_en: str
    stage: str
    elements: tuple[str, ...]
    procedure: str


@dataclass(frozen=True)
class Chosen:
    """The cases of one list, in the order chosen; `report` and `form` as the newest of their releases has them."""

    report: object
    cases: tuple[Case, ...]
    release: str
    form: Form | None


def offers(actor) -> list[Offer]:
    """The lists that this actor's roles may print, of the current releases."""
    held = {role for role, _organisation in actor.roles}
    procedures = [releases.procedure_of(digest) for _procedure, digest in sorted(releases.in_force(), key=lambda one: one[1])]
    return [Offer(report.key, report.title, report.title_en, _stage(report, held), report.offered_at, procedure.name)
            for procedure in procedures for report in procedure.reports.values() if report.over and held & set(report.roles)]


def _stage(report, held: set[str]) -> str:
    return next((stage for role, stage in report.stages.items() if role in held), report.stage)


def choose(key: str, case_ids: Iterable[int], *, actor, clock) -> Chosen:
    """The list of these cases. Raises NothingChosen, TooManyChosen, NotFound, ListNotOpen."""
    ids = list(dict.fromkeys(case_ids))
    if not ids:
        raise NothingChosen()
    if len(ids) > MOST:
        raise TooManyChosen(count=len(ids), most=MOST)
    found = {case.id: case for case in session().scalars(sa.select(Case).where(Case.id.in_(ids)))}
    cases = tuple(found[one] for one in ids if one in found)
    if len(cases) < len(ids) or len({case.procedure for case in cases}) > 1 or not all(can_view_case(case, actor) for case in cases):
        raise NotFound()
    return _chosen(key, cases, actor, clock)


def _chosen(key: str, cases: tuple[Case, ...], actor, clock) -> Chosen:
    release = max(cases, key=lambda case: case.id).release
    procedure = releases.procedure_of(release)
    report = procedure.reports.get(key)
    if report is None or not report.over or not all(can_print(report, case, actor) for case in cases):
        raise NotFound()
    closed = [case for case in cases if not is_open(report, case, actor, case_context(case, actor=actor, clock=clock))]
    if closed:
        raise ListNotOpen(title=report.title, names="、".join(case.starter_name for case in closed[:5]), count=len(closed))
    return Chosen(report, cases, release, procedure.forms.get(report.ask))


def asking(chosen: Chosen, *, actor, clock) -> tuple[dict, dict, CaseChoices]:
    """(answers to begin with, context, choices) of the form that is asked first: what this office answered last time."""
    context, choices = start_context(chosen.cases[0].process_id, actor, clock), CaseChoices(chosen.release, None, actor)
    begun = rendering.defaults(chosen.form, context, choices) if chosen.form else {}
    known = session().get(PrintingAnswers, (_owner(actor), chosen.form.key)) if chosen.form else None
    return {**begun, **(known.data if known else {})}, context, choices


def print_list(chosen: Chosen, answers: dict, *, actor, clock) -> rendering.Report:
    """The list as PDF; remembers what was answered and that each case was on it. Raises AnswersInvalid."""
    _begun, context, choices = asking(chosen, actor=actor, clock=clock)
    asked = {}
    if chosen.form:
        clean, errors = rendering.validate(chosen.form, answers, context, choices)
        if errors:
            raise AnswersInvalid(count=len(errors), fields=errors)
        asked = rendering.printed(chosen.form, clean, context, choices)
        _remember(chosen.form.key, clean, actor, clock)
    return _drawn(chosen, asked, actor, clock)


def _drawn(chosen: Chosen, asked: dict, actor, clock) -> rendering.Report:
    content = content_of(chosen, asked, actor)
    code = rendering.code_of(rendering.fill_report(chosen.report.template, content))
    foot = {"number": "", "version": 0, "code": rendering.written(code), "name": ""}
    drawn = rendering.render_report(chosen.report.template, content | {"today": instant(clock())[:10], "paper": foot})
    papers = {case.id: (code, printings.version_of(case.id, chosen.report.key, code)) for case in chosen.cases}
    printings.record(uuid.uuid4().hex, papers, chosen.report.key, actor=actor, clock=clock)
    return drawn


def content_of(chosen: Chosen, asked: dict, actor) -> dict:
    """What the template of a list is given, without the day. `asked`: the form that was asked first, in words."""
    organisation = actor.organisation["name"] if actor.organisation else ""
    return {"cases": [_line(case, chosen, actor) for case in chosen.cases], "asked": asked, "organisation": organisation, "today": ""}


def _line(case: Case, chosen: Chosen, actor) -> dict:
    procedure, latest = releases.procedure_of(case.release), LatestAnswers(case.latest)
    context = {"form": latest, "case": case_facts(case), "vars": {}, "actor": actor_facts(actor), "today": "", "now": ""}
    choices, wanted, labels, readable = CaseChoices(case.release, case, actor), {}, {}, readable_keys(case, actor)
    for path in chosen.report.shows:
        form, _, key = path.partition(".")
        wanted.setdefault(form, []).append(key)
    for form, keys in wanted.items():
        if form in readable and form in procedure.forms:
            present = {field.key for field in procedure.forms[form].fields()}
            labels[form] = rendering.words_of(procedure.forms[form], [k for k in keys if k in present], latest[form], context, choices)
    return {"number": case.number, "starter": case.starter_name, "labels": labels}


def _remember(form: str, answers: dict, actor, clock) -> None:
    with transaction():
        session().merge(PrintingAnswers(owner=_owner(actor), form=form, data=answers, at=clock()))


def _owner(actor) -> str:
    return actor.organisation["ref"] if actor.organisation else actor.ref
