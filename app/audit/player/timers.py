"""The clocks of a case: which event set which, when each was due, whether it fired and how late, or was taken away."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app import engine
from app.audit.player.sentences import span
from app.audit.player.walking import Walk
from app.operations.contexts import instant
from app.store.models import Event


class Clocks:
    """`of(event)` -> `[{what: set|fired|cancelled, element, name, due, late}]`; `late` in seconds after the due instant, of fired ones."""

    def __init__(self, walk: Walk, events: Mapping[int, Event]):
        self.walk = walk

    def of(self, event: Event) -> list[dict]:
        fired = [self._said("fired", event, element, due, late=_late(event, due)) for element, due in event.details.get("timers") or ()] if event.kind == "timer" else []
        stand = self.walk.stands.get(event.seq)
        if stand is None:
            return fired
        before, behind = ({timer.id: timer for timer in one.timers} for one in (self.walk.before(event.seq), stand))
        rang = {(one["element"], one["due"]) for one in fired}
        gone = [self._timer("cancelled", event, timer) for key, timer in before.items() if key not in behind]
        new = [self._timer("set", event, timer) for key, timer in behind.items() if key not in before]
        return [*fired, *(one for one in gone if (one["element"], one["due"]) not in rang), *new]

    def _timer(self, what: str, event: Event, timer: engine.Timer) -> dict:
        return self._said(what, event, timer.element, instant(timer.due))

    def _said(self, what: str, event: Event, element: str, due: str, late: int = 0) -> dict:
        known = self.walk.past.at(event.seq + 1).elements.get(element) or self.walk.past.at(event.seq).elements.get(element)
        attached = self.walk.past.at(event.seq).elements.get(known.attached_to) if known and known.attached_to else None
        return {"what": what, "element": element, "name": known.name or element if known else element, "on": attached.name if attached else "", "due": due, "late": late, "late_words": span(late) if late else ""}


def _late(event: Event, due: str) -> int:
    return max(0, int((event.at - datetime.fromisoformat(due)).total_seconds()))
