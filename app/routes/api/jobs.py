"""Decisions over many tasks, and the jobs that they become."""
from __future__ import annotations

from app import jobs
from app.operations import bulk
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint
from app.routes.api.repeating import answer_once

blueprint = ApiBlueprint("api_jobs", __name__, description="Jobs: long work over many items, and what came of each")


@blueprint.post("/bulk")
@access("signed-in")
@blueprint.arguments(shapes.BulkDecision)
@blueprint.response(202, shapes.JobShape)
def decide(wanted):
    """Completes many tasks of one step as a job: each is one event, what fails stops no other."""
    return answer_once(lambda: _dumped(_begun(wanted)))


@blueprint.get("/jobs/<job_id>")
@access("signed-in")
@blueprint.arguments(shapes.JobQuery, location="query")
@blueprint.response(200, shapes.JobShape)
def show(query, job_id):
    """A job of mine: how far it is, and what came of each item, 50 at a time."""
    job = jobs.job_of(job_id, current_actor())
    page = jobs.items_of(job, state=query["state"], cursor=query["cursor"])
    return _facts(job) | {"items": page.rows, "cursor": page.cursor}


def _begun(wanted: dict) -> jobs.Job:
    tasks = {one["task"]: one["outcome"] or wanted["outcome"] for one in wanted["tasks"]}
    return bulk.decide_many(tasks, wanted["ways"], actor=current_actor(), clock=clock())


def _facts(job: jobs.Job) -> dict:
    return {name: getattr(job, name) for name in ("id", "title", "state", "total", "done", "failed", "created_at", "finished_at")}


def _dumped(job: jobs.Job) -> dict:
    return shapes.JobShape().dump(_facts(job) | {"items": [], "cursor": ""})
