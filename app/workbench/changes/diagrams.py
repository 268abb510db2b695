"""What differs between two versions of a diagram, said in sentences: steps, buttons, conditions, deadlines, lanes.

Every fact of `drawing.py` that differs comes up; what has no words of its own is shown with its technical name.
"""
from __future__ import annotations

from flask_babel import gettext as _

from app.expressions import ExpressionError, parse_assignments

from . import labels
from .drawing import Drawing, Item
from .matching import Matching
from .note import Change, Detail
from .trees import compared, sentences
from .words import SHORT, Words, duration_words, quoted, told

_PATHS = ("sourceRef", "targetRef")
_FIRST = {"process": 0, "participant": 1, "lane": 2, "userTask": 3}    # what is told first; the rest follows as the diagram has it


class DiagramChanges:
    """The changes of one diagram. `of()` gives them; `old` or `new` is None for a diagram that is new or gone."""

    def __init__(self, old: Drawing | None, new: Drawing | None, words: Words):
        self.old, self.new, self.words = old or Drawing(), new or Drawing(), words
        self.match = Matching(self.old, self.new)

    def of(self) -> list[Change]:
        found = [self._removed(item) for item in self.match.gone if not self._folded(item, self.old, self.match.gone)]
        found += [self._added(item) for item in self.match.added if not self._folded(item, self.new, self.match.added)]
        for before, after in self.match.pairs.items():
            found += self._compared(self.old.items[before], self.new.items[after])
        found += self._orders()
        return sorted(found, key=lambda change: _FIRST.get(self._kind(change), len(_FIRST)))

    def marks(self, changes: list[Change]) -> tuple[dict[str, str], dict[str, str]]:
        """Shape -> what became of it, in the older and in the newer diagram; the lines that no sentence tells of included."""
        told = [change for change in changes if change.kind in ("changed", "renamed", "order")]
        before = {item.id: "removed" for item in self.match.gone} | {change.was: "changed" for change in told if change.was}
        after = {item.id: "added" for item in self.match.added} | {change.element: "changed" for change in told if change.element}
        return before, after

    def _kind(self, change: Change) -> str:
        item = self.new.items.get(change.element) or self.old.items.get(change.was)
        return item.kind if item else ""

    # -- names

    def named(self, item: Item, drawing: Drawing) -> str:
        kind = str(labels.KINDS.get(item.kind, item.kind))
        if item.kind == "sequenceFlow":
            return self._flow_name(item, drawing)
        if item.kind == "boundaryEvent":
            kind = self._event_kind(item)
        if item.name:
            return f"{kind}「{item.name.replace(chr(10), ' ')}」"
        near = self._before(item, drawing)
        if item.kind.endswith("Gateway") and near:
            return _("“%(step)s”之后的%(kind)s", step=near, kind=kind)
        return f"{kind} {item.id}"

    def _event_kind(self, item: Item) -> str:
        if any(key.startswith("timer") for key in item.facts):
            return _("到期处理") if item.facts.get("cancelActivity") != "false" else _("提醒")
        return _("操作") if item.facts.get("property:role") else _("等待的消息")

    def _step(self, id: str, drawing: Drawing) -> str:
        item = drawing.items.get(id)
        if item is None:
            return id
        if item.name:
            return item.name.replace("\n", " ")
        near = self._before(item, drawing) if item.kind.endswith("Gateway") else ""
        return _("%(step)s之后的判断", step=near) if near else f"{labels.KINDS.get(item.kind, '')} {item.id}"

    def _before(self, item: Item, drawing: Drawing) -> str:
        for flow in drawing.items.values():
            if flow.kind == "sequenceFlow" and flow.facts.get("targetRef") == item.id and flow.facts.get("sourceRef") in drawing.items:
                return drawing.items[flow.facts["sourceRef"]].name.replace("\n", " ")
        return ""

    def _asker(self, flow: Item, drawing: Drawing) -> Item | None:
        """The user task whose button a flow is; None for other flows."""
        source = drawing.items.get(flow.facts.get("sourceRef", ""))
        if source is None or source.kind == "userTask":
            return source
        if source.kind != "exclusiveGateway" or "outcome" not in flow.facts.get("conditionExpression", ""):
            return None
        for way in drawing.items.values():
            if way.kind == "sequenceFlow" and way.facts.get("targetRef") == source.id:
                before = drawing.items.get(way.facts.get("sourceRef", ""))
                return before if before is not None and before.kind == "userTask" else None
        return None

    def _flow_name(self, flow: Item, drawing: Drawing) -> str:
        task = self._asker(flow, drawing)
        target = self._step(flow.facts.get("targetRef", ""), drawing)
        if task is not None and (flow.name or flow.facts.get("conditionExpression")):
            return _("环节「%(step)s」的按钮「%(button)s」", step=task.name, button=flow.name or _("提交"))
        source = self._step(flow.facts.get("sourceRef", ""), drawing)
        return _("「%(source)s」到「%(target)s」的去路%(name)s", source=source, target=target, name=quoted(flow.name) if flow.name else "")

    # -- who does it

    def roles_of(self, item: Item, drawing: Drawing) -> frozenset[str]:
        """Whose work an element is, or is part of."""
        if item.kind == "sequenceFlow":
            task = self._asker(item, drawing)
            return self.roles_of(task, drawing) if task else frozenset()
        if item.kind == "process":
            return _codes(item.facts.get("property:starters", ""))
        if item.kind == "lane":
            inside = any(other.lane == item.id and other.kind == "userTask" for other in drawing.items.values())
            return _codes(item.facts.get("property:role", "")) if inside else frozenset()
        if item.facts.get("property:role"):
            return _codes(item.facts["property:role"])
        lane = drawing.items.get(item.lane)
        return _codes(lane.facts.get("property:role", "")) if lane and item.kind in ("userTask", "startEvent") else frozenset()

    def _who(self, item: Item, drawing: Drawing) -> str:
        codes = self.roles_of(item, drawing)
        return self.words.roles(",".join(sorted(codes)))

    # -- sentences

    def _added(self, item: Item) -> Change:
        text = _("增加%(what)s", what=self.named(item, self.new))
        return Change("added", text, self._all(item, self.new, new=True), element=item.id, roles=self.roles_of(item, self.new), subject=self._subject(item, self.new))

    def _removed(self, item: Item) -> Change:
        text = _("取消%(what)s", what=self.named(item, self.old))
        return Change("removed", text, self._all(item, self.old, new=False), was=item.id, roles=self.roles_of(item, self.old), subject=self._subject(item, self.old))

    def _subject(self, item: Item, drawing: Drawing) -> str:
        if item.kind == "sequenceFlow" and (task := self._asker(item, drawing)):
            return task.name or task.id
        if item.kind == "lane":
            return "、".join(other.name or other.id for other in drawing.items.values() if other.lane == item.id and other.kind == "userTask")
        return item.name.replace("\n", " ") or item.id

    def _all(self, item: Item, drawing: Drawing, new: bool) -> tuple[Detail, ...]:
        """Everything that is said of an element that is new or gone."""
        who = self._who(item, drawing) if item.kind == "userTask" else ""
        lines = [(_("由谁办理"), who), (_("从哪里来"), self._around(item, drawing, "targetRef", "sourceRef")), (_("到哪里去"), self._around(item, drawing, "sourceRef", "targetRef"))]
        found = [Detail(label, None if new else text, text if new else None) for label, text in lines if text]
        for key, value in item.facts.items():
            if key != "name" and (key, value) not in labels.UNTOLD:
                found.append(self._detail(item.kind, key, *((None, value) if new else (value, None)), drawing, drawing))
        return tuple(found)

    def _around(self, item: Item, drawing: Drawing, here: str, there: str) -> str:
        flows = [flow for flow in drawing.items.values() if flow.kind == "sequenceFlow" and flow.facts.get(here) == item.id]
        names = [self._step(flow.facts.get(there, ""), drawing) + (f"（{flow.name}）" if flow.name else "") for flow in flows]
        return "、".join(dict.fromkeys(names))

    def _folded(self, item: Item, drawing: Drawing, same: list[Item]) -> bool:
        """Whether the element at its end tells of this flow already: a plain line to or from something that comes or goes with it."""
        if item.kind != "sequenceFlow" or set(item.facts) - set(_PATHS):
            return False
        ends = {item.facts.get(name) for name in _PATHS}
        return any(other.id in ends and other.kind != "sequenceFlow" for other in same)

    def _compared(self, old: Item, new: Item) -> list[Change]:
        before, found = self.match.facts_before(old), []
        clauses, details = [], []
        if self.match.pairs.get(old.lane, old.lane) != new.lane or before.get("property:role") != new.facts.get("property:role"):
            clauses += self._handed(old, new)
        for key in dict.fromkeys((*before, *new.facts)):
            if before.get(key) != new.facts.get(key):
                self._fact(old, new, key, before.get(key), new.facts.get(key), clauses, details)
        roles = self.roles_of(old, self.old) | self.roles_of(new, self.new)
        place = {"element": new.id, "was": old.id, "roles": roles, "subject": self._subject(new, self.new)}
        if clauses:
            found.append(Change("changed", f"{self.named(new, self.new)}：{'；'.join(clauses)}", tuple(details), **place))
        if old.id != new.id:
            text = _("%(what)s改了标识：由 %(old)s 改为 %(new)s（内容不变）", what=self.named(new, self.new), old=old.id, new=new.id)
            found.append(Change("renamed", text, **place))
        return found

    def _handed(self, old: Item, new: Item) -> list[str]:
        who, now = self._who(old, self.old), self._who(new, self.new)
        if new.kind == "userTask" and who != now:
            return [_("改由“%(now)s”办理（原由“%(who)s”办理）", now=now or _("无人"), who=who or _("无人"))]
        if self.match.pairs.get(old.lane, old.lane) == new.lane:
            return []
        lanes = [drawing.items[item.lane].name or item.lane if item.lane in drawing.items else _("泳道之外") for item, drawing in ((old, self.old), (new, self.new))]
        return [_("由泳道“%(old)s”移到泳道“%(new)s”", old=lanes[0], new=lanes[1])]

    def _fact(self, old: Item, new: Item, key: str, was: str | None, now: str | None, clauses: list[str], details: list[Detail]) -> None:
        if key == "property:role" and new.kind == "userTask" and self._who(old, self.old) != self._who(new, self.new):
            return      # told as "改由…办理"
        assigned = _assigned(was, now) if key == "script" else []
        if assigned:
            found = [Detail(name, one, other, *(self._said(text) for text in (one, other)), code=True) for name, one, other in assigned]
            clauses.extend(_clause(each) for each in found)
            details.extend(found)
            return
        detail = self._detail(new.kind, key, was, now, self.old, self.new)
        if new.kind == "sequenceFlow" and key == "targetRef":
            clauses.append(_("改为走向「%(new)s」（原走向「%(old)s」）", new=detail.new, old=self._step(old.facts.get("targetRef", ""), self.old)))
            return
        clauses.append(_clause(detail))
        if detail.code or detail.pieces or detail.old_words or detail.new_words or any(len(text or "") > SHORT for text in (detail.old, detail.new)):
            details.append(detail)

    def _detail(self, kind: str, key: str, was: str | None, now: str | None, before: Drawing, after: Drawing) -> Detail:
        label, reading = labels.known(key)
        old, new = self._shown(key, reading, was, before), self._shown(key, reading, now, after)
        if reading == labels.LONG and was and now:
            return Detail(label, old, new, pieces=compared(sentences(old), sentences(new)))
        if reading not in (labels.EXPRESSION, labels.TIME):
            return Detail(label, old, new)
        old_words, new_words = (self._said(text) for text in (was, now))
        return Detail(label, old, new, old_words, new_words, code=True)

    def _said(self, text: str | None) -> str:
        return (duration_words(text) or self.words.explain(text)) if text else ""

    def _shown(self, key: str, reading: str, value: str | None, drawing: Drawing) -> str | None:
        if value is None:
            return None
        name = key.partition(":")[2] or key
        if name in labels.WITH_VALUES and value in labels.VALUES:
            return str(labels.VALUES[value])
        if reading == labels.FLAG and value == "":
            return _("是")
        readers = {labels.ROLES: self.words.roles, labels.FORM: self.words.form_title, labels.DECISION: self.words.decision,
                   labels.REGISTERS: lambda text: "、".join(self.words.register(part.strip()) for part in text.split(","))}
        if reading in readers:
            return readers[reading](value)
        if reading == labels.STEPS or reading == "flow":
            return "、".join(self._step(part.strip(), drawing) for part in value.split(","))
        return value

    def _orders(self) -> list[Change]:
        """Buttons that stand in another order than before."""
        found = []
        for source, flows in self.new.order.items():
            if source not in self.new.items or not self.new.items[source].kind.endswith("Gateway"):
                continue
            was = next((old for old, new in self.match.pairs.items() if new == source), None)
            before = [self.match.pairs.get(flow) for flow in self.old.order.get(was, ())]
            kept = [flow for flow in before if flow in flows]
            if kept != [flow for flow in flows if flow in kept]:
                found.append(self._reordered(source, was, kept, [flow for flow in flows if flow in kept]))
        return found

    def _reordered(self, source: str, was: str, before: list[str], after: list[str]) -> Change:
        names = [" → ".join(self.new.items[flow].name or self._step(self.new.items[flow].facts.get("targetRef", ""), self.new) for flow in flows) for flows in (before, after)]
        item = self.new.items[source]
        text = _("%(what)s的去路调整了先后", what=self.named(item, self.new))
        roles = frozenset().union(*(self.roles_of(self.new.items[flow], self.new) for flow in after))
        return Change("order", text, (Detail(_("先后"), *names),), element=source, was=was, roles=roles, subject=self._before(item, self.new) or item.name)


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(",") if code.strip())


def _assigned(was: str | None, now: str | None) -> list[tuple[str, str | None, str | None]]:
    """(variable, before, after) of the lines of a script that differ; [] where lines stand otherwise than as `name = …` tells."""
    try:
        old, new = ([(name, each.text) for name, each in parse_assignments(text or "")] for text in (was, now))
    except ExpressionError:
        return []
    before, after = dict(old), dict(new)
    order = [name for name, _text in old if name in after] == [name for name, _text in new if name in before]
    if len(before) < len(old) or len(after) < len(new) or not order:
        return []
    return [(_("变量 %(name)s", name=name), before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def _clause(detail: Detail) -> str:
    """One difference inside a sentence: durations and short expressions in words, long ones only named."""
    if detail.pieces:
        return _("%(label)s有修改", label=detail.label)
    old = detail.old_words or detail.old if detail.old is not None else None
    new = detail.new_words or detail.new if detail.new is not None else None
    return told(detail.label, old, new)
