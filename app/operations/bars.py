"""Bars: a start event or task with `barred_by` and `bar_key` cannot be done while an entry of that register holds (C-013, C-015).

Nothing is kept beside the register: a bar that ends, or whose entry is retired, is gone at the next try; drafts stay.
"""
from __future__ import annotations

from flask_babel import gettext as _

from app import engine
from app.errors import Barred
from app.expressions import EvaluationError
from app.operations import releases
from app.operations.contexts import FormActor, evaluate
from app.registers.bars import Bar, bar_in_force
from app.rendering.texts import cn_date
from app.store.models import Case


def ensure_not_barred(case: Case, element: engine.Element, context: dict, answers: dict, actor) -> None:
    """Raises Barred with the reason and the last day. `context` is that of the case; `answers` (form -> values) are the new ones."""
    found = _find(case.release, element, context, answers, actor)
    if found:
        raise _refusal(found, drafted=element.kind != "startEvent")


def bar_notice(case: Case, element: engine.Element, context: dict, answers: dict, actor) -> str:
    """What doing it with these answers would be refused for: a warning while they are typed; else ""."""
    try:
        found = _find(case.release, element, context, answers, actor)
    except EvaluationError:  # a draft may hold anything
        return ""
    return _refusal(found, drafted=True).message if found else ""


def _find(release: str, element: engine.Element, context: dict, answers: dict, actor) -> Bar | None:
    properties = element.properties
    if not properties.get("barred_by") or not properties.get("bar_key"):
        return None
    forms = {**context["form"], **answers}
    said = evaluate(properties["bar_key"], {**context, "form": forms, "actor": FormActor(actor)})
    keys = [str(key or "") for key in (said if isinstance(said, (list, tuple)) else [said])]
    procedure = releases.procedure_of(release)
    registers = [procedure.registers[name.strip()] for name in properties["barred_by"].split(",") if name.strip() in procedure.registers]
    bars = [bar for register in registers if (bar := bar_in_force(procedure.name, register, keys, context["today"]))]
    return max(bars, key=lambda bar: bar.until or "9999", default=None)


def _refusal(bar: Bar, drafted: bool) -> Barred:
    until = f"{cn_date(bar.until)}（含当日）" if bar.until else "限制解除"
    return Barred(until=until, reason=bar.reason, kept=_("您的填写已保存为草稿，限制结束的次日起可以继续。") if drafted else "")
