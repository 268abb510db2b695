"""Verbs on phrases. An office is a role at an organisation: whoever holds the role there keeps its phrases."""
from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from app.errors import NotFound, PhraseRefused
from app.phrases.models import Phrase
from app.store import session, transaction

LONGEST, MOST = 500, 200  # characters of a phrase; phrases of one office
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACES = ("{姓名}", "{流水号}", "{环节}", "{今天}")  # what a phrase may leave open; nothing else of a case gets in


def offices_of(actor) -> list[tuple[str, str]]:
    """(owner, role) of each office this person belongs to, those of the organisation they act for first."""
    own = actor.organisation["ref"] if actor.organisation else ""
    found = {(f"org:{where}" if where else "", role) for role, where in actor.roles}
    return sorted(found, key=lambda office: (office[0] != own, office))


def may_keep(actor, owner: str, role: str) -> bool:
    """Whether this person keeps the phrases of this office: whoever belongs to it."""
    return (owner, role) in offices_of(actor)


def phrases_of(owner: str, role: str) -> list[Phrase]:
    """The phrases of an office, by form and decision, oldest first."""
    query = sa.select(Phrase).where(Phrase.owner == owner, Phrase.role == role).order_by(Phrase.form, Phrase.outcome, Phrase.id)
    return list(session().scalars(query))


def offered_to(actor, *, pool: str, form: str = "", outcome: str = "") -> list[Phrase]:
    """What is offered to somebody at work out of this pool: their office's phrases for this form and decision, and for all."""
    role, _at, scope = pool.partition("@")
    office = next((one for one in offices_of(actor) if one[1] == role and scope in ("", one[0])), None)
    if office is None:
        return []
    return [phrase for phrase in phrases_of(*office) if phrase.form in ("", form) and phrase.outcome in ("", outcome)]


def add_phrase(owner: str, role: str, text: str, *, actor, clock, form: str = "", outcome: str = "") -> Phrase:
    """Keeps a text for an office. Raises NotFound for another's office, PhraseRefused."""
    with transaction() as store:
        text = _ensure_text(actor, owner, role, text)
        known = phrases_of(owner, role)
        same = next((one for one in known if (one.form, one.outcome, one.text) == (form, outcome, text)), None)
        if same is not None:
            return same
        if len(known) >= MOST:
            raise PhraseRefused(why=_("最多保存 %(most)s 条，请先删除不用的。", most=MOST))
        phrase = Phrase(owner=owner, role=role, form=form, outcome=outcome, text=text, by_name=actor.name, at=clock())
        store.add(phrase)
        store.flush()
        return phrase


def change_phrase(phrase_id: int, text: str, *, actor, clock, form: str = "", outcome: str = "") -> Phrase:
    """Puts another text in the place of one. Raises NotFound, PhraseRefused."""
    with transaction():
        phrase = _mine(phrase_id, actor)
        phrase.text = _ensure_text(actor, phrase.owner, phrase.role, text)
        phrase.form, phrase.outcome, phrase.by_name, phrase.at = form, outcome, actor.name, clock()
        return phrase


def drop_phrase(phrase_id: int, *, actor) -> None:
    """Takes a phrase away; texts that were written with it stay."""
    with transaction() as store:
        store.delete(_mine(phrase_id, actor))


def put_all(owner: str, role: str, rows: Iterable[tuple[str, str, str]], *, actor, clock) -> int:
    """Adds (form, outcome, text) rows of a workbook, all or none; those that are there already stay. How many rows there were."""
    with transaction():
        count = 0
        for form, outcome, text in rows:
            add_phrase(owner, role, text, actor=actor, clock=clock, form=form, outcome=outcome)
            count += 1
        return count


def filled(text: str, case, step: str, clock) -> str:
    """The text with its open places filled from the case."""
    now = clock().astimezone(SHANGHAI)
    values = zip(PLACES, (case.starter_name, case.number, step, f"{now.year}年{now.month}月{now.day}日"))
    for place, value in values:
        text = text.replace(place, value)
    return text


def _ensure_text(actor, owner: str, role: str, text: str) -> str:
    if not may_keep(actor, owner, role):
        raise NotFound()
    text = text.strip()
    if not text:
        raise PhraseRefused(why=_("请写明内容。"))
    if len(text) > LONGEST:
        raise PhraseRefused(why=_("内容有 %(count)s 字，最多 %(most)s 字。", count=len(text), most=LONGEST))
    return text


def _mine(phrase_id: int, actor) -> Phrase:
    phrase = session().get(Phrase, phrase_id)
    if phrase is None or not may_keep(actor, phrase.owner, phrase.role):
        raise NotFound()
    return phrase
