"""Walks through a proposal: begun, gone on, gone back, kept. The steps in the real database are the truth.

Nothing of a walk is done inside a transaction of the real database; its own, throw-away one is the matter of `walks`.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.errors import NotFound, PlayRefused
from app.scenarios.runner import Walk, reason_of
from app.store import session, transaction
from app.workbench import proposals, recording
from app.workbench.models import Play, Proposal
from app.workbench.playable import playable
from app.workbench.playground import folder_of_plays, playground
from app.workbench.scenario_writing import person_entry
from app.workbench.walks import FAILURES, Remade, Standing, add_people, alone, finish, folder_of, keep_position, remake, return_to_mark, scenario_in, standing

__all__ = [
    "Remade", "Standing", "add_person", "begin_play", "drop_play", "folder_of", "go_back", "go_on", "play_of", "plays_of", "remake", "standing", "start_with",
    "sweep_plays", "work_in",
]
MOST_OF_ONE = 8  # walks of one person in one proposal: the one walked longest ago makes room
MOST_STEPS = 400
FOLDER_KEPT = timedelta(days=1)  # the throw-away databases
ROW_KEPT = timedelta(days=30)  # the steps, from which they can be made again


def begin_play(proposal: Proposal, script: dict, *, steps=(), source: str = "", title: str = "", actor, clock) -> Play:
    """A new walk whose first steps are these. Raises PlayRefused when the procedure cannot be walked or does not start so."""
    bundle = playable(proposals.bundle_of(proposal))
    with transaction() as store:
        play = Play(
            proposal_id=proposal.id, title=title[:200], digest=bundle.digest, version=proposal.version, source=source, script=script, steps=list(steps),
            position=len(list(steps)), person_id=actor.id, person_name=actor.name, created_at=clock(), changed_at=clock())
        store.add(play)
        store.flush()
        play_id = play.id
    try:
        play = play_of(proposal.id, play_id)
        remade = remake(play, bundle)
        keep_position(play, remade.position)
    except BaseException:
        drop_play(play_id)
        raise
    _make_room(proposal, actor)
    return play_of(proposal.id, play_id)


def play_of(proposal_id: int, play_id: int) -> Play:
    """Raises NotFound."""
    play = session().get(Play, play_id, populate_existing=True)
    if play is None or play.proposal_id != proposal_id:
        raise NotFound()
    return play


def plays_of(proposal: Proposal) -> list[Play]:
    """The walks of a proposal, the one walked last first."""
    return list(session().scalars(sa.select(Play).where(Play.proposal_id == proposal.id).order_by(Play.changed_at.desc(), Play.id.desc())))


def drop_play(play_id: int) -> None:
    """Forgets a walk."""
    with transaction() as store:
        store.execute(sa.delete(Play).where(Play.id == play_id))
    shutil.rmtree(folder_of(playground(), play_id), ignore_errors=True)


def _make_room(proposal: Proposal, actor) -> None:
    mine = [play.id for play in plays_of(proposal) if play.person_id == actor.id]
    for play_id in mine[MOST_OF_ONE:]:
        drop_play(play_id)


def _one_at_a_time(work):
    """Whoever presses twice, or at the same time as a colleague, waits until the first step is kept, and goes on from there."""
    @wraps(work)
    def run(play: Play, *told, **named):
        with alone(playground(), play.id, "steps"):
            session().rollback()  # the row as the one before left it
            return work(play, *told, **named)
    return run


@_one_at_a_time
def go_on(play: Play, do: dict, label: str, *, clock, person: Mapping | None = None) -> None:
    """Does one step and keeps it. Raises PlayRefused with the reason when it does not go: nothing has changed then."""
    if play.position >= MOST_STEPS:
        raise PlayRefused(why=_("一次试走最多 %(n)s 步", n=MOST_STEPS))
    if play.script.get("start") is None:
        raise PlayRefused(why=_("还没有发起事项，请先发起"))
    with standing(play) as now:
        steps = [*play.steps[: now.position], {"do": do, "label": label}]
        scenario = scenario_in(_with_person(play.script, person), steps)
        walk = Walk(scenario, now.clock, now.cases, now.walk.held)
        try:
            walk.do(scenario.steps[-1])
        except FAILURES as failure:
            session().rollback()
            return_to_mark(now)
            raise PlayRefused(why=reason_of(failure)) from failure
        steps[-1] |= {"after": recording.after(walk.cases), "at": now.clock().isoformat()}
        now.walk = walk
        finish(now, len(steps))
    _keep(play, steps, _with_person(play.script, person), clock)


@_one_at_a_time
def work_in(play: Play, work: Callable[[Standing], object], posted: Mapping[str, str], *, clock):
    """Lets `work` do something in the walk's database (answer a request of its pages), and keeps as steps what people did by it.

    Returns (what work returned, number of steps that were done).
    """
    with standing(play) as now:
        before = recording.last_event()
        result = work(now)
        session().rollback()
        cases = dict(now.cases)
        done = recording.steps_since(before, cases, posted)
        if not done:
            return result, 0
        script, steps = _with_done(play, now, cases, done)
        finish(now, len(steps))
    _keep(play, steps, script, clock)
    return result, len(done)


def _with_done(play: Play, now: Standing, cases: dict[str, int], done) -> tuple[dict, list]:
    """The walk's script and steps after what people did; what follows by itself has happened then."""
    script, steps = dict(play.script), list(play.steps[: play.position])
    for one in done:
        script = _with_person(script, one.person)
    if script.get("start") is None:  # the page that starts it was the first thing that was done
        first, *done = done
        script["start"] = {key: value for key, value in first.do.items() if key in ("as", "answers")}
    at = now.clock().isoformat()
    steps += [{"do": one.do, "label": one.label, "at": at} for one in done]
    walk = Walk(scenario_in(script, steps), now.clock, cases, now.walk.held if now.walk else False)
    now.walk = walk
    try:
        walk.settle()
    except FAILURES as failure:
        if steps:
            steps[-1]["problem"] = reason_of(failure)
    if steps:
        steps[-1]["after"] = recording.after(cases)
    return script, steps


