"""The naive app: SpiffWorkflow as its documentation shows it, behind Flask. No sign-in, no rights, no form check. WSGI app.

The whole workflow with its specification is one JSON text in one row; a completion reads, runs and rewrites it in one
transaction.
"""
from __future__ import annotations

import io
import os

from flask import Flask, request
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import UserTask

from tests.bench import work
from tests.bench.plainstore import Plain

application = Flask(__name__)
_store = Plain(os.environ.get("BENCH_URL", "sqlite://"))
_serializer = BpmnWorkflowSerializer()


def begun() -> str:
    """A new workflow as its text."""
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(work.plain_diagram()))
    workflow = BpmnWorkflow(parser.get_spec(work.PROCESS), parser.get_subprocess_specs(work.PROCESS))
    workflow.do_engine_steps()
    return _serializer.serialize_json(workflow)


def completed(text: str, task_id: str, answers: dict, outcome: str) -> tuple[str, BpmnWorkflow]:
    """The text of the workflow after this completion, and the workflow."""
    workflow = _serializer.deserialize_json(text)
    task = next(task for task in ready(workflow) if str(task.id) == task_id)
    task.data[task.task_spec.name] = answers
    task.data["outcome"] = outcome
    task.run()
    workflow.do_engine_steps()
    return _serializer.serialize_json(workflow), workflow


def ready(workflow) -> list:
    return workflow.get_tasks(state=TaskState.READY, spec_class=UserTask)


def _shown(case_id: int, workflow) -> dict:
    waiting = [{"id": f"{case_id}/{task.id}", "element": element_of(task)} for task in ready(workflow)]
    return {"id": case_id, "open_tasks": waiting}


def element_of(task) -> str:
    """The element a task belongs to; members of a loop have names of their own."""
    return task.task_spec.bpmn_id or task.task_spec.name.partition(" ")[0]


@application.get("/health/live")
def live():
    return {}


@application.post("/cases")
def start():
    text = begun()
    with _store.transaction() as run:
        (case_id,), = run("INSERT INTO naive_case (state) VALUES (?) RETURNING id", (text,))
    return _shown(case_id, _serializer.deserialize_json(text))


@application.post("/tasks/<int:case_id>/<task_id>/completion")
def complete(case_id: int, task_id: str):
    said = request.get_json()
    with _store.transaction() as run:
        lock = "" if _store.sqlite else " FOR UPDATE"
        (text,), = run(f"SELECT state FROM naive_case WHERE id = ?{lock}", (case_id,))
        text, workflow = completed(text, task_id, said["answers"], said["outcome"])
        run("UPDATE naive_case SET state = ? WHERE id = ?", (text, case_id))
    return _shown(case_id, workflow)
