"""Random block-structured diagrams over every kind of element of the dialect, for the differential test."""
from __future__ import annotations

import random

from app import engine
from diagrams import (
    begin, both, call, diagram, end, flow, many, on_message, on_timer, path, process, receive, rule, script, service, sub, table,
    user, wait, wait_message, xor,
)

TABLE = {"odd.dmn": table("odd", {"n": "coalesce(vars.n, 0) % 3"}, ["rest"], [["0", '"none"'], ["1, 2", '"some"']])}
# Whatever a token carries shows up in the variables, so that nothing can be lost unseen.
SCRIPT = 'n = coalesce(vars.n, 0) + 1\nparties.p = {"ref": "org:" + string(vars.n)}\nseen = [outcome, item, index, case.visits]'
GATHER = {"gather": "index == 1 ? null : [index, item, outcome, form.f.n]", "gather_into": "gathered"}
LISTS = ('["person:1", "person:2", "person:3"]', '["person:1"]', '[]', '[{"ref": "org:1"}, {"ref": "org:2"}]')


class Maker:
    """Draws one procedure. Every method that draws a block returns its first and last element."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.count = 0
        self.parts: list[list[str]] = []
        self.processes: list[str] = []

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def put(self, *parts: str) -> None:
        self.parts[-1].extend(parts)

    def scope(self, draw) -> str:
        """What a callable draws, as the inside of a process or sub-process of its own."""
        self.parts.append([])
        first, last = draw()
        start, stop = self.name("begin"), self.name("end")
        self.put(begin(start), end(stop), path(start, first), path(last, stop))
        return "".join(self.parts.pop())

    def files(self) -> dict[str, bytes]:
        """A procedure whose process `p` goes round and round until somebody says that it is enough."""
        inside = self.scope(lambda: self.loop(lambda: self.sequence(3, 3)))
        self.processes.insert(0, process("p", inside))
        return {"p.bpmn": diagram(*self.processes), **TABLE}

    def block(self, depth: int):
        simple = [self.leaf] * 3
        nested = [self.loop_of, self.fork, self.sequence_of, *[self.framed] * 5, self.stoppable]
        return self.random.choice(simple + (nested if depth > 0 else []))(depth)

    def sequence(self, length: int, depth: int):
        blocks = [self.block(depth - 1) for _ in range(length)]
        for (_, last), (first, _) in zip(blocks, blocks[1:]):
            self.put(path(last, first))
        return blocks[0][0], blocks[-1][1]

    def sequence_of(self, depth: int):
        return self.sequence(self.random.choice([2, 2, 3]), depth)

    def loop_of(self, depth: int):
        return self.loop(lambda: self.block(depth - 1))

    def loop(self, draw):
        """A block, then a person who sends it round again or on."""
        merge, ask, choice, on = self.name("merge"), self.name("ask"), self.name("choice"), self.name("on")
        first, last = draw()
        self.put(xor(merge), user(ask), xor(choice), script(on, SCRIPT), path(merge, first), path(last, ask, choice),
                 flow(choice, on, 'outcome == "on"', name="on"), flow(choice, merge, 'outcome == "again"', name="again"))
        return merge, on

    def fork(self, depth: int):
        split, join = self.name("fork"), self.name("join")
        self.put(both(split), both(join))
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self.block(depth - 1)
            self.put(path(split, first), path(last, join))
        if self.random.random() < 0.3:
            self.put(flow(split, join))
        return split, join

    def stoppable(self, depth: int):
        """A sub-process with two branches, one of which may terminate it."""
        id, inner = self.name("sub"), self.name("b")
        split, ask, choice, stop, e1, e2 = (self.name(stem) for stem in ("fork", "ask", "choice", "stop", "end", "end"))
        self.parts.append([])
        first, last = self.block(depth - 1)
        self.put(begin(inner), both(split), user(ask), xor(choice), end(stop, True), end(e1), end(e2), path(inner, split, ask, choice),
                 flow(choice, stop, 'outcome == "stop"', name="stop"), flow(choice, e1, 'outcome == "go"', name="go"), path(split, first), path(last, e2))
        self.put_framed(id, lambda inside: sub(id, *inside), "".join(self.parts.pop()))
        return self.framed_ends

    def leaf(self, _depth: int):
        id = self.name("t")
        made = self.random.choice([
            lambda: user(id), lambda: user(id), lambda: script(id, SCRIPT),
            lambda: service(id, "topic", inputs={"n": "vars.n", "i": "item"}, outputs={"answer": "result"}), lambda: rule(id, "odd", "odd"),
            lambda: receive(id, f"go{self.count}"), lambda: wait_message(id, f"go{self.count}"), lambda: wait(id, "PT3H")])()
        self.put(made)
        return id, id

    def framed(self, depth: int):
        """An activity, perhaps repeated, perhaps with boundary events."""
        id = self.name("a")
        kinds = ["user", "user", "service", "script", "receive", "sub", "sub", "call", "call", "call"]
        kind = self.random.choice(kinds)
        content = ""
        if kind in ("sub", "call"):
            content = self.scope(lambda: self.block(depth - 1))
        if kind == "call":
            called = self.name("q")
            self.processes.append(process(called, content))
            content = called
        make = {
            "user": lambda inner: user(id, *inner, props={"scope": "item"} | (GATHER if "multiInstance" in "".join(inner) else {})),
            "service": lambda inner: service(id, "topic", *inner, inputs={"item": "item"}, outputs={"got": "result"}),
            "script": lambda inner: script(id, SCRIPT, *inner),
            "receive": lambda inner: receive(id, f"come{id}", *inner),
            "sub": lambda inner: sub(id, content, *inner),
            "call": lambda inner: call(id, content, *inner)}[kind]
        self.put_framed(id, make)
        return self.framed_ends

    def put_framed(self, id: str, make, *inside: str) -> None:
        repeat = []
        if self.random.random() < 0.5:
            until = self.random.choice(["", "", "", 'index == 1', 'outcome == "submit" && index == 0'])
            repeat = [many(self.random.choice(LISTS), sequential=self.random.random() < 0.5, until=until)]
        self.put(make([*inside, *repeat]))
        merge = self.name("merge")
        self.put(xor(merge), path(id, merge))
        for _ in range(self.random.choice([0, 1, 1, 2])):
            self.event(id, merge)
        self.framed_ends = (id, merge)

    def event(self, on: str, merge: str) -> None:
        id, interrupting = self.name("ev"), self.random.random() < 0.5
        if self.random.random() < 0.5:
            self.put(on_message(id, on, f"msg{self.random.randrange(3)}", interrupting=interrupting))
        else:
            self.put(on_timer(id, on, self.random.choice(["PT1H", "PT3H", "P1D"]), interrupting=interrupting))
        first, last = self.leaf(0)
        self.put(path(id, first))
        if interrupting:
            self.put(path(last, merge))
        else:
            stop = self.name("end")
            self.put(end(stop), path(last, stop))


def draw(seed: int) -> engine.Process:
    return engine.load_process("p", Maker(seed).files())
