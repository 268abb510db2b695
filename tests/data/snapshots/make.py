"""Freezes states of cases with their release: `python -m tests.data.snapshots.make`. The README beside says when.

A file is named by its release's digest and is never changed; `read` says what is in it. Tests only.
"""
from __future__ import annotations

import base64
import json
import tempfile
from datetime import datetime
from pathlib import Path

import zstandard

from app import engine
from app.clock import PretendClock
from app.definitions import Bundle
from app.extensions import db
from app.operations import releases
from app.operations.contexts import LatestAnswers, case_facts
from app.store import session
from app.store.models import Case, Snapshot
from tests.support import builders

FOLDER = Path(__file__).parent
SOURCES = {
    builders.ROOT: ("processes/title-review/scenarios/issued.yml", "processes/title-review/scenarios/withdrawn_and_overdue.yml"),
    builders.DATA / "lending-library": ("processes/lending-library/scenarios/borrowed_elsewhere_and_late.yml",),
}


def main() -> None:
    """Writes a file for each release that has none yet; leaves every other as it is."""
    for root, scenarios in SOURCES.items():
        with tempfile.TemporaryDirectory() as folder:
            app = builders.make_app(Path(folder))
            with app.app_context():
                db.create_all()
                print(_freeze(root, scenarios))
                session().remove()
                db.engine.dispose()


def _freeze(root: Path, scenarios: tuple[str, ...]) -> str:
    (release,) = builders.publish(root)
    path = FOLDER / f"{release.digest}.json"
    if path.exists():
        return f"{path.name}: is there"
    facts: dict[str, dict] = {}
    states = [state for scenario in scenarios for state in _states(root / scenario, facts)]
    files = {name: _packed(content) for name, content in releases.procedure_of(release.digest).files.items()}
    content = {"release": release.digest, "files": files, "facts": facts, "states": states}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return f"{path.name}: {len(states)} states"


def _states(scenario: Path, facts: dict[str, dict]) -> list[dict]:
    """A case of the scenario after each of its commands: the bytes of its state, and what the engine sees in them.

    `facts` gets, for each process, what an engine is told of a case that has come as far as this one.
    """
    from tests.whole.walks import Walk, perform

    clock = PretendClock(builders.MONDAY)
    walk = Walk(scenario, clock).start()
    found = {}
    for command in walk.commands():
        perform(command, clock)
        walk.settle()
        for name in walk.cases:
            frozen = _frozen(walk.case(name), command.element)
            found.setdefault(frozen["state"], frozen)
    for case in map(walk.case, walk.cases):
        facts.setdefault(case.process_id, {"forms": dict(LatestAnswers(case.latest)), "case": case_facts(case)})
    return list(found.values())


def _frozen(case: Case, after: str) -> dict:
    state = session().get(Snapshot, case.id, populate_existing=True).state
    files = releases.procedure_of(case.release).files
    return {"process": case.process_id, "after": after, "state": base64.b64encode(state).decode(), "seen": _seen(files, case.process_id, state)}


def read(path: Path) -> dict:
    """A frozen file, unpacked: files as bytes, states as bytes."""
    frozen = json.loads(path.read_text("utf-8"))
    frozen["files"] = {name: zstandard.decompress(base64.b64decode(text)) for name, text in frozen["files"].items()}
    for state in frozen["states"]:
        state["state"] = base64.b64decode(state["state"])
    return frozen


def seen(files: dict[str, bytes], process_id: str, state: bytes) -> dict:
    """What today's engine sees in a state: open tasks, messages, timers, variables, the end."""
    return json.loads(json.dumps(_seen(_procedure_files(files), process_id, state)))


def _seen(files, process_id: str, state: bytes) -> dict:
    step = engine.look(engine.load_process(process_id, files), state)
    return {
        "tasks": sorted([task.element, task.role, task.scope] for task in step.open_tasks),
        "messages": sorted([s.message, s.element, s.role or ""] for s in step.subscriptions),
        "timers": sorted([timer.element, timer.due.isoformat()] for timer in step.timers),
        "digest": engine.digest_of(state), "variables": dict(step.variables), "ended": step.ended.element if step.ended else "",
    }


def moved(frozen: dict, process_id: str, state: bytes) -> engine.Step | None:
    """The step of one open task done along its first way; None where no person is waited for."""
    process = engine.load_process(process_id, _procedure_files(frozen["files"]))
    opened = next(iter(engine.look(process, state).open_tasks), None)
    if opened is None:
        return None
    actor = {"ref": "person:somebody", "name": "某人", "roles": [opened.role]}
    facts = engine.Facts(now=datetime.fromisoformat("2026-03-20T10:00:00+08:00"), seed="frozen:1", actor=actor, task={}, **frozen["facts"][process_id])
    return engine.complete(process, state, opened.id, process.elements[opened.element].decisions[0].outcome, facts)


def _procedure_files(files: dict[str, bytes]):
    bundle = Bundle(files)
    return bundle.procedure(bundle.procedures[0]).files


def _packed(content: bytes) -> str:
    return base64.b64encode(zstandard.compress(content, 19)).decode()


if __name__ == "__main__":
    main()
