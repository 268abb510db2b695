"""What stands where something was: rows for reports, an event in the chain of a case. Digests and counts, never values."""
from __future__ import annotations

from dataclasses import dataclass, field

from app.operations.events import append_event, latest_state_digest
from app.proof.chain import ERASURE as KIND
from app.proof.digests import hash_of
from app.retention.models import Tombstone
from app.store import session
from app.store.models import Case



@dataclass
class Act:
    """One act of erasing, of one item of a run: who, by which rules, and what it took until now."""

    run_id: int
    actor: object
    clock: object
    data_class: str  # by comma
    rule_id: int | None = None
    taken: dict = field(default_factory=dict)  # table -> [count, digests]

    def took(self, table: str, count: int, digests) -> None:
        """Notes that so many values or rows went; `digests` name them."""
        if count:
            known = self.taken.setdefault(table, [0, []])
            known[0], known[1] = known[0] + count, [*known[1], *digests]

    def bury(self, case: Case | None = None) -> int:
        """Writes the tombstones and, of a case, the event that is one itself; how many values or rows went."""
        now = self.clock()
        lines = [{"table": table, "count": count, "digest": hash_of(digests)} for table, (count, digests) in sorted(self.taken.items())]
        for line in lines:
            session().add(Tombstone(at=now, run_id=self.run_id, actor_id=self.actor.id, rule_id=self.rule_id, data_class=self.data_class,
                                    case_id=case.id if case else None, **line))
        if case and lines:
            append_event(case, KIND, actor=self.actor, at=now, state_digest=latest_state_digest(case),
                         details={"run": self.run_id, "rule": self.rule_id or 0, "class": self.data_class, "erased": lines})
        session().flush()
        return sum(line["count"] for line in lines)
