"""The throw-away database of a walk: entered, marked after each step, gone back to, made again from the steps.

Only `plays` and what reads walks use it. Nothing here is done inside a transaction of the real database.
"""
from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flask_babel import gettext as _

from app.clock import PretendClock
from app.definitions import Bundle, DefinitionError, Scenario, scenario_of
from app.errors import PingshenError, PlayRefused
from app.scenarios.runner import Walk, reason_of
from app.scenarios.stage import set_stage
from app.scenarios.standins import StepFailed
from app.store import session, transaction
from app.workbench import proposals, recording
from app.workbench.models import Play, Proposal
from app.workbench.playable import playable
from app.workbench.playground import Playground, copy_database, playground, remove_database

HEAD = ("process", "clock", "organisations", "people", "registers", "start", "also")  # of a scenario, in a walk's script
FAILURES = (StepFailed, PingshenError)


@dataclass
class Standing:
    """A walk inside its own database: what it is now, and how it got there."""

    play: Play
    scenario: Scenario | None
    walk: Walk | None
    clock: PretendClock
    folder: Path
    position: int
    note: str = ""  # why it could not be made again as far as it was

    @property
    def cases(self) -> dict[str, int]:
        return self.walk.cases if self.walk else {}


@dataclass(frozen=True)
class Remade:
    """How walking the steps again went: where it came to, why not further, and which steps led elsewhere than before."""

    position: int
    reason: str = ""
    differs: tuple[tuple[int, str], ...] = ()
    after: tuple[dict, ...] = ()  # where the cases stood after each step that was walked


def bundle_of(play: Play) -> Bundle:
    """The procedure that is walked, as the proposal has it now."""
    return playable(proposals.bundle_of(session().get(Proposal, play.proposal_id)))


@contextmanager
def standing(play: Play) -> Iterator[Standing]:
    """The walk inside its own database, alone. It is made again first when it is not there."""
    ground = playground()
    session().rollback()
    with alone(ground, play.id) as folder:
        state, note = _read_state(folder), ""
        if state is None or state["digest"] != play.digest or state["position"] != play.position:
            note = _lost(play, _restored(ground, play, folder))
            state = _read_state(folder)
        yield from _enter(ground, play, folder, state, note)


def _lost(play: Play, remade: Remade) -> str:
    """Why the walk stands at an earlier step than it did; chance (a draw) may have led elsewhere this time."""
    if remade.position == play.position:
        return ""
    keep_position(play, remade.position)
    return _("第 %(n)s 步重走时走不通：%(reason)s", n=remade.position + 1, reason=remade.reason)


def _enter(ground: Playground, play: Play, folder: Path, state: Mapping, note: str) -> Iterator[Standing]:
    clock = PretendClock(datetime.fromisoformat(state["clock"]))
    scenario = scenario_in(play.script, play.steps[: play.position])
    with ground.inside(folder / "now.db", clock):
        walk = Walk(scenario, clock, state["cases"], state["held"]) if scenario else None
        yield Standing(play, scenario, walk, clock, folder, play.position, note)


def remake(play: Play, bundle: Bundle | None = None) -> Remade:
    """Walks all steps again from the start, through the proposal as it is. Raises PlayRefused when it does not even start."""
    ground = playground()
    bundle = bundle or bundle_of(play)
    digest, version = bundle.digest, session().get(Proposal, play.proposal_id).version
    with alone(ground, play.id) as folder:
        _forget_marks(folder)
        remade = _walked_again(ground, play, folder, bundle, digest)
    with transaction():
        row = session().get(Play, play.id, populate_existing=True)
        row.digest, row.version, row.position = digest, version, remade.position
        row.steps = [step | {"after": found} for step, found in zip(row.steps, remade.after)] + row.steps[len(remade.after):]
    return remade


def _restored(ground: Playground, play: Play, folder: Path) -> Remade:
    """The database as it was after the step the walk stands at: from a mark, else by walking from the nearest one."""
    marks = [n for n in range(play.position, -1, -1) if (folder / f"{n}.json").exists()]
    marks = [n for n in marks if json.loads((folder / f"{n}.json").read_text("utf-8"))["digest"] == play.digest]
    if not marks:
        bundle = bundle_of(play)
        if bundle.digest != play.digest:
            raise PlayRefused(why=_("方案已修改，请按“重新走一遍”"))
        return _walked_again(ground, play, folder, bundle, play.digest)
    copy_database(folder / f"{marks[0]}.db", folder / "now.db")
    shutil.copyfile(folder / f"{marks[0]}.json", folder / "now.json")
    return _walk_on(ground, play, folder, marks[0])


