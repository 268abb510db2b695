"""Reading blind: who a case is about is kept from masked roles while its process says `blind` (D-126, C-061).

Every name and number that tells the person is replaced by a label in whatever is read: answers, expressions, lists,
history, file names. What stands inside an uploaded file cannot be replaced: such files are closed by `names_person`.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace

import sqlalchemy as sa

from app import engine
from app.expressions import EvaluationError, compile_expression
from app.operations import releases
from app.operations.readership import reads_masked
from app.store import session
from app.store.models import Answers, Case, Process, Snapshot

_ROW_TEXTS = ("title", "summary", "starter_name", "handler")
_HIDDEN = "＊＊＊"
_SHORTEST = 2  # a single character is no name: replacing it would tear words apart


@dataclass(frozen=True)
class Veil:
    """What stands between a reader and the person of a case: `label` in place of their names, stars in place of numbers."""

    case: Case
    label: str

    def text(self, text: str) -> str:
        """The text without what tells the person."""
        for telling, instead in self._words:
            text = text.replace(telling, instead)
        return text

    def value(self, value):
        """The same inside lists and maps."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(inner) for key, inner in value.items()}
        return [self.value(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    def answers(self, form, answers: Mapping) -> dict:
        """The answers to a form: fields of personal data left out, those that name the person with the label."""
        kept = {key: self._field(form.field(key) if form else None, value) for key, value in answers.items()}
        return {key: value for key, value in kept.items() if value is not None}

    def _field(self, field, value):
        if field is None:
            return self.value(value)
        if field.personal and not field.names_person:
            return None
        if field.names_person:
            return self.label if isinstance(value, str) and field.type in ("text", "long_text") else None
        if field.type == "table":
            return [self._row(field, row) for row in value or () if isinstance(row, Mapping)]
        return self.value(value)

    def _row(self, field, row: Mapping) -> dict:
        columns = {column.key: column for column in field.all_columns()}
        cells = {key: self._field(columns.get(key), cell) for key, cell in row.items()}
        return {key: cell for key, cell in cells.items() if cell is not None}

    @cached_property
    def _words(self) -> list[tuple[str, str]]:
        """(what tells the person, what stands there instead), the longest first: a name may be part of another."""
        names = {self.case.starter_name, *self._told(lambda field: field.names_person)}
        numbers = {f"person:{self.case.starter_id}", *self._told(lambda field: field.personal and not field.names_person)}
        words = {word: _HIDDEN for word in numbers if len(word) > 6} | {word: self.label for word in names if len(word) >= _SHORTEST}
        return sorted(words.items(), key=lambda pair: -len(pair[0]))

    def _told(self, wanted) -> Iterator[str]:
        forms = releases.procedure_of(self.case.release).forms
        for key, answers_id in self.case.latest.items():
            fields = [field for field in forms[key].fields() if wanted(field)] if key in forms else []
            given = session().get(Answers, answers_id) if fields else None
            if given is None or given.actor_id != self.case.starter_id:
                continue  # what others wrote names others too
            yield from (text for field in fields for text in _texts(given.data.get(field.key)))


class Veiled:
    """Something of a case as its blind reader sees it: everything as it is, but the person in these attributes."""

    def __init__(self, subject, veil: Veil, names: tuple[str, ...]):
        self._subject, self._veil, self._names = subject, veil, names

    def __getattr__(self, name: str):
        found = getattr(self._subject, name)
        return self._veil.value(found) if name in self._names else found


def veil_of(case: Case, actor) -> Veil | None:
    """What hides the person of this case from this reader; None when nothing does."""
    case = case._subject if isinstance(case, Veiled) else case
    blind, label = releases.process_of(case).blind
    if not blind or not reads_masked(case, actor):
        return None
    snapshot = session().get(Snapshot, case.id)
    known = {"vars": engine.variables_of(snapshot.state) if snapshot else {}}
    erased = snapshot is None and case.ended_at is not None  # with the state went how it was read: rather hidden than shown
    if not erased and _evaluated(blind, known) is not True:
        return None
    return Veil(case, str(_evaluated(label, known) or "") or f"№{case.number[-4:]}")


def may_be_blind(place, actor) -> bool:
    """Whether a case of this `release` and `process_id` could be blind for this actor: spares most lists a look at each case."""
    if not releases.process_of(place).blind[0]:
        return False
    roles = releases.procedure_of(place.release).roles
    return any(roles[role].masked for role, _organisation in actor.roles if role in roles)


def reads_some_blind(actor) -> bool:
    """Whether any case could be blind for this actor: lists of theirs then find nobody by name, number of a document or unit."""
    rows = session().scalars(sa.select(Process).where(releases.in_use()))
    return any(may_be_blind(SimpleNamespace(release=row.release, process_id=row.id), actor) for row in rows)


def masks_fields(case: Case, actor) -> bool:
    """Whether personal data is masked where it is shown: read blind there is none left, and a label needs no stars."""
    return reads_masked(case, actor) and veil_of(case, actor) is None


def veiled_case(case: Case, actor):
    """The case, or what its blind reader sees of it."""
    veil = veil_of(case, actor)
    return Veiled(case, veil, (*_ROW_TEXTS, "parties")) if veil else case


def veiled_notice(notice, actor):
    """A notice, or what a blind reader of its case sees of it."""
    case = session().get(Case, notice.case_id) if notice.case_id else None
    veil = veil_of(case, actor) if case is not None and may_be_blind(case, actor) else None
    return Veiled(notice, veil, ("title", "text")) if veil else notice


def veiled_row(row, actor, place):
    """A row of a list with the texts that its blind reader may see; `place`: its case, or what has its release and process."""
    if not may_be_blind(place, actor):
        return row
    case = place if isinstance(place, Case) else session().get(Case, row.case_id)
    veil = veil_of(case, actor)
    if veil is None:
        return row
    return replace(row, **{name: veil.text(getattr(row, name)) for name in _ROW_TEXTS if hasattr(row, name)})


def _evaluated(text: str, known: dict):
    try:
        return compile_expression(text).evaluate(known) if text else None
    except EvaluationError:
        return None


def _texts(value) -> Iterator[str]:
    """Every text in a value that could stand somewhere else too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for key in ("name", "ref") for text in _texts(value.get(key)))


def shows_what_was_sought(row, q: str, actor) -> bool:
    """Whether a search may find this row: one that is read blind only by what it shows, or its name could be guessed."""
    case = session().get(Case, getattr(row, "case_id", None) or row.id)
    return veil_of(case, actor) is None or any(q in text for text in (row.number, row.title, row.summary, row.starter_name))
