"""What analysts may read of past cases: values in words, with everything personal covered. Reads definitions and answers only.

A value counts as personal where its field says so, and wherever else the same text stands (a variable that a script
copied it into). Names of people of the case are covered everywhere.
"""
from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from app.definitions import Procedure
from app.operations import releases
from app.operations.past_releases import releases_of
from app.rendering.texts import masked, readable
from app.store import session
from app.store.models import Answers, Case

LONGEST = 60  # characters of a value in a list
SHORTEST = 2  # a personal text of one character would cover half the page


class Cover:
    """Covers personal data of one case. `answers` are all revisions that matter: form -> answers."""

    def __init__(self, procedure: Procedure, answers: Mapping[str, Mapping], names: tuple[str, ...] = ()):
        self.forms = procedure.forms
        self.hidden: dict[str, str] = {name: masked(name, "name") for name in names if len(name) >= SHORTEST}
        for key, given in answers.items():
            self.learn(key, given)

    def learn(self, form: str, given: Mapping, forms: Mapping | None = None) -> None:
        """Personal texts of further answers; `forms` are those of another release that the case was in."""
        forms = self.forms if forms is None else forms
        if form in forms:
            self._learn(forms[form].fields(), given)

    def _learn(self, fields, given: Mapping) -> None:
        for field in fields:
            value = given.get(field.key)
            if field.columns or field.kinds:
                for row in value if isinstance(value, list) else []:
                    self._learn(field.all_columns(), row)
            elif (field.personal or field.names_person) and isinstance(value, str) and len(value) >= SHORTEST:
                self.hidden.setdefault(value, masked(value, field.personal or "name"))

    def value(self, value):
        """A copy with every personal text covered, also inside longer ones."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {name: self.value(each) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(each) for each in value]
        return value

    def _text(self, text: str) -> str:
        if text in self.hidden:
            return self.hidden[text]
        for secret in sorted(self.hidden, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, self.hidden[secret])
        return text


def cover_of(case: Case) -> Cover:
    """What covers a past case. Of all revisions of its answers: a name that was corrected stays personal, and so does what
    any release that the case came through calls personal."""
    names = [party.get("name", "") for party in case.parties.values() if isinstance(party, dict) and party.get("kind") == "person"]
    cover = Cover(releases.procedure_of(case.release), {}, (case.starter_name, *names))
    known = [releases.procedure_of(digest).forms for digest in releases_of(case)]
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)):
        for forms in known:
            cover.learn(row.form, row.data, forms)
    return cover


def in_words(value) -> str:
    """A value in a list: short, and nothing that looks like a program's."""
    if value is None or value == "":
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        plain = all(not isinstance(each, (list, dict)) for each in value)
        return readable(value)[:LONGEST] if plain and value and len(value) <= 5 else _("%(n)s 项", n=len(value))
    if isinstance(value, Mapping):
        return value["name"] if isinstance(value.get("name"), str) else _("一组值")
    text = readable(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
