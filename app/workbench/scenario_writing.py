"""A walk as a scenario file that an analyst reads and changes: people, start, steps, and what is to be expected after each.

Pure: takes plain values, gives text. What was opened from a file and walked on keeps the lines of that file up to there.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

from app.definitions import MAIN, Scenario, ScenarioStep

WIDEST = 150  # characters of a step in one line; a longer one gets a line for each key
_STEP = re.compile(r"^(\s*)-\s")


class _Dumper(yaml.SafeDumper):
    """Lists below a key are indented, as people write them; nothing is written as a reference to somewhere above."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)

    def ignore_aliases(self, _data):
        return True


def scenario_text(script: Mapping, steps: Sequence[Mapping], *, title: str, samples: Mapping[str, dict] | None = None) -> str:
    """The file of a whole walk. `samples`: path beside the scenario -> answers that a step may name instead of repeating."""
    known = samples or {}
    lines = [f"process: {_flow(script['process'])}", f"title: {_flow(title)}", f"clock: {script['clock']}"]
    for part in ("organisations", "people", "registers"):
        if script.get(part):
            lines += [f"{part}:", *(f"  {key}: {_flow(value)}" for key, value in script[part].items())]
    lines += [f"start: {_flow(_with_samples(script['start'], known))}"] if _short(_with_samples(script["start"], known)) else \
        ["start:", *_indented(_block(_with_samples(script["start"], known)), 2)]
    if script.get("also"):
        lines += ["also:", *(line for each in script["also"] for line in _step_lines(_with_samples(each, known)))]
    return "\n".join([*lines, "steps:", *_lines_of(steps, known), ""])


def continued_text(text: str, line: int, steps: Sequence[Mapping], people: Mapping[str, Mapping], samples: Mapping[str, dict] | None = None) -> str:
    """The file up to (not with) the step in this line, then these steps. People who are new in it are added to its list."""
    kept = text.splitlines()[: line - 1]
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith("#")):
        kept.pop()
    kept = _with_people(kept, people)
    indent = next((len(found.group(1)) for found in map(_STEP.match, reversed(kept)) if found), 2)
    added = [line[2:] for line in _lines_of(steps, samples or {})]
    return "\n".join([*kept, *(" " * indent + line for line in added), ""])


def _with_people(lines: list[str], people: Mapping[str, Mapping]) -> list[str]:
    at = next((number for number, line in enumerate(lines) if line.startswith("people:")), None)
    if at is None or not people:
        return lines
    return [*lines[: at + 1], *(f"  {key}: {_flow(value)}" for key, value in people.items()), *lines[at + 1:]]


def _lines_of(steps: Sequence[Mapping], samples: Mapping[str, dict]) -> list[str]:
    lines, standing = [], None
    for step in steps:
        lines += _step_lines(_with_samples(step["do"], samples))
        for expected in _expectations(step, standing):
            lines += _step_lines(expected)
        standing = step.get("after") or standing
    return lines


def _expectations(step: Mapping, before: Mapping | None) -> list[dict]:
    """What is worth checking after a step: where the cases stand, where that changed by it."""
    found = []
    if step["do"].get("refused"):
        return found
    for name, now in (step.get("after") or {}).items():
        old = (before or {}).get(name)
        if old is not None and (old["open"], old["ended"]) == (now["open"], now["ended"]):
            continue
        head = {} if name == MAIN else {"case": name}
        found.append(head | {"expect": {"ended": now["ended"]} if now["ended"] else {"open": now["open"]}})
    return found


def _with_samples(do: Mapping, samples: Mapping[str, dict]) -> dict:
    """The step, naming a sample where its answers are exactly those."""
    path = next((path for path, data in samples.items() if do.get("answers") and data == do["answers"]), None)
    if path is None:
        return dict(do)
    return {"answers_from" if key == "answers" else key: path if key == "answers" else value for key, value in do.items()}


def _step_lines(value: Mapping) -> list[str]:
    if _short(value):
        return [f"  - {_flow(value)}"]
    first, *others = _block(value)
    return [f"  - {first}", *_indented(others, 4)]


def _short(value) -> bool:
    return len(_flow(value)) <= WIDEST


def _flow(value) -> str:
    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, default_flow_style=True, sort_keys=False, width=1_000_000)
    return text.removesuffix("...\n").strip()


def _block(value) -> list[str]:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, sort_keys=False, width=1_000_000).rstrip().splitlines()


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]


def script_of(scenario: Scenario) -> dict:
    """The head of a scenario as plain values, nothing repeated any more."""
    script = {
        "process": scenario.process, "clock": scenario.clock.isoformat(),
        "people": {key: person_entry(who.name, who.roles, who.organisation) for key, who in scenario.people.items()},
        "start": _start_entry(scenario.start) | ({"name": scenario.main} if scenario.main != MAIN else {}),
    }
    if scenario.organisations:
        script["organisations"] = {key: {"name": one.name} | ({"kind": one.kind} if one.kind else {}) | ({"code": one.code} if one.code else {})
                                   for key, one in scenario.organisations.items()}
    if scenario.registers:
        script["registers"] = {name: {key: dict(values) for key, values in entries.items()} for name, entries in scenario.registers.items()}
    if scenario.also:
        script["also"] = [{"name": one.name, "process": one.process, "start": _start_entry(one.start)} for one in scenario.also]
    return script


def person_entry(name: str, roles: Sequence[str], organisation: str = "") -> dict:
    """How a scenario introduces somebody."""
    held = {"role": roles[0]} if len(roles) == 1 else {"roles": list(roles)} if roles else {}
    return held | {"name": name} | ({"organisation": organisation} if organisation else {})


def _start_entry(start) -> dict:
    return {"as": start.actor} | ({"parties": dict(start.parties)} if start.parties else {}) | ({"answers": dict(start.answers)} if start.answers else {})


def step_entry(step: ScenarioStep) -> dict | None:
    """A step as plain values; None for what only checks."""
    if step.kind == "expect":
        return None
    if step.kind == "wait":
        return {"wait": str(step.wait)}
    if step.kind == "wait_workdays":
        return {"wait_workdays": step.wait_workdays}
    if step.kind == "stand_ins":
        return {"stand_ins": "wait" if step.held else "answer"}
    return _entry(step)


def _entry(step: ScenarioStep) -> dict:
    named = {"task": {"task": step.task}, "message": {"message": step.message}, "answer": {"answer": step.task},
             "start": {"start": step.process, "name": step.case}}[step.kind]
    case = {"case": step.case} if step.case != MAIN and step.kind != "start" else {}
    told = {"parties": dict(step.parties), "answers": step.answers, "payload": step.payload, "result": step.result, "fails": step.fails,
            "outcome": step.outcome, "reason": step.reason, "refused": step.refused}
    said = {key: dict(value) if isinstance(value, Mapping) else value for key, value in told.items() if value not in (None, "", False, {})}
    return case | ({"as": step.actor} if step.actor else {}) | named | said
