"""What a page of insight is asked: filters out of an address, and which cases whoever asks may count. Reads only."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.errors import NotAllowed
from app.operations.contexts import SHANGHAI
from app.operations.reading import glance
from app.store import session
from app.store.models import Case, CaseGroup, CaseParty, Process, Release

FULL = ("auditor", "administrator")  # roles that count every case
FLOOR = 5  # cases of one organisation below which nobody but auditors gets a figure
USUAL = timedelta(days=365)
WORK = "work"
MODES = ("waiting", "duration", "frequency")


@dataclass(frozen=True)
class Scope:
    """Whose cases may be counted: all of them, or those of groups. `floored`: small groups of an organisation stay covered."""

    everything: bool
    groups: tuple[CaseGroup, ...]
    floored: bool


@dataclass(frozen=True)
class Asked:
    """One question. `release` is a digest, `group` the key of a CaseGroup, `party` a reference, `time` "" or "work";
    days are texts, "" for no bound."""

    process: str = ""
    release: str = ""
    since: str = ""
    until: str = ""
    group: str = ""
    party: str = ""
    tone: str = ""
    time: str = ""
    mode: str = ""
    by: str = ""
    step: str = ""
    drawn: str = ""

    def words(self, **changes) -> dict[str, str]:
        """The address that asks the same, with some of it changed. Both days are always said: none is another question than the usual."""
        said = {field.name: getattr(self, field.name) for field in fields(self)} | changes
        return {name: value for name, value in said.items() if value or name in ("since", "until")}

    @property
    def worked(self) -> bool:
        return self.time == WORK

    @property
    def first(self) -> int:
        """The first second of the period."""
        return _midnight(self.since) if self.since else 0

    @property
    def end(self) -> int:
        """The second after the period."""
        return _midnight(self.until) + 86_400 if self.until else 2**32 - 1

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The period as instants, for the database."""
        return datetime.fromtimestamp(self.first, SHANGHAI), datetime.fromtimestamp(self.end, SHANGHAI)


def scope_of(actor) -> Scope:
    """What this actor may count. Raises NotAllowed when it is nothing."""
    if any(actor.has_role(role) for role in FULL):
        return Scope(True, (), not actor.has_role("auditor"))
    groups = tuple(glance.groups_of(actor))
    if not groups:
        raise NotAllowed()
    return Scope(False, groups, True)


def may_ask(actor) -> bool:
    """Whether there is anything that this actor may count: what a link asks."""
    return any(actor.has_role(role) for role in FULL) or glance.watches_groups(actor)


def asked_for(words: Mapping[str, str], scope: Scope, now: datetime) -> Asked:
    """The question of an address: the process with most cases and the last twelve months where it says nothing."""
    said = {field.name: words.get(field.name, "").strip()[:100] for field in fields(Asked)}
    if "since" not in words and "until" not in words:
        said["since"] = (now.astimezone(SHANGHAI) - USUAL).date().isoformat()
    said["since"], said["until"] = _day(said["since"]), _day(said["until"])
    known = [process for process, _name, _cases in processes_in(scope)]
    said["process"] = said["process"] if said["process"] in known else next(iter(known), "")
    said["party"] = "" if scope.floored else said["party"]
    said["mode"] = said["mode"] if said["mode"] in MODES else MODES[0]
    return Asked(**said)


def processes_in(scope: Scope) -> list[tuple[str, str, int]]:
    """(id, name, cases) of the processes with cases that may be counted, most cases first."""
    count = sa.func.count()
    rows = session().execute(sa.select(Case.process_id, sa.func.max(Case.title), count).where(*_scoped(scope)).group_by(Case.process_id).order_by(count.desc()))
    names = dict(session().execute(sa.select(Process.id, Process.name)).all())
    return [(process, names.get(process, title), cases) for process, title, cases in rows]


def releases_in(asked: Asked) -> list[Release]:
    """The releases in which cases of the process are, or from which they were moved; the latest first."""
    procedure = sa.select(Case.procedure).where(Case.process_id == asked.process).limit(1).scalar_subquery()
    return list(session().scalars(sa.select(Release).where(Release.procedure == procedure).order_by(Release.number.desc())))


def groups_in(asked: Asked, scope: Scope) -> list[CaseGroup]:
    """The groups that may be chosen, newest heading first."""
    used = sa.select(Case.grouping).where(Case.process_id == asked.process, Case.grouping != "").distinct()
    rows = session().scalars(sa.select(CaseGroup).where(CaseGroup.key.in_(used)).order_by(CaseGroup.heading.desc(), CaseGroup.name))
    mine = {(group.procedure, group.key) for group in scope.groups}
    return [row for row in rows if scope.everything or (row.procedure, row.key) in mine]


def conditions(asked: Asked, scope: Scope, *, release: bool = True) -> list:
    """The conditions on Case of what is asked, without the period."""
    found = [Case.process_id == asked.process, *_scoped(scope)]
    if asked.release and release:
        found.append(Case.release == asked.release)
    if asked.group:
        found.append(Case.grouping == asked.group)
    if asked.tone:
        found.append(Case.tone == asked.tone)
    if asked.party:
        found.append(Case.id.in_(sa.select(CaseParty.case_id).where(CaseParty.ref == asked.party)))
    return found


def chosen_ids(asked: Asked, scope: Scope) -> set[int] | None:
    """Ids of the cases to count; None for every case of the process. The release is asked of each visit, not of the case."""
    asks = conditions(asked, scope, release=False)
    return None if len(asks) == 1 else set(session().scalars(sa.select(Case.id).where(*asks)))


def _scoped(scope: Scope) -> list:
    if scope.everything:
        return []
    return [sa.or_(*(sa.and_(Case.procedure == group.procedure, Case.grouping == group.key) for group in scope.groups))]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text and "1971" < text < "2100" else ""
    except ValueError:
        return ""


def _midnight(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).timestamp())
