"""Many histories in little time: rows of cases and events as the engine would leave them, walked at random along the real diagram.

Tests only. No answers, no states: such cases cannot be replayed (mark tests that use them `tampers`).
"""
from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.operations import releases
from app.operations.contexts import instant
from app.store import session, transaction
from app.store.models import Case, CaseGroup, CaseParty, Event, Process, Task

WAITS = ("userTask", "receiveTask", "serviceTask", "intermediateCatchEvent", "subProcess", "callActivity")
MOST = 70  # events of one case
REASONS = ("材料不清晰，请重新上传", "工作经历与社保记录不一致", "继续教育学时不足", "缺少单位盖章", "")


class Walk:
    """One case walked at random: `rows` are its events, `open` what waits at `until`."""

    def __init__(self, process, rng: random.Random, start: datetime, until: datetime, patience: dict):
        self.process, self.rng, self.until, self.patience = process, rng, until, patience
        self.out = defaultdict(list)
        for flow_id, flow in process.flows.items():
            self.out[flow.source].append((flow_id, flow.target))
        self.into = Counter(flow.target for flow in process.flows.values())
        self.arrived: Counter = Counter()
        self.rows, self.tasks, self.open, self.ended, self.wanted = [], [], [], None, ""
        self._step(start, "start", process.start.id, "", lambda: self._arrive(process.start.id))
        while self.open and not self.ended and len(self.rows) < MOST:
            at, _n, element, since = min(self.open)
            if at > until:
                break
            self.open.remove((at, _n, element, since))
            self._go_on(at, element, since)

    def _step(self, at, kind, element, outcome, act, details=None):
        self.trail, self.now = [], at
        act()
        self.rows.append((at, kind, element, outcome, {"trail": self.trail} | (details or {})))

    def _go_on(self, at, element: str, since) -> None:
        found = self.process.elements[element]
        boundary = [e for e in self.process.elements.values() if e.attached_to == element and e.interrupting]
        if boundary and self.rng.random() < 0.04:
            event = self.rng.choice(boundary)
            self._close(element, since, at, "cancelled")
            self._step(at, "timer" if event.timer[0] else "message", event.id, "", lambda: self._interrupted(element, event.id))
            return
        kind = {"userTask": "complete", "serviceTask": "answer"}.get(found.kind, "message")
        decision = self._decision(found)
        self.wanted = decision.flow if decision else ""
        self._close(element, since, at, "done")
        reason = {"reason": self.rng.choice(REASONS)} if decision and decision.reason else {}
        self._step(at, kind, element, decision.outcome if decision else "submit" if kind == "complete" else "", lambda: self._leave(element), reason)

    def _decision(self, element):
        if not element.decisions:
            return None
        return element.decisions[0] if self.rng.random() < 0.84 else self.rng.choice(element.decisions)

    def _interrupted(self, element: str, event: str) -> None:
        self.trail += [("cancel", element), ("enter", event), ("leave", event)]
        self._follow(event)

    def _leave(self, element: str) -> None:
        self.trail.append(("leave", element))
        self._follow(element)

    def _follow(self, element: str) -> None:
        ways = self.out[element]
        if self.process.elements[element].kind == "exclusiveGateway" and len(ways) > 1:
            ways = [way for way in ways if way[0] == self.wanted] or [ways[0] if self.rng.random() < 0.7 else self.rng.choice(ways)]
        for flow, target in ways:
            self.trail.append(("flow", flow))
            self._arrive(target)

    def _arrive(self, element: str) -> None:
        found = self.process.elements[element]
        self.trail.append(("enter", element))
        if found.kind in WAITS:
            self._wait(element)
        elif found.kind == "parallelGateway" and self.into[element] > 1:
            self._join(element)
        elif found.kind == "endEvent":
            self.trail.append(("leave", element))
            if not self.open or found.terminate or found.properties.get("result"):
                self._end(found)
        elif len(self.trail) < 300:
            self._leave(element)

    def _wait(self, element: str) -> None:
        median, spread = self.patience.setdefault(element, (self.rng.choice((0.02, 0.4, 1, 3, 6, 11)), self.rng.uniform(0.4, 1.1)))
        lasts = timedelta(days=median * self.rng.lognormvariate(0, spread))
        self.open.append((self.now + lasts, len(self.rows) * 100 + len(self.open), element, self.now))

    def _join(self, element: str) -> None:
        self.arrived[element] += 1
        if self.arrived[element] >= self.into[element]:
            self.trail += [("leave", element)] * (self.arrived[element] - 1)
            self.arrived[element] = 0
            self._leave(element)

    def _end(self, found) -> None:
        for _at, _n, element, since in self.open:
            self.trail.append(("cancel", element))
            self._close(element, since, self.now, "cancelled")
        self.open, self.ended = [], found

    def _close(self, element, since, at, state) -> None:
        if self.process.elements[element].kind == "userTask":
            self.tasks.append((element, since, at, state))


