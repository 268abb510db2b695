"""What the page of a walk shows, read inside the walk's own database; and the real pages, answered to a person of the walk.

Plain values go out, so that nothing of the throw-away database is touched once its context is left.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app import engine, people
from app.connectors import KNOWN_TOPICS
from app.definitions import Procedure, Scenario
from app.errors import NotFound
from app.operations import releases
from app.operations.drafts import save_draft
from app.operations.messages import actions_of
from app.scenarios.standins import EXTERNAL, filled_where_known, with_files
from app.store import session
from app.store.models import Case, Event, Outbox, Subscription, Task, Timer
from app.workbench.plays import Standing
from app.workbench.recording import facts_of, name_of_case

MOST_PEOPLE = 12  # shown at once of those who may do the same task
EVENTS_SHOWN = 60


@dataclass
class Doable:
    """A task that somebody may do now, or a button on a case."""

    key: str  # task id, or message
    label: str
    case_id: int
    case: str  # what the walk calls it; "" when there is one alone
    element: str = ""
    due: str = ""
    samples: int = 0


@dataclass
class Player:
    """Somebody who can act now."""

    key: str
    name: str
    roles: str
    tasks: list[Doable] = field(default_factory=list)
    actions: list[Doable] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """What the walk waits for besides people: a request to an outside system, a message, a timer."""

    kind: str
    key: str
    label: str
    case: str
    element: str = ""
    at: datetime | None = None
    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Happened:
    """One event of the walk."""

    at: datetime
    who: str
    what: str
    case: str


@dataclass
class Scene:
    """Everything that the page of a walk shows of the database."""

    now: datetime
    players: list[Player]
    waiting: list[Waiting]
    cases: list[dict]
    variables: list[dict]
    events: list[Happened]
    current: list[str]
    walked: list[str]
    held: bool
    note: str


def scene_of(standing: Standing, scenarios: Iterable[Scenario] = ()) -> Scene:
    """What the walk looks like now. `scenarios` give samples of answers."""
    procedure = releases.procedure_of(standing.play.digest)
    cases = session().scalars(sa.select(Case).order_by(Case.id)).all()
    names = {case.id: name_of_case(case.id, standing.cases) if len(cases) > 1 else "" for case in cases}
    walked, current = _trail(cases)
    return Scene(
        now=standing.clock(), players=_players(standing, cases, names, procedure, list(scenarios)), waiting=_waiting(cases, names), cases=[_case(case, names) for case in cases],
        variables=[row for case in cases for row in _variables(standing, case, names)], events=_events(cases, names), current=current, walked=walked,
        held=bool(standing.walk and standing.walk.held), note=standing.note)


def _case(case: Case, names: Mapping[int, str]) -> dict:
    return {"id": case.id, "name": names[case.id], "number": case.number, "title": case.title, "process": case.process_id, "stage": case.stage,
            "ended": case.ended_element, "result": case.result, "starter": case.starter_name, "starter_id": case.starter_id}


def _trail(cases: Iterable[Case]) -> tuple[list[str], list[str]]:
    """Everything that was walked, and where the tokens stand, of all cases together."""
    walked, current = {}, {}
    for case in cases:
        inside: dict[str, int] = {}
        for details in session().scalars(sa.select(Event.details).where(Event.case_id == case.id).order_by(Event.seq)):
            for kind, name in details.get("trail", ()):
                walked[name] = None
                if kind != "flow":
                    inside[name] = inside.get(name, 0) + (1 if kind == "enter" else -1)
        if case.ended_at is None:
            elements = releases.process_of(case).elements
            current |= {name: None for name, times in inside.items() if times > 0 and name in elements and not elements[name].attached_to}
            current |= dict.fromkeys(session().scalars(sa.select(Task.element).where(Task.case_id == case.id, Task.state == "open")))
    return list(walked), list(current)


def _players(standing: Standing, cases, names, procedure: Procedure, scenarios: list[Scenario]) -> list[Player]:
    """Who has something to do, then who may press a button, the starter of each case among them."""
    found: dict[str, Player] = {}
    tasks = session().scalars(sa.select(Task).where(Task.state == "open").order_by(Task.created_at, Task.id)).all()
    for task in tasks:
        for key in _holders(task):
            _player(found, key, procedure).tasks.append(Doable(
                task.id, task.name, task.case_id, names.get(task.case_id, ""), task.element, task.due, len(samples_for(scenarios, task.element))))
    running = [case for case in cases if case.ended_at is None]
    for key in dict.fromkeys([*found, *(case.starter_id for case in running), *(standing.play.script.get("people") or {}), *_senders(running)]):
        actor = people.actor_with_id(key)
        offered = [Doable(action.message, action.label, case.id, names[case.id], action.element)
                   for case in running for action in actions_of(case, actor, standing.clock)] if actor else []
        if offered:
            _player(found, key, procedure).actions.extend(offered)
    return list(found.values())


def _senders(cases) -> list[str]:
    """Some who may send the messages that cases wait for from people."""
    found = []
    for case in cases:
        rows = session().execute(sa.select(Subscription.role, Subscription.scope).where(Subscription.case_id == case.id, Subscription.role != "").distinct())
        for role, scope in rows:
            found += [_key(party) for party in people.people_with_role(role, scope)[:3]]
    return found


def _player(found: dict[str, Player], key: str, procedure: Procedure) -> Player:
    if key not in found:
        actor = people.actor_with_id(key)
        roles = sorted({role for role, _where in actor.roles}) if actor else []
        titles = [procedure.roles[role].name if role in procedure.roles else role for role in roles]
        place = actor.organisation["name"] if actor and actor.organisation else ""
        found[key] = Player(key, actor.name if actor else key, " · ".join([*titles[:2], *([place] if place else [])]))
    return found[key]


def _holders(task: Task) -> list[str]:
    kept_out = {person for person, _element in task.excluded or ()}
    if task.assignee:
        return [task.assignee]
    role, _at, scope = task.pool.partition("@")
    return [key for key in map(_key, people.people_with_role(role, scope)) if key not in kept_out][:MOST_PEOPLE]


def _key(party: Mapping) -> str:
    return party["ref"].partition(":")[2]


def _waiting(cases, names) -> list[Waiting]:
    processes = {case.id: releases.process_of(case) for case in cases}
    return [*_requests(processes, names), *_messages(processes, names), *_timers(processes, names)]


def _requests(processes: Mapping[int, engine.Process], names) -> Iterable[Waiting]:
    rows = session().scalars(sa.select(Outbox).where(Outbox.state.in_(("new", "set_aside")), Outbox.topic.in_(EXTERNAL)).order_by(Outbox.created_at))
    for row in rows:
        gives = KNOWN_TOPICS[row.topic].gives if row.topic in KNOWN_TOPICS else ()
        yield Waiting("request", row.element, _label(processes.get(row.case_id), row.element), names.get(row.case_id, ""), row.element,
                      note=row.error, fields=tuple((name, _guess(name, row.parameters)) for name in gives))


def _guess(name: str, parameters: Mapping) -> str:
    value = parameters.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _messages(processes, names) -> Iterable[Waiting]:
    rows = session().scalars(sa.select(Subscription).where(Subscription.role == "").order_by(Subscription.case_id, Subscription.message))
    for row in rows:
        yield Waiting("message", row.message, _label(processes.get(row.case_id), row.element), names.get(row.case_id, ""), row.element)


def _timers(processes, names) -> Iterable[Waiting]:
    for row in session().scalars(sa.select(Timer).order_by(Timer.due, Timer.id)):
        yield Waiting("timer", row.id, _label(processes.get(row.case_id), row.element), names.get(row.case_id, ""), row.element, at=row.due)


def _label(process: engine.Process | None, element: str) -> str:
    found = process.elements.get(element) if process else None
    return (found.name if found else "") or element


def _variables(standing: Standing, case: Case, names) -> Iterable[dict]:
    """Variables and parties of a case; `changed` by the step before."""
    before = _facts_before(standing, name_of_case(case.id, standing.cases))
    for name, value in facts_of(case).items():
        yield {"case": names[case.id], "name": name, "value": value, "changed": before is not None and before.get(name) != value}


def _facts_before(standing: Standing, name: str) -> dict | None:
    """What was known before the last step; None when there was none, or the case was not there."""
    steps, position = standing.play.steps, standing.position
    found = (steps[position - 2].get("after") or {}).get(name) if position > 1 else None
    return found.get("facts") if found else None


def _events(cases, names) -> list[Happened]:
    numbers = {case.id: case for case in cases}
    rows = session().scalars(sa.select(Event).order_by(Event.id.desc()).limit(EVENTS_SHOWN)).all()
    words = {"start": _("发起"), "complete": _("办理"), "message": _("消息"), "timer": _("定时触发"), "answer": _("外部系统应答"), "take": _("领取"),
             "give_back": _("退回待领取"), "open": _("打开"), "hand": _("转交")}
    return [Happened(row.at, row.actor_name, "".join((
        words.get(row.kind, row.kind), f"“{_label(releases.process_of(numbers[row.case_id]), row.element)}”" if row.element else "",
        f"：{row.details['label']}" if row.details.get("label") else f"：{row.outcome}" if row.outcome else "")), names[row.case_id]) for row in rows]


def samples_for(scenarios: Iterable[Scenario], element: str) -> list[tuple[str, dict]]:
    """(title of the scenario, answers) that scenarios give at this element, each once."""
    found: dict[str, tuple[str, dict]] = {}
    for scenario in scenarios:
        for step in scenario.steps:
            if step.kind == "task" and step.task == element and step.answers and not step.refused:
                found.setdefault(repr(sorted(step.answers.items())), (scenario.title, dict(step.answers)))
    return list(found.values())


def start_samples(scenarios: Iterable[Scenario], process_id: str) -> list[tuple[str, dict]]:
    """(title of the scenario, answers) that scenarios start this process with."""
    return [(one.title, dict(one.start.answers)) for one in scenarios if one.process == process_id and one.start.answers]


def fill_in(standing: Standing, scenarios: Iterable[Scenario], task_id: str, person: str, which: int) -> str:
    """Puts a sample of the scenarios into the person's draft of a task; returns which scenario it is of. Raises NotFound."""
    task, actor = session().get(Task, task_id), people.actor_with_id(person)
    if task is None or actor is None:
        raise NotFound()
    case = session().get(Case, task.case_id)
    procedure = releases.procedure_of(case.release)
    samples = samples_for(scenarios, task.element)
    if not samples:
        raise NotFound()
    title, answers = samples[which % len(samples)]
    answers = filled_where_known(answers, standing.cases)
    answers = with_files(procedure.forms[task.form], answers, case=case, task_id=task.id, owner=actor.id, clock=standing.clock)
    save_draft(task_id, answers, actor=actor, clock=standing.clock)
    return title


