"""Random diagrams, a random change to them, a random walk: the case is moved and goes on, or there is a reason why not.

No task is lost on the way: each that was open is open still, or the landings say what became of it.
"""
import random
from collections import Counter

import pytest
from lxml import etree

from app import engine
from app.errors import MoveRefused
from random_diagrams import Maker
from test_differential import Pair

DIAGRAMS, BEFORE, AFTER = 60, 25, 40
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
seen: Counter = Counter()


def changed(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """One or two steps added, taken out, or given another id."""
    tree = etree.fromstring(files["p.bpmn"])
    for _each in range(chance.choice([1, 1, 2])):
        chance.choice([_add, _remove, _rename])(tree, chance)
    return files | {"p.bpmn": etree.tostring(tree)}


def _add(tree, chance) -> None:
    flow = chance.choice(list(tree.iter(f"{BPMN}sequenceFlow")))
    name = f"new{len(list(tree.iter(f'{BPMN}userTask')))}"
    step = etree.Element(f"{BPMN}userTask", id=name)
    on = etree.Element(f"{BPMN}sequenceFlow", id=f"{name}_on", sourceRef=name, targetRef=flow.get("targetRef"))
    flow.set("targetRef", name)
    flow.getparent().extend([step, on])


def _plain(tree):
    """Steps that are easily taken out: one way in, one way out, nothing on them, done once, not asked for a decision."""
    flows = list(tree.iter(f"{BPMN}sequenceFlow"))
    for step in tree.iter(f"{BPMN}userTask"):
        name = step.get("id")
        ins, outs = ([f for f in flows if f.get(end) == name] for end in ("targetRef", "sourceRef"))
        guarded = any(event.get("attachedToRef") == name for event in tree.iter(f"{BPMN}boundaryEvent"))
        repeated = step.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None
        if len(ins) == len(outs) == 1 and not guarded and not repeated and not name.startswith("ask"):
            yield step, ins[0], outs[0]


def _remove(tree, chance) -> None:
    found = list(_plain(tree))
    if found:
        step, into, on = chance.choice(found)
        into.set("targetRef", on.get("targetRef"))
        for gone in (step, on):
            gone.getparent().remove(gone)


def _rename(tree, chance) -> None:
    found = list(_plain(tree))
    if found:
        step, into, on = chance.choice(found)
        name = step.get("id")
        step.set("id", f"{name}x")
        step.set("name", name)
        into.set("targetRef", f"{name}x")
        on.set("sourceRef", f"{name}x")


def mapped(old, new, pair) -> tuple[dict, engine.Trial]:
    """Maps what is asked for to the first proposal, as long as something is asked for."""
    mapping: dict[str, str] = {}
    for _round in range(6):
        trial = engine.try_move(old, new, pair.step.state, mapping, pair.facts())
        asked = {o.element: o.proposals[0] for o in trial.obstacles if o.kind == "choose" and o.proposals}
        if not asked:
            break
        mapping |= asked
    return mapping, trial


def ensure_nothing_lost(before, trial, mapping) -> None:
    told = {landing.task: landing for landing in trial.landings}
    still = {task.id: task for task in trial.step.open_tasks}
    for task in before.open_tasks:
        if task.id in still:
            assert still[task.id].item == task.item
        else:
            assert told[task.id].how in ("begins", "dropped") and task.element in mapping, task


@pytest.mark.parametrize("seed", range(DIAGRAMS))
def test_a_moved_case_goes_on_and_a_refused_one_has_its_reason(seed):
    chance = random.Random(seed)
    files = Maker(seed).files()
    old, new = engine.load_process("p", files), engine.load_process("p", changed(files, chance))
    pair = Pair(old, chance)
    for _each in range(chance.randrange(BEFORE)):
        pair.walk()
        if pair.step.ended:
            return
    assert engine.move(old, old, pair.step.state, {}, pair.facts()).digest == pair.step.digest
    mapping, trial = mapped(old, new, pair)
    if trial.step is None:
        seen["refused"] += 1
        assert all(obstacle.reason for obstacle in trial.obstacles)
        with pytest.raises(MoveRefused):
            engine.move(old, new, pair.step.state, mapping, pair.facts())
        return
    seen["moved"] += 1
    ensure_nothing_lost(pair.step, trial, mapping)
    ensure_it_goes_on(new, trial.step, pair, chance)


def ensure_it_goes_on(new, step, pair, chance) -> None:
    """Random work on the moved case meets no fault of the engine, and it is never stuck."""
    requests, now = pair.requests + [request.id for request in step.requests], pair.now
    for turn in range(AFTER):
        if step.ended:
            return
        assert engine.look(new, step.state).digest == step.digest
        facts = engine.Facts(now=now, seed=f"after:{turn}", case={"number": "1"}, forms={"f": {"n": turn}})
        step, now = _one_turn(new, step, requests, now, facts, chance)
        requests += [request.id for request in step.requests]


def _one_turn(new, step, requests, now, facts, chance):
    if step.open_tasks and chance.random() < 0.6:
        task = chance.choice(step.open_tasks)
        outcomes = [decision.outcome for decision in new.elements[task.element].decisions]
        return engine.complete(new, step.state, task.id, "on" if "on" in outcomes else chance.choice(outcomes), facts), now
    if step.subscriptions and chance.random() < 0.5:
        return engine.send(new, step.state, chance.choice(step.subscriptions).message, {"n": 1}, facts), now
    for request in requests:
        try:
            return engine.answer(new, step.state, request, {"b": 1}, facts), now
        except engine.NotWaiting:
            continue
    now = max([now, *(timer.due for timer in step.timers[:1])])
    return engine.fire_timers(new, step.state, engine.Facts(now=now, seed=facts.seed, case=facts.case, forms=facts.forms)), now


def test_most_were_moved():
    """Runs after the others: they are worth nothing when everything is refused."""
    if sum(seen.values()) < DIAGRAMS // 2:
        pytest.skip("not all were run in this process")
    assert seen["moved"] >= 0.7 * sum(seen.values()), seen
