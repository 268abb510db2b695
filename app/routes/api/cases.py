"""Cases: start, list, look at, history, actions."""
from __future__ import annotations

from app.operations.access import can_view_case
from app.operations.cases import start_case
from app.operations.messages import send_message
from app.operations.reading.caselists import my_cases
from app.operations.reading.casepages import readable_case, view_case
from app.operations.reading.histories import timeline
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint
from app.routes.api.repeating import answer_once

blueprint = ApiBlueprint("api_cases", __name__, description="Cases: procedures of people")
_SHAPE = shapes.CaseShape()  # making one builds its inner schemas anew: slower than dumping with it


@blueprint.post("/cases")
@access("signed-in")
@blueprint.arguments(shapes.StartCase)
@blueprint.response(201, shapes.CaseShape)
def start(wanted):
    """Starts a case of a process."""
    return answer_once(lambda: after(start_case(
        wanted["process"], actor=current_actor(), clock=clock(), answers=wanted["answers"], parties=wanted["parties"])))


@blueprint.get("/cases")
@access("signed-in")
@blueprint.arguments(shapes.CaseQuery, location="query")
@blueprint.response(200, shapes.CasePage)
def list_mine(query):
    """The cases I started, newest first, by tab."""
    return my_cases(current_actor(), query["tab"], q=query["q"], cursor=query["cursor"])


@blueprint.get("/cases/<int:case_id>")
@access("signed-in")
@blueprint.response(200, shapes.CaseShape)
def show(case_id):
    """A case with its open tasks and the actions I may take."""
    return shape_of(view_case(case_id, current_actor(), clock()))


@blueprint.get("/cases/<int:case_id>/events")
@access("signed-in")
@blueprint.response(200, shapes.Events)
def events(case_id):
    """What happened to a case, oldest first."""
    actor = current_actor()
    return {"events": timeline(readable_case(case_id, actor), actor)}


@blueprint.post("/cases/<int:case_id>/messages/<name>")
@access("signed-in")
@blueprint.arguments(shapes.Message)
@blueprint.response(200, shapes.CaseShape)
def send(wanted, case_id, name):
    """Takes an action on a case: withdraw, terminate, whatever its diagram offers now."""
    return answer_once(lambda: after(send_message(
        case_id, name, actor=current_actor(), clock=clock(), reason=wanted["reason"])))


def after(case) -> dict:
    """The answer to a command: the case as the actor may see it now."""
    actor = current_actor()
    if can_view_case(case, actor):
        return _SHAPE.dump(shape_of(view_case(case.id, actor, clock())))
    # The action may have been the last thing that made the case theirs to see.
    return {"id": case.id, "number": case.number}


def shape_of(view) -> dict:
    """A CaseView as the flat thing that `CaseShape` dumps."""
    columns = {column.key: getattr(view.case, column.key) for column in view.case.__table__.columns}
    return columns | {"handler": view.handler, "open_tasks": view.open_tasks, "actions": view.actions}