def fill(process_id: str, cases: int, until: datetime, *, days: int = 400, seed: int = 1, groups=(), parties=()) -> None:
    """Cases started on some day of the last `days`; each in one of the groups [(key, name, heading)] and of the parties [(name, reference)]."""
    row = session().get(Process, process_id)
    process, rng, patience = releases.parsed(row), random.Random(seed), {}
    with transaction() as store:
        first = (store.scalar(sa.select(sa.func.max(Case.id))) or 0) + 1
        for key, name, heading in groups:
            store.merge(CaseGroup(procedure=row.procedure, key=key, name=name, heading=heading, owner=""))
        made: dict = {model: [] for model in (Case, Event, Task, CaseParty)}
        for n in range(cases):
            start = (until - timedelta(days=rng.uniform(0, days))).replace(microsecond=rng.randrange(1_000_000))
            walk = Walk(process, rng, start, until, patience)
            _rows(made, first + n, row, walk, start, rng.choice(groups) if groups else None, parties, rng)
        for model, rows in made.items():
            for place in range(0, len(rows), 2000):
                store.execute(sa.insert(model.__table__), rows[place:place + 2000])


def _rows(made, case_id, row, walk: Walk, start, group, parties, rng) -> None:
    last, end = walk.rows[-1][0], walk.ended
    made[Case].append(dict(
        id=case_id, number=f"999{case_id:016d}", process_id=row.id, procedure=row.procedure, release=row.release, title=row.name, summary="", starter_id=f"p{case_id}",
        starter_name=f"人员 {case_id}", tab="done" if end else "doing", stage="", handler="", result=(end.properties.get("result") or end.name) if end else "",
        tone=(end.properties.get("tone") or "neutral") if end else "", ended_element=end.id if end else "", latest={}, parties={}, grouping=group[0] if group else "", version=1,
        events=len(walk.rows), head="", started_at=start, changed_at=last, ended_at=last if end else None))
    made[Event] += [dict(case_id=case_id, seq=seq, at=at, kind=kind, element=element, task_id="", actor_id="x", actor_name="某人", on_behalf_of="", outcome=outcome, details=details,
                         answers_digest="", state_digest="", key_id="", mac="") for seq, (at, kind, element, outcome, details) in enumerate(walk.rows, 1)]
    tasks = walk.tasks + [(element, since, None, "open") for _at, _n, element, since in walk.open if walk.process.elements[element].kind == "userTask"]
    made[Task] += [dict(
        id=f"t{case_id}-{n}", case_id=case_id, element=element, name=element, form="", stage="", state=state, pool="", assignee="", personal=False, excluded=[], item=None,
        due=_due(since, rng), created_at=since, opened_at=None, closed_at=at, closed_by="", closed_by_name="", outcome="") for n, (element, since, at, state) in enumerate(tasks)]
    if parties:
        name, reference = rng.choice(parties)
        made[CaseParty].append(dict(case_id=case_id, name=name, ref=reference))


def _due(since: datetime, rng) -> str:
    chance = rng.random()
    if chance < 0.4:
        return ""
    due = since + timedelta(days=5)
    return instant(due)[:10] if chance < 0.6 else instant(due)


