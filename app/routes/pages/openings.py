"""A register's entries of one period: what is checked before they are opened, opening and closing, copies for the next."""
from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import rendering
from app.errors import AnswersInvalid, NotFound, NotReadyToOpen, ReasonNeeded
from app.registers import checking, copying, editing, openings, reading
from app.registers.within import is_met
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.pages.forms import language
from app.routes.pages.registers import words_of

blueprint = Blueprint("openings", __name__, url_prefix="/registers")
STATES = {"": "open", "open": "open", "draft": "draft", "closed": "closed"}


@blueprint.get("/<procedure>/<key>/periods")
@access("signed-in")
def show(procedure: str, key: str):
    """The entries of a period with what the checks say about each; whoever may read the register may read this."""
    register = _opened(procedure, key)
    editing.ensure_can_see(register, current_actor())
    return _page(register, request.args.get("period", ""))


@blueprint.post("/<procedure>/<key>/periods")
@access("signed-in")
def turn(procedure: str, key: str):
    """Opens or closes the ticked entries, all or none."""
    register, deed = _opened(procedure, key), request.form.get("deed")
    verb = {"open": openings.open_entries, "close": openings.close_entries}.get(deed)
    editing.ensure_can_keep(register, current_actor())
    try:
        rows = verb(register, _ticked(request.form), actor=current_actor(), clock=clock(), reason=request.form.get("reason", "")) if verb else []
    except (NotReadyToOpen, ReasonNeeded) as error:
        return _page(register, request.form.get("period", ""), problem=message_of(error)), status_of(error)
    flash(_("已开放 %(n)d 条。", n=len(rows)) if deed == "open" else _("已关闭 %(n)d 条。", n=len(rows)))
    return redirect(url_for("openings.show", procedure=procedure, key=key, period=request.form.get("period", "")), 303)


@blueprint.get("/<procedure>/<key>/copies")
@access("signed-in")
def propose(procedure: str, key: str):
    """What copies for the next period would look like: every date before it is saved."""
    register = _opened(procedure, key)
    editing.ensure_can_keep(register, current_actor())
    return _proposals(register, copying.proposed(register, _ticked(request.args), actor=current_actor()), {}, {})


@blueprint.post("/<procedure>/<key>/copies")
@access("signed-in")
def copy(procedure: str, key: str):
    """Saves the copies as drafts, all or none; what was typed stays on the page."""
    register, typed = _opened(procedure, key), _dates(request.form)
    try:
        made = copying.copy_entries(register, typed, actor=current_actor(), clock=clock())
    except AnswersInvalid as error:
        return _proposals(register, copying.proposed(register, typed, actor=current_actor()), typed, fields_of(error)), status_of(error)
    flash(_("已新增 %(n)d 条草拟的条目，检查后才能开放。", n=len(made)))
    period = str(made[0].data.get(register.register.opening.period)) if made else ""
    return redirect(url_for("openings.show", procedure=procedure, key=key, period=period), 303)


def _opened(procedure: str, key: str) -> editing.Declared:
    """A register whose entries are opened period by period. Raises NotFound."""
    register = editing.declared(procedure, key)
    if register.register.opening is None:
        raise NotFound()
    return register


def _ticked(sent) -> list[int]:
    return [int(text) for text in sent.getlist("entry") if text.isdecimal() and len(text) < 19]


def _dates(sent) -> dict[int, dict[str, str]]:
    """entry id -> column -> date, of fields named `<entry id>.<column>`."""
    found: dict[int, dict[str, str]] = {entry_id: {} for entry_id in _ticked(sent)}
    for name, value in sent.items():
        entry_id, _dot, column = name.partition(".")
        if column and entry_id.isdecimal() and int(entry_id) in found:
            found[int(entry_id)][column] = value
    return found


def _page(register: editing.Declared, period: str, problem: str = "") -> str:
    actor, periods = current_actor(), checking.periods_of(register)
    period = period if period in periods else next(iter(periods), "")
    judged, on_period = openings.judge_period(register, period, clock=clock())
    columns = [column for column in reading.columns_shown(register) if column.key != register.register.opening.period]
    judged = [one for one in judged if is_met(register, one.entry.data, actor)]
    rows = [(one, STATES[one.entry.state], reading.cells(register, one.entry.data, columns, actor, clock())) for one in judged]
    return render_template(
        "registers/periods.html", register=register, periods=periods, period=period, rows=rows, on_period=on_period, columns=columns,
        problem=problem, keeper=editing.can_keep(register, actor), words=words_of, reason=request.form.get("reason", ""),
        period_label=_period_label(register), ticked=set(_ticked(request.form)))


def _proposals(register: editing.Declared, proposals: list, typed: dict, faults: dict) -> str:
    return render_template("registers/copies.html", register=register, proposals=proposals, typed=typed, faults=faults, words=words_of,
                           period_label=_period_label(register), labels=rendering.labels(register.form, language()))


def _period_label(register: editing.Declared) -> str:
    field = next(field for field in register.form.fields() if field.key == register.register.opening.period)
    return words_of(field, "label")
