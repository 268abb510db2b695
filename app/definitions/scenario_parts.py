"""What a scenario consists of once it is read: nothing is repeated any more, every step stands for itself.

Anybody below `operations` may import it through `app.definitions`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .durations import Duration

SHANGHAI = timezone(timedelta(hours=8))
MAIN = "main"       # name of the first case, unless the scenario names it


@dataclass(frozen=True)
class ScenarioPerson:
    key: str
    name: str
    roles: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True)
class ScenarioOrganisation:
    key: str
    name: str
    kind: str = ""
    code: str = ""


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
    """`kind` is task, message, wait, wait_workdays, expect, start, answer or stand_ins; `actor` "" is the outside (a system).

    An answer is that of an outside system to the service task `task`: `result`, or `fails`, or neither: as stand-ins answer.
    `held` of a stand_ins step: from here on outside systems are not answered for.

    `which` says which of many a repeated step is; `process` and `parties` belong to a start, whose case is named `case`.
    """
    kind: str
    line: int
    which: str = ""
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
    process: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)
    result: Mapping | None = None
    fails: str = ""
    held: bool = False


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
    main: str = MAIN
    also: tuple[FurtherCase, ...] = ()
    organisations: Mapping[str, ScenarioOrganisation] = field(default_factory=dict)
    registers: Mapping[str, Mapping[str, Mapping]] = field(default_factory=dict)   # register -> key -> values, instead of the demo's
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
