"""Each form of a case as it read when an event brought it, in words: for the printed history and for the player without a network."""
from __future__ import annotations

from collections.abc import Iterator

from app import rendering
from app.audit.packs.concealing import WITHHELD, Concealer
from app.audit.player.filled import Forms
from app.audit.player.track import events_of
from app.audit.player.walking import Walk
from app.proof.digests import is_erased
from app.store.models import Case

ERASED = "（已依法清除）"
LONGEST = 20_000  # characters of one value


def looks_of(case: Case, concealer: Concealer, *, actor) -> list[dict]:
    """[{seq, form, title, revision, digest, sections: [{title, fields: [{label, value | columns + rows}]}]}], as they came."""
    forms = Forms(Walk(case), events_of(case), actor)
    return [_look(forms, revision, concealer) for revision in forms.revisions if revision in forms.at(revision.row.seq)]


def _look(forms: Forms, revision, concealer: Concealer) -> dict:
    form, row = forms.form_of(revision), revision.row
    told = concealer.answers(row).value
    words = forms.words(revision, _remaining(told))
    labels, instead = rendering.labels(form), ERASED if concealer.naming.names else WITHHELD
    sections = [{"title": section.title, "fields": list(_fields(section, words, told, labels, instead))} for section in form.sections]
    return {"seq": row.seq, "form": row.form, "title": form.title, "revision": row.revision, "digest": row.digest,
            "sections": concealer.value([section for section in sections if section["fields"]])}


def _fields(section, words: dict, told: dict, labels: dict, instead: str) -> Iterator[dict]:
    for field in section.fields:
        label, value = labels.get(field.key, field.key), words.get(field.key)
        if is_erased(told.get(field.key)):
            yield {"label": label, "value": instead}
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield {"label": label, **_table(field, value, told.get(field.key), labels, instead)}
        elif value not in (None, "", []):
            yield {"label": label, "value": str(value)[:LONGEST]}


def _table(field, rows: list[dict], told, labels: dict, instead: str) -> dict:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    gone = [set(key for key in keys if is_erased(row) or is_erased(row.get(key))) for row in told] if isinstance(told, list) else []
    cells = [[instead if place < len(gone) and key in gone[place] else _cell(row.get(key)) for key in keys] for place, row in enumerate(rows)]
    return {"columns": [labels.get(f"{field.key}.{key}", key) for key in keys], "rows": cells}


def _cell(value) -> str:
    return "" if value is None else str(value)[:LONGEST]


def _remaining(value):
    """A value without what was erased from it; a row of which nothing is left stays as an empty one, so that the others keep their places."""
    if isinstance(value, dict):
        return {} if is_erased(value) else {key: _remaining(inner) for key, inner in value.items() if not is_erased(inner)}
    return [_remaining(inner) for inner in value] if isinstance(value, list) else value
