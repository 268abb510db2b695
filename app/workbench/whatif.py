"""What if: the choices that a proposal changes, asked again with the facts of past cases. Reads only.

A past case is run again through its own release (`operations/replay.py`); each time it comes to a table or gateway that
the proposal changes, the table or gateway of the base release and the one of the proposal are asked with exactly the
facts of that moment. Nothing of the case is written, no connector is called.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.definitions import Procedure
from app.definitions.linter.table_checks import domain_of
from app.operations import releases
from app.operations.contexts import SHANGHAI, instant
from app.operations.replay import replay_case
from app.operations.value_names import named
from app.store import session
from app.store.models import Case, Event
from app.workbench import proposals
from app.workbench.models import Proposal
from app.workbench.personal import Cover, cover_of, in_words
from app.workbench.whatif_words import gateway_changes, result_words, table_changes

AT_ONCE = 200   # cases looked at while the page waits; more become a job
MOST = 50_000
STEP = 50       # cases of one item of a job


@dataclass(frozen=True)
class Changed:
    """A table or gateway that the proposal changes. `after` is None where it is gone."""

    element: str
    name: str
    kind: str                      # table or flow
    processes: tuple[str, ...]
    before: engine.Choice
    after: engine.Choice | None
    words: tuple[str, ...]         # what is changed


@dataclass(frozen=True)
class Difference:
    """One moment of a past case that would have gone another way. Everything in words, nothing personal."""

    case: str
    element: str
    name: str
    at: str
    before: str
    after: str
    kind: str                      # other, gone or failed
    inputs: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    happened: str = ""             # what came of it then, where that differs from what the base release says


@dataclass
class Found:
    """What a look at some cases gave."""

    cases: int = 0
    moments: int = 0
    differences: list[Difference] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)   # numbers of cases that could not be run again

    @property
    def other_cases(self) -> int:
        return len({one.case for one in self.differences})

    def as_dict(self) -> dict:
        """For the detail of a job's item."""
        return {"cases": self.cases, "moments": self.moments, "unreadable": self.unreadable, "differences": [asdict(one) for one in self.differences]}

    def add(self, other: Mapping) -> None:
        """What another look gave, as `as_dict` wrote it."""
        self.cases, self.moments = self.cases + other["cases"], self.moments + other["moments"]
        self.unreadable += other["unreadable"]
        for one in other["differences"]:
            self.differences.append(Difference(**one | {"inputs": tuple(map(tuple, one["inputs"])), "missing": tuple(one["missing"])}))


@dataclass(frozen=True)
class Asked:
    """Which cases are looked at: started between two days, of one release, the newest so many."""

    since: str = ""
    until: str = ""
    release: str = ""
    most: int = AT_ONCE


# -- what is changed

class Comparison:
    """A proposal beside the release it stands on. Raises EngineError, DefinitionError where the proposal cannot be read."""

    def __init__(self, proposal: Proposal):
        self.proposal = proposal
        self.old = releases.procedure_of(proposal.base) if proposal.base else None
        self.new = proposals.bundle_of(proposal).procedure(proposal.procedure)
        self._processes: dict[str, engine.Process] = {}

    def old_process(self, process_id: str) -> engine.Process:
        return process_of(self.proposal.base, process_id)

    def new_process(self, process_id: str) -> engine.Process | None:
        """The process in the proposal; None when it is gone."""
        if process_id in self.new.processes and process_id not in self._processes:
            self._processes[process_id] = engine.load_process(process_id, self.new.files)
        return self._processes.get(process_id)

    def changed(self) -> list[Changed]:
        """The tables and gateways that the proposal changes."""
        found: dict[str, Changed] = {}
        for process_id in self.old.processes if self.old else ():
            then = self.new_process(process_id)
            after = engine.choices_of(then) if then else {}
            for element, choice in engine.choices_of(self.old_process(process_id)).items():
                if element not in after or after[element].texts != choice.texts:
                    known = found[element].processes if element in found else ()
                    found[element] = self._changed(choice, after.get(element), process_id, known)
        return list(found.values())

    def _changed(self, before: engine.Choice, after: engine.Choice | None, process_id: str, known: tuple[str, ...]) -> Changed:
        decision = self.old.decisions.get(before.table)
        name = before.name or (decision.name if decision else before.element)
        if after is None or after.kind != before.kind:
            words = (_("新方案中没有这一步"),)
        elif before.kind == "table":
            words = table_changes(decision, self.new.decisions.get(after.table))
        else:
            words = gateway_changes(before, after, self.old_process(process_id), self.new_process(process_id))
        return Changed(before.element, name, before.kind, (*known, process_id), before, after, words)


