"""Registers (台账): lists, entries with their history, adding, changing, copying, retiring, Excel out and in."""
from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import rendering
from app.errors import AnswersInvalid, EntryChanged, ReasonNeeded, SheetRefused
from app.registers import editing, exchange, reading, tables
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.pages.forms import language
from app.sheets import XLSX

blueprint = Blueprint("registers", __name__, url_prefix="/registers")


@dataclass(frozen=True)
class EntryUrls:
    """Addresses inside the form of an entry; it has no files."""

    register: editing.Declared

    def refresh(self, section: str) -> str:
        return url_for("registers.refresh", procedure=self.register.procedure, key=self.register.key, section=section)

    def refresh_row(self, field_key: str) -> str:
        return ""

    def material(self, material_id: str) -> str:
        return ""

    def blank(self, field_key: str) -> str:
        return ""


@blueprint.get("")
@access("signed-in")
def index():
    """The registers that I may read."""
    actor = current_actor()
    return render_template("registers/index.html", registers=[r for r in editing.declared_registers() if editing.can_see(r, actor)])


@blueprint.get("/<procedure>/<key>")
@access("signed-in")
def show(procedure: str, key: str):
    """The entries of a register; search and filters are in the address."""
    register, actor, filters = _seen(procedure, key), current_actor(), _filters(procedure, key)
    rows, cursor = reading.list_entries(register, filters, actor=actor, clock=clock(), cursor=request.args.get("cursor", ""))
    return render_template(
        "registers/list.html", register=register, rows=rows, cursor=cursor, filters=filters, columns=reading.columns_shown(register),
        exported=url_for("registers.export", procedure=procedure, key=key, q=filters.q, state=filters.state, **(filters.chosen or {})),
        narrowing=_narrowing(register), keeper=editing.can_keep(register, actor), words=words_of)


@blueprint.get("/<procedure>/<key>/<int:entry_id>")
@access("signed-in")
def entry(procedure: str, key: str, entry_id: int):
    """One entry with everything that happened to it."""
    register, actor = _seen(procedure, key), current_actor()
    row = editing.find(register, entry_id, current_actor())
    whole = rendering.render_readonly(
        register.form, row.data, editing.context_of(actor, clock()), editing.choices_of(register, actor), language=language())
    return render_template(
        "registers/entry.html", register=register, row=row, whole=whole, words=words_of,
        history=reading.history(register, row, actor=actor, clock=clock()), keeper=editing.can_keep(register, actor))


@blueprint.get("/<procedure>/<key>/new")
@access("signed-in")
def new(procedure: str, key: str):
    """An empty form, or (`copy`) one filled like another entry: next year's is mostly this year's."""
    register, actor = _kept(procedure, key), current_actor()
    copied = request.args.get("copy", type=int)
    begun = rendering.defaults(register.form, editing.context_of(actor, clock()), editing.choices_of(register, actor))
    return _form(register, editing.find(register, copied, actor).data if copied else begun, {}, copied=bool(copied))


@blueprint.post("/<procedure>/<key>/new")
@access("signed-in")
def add(procedure: str, key: str):
    """Adds the entry, or says what is wrong with it."""
    register, typed = _kept(procedure, key), _typed(_kept(procedure, key))
    try:
        row = editing.add_entry(register, typed, actor=current_actor(), clock=clock(), reason=request.form.get("reason", ""))
    except AnswersInvalid as error:
        return _form(register, typed, fields_of(error)), status_of(error)
    flash(_("已新增“%(name)s”。", name=row.name))
    return redirect(url_for("registers.entry", procedure=procedure, key=key, entry_id=row.id), 303)


@blueprint.get("/<procedure>/<key>/<int:entry_id>/edit")
@access("signed-in")
def edit(procedure: str, key: str, entry_id: int):
    """The entry to change."""
    register = _kept(procedure, key)
    row = editing.find(register, entry_id, current_actor())
    return _form(register, row.data, {}, row=row)


@blueprint.post("/<procedure>/<key>/<int:entry_id>/edit")
@access("signed-in")
def change(procedure: str, key: str, entry_id: int):
    """Changes the entry with a reason, or says what is wrong; what was typed stays on the page."""
    register, typed = _kept(procedure, key), _typed(_kept(procedure, key))
    try:
        row = editing.change_entry(register, entry_id, _kept_tables(register, entry_id) | typed, **_deed())
    except (AnswersInvalid, ReasonNeeded, EntryChanged) as error:
        problem = "" if isinstance(error, AnswersInvalid) else message_of(error)
        return _form(register, typed, fields_of(error), row=editing.find(register, entry_id, current_actor()), problem=problem), status_of(error)
    flash(_("已修改“%(name)s”。已经提交的内容不受影响，尚未提交的下次打开时更新。", name=row.name))
    return redirect(url_for("registers.entry", procedure=procedure, key=key, entry_id=row.id), 303)


@blueprint.post("/<procedure>/<key>/<int:entry_id>/<any(retire, restore):deed>")
@access("signed-in")
def turn(procedure: str, key: str, entry_id: int, deed: str):
    """Takes an entry out of force, or puts it back."""
    register, verb = _kept(procedure, key), {"retire": editing.retire_entry, "restore": editing.restore_entry}[deed]
    try:
        verb(register, entry_id, **_deed())
    except (ReasonNeeded, EntryChanged, AnswersInvalid) as error:
        flash("；".join([message_of(error), *fields_of(error).values()]), "warning")
    return redirect(url_for("registers.entry", procedure=procedure, key=key, entry_id=entry_id), 303)


