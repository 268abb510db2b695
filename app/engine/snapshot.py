"""The state of a case as bytes: unfinished tasks and case data, without the specification and without history.

Only `app/engine` imports it. `v` is the version of the layout; a snapshot of every released version must load for ever
(`tests/data/snapshots/`).

Layout: v, p (process id), n (tasks made so far), vars, parties, visits, end (end event reached last), done, w: the
workflow of the case and its running sub-workflows, outer before inner, each with s (spec), of (id of the activity that
runs it) and t: the tasks in the order in which they were made, each [number, id, spec, state, place of the parent in
this list or -1, data, internal data].
"""
from __future__ import annotations

import hashlib
import threading

import orjson
import zstandard

from .errors import EngineError, near
from .nodes import BoundarySplit
from .process import Process
from .workflow import CaseTask, CaseWorkflow

VERSION = 1

_CANONICAL = (orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
              | orjson.OPT_PASSTHROUGH_SUBCLASS)


class _Zstandard(threading.local):
    """One compressor per thread: they may not be shared, and making one costs more than using it."""

    def __init__(self):
        self.compress = zstandard.ZstdCompressor(level=1).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_zstandard = _Zstandard()


def pack(process: Process, workflow: CaseWorkflow) -> tuple[bytes, str]:
    """The state, and the digest of its canonical uncompressed JSON in hexadecimal.

    Compare digests, not states: the bytes of a compressor may change with its version.
    """
    case = workflow.case
    raw = _canonical({
        "v": VERSION, "p": process.id, "n": case.created, "vars": case.variables, "parties": case.parties,
        "visits": case.visits, "end": case.end, "done": workflow.completed,
        "w": [{"s": each.spec.name, "of": each.parent_task_id, "t": _rows(each)} for each in workflow.all()],
    })
    return _zstandard.compress(raw), hashlib.sha256(raw).hexdigest()


def written(found: dict) -> bytes:
    """The state of a layout that was rewritten."""
    return _zstandard.compress(_canonical(found))


def _canonical(found: dict) -> bytes:
    try:
        return orjson.dumps(found, option=_CANONICAL)
    except orjson.JSONEncodeError as cause:
        raise EngineError(f"流程状态不能保存：{cause}") from cause


def _rows(workflow) -> list[list]:
    """Unfinished tasks, and the splits above them. All other finished tasks have said what they had to say.

    What followed a finished task stands below the root when it comes back: nobody asks for its way here.
    """
    kept = {}
    for task in workflow.unfinished():
        if isinstance(task.parent.task_spec, BoundarySplit):
            kept[task._parent] = task.parent
        kept[task.id] = task
    tasks = sorted(kept.values(), key=lambda task: task.number)
    places = {task.id: place for place, task in enumerate(tasks)}
    return [[task.number, task.id, task.task_spec.name, task.state, places.get(task._parent, -1), _plain_data(task),
             task.internal_data] for task in tasks]


def _plain_data(task: CaseTask) -> dict:
    return {name: value for name, value in task.data.items() if value is not None}


def read_state(state: bytes) -> dict:
    """The layout above. Raises EngineError for what is no state of a version that we know."""
    try:
        found = orjson.loads(_zstandard.decompress(state))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as cause:
        raise EngineError("流程状态已损坏，不能读取") from cause
    if not isinstance(found, dict) or found.get("v") != VERSION:
        raise EngineError("流程状态的版本不能识别")
    return found


def digest_of(state: bytes) -> str:
    """The digest that `pack` gave with these bytes: equal states have equal digests, whatever compressed them."""
    return hashlib.sha256(_zstandard.decompress(state)).hexdigest()


def unpack(process: Process, state: bytes) -> CaseWorkflow:
    """The workflow of a case as it was. Raises EngineError when the process has not what the state speaks of."""
    found = read_state(state)
    if found["p"] != process.id:
        raise EngineError(f"流程状态属于“{found['p']}”，不属于“{process.id}”", element=found["p"])
    workflow = CaseWorkflow(process.specs[process.id], process.specs)
    case = workflow.case
    case.created, case.end = found["n"], found["end"]
    case.variables, case.parties, case.visits = found["vars"], found["parties"], found["visits"]
    workflow.completed = found["done"]
    top, *inner = found["w"]
    _plant(workflow, top["t"])
    for each in inner:
        if each["s"] not in process.specs:
            raise EngineError(f"流程中没有“{each['s']}”", element=each["s"], hint=near(each["s"], process.specs))
        _plant(workflow.create_subprocess(workflow.get_task_from_id(each["of"]), each["s"]), each["t"])
    return workflow


def _plant(workflow, rows: list[list]) -> None:
    workflow.plant()
    placed: list[CaseTask] = []
    for number, identifier, name, state, parent, data, internal in rows:
        spec = workflow.spec.task_specs.get(name)
        if spec is None:
            raise EngineError(f"流程中没有元素“{name}”", element=name, hint=near(name, workflow.spec.task_specs))
        above = placed[parent] if parent >= 0 else workflow.task_tree
        task = CaseTask(workflow, spec, above, state, identifier, number)
        task.data, task.internal_data = data, internal
        placed.append(task)
