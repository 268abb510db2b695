"""What a pack without names holds back: names, personal fields and free words are replaced by their digests, so that everything still verifies.

Account ids stay: the public hash of an event is over them. Rows from before there were salted digests lose the same parts;
their digests were never public.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa

from app.audit.packs.mentioned import people_of
from app.audit.packs.naming import Naming
from app.operations import releases
from app.operations.past_releases import Past
from app.people import SYSTEM
from app.proof.chain import said_by
from app.proof.digests import erased_of, is_erased, leaves_of, new_salt, pointer, redact
from app.store import session
from app.store.models import Answers, Case, Event

WITHHELD = "（未提供）"
# What an event's details say about the course alone: all else may hold names or free words.
COURSE = frozenset({"trail", "roles", "task", "tab", "label", "request", "topic", "subscription", "from", "to", "mapping", "since", "of"})
_PEOPLE = ("person", "people", "look_up")
_SHORTEST_NAME, _SHORTEST_NUMBER = 2, 7  # characters below which a word could stand anywhere


class Said(NamedTuple):
    """A value as a pack tells it, with the salts that its digest needs."""

    value: object
    salt: str
    kept: dict | None


class Concealer:
    """How much of a case is told. With names: everything."""

    def __init__(self, case: Case, naming: Naming):
        self.case, self.naming, self._past = case, naming, Past(case)

    def event(self, event: Event) -> Said:
        """What can be erased of an event, as `said_by` has it."""
        said = said_by(event)
        if self.naming.names:
            return Said(said, event.salt, event.kept)
        paths = [] if event.actor_id == SYSTEM.id else ["/actor_name"]
        paths += [f"/details/{pointer(key)}" for key in said["details"] if key not in COURSE]
        return self._without(said, event, paths)

    def answers(self, row: Answers) -> Said:
        """The data of one revision of answers."""
        if self.naming.names:
            return Said(row.data, row.salt, row.kept)
        return self._without(row.data, row, [f"/{path}" for path in self._hidden(row)])

    def text(self, text: str) -> str:
        """A text without the words that tell who somebody of the case is."""
        for word, instead in () if self.naming.names else self._words:
            text = text.replace(word, instead)
        return text

    def value(self, value):
        """The same inside lists and maps."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(inner) for key, inner in value.items()}
        return [self.value(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    def _without(self, value, row, paths: list[str]) -> Said:
        paths = [*paths, *(path for path, leaf in leaves_of(value) if self._tells(leaf))]
        if not row.scheme:
            return Said(redact(value, new_salt(), None, paths)[0], "", row.kept)
        told, kept = redact(value, row.salt, row.kept, paths, row.scheme)
        return Said(told, "", kept) if any(erased_of(told)) else Said(value, row.salt, row.kept)

    def _tells(self, leaf) -> bool:
        texts = leaf if isinstance(leaf, list) else [leaf]
        return any(word in text for text in texts if isinstance(text, str) for word, _instead in self._words)

    def _hidden(self, row: Answers) -> list[str]:
        """Paths (`phone`, `works/0/author`) of what a revision holds of personal data, by the form of the release of then."""
        form = releases.procedure_of(self._past.digest_at(row.seq)).forms.get(row.form)
        if form is None:
            return [pointer(key) for key in row.data]
        fields = {field.key: field for field in form.fields()}
        return [path for key, value in row.data.items() for path in _hidden(fields.get(key), pointer(key), value)]

    @cached_property
    def _words(self) -> list[tuple[str, str]]:
        """(what tells a person, what stands there instead), the longest first: a name may be part of another."""
        rows = session().scalars(sa.select(Answers).where(Answers.case_id == self.case.id)).all()
        people = people_of(self.case, [row.data for row in rows])
        words = {name: self.naming.person(person) for name, person in people.items() if len(name) >= _SHORTEST_NAME}
        told = (_at(row.data, path) for row in rows for path in self._hidden(row))
        numbers = {text for value in told for text in _texts(value) if len(text) >= _SHORTEST_NUMBER}
        return sorted((dict.fromkeys(numbers, WITHHELD) | words).items(), key=lambda pair: -len(pair[0]))


def _hidden(field, path: str, value) -> Iterator[str]:
    if field is None or field.personal or field.names_person or field.type in _PEOPLE:
        yield path
    elif field.type == "table" and isinstance(value, list):
        columns = {column.key: column for column in field.all_columns()}
        for place, row in enumerate(value):
            for key, cell in (row.items() if isinstance(row, Mapping) and not is_erased(row) else ()):
                yield from _hidden(columns.get(key), f"{path}/{place}/{pointer(key)}", cell)


def _at(value, path: str):
    for step in path.split("/"):
        value = value[int(step)] if isinstance(value, list) else value[step.replace("~1", "/").replace("~0", "~")]
    return value


def _texts(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for key in ("name", "ref") for text in _texts(value.get(key)))
