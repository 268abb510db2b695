"""The files of one field of a task, each on a page that works without a script: choose from the library, order, cut a photo."""
from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app import materials
from app.errors import NotAllowed, NotFound, UploadRefused
from app.operations import reading
from app.operations.access import ensure_can_work
from app.operations.releases import procedure_of
from app.rendering.field_types import field_type
from app.rendering.field_types.base import as_list
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.filling import keep
from app.routes.pages.forms import task_sheet
from app.routes.uploads import place_of

blueprint = Blueprint("files", __name__)
MOVES = {"up": -1, "down": 1, "top": -10_000}


@dataclass(frozen=True)
class Place:
    """A file field of a task that the actor may work on, with its files as the draft has them."""

    view: reading.TaskView
    field: object
    ids: list[str]

    @property
    def kind(self):
        return field_type(self.field)

    @property
    def files(self) -> list:
        return materials.of_case(self.view.task.case_id, self.ids, owner=current_actor().id)

    @property
    def back(self) -> str:
        section = next(s.key for s in self.view.form.sections if self.field in s.fields)
        return url_for("tasks.show", task_id=self.view.task.id, part=section, _anchor=f"f-{self.field.key}")

    def save(self, ids: list[str]):
        """The field's files from now on; back to the form."""
        keep(self.view, {self.field.key: ids if self.field.type == "file" else (ids[-1] if ids else None)})
        return redirect(self.back, 303)

    def page(self, template: str, **values) -> str:
        return render_template(f"materials/{template}.html", place=self, view=self.view, field=self.field, back=self.back, **values)


@blueprint.get("/tasks/<task_id>/files/<key>")
@access("signed-in")
def choose(task_id: str, key: str):
    """Files of one's library that fit here (共享上传), or one from this machine (本地上传) (S1-116, S1-126)."""
    place = _place(task_id, key)
    q = request.args.get("q", "").strip()[:100]
    return place.page("choose", q=q, tab=request.args.get("tab", "shared"), fitting=_fitting(place, q), count=len(_fitting(place, "")))


@blueprint.post("/tasks/<task_id>/files/<key>")
@access("signed-in")
def take(task_id: str, key: str):
    """Puts the ticked files of the library, and those that came along, into the field."""
    place, taken = _place(task_id, key), []
    where = {**place_of(place.view, place.field), "owner": current_actor().id, "clock": clock()}
    ways = [lambda one=one: materials.reuse_material(one, **where) for one in request.form.getlist("material")]
    ways += [lambda file=file: materials.store_upload(file.read(), file.filename, **where) for file in request.files.getlist("file") if file.filename]
    for way in ways:  # one that is refused takes no other along
        try:
            taken.append(way().id)
        except UploadRefused as error:
            flash(message_of(error), "error")
    if not taken:
        return redirect(url_for("files.choose", task_id=task_id, key=key, tab=request.form.get("tab", "shared")), 303)
    return place.save([*place.ids, *taken])


@blueprint.get("/tasks/<task_id>/files/<key>/order")
@access("signed-in")
def order(task_id: str, key: str):
    """The files in their order (S1-119)."""
    place = _place(task_id, key)
    return place.page("order", files=place.files)


@blueprint.post("/tasks/<task_id>/files/<key>/order")
@access("signed-in")
def put_in_order(task_id: str, key: str):
    """Moves one file, without a script; or keeps the order of the page."""
    place = _place(task_id, key)
    known = {m.id: m for m in place.files}
    asked = [one for one in dict.fromkeys(request.form.getlist("material")) if one in known]
    ids = [*asked, *(one for one in known if one not in asked)]
    verb, _colon, which = request.form.get("do", "save").partition(":")
    if verb not in MOVES or which not in known:
        return place.save(ids)
    at = ids.index(which)
    ids.insert(max(0, at + MOVES[verb]), ids.pop(at))
    return place.page("order", files=[known[one] for one in ids], moved=which)


@blueprint.get("/tasks/<task_id>/files/<key>/crop")
@access("signed-in")
def crop(task_id: str, key: str):
    """A photo to be cut to the asked size."""
    place = _photo(task_id, key)
    photo = place.files[-1]
    return place.page("crop", photo=photo, faults=place.kind.faults(place.field, photo))


@blueprint.post("/tasks/<task_id>/files/<key>/crop")
@access("signed-in")
def cut(task_id: str, key: str):
    """The photo as the browser cut it; or cut here, from the top or the middle."""
    place = _photo(task_id, key)
    where = {**place_of(place.view, place.field), "max_mb": place.kind.largest(place.field)}
    file, photo = request.files.get("photo"), place.files[-1]
    try:
        if file and file.filename:
            made = materials.store_upload(file.read(), file.filename, owner=current_actor().id, clock=clock(), **where)
        else:
            made = materials.cut_photo(
                photo, width=place.field.photo_width, height=place.field.photo_height, owner=current_actor().id, clock=clock(),
                where="middle" if request.form.get("where") == "middle" else "top", **where)
    except UploadRefused as error:
        return place.page("crop", photo=photo, faults=[message_of(error)]), 422
    return place.save([made.id])


@blueprint.get("/tasks/<task_id>/files/<key>/sample")
@access("signed-in")
def sample(task_id: str, key: str):
    """The sample that lies beside the form, of the release of the case."""
    place = _place(task_id, key, reading_only=True)
    case, name = place.view.head.case, place.field.sample
    procedure = procedure_of(case.release)
    data = procedure.file(f"forms/{procedure.name}/samples/{name}") if name else None
    if data is None:
        raise NotFound()
    response = Response(data, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _place(task_id: str, key: str, reading_only: bool = False) -> Place:
    view = reading.view_task(task_id, current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    sheet = task_sheet(view)
    field = sheet.form.field(key) if sheet else None
    if field is None or field.type not in ("file", "photo"):
        raise NotFound()
    if key not in sheet.open and not reading_only:  # a returned form: this field was not marked
        raise NotAllowed()
    return Place(view, field, list(as_list(sheet.raw.get(key))))


def _photo(task_id: str, key: str) -> Place:
    place = _place(task_id, key)
    if not (place.field.photo_width and place.field.photo_height and place.files):
        raise NotFound()
    return place


def _fitting(place: Place, q: str) -> list:
    """Files of the library whose kind and size fit the field and that it does not have yet."""
    has, kinds = {m.sha256 for m in place.files}, place.kind.accepted(place.field)
    most = place.kind.taken_mb(place.field) * 1024 * 1024
    return [kept for kept in materials.library_of(current_actor().id, q=q)
            if kept.material.kind in kinds and kept.material.size <= most and kept.material.sha256 not in has]
