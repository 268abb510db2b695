"""Scenario files: an analyst's test of a procedure, read to the letter of DESIGN section 7.

Anybody below `operations` may import it through `app.definitions`. Running scenarios does not happen here.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

from .durations import Duration, parse_duration
from .errors import DefinitionError
from .yaml_reader import Mapped, Reading

SHANGHAI = timezone(timedelta(hours=8))
DEFAULT_CLOCK = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)     # a Monday that is a working day

_SCENARIO = ("process", "title", "clock", "people", "start", "also", "steps")
_PERSON = ("role", "roles", "name", "organisation")
_START = ("as", "parties", "answers", "answers_from")
_ALSO = ("name", "process", "start")
MAIN = "main"       # name of the first case where a scenario has several
_EXPECT = ("open", "tab", "ended", "vars", "messages")
_STEPS = {      # what makes a step the kind it is -> all keys of that kind
    "task": ("case", "as", "task", "answers", "answers_from", "outcome", "reason", "refused"),
    "message": ("case", "as", "message", "payload", "reason", "refused"),
    "wait": ("wait",),
    "wait_workdays": ("wait_workdays",),
    "expect": ("case", "expect"),
}


@dataclass(frozen=True)
class ScenarioPerson:
    key: str
    name: str
    roles: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True)
class ScenarioStart:
    actor: str
    parties: Mapping[str, str] = field(default_factory=dict)      # party -> key of an organisation or person
    answers: Mapping | None = None


@dataclass(frozen=True)
class Expectation:
    """None for what is not checked. `open` are element ids, `messages` names of messages that are waited for."""
    open: tuple[str, ...] | None = None
    tab: str | None = None
    ended: str | None = None
    vars: Mapping | None = None
    messages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ScenarioStep:
    """`kind` is task, message, wait, wait_workdays or expect; `actor` "" is the outside (a system)."""
    kind: str
    line: int
    case: str = MAIN
    actor: str = ""
    task: str = ""
    message: str = ""
    answers: Mapping | None = None
    payload: Mapping | None = None
    outcome: str = ""
    reason: str = ""
    refused: bool = False
    wait: Duration | None = None
    wait_workdays: int = 0
    expect: Expectation | None = None


@dataclass(frozen=True)
class FurtherCase:
    """Another case of the scenario, started after the first: batches need several."""
    name: str
    process: str
    start: ScenarioStart


@dataclass(frozen=True)
class Scenario:
    process: str
    title: str
    clock: datetime
    people: Mapping[str, ScenarioPerson]
    start: ScenarioStart
    steps: tuple[ScenarioStep, ...]
    also: tuple[FurtherCase, ...] = ()
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)


def load_scenario(text: str | bytes, path: str, read: Callable[[str], bytes] | None = None) -> Scenario:
    """The scenario in a YAML text. `read` gives the bytes of an `answers_from` path (relative to the scenario).

    Raises DefinitionError with `path` and the line of each fault.
    """
    reading = Reading(path)
    found = _Reader(reading, read).scenario(reading.mapping(reading.parse(text), 1, "场景"))
    reading.finish()
    return found


def read_scenario(path: Path) -> Scenario:
    """A scenario file on disk with the samples beside it. Raises DefinitionError."""
    folder = path.resolve().parent

    def read(name: str) -> bytes:
        sample = (folder / name).resolve()
        if not sample.is_relative_to(folder.parent):
            raise KeyError(name)
        return sample.read_bytes()
    return load_scenario(path.read_bytes(), str(path), read)


class _Reader:
    def __init__(self, reading: Reading, read: Callable[[str], bytes] | None):
        self.reading, self.read = reading, read

    def scenario(self, value: Mapped) -> Scenario:
        reading = self.reading
        reading.known_keys(value, _SCENARIO, "场景")
        reading.needed_keys(value, ("process", "title", "people", "start", "steps"), "场景")
        people = {key: self.person(key, reading.mapping(person, entries.lines[key], "人员"))
                  for entries in [self.mapping(value, "people")] for key, person in entries.items()}
        start = self.start(self.mapping(value, "start"), people)
        return Scenario(
            process=reading.text(value, "process"), title=reading.text(value, "title"), clock=self.clock(value),
            people=people, start=start, also=self.also(value, people), steps=self.steps(value, people), path=reading.path, lines=dict(value.lines))

    def mapping(self, value: Mapped, key: str) -> Mapped:
        if value.get(key) is None:
            return Mapped(value.line)
        return self.reading.mapping(value[key], value.lines[key], f"“{key}”")

    def clock(self, value: Mapped) -> datetime:
        text = self.reading.text(value, "clock")
        if not text:
            return DEFAULT_CLOCK
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.reading.fault(value.lines["clock"], f"“clock”应写成 2026-03-02T09:00:00+08:00，而不是“{text}”")
            return DEFAULT_CLOCK
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

    def person(self, key: str, value: Mapped) -> ScenarioPerson:
        reading = self.reading
        reading.known_keys(value, _PERSON, "人员")
        role = reading.text(value, "role")
        roles = (role,) if role else reading.texts(value, "roles")
        return ScenarioPerson(key, reading.text(value, "name", key), roles, reading.text(value, "organisation"))

    def start(self, value: Mapped, people) -> ScenarioStart:
        self.reading.known_keys(value, _START, "start")
        self.reading.needed_keys(value, ("as",), "start")
        parties = self.mapping(value, "parties")
        return ScenarioStart(self.actor(value, people), {key: self.reading.text(parties, key) for key in parties},
                             self.answers(value))

    def also(self, value: Mapped, people) -> tuple[FurtherCase, ...]:
        if value.get("also") is None:
            return ()
        members = self.reading.sequence(value["also"], value.lines["also"], "“also”")
        found = [self.further(self.reading.mapping(member, line, "每个 also"), people)
                 for member, line in zip(members, members.lines)]
        return tuple(found)

    def further(self, value: Mapped, people) -> FurtherCase:
        self.reading.known_keys(value, _ALSO, "also")
        self.reading.needed_keys(value, _ALSO, "also")
        text = self.reading.text
        return FurtherCase(text(value, "name"), text(value, "process"), self.start(self.mapping(value, "start"), people))

    def actor(self, value: Mapped, people) -> str:
        actor = self.reading.text(value, "as")
        if actor and actor not in people:
            self.reading.fault(value.lines["as"], f"people 里没有“{actor}”", "unknown-person")
        return actor

    def answers(self, value: Mapped) -> Mapping | None:
        source = self.reading.text(value, "answers_from")
        if not source:
            return None if value.get("answers") is None else plain(self.mapping(value, "answers"))
        if value.get("answers") is not None:
            self.reading.fault(value.lines["answers_from"], "answers 与 answers_from 只能写一个")
        return self.sample(source, value.lines["answers_from"])

    def sample(self, source: str, line: int) -> Mapping | None:
        if self.read is None:
            return None
        try:
            content = self.read(source)
        except (KeyError, OSError):
            self.reading.fault(line, f"没有文件“{source}”", "unknown-sample")
            return None
        inner = Reading(source)
        try:
            found = inner.mapping(inner.parse(content), 1, "样例")
            inner.finish()
        except DefinitionError as cause:
            self.reading.fault(line, cause.message)
            return None
        return plain(found)

    def steps(self, value: Mapped, people) -> tuple[ScenarioStep, ...]:
        if value.get("steps") is None:
            return ()
        members = self.reading.sequence(value["steps"], value.lines["steps"], "“steps”")
        found = [self.step(self.reading.mapping(member, line, "每一步"), people)
                 for member, line in zip(members, members.lines)]
        return tuple(step for step in found if step)

    def step(self, value: Mapped, people) -> ScenarioStep | None:
        kind = next((kind for kind in _STEPS if kind in value), None)
        if kind is None:
            self.reading.fault(value.line, f"一步里应有 {'、'.join(_STEPS)} 之一")
            self.reading.known_keys(value, {key for keys in _STEPS.values() for key in keys}, "步骤")
            return None
        self.reading.known_keys(value, _STEPS[kind], f"{kind} 步骤")
        return getattr(self, f"_{kind}")(value, people)

    def _task(self, value: Mapped, people) -> ScenarioStep:
        self.reading.needed_keys(value, ("as", "task"), "task 步骤")
        text = self.reading.text
        return ScenarioStep("task", value.line, text(value, "case", MAIN), self.actor(value, people), task=text(value, "task"),
                            answers=self.answers(value), outcome=text(value, "outcome"), reason=text(value, "reason"),
                            refused=self.reading.flag(value, "refused"))

    def _message(self, value: Mapped, people) -> ScenarioStep:
        text = self.reading.text
        payload = None if value.get("payload") is None else plain(self.mapping(value, "payload"))
        return ScenarioStep("message", value.line, text(value, "case", MAIN), self.actor(value, people), message=text(value, "message"),
                            payload=payload, reason=text(value, "reason"), refused=self.reading.flag(value, "refused"))

    def _wait(self, value: Mapped, people) -> ScenarioStep:
        try:
            return ScenarioStep("wait", value.line, wait=parse_duration(str(value["wait"])))
        except ValueError as cause:
            self.reading.fault(value.line, str(cause))
            return ScenarioStep("wait", value.line)

    def _wait_workdays(self, value: Mapped, people) -> ScenarioStep:
        days = value["wait_workdays"]
        if not isinstance(days, int) or isinstance(days, bool) or not 0 < days < 3000:
            self.reading.fault(value.line, f"“wait_workdays”应是工作日数，而不是“{days}”")
            days = 1
        return ScenarioStep("wait_workdays", value.line, wait_workdays=days)

    def _expect(self, value: Mapped, people) -> ScenarioStep:
        found = self.mapping(value, "expect")
        self.reading.known_keys(found, _EXPECT, "expect")
        listed = {key: self.reading.texts(found, key) for key in ("open", "messages") if found.get(key) is not None}
        named = {key: self.reading.text(found, key) for key in ("tab", "ended") if found.get(key) is not None}
        variables = plain(self.mapping(found, "vars")) if found.get("vars") is not None else None
        case = self.reading.text(value, "case", MAIN)
        return ScenarioStep("expect", value.line, case, expect=Expectation(**listed, **named, vars=variables))


def plain(value):
    """The values of a reading without their lines."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(member) for member in value] if isinstance(value, list) else value


def sample_path(scenario_path: str, name: str) -> str:
    """The path in a bundle of a sample that a scenario names."""
    parts: list[str] = []
    for part in (*PurePosixPath(scenario_path).parent.parts, *PurePosixPath(name).parts):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
