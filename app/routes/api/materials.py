"""Uploading a file before it is named in answers."""
from __future__ import annotations

from flask import request
from flask_babel import gettext

from app.errors import RequestInvalid
from app.materials import keep, read_upload
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint
from app.routes.api.repeating import answer_once

blueprint = ApiBlueprint("api_materials", __name__, description="Uploaded files")


@blueprint.post("/materials")
@access("signed-in")
@blueprint.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}})
@blueprint.response(201, shapes.MaterialShape)
def upload():
    """Keeps a file; its id goes into the answers of a file field."""
    file = request.files.get("file")
    if file is None:
        raise RequestInvalid(why=gettext("缺少文件 file"))
    data = file.read()
    # Looked into before the transaction of the command: it takes seconds in which nobody else could write.
    material = read_upload(data, file.filename or "", owner=current_actor().id, clock=clock())
    return answer_once(lambda: shapes.MaterialShape().dump(keep(material)), content=data)
