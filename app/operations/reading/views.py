"""What pages and the API show, as frozen values: no queries, no HTML, no behaviour beyond asking itself.

Anybody may import it. Rows of lists hold only what a list shows; times are aware UTC.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Page:
    """One keyset page: `cursor` asks for the next one, empty when this is the last."""

    rows: tuple
    cursor: str = ""


@dataclass(frozen=True)
class TaskRow:
    """A task in a list. `held` = the actor has it; otherwise it lies in one of the actor's pools."""

    id: str
    case_id: int
    element: str
    name: str
    stage: str
    number: str
    title: str
    summary: str
    starter_name: str
    due: str
    created_at: datetime
    opened_at: datetime | None
    held: bool
    personal: bool = False
    excluded: tuple[str, str] | None = None  # (person id, earlier element's name): four eyes keeps the actor out


@dataclass(frozen=True)
class CaseRow:
    """A case in a list (S1-141). `task` = (id, name) of a task of it that waits for the actor."""

    id: int
    number: str
    title: str
    summary: str
    starter_id: str
    starter_name: str
    tab: str
    stage: str
    handler: str
    result: str
    tone: str
    changed_at: datetime
    task: tuple[str, str] | None = None
    actions: tuple = ()
    process_id: str = ""


@dataclass(frozen=True)
class Counts:
    """How much waits for a person; a number equal to `Counts.MOST` means “that many or more”."""

    held: int = 0
    pool: int = 0
    unread: int = 0
    tabs: dict = field(default_factory=dict)  # tab -> number of the person's own cases

    MOST = 1000


@dataclass(frozen=True)
class WorkList:
    """The tasks of one step that lie in the actor's pools."""

    element: str
    name: str
    process_id: str
    count: int
    oldest: datetime


@dataclass(frozen=True)
class StageMark:
    """One piece of the bar: state is done|current|coming."""

    label: str
    state: str


@dataclass(frozen=True)
class Happening:
    """One line of a case's history. `who` is already masked for whoever reads it."""

    seq: int
    at: datetime
    kind: str
    element: str
    element_name: str
    who: str
    outcome: str
    outcome_label: str
    tone: str
    reason: str
    marks: tuple[tuple[str, str], ...] = ()  # (place, remark)


@dataclass(frozen=True)
class StepState:
    """A step of the diagram as a reader's list: state is open|done|cancelled."""

    element: str
    name: str
    lane: str
    state: str
    visits: int
    who: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class FormLink:
    """A filled form that the reader may see: its latest answers. `older`: given before what it is about was changed (D-53)."""

    key: str
    title: str
    answers_id: int
    at: datetime
    revision: int = 1
    older: bool = False


@dataclass(frozen=True)
class ReportLink:
    """A report of a case: whether it is open for printing now, and when it was last printed (S1-209).

    `listed`: it is a list over many cases, printed after asking.
    """

    key: str
    title: str
    title_en: str
    stage: str
    available: bool
    printed_at: datetime | None = None
    listed: bool = False


@dataclass(frozen=True)
class CaseReports:
    """A case and its reports, as the print centre shows them."""

    case: object
    reports: tuple[ReportLink, ...]


@dataclass(frozen=True)
class CaseView:
    """A case as its page shows it."""

    case: object
    stages: tuple[StageMark, ...]
    open_tasks: tuple[TaskRow, ...]
    mine: tuple[TaskRow, ...]
    actions: tuple
    since: datetime
    due: str
    handler: str = ""


@dataclass(frozen=True)
class TaskView:
    """A task as its page shows it. `mine` = the actor may fill it now; `takeable` = may take it first."""

    task: object
    head: CaseView
    form: object | None
    answers: dict
    draft: object | None
    context: object
    decisions: tuple
    remarks: tuple[Happening, ...]
    mine: bool
    takeable: bool
    beside: tuple[FormLink, ...]
    marks: tuple = ()  # what the actor has marked at this step and not sent
    markable: frozenset = frozenset()  # forms that may be marked here
    returned: tuple = ()  # remarks on this form that the actor was sent
    carried: bool = False  # the form opens with what was typed before the step was taken back
    claim: str = ""  # why completing it would be refused: another case holds what it claims
