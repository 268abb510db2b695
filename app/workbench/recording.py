"""What happened in the database of a walk, as steps of a scenario: a person's task, message or start, with the answers given.

Only `plays` uses it, inside the context of a walk. Where answers hold what only this walk knows (uploaded files, numbers
of cases), the step holds what a scenario writes for it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import sqlalchemy as sa
from flask_babel import gettext as _

from app import materials, people
from app.definitions import MAIN, Form
from app.operations import releases
from app.operations.contexts import case_variables
from app.operations.messages import label_of_message
from app.rendering.field_types import field_type
from app.store import session
from app.store.models import Answers, Case, Event, Subscription, Task

FILE_TYPES = ("file", "photo")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".heic")
TEXT_SHOWN = 120  # characters of a value in the table of variables
RECORDED = ("start", "complete", "message")
SYSTEM_ID = "system"


@dataclass
class Done:
    """One step that was done: what a scenario writes for it, and a line for people."""

    do: dict
    label: str
    person: dict = field(default_factory=dict)  # key, name, roles, organisation of whoever did it


def last_event() -> int:
    """The id of the latest event, 0 before the first."""
    return session().scalar(sa.select(sa.func.max(Event.id))) or 0


def steps_since(event_id: int, cases: dict[str, int], posted: Mapping[str, str]) -> list[Done]:
    """What people did since that event. Cases that they started get a name in `cases`.

    `posted` is what the page sent: a secret choice is nowhere else.
    """
    rows = session().scalars(sa.select(Event).where(Event.id > event_id, Event.kind.in_(RECORDED), Event.actor_id != SYSTEM_ID).order_by(Event.id))
    return [_step(event, cases, posted) for event in rows.all()]


def _step(event: Event, cases: dict[str, int], posted: Mapping[str, str]) -> Done:
    case = session().get(Case, event.case_id, populate_existing=True)
    if event.kind == "start":
        cases[_new_name(cases)] = case.id
    name = name_of_case(case.id, cases)
    do = {} if name == MAIN else {"case": name}
    actor = people.actor_with_id(event.actor_id)
    made = {"start": _start, "complete": _complete, "message": _message}[event.kind](event, case, cases, posted)
    return Done(do | {"as": event.actor_id} | made[0], f"{event.actor_name} {made[1]}", person_of(actor, event))


def _start(event: Event, case: Case, cases: dict[str, int], _posted) -> tuple[dict, str]:
    process = releases.process_of(case)
    answers = _answers(event, case, process.start_form, cases, {})
    do = {"start": case.process_id, "name": name_of_case(case.id, cases)} | ({"answers": answers} if answers else {})
    return do, _("发起“%(what)s”", what=process.name)


def _complete(event: Event, case: Case, cases: dict[str, int], posted) -> tuple[dict, str]:
    task = session().get(Task, event.task_id, populate_existing=True)
    answers = _answers(event, case, task.form, cases, posted)
    do = {"task": event.element} | ({"answers": answers} if answers else {})
    if event.outcome and event.outcome != "submit":
        do["outcome"] = event.outcome
    if event.details.get("reason"):
        do["reason"] = event.details["reason"]
    return do, _("办理“%(what)s”：%(how)s", what=task.name, how=event.details.get("label") or event.outcome)


def _message(event: Event, case: Case, _cases, _posted) -> tuple[dict, str]:
    do = {"message": event.outcome} | ({"reason": event.details["reason"]} if event.details.get("reason") else {})
    return do, f"“{label_of_message(case, event.outcome)}”"


def _answers(event: Event, case: Case, form_key: str, cases: dict[str, int], posted) -> dict:
    if not form_key:
        return {}
    form = releases.procedure_of(case.release).forms[form_key]
    data = session().scalar(sa.select(Answers.data).where(Answers.case_id == case.id, Answers.seq == event.seq, Answers.form == form_key)) or {}
    return written_answers(form, data, cases) | _secrets(form, posted)


def written_answers(form: Form, data: Mapping, cases: Mapping[str, int]) -> dict:
    """Stored answers as a scenario writes them: names of files, names of cases, without what is empty or sealed."""
    numbers = {number: f"${{case:{name}}}" for name, number in _numbers(cases)}
    fields = {one.key: one for one in form.fields()}
    return {key: _plain(fields.get(key), value, numbers) for key, value in data.items()
            if value not in (None, "", [], {}) and not (key in fields and fields[key].type == "look_up")}


def _plain(one, value, numbers: Mapping[str, str]):
    if one is not None and one.type in FILE_TYPES:
        return [_file_name(one, key) for key in value] if isinstance(value, list) else _file_name(one, value)
    if one is not None and one.type == "table" and isinstance(value, list):
        columns = {column.key: column for column in one.all_columns()}
        return [{key: _plain(columns.get(key), cell, numbers) for key, cell in row.items() if cell not in (None, "", [], {})} for row in value]
    if isinstance(value, list):
        return [_plain(None, member, numbers) for member in value]
    if isinstance(value, dict) and "ref" in value:  # a party: a scenario names it by its reference
        return value["ref"]
    if isinstance(value, dict) and "key" in value:  # an entry of a register: by its key
        return value["key"]
    if isinstance(value, dict):
        return {key: _plain(None, member, numbers) for key, member in value.items()}
    return numbers.get(value, value) if isinstance(value, str) else value


def _file_name(one, key: str) -> str:
    stored = session().get(materials.Material, key)
    name = PurePosixPath(stored.name if stored else "file.pdf")
    picture = one.type == "photo" or name.suffix.lower() in PICTURES
    return f"{name.stem}{'.jpg' if picture else '.pdf'}"


def _secrets(form: Form, posted: Mapping[str, str]) -> dict:
    keys = [one.key for one in form.fields() if field_type(one).secret]
    found = {key: posted.get(f"secret.{key}") or posted.get(key) for key in keys}
    return {key: value for key, value in found.items() if value}


def _numbers(cases: Mapping[str, int]):
    for name, case_id in cases.items():
        number = session().scalar(sa.select(Case.number).where(Case.id == case_id))
        if number:
            yield name, number


def _new_name(cases: Mapping[str, int]) -> str:
    if not cases:
        return MAIN
    return next(f"case{n}" for n in range(2, 10_000) if f"case{n}" not in cases)


def name_of_case(case_id: int, cases: Mapping[str, int]) -> str:
    """What the walk calls a case; "" for one that nobody started by hand."""
    return next((name for name, known in cases.items() if known == case_id), "")


def person_of(actor, event: Event) -> dict:
    """Who did it, as a scenario introduces people: with the roles they hold where they acted."""
    where = (event.details.get("roles") or []) if event is not None else []
    held = sorted(actor.roles) if actor else [tuple(pair) for pair in where]
    places = [place for _role, place in held if place]
    organisation = places[0] if places else ""
    roles = sorted({role for role, place in held if place in ("", organisation)})
    return {"key": actor.id if actor else event.actor_id, "name": actor.name if actor else event.actor_name, "roles": roles, "organisation": organisation}


def after(cases: Mapping[str, int]) -> dict:
    """Where every case stands: what is open, what it ended with."""
    found = {}
    for name, case_id in cases.items():
        case = session().get(Case, case_id, populate_existing=True)
        rows = session().scalars(sa.select(Task.element).where(Task.case_id == case_id, Task.state == "open").order_by(Task.element))
        waits = session().scalars(sa.select(Subscription.message).where(Subscription.case_id == case_id).distinct())
        found[name] = {"open": list(dict.fromkeys(rows)), "ended": case.ended_element or "", "stage": case.stage, "messages": sorted(set(waits)), "facts": facts_of(case)}
    return found


def facts_of(case: Case) -> dict[str, str]:
    """The variables and parties of a case by their names in expressions, for reading."""
    named = {f"case.parties.{name}": party.get("name", "") if isinstance(party, dict) else party for name, party in (case.parties or {}).items()}
    return {name: shown(value) for name, value in sorted({f"vars.{key}": value for key, value in case_variables(case).items()}.items())} | {
        name: shown(value) for name, value in sorted(named.items())}


def shown(value) -> str:
    """A value for reading: short, in the words of the interface."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        text = "，".join(f"{key}：{shown(member)}" for key, member in value.items())
    elif isinstance(value, list):
        text = "、".join(shown(member) for member in value)
    else:
        text = "—" if value in (None, "") else str(value)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"