@blueprint.post("/<procedure>/<key>/sections/<section>")
@access("signed-in")
def refresh(procedure: str, key: str, section: str):
    """The form's section anew, after a field changed that others depend on."""
    register = _kept(procedure, key)
    return _sections(register, _typed(register), {}).get(section, "")


@blueprint.get("/<procedure>/<key>/export")
@access("signed-in")
def export(procedure: str, key: str):
    """What the list shows, as a workbook that can be imported again."""
    register = _seen(procedure, key)
    book = exchange.export(register, reading.matching(register, _filters(procedure, key), current_actor()), actor=current_actor(), clock=clock())
    return _book(book, register.register.title)


@blueprint.get("/<procedure>/<key>/template")
@access("signed-in")
def template(procedure: str, key: str):
    """The empty table to fill in."""
    register = _kept(procedure, key)
    return _book(exchange.template(register), _("%(title)s导入模板", title=register.register.title))


@blueprint.get("/<procedure>/<key>/import")
@access("signed-in")
def choose_file(procedure: str, key: str):
    """Asks for the file."""
    return render_template("registers/import.html", register=_kept(procedure, key), faults=[], problem="", words=words_of)


@blueprint.post("/<procedure>/<key>/import")
@access("signed-in")
def take_file(procedure: str, key: str):
    """Imports all lines, or none and says which are wrong."""
    register, file = _kept(procedure, key), request.files.get("file")
    try:
        added, changed, faults = exchange.import_entries(
            register, file.read() if file else b"", file.filename if file else "", actor=current_actor(), clock=clock(), reason=request.form.get("reason", ""))
    except SheetRefused as error:
        return render_template("registers/import.html", register=register, faults=[], problem=message_of(error), words=words_of), 422
    if faults:
        return render_template("registers/import.html", register=register, faults=faults, problem="", words=words_of), 422
    flash(_("已导入：新增 %(added)d 条，修改 %(changed)d 条。", added=added, changed=changed))
    return redirect(url_for("registers.show", procedure=procedure, key=key), 303)


def _seen(procedure: str, key: str) -> editing.Declared:
    register = editing.declared(procedure, key)
    editing.ensure_can_see(register, current_actor())
    return register


def _kept(procedure: str, key: str) -> editing.Declared:
    register = editing.declared(procedure, key)
    editing.ensure_can_keep(register, current_actor())
    return register


def _filters(procedure: str, key: str) -> reading.Filters:
    columns = reading.columns_to_filter(editing.declared(procedure, key))
    chosen = {c.key: request.args[c.key] for c in columns if request.args.get(c.key)}
    return reading.Filters(request.args.get("q", "").strip(), request.args.get("state", reading.IN_FORCE), chosen)


def _narrowing(register: editing.Declared) -> list[tuple]:
    """(column, its (code, words)) of the columns by which the list can be narrowed."""
    scene = rendering.scene_of(register.form, {}, {}, editing.choices_of(register, current_actor()))
    return [(column, [(o.value, o.in_words(language())) for o in rendering.options_of(column, scene)]) for column in reading.columns_to_filter(register)]


def _typed(register: editing.Declared) -> dict:
    actor = current_actor()
    lines = {f.key: tables.rows_from(register, f, request.form[f"table.{f.key}"], actor, clock())
             for f in tables.tables_of(register) if f"table.{f.key}" in request.form}
    return {k: v for section in register.form.sections for k, v in rendering.parse_section(register.form, section, request.form).items()} | lines


def _tables(register: editing.Declared, answers: dict) -> list[tuple]:
    """(table, the heads of its columns, its rows as lines), for the page of an entry."""
    actor = current_actor()
    return [(f, [words_of(c, "label") for c in tables.columns_of(f)], tables.lines_of(register, f, answers.get(f.key), actor, clock())) for f in tables.tables_of(register)]


def _kept_tables(register: editing.Declared, entry_id: int) -> dict:
    """The tables of an entry as they are: a page that did not show one does not empty it."""
    data = editing.find(register, entry_id, current_actor()).data
    return {f.key: data[f.key] for f in tables.tables_of(register) if f.key in data}


def _deed() -> dict:
    return {"actor": current_actor(), "clock": clock(), "reason": request.form.get("reason", ""), "version": request.form.get("version", 0, int)}


def _sections(register: editing.Declared, answers: dict, errors: dict) -> dict:
    actor = current_actor()
    return rendering.render_sections(
        tables.without_tables(register.form), answers, errors, editing.context_of(actor, clock()), EntryUrls(register), editing.choices_of(register, actor), language=language())


def _form(register: editing.Declared, answers: dict, errors: dict, row=None, copied: bool = False, problem: str = "") -> str:
    return render_template(
        "registers/form.html", register=register, row=row, parts=list(_sections(register, answers, errors).values()), copied=copied, tables=_tables(register, answers),
        mistakes=list(errors.items()), labels=rendering.labels(register.form, language()), problem=problem, words=words_of, reason=request.form.get("reason", ""))


def words_of(part, name: str = "title") -> str:
    """A title or hint of a register or field in the language of the page."""
    return (language() == "en" and getattr(part, f"{name}_en", "")) or getattr(part, name, "")


def _book(content: bytes, title: str):
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{title}.xlsx")
