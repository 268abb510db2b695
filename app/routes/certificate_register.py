"""The register of certificates for the posts that keep them, and numbers of another authority out of a workbook."""
from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.certificates import register, renumbering
from app.certificates.keeping import procedures_kept
from app.certificates.models import STATES
from app.errors import RequestInvalid, SheetRefused
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of, status_of
from app.routes.payments import workbook
from app.sheets import write_book

blueprint = Blueprint("certificate_register", __name__, url_prefix="/certificates/register")


@blueprint.get("")
@access("signed-in")
def index():
    """All certificates of the procedures that one keeps."""
    asked, actor = _asked(), current_actor()
    rows, cursor, count = register.list_certificates(asked, actor, cursor=request.args.get("cursor", ""))
    return render_template("certificates/register.html", rows=rows, cursor=cursor, count=count, asked=asked, states=STATES,
                           years=register.years(actor), keeps=bool(procedures_kept(actor)))


@blueprint.get("/list.xlsx")
@access("signed-in")
def book():
    """The same as a workbook."""
    return workbook(register.certificates_book(_asked(), current_actor()), _("证书台账"))


@blueprint.get("/<int:certificate_id>")
@access("signed-in")
def show(certificate_id: int):
    """One certificate with its editions, what happened to it and who asked."""
    return render_template("certificates/one.html", known=register.one_of_register(certificate_id, current_actor()))


@blueprint.get("/numbers")
@access("signed-in")
def numbers():
    """Asks for a workbook with numbers of another authority."""
    renumbering.ensure_keeps(current_actor())
    return render_template("certificates/numbers.html", pairs=[], faults=[], problem="")


@blueprint.get("/numbers.xlsx")
@access("signed-in")
def numbers_template():
    """An empty table to fill."""
    renumbering.ensure_keeps(current_actor())
    return workbook(write_book("证书编号", renumbering.COLUMNS, [], notes=renumbering.NOTES), _("证书编号导入模板"))


@blueprint.post("/numbers")
@access("signed-in")
def check_numbers():
    """Shows what a workbook would do, or what is wrong with it; nothing is changed yet."""
    file = request.files.get("file")
    try:
        pairs, faults = renumbering.read_numbers(file.read() if file else b"", (file.filename if file else "") or _("（没有选择文件）"), current_actor())
    except SheetRefused as error:
        return Response(render_template("certificates/numbers.html", pairs=[], faults=[], problem=message_of(error)), status_of(error))
    problem = "" if pairs else _("文件里没有要导入的行。")
    return Response(render_template("certificates/numbers.html", pairs=pairs, faults=faults, problem=problem), 422 if faults or problem else 200)


@blueprint.post("/numbers/take")
@access("signed-in")
def take_numbers():
    """Starts the job that gives the certificates their numbers."""
    job = renumbering.start_renumbering(_pairs(), actor=current_actor(), clock=clock())
    return redirect(url_for("jobs.show", job_id=job.id), 303)


def _pairs() -> list[renumbering.Pair]:
    try:
        return [renumbering.Pair(str(number), "", str(new)) for number, new in json.loads(request.form.get("pairs", "[]"))]
    except (ValueError, TypeError):
        raise RequestInvalid(why=_("请重新选择文件")) from None


def _asked() -> register.Filter:
    return register.Filter(**{name: request.args.get(name, "") for name in ("q", "state", "batch", "year")})
