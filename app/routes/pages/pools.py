"""Pools: draws with their proof, what people took part in, and one's own entry."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import rendering
from app.operations.contexts import SHANGHAI
from app.people import name_of
from app.pools import COUNTING, DRAWN, lots, participation, reading, record_of
from app.pools.counting import UNFIT
from app.pools.records import check_draw
from app.registers import editing
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.forms import language
from app.sheets import XLSX, Column, write_book

blueprint = Blueprint("pools", __name__)
KINDS = {
    "drawn": _l("抽中"), "invited": _l("邀请"), "accepted": _l("答复参加"), "declined": _l("答复不参加"), "silent": _l("未答复"), "attended": _l("到会"),
    "absent": _l("缺席"), "recused": _l("回避"), "opinion": _l("评议意见"), "voted": _l("参加表决"), "replaced": _l("被更换"),
}


@blueprint.get("/pools")
@access("signed-in")
def index():
    """The pools that I keep or check."""
    return render_template("pools/index.html", pools=reading.pools_seen_by(current_actor()), words=_words)


@blueprint.get("/pools/mine")
@access("signed-in")
def mine():
    """My own entries, and what I took part in."""
    actor = current_actor()
    own = [(found, _whole(found), participation.rows_of_person(found.register.procedure, found.register.key, actor.ref)[0]) for found in reading.own_entries(actor)]
    return render_template("pools/mine.html", own=own, kinds=KINDS, words=_pool_words)


@blueprint.get("/pools/<procedure>/<key>/draws")
@access("signed-in")
def draws(procedure: str, key: str):
    """The draws from a pool."""
    register = reading.pool_named(procedure, key, current_actor())
    rows, cursor = reading.draws_of(register, current_actor(), cursor=request.args.get("cursor", ""))
    return render_template("pools/draws.html", register=register, rows=rows, cursor=cursor, words=_words, DRAWN=DRAWN)


@blueprint.get("/pools/<procedure>/<key>/participation")
@access("signed-in")
def taken_part(procedure: str, key: str):
    """Who took part in what in a year, in numbers."""
    register, year, years = _year(procedure, key)
    lines = _lines(register, year)
    return render_template("pools/participation.html", register=register, year=year, years=years, lines=lines, kinds=KINDS, words=_words)


@blueprint.get("/pools/<procedure>/<key>/participation/excel")
@access("signed-in")
def taken_part_book(procedure: str, key: str):
    """The same numbers as a workbook."""
    register, year, _years = _year(procedure, key)
    lines = _lines(register, year)
    columns = [Column("name", _("姓名")), *(Column(kind, str(label), width=12) for kind, label in KINDS.items())]
    book = write_book(_("参评记录"), columns, [[name, *(counts.get(kind, 0) for kind in KINDS)] for _ref, name, counts in lines])
    return send_file(BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=f"{register.register.title}{_('参评记录')}{year}.xlsx")


@blueprint.get("/pools/<procedure>/<key>/participation/<person_id>")
@access("signed-in")
def person(procedure: str, key: str, person_id: str):
    """Everything that one person took part in."""
    register = reading.pool_named(procedure, key, current_actor())
    met = reading.people_met(register, current_actor())
    if met is not None and f"person:{person_id}" not in met:
        abort(404)
    rows, before = participation.rows_of_person(procedure, key, f"person:{person_id}", before=request.args.get("before", 0, type=int))
    return render_template("pools/person.html", register=register, name=rows[0].name if rows else name_of(person_id), rows=rows, before=before, kinds=KINDS, words=_words)


@blueprint.get("/draws/<number>")
@access("signed-in")
def draw(number: str):
    """A draw with everything that proves it; `check` does the sums again."""
    row = reading.draw_seen_by(number, current_actor())
    checked = check_draw(row) if "check" in request.args and row.state == DRAWN else None
    return render_template(
        "pools/draw.html", draw=row, checked=checked, names=reading.names_in(row), left_out=reading.left_out(row), counted=reading.counted(row),
        later=reading.later_draws(row), algorithm=lots.ALGORITHM, said=_reasons(row), DRAWN=DRAWN, COUNTING=COUNTING)


@blueprint.get("/draws/<number>/record")
@access("signed-in")
def record(number: str):
    """The whole record as JSON, to be kept and checked by anybody."""
    row = reading.draw_seen_by(number, current_actor())
    if row.state != DRAWN:
        abort(404)
    return send_file(BytesIO(lots.canonical(record_of(row))), mimetype="application/json", as_attachment=True, download_name=f"{number}.json")


def _lines(register: editing.Declared, year: int) -> list[tuple]:
    """The numbers of those whose entries the reader meets."""
    met = reading.people_met(register, current_actor())
    lines = participation.counts_of_year(register.procedure, register.key, year, q=request.args.get("q", ""))
    return [line for line in lines if met is None or line[0] in met]


def _year(procedure: str, key: str):
    register = reading.pool_named(procedure, key, current_actor())
    years = participation.years_of(procedure, key) or [clock()().astimezone(SHANGHAI).year]
    return register, request.args.get("year", years[0], type=int), years


def _whole(own: reading.Own):
    actor = current_actor()
    return rendering.render_readonly(
        own.register.form, own.entry.data, editing.context_of(actor, clock()), editing.choices_of(own.register, actor), language=language())


def _words(register, name: str = "title") -> str:
    """A text of a register in the language of the page."""
    return (language() == "en" and getattr(register, f"{name}_en", "")) or getattr(register, name)


def _reasons(draw) -> dict[str, str]:
    """Why somebody was left out, as the record says it -> in the language of the page, where the register has a text for it."""
    grounds = reading.declared(draw.procedure, draw.register).register.pool.excluded_when
    return {UNFIT: _("不符合本次抽取的条件")} | {ground.reason: _words(ground, "reason") for ground in grounds}


def _pool_words(register, name: str) -> str:
    return (language() == "en" and getattr(register.pool, f"{name}_en")) or getattr(register.pool, name) or (register.title if name == "own_title" else "")
