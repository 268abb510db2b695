"""What forms may offer for choosing and cannot know themselves: people, organisations, cases, uploaded files.

Operations implement `Choices`; rendering only asks. All lists hold what the acting person may choose, and no more:
a value outside them is refused.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Choice:
    """A person, organisation or case to choose. `value` is a reference (`person:7`, `org:3`) or a case number; `code` the credit code."""

    value: str
    label: str
    detail: str = ""
    code: str = ""


@dataclass(frozen=True)
class Entry:
    """A row of a register: `key` names it for good, `row` has its columns, `kept` those that answers keep."""

    key: str
    name: str
    row: Mapping
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """An uploaded file. `size` in bytes, `kind` the extension without a dot, `uploaded_at` as it is to be shown.

    Of a picture also its pixels and the colours of the original (`mode`: RGB, CMYK, …; + after it: transparent).
    """

    id: str
    name: str
    size: int
    kind: str
    uploaded_at: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""


class Choices(Protocol):
    def code_table(self, name: str) -> tuple:
        """The entries (`app.definitions` Code) of a code table of the procedure the form belongs to; () when unknown."""

    def people(self, role: str, scope: Any) -> Iterable[Choice]:
        """Holders of a role, of one organisation when `scope` (a reference or party) is given."""

    def organisations(self, kind: str) -> Iterable[Choice]:
        """Organisations of a kind; all when the kind is empty."""

    def entries(self, register: str) -> Iterable[Entry]:
        """The entries in force of a register of the procedure, in their order."""

    def cases(self, process: str, waiting_for: str, scope: Any, group: str = "", among: tuple[str, ...] | None = None) -> Iterable[Choice]:
        """Cases of a process that wait for a message and belong to `scope` and `group`, or those of these numbers."""

    def materials(self, ids: Iterable[str]) -> Iterable[Material]:
        """Those of the files that exist and may be seen."""

    def paper_notes(self, report: str, ids: list[str]) -> Iterable[str]:
        """What is to be said about uploaded signed copies of a report: an old version, another paper."""

    def turnout(self, cases: list[str]) -> Iterable[Any]:
        """How far the secret ballots of these cases are: `attending`, `cast`, `open` of each that has one, and no more."""

    def seal(self, words: str) -> str:
        """A mark that nobody but the service can give to these words."""


class NoChoices:
    """Offers nobody and nothing but code tables; for checks and renderings that need no one else."""

    def __init__(self, code_tables: Mapping[str, tuple] | None = None):
        self.code_tables = code_tables or {}

    def code_table(self, name):
        return self.code_tables.get(name, ())

    def people(self, role, scope):
        return []

    def organisations(self, kind):
        return []

    def entries(self, register):
        return []

    def cases(self, process, waiting_for, scope, group="", among=None):
        return []

    def materials(self, ids):
        return []

    def paper_notes(self, report, ids):
        return []

    def turnout(self, cases):
        return []

    def seal(self, words):
        return ""


class Remembered:
    """The same choices, each question asked once: a page or a check asks the same people and files several times."""

    def __init__(self, choices: Choices):
        self._choices, self._known = choices, {}

    def _ask(self, question: str, *arguments):
        key = (question, repr(arguments))
        if key not in self._known:
            found = getattr(self._choices, question)(*arguments)
            self._known[key] = found if question == "code_table" else list(found)
        return self._known[key]

    def code_table(self, name):
        return self._ask("code_table", name)

    def people(self, role, scope):
        return self._ask("people", role, scope)

    def organisations(self, kind):
        return self._ask("organisations", kind)

    def entries(self, register):
        return self._ask("entries", register)

    def cases(self, process, waiting_for, scope, group="", among=None):
        return self._ask("cases", process, waiting_for, scope, group, among)

    def materials(self, ids):
        return self._ask("materials", list(ids)) if ids else []

    def paper_notes(self, report, ids):
        return self._ask("paper_notes", report, list(ids))

    def turnout(self, cases):
        return self._ask("turnout", list(cases)) if cases else []

    def seal(self, words):
        return self._choices.seal(words)


class FormUrls(Protocol):
    """Where the page's links and requests go; given by the routes.

    The section's own form posts to the address of the page. Its buttons are called `do` and carry a command
    (`app.rendering.read_command`), so that everything works without a script.
    """

    def refresh(self, section: str) -> str:
        """Receives the section by htmx when a field that others depend on changes; answers with the section."""

    def refresh_row(self, field: str) -> str:
        """The same for the row of a table on its own page; answers with the row."""

    def material(self, id: str) -> str:
        """Shows an uploaded file."""

    def blank(self, field: str) -> str:
        """Downloads the empty form of a file field (`blank`)."""

    def sample(self, field: str) -> str:
        """Downloads the sample of a file field (`sample`)."""

    def files(self, field: str, verb: str) -> str:
        """The page that does something with the files of a field: choose, order, crop; "" where there is none."""

    def upload(self, name: str) -> str:
        """Where files of an input are uploaded to in pieces, `task:field`; "" when they are not."""

    def row(self, table: str, number: int) -> str:
        """The page of a row of a table; "" where there is none."""

    def phrases(self, field: str) -> Iterable[tuple]:
        """(id, text) of the phrases that are offered beside a long text; their buttons are called `phrase:<field>:<id>`."""

    def sheet(self, field_key: str, verb: str) -> str:
        """A table or list of cases as a workbook (`book`), or the page that fills it from one (`choose`); "" where there is none."""
