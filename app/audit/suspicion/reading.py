"""What the page of findings shows: the list by filters, how many of each kind, by whom and at which organisation, and all of it as a workbook."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app import people
from app.audit.suspicion.kinds import KINDS, SEVERITIES
from app.audit.suspicion.models import KeptFinding
from app.days import day_of
from app.operations import releases
from app.operations.contexts import instant
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import Page
from app.sheets import Column, write_book
from app.store import session
from app.store.models import Case, Process

SIZE = 50
MOST = 50_000  # rows of a workbook
TOP = 10  # people and organisations that are counted apart
STATES = ("open", "dismissed", "all")


@dataclass(frozen=True)
class Asked:
    """The filters of the list, as the address has them. Days are ISO texts, both ends counted."""

    state: str = "open"
    code: str = ""
    severity: str = ""
    process: str = ""
    person: str = ""
    organisation: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    @property
    def as_query(self) -> dict[str, str]:
        """For an address, without what is as it would be anyway."""
        return {name: value for name, value in asdict(self).items() if value and (name, value) != ("state", "open")}

    def without(self, *names: str) -> Asked:
        return replace(self, **dict.fromkeys(names, ""))


@dataclass(frozen=True)
class Line:
    """A finding in the list, with the words for its place."""

    row: KeptFinding
    case: Case
    step: str
    person: str
    organisation: str


def asked_of(given: Mapping[str, str]) -> Asked:
    """From an address; what is no filter value counts as none."""
    asked = Asked(**{name: given.get(name, "").strip()[:100] for name in Asked.__dataclass_fields__ if name != "state"}, state=given.get("state", "open"))
    return replace(asked, state=asked.state if asked.state in STATES else "open", code=asked.code if asked.code in KINDS else "",
                   severity=asked.severity if asked.severity in SEVERITIES else "", since=_day(asked.since), until=_day(asked.until))


def lines(asked: Asked, cursor: str = "", size: int = SIZE) -> Page:
    """The findings that fit, newest event first."""
    after = read_cursor(cursor, datetime, int)
    query = _fitting(asked, KeptFinding, Case).order_by(KeptFinding.at.desc(), KeptFinding.id.desc())
    if after:
        query = query.where(sa.or_(KeptFinding.at < after[0], sa.and_(KeptFinding.at == after[0], KeptFinding.id < after[1])))
    page, following = cut_page(session().execute(query.limit(size + 1)).all(), size, lambda found: (found[0].at, found[0].id))
    names = _Names()
    return Page(tuple(names.line(row, case) for row, case in page), following)


def counts(asked: Asked) -> list[tuple[str, int]]:
    """(kind, how many) of all that fit whatever their kind, the most serious kinds first."""
    found = dict(session().execute(_fitting(asked.without("code"), KeptFinding.code, sa.func.count()).group_by(KeptFinding.code)).all())
    return [(code, found[code]) for code in sorted(KINDS, key=lambda code: list(SEVERITIES).index(KINDS[code].severity)) if code in found]


def total(asked: Asked) -> tuple[int, int]:
    """(findings, cases) that fit."""
    return tuple(session().execute(_fitting(asked, sa.func.count(), sa.func.count(sa.distinct(KeptFinding.case_id)))).one())


def by_person(asked: Asked) -> list[tuple[str, str, int, int]]:
    """(id, name, findings, cases) of whoever has most."""
    names = _Names()
    return [(key, names.person(key), *rest) for key, *rest in _most(asked.without("person"), KeptFinding.person_id) if key != people.SYSTEM.id]


def by_organisation(asked: Asked) -> list[tuple[str, str, int, int]]:
    """(reference, name, findings, cases) of the organisations whose desks have most."""
    names = _Names()
    return [(key, names.organisation(key), *rest) for key, *rest in _most(asked.without("organisation"), KeptFinding.organisation)]


def processes() -> list[tuple[str, str]]:
    """(id, name) of processes that have findings."""
    return [tuple(row) for row in session().execute(sa.select(Process.id, Process.name).where(sa.exists().where(KeptFinding.process_id == Process.id)).order_by(Process.name))]


def of_case(case_id: int) -> list[KeptFinding]:
    """The kept findings of one case in the order of its events, set aside ones too."""
    return list(session().scalars(sa.select(KeptFinding).where(KeptFinding.case_id == case_id).order_by(KeptFinding.seq, KeptFinding.id)))


def workbook(asked: Asked) -> bytes:
    """The findings that fit as a workbook, with what each kind means on the second sheet."""
    columns = [Column(str(place), label, code=place == 0, width=width) for place, (label, width) in enumerate((
        (_("业务流水号"), 24), (_("事项"), 24), (_("提示"), 26), (_("程度"), 10), (_("环节"), 24), (_("第几个事件"), 10), (_("时间"), 22), (_("办理人"), 16), (_("单位"), 30),
        (_("说明"), 80), (_("不作疑点的理由"), 40), (_("由谁"), 16)))]
    notes = [_("以下是机器找出的提示，不是结论，也不说明谁有过错。每种提示怎样找出、有哪些正常的原因："),
             *(f"{kind.label}：{kind.how}{_('正常的原因：')}{kind.innocent}" for kind in KINDS.values())]
    return write_book(_("疑点"), columns, _rows(asked), notes=notes)


def _rows(asked: Asked):
    names = _Names()
    for row, case in session().execute(_fitting(asked, KeptFinding, Case).order_by(KeptFinding.at.desc(), KeptFinding.id.desc()).limit(MOST).execution_options(yield_per=500)):
        line = names.line(row, case)
        yield (case.number, case.title, str(KINDS[row.code].label) if row.code in KINDS else row.code, str(SEVERITIES[row.severity]), line.step, row.seq or None, instant(row.at),
               line.person, line.organisation, row.words, row.dismissed_why if row.dismissed_at else "", row.dismissed_by_name if row.dismissed_at else "")


def _fitting(asked: Asked, *columns):
    query = sa.select(*columns).select_from(KeptFinding).join(Case, Case.id == KeptFinding.case_id)
    if asked.state != "all":
        query = query.where(KeptFinding.dismissed_at.is_(None) if asked.state == "open" else KeptFinding.dismissed_at.is_not(None))
    for name, column in (("code", KeptFinding.code), ("severity", KeptFinding.severity), ("process", KeptFinding.process_id), ("person", KeptFinding.person_id),
                         ("organisation", KeptFinding.organisation), ("q", Case.number)):
        if getattr(asked, name):
            query = query.where(column == (getattr(asked, name).replace(" ", "") if name == "q" else getattr(asked, name)))
    if asked.since:
        query = query.where(KeptFinding.at >= day_of(asked.since))
    return query.where(KeptFinding.at < day_of(asked.until) + timedelta(days=1)) if asked.until else query


def _most(asked: Asked, column):
    count = sa.func.count()
    return session().execute(_fitting(asked, column, count, sa.func.count(sa.distinct(KeptFinding.case_id))).where(column != "").group_by(column)
                             .order_by(count.desc(), column).limit(TOP)).all()


def _day(text: str) -> str:
    return text if day_of(text) else ""


class _Names:
    """Names of people, organisations and steps, each asked for once."""

    def __init__(self):
        self._people: dict[str, str] = {people.SYSTEM.id: people.SYSTEM.name, "": ""}
        self._organisations: dict[str, str] = {"": ""}

    def line(self, row: KeptFinding, case: Case) -> Line:
        elements = releases.process_of(case).elements
        step = elements[row.element].name if row.element in elements else row.element
        return Line(row, case, step, self.person(row.person_id), self.organisation(row.organisation))

    def person(self, key: str) -> str:
        if key not in self._people:
            self._people[key] = people.name_of(key)
        return self._people[key]

    def organisation(self, ref: str) -> str:
        if ref not in self._organisations:
            self._organisations[ref] = (people.party_of(ref) or {"name": ref.partition(":")[2]})["name"]
        return self._organisations[ref]