def page_in(standing: Standing, person: str, environ: dict):
    """The answer of the real pages to this person: (status, headers, body). Raises NotFound for somebody who is not there."""
    actor = people.actor_with_id(person)
    if actor is None:
        raise NotFound()
    jar = standing.folder / f"session-{person}"
    environ["pingshen.actor"] = actor
    if jar.exists():
        environ["HTTP_COOKIE"] = "; ".join(part for part in (environ.get("HTTP_COOKIE", ""), jar.read_text("utf-8")) if part)
    response = current_app.response_class.from_app(current_app.wsgi_app, environ, buffered=True)
    name = current_app.config["SESSION_COOKIE_NAME"]
    for cookie in response.headers.getlist("Set-Cookie"):
        if cookie.startswith(f"{name}="):
            jar.write_text(cookie.partition(";")[0], "utf-8")
    del response.headers["Set-Cookie"]
    return response


def starters_of(procedure: Procedure, process_id: str) -> list[dict]:
    """The demo people who may start this process, as a scenario introduces them, by the order of the demo."""
    process = engine.load_process(process_id, procedure.files)
    wanted = set(process.starters)
    found = []
    for key, who in (procedure.demo.get("people") or {}).items():
        held = [(each["role"], each.get("organisation") or "") for each in who.get("roles") or ()]
        if "*" in wanted or wanted & {role for role, _where in held}:
            found.append({"key": key, "name": who["name"], "roles": sorted({role for role, _where in held}),
                          "organisation": next((where for _role, where in held if where), "")})
    return found
