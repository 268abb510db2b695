"""What goes over the wire: schemas of requests and answers, from which the OpenAPI document is made. No queries.

Answers to commands are kept under their Idempotency-Key as JSON and must look the same when they are given again.
"""
from __future__ import annotations

from datetime import datetime

from marshmallow import Schema, fields, validate


class Instant(fields.DateTime):
    """An instant, ISO 8601 in UTC; passes on what is text already."""

    def _serialize(self, value, attr, obj, **kwargs):
        return value.isoformat() if isinstance(value, datetime) else value


class Cursor(Schema):
    cursor = fields.String(load_default="", validate=validate.Length(max=200))


class CaseQuery(Cursor):
    tab = fields.String(load_default="all", validate=validate.OneOf(("all", "todo", "doing", "done", "batch", "draft")))
    q = fields.String(load_default="", validate=validate.Length(max=100))


class StartCase(Schema):
    process = fields.String(required=True, validate=validate.Length(min=1, max=100))
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    parties = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class Completion(Schema):
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    outcome = fields.String(load_default="submit", validate=validate.Length(max=64))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class Message(Schema):
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class DraftPart(Schema):
    answers = fields.Dict(keys=fields.String(), required=True)
    version = fields.Integer(load_default=None, allow_none=True, metadata={"description": "the version this was typed over"})


class HandOver(Schema):
    to = fields.String(required=True, validate=validate.Length(min=1, max=64), metadata={"description": "id of a colleague"})


class Credentials(Schema):
    account = fields.String(required=True, validate=validate.Length(max=64))
    password = fields.String(required=True, validate=validate.Length(max=200))
    name = fields.String(load_default="API", validate=validate.Length(min=1, max=100))
    days = fields.Integer(load_default=1, validate=validate.Range(1, 365))


class Token(Schema):
    token = fields.String()


class Me(Schema):
    id = fields.String()
    name = fields.String()
    roles = fields.List(fields.Dict())
    organisation = fields.Dict(allow_none=True)
    csrf_token = fields.String(metadata={"description": "to be sent as X-CSRFToken when a session is used"})


class TaskRow(Schema):
    id = fields.String()
    case_id = fields.Integer()
    element = fields.String()
    name = fields.String()
    stage = fields.String()
    number = fields.String()
    title = fields.String()
    summary = fields.String()
    starter_name = fields.String()
    due = fields.String()
    created_at = Instant()
    held = fields.Boolean(metadata={"description": "true: mine; false: in one of my pools"})


class TaskPage(Schema):
    rows = fields.List(fields.Nested(TaskRow), data_key="tasks")
    cursor = fields.String(metadata={"description": "asks for the next page; empty on the last"})


class CaseRow(Schema):
    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    summary = fields.String()
    starter_name = fields.String()
    tab = fields.String()
    stage = fields.String()
    handler = fields.String()
    result = fields.String()
    tone = fields.String()
    changed_at = Instant()


class CasePage(Schema):
    rows = fields.List(fields.Nested(CaseRow), data_key="cases")
    cursor = fields.String()


class Action(Schema):
    message = fields.String()
    label = fields.String()
    confirm = fields.String()
    reason = fields.String(metadata={"description": "'', optional or required"})
    style = fields.String()


class CaseShape(CaseRow):
    process = fields.String(attribute="process_id")
    release = fields.String()
    parties = fields.Dict()
    started_at = Instant()
    ended_at = Instant(allow_none=True)
    ended_element = fields.String()
    open_tasks = fields.List(fields.Nested(TaskRow))
    actions = fields.List(fields.Nested(Action))


class Happening(Schema):
    seq = fields.Integer()
    at = Instant()
    kind = fields.String()
    element = fields.String()
    element_name = fields.String()
    who = fields.String()
    outcome = fields.String()
    reason = fields.String()


class Events(Schema):
    events = fields.List(fields.Nested(Happening))


class Outcome(Schema):
    outcome = fields.String()
    label = fields.String()
    reason = fields.String()
    marks = fields.String(metadata={"description": "required, optional or empty: whether my marks go along"})
    confirm = fields.String()
    style = fields.String()


class DraftShape(Schema):
    version = fields.Integer()
    saved_at = Instant()
    data = fields.Dict(data_key="answers")


