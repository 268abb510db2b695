"""Erasing the values of an ended case: whole parts of it, fields of some classes, or all that speaks of one person.

What remains is who did what kind of thing when, as ids, words of the diagram and digests. A case that still runs is refused.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app.erased import ERASED
from app.errors import RetentionRefused
from app.materials.models import Material, Transfer
from app.operations.commands import locked_case
from app.proof.chain import NAME, said_by
from app.proof.digests import ERASED as MARK
from app.proof.digests import is_erased, leaves_of, pointer
from app.proof.erasing import erase_from_answers, erase_from_event
from app.retention.classes import FIELDS
from app.retention.erasing import tables
from app.retention.erasing.files import erase_materials, erase_transfers
from app.retention.erasing.texts import paths_about
from app.retention.erasing.tombstones import KIND, Act
from app.retention.erasing.who import Who, personal_paths
from app.store import session
from app.store.models import Answers, Case, CaseMove, Event, Snapshot, Task

# What an event says of the diagram and of ids: needed to read the history at all, nobody's data.
STRUCTURE = frozenset({"roles", "tab", "trail", "task", "subscription", "request", "topic", "from", "to", "of", "mapping", "since", "label", "timers", "late"})
_PLACES = frozenset({"ref", "kind", "form", "section", "field", "row", "done"})  # within what people said: ids and places of forms


def erase_case(case_id: int, act: Act, *, whole: Who | None = None) -> int:
    """Erases the classes of the act from a case; `whole`: at the wish of this person, their own case. Returns how much went."""
    classes = frozenset(act.data_class.split(","))
    with locked_case(case_id) as case:
        _ensure_ended(case)
        texts = _erase_fields(case, frozenset(one.removeprefix(FIELDS) for one in classes if one.startswith(FIELDS)), act)
        if "case" in classes:
            _erase_content(case, act)
        if "history" in classes:
            _erase_history(case, whole, act)
        if "payments" in classes:
            tables.clear_part("payments", case.id, act)
        if texts:
            _erase_where(case, lambda value: _paths_of(value, texts), act, texts)
        _forget_state(case, act)
        return act.bury(case)


def erase_from_related(case_id: int, who: Who, act: Act) -> int:
    """Takes out of somebody else's ended case what it says of this person; their acts there stay, under the pseudonym."""
    with locked_case(case_id) as case:
        _ensure_ended(case)
        _erase_where(case, lambda value: paths_about(value, who), act, frozenset(), by=who.id)
        for task in session().scalars(sa.select(Task).where(Task.case_id == case.id)):
            task.closed_by_name = who.pseudonym if task.closed_by == who.id else task.closed_by_name
            if task.item is not None and paths_about({"item": task.item}, who):
                task.item = None
        case.parties = {name: _party(party, who) for name, party in case.parties.items()}
        _forget_state(case, act)
        return act.bury(case)


def _ensure_ended(case: Case) -> None:
    if case.ended_at is None:
        raise RetentionRefused(why=_("事项尚未办结"))


def _erase_content(case: Case, act: Act) -> None:
    """The answers of every revision, the files, and the words that lists show."""
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)):
        _from_answers(row, [f"/{pointer(key)}" for key in row.data], act)
    erase_materials(Material.case_id == case.id, act)
    erase_transfers(Transfer.case_id == case.id, act)
    tables.clear_part("content", case.id, act)
    case.summary = ERASED if case.summary else ""


def _erase_history(case: Case, whole: Who | None, act: Act) -> None:
    """Names and words of the history. At one person's wish the names of the others stay: they are not theirs."""
    for event in _events(case):
        named = whole is None or event.actor_id == whole.id
        _from_event(event, _said_in(event) + ([NAME] if named else []), act)
    for task in session().scalars(sa.select(Task).where(Task.case_id == case.id)):
        task.item = None
        if task.closed_by_name and (whole is None or task.closed_by == whole.id):
            task.closed_by_name = whole.pseudonym if whole else ERASED
    case.starter_name, case.handler = whole.pseudonym if whole else ERASED, ""
    case.parties = {name: party | {"name": whole.pseudonym if whole and party.get("ref") == whole.ref else ERASED} if party and party.get("kind") == "person" else party
                    for name, party in case.parties.items()}
    tables.clear_part("history", case.id, act)