@lru_cache(maxsize=64)
def process_of(digest: str, process_id: str) -> engine.Process:
    """A process of a release, which never changes."""
    return engine.load_process(process_id, releases.procedure_of(digest).files)


# -- which cases

def cases_asked(proposal: Proposal, changed: Iterable[Changed], asked: Asked) -> list[int]:
    """Ids of the cases to look at, the newest first."""
    processes = {process for one in changed for process in one.processes}
    query = sa.select(Case.id).where(Case.procedure == proposal.procedure, Case.process_id.in_(sorted(processes)))
    if asked.release:
        query = query.where(Case.release == asked.release)
    if asked.since:
        query = query.where(Case.started_at >= _midnight(asked.since))
    if asked.until:
        query = query.where(Case.started_at < _midnight(asked.until) + timedelta(days=1))
    return list(session().scalars(query.order_by(Case.id.desc()).limit(min(asked.most, MOST))))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), SHANGHAI)


# -- asking again

def look_at(compared: Comparison, changed: Iterable[Changed], case_ids: Iterable[int]) -> Found:
    """What would have gone another way in these cases."""
    found, elements = Found(), {one.element: one for one in changed}
    for case_id in case_ids:
        case = session().get(Case, case_id)
        if case is not None:
            found.cases += 1
            _look_at_case(compared, elements, case, found)
    return found


def _look_at_case(compared: Comparison, elements: Mapping[str, Changed], case: Case, found: Found) -> None:
    seen: list[tuple] = []

    def see(moment: engine.Moment) -> None:
        if moment.element in elements:
            seen.append(_asked_again(compared, elements[moment.element], case, moment))

    with engine.watching(see):
        replayed = replay_case(case)
    if replayed.difference:
        found.unreadable.append(case.number)
        return
    found.moments += len(seen)
    other = [one for one in seen if one is not None]
    if other:
        found.differences += [_told(compared, case, *one) for one in other]


def _asked_again(compared: Comparison, changed: Changed, case: Case, moment: engine.Moment):
    """(changed, moment's facts, before, after) when base and proposal choose otherwise; None when alike."""
    old = compared.old_process(case.process_id)
    before = moment.again(old)
    before = moment.chosen if before.kind == "gone" else before
    new = compared.new_process(case.process_id)
    after = moment.again(new) if new is not None else engine.Chosen("gone")
    if _key(before, old) == _key(after, new):
        return None
    paths = tuple(sorted({*changed.before.paths, *(changed.after.paths if changed.after else ())}))
    return changed, moment.seed, moment.values(paths), moment.chosen, before, after


def _key(chosen: engine.Chosen, process: engine.Process | None):
    """What two choices are compared by: of a flow where it leads and what it is called, not ids, which may be renamed."""
    if chosen.kind == "flow" and process is not None and chosen.value in process.flows:
        flow = process.flows[chosen.value]
        return "flow", process.elements[flow.target].name or flow.target, flow.name
    return chosen.kind, chosen.value, chosen.why


def _told(compared: Comparison, case: Case, changed: Changed, seed: str, values: dict, happened, before, after) -> Difference:
    cover, at = cover_of(case), _event_time(case, seed)
    old, new, then = compared.old_process(case.process_id), compared.new_process(case.process_id), process_of(case.release, case.process_id)
    tables = compared.old.decisions.get(changed.before.table), compared.new.decisions.get(changed.after.table) if changed.after else None
    words = [result_words(cover, chosen, other, process, table) for chosen, other, process, table in (
        (before, after, old, tables[0]), (after, before, new, tables[1]), (happened, after, then, tables[0]))]
    missing = [named(path, compared.new) for path in (changed.after.paths if changed.after else ()) if values.get(path) is None]
    inputs = tuple(_input(path, value, compared.old if path in changed.before.paths else compared.new, cover) for path, value in values.items())
    kind = after.kind if after.kind in ("gone", "failed") else "other"
    return Difference(case.number, changed.element, changed.name, at, words[0], words[1], kind, inputs, tuple(missing),
                      words[2] if words[2] != words[0] else "")


def _input(path: str, value, procedure: Procedure, cover: Cover) -> tuple[str, str]:
    """A value that a choice rests on, with its label; what was chosen from a list as it is called there."""
    domain = domain_of(path, procedure.forms, procedure.code_tables)
    return named(path, procedure), domain.names[value] if domain and isinstance(value, str) and value in domain.names else in_words(cover.value(value))


def _event_time(case: Case, seed: str) -> str:
    seq = int(seed.rpartition(":")[2])
    at = session().scalar(sa.select(Event.at).where(Event.case_id == case.id, Event.seq == seq))
    return instant(at) if at else ""
