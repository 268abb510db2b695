"""What if, in words: what a proposal changes at a table or gateway, and what came of a choice."""
from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.definitions.decisions import Decision
from app.engine import Choice, Chosen, Process
from app.workbench.personal import Cover, in_words

MOST_ROWS = 4   # changed rows that are written out
HOPS = 6        # elements without a name that are passed over


def gateway_changes(before: Choice, after: Choice, old: Process, new: Process) -> tuple[str, ...]:
    """What is changed at a gateway, flow by flow."""
    was, now = ({way[0]: way for way in choice.texts} for choice in (before, after))
    words = [_("连线“%(flow)s”的条件由“%(a)s”改为“%(b)s”", flow=_flow(key, new), a=_condition(was[key]), b=_condition(now[key]))
             for key in was if key in now and was[key][2:] != now[key][2:]]
    words += [_("连线“%(flow)s”改接到“%(to)s”", flow=_flow(key, new), to=leads_to(new, now[key][1])) for key in was if key in now and was[key][1] != now[key][1]]
    words += [_("去掉连线“%(flow)s”", flow=_flow(key, old)) for key in was if key not in now]
    words += [_("新加连线“%(flow)s”，条件“%(a)s”", flow=_flow(key, new), a=_condition(now[key])) for key in now if key not in was]
    return tuple(words) or (_("连线的先后次序"),)


def _flow(key: str, process: Process) -> str:
    flow = process.flows.get(key)
    return flow.name if flow and flow.name else key


def _condition(way: tuple) -> str:
    return way[2] or (_("其他情况") if way[3] else _("无"))


def table_changes(before: Decision | None, after: Decision | None) -> tuple[str, ...]:
    """What is changed in a decision table, row by row where the rows can be told apart by their place."""
    if before is None or after is None or before.id != after.id:
        return (_("改用决策表“%(table)s”", table=after.name or after.id if after else "—"),)
    words = [_("改了列或命中策略")] if (before.inputs, before.outputs, before.hit_policy) != (after.inputs, after.outputs, after.hit_policy) else []
    old, new = ([(*rule.inputs, *rule.outputs) for rule in decision.rules] for decision in (before, after))
    if len(old) == len(new):
        rows = [_row(number, was, now) for number, (was, now) in enumerate(zip(old, new), 1) if was != now]
        words += rows[:MOST_ROWS] + ([_("……共改 %(n)s 行", n=len(rows))] if len(rows) > MOST_ROWS else [])
    else:
        words.append(_("新的或改过的行 %(a)s 行，去掉或改掉的行 %(b)s 行", a=_not_in(new, old), b=_not_in(old, new)))
    return tuple(words) or (_("行的先后次序"),)


def _row(number: int, was: Iterable[str], now: Iterable[str]) -> str:
    cells = [_("“%(a)s”改为“%(b)s”", a=a or "-", b=b or "-") for a, b in zip(was, now) if a != b]
    return _("第 %(n)s 行：%(cells)s", n=number, cells="，".join(cells) or _("列数"))


def _not_in(rows: list, others: list) -> int:
    return sum(row not in others for row in rows)


def leads_to(process: Process, element: str) -> str:
    """What people call the places that a flow leads to: the next elements with names, past those without."""
    waiting, names = [element], []
    for _hop in range(HOPS):
        names += [process.elements[one].name for one in waiting if process.elements[one].name]
        unnamed = {one for one in waiting if not process.elements[one].name}
        waiting = [flow.target for flow in process.flows.values() if flow.source in unnamed]
        if not waiting:
            break
    return "、".join(dict.fromkeys(names)) or element


def result_words(cover: Cover, chosen: Chosen, other: Chosen, process: Process | None, decision: Decision | None) -> str:
    """What came of a choice; of a table only the outputs that differ from the other's."""
    if chosen.kind == "gone":
        return _("没有这一步")
    if chosen.kind == "failed":
        return _("不能得出结果：%(why)s", why=cover.value(chosen.why))
    if chosen.kind == "flow":
        flow = process.flows.get(chosen.value)
        target = leads_to(process, flow.target) if flow else ""
        return f"{flow.name} → {target}" if flow and flow.name else f"→ {target}"
    if isinstance(chosen.value, dict):
        labels = dict(zip(decision.outputs, decision.output_labels)) if decision else {}
        theirs = other.value if isinstance(other.value, dict) else {}
        told = {name: value for name, value in chosen.value.items() if name not in theirs or theirs[name] != value} or chosen.value
        return "，".join(f"{labels.get(name, name)} = {in_words(cover.value(value))}" for name, value in told.items())
    return _("%(n)s 行符合", n=len(chosen.value or []))
