"""Taking in what a task's page sent: typed answers, files, the form's own buttons. Then one save of the draft.

Used by the routes of tasks and rows. Knows the request; decides nothing about the case.
"""
from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from app import rendering
from app.connectors.lookups import LookUpFailed, look_up
from app.errors import UploadRefused
from app.materials import store_upload
from app.operations.contexts import instant
from app.operations.drafts import save_draft
from app.operations.tasks import take_task
from app.rendering.form_data import FILE_REMOVE, GENERATE, LOOK_UP, PHRASE, ROW_DELETE, ROW_DOWN, ROW_UP
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.uploads import place_of


def take_in(sheet, view, sections) -> dict[str, str]:
    """Files and the form's own buttons of these sections, which were read; {field: message} of files that were refused."""
    fields = [field for section in sections for field in section.fields]
    refused = take_files(fields, sheet.typed, sheet.raw, view)
    command = rendering.read_command(request.form)
    if command:
        obey(sheet, command)
    return refused


def take_files(fields, typed: dict, present: dict, view, prefix: str = "") -> dict[str, str]:
    """Keeps the files that came with the form and puts their ids into `typed`; {field: message} of those refused."""
    refused = {}
    for field in fields:
        for file in request.files.getlist(f"upload.{prefix}{field.key}"):
            if not file.filename:
                continue
            try:
                material = _kept(file, field, view)
            except UploadRefused as error:
                refused[field.key] = message_of(error)
                continue
            before = typed.get(field.key, present.get(field.key))
            typed[field.key] = material.id if field.type == "photo" else [*(before or []), material.id]
    return refused


def _kept(file, field, view):
    return store_upload(file.read(), file.filename, owner=current_actor().id, clock=clock(), **place_of(view, field))


def obey(sheet, command) -> None:
    """The form's own buttons that change answers; the others only lead to another page."""
    if command.verb in (ROW_DELETE, ROW_UP, ROW_DOWN):
        sheet.typed[command.field] = rendering.with_rows_changed(sheet.raw, command).get(command.field)
    elif command.verb == FILE_REMOVE:
        sheet.typed[command.field] = rendering.without_file(sheet.raw, command).get(command.field)
    elif command.verb == PHRASE:
        text = next((text for key, text in sheet.urls.phrases(command.field) if str(key) == command.place), "")
        sheet.typed[command.field] = rendering.joined(sheet.raw.get(command.field), text) if text else sheet.raw.get(command.field)
    elif command.verb == GENERATE:
        field = sheet.form.field(command.field)
        sheet.typed[field.key] = rendering.generated_text(field, sheet.form, sheet.raw, sheet.context, sheet.choices)
    elif command.verb == LOOK_UP:
        found = filled_in(sheet.form.field(command.field), sheet.raw, sheet, command.place == "replace")
        sheet.typed |= {key: value for key, value in found.items() if sheet.raw.get(key) != value}


def press_look_up(sheet) -> None:
    """The look-up that a section asked for by itself; nothing else of a form's buttons changes a page that is not saved."""
    command = rendering.read_command(request.form)
    if command and command.verb == LOOK_UP:
        obey(sheet, command)


def filled_in(field, values: dict, sheet, replace: bool, row: dict | None = None) -> dict:
    """The values (of the form, or of a row) with what the register of a look-up field says, or with the word that it says nothing."""
    scene = sheet.scene(row)
    if lacking := rendering.missing(field, scene):
        return rendering.not_found(field, values, _("请先填写%(fields)s，再查询。", fields="、".join(lacking)), down=False)
    now = instant(clock()())
    try:
        result = look_up(field.connector, rendering.asked(field, scene))
    except LookUpFailed as error:
        return rendering.not_found(field, values, message_of(error), down=True, at=now)
    if not any(result.get(name) not in (None, "") for name in field.fills.values()):
        return rendering.not_found(field, values, _("没有查到，请核对后再试，或直接手工填写。"), down=False, at=now)
    return rendering.sealed(field, rendering.filled(field, values, result, now, replace), scene)


def keep(view, part: dict):
    """Saves the part into the draft. A task out of a pool is taken with the first save: two must not fill it at once."""
    actor, seen = current_actor(), request.form.get("version", "")
    if view.takeable:
        take_task(view.task.id, actor=actor, clock=clock())
    return save_draft(view.task.id, part, actor=actor, clock=clock(), seen_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None)