def _said_in(event: Event) -> list[str]:
    """The paths of what people and outside systems said with an event. Leaf by leaf: whoever reads it finds the shape it had."""
    said = {key: value for key, value in event.details.items() if key not in STRUCTURE}
    return [path for path, leaf in leaves_of(said, "/details") if path.rpartition("/")[2] not in _PLACES and leaf not in (None, "", [], {})]


def _erase_fields(case: Case, classes: frozenset[str], act: Act) -> frozenset[str]:
    """The fields of these classes, with the files they name; the texts that stood there, for where else they stand."""
    found, files = set(), set()
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)) if classes else ():
        paths = personal_paths(case, row, classes)
        leaves = [leaf for path, leaf in leaves_of(row.data) if _under(path, paths)]
        found |= {text for leaf in leaves for text in (leaf if isinstance(leaf, list) else [leaf]) if isinstance(text, str) and len(text) > 1}
        files |= {text for text in found if len(text) == 32}  # ids of materials, among others: only those of this case are taken
        _from_answers(row, sorted(paths), act)
    if files:
        erase_materials(sa.and_(Material.case_id == case.id, Material.id.in_(files)), act)
    return frozenset(found - files)


def _erase_where(case: Case, paths_of, act: Act, texts: frozenset[str], by: str = "") -> None:
    """Erases the leaves that `paths_of` finds in answers and events of a case, and `texts` from its row."""
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)):
        _from_answers(row, paths_of(row.data), act)
    for event in _events(case):
        found = [path for path in paths_of({"details": event.details}) if path.split("/")[2] not in STRUCTURE]
        named = event.actor_name in texts or (by and event.actor_id == by)
        _from_event(event, found + ([NAME] if named else []), act)
    for text in sorted(texts, key=len, reverse=True):
        case.summary = case.summary.replace(text, ERASED)
    if case.starter_name in texts:
        case.starter_name = ERASED
    if texts:
        case.parties = {name: party | {"name": ERASED} if party and party.get("name") in texts else party for name, party in case.parties.items()}
        for task in session().scalars(sa.select(Task).where(Task.case_id == case.id)):
            task.item = None if task.item is not None and paths_of({"item": task.item}) else task.item


def _forget_state(case: Case, act: Act) -> None:
    """The engine's states: their digests are in the events, an ended case needs no other."""
    if not act.taken:
        return
    session().execute(sa.delete(Snapshot).where(Snapshot.case_id == case.id))
    session().execute(sa.update(CaseMove).where(CaseMove.case_id == case.id).values(state=None, rows={}))
    case.version += 1


def _from_answers(row: Answers, paths, act: Act) -> None:
    if leaves := _count(row.data, paths):
        erase_from_answers(row, paths)
        act.took("answers", leaves, _digests(row.data, paths))


def _from_event(event: Event, paths, act: Act) -> None:
    if leaves := _count(said_by(event), paths):
        erase_from_event(event, paths)
        act.took("event", leaves, _digests(said_by(event), paths))


def _count(value, paths) -> int:
    """How many leaves are at or below these places."""
    return sum(_under(path, paths) for path, _leaf in leaves_of(value))


def _under(path: str, roots) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _digests(value, paths) -> list[str]:
    """The digests that stand at these places now."""
    return [child[MARK] for child in (_at(value, path) for path in sorted(paths)) if is_erased(child)]


def _at(value, path: str):
    for step in path.split("/")[1:]:
        if is_erased(value):
            return value
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value.get(key) if isinstance(value, dict) else None
    return value


def _paths_of(value, texts: frozenset[str], path: str = "") -> list[str]:
    """Where one of these texts stands, as a whole or within a longer one."""
    longer = [text for text in texts if len(text) > 2]
    return [place for place, leaf in leaves_of(value, path) if _holds(leaf, texts, longer)]


def _holds(leaf, texts, longer) -> bool:
    if isinstance(leaf, list):
        return any(_holds(one, texts, longer) for one in leaf)
    return isinstance(leaf, str) and (leaf in texts or any(text in leaf for text in longer))


def _party(party, who: Who):
    return party | {"name": who.pseudonym} if party and party.get("ref") == who.ref else party


def _events(case: Case):
    return session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.kind != KIND).order_by(Event.seq)).all()
