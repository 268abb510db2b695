"""The vocabulary of expressions as mappings: what CEL sees of a case, and what the engine is told as facts."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from app import engine, people
from app.days import SHANGHAI
from app.expressions import compile_expression
from app.operations import releases
from app.operations.blinding import veil_of
from app.store import session
from app.store.models import Answers, Case, Snapshot, Task


def instant(moment: datetime) -> str:
    """An instant as expressions see it: ISO 8601, Shanghai, whole seconds."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def evaluate(text: str, context: Mapping):
    """The value of a CEL text of a diagram or form for this vocabulary."""
    return compile_expression(text).evaluate(context)


def holds(text: str, context: Mapping) -> bool:
    """Whether a CEL condition holds; an empty one always does."""
    return not text or bool(evaluate(text, context))


class LatestAnswers(Mapping):
    """form key -> latest answers of a case, read from the store when first asked for.

    Most commands look at one or two small forms; the applicant-sized one stays packed.
    """

    def __init__(self, ids: dict[str, int], given: dict[str, dict] | None = None):
        self._ids = ids
        self._read = dict(given or {})

    def __getitem__(self, form: str) -> dict:
        if form not in self._read:
            self._read[form] = session().get(Answers, self._ids[form]).data
        return self._read[form]

    def __iter__(self):
        return iter(self._ids.keys() | self._read.keys())

    def __len__(self):
        return len(self._ids.keys() | self._read.keys())


class VeiledAnswers(LatestAnswers):
    """The same without who the case is about, for whoever reads it blind: no expression can say it to them."""

    def __init__(self, ids: dict[str, int], veil):
        super().__init__(ids)
        self._veil, self._veiled = veil, {}

    def __getitem__(self, form: str) -> dict:
        if form not in self._veiled:
            known = releases.procedure_of(self._veil.case.release).forms.get(form)
            self._veiled[form] = self._veil.answers(known, super().__getitem__(form))
        return self._veiled[form]


def actor_facts(actor) -> dict:
    """What expressions see of an actor: reference, name, role codes."""
    return {"ref": actor.ref, "name": actor.name, "roles": sorted({role for role, _organisation in actor.roles})}


class FormActor(Mapping):
    """What forms see of an actor: the facts, and the account's own data, asked for only when a form names it.

    Never part of what the engine is told: a correction of an account must not change what a replay decides.
    """

    def __init__(self, actor):
        self._facts, self._actor = actor_facts(actor), actor
        self._asked = {"profile": self._profile, "units": self._units}

    def __getitem__(self, name: str):
        return self._facts[name] if name in self._facts else self._asked[name]()

    def __iter__(self):
        return iter([*self._facts, *self._asked])

    def __len__(self):
        return len(self._facts) + len(self._asked)

    def _profile(self) -> dict:
        found = people.profile_of(self._actor.id)
        return asdict(found) if found else {}

    def _units(self) -> list[str]:
        """References of the organisations whose list of people names this person (S1-043)."""
        number = self._profile().get("id_number")
        named = people.units_listing(number, self._actor.name) if number else []
        return [f"org:{key}" for key in named]


def case_facts(case: Case) -> dict:
    """What expressions see of a case, besides what the engine adds (parties, visits)."""
    return {
        "number": case.number,
        "process": case.process_id,
        "title": case.title,
        "starter": {"ref": f"person:{case.starter_id}", "name": case.starter_name, "kind": "person"},
        "tab": case.tab,
        "started_at": instant(case.started_at),
        "parties": case.parties,
    }


def task_facts(task: Task | None) -> dict:
    if task is None:
        return {"element": "", "opened": False, "taken": False, "assignee": ""}
    return {
        "element": task.element, "opened": task.opened_at is not None,
        "taken": bool(task.assignee) and not task.personal, "assignee": task.assignee,
    }


def facts_for(case: Case, *, seq: int, actor: dict, now: datetime, forms: Mapping, task: dict, parties: dict) -> engine.Facts:
    """What the engine is told for the command that becomes event `seq` of the case."""
    return engine.Facts(now=now, seed=f"{case.number}:{seq}", forms=forms, case=case_facts(case) | {"parties": parties}, actor=actor, task=task)


def case_context(case: Case, *, actor, clock, task: Task | None = None) -> dict:
    """The whole vocabulary for forms, buttons and lists, outside a command."""
    now, snapshot = clock(), session().get(Snapshot, case.id)
    visits = engine.visits_of(snapshot.state) if snapshot else {}
    variables = engine.variables_of(snapshot.state) if snapshot else {}
    veil = veil_of(case, actor)
    facts = veil.value(case_facts(case)) if veil else case_facts(case)
    return {
        "form": VeiledAnswers(case.latest, veil) if veil else LatestAnswers(case.latest), "case": facts | {"visits": visits}, "task": task_facts(task),
        "actor": FormActor(actor), "vars": veil.value(variables) if veil else variables,
        "item": task.item if task else None, "now": instant(now), "today": instant(now)[:10],
    }


def case_variables(case: Case) -> dict:
    """`vars` of a case, from its snapshot."""
    snapshot = session().get(Snapshot, case.id)
    return engine.variables_of(snapshot.state) if snapshot else {}