def _with_person(script: Mapping, person: Mapping | None) -> dict:
    people = dict(script.get("people") or {})
    if not person or person["key"] in people:
        return dict(script)
    people[person["key"]] = person_entry(person["name"], person["roles"], person["organisation"])
    return {**script, "people": people}


def start_with(play: Play, answers: Mapping, *, clock) -> None:
    """Starts a walk whose process asks a form first, with these answers. Raises PlayRefused."""
    if play.script.get("start"):
        raise PlayRefused(why=_("已经发起过了"))
    with transaction() as store:
        row = store.get(Play, play.id, populate_existing=True)
        row.script, row.changed_at = {**row.script, "start": {"as": row.script["starter"], "answers": dict(answers)}}, clock()
    try:
        remake(play)
    except PlayRefused:
        with transaction() as store:
            row = store.get(Play, play.id, populate_existing=True)
            row.script = {**row.script, "start": None}
        raise


@_one_at_a_time
def go_back(play: Play, position: int) -> None:
    """Back to after that step, or on again to it: the steps behind stay until another one is done."""
    if not 0 <= position <= len(play.steps):
        raise PlayRefused(why=_("没有第 %(n)s 步", n=position))
    keep_position(play, position)
    with standing(play):
        pass


def add_person(play: Play, person: Mapping, organisation: Mapping | None = None) -> None:
    """Somebody made up for this walk. Raises PlayRefused for a key that is taken."""
    if person["key"] in (play.script.get("people") or {}):
        raise PlayRefused(why=_("已经有代号为“%(key)s”的人", key=person["key"]))
    script = _with_person(play.script, person)
    if organisation:
        script["organisations"] = {**(script.get("organisations") or {}), organisation["key"]: {"name": organisation["name"]}}
    with transaction():
        session().get(Play, play.id, populate_existing=True).script = script
    session().refresh(play)
    with standing(play) as now:
        add_people(play.script, now.clock)


def _keep(play: Play, steps: list, script: dict, clock) -> None:
    with transaction() as store:
        row = store.get(Play, play.id, populate_existing=True)
        row.script, row.steps, row.position, row.changed_at = script, steps, len(steps), clock()
    session().refresh(play)


def sweep_plays(clock) -> int:
    """Removes the databases of walks that nobody went on with for a day, and walks of a month ago. Returns how many folders."""
    now, gone = clock(), 0
    with transaction() as store:
        store.execute(sa.delete(Play).where(Play.changed_at < now - ROW_KEPT))
    recent = {str(key) for key in session().scalars(sa.select(Play.id).where(Play.changed_at >= now - FOLDER_KEPT))}
    for folder in (folder_of_plays(current_app) / "walks").glob("*"):
        if folder.name not in recent:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
