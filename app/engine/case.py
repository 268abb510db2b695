"""What a running case carries beside its tokens: variables, parties, visits, and the notes of the current command.

Only `app/engine` imports it. Values are replaced, never changed in place: SpiffWorkflow and callers hold on to them.
"""
from __future__ import annotations

import hashlib
from collections import Counter, deque
from datetime import datetime
from uuid import UUID

from .errors import EngineError
from .evaluation import shanghai
from .model import Facts, Request, Walked

MAX_STEPS = 10_000   # elements run in one command; more is a loop that waits for nobody


class Case:
    """Shared by the workflow of a case and all its sub-workflows."""

    def __init__(self):
        self.variables: dict = {}
        self.parties: dict = {}
        self.visits: dict[str, int] = {}
        self.created = 0              # tasks made so far: ids are derived from it
        self.end = ""                 # the end event of the top process that was reached last
        self.queue: deque = deque()   # tasks that the engine itself has to run; empty between commands
        self.open_command(Facts(now=datetime.min, seed=""))

    def open_command(self, facts: Facts) -> None:
        """Starts a command: nothing noted yet; the parties of the facts are laid over those of the case."""
        self.facts, self.current = facts, None   # `current` is the element at work, for the report of a fault
        self.parties = {**self.parties, **facts.case.get("parties", {})}
        self.trail: list[Walked] = []
        self.requests: list[Request] = []
        self.created_before = self.created
        self.steps = 0
        self._roots: dict = {}

    def tell(self, facts: Facts) -> None:
        """Other facts for a part of the same command."""
        self.facts = facts
        self._roots = {}

    def new_id(self) -> tuple[int, str]:
        """The number of the next task in the case, and its id."""
        self.created += 1
        digest = hashlib.sha256(f"{self.facts.seed}|{self.created}".encode()).digest()
        return self.created, str(UUID(bytes=digest[:16]))

    def root(self, name: str):
        """A root of the vocabulary that belongs to the case, not to a token."""
        if name not in self._roots:
            self._roots[name] = self._made_root(name)
        return self._roots[name]

    def _made_root(self, name: str):
        facts = self.facts
        if name == "form":
            return facts.forms
        if name == "case":
            return {**facts.case, "parties": self.parties, "visits": self.visits}
        if name in ("task", "actor"):
            return getattr(facts, name)
        if name in ("now", "today"):
            return shanghai(facts.now)[:None if name == "now" else 10]
        return self.variables if name == "vars" else None

    def set_variable(self, name: str, value) -> None:
        self.variables = {**self.variables, name: value}
        self._roots.pop("vars", None)

    def set_party(self, name: str, value: dict | None) -> None:
        self.parties = {**self.parties, name: value}
        self._roots.pop("case", None)

    def count_visit(self, element: str) -> None:
        self.visits = {**self.visits, element: self.visits.get(element, 0) + 1}
        self._roots.pop("case", None)

    def note(self, kind: str, identifier: str) -> None:
        self.trail.append(Walked(kind, identifier))

    def run_queue(self) -> None:
        """Runs what is ready without people until everything waits. Raises EngineError when that never happens."""
        while self.queue:
            task = self.queue.popleft()
            if not task.is_ready:
                continue
            self.steps += 1
            self.current = task.task_spec.element or self.current
            if self.steps > MAX_STEPS:
                raise EngineError.at(self.current, "流程在此循环不停，没有任何环节等待办理", hint=self._busiest())
            task.run()

    def _busiest(self) -> str:
        walked = Counter(step.id for step in self.trail if step.kind == "enter")
        return "反复经过：" + "、".join(name for name, _ in walked.most_common(5))
