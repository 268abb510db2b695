"""The database against the heads outside it: whether it is older than what was once written there, and what then is missing."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import sqlalchemy as sa
from flask import current_app

from app.operations import anchors
from app.store import session
from app.store.models import Case, Event

NAMED = 20  # cases named in words


@dataclass(frozen=True)
class Gap:
    """Events that the heads know and the database does not: how many, written between which heads, of which cases."""

    events: int
    since: str  # instant of the last head that still fits; "" for none
    until: str  # of the newest head
    cases: tuple[str, ...]  # numbers; of a case that is gone altogether its id
    after: int  # the last event that still fits, by id
    upto: int  # the last that the heads know
    head: str  # digest of the newest head: what this gap is known by

    @property
    def words(self) -> str:
        """What is missing, for people."""
        named = "、".join(self.cases[:NAMED]) + ("等" if len(self.cases) > NAMED else "")
        since = f"{self.since} 至 {self.until} 之间" if self.since else f"{self.until} 以前"
        return f"外部锚点记录的事件中，有 {self.events} 个不在数据库里，写于{since}，涉及 {len(self.cases)} 件：{named}"

    def as_dict(self) -> dict:
        return asdict(self) | {"words": self.words}


def heads_file() -> bytes:
    """The heads as they lie outside."""
    path = heads_path()
    return path.read_bytes() if path.exists() else b""


def heads_path() -> Path:
    return Path(current_app.config["ANCHORS"]) / "heads.jsonl"


def is_behind() -> bool:
    """Whether the newest head knows an event that the database does not. Cheap: looks at the rows of one head alone."""
    head = anchors.last_anchor()
    if head is None:
        return False
    return not _fits(head)


def gap() -> Gap | None:
    """What is missing, or None when the database is as new as the heads."""
    if not is_behind():
        return None
    lost, fitting, newest = [], None, None
    for head in anchors.read_anchors():
        newest = head
        missing = list(_missing(head))
        lost += missing
        if not lost:
            fitting = head
    numbers = _numbers({case_id for _id, case_id, *_rest in lost})
    cases = tuple(dict.fromkeys(numbers.get(case_id, f"#{case_id}") for _id, case_id, *_rest in lost))
    return Gap(len(lost), (fitting or {}).get("at", ""), newest["at"], cases, min(row[0] for row in lost) - 1, newest["upto"], newest["digest"])


def _fits(head: dict) -> bool:
    if not head["rows"]:
        return head["upto"] <= (session().scalar(sa.select(sa.func.max(Event.id))) or 0)
    return not any(True for _row in _missing(head))


def _missing(head: dict) -> Iterator[list]:
    """The rows of a head that the database does not have as the head knows them."""
    ids = [row[0] for row in head["rows"]]
    if not ids:
        return
    found = session().execute(sa.select(Event.id, Event.case_id, Event.seq, Event.mac).where(Event.id.between(ids[0], ids[-1])))
    there = {row.id: anchors.said_of(row) for row in found}
    yield from (row for row in head["rows"] if there.get(row[0]) != row)


def _numbers(case_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), 500):
        found |= dict(session().execute(sa.select(Case.id, Case.number).where(Case.id.in_(wanted[start:start + 500]))).all())
    return found


def noted_gaps() -> list[dict]:
    """The gaps that a restore, or a person, has noted, as they lie beside the heads."""
    path = _notes()
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.endswith(b"}")] if path.exists() else []


def note_gap(found: Gap, at: str, why: str) -> None:
    """Notes a gap outside the database: it is known from now on, and no alarm."""
    with _notes().open("ab") as file:
        file.write(orjson.dumps(found.as_dict() | {"at": at, "why": why}) + b"\n")


def is_noted(found: Gap) -> bool:
    """Whether this very gap is known."""
    return any(note["head"] == found.head and note["after"] == found.after for note in noted_gaps())


def _notes() -> Path:
    return Path(current_app.config["ANCHORS"]) / "restores.jsonl"
