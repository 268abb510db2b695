"""The plain facts that go into the engine and come out of it: frozen dataclasses, no SpiffWorkflow object among them.

Anybody may import it through `app.engine`. No behaviour goes in here.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple



@dataclass(frozen=True, slots=True)
class Facts:
    """What a command knows of the world. Equal facts and states give equal bytes.

    `now` is aware; `seed` names the command (ids are made of it); `forms` are the latest answers by form key;
    `case` holds number, process, title, starter, tab, started_at and `parties`, which are laid over the parties that
    the engine keeps; `actor` and `task` are what expressions see under these roots.
    """

    now: datetime
    seed: str
    forms: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)
    actor: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A button of a user task. `reason` is "", "optional" or "required"; `when` is CEL, "" for always.

    `marks` is "", "none", "optional" or "required": whether what was marked goes with it.
    """

    outcome: str
    label: str
    flow: str
    reason: str = ""
    confirm: str = ""
    when: str = ""
    style: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a diagram.

    `kind` is its BPMN tag (userTask, exclusiveGateway…); `role`, `scope` (CEL) and `excluded` come from its own
    properties, for tasks else from its lane; `message` is the name of the message that it waits for; `parent` is the
    embedded sub-process around it; `multiple` is "", "parallel" or "sequential"; `timer` is (timeDate|timeDuration,
    text); the texts from `script` on are the diagram's own, uncompiled.
    """

    id: str
    kind: str
    name: str = ""
    process: str = ""
    file: str = ""
    lane: str = ""
    form: str = ""
    stage: str = ""
    role: str = ""
    scope: str = ""
    excluded: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    attached_to: str = ""
    message: str = ""
    documentation: str = ""
    parent: str = ""
    interrupting: bool = True
    terminate: bool = False
    multiple: str = ""
    collection: str = ""
    completion: str = ""
    timer: tuple[str, str] = ("", "")
    called: str = ""
    script: str = ""
    topic: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    decision_ref: str = ""
    result_variable: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


class Flow(NamedTuple):
    """A sequence flow: ids of the elements at both ends, and its name."""

    source: str
    target: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user task that somebody can complete. `scope` is a reference, or "" for every holder of the role."""

    id: str
    element: str
    role: str
    scope: str
    item: Any
    opened_by_step: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """A message that the case waits for. `attached_to` and `attached_task` name what a boundary event sits on.

    `attached_task` is the id of the one open task or of the sub-process, "" for a multi-instance or no boundary event.
    `when` is CEL, to be asked when the action is shown and when it is done.
    """

    id: str
    message: str
    element: str
    attached_to: str
    attached_task: str
    role: str
    scope: str
    when: str


@dataclass(frozen=True, slots=True)
class Timer:
    """A clock that runs; `due` is an aware datetime in UTC."""

    id: str
    element: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """Work for a connector. `id` is the task to answer and the idempotency key."""

    id: str
    element: str
    topic: str
    parameters: Mapping[str, Any]


class Walked(NamedTuple):
    """One thing that happened: `kind` is flow, enter, leave or cancel; `id` that of the flow or element."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended: the end event ("" when the last branch just stopped), its label and good|bad|neutral."""

    element: str
    result: str
    tone: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a command leaves behind. `requests` and `trail` are of this step, everything else is as it stands now."""

    state: bytes
    digest: str
    variables: Mapping[str, Any]
    parties: Mapping[str, Any]
    visits: Mapping[str, int]
    open_tasks: tuple[OpenTask, ...]
    subscriptions: tuple[Subscription, ...]
    timers: tuple[Timer, ...]
    requests: tuple[Request, ...]
    trail: tuple[Walked, ...]
    ended: Ended | None
