"""How a walk begins: with which process, as whom, at what time; out of the demo, out of a scenario, or with people made up."""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zlib import crc32

from flask_babel import gettext as _

from app import engine
from app.definitions import Bundle, DefinitionError, Procedure
from app.errors import PlayRefused
from app.operations.contexts import SHANGHAI
from app.operations.reading import process_in
from app.workbench import plays, proposals
from app.workbench.models import Play, Proposal
from app.workbench.playable import readable_scenarios
from app.workbench.playing import starters_of
from app.workbench.scenario_writing import person_entry, script_of

CLOCK = "2026-03-02T09:00"  # a Monday, as scenarios begin
_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)


def offered(proposal: Proposal) -> dict:
    """What the form that begins a walk offers: processes with who may start them, heads of scenarios, roles, organisations.

    `fault` says why nothing is offered: a diagram that cannot be read.
    """
    bundle = proposals.bundle_of(proposal)
    try:
        procedure = bundle.procedure(proposal.procedure)
        processes = [{"id": key, "name": name, "starters": starters_of(procedure, key)} for key, name in names_of(procedure).items()]
        return {"processes": [one for one in processes if one["starters"]], "heads": _heads(procedure), "roles": list(procedure.roles.values()),
                "organisations": procedure.demo.get("organisations") or {}, "clock": CLOCK, "fault": ""}
    except (DefinitionError, engine.EngineError) as error:
        return {"processes": [], "heads": [], "roles": [], "organisations": {}, "clock": CLOCK, "fault": getattr(error, "message", str(error))}


def _heads(procedure: Procedure) -> list[tuple[str, str]]:
    return [(scenario.path, scenario.title) for scenario in readable_scenarios(procedure)]


def names_of(procedure: Procedure) -> dict[str, str]:
    """Process id -> its name, the one named like the procedure first."""
    named = {process.id: process.name or process.id for diagram in procedure.diagrams for process in diagram.processes}
    return dict(sorted(named.items(), key=lambda pair: pair[0] != procedure.name))


def element_names(digest: str, procedure: Procedure) -> dict[str, str]:
    """Element id -> its name, of all processes of a release; to be asked where the release is."""
    processes = (process_in(digest, key) for key in procedure.processes)
    return {element.id: element.name or element.id for process in processes for element in process.elements.values()}


def begin(proposal: Proposal, form: Mapping[str, str], *, actor, clock) -> Play:
    """Begins a walk as the form says. Raises PlayRefused."""
    script, title = (_from_head(proposal, form["head"]) if form.get("head") else _from_form(proposal, form))
    script["clock"] = _clock(form.get("clock", ""), script.get("clock"))
    return plays.begin_play(proposal, script, source=form.get("head", "") and script.pop("source", ""), title=title, actor=actor, clock=clock)


def _from_head(proposal: Proposal, path: str) -> tuple[dict, str]:
    try:
        scenario = proposals.bundle_of(proposal).procedure(proposal.procedure).scenario(path)
    except (DefinitionError, KeyError) as error:
        raise PlayRefused(why=_("没有这个情景用例")) from error
    return script_of(scenario) | {"source": path}, scenario.title


def _from_form(proposal: Proposal, form: Mapping[str, str]) -> tuple[dict, str]:
    procedure = proposals.bundle_of(proposal).procedure(proposal.procedure)
    process_id, _space, chosen = form.get("start", "").partition(" ")
    if process_id not in procedure.processes:
        raise PlayRefused(why=_("请选择流程"))
    who = _starter(procedure, process_id, chosen, form)
    process = engine.load_process(process_id, procedure.files)
    script = {"process": process_id, "people": {who["key"]: person_entry(who["name"], who["roles"], who["organisation"])},
              "start": None if process.start_form else {"as": who["key"]}, "starter": who["key"]}
    return script, f"{process.name or process_id} · {who['name']}"


def _starter(procedure: Procedure, process_id: str, chosen: str, form: Mapping[str, str]) -> dict:
    if form.get("name", "").strip():
        return made_up(form)[0]
    found = next((who for who in starters_of(procedure, process_id) if who["key"] == chosen), None)
    if found is None:
        raise PlayRefused(why=_("请选择由谁发起；选中的人须有权发起这个流程"))
    return found


def made_up(form: Mapping[str, str]) -> tuple[dict, None]:
    """A person that the form makes up. Raises PlayRefused for a key or role that is missing."""
    name, key, role = form.get("name", "").strip(), form.get("key", "").strip(), form.get("role", "")
    if not name or not role:
        raise PlayRefused(why=_("请写明姓名并选择角色"))
    key = key or f"p{crc32(name.encode()) % 9000 + 1000}"
    if not _KEY.fullmatch(key):
        raise PlayRefused(why=_("代号用小写英文字母和数字，以字母开头"))
    return {"key": key, "name": name[:50], "roles": [role], "organisation": form.get("organisation", "")}, None


def _clock(text: str, otherwise: str | None) -> str:
    if not text:
        return otherwise or f"{CLOCK}:00+08:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PlayRefused(why=_("时间应写成 2026-03-02 09:00")) from None
    if otherwise and text == CLOCK:
        return otherwise
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).isoformat()


def diagrams_of(bundle: Bundle, procedure: str) -> list[dict]:
    """The diagrams that can be drawn: process id, name, path, and the text of the flows in it."""
    try:
        found = bundle.procedure(procedure)
        return [{"id": key, "name": name, "path": found.processes[key]} for key, name in names_of(found).items()]
    except (DefinitionError, engine.EngineError):
        return []


def words_for(proposal: Proposal) -> dict[str, list[dict]]:
    """What a scenario may name, for completion as it is typed: steps, messages, people, samples."""
    bundle = proposals.bundle_of(proposal)
    try:
        procedure = bundle.procedure(proposal.procedure)
        elements = [element for key in procedure.processes for element in engine.load_process(key, procedure.files).elements.values()]
        people = procedure.demo.get("people") or {}
    except (DefinitionError, engine.EngineError):
        return {}
    samples = [path.rpartition("/scenarios/")[2] for path in bundle.files if "/scenarios/samples/" in path]
    return {
        "task": [{"label": element.id, "detail": element.name} for element in elements if element.kind == "userTask"],
        "open": [{"label": element.id, "detail": element.name} for element in elements if element.kind == "userTask"],
        "answer": [{"label": element.id, "detail": element.name} for element in elements if element.kind == "serviceTask"],
        "ended": [{"label": element.id, "detail": element.name} for element in elements if element.kind == "endEvent"],
        "message": [{"label": name, "detail": element.name} for name, element in {e.message: e for e in elements if e.message}.items()],
        "as": [{"label": key, "detail": who["name"]} for key, who in people.items()],
        "outcome": [{"label": one.outcome, "detail": f"{element.name}：{one.label}"} for element in elements for one in element.decisions],
        "answers_from": [{"label": name, "detail": ""} for name in sorted(samples)],
        "process": [{"label": key, "detail": name} for key, name in names_of(procedure).items()],
    }
