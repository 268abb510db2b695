"""Finds for every token of a state its place in another process, and rewrites the rows of the state to it.

Only `moving.py` uses it. Nothing runs and nothing is evaluated here: what has to be settled in the new process is
listed (`arms`, `carried`, `jumps`, `notes`) for the woken case.
"""
from __future__ import annotations

from collections.abc import Mapping

from SpiffWorkflow.task import TaskState

from .building import EACH, SPLIT
from .case import Case
from .landing import Arm, Jump, Landing, Obstacle, Row
from .model import Element
from .process import Process
from .ways import BEGINNINGS, ahead_of_joins, is_join, proposals, way_into, way_on_to

ACTIVITIES = {"subProcess": "part", "callActivity": "part", "receiveTask": "wait", "intermediateCatchEvent": "wait"}
WAITS = ("userTask", "receiveTask", "intermediateCatchEvent")   # tokens that may be sent on from another element


class Placing:
    """The placing of one state. `obstacles` is empty when every token has its place."""

    def __init__(self, old: Process, new: Process, mapping: Mapping[str, str], numbers: Case):
        self.old, self.new, self.mapping, self.numbers = old, new, mapping, numbers
        self.obstacles: list[Obstacle] = []
        self.landings: list[Landing] = []
        self.arms: list[Arm] = []
        self.carried: list[tuple[str, str]] = []   # id of a token, its old element
        self.jumps: list[Jump] = []
        self.notes: list[tuple[str, str]] = []
        self.inner: dict[str, str] = {}   # id of an activity that runs a workflow -> the spec of that in the new process

    def place(self, found: dict) -> dict:
        """The state as it is in the new process; of worth only without obstacles."""
        if found["done"]:
            self._refuse(None, "事项已办结，不需要迁移")
            return found
        top, *inner = found["w"]
        workflows = [self._workflow(top, self.new.id)]
        for each in inner:
            if each["of"] in self.inner:   # of an activity without a place it was said already
                workflows.append(self._workflow(each, self.inner[each["of"]]))
        end = found["end"] if found["end"] in self.new.elements else self.mapping.get(found["end"], "")
        return {**found, "w": workflows, "n": self.numbers.created, "end": end, "visits": self._visits(found["visits"])}

    def _visits(self, visits: dict) -> dict:
        """Visits of a renamed element go on under its new name."""
        found: dict[str, int] = {}
        for name, times in visits.items():
            name = self.mapping[name] if self.is_renaming(name) else name
            found[name] = found.get(name, 0) + times
        return found

    def is_renaming(self, element: str) -> bool:
        """Whether the mapping gives this element another id, and not the place of another element."""
        target = self.mapping.get(element, "")
        return bool(target) and element not in self.new.elements and target not in self.old.elements

    def _renamings(self) -> dict[str, str]:
        return {name: target for name, target in self.mapping.items() if self.is_renaming(name)}

    def _workflow(self, was: dict, spec: str) -> dict:
        rows: list[Row] = []
        for fields in was["t"]:
            rows.append(Row(fields, rows[fields[4]] if fields[4] >= 0 else None))
        self._beside = sum(self._is_token(row) for row in rows) > 1
        for row in rows:
            self._place(row, was["s"], spec)
        for row in [row for row in rows if row.part == "boundary"]:
            self._place_split(row, rows)
        rows = [row for row in self._with_new_splits(rows, spec) if not row.gone]
        if not any(row.target for row in rows) and not self.obstacles:
            self._refuse(None, "迁移后没有环节在等待办理，不能把最后一个环节也取消")
        places = {id(row): place for place, row in enumerate(rows)}
        return {"s": spec, "of": was["of"], "t": [row.fields(places) for row in rows]}

    def _is_token(self, row: Row) -> bool:
        """Whether a row is a token of its own: no split, no armed event, no instance."""
        return not row.part and self.old.elements[row.base].kind != "boundaryEvent"

    # -- one token

    def _place(self, row: Row, scope: str, spec: str) -> None:
        if row.part == "boundary":
            return
        element = self.old.elements[row.base]
        if row.part == "each":
            self._follow_above(row, element)
        elif element.kind == "boundaryEvent":
            self._place_event(row, element)
        elif element.kind == "parallelGateway":
            self._place_at_join(row, element, spec)
        else:
            self._place_activity(row, element, scope, spec)

    def _place_activity(self, row: Row, element: Element, scope: str, spec: str) -> None:
        chosen = self.mapping.get(element.id)
        if chosen == "":
            return self._drop(row, element)
        target = self.new.elements.get(element.id if chosen is None else chosen)
        reason = self._misfit(element, target, spec)
        if chosen and target is not None and self._passes_join(element, target):
            return self._refuse(element, f"“{element.name or element.id}”旁边还有别的分支在办，不能越过汇合从“{target.name or target.id}”继续")
        if not reason:
            return self._carry(row, element, target)
        jumps = element.kind in WAITS and not element.multiple
        if chosen and jumps and target is not None and target.id in self.new.specs[spec].task_specs:
            if target.kind == "parallelGateway" and any(is_join(process, target.id) for process in (self.old, self.new)):
                return self._wait_at_join(row, element, target)
            if target.kind in (*BEGINNINGS, "parallelGateway"):
                return self._begin_at(row, element, target)
        kind = "choose" if jumps and not chosen else "refused"
        self.obstacles.append(Obstacle(kind, element.id, element.name or element.id, reason,
                                       proposals(self.old, self.new, element.id, scope, spec) if jumps else ()))

    def _passes_join(self, element: Element, target: Element) -> bool:
        """Whether a token beside others would leave its branch: what comes after the join would be done twice."""
        elsewhere = element.id != target.id and target.id in self.old.elements
        return self._beside and elsewhere and target.id not in ahead_of_joins(self.old, element.id)

    def _misfit(self, element: Element, target: Element | None, spec: str) -> str:
        """Why a token at `element` cannot stay as it is at `target`; "" when it can."""
        name = element.name or element.id
        if target is None:
            return f"新版本中没有“{name}”" + ("" if element.kind in WAITS and not element.multiple else "，它正在进行，不能接着办")
        if target.id not in self.new.specs[spec].task_specs:
            return f"“{name}”在新版本中画在别的流程或子流程里，不能直接接着办"
        if bool(element.multiple) != bool(target.multiple):
            return f"“{name}”在新版本中改成了" + ("一人办理" if element.multiple else "多人分别办理") + "，已经开始的不能接着办"
        if ACTIVITIES.get(element.kind, element.kind) != ACTIVITIES.get(target.kind, target.kind):
            return f"“{name}”在新版本中不再是同一种环节"
        if element.topic != target.topic:
            return f"“{name}”正在等待外部系统的答复，新版本改请别的系统，要等答复到了才能迁移"
        if element.message != target.message or bool(element.timer[0]) != bool(target.timer[0]):
            return f"“{name}”正在等待的消息在新版本中改了"
        return ""

    def _carry(self, row: Row, element: Element, target: Element) -> None:
        row.target = target.id
        row.spec = target.id + row.spec[len(row.base):]
        if element.kind in ("subProcess", "callActivity") and not element.multiple:
            self.inner[row.id] = target.called or target.id
        if row.part != "each":
            self._tell(row, element, target)
        if element.kind in ("userTask", "receiveTask", "intermediateCatchEvent") and not (element.multiple and not row.part):
            self.carried.append((row.id, element.id))

    def _tell(self, row: Row, element: Element, target: Element) -> None:
        how = "stays" if element.id == target.id else "renamed" if self.is_renaming(element.id) else "moved"
        self.landings.append(Landing(element.id, target.id, how, row.id))
        if how != "stays":
            self.notes += [("cancel", element.id), ("enter", target.id)]

    def _follow_above(self, row: Row, element: Element) -> None:
        """An instance goes with its multi-instance."""
        if row.above is None or not row.above.target:
            row.gone = True   # the multi-instance itself has no place: said there
            return
        target = self.new.elements[row.above.target]
        row.target, row.spec = target.id, target.id + EACH
        if element.kind in ("subProcess", "callActivity"):
            self.inner[row.id] = target.called or target.id
        if element.kind in WAITS:
            self.carried.append((row.id, element.id))

    def _begin_at(self, row: Row, element: Element, target: Element) -> None:
        """The token is set down, finished, at its target, from where it will go on."""
        row.target, row.spec, row.state, row.internal = target.id, target.id, TaskState.COMPLETED, {}
        row.part = "begun"
        self.jumps.append(Jump(row.id, target.id))
        self.landings.append(Landing(element.id, target.id, "begins", row.id))
        self.notes.append(("cancel", element.id))

    def _wait_at_join(self, row: Row, element: Element, target: Element) -> None:
        """The token counts as having come to the join that the branch of its element leads to."""
        flow = way_on_to(self.old, self.new, element.id, target.id)
        via = way_into(self.old, self.new, flow, target.id, target.id, self._renamings()) if flow else None
        if via is None:
            return self._refuse(element, f"“{element.name or element.id}”后面的路在新版本中不到所选的汇合处")
        self.notes.append(("cancel", element.id))
        self.landings.append(Landing(element.id, target.id, "begins" if via else "dropped", row.id))
        if not via:
            row.gone = True
            return
        self.notes.append(("enter", target.id))
        row.target = row.spec = target.id
        row.state, row.internal, row.part = TaskState.WAITING, {"via": via}, "begun"

    def _drop(self, row: Row, element: Element) -> None:
        if element.kind not in WAITS or element.multiple:
            return self._refuse(element, f"“{element.name or element.id}”正在进行，不能取消")
        row.gone = True
        self.landings.append(Landing(element.id, "", "dropped", row.id))
        self.notes.append(("cancel", element.id))

    def _place_at_join(self, row: Row, element: Element, spec: str) -> None:
        target = self.new.elements.get(self.mapping.get(element.id) or element.id)
        if target is None or target.kind != "parallelGateway" or target.id not in self.new.specs[spec].task_specs:
            return self._refuse(element, f"已有一路到达汇合“{element.name or element.id}”，新版本中没有这个汇合")
        via = way_into(self.old, self.new, row.internal["via"], element.id, target.id, self._renamings())
        if via is None:
            return self._refuse(element, f"已有一路到达汇合“{element.name or element.id}”，新版本中找不到它的来路")
        if not via:   # its branch is no more: nobody waits for it
            row.gone = True
            return
        row.target, row.spec, row.internal = target.id, target.id, {"via": via}

    # -- events on activities

    def _place_event(self, row: Row, element: Element) -> None:
        """An armed event stays when the new diagram has it on the same activity; else it is gone, and armed anew if need be."""
        main = self.new.elements.get(self._target_of(element.attached_to))
        event = self.new.elements.get(self._target_of(element.id))
        fits = (main is not None and event is not None and event.kind == "boundaryEvent" and event.attached_to == main.id
                and event.message == element.message and bool(event.timer[0]) == bool(element.timer[0]))
        if not fits:
            row.gone = True
            return
        row.spec = event.id
        self.carried.append((row.id, element.id))

    def _target_of(self, element: str) -> str:
        return self.mapping.get(element, element)

    def _place_split(self, row: Row, rows: list[Row]) -> None:
        """The split goes with its activity; without one, or without events there, it is gone."""
        mains = [each for each in rows if each.above is row and each.part in ("", "begun") and each.base == row.base]
        main = next((each for each in mains if each.target and each.part == ""), None)
        if main is None or not self._is_guarded(main.target):
            for each in rows:
                if each.above is row:
                    each.above = row.above
                    each.gone = each.gone or each.base != row.base
            self.carried = [pair for pair in self.carried if not self._is_gone(pair[0], rows)]
            row.gone = True
            return
        row.spec = main.target + SPLIT
        old_events = {self._target_of(e.id) for e in self.old.elements.values() if e.attached_to == row.base and self._kept(e)}
        self.arms += [Arm(main.id, event) for event in self._events_on(main.target) if event not in old_events]

    def _is_gone(self, token: str, rows: list[Row]) -> bool:
        return any(row.id == token and row.gone for row in rows)

    def _kept(self, event: Element) -> bool:
        """Whether an event of the old diagram is the same one in the new diagram: armed or fired, it is not armed again."""
        found = self.new.elements.get(self._target_of(event.id))
        return found is not None and found.message == event.message and bool(found.timer[0]) == bool(event.timer[0])

    def _is_guarded(self, target: str) -> bool:
        return any(target in spec.entries for spec in self.new.specs.values())

    def _events_on(self, target: str) -> list[str]:
        spec = next(spec for spec in self.new.specs.values() if target in spec.entries)
        return [event.name for event in spec.task_specs[spec.entries[target]].events]

    def _with_new_splits(self, rows: list[Row], spec: str) -> list[Row]:
        """Activities on which the new diagram has events for the first time get their split, right before them."""
        found = []
        for row in rows:
            guarded = row.part == "" and row.target in self.new.specs[spec].entries
            if guarded and not row.gone and (row.above is None or row.above.part != "boundary" or row.above.gone):
                found.append(self._new_split(row))
                self.arms += [Arm(row.id, event) for event in self._events_on(row.target)]
            found.append(row)
        return found

    def _new_split(self, row: Row) -> Row:
        _number, identifier = self.numbers.new_id()
        split = Row([row.number, identifier, row.target + SPLIT, TaskState.COMPLETED, -1, row.data, {}], row.above)
        row.above = split
        return split

    def _refuse(self, element: Element | None, reason: str) -> None:
        self.obstacles.append(Obstacle("refused", element.id if element else "", (element.name or element.id) if element else "", reason))
