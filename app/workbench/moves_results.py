"""What a plan's dry run found and what became of each case, as its pages and its workbook show it. Reads only."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import defer

from app import engine
from app.errors import NotFound
from app.jobs import Job, JobItem, Progress, items_of, progress_of
from app.operations import releases
from app.operations.moving import LOOKING, reasons_against
from app.operations.reading.views import Page
from app.sheets import Column, write_book
from app.store import session
from app.store.models import Case, CaseMove, Event, Release
from app.workbench.moves_models import MovePlan

NAMED = 12  # numbers of cases told with a group
TOGETHER = 500  # cases of a workbook that are looked up at once


@dataclass(frozen=True)
class Group:
    """Cases of one outcome: the words, how many, and the numbers of the first of them."""

    words: str
    count: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """An element of the new release that can be chosen."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True)
class Question:
    """A step that needs a word: where tokens that stand there go. `chosen` is None while nothing is said."""

    element: str
    name: str
    reason: str
    count: int
    release: str
    old_file: str
    new_file: str
    proposals: tuple[Place, ...]
    places: tuple[Place, ...]
    chosen: str | None


@dataclass(frozen=True)
class Found:
    """What a dry run found. `total` counts its cases, `failed` those at which it broke off."""

    progress: Progress
    will: tuple[Group, ...]
    questions: tuple[Question, ...]
    refused: tuple[Group, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class Line:
    """What became of one case. `state` is waiting, failed, moved (can be undone), acted or undone."""

    case_id: int
    number: str
    state: str
    words: str


def progress(job_id: str, clock) -> Progress | None:
    """How far a job of a plan is; None while there is none."""
    job = session().get(Job, job_id, populate_existing=True) if job_id else None
    return progress_of(job, clock) if job else None


def found_by(plan: MovePlan, clock) -> Found:
    """What the last dry run of a plan found so far."""
    will: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    asked: dict[str, list] = {}
    counts = {"will": 0, "choose": 0, "refused": 0}
    releases_by_case = _releases(plan)
    for item in _items(plan.trial_job):
        if item.state not in ("done", "failed"):
            continue
        outcome = item.detail["outcome"] if item.state == "done" else "refused"
        counts[outcome] += 1
        if outcome == "choose":
            for _kind, element, name, reason, proposals in item.detail["obstacles"]:
                asked.setdefault(element, [name, reason, proposals, releases_by_case[item.case_id], []])[4].append(item.label)
        else:
            (will if outcome == "will" else refused).setdefault(item.words, []).append(item.label)
    for element in plan.mapping:
        asked.setdefault(element, None)
    questions = tuple(question for element, said in asked.items() if (question := _question(plan, element, said, releases_by_case)))
    return Found(progress(plan.trial_job, clock), _groups(will), questions, _groups(refused), counts)


def _groups(found: dict[str, list[str]]) -> tuple[Group, ...]:
    groups = [Group(words, len(numbers), tuple(numbers[:NAMED])) for words, numbers in found.items()]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _question(plan: MovePlan, element: str, said: list | None, by_case: dict[int, str]) -> Question | None:
    """The question about an element; None when no release of the cases has it."""
    new = releases.process_in(plan.release, plan.process_id)
    known = dict.fromkeys([said[3]] if said else by_case.values())
    release = next((digest for digest in known if element in releases.process_in(digest, plan.process_id).elements), None)
    if release is None:
        return None
    old = releases.process_in(release, plan.process_id)
    was = old.elements[element]
    places = tuple(_place(new, each) for each in engine.places(old, new, element))
    proposed = said[2] if said else ()
    return Question(
        element=element, name=was.name or element, reason=said[1] if said else "", count=len(said[4]) if said else 0, release=release,
        old_file=was.file, new_file=new.elements[places[0].id].file if places else new.file, proposals=tuple(_place(new, each) for each in proposed),
        places=places, chosen=plan.mapping.get(element))


def _place(process: engine.Process, element: str) -> Place:
    found = process.elements[element]
    if found.kind == "parallelGateway":
        joins = sum(flow.target == element for flow in process.flows.values()) > 1
        return Place(element, found.name or (_("汇合") if joins else _("分岔")), _("视为已办，等其他分支") if joins else _("同时开始几路"))
    return Place(element, found.name or element, kind_words(found.kind))


def kind_words(kind: str) -> str:
    """What a kind of element is called."""
    return {
        "userTask": _("人工环节"), "receiveTask": _("等待消息"), "intermediateCatchEvent": _("等待"), "serviceTask": _("请外部系统办理"),
        "scriptTask": _("自动赋值"), "businessRuleTask": _("按规则判断"), "exclusiveGateway": _("分支判断"),
        "subProcess": _("子流程"), "callActivity": _("调用流程")}.get(kind, kind)


def counts_of(plan: MovePlan) -> dict[str, int]:
    """How many cases of a plan were moved, acted since, were undone, and failed."""
    moves = sa.select(CaseMove).where(CaseMove.key.startswith(plan.move_job + ":")).subquery() if plan.move_job else None
    job = session().get(Job, plan.move_job) if plan.move_job else None
    if moves is None or job is None:
        return {"moved": 0, "acted": 0, "undone": 0, "failed": 0}
    acted = sa.exists().where(Event.case_id == moves.c.case_id, Event.seq > moves.c.seq, Event.kind.not_in(LOOKING))
    undone = session().scalar(sa.select(sa.func.count()).select_from(moves).where(moves.c.undone))
    return {"moved": job.done, "undone": undone, "failed": job.failed,
            "acted": session().scalar(sa.select(sa.func.count()).select_from(moves).where(~moves.c.undone, acted))}


def lines_of(plan: MovePlan, *, state: str = "", cursor: str = "") -> Page:
    """What became of each case that was to be moved, a page at a time."""
    page = items_of(session().get(Job, plan.move_job), state=state, cursor=cursor)
    return Page(tuple(_lines(page.rows)), page.cursor)


def _lines(items: Sequence[JobItem]) -> list[Line]:
    """Each item's line, with three questions to the database however many there are."""
    keys = [f"{item.job_id}:{item.position}" for item in items]
    moves = {move.key: move for move in session().scalars(sa.select(CaseMove).where(CaseMove.key.in_(keys)).options(defer(CaseMove.state)))}
    against = reasons_against([move for move in moves.values() if not move.undone])
    return [_line(item, moves.get(key), against) for item, key in zip(items, keys)]


def _line(item: JobItem, move: CaseMove | None, against: Mapping[tuple[int, int], str]) -> Line:
    if item.state == "failed":
        return Line(item.case_id, item.label, "failed", item.words)
    if item.state != "done" or move is None:
        return Line(item.case_id, item.label, "waiting", _("未办") if item.state == "waiting" else _("已停止，未办"))
    if move.undone:
        return Line(item.case_id, item.label, "undone", _("已撤销，按原版本办理"))
    why = against[move.case_id, move.seq]
    return Line(item.case_id, item.label, "acted" if why else "moved", why)


def release_numbers() -> dict[str, int]:
    """digest -> number, of all releases."""
    return dict(session().execute(sa.select(Release.digest, Release.number)).all())


def diagram_in(plan: MovePlan, digest: str, path: str) -> bytes:
    """A diagram of a release of the plan's procedure. Raises NotFound."""
    release = session().get(Release, digest)
    files = releases.procedure_of(digest).files if release is not None and release.procedure == plan.procedure else {}
    if not path.endswith(".bpmn") or path not in files:
        raise NotFound()
    return files[path]


def workbook(plan: MovePlan) -> bytes:
    """The whole plan as a workbook: each case, what the dry run said, what became of it."""
    columns = [Column("number", _("业务流水号"), width=24), Column("from", _("原版本"), width=10), Column("trial", _("预演"), width=14),
               Column("words", _("预演说明"), width=60), Column("result", _("结果"), width=14), Column("why", _("结果说明"), width=50)]
    return write_book(_("在办事项迁移"), columns, _book_rows(plan))


def _book_rows(plan: MovePlan) -> Iterator[tuple]:
    outcomes = {"will": _("可以迁移"), "choose": _("需要指定环节"), "refused": _("不能迁移")}
    states = {"failed": _("没有迁移"), "moved": _("已迁移"), "acted": _("已迁移，已办理"), "undone": _("已撤销"), "waiting": _("未办")}
    moved = _items(plan.move_job) if plan.move_job else []
    results = {line.case_id: line for place in range(0, len(moved), TOGETHER) for line in _lines(moved[place:place + TOGETHER])}
    numbers, before = release_numbers(), _releases(plan)
    for item in _items(plan.trial_job):
        line = results.get(item.case_id)
        yield (item.label, numbers.get(before.get(item.case_id), ""), outcomes.get(item.detail.get("outcome"), _("未办")), item.words,
               states[line.state] if line else "", line.words if line else "")


def _items(job_id: str) -> list[JobItem]:
    return list(session().scalars(sa.select(JobItem).where(JobItem.job_id == job_id).order_by(JobItem.position).execution_options(populate_existing=True)))


def _releases(plan: MovePlan) -> dict[int, str]:
    """case -> the release it comes from."""
    cases = sa.select(JobItem.case_id).where(JobItem.job_id == plan.trial_job)
    found = dict(session().execute(sa.select(Case.id, Case.release).where(Case.id.in_(cases))).all())
    moved = session().execute(sa.select(CaseMove.case_id, CaseMove.from_release).where(CaseMove.key.startswith(plan.move_job + ":"))) if plan.move_job else ()
    return found | dict(tuple(row) for row in moved)
