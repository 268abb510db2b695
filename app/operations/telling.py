"""Notices that a diagram tells along the way (`tell_to`, `tell_title`, `tell_text`, `tell_kind` on an element or a flow).

Only `following` calls it. Nobody waits for them: they go into the outbox with the command and no token stands there
until they are sent, so that what a person did takes effect at once. A notice that cannot be worked out is left out and
logged; it never stands in the way of the case.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

import structlog

from app import engine
from app.expressions import EvaluationError
from app.operations.contexts import evaluate
from app.operations.doorbell import ring_outbox
from app.store import after_commit, session
from app.store.models import Case, Outbox

TOPIC = "notify"
PREFIX = "tell-"  # of the ids of such requests: their answer moves no case
log = structlog.get_logger()


def tell_along(case: Case, process: engine.Process, step: engine.Step, vocabulary: Callable[[], Mapping], at, untold: Collection[str] = ()) -> None:
    """Writes the notices of everything that this step entered or walked, each place once; `untold` are places left out."""
    places = dict.fromkeys(walked.id for walked in step.trail if walked.kind in ("enter", "flow") and walked.id in process.tells)
    for place in (place for place in places if place not in untold):
        if parameters := _parameters(process.tells[place], vocabulary(), case.number, place):
            session().add(Outbox(id=told_id(case.number, case.events, place), case_id=case.id, element=place, topic=TOPIC, parameters=parameters, next_at=at, created_at=at))
            after_commit(ring_outbox)


def is_told(request_id: str) -> bool:
    """Whether a request is a notice for which no case waits."""
    return request_id.startswith(PREFIX)


def told_id(number: str, seq: int, place: str) -> str:
    """The request of the notice that event `seq` of a case tells at an element or flow."""
    return PREFIX + sha256(f"{number}:{seq}:{place}".encode()).hexdigest()[:31]


def _parameters(said: Mapping[str, str], context: Mapping, number: str, place: str) -> dict:
    """What the connector is asked; nothing when there is nobody to tell."""
    try:
        found = {name: evaluate(text, context) for name, text in said.items()}
    except EvaluationError as error:
        log.warning("notice-not-worked-out", case=number, element=place, error=str(error))
        return {}
    return found if found.get("to") and found.get("title") else {}
