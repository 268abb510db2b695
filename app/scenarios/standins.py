"""What a scenario's answers stand for (numbers of cases, values of variables, small files), and what outside systems answer.

Only the runner and the walks of the workbench import it.
"""
from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

import pikepdf
import sqlalchemy as sa
from flask import current_app
from PIL import Image

from app import materials
from app.connectors import KNOWN_TOPICS
from app.definitions import Form, ScenarioStep, listed, substituted
from app.operations import outbox
from app.operations.contexts import case_variables
from app.store import session, transaction
from app.store.models import Case, Outbox

FILE_TYPES = ("file", "photo")
EXTERNAL = tuple(topic for topic, said in KNOWN_TOPICS.items() if said.external)
LOOKED_INTO = ("size", "pages", "width", "height", "mode", "media_type", "sha256", "served")


class StepFailed(Exception):
    """Why a step did not go as written."""


def filled(value, cases: Mapping[str, int]):
    """The value with what only a running scenario knows: numbers of cases and values of their variables."""
    return substituted(value, lambda written: _known(written, cases))


def filled_where_known(answers: Mapping, cases: Mapping[str, int]) -> dict:
    """The answers without those that speak of cases or variables there are not here: in a walk, another scenario's are a beginning only."""
    known: dict = {}
    for name, value in answers.items():
        try:
            known |= filled({name: value}, cases)
        except StepFailed:
            continue
    return known


def _known(written: str, cases: Mapping[str, int]):
    kind, _colon, argument = (part.strip() for part in written.partition(":"))
    if kind == "case":
        return _case(argument, cases).number
    if kind == "cases":
        return [_case(name, cases).number for name in listed(argument)]
    if kind == "vars":
        name, *path = argument.split(".")
        return _value(case_variables(_case(name, cases)), path, argument)
    return None


def _case(name: str, cases: Mapping[str, int]) -> Case:
    if name not in cases:
        raise StepFailed(f"没有名为“{name}”的事项")
    return session().get(Case, cases[name], populate_existing=True)


def _value(found, path: list[str], written: str):
    for step in path:
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            raise StepFailed(f"${{vars:{written}}}：没有“{step}”")
    return found


def with_files(form: Form, answers: dict, *, case: Case | None, task_id: str, owner: str, clock) -> dict:
    """The answers with a stored stand-in for each file name, in rows of tables too."""
    def stored(field, value):
        if field.type in FILE_TYPES and value:
            return _stored(field, value, case, task_id, owner, clock)
        if field.type == "table" and isinstance(value, list):
            columns = {column.key: column for column in field.all_columns()}
            return [{key: stored(columns[key], cell) if key in columns else cell for key, cell in row.items()} if isinstance(row, dict) else row
                    for row in value]
        return value

    fields = {field.key: field for section in form.sections for field in section.fields}
    return {key: stored(fields[key], value) if key in fields else value for key, value in answers.items()}


def _stored(field, value, case: Case | None, task_id: str, owner: str, clock):
    if isinstance(value, list):
        return [_stored(field, name, case, task_id, owner, clock) for name in value]
    content = _photo() if field.type == "photo" or value.lower().endswith((".jpg", ".jpeg")) else _pdf()
    return _kept(content, value, owner=owner, clock=clock, case_id=case.id if case else None, task_id=task_id, field=field.key).id


def _kept(content: bytes, name: str, *, clock, **where) -> materials.Material:
    """The file as uploaded. It is looked into once, which takes a process of its own; all of them have the same content."""
    known = current_app.extensions.setdefault("scenario-files", {})
    if content not in known:
        stored = materials.store_upload(content, name, clock=clock, **where)
        known[content] = {fact: getattr(stored, fact) for fact in LOOKED_INTO}
        return stored
    return materials.keep(materials.Material(name=name, created_at=clock(), **known[content], **where))


@cache
def _pdf() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


@cache
def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (295, 413), (90, 140, 200)).save(out, "JPEG")
    return out.getvalue()


def pending(case: Case, element: str) -> Outbox | None:
    """The request of this service task that nobody has answered, the oldest first."""
    return session().scalar(
        sa.select(Outbox).where(Outbox.case_id == case.id, Outbox.element == element, Outbox.state.in_(("new", "set_aside")))
        .order_by(Outbox.created_at, Outbox.id).limit(1).execution_options(populate_existing=True))


def answer(row: Outbox, step: ScenarioStep, result: dict | None, clock) -> None:
    """Answers a request as the step says: with its result, by failing, or as stand-ins do."""
    if result is not None:
        outbox.answer_request(row.id, result, clock=clock)
        return
    with transaction():
        row = session().get(Outbox, row.id, populate_existing=True)
        row.state, row.error, row.next_at = ("set_aside", step.fails, row.next_at) if step.fails else ("new", "", clock())
    if not step.fails:
        outbox.drain_outbox(clock, dry=True)


def hold() -> None:
    """Sets aside what asks an outside system, so that it waits for an answer step."""
    with transaction():
        session().execute(sa.update(Outbox).where(Outbox.state == "new", Outbox.topic.in_(EXTERNAL)).values(state="set_aside", error=""))


def let_go() -> None:
    """What was held is answered by stand-ins again; what failed stays so."""
    with transaction():
        session().execute(sa.update(Outbox).where(Outbox.state == "set_aside", Outbox.error == "").values(state="new"))
