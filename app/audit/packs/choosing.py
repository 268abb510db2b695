"""What a pack is asked for, in the words of a form or an address: cases by number, a sample, what a search found, a procedure and a time."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _, lazy_gettext as _l

from app.audit.packs.models import Pack
from app.audit.packs.operations import SUFFIXES
from app.audit.packs.scope import Scope, ids_of_numbers
from app.audit.replays import choosing as replayed
from app.days import SHANGHAI, day_of
from app.errors import NotFound, NothingChosen, PackRefused
from app.retention.reading import procedures
from app.store import session
from app.store.models import Case

SCOPES = ("cases", "sample", "search", "procedure", "all")
KIND_WORDS = {"pack": _l("取证包"), "xes": _l("事件日志（XES）"), "ocel": _l("事件日志（OCEL 2.0，JSON）"), "ocel-sqlite": _l("事件日志（OCEL 2.0，SQLite）")}
LONGEST = 20_000  # characters of typed numbers


@dataclass(frozen=True)
class Wanted:
    """`scope` one of SCOPES; of it: the numbers as typed, a sample's id, the words of a search, a procedure and days (both included)."""

    scope: str = "cases"
    numbers: str = ""
    sample: str = ""
    search: str = ""
    procedure: str = ""
    since: str = ""
    until: str = ""


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """From a form or an address; `case` is the id of one case. Whatever was brought along decides where nothing was chosen."""
    told = {name: str(given.get(name, "")).strip()[:LONGEST] for name in ("numbers", "sample", "search", "procedure", "since", "until")}
    told["numbers"] = told["numbers"] or _number_of(given.get("case", ""))
    scope = given.get("scope", "")
    brought = next((name for name, key in (("cases", "numbers"), ("sample", "sample"), ("search", "search")) if told[key]), "cases")
    return Wanted(scope if scope in SCOPES else brought, **told)


def scope_of(wanted: Wanted, clock) -> Scope:
    """The cases. Raises NothingChosen, PackRefused for a number that is nobody's."""
    if wanted.scope == "cases":
        return Scope(_ids_of_typed(wanted.numbers))
    if wanted.scope in ("sample", "search"):
        return Scope(tuple(replayed.chosen(replayed.Wanted(wanted.scope, getattr(wanted, wanted.scope)), clock)))
    until = day_of(wanted.until)
    if wanted.scope == "procedure":
        return Scope(None, wanted.procedure, day_of(wanted.since), until and until + timedelta(days=1))
    return Scope()


def title_of(wanted: Wanted) -> str:
    """What it is called in lists and in the pack."""
    if wanted.scope == "cases":
        numbers = _typed(wanted.numbers)
        return _("事项 %(number)s 等 %(n)s 件", number=numbers[0], n=len(numbers)) if len(numbers) > 1 else _("事项 %(number)s", number="".join(numbers))
    if wanted.scope in ("sample", "search"):
        return replayed.words_of(replayed.Wanted(wanted.scope, getattr(wanted, wanted.scope)))
    if wanted.scope == "procedure":
        return " ".join(part for part in (procedures().get(wanted.procedure, wanted.procedure) or _("全部程序"), wanted.since and _("自 %(day)s", day=wanted.since), wanted.until and _("至 %(day)s", day=wanted.until)) if part)
    return _("全部事项")


def choices() -> dict:
    """What the form offers: procedures and samples as (key, words)."""
    return {"procedures": procedures(), "samples": replayed.samples()}


def count_found(wanted: Wanted, clock) -> int | None:
    """How many cases a search finds that was brought along."""
    return replayed.count_found(replayed.Wanted("search", wanted.search), clock) if wanted.search else None


def file_name(pack: Pack) -> str:
    """The name under which a pack is saved: what, when, and nobody's name."""
    at = pack.asked_at.astimezone(SHANGHAI)
    return f"{'pack' if pack.kind == 'pack' else 'events'}-{at:%Y%m%d-%H%M}-{pack.id[:6]}{SUFFIXES[pack.kind]}"


def days_kept() -> int:
    """For how many days a pack lies ready."""
    return int(current_app.config["PACKS_KEPT"])


def most_cases() -> int:
    """The most cases of one pack."""
    return int(current_app.config["PACK_CASES"])


def _typed(numbers: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[0-9A-Za-z-]{1,32}", re.sub(r"(?<=\d) (?=\d)", "", numbers))))


def _ids_of_typed(numbers: str) -> tuple[int, ...]:
    typed = _typed(numbers)
    if not typed:
        raise NothingChosen()
    try:
        return ids_of_numbers(typed)
    except NotFound:
        known = set(session().scalars(sa.select(Case.number).where(Case.number.in_(typed))))
        raise PackRefused(why=_("没有业务流水号为 %(number)s 的事项。", number=next(number for number in typed if number not in known))) from None


def _number_of(case_id: str) -> str:
    row = session().get(Case, int(case_id)) if re.fullmatch(r"\d{1,15}", case_id, re.ASCII) else None
    return row.number if row else ""
