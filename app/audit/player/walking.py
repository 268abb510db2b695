"""A case run again to be looked at: how it stood behind each event, and what each gateway and table chose of which values.

Only this package imports it. It is the replay of `app.operations.replay` with somebody watching: nothing is written.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app import engine
from app.operations.past_releases import Past
from app.operations.replay import MOVING, replay_case
from app.store.models import Case, Event


@dataclass(frozen=True)
class Seen:
    """A choice as it was made: `chosen` is the id of a flow, or the outputs of a table and then `rows` those that matched."""

    element: str
    kind: str                       # table|flow
    chosen: object
    rows: tuple[int, ...]
    values: Mapping[str, object] | None  # path -> what it held; None: nobody was there to look


@dataclass(frozen=True)
class Stand:
    """How a case stood behind one event. `opened` are the requests to connectors that the event made: id -> element."""

    release: str
    tokens: tuple[str, ...]
    timers: tuple[engine.Timer, ...] = ()
    opened: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)
    parties: Mapping = field(default_factory=dict)


NOWHERE = Stand("", ())


class Walk:
    """`stands` and `seen` by the number of the event. `difference` names the event from which on nothing could be run
    again, and why (what differs, or what was erased); None when the whole case came out equal."""

    def __init__(self, case: Case):
        self.case, self.past = case, Past(case)
        self.stands: dict[int, Stand] = {}
        self.seen: dict[int, list[Seen]] = {}
        self._choices: dict[str, dict[str, engine.Choice]] = {}  # by release
        with engine.watching(self._see):
            found = replay_case(case, self._stand)
        self.difference = (found.seq, found.difference or found.erased) if found.state != "equal" else None

    def before(self, seq: int) -> Stand:
        """How the case stood when event `seq` was about to happen."""
        return self.stands.get(seq - 1, NOWHERE)

    def _stand(self, event: Event, then) -> None:
        step = then.step
        if event.kind == "move-undone":
            step = engine.look(then.process, then.state)
        elif event.kind not in MOVING:
            self.stands[event.seq] = replace(self.before(event.seq), opened={})
            return
        self.stands[event.seq] = Stand(
            then.release, engine.resting(then.process, then.state), step.timers, {request.id: request.element for request in step.requests},
            step.variables, step.visits, then.parties)

    def _see(self, moment: engine.Moment) -> None:
        seq = int(moment.seed.rpartition(":")[2])
        choice = self.choice(seq, moment.element)
        chosen = moment.chosen
        values = moment.values(choice.paths) if choice else {}
        self.seen.setdefault(seq, []).append(Seen(moment.element, chosen.kind, chosen.value, moment.rows(), values))

    def choice(self, seq: int, element: str) -> engine.Choice | None:
        """The choice as the release has it; behind a move it may be one of the release that the case was moved to."""
        return self.choices_at(seq).get(element) or self.choices_at(seq + 1).get(element)

    def choices_at(self, seq: int) -> dict[str, engine.Choice]:
        """Element id -> gateways with conditions and tables, of the release in force at this event."""
        release = self.past.digest_at(seq)
        if release not in self._choices:
            self._choices[release] = engine.choices_of(self.past.at(seq))
        return self._choices[release]
