"""常用语: the texts that an office keeps for its remarks; whoever belongs to the office keeps them."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import people, phrases
from app.errors import NotFound, PhraseRefused
from app.operations import reading
from app.operations.reading.offices import is_desk
from app.operations.reading.phraseplaces import places_of
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.forms import language
from app.sheets import XLSX, Column, read_rows, write_book

blueprint = Blueprint("phrases", __name__, url_prefix="/phrases")
WHERE, TEXT = Column("where", "用于", width=40), Column("text", "内容", required=True, width=80)


@blueprint.get("")
@access("signed-in")
def index():
    """The phrases of one of my offices."""
    return _page()


@blueprint.post("")
@access("signed-in")
def put():
    """Keeps a phrase, new or changed."""
    (owner, role), (form, outcome) = _office(), _place()
    text, phrase_id = request.form.get("text", ""), request.form.get("phrase", type=int)
    try:
        if phrase_id:
            phrases.change_phrase(phrase_id, text, actor=current_actor(), clock=clock(), form=form, outcome=outcome)
        else:
            phrases.add_phrase(owner, role, text, actor=current_actor(), clock=clock(), form=form, outcome=outcome)
    except PhraseRefused as error:
        return _page(message_of(error), {"text": text, "place": f"{form}:{outcome}", "phrase": phrase_id}), 422
    flash(_("常用语已保存。"))
    return redirect(url_for("phrases.index", office=f"{owner}|{role}"), 303)


@blueprint.post("/drop")
@access("signed-in")
def drop():
    """Takes a phrase away."""
    owner, role = _office()
    phrases.drop_phrase(request.form.get("phrase", 0, type=int), actor=current_actor())
    flash(_("常用语已删除。"))
    return redirect(url_for("phrases.index", office=f"{owner}|{role}"), 303)


@blueprint.get("/excel")
@access("signed-in")
def export():
    """The phrases of an office as a workbook, which can be filled in and taken in again."""
    owner, role = _office()
    words = {(form, outcome): said for form, outcome, said in places_of(role)}
    rows = [(words.get((one.form, one.outcome), ""), one.text) for one in phrases.phrases_of(owner, role)]
    notes = [_("“用于”不填的，各处都可以选用；可填："), *words.values(), _("内容可写 {姓名}、{流水号}、{环节}、{今天}，选用时自动替换。")]
    return send_file(BytesIO(write_book(_("常用语"), (WHERE, TEXT), rows, notes=notes)), mimetype=XLSX, as_attachment=True, download_name=_("常用语") + ".xlsx")


@blueprint.post("/import")
@access("signed-in")
def take_in():
    """Adds the phrases of a workbook, all or none."""
    (owner, role), file = _office(), request.files.get("file")
    places = {said: (form, outcome) for form, outcome, said in places_of(role)} | {"": ("", "")}
    try:
        read = read_rows(file.read() if file else b"", file.filename if file else "", columns=(WHERE, TEXT), most=phrases.MOST)
        unknown = next((row for row in read if row.values["where"] not in places), None)
        if unknown:
            raise PhraseRefused(why=_("第 %(line)s 行的“用于”填写的“%(what)s”不在可填的范围内，请按下载的表格填写。", line=unknown.line, what=unknown.values["where"]))
        rows = [(*places[row.values["where"]], row.values["text"]) for row in read]
        count = phrases.put_all(owner, role, rows, actor=current_actor(), clock=clock())
    except PhraseRefused as error:
        return _page(message_of(error)), 422
    flash(_("已导入 %(n)s 条常用语。", n=count))
    return redirect(url_for("phrases.index", office=f"{owner}|{role}"), 303)


def _office() -> tuple[str, str]:
    """The office that the request names, or my first one. Raises NotFound for another's."""
    mine = phrases.offices_of(current_actor())
    owner, bar, role = request.values.get("office", "").partition("|")
    chosen = (owner, role) if bar else next(iter(_desks(mine)), None)
    if chosen is None or chosen not in mine:
        raise NotFound()
    return chosen


def _desks(offices: list) -> list:
    """Those of the offices that work at a desk: only they write remarks to others."""
    return [office for office in offices if is_desk(office[1])]


def _place() -> tuple[str, str]:
    form, _colon, outcome = request.form.get("place", "").partition(":")
    return form[:100], outcome[:64]


def _page(problem: str = "", typed: dict | None = None) -> str:
    offices = _desks(phrases.offices_of(current_actor()))
    if not offices and "office" not in request.values:
        return render_template("phrases/none.html")
    owner, role = _office()
    names = reading.role_names(language())
    labels = [(where, code, f"{(people.party_of(where) or {}).get('name', '')} {names.get(code, code)}".strip()) for where, code in offices]
    return render_template("phrases/list.html", owner=owner, role=role, offices=labels, rows=phrases.phrases_of(owner, role), uses=places_of(role),
                           open_places=phrases.PLACES, problem=problem, typed=typed or {})
