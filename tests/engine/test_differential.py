"""A case that lives on and one that is restored from its snapshot before every step must never differ.

Random diagrams over every kind of element, random walks, many loops. A failing seed is in the name of the test.
"""
import random
from collections import Counter
from datetime import timedelta

import pytest

from app import engine
from app.engine.session import Session
from app.errors import PingshenError
from diagrams import NOON
from random_diagrams import draw

DIAGRAMS, WALKS, STEPS = 150, 2, 120


class Pair:
    """The same case twice."""

    def __init__(self, process: engine.Process, chance: random.Random):
        self.process, self.chance = process, chance
        self.now, self.count = NOON, 0
        self.requests: list[str] = []
        self.inside: Counter = Counter()
        self.live = Session(process)
        facts = self.facts()
        self.live.start(facts)
        self.step = engine.start(process, facts)
        self.compare(self.live.step())

    def facts(self) -> engine.Facts:
        self.count += 1
        return engine.Facts(now=self.now, seed=f"case:{self.count}", case={"number": "1"}, forms={"f": {"n": self.count}})

    def both(self, command: str, *given) -> None:
        """Sends a command to both. Whatever one refuses the other has to refuse with the same words."""
        facts = self.facts()
        answers = []
        for run in (lambda: getattr(self.live, command)(*given[:-1], *given[-1](facts)) or self.live.step(),
                    lambda: getattr(engine, command)(self.process, self.step.state, *given[:-1], *given[-1](facts))):
            try:
                answers.append(run())
            except PingshenError as refusal:
                assert not isinstance(refusal, engine.EngineError), refusal
                answers.append((type(refusal), str(refusal)))
        live, restored = answers
        assert live == restored, f"after {command} {given[:-1]}"
        if isinstance(restored, engine.Step):
            self.step = restored
            self.compare(live)

    def compare(self, live: engine.Step) -> None:
        assert live == self.step
        assert engine.look(self.process, self.step.state).digest == self.step.digest
        self.requests += [request.id for request in self.step.requests]
        self.ensure_balanced()

    def ensure_balanced(self) -> None:
        """What was entered was left or cancelled as often, once the case is over, and never more often."""
        for kind, id in self.step.trail:
            self.inside[id] += {"enter": 1, "leave": -1, "cancel": -1, "flow": 0}[kind]
            assert self.inside[id] >= 0, id
        assert {task.element for task in self.step.open_tasks} <= set(+self.inside)
        assert not self.step.ended or not +self.inside

    def walk(self) -> None:
        """One random command, now and then a wrong or a late one."""
        step, chance = self.step, self.chance
        ways = [self.wait] + [self.complete] * 4 * bool(step.open_tasks) + [self.send] * 2 * bool(step.subscriptions)
        ways += [self.answer] * 3 * bool(self.requests) + [self.stray] * (chance.random() < 0.1)
        chance.choice(ways)()

    def wait(self) -> None:
        self.now += timedelta(hours=self.chance.choice([0, 1, 2, 5, 30]))
        self.both("fire_timers", lambda facts: (facts,))

    def complete(self) -> None:
        task = self.chance.choice(self.step.open_tasks)
        outcomes = [decision.outcome for decision in self.process.elements[task.element].decisions]
        outcome = "again" if "again" in outcomes and self.chance.random() < 0.8 else self.chance.choice(outcomes)
        self.both("complete", task.id, outcome, lambda facts: (facts,))

    def send(self) -> None:
        chosen = self.chance.choice(self.step.subscriptions)
        exact = self.chance.choice([None, chosen.id])
        self.both("send", chosen.message, {"n": self.count}, lambda facts: (facts, exact))

    def answer(self) -> None:
        self.both("answer", self.chance.choice(self.requests[-6:]), {"b": self.count, "a": [1]}, lambda facts: (facts,))

    def stray(self) -> None:
        self.both("complete", "nobody", "submit", lambda facts: (facts,))
        self.both("send", "nothing", None, lambda facts: (facts, None))
        if self.step.open_tasks:
            self.both("complete", self.step.open_tasks[0].id, "nonsense", lambda facts: (facts,))


seen: Counter = Counter()
walked: set[int] = set()


def ensure_connected(process: engine.Process, trail) -> None:
    """Every flow is followed by the entry of its target: nothing is walked that is not drawn."""
    for flow, entry in zip(trail, trail[1:]):
        if flow.kind == "flow":
            assert (entry.kind, entry.id) == ("enter", process.flows[flow.id].target)


@pytest.mark.parametrize("seed", range(DIAGRAMS))
def test_a_restored_case_equals_the_one_that_lives_on(seed):
    process = draw(seed)
    for walk in range(WALKS):
        chance = random.Random(f"{seed}:{walk}")
        pair = Pair(process, chance)
        for _ in range(STEPS):
            pair.walk()
            ensure_connected(process, pair.step.trail)
            for kind, id in pair.step.trail:
                element = process.elements.get(id)
                seen[kind, element.kind if element else "", element.multiple if element else ""] += 1
            if pair.step.ended:
                break
    walked.add(seed)


def test_the_walks_met_every_kind_of_element():
    """Runs after the walks: they are worth nothing when they do not get anywhere."""
    if len(walked) < DIAGRAMS:
        pytest.skip("not all walks were run in this process, or not all came to their end")
    tasks = ("userTask", "scriptTask", "serviceTask", "receiveTask", "subProcess", "callActivity")
    for kind in (*tasks, "businessRuleTask", "boundaryEvent", "intermediateCatchEvent", "exclusiveGateway", "parallelGateway", "endEvent"):
        assert seen["leave", kind, ""] >= 20, kind
    for kind in tasks:
        for multiple in ("parallel", "sequential"):
            assert seen["leave", kind, multiple] >= 10, (kind, multiple)
    for kind in ("userTask", "subProcess", "callActivity"):
        assert sum(seen["cancel", kind, multiple] for multiple in ("", "parallel", "sequential")) >= 10, kind
