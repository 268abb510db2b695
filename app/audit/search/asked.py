"""What an auditor asks for: every word of it stands in the address, so that a search can be kept, sent and made again."""
from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from app.days import day_of

STATES = ("running", "ended", "draft")
TONES = ("good", "bad", "neutral")
TIMES = ("started", "changed", "ended", "event")  # which time `since` and `until` are about
MOVED, LATE, FOUND, DIFFERENT, BY_HAND = "moved", "late", "found", "different", "by_hand"
DEVIATIONS = (FOUND, MOVED, LATE, BY_HAND, DIFFERENT)
OF_EVENT = ("step", "kind", "outcome", "actor")  # criteria that one and the same event meets
LONGEST = 100  # characters of a word


@dataclass(frozen=True)
class Asked:
    """Criteria, all of which hold. "" = any.

    `q`: case number or words of title and summary; `person`: name, account or document number of somebody whom the case
    concerns; `organisation`: name, code or id; `actor`: name or account of who acted; `release`: number or digest;
    `result` and `outcome` as they are kept; `deviation` one of DEVIATIONS, `finding` a code of the look-out; `returned`: handed in
    again so often at least; `since`, `until`: days (Shanghai, both included) of `time`; `order`: newest|oldest.
    """

    q: str = ""
    person: str = ""
    organisation: str = ""
    procedure: str = ""
    process: str = ""
    release: str = ""
    step: str = ""
    kind: str = ""
    outcome: str = ""
    actor: str = ""
    state: str = ""
    tone: str = ""
    result: str = ""
    deviation: str = ""
    finding: str = ""
    returned: str = ""
    time: str = ""
    since: str = ""
    until: str = ""
    order: str = ""

    def words(self) -> dict[str, str]:
        """The criteria as words of an address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def of_event(self) -> bool:
        """Whether anything is asked of events."""
        return any(getattr(self, name) for name in OF_EVENT) or (self.time == "event" and bool(self.since or self.until))

    @property
    def times(self) -> int:
        """`returned` as a number; 0 when it is none."""
        return int(self.returned) if self.returned.isascii() and self.returned.isdecimal() and len(self.returned) < 4 else 0

    @property
    def between(self) -> tuple[datetime | None, datetime | None]:
        """The range of time asked for: from the beginning of the first day to the end of the last."""
        last = day_of(self.until)
        return day_of(self.since), last and last + timedelta(days=1)


NAMES = tuple(field.name for field in fields(Asked))


def asked_for(words) -> Asked:
    """The criteria that an address or a form names; words that are no criteria are left out."""
    return Asked(**{name: str(words.get(name, "")).strip()[:LONGEST] for name in NAMES})