class MarkPlace(Schema):
    """A place of a form that is read, and what is wrong there."""

    form = fields.String(required=True, validate=validate.Length(max=100))
    section = fields.String(required=True, validate=validate.Length(max=100))
    field = fields.String(load_default="", validate=validate.Length(max=100), metadata={"description": "empty: the whole section"})
    row = fields.Integer(load_default=0, validate=validate.Range(0, 500), metadata={"description": "of a table, from 1; 0: the whole field"})
    remark = fields.String(required=True, validate=validate.Length(max=2000))


class UnsentMark(MarkPlace):
    id = fields.Integer()
    at = Instant()


class RemarkShape(Schema):
    """A mark that was sent with a return."""

    key = fields.String()
    step = fields.String()
    section = fields.String()
    field = fields.String()
    row = fields.Integer()
    place = fields.String()
    remark = fields.String()
    done = fields.Boolean()
    reply = fields.String()


class TaskShape(Schema):
    id = fields.String()
    case_id = fields.Integer()
    number = fields.String()
    element = fields.String()
    name = fields.String()
    stage = fields.String()
    state = fields.String()
    due = fields.String()
    mine = fields.Boolean(metadata={"description": "may be completed by me now"})
    takeable = fields.Boolean()
    form = fields.Dict(allow_none=True, metadata={"description": "JSON Schema of the answers"})
    answers = fields.Dict(metadata={"description": "what the form opens with"})
    draft = fields.Nested(DraftShape, allow_none=True)
    warnings = fields.Dict(metadata={"description": "path -> what to look at again; nothing of it hinders the completion"})
    outcomes = fields.List(fields.Nested(Outcome))
    marks = fields.List(fields.Nested(UnsentMark), metadata={"description": "what I have marked here and not sent"})
    returned = fields.List(fields.Nested(RemarkShape), metadata={"description": "what was marked in this form for me"})


class Taken(Schema):
    id = fields.String()
    case_id = fields.Integer()
    name = fields.String()
    state = fields.String()
    assignee = fields.String()


class BulkTask(Schema):
    task = fields.String(required=True, validate=validate.Length(min=1, max=64))
    outcome = fields.String(load_default="", validate=validate.Length(max=64), metadata={"description": "empty: that of the request"})


class BulkWay(Schema):
    """What is said once for all tasks that take this way."""

    answers = fields.Dict(keys=fields.String(), load_default=dict)
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class BulkDecision(Schema):
    tasks = fields.List(fields.Nested(BulkTask), required=True, validate=validate.Length(min=1, max=1000), metadata={"description": "of one step"})
    outcome = fields.String(load_default="", validate=validate.Length(max=64), metadata={"description": "for tasks that name none; empty: the first of the step"})
    ways = fields.Dict(keys=fields.String(), values=fields.Nested(BulkWay), load_default=dict, metadata={"description": "outcome -> answers and reason"})


class JobQuery(Cursor):
    state = fields.String(load_default="", validate=validate.OneOf(("", "waiting", "done", "failed", "stopped")))


class JobItemShape(Schema):
    position = fields.Integer()
    label = fields.String()
    case_id = fields.Integer(allow_none=True)
    state = fields.String(metadata={"description": "waiting, done, failed or stopped"})
    words = fields.String(metadata={"description": "why it failed, or what was done"})
    at = Instant(allow_none=True)


class JobShape(Schema):
    id = fields.String()
    title = fields.String()
    state = fields.String(metadata={"description": "prepared, waiting, running, done or stopped"})
    total = fields.Integer()
    done = fields.Integer()
    failed = fields.Integer()
    created_at = Instant()
    finished_at = Instant(allow_none=True)
    items = fields.List(fields.Nested(JobItemShape))
    cursor = fields.String()


class ProcessShape(Schema):
    id = fields.String()
    name = fields.String()
    procedure = fields.String()
    release = fields.String()


class Processes(Schema):
    processes = fields.List(fields.Nested(ProcessShape))


class MaterialShape(Schema):
    id = fields.String()
    name = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    pages = fields.Integer()
    sha256 = fields.String()


class ErrorShape(Schema):
    code = fields.String()
    message = fields.String()
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.String())
