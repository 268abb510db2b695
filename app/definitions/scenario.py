"""Scenario files: an analyst's test of a procedure, read to the letter of DESIGN section 7.

Anybody below `operations` may import it through `app.definitions`. Running scenarios does not happen here.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from .durations import parse_duration
from .errors import DefinitionError, near_miss
from .repetition import EXCEPT, FOR, Repeater, without_for
from .scenario_parts import (
    MAIN, SHANGHAI, Expectation, FurtherCase, Scenario, ScenarioOrganisation, ScenarioPerson, ScenarioStart, ScenarioStep,
)
from .yaml_reader import Listed, Mapped, Reading

DEFAULT_CLOCK = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)     # a Monday that is a working day

_SCENARIO = ("process", "title", "clock", "organisations", "people", "registers", "start", "also", "steps")
_ORGANISATION = ("name", "kind", "code", FOR)
_PERSON = ("role", "roles", "name", "organisation", FOR)
_START = ("as", "parties", "answers", "answers_from", "with")
_MAIN = (*_START, "name")
_ALSO = ("name", "process", "start", FOR)
_EXPECT = ("open", "tab", "ended", "vars", "messages")
_STEPS = {      # what makes a step the kind it is -> all keys of that kind
    "task": ("case", "as", "task", "answers", "answers_from", "with", "outcome", "reason", "refused", FOR),
    "message": ("case", "as", "message", "payload", "reason", "refused", FOR),
    "wait": ("wait",),
    "wait_workdays": ("wait_workdays",),
    "expect": ("case", "expect", FOR),
    "start": ("start", "name", "as", "parties", "answers", "answers_from", "with", "refused", FOR),
    "answer": ("case", "answer", "result", "fails", FOR),
    "stand_ins": ("stand_ins",),
    "steps": ("steps", FOR),
}
_STAND_INS = {"answer": False, "wait": True}
_FOR = (EXCEPT,)    # what a `for` may hold besides the names it gives


def load_scenario(text: str | bytes, path: str, read: Callable[[str], bytes] | None = None) -> Scenario:
    """The scenario in a YAML text. `read` gives the bytes of an `answers_from` path (relative to the scenario).

    Raises DefinitionError with `path` and the line of each fault.
    """
    reading = Reading(path)
    found = _Reader(reading, read).scenario(reading.mapping(reading.parse(text), 1, "场景"))
    reading.finish()
    return found


def scenario_of(value: dict, path: str) -> Scenario:
    """The scenario in plain values, which somebody walks just now; the line of a step is its number. Raises DefinitionError."""
    marked = _marked(value)
    for number, step in enumerate(marked.get("steps") or (), 1):
        step.line = number
    reading = Reading(path)
    found = _Reader(reading, None).scenario(marked)
    reading.finish()
    return found


def _marked(value):
    """Plain values as a reading would give them, all in the first line."""
    if isinstance(value, dict):
        found = Mapped(1)
        found.update({key: _marked(member) for key, member in value.items()})
        found.lines = dict.fromkeys(value, 1)
        return found
    if isinstance(value, list):
        found = Listed(1)
        found.extend(_marked(member) for member in value)
        found.lines = [1] * len(value)
        return found
    return value


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
        self.repeater = Repeater(reading)
        self.samples: dict[str, Mapped | None] = {}
        self.main = MAIN
        self.cases: set[str] = set()

    def scenario(self, value: Mapped) -> Scenario:
        reading = self.reading
        reading.known_keys(value, _SCENARIO, "场景")
        reading.needed_keys(value, ("process", "title", "people", "start", "steps"), "场景")
        people = self.entries(value, "people", "人员", self.person)
        head = {"process": reading.text(value, "process"), "title": reading.text(value, "title"), "clock": self.clock(value),
                "organisations": self.entries(value, "organisations", "单位", self.organisation), "registers": self.registers(value)}
        begin = self.repeater.filled(self.mapping(value, "start"), {}, value.line)
        self.main = self.reading.text(begin, "name", MAIN)
        self.cases = {self.main}
        start = self.start(begin, people, {}, _MAIN)
        also = self.also(value, people)
        return Scenario(**head, people=people, start=start, main=self.main, also=also, steps=self.steps(value, people, {}), path=reading.path,
                        lines=dict(value.lines))

    def entries(self, value: Mapped, key: str, what: str, make: Callable) -> dict:
        """A mapping of things with keys of their own, each possibly repeated."""
        entries, found = self.mapping(value, key), {}
        for name in entries:
            entry = self.reading.mapping(entries[name], entries.lines[name], what)
            for each, known in self.repeater.repeated(entry, {}):
                own = str(self.repeater.filled(name, known, entries.lines[name]))
                if own in found:
                    self.reading.fault(entries.lines[name], f"{what}“{own}”写了两次", "duplicate-key")
                found[own] = make(own, each)
        return found

    def organisation(self, key: str, value: Mapped) -> ScenarioOrganisation:
        self.reading.known_keys(value, _ORGANISATION, "单位")
        text = self.reading.text
        return ScenarioOrganisation(key, text(value, "name", key), text(value, "kind"), text(value, "code"))

    def registers(self, value: Mapped) -> dict:
        registers = self.mapping(value, "registers")
        return {name: self.entries(registers, name, "条目", lambda _key, entry: plain(entry)) for name in registers}

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

    def start(self, value: Mapped, people, names, keys=_START) -> ScenarioStart:
        self.reading.known_keys(value, keys, "start")
        self.reading.needed_keys(value, ("as",), "start")
        parties = self.mapping(value, "parties")
        return ScenarioStart(self.actor(value, people), {key: self.reading.text(parties, key) for key in parties},
                             self.answers(value, names))

    def also(self, value: Mapped, people) -> tuple[FurtherCase, ...]:
        if value.get("also") is None:
            return ()
        members = self.reading.sequence(value["also"], value.lines["also"], "“also”")
        return tuple(self.further(each, people, known) for member, line in zip(members, members.lines)
                     for each, known in self.repeater.repeated(self.reading.mapping(member, line, "每个 also"), {}))

    def further(self, value: Mapped, people, names) -> FurtherCase:
        self.reading.known_keys(value, _ALSO, "also")
        self.reading.needed_keys(value, ("name", "process", "start"), "also")
        name = self.new_case(value)
        return FurtherCase(name, self.reading.text(value, "process"), self.start(self.mapping(value, "start"), people, names))

    def new_case(self, value: Mapped) -> str:
        name = self.reading.text(value, "name")
        if name in self.cases:
            self.reading.fault(value.line, f"已经有一件名为“{name}”的事项", "duplicate-key")
        self.cases.add(name)
        return name

    def case(self, value: Mapped) -> str:
        name = self.reading.text(value, "case", self.main)
        if name not in self.cases:
            self.reading.fault(value.line, f"没有名为“{name}”的事项{near_miss(name, self.cases)}", "unknown-case")
        return name

    def actor(self, value: Mapped, people) -> str:
        actor = self.reading.text(value, "as")
        if actor and actor not in people:
            self.reading.fault(value.lines["as"], f"people 里没有“{actor}”", "unknown-person")
        return actor

    def answers(self, value: Mapped, names) -> Mapping | None:
        source = self.reading.text(value, "answers_from")
        given = self.mapping(value, "with")
        if not source:
            if given:
                self.reading.fault(value.lines["with"], "with 只和 answers_from 一起写")
            return None if value.get("answers") is None else plain(self.mapping(value, "answers"))
        line = value.lines["answers_from"]
        if value.get("answers") is not None:
            self.reading.fault(line, "answers 与 answers_from 只能写一个")
        if source not in self.samples:
            self.samples[source] = self.sample(source, line)
        found = self.samples[source]
        return found and plain(self.repeater.filled(found, {**names, **plain(given)}, line, typed=True))

    def sample(self, source: str, line: int) -> Mapped | None:
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
        return found

    def steps(self, value: Mapped, people, names) -> tuple[ScenarioStep, ...]:
        if value.get("steps") is None:
            return ()
        members = self.reading.sequence(value["steps"], value.lines["steps"], "“steps”")
        return tuple(step for member, line in zip(members, members.lines)
                     for step in self.step(self.reading.mapping(member, line, "每一步"), people, names))

    def step(self, value: Mapped, people, names) -> list[ScenarioStep]:
        kind = next((kind for kind in _STEPS if kind in value), None)
        if kind is None:
            self.reading.fault(value.line, f"一步里应有 {'、'.join(_STEPS)} 之一")
            self.reading.known_keys(value, {key for keys in _STEPS.values() for key in keys}, "步骤")
            return []
        self.reading.known_keys(value, _STEPS[kind], f"{kind} 步骤")
        if kind == "steps":     # what is inside is filled with the names of its own repetitions too
            return [step for known in self.repeater.ways(value, names) for step in self.steps(without_for(value), people, known)]
        return [replace(getattr(self, f"_{kind}")(each, people, known), which=_which(known))
                for each, known in self.repeater.repeated(value, names)]

    def _task(self, value: Mapped, people, names) -> ScenarioStep:
        self.reading.needed_keys(value, ("as", "task"), "task 步骤")
        text = self.reading.text
        return ScenarioStep("task", value.line, case=self.case(value), actor=self.actor(value, people), task=text(value, "task"),
                            answers=self.answers(value, names), outcome=text(value, "outcome"), reason=text(value, "reason"),
                            refused=self.reading.flag(value, "refused"))

    def _message(self, value: Mapped, people, names) -> ScenarioStep:
        text = self.reading.text
        payload = None if value.get("payload") is None else plain(self.mapping(value, "payload"))
        return ScenarioStep("message", value.line, case=self.case(value), actor=self.actor(value, people), message=text(value, "message"),
                            payload=payload, reason=text(value, "reason"), refused=self.reading.flag(value, "refused"))

    def _start(self, value: Mapped, people, names) -> ScenarioStep:
        self.reading.needed_keys(value, ("start", "name", "as"), "start 步骤")
        head = Mapped(value.line)
        head.update({key: value[key] for key in _START if key in value})
        head.lines = value.lines
        start = self.start(head, people, names)
        refused = self.reading.flag(value, "refused")
        name = self.reading.text(value, "name") if refused else self.new_case(value)
        return ScenarioStep("start", value.line, case=name, actor=start.actor, process=self.reading.text(value, "start"),
                            parties=start.parties, answers=start.answers, refused=refused)

    def _wait(self, value: Mapped, people, names) -> ScenarioStep:
        try:
            return ScenarioStep("wait", value.line, wait=parse_duration(str(value["wait"])))
        except ValueError as cause:
            self.reading.fault(value.line, str(cause))
            return ScenarioStep("wait", value.line)

    def _wait_workdays(self, value: Mapped, people, names) -> ScenarioStep:
        days = value["wait_workdays"]
        if not isinstance(days, int) or isinstance(days, bool) or not 0 < days < 3000:
            self.reading.fault(value.line, f"“wait_workdays”应是工作日数，而不是“{days}”")
            days = 1
        return ScenarioStep("wait_workdays", value.line, wait_workdays=days)

    def _answer(self, value: Mapped, people, names) -> ScenarioStep:
        if value.get("result") is not None and value.get("fails") is not None:
            self.reading.fault(value.line, "result 与 fails 只能写一个")
        result = None if value.get("result") is None else plain(self.mapping(value, "result"))
        text = self.reading.text
        return ScenarioStep("answer", value.line, case=self.case(value), task=text(value, "answer"), result=result, fails=text(value, "fails"))

    def _stand_ins(self, value: Mapped, people, names) -> ScenarioStep:
        word = self.reading.text(value, "stand_ins")
        if word not in _STAND_INS:
            self.reading.fault(value.line, "“stand_ins”只能写 answer（自动应答）或 wait（等着，由 answer 步骤应答）")
        return ScenarioStep("stand_ins", value.line, held=_STAND_INS.get(word, False))

    def _expect(self, value: Mapped, people, names) -> ScenarioStep:
        found = self.mapping(value, "expect")
        self.reading.known_keys(found, _EXPECT, "expect")
        listed = {key: self.reading.texts(found, key) for key in ("open", "messages") if found.get(key) is not None}
        named = {key: self.reading.text(found, key) for key in ("tab", "ended") if found.get(key) is not None}
        variables = plain(self.mapping(found, "vars")) if found.get("vars") is not None else None
        return ScenarioStep("expect", value.line, case=self.case(value), expect=Expectation(**listed, **named, vars=variables))


def _which(names: Mapping) -> str:
    """Which of many a repeated step is, for whoever reads that it failed."""
    return "，".join(f"{name} = {value}" for name, value in names.items())


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
