"""Which element of the older diagram is which of the newer: by id, and where an id was changed alone, by all the rest."""
from __future__ import annotations

from .drawing import Drawing, Item

_POINTERS = ("sourceRef", "targetRef", "attachedToRef", "default", "processRef")


class Matching:
    """`pairs` older id -> newer id; `gone` and `new` are what has no partner."""

    def __init__(self, old: Drawing, new: Drawing):
        self.old, self.new = old, new
        self.pairs = {id: id for id, item in old.items.items() if id in new.items and new.items[id].kind == item.kind}
        while self._match_renamed():     # a match may tell its neighbours apart
            pass
        self.gone = [item for id, item in old.items.items() if id not in self.pairs]
        self.added = [item for id, item in new.items.items() if id not in set(self.pairs.values())]

    @property
    def renamed(self) -> dict[str, str]:
        return {old: new for old, new in self.pairs.items() if old != new}

    def _match_renamed(self) -> bool:
        taken = set(self.pairs.values())
        before = self._by_content([item for id, item in self.old.items.items() if id not in self.pairs], self.pairs)
        after = self._by_content([item for id, item in self.new.items.items() if id not in taken], {})
        found = {items[0].id: after[content][0].id for content, items in before.items() if len(items) == 1 and len(after.get(content, ())) == 1}
        self.pairs |= found
        return bool(found)

    def _by_content(self, items: list[Item], names: dict[str, str]) -> dict[tuple, list[Item]]:
        found: dict[tuple, list[Item]] = {}
        for item in items:
            facts = self.translated(item, names)
            found.setdefault((item.kind, names.get(item.lane, item.lane), tuple(sorted(facts.items()))), []).append(item)
        return found

    @staticmethod
    def translated(item: Item, names: dict[str, str]) -> dict[str, str]:
        """The facts with pointers to other elements in the names of the newer diagram; `not` lists ids, too."""
        facts = {key: names.get(value, value) if key in _POINTERS else value for key, value in item.facts.items()}
        if facts.get("property:not"):
            facts["property:not"] = ",".join(names.get(part.strip(), part.strip()) for part in facts["property:not"].split(","))
        return facts

    def facts_before(self, old: Item) -> dict[str, str]:
        return self.translated(old, self.pairs)