def _walked_again(ground: Playground, play: Play, folder: Path, bundle: Bundle, digest: str) -> Remade:
    clock = PretendClock(datetime.fromisoformat(play.script["clock"]))
    prepared = ground.prepared(bundle, clock)
    copy_database(prepared, folder / "now.db")
    scenario = scenario_in(play.script, [])
    with ground.inside(folder / "now.db", clock):
        walk = Walk(scenario, clock) if scenario else None
        try:
            if walk:
                walk.begin(keep_roles=not play.source)
            else:
                add_people(play.script, clock)
        except FAILURES as failure:
            raise PlayRefused(why=_("发起不成：%(reason)s", reason=reason_of(failure))) from failure
        state = _state_of(digest, 0, clock, walk)
    _mark(folder, state)
    return _walk_on(ground, play, folder, 0)


def _walk_on(ground: Playground, play: Play, folder: Path, position: int) -> Remade:
    """Walks from a position to the one the walk stands at, leaving a mark after each step."""
    differs, after = [], []
    state = _read_state(folder)
    steps = play.steps[: play.position]
    scenario = scenario_in(play.script, steps)
    for number in range(position, len(steps)):
        clock = PretendClock(datetime.fromisoformat(state["clock"]))
        with ground.inside(folder / "now.db", clock):
            walk, reason, found = Walk(scenario, clock, state["cases"], state["held"]), "", {}
            try:
                add_people(play.script, clock)
                walk.do(scenario.steps[number])
                found = recording.after(walk.cases)
            except FAILURES as failure:
                reason = reason_of(failure)
        if reason:
            copy_database(folder / f"{number}.db", folder / "now.db")
            return Remade(number, reason, tuple(differs), tuple(after))
        state = _state_of(state["digest"], number + 1, clock, walk)
        after.append(found)
        if difference := _difference(steps[number].get("after"), found):
            differs.append((number + 1, difference))
        _mark(folder, state)
    return Remade(len(steps), "", tuple(differs), tuple(after))


def add_people(script: Mapping, clock) -> None:
    """The people of the walk who are not there yet; who is there stays as they are."""
    people = script.get("people") or {}
    if people:
        head = scenario_in({**script, "start": {"as": next(iter(people))}, "also": []}, [])
        set_stage(replace(head, registers={}), clock, keep_roles=True)


def _difference(before: Mapping | None, now: Mapping) -> str:
    for name, old in (before or {}).items():
        new = now.get(name) or {}
        if (old.get("open"), old.get("ended")) != (new.get("open"), new.get("ended")):
            return _("原来在 %(old)s，现在在 %(new)s", old=_place(old), new=_place(new))
    return ""


def _place(at: Mapping) -> str:
    return "、".join(at.get("open") or ()) or at.get("ended") or at.get("stage") or _("（没有任务）")


def scenario_in(script: Mapping, steps) -> Scenario | None:
    """The scenario that these steps are. None while nobody has started anything. Raises PlayRefused for one that cannot be read."""
    if not script.get("start"):
        return None
    try:
        return scenario_of({key: script[key] for key in HEAD if script.get(key)} | {"title": "play", "steps": [step["do"] for step in steps]}, "play")
    except DefinitionError as error:
        raise PlayRefused(why=error.message) from error


def keep_position(play: Play, position: int) -> None:
    """Which step the walk stands at."""
    with transaction():
        session().get(Play, play.id, populate_existing=True).position = position


def finish(now: Standing, position: int) -> None:
    """Leaves a mark after a step; to be called inside, when all that the step brings has happened."""
    state = _state_of(now.play.digest, position, now.clock, now.walk)
    session().remove()
    for path in now.folder.glob("[0-9]*.json"):
        if int(path.stem) > position:
            path.unlink()
            remove_database(path.with_suffix(".db"))
    _mark(now.folder, state)


def return_to_mark(now: Standing) -> None:
    """The database as it was after the last step that counts; to be called inside."""
    session().remove()
    copy_database(now.folder / f"{now.position}.db", now.folder / "now.db")


def _state_of(digest: str, position: int, clock, walk: Walk | None) -> dict:
    return {"digest": digest, "position": position, "clock": clock().isoformat(), "cases": walk.cases if walk else {},
            "held": walk.held if walk else False}


def _mark(folder: Path, state: dict) -> None:
    copy_database(folder / "now.db", folder / f"{state['position']}.db")
    for name in (f"{state['position']}.json", "now.json"):
        (folder / name).write_text(json.dumps(state), "utf-8")


def _forget_marks(folder: Path) -> None:
    for path in folder.glob("*.json"):
        path.unlink()


def _read_state(folder: Path) -> dict | None:
    try:
        return json.loads((folder / "now.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def folder_of(ground: Playground, play_id: int) -> Path:
    """Where the databases of a walk lie."""
    return ground.folder / "walks" / str(play_id)


@contextmanager
def alone(ground: Playground, play_id: int, what: str = "lock"):
    """The folder of a walk, for one at a time: requests of one page come together."""
    folder = folder_of(ground, play_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / what).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
