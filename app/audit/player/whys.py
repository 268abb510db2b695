"""Why a case went the way it went: at each gateway and table of an event the expression, and the values it read then."""
from __future__ import annotations

from app import engine
from app.audit.player.walking import Seen, Walk
from app.audit.player.words import exactly
from app.definitions.linter.table_checks import domain_of
from app.operations import releases
from app.operations.value_names import named
from app.store.models import Event


def whys_of(walk: Walk, event: Event, flows: list[str]) -> list[dict]:
    """Each choice that the event made, in order: `{element, name, kind: flow|table, chosen, flow_name, expression, values, ways, rows}`.

    `chosen` is the id of a flow, or the outputs of a table. `values` are `[{path, label, value, words}]`, None where the
    event could not be run again: then what was chosen is known from the event alone.
    """
    seen = walk.seen.get(event.seq)
    if event.seq not in walk.stands:  # a choice watched on the way to a difference proves nothing
        seen = [_walked(element, flow) for element, flow in _passed(walk, event, flows)]
    return [_why(walk, event, one) for one in seen or ()]


def _passed(walk: Walk, event: Event, flows: list[str]) -> list[tuple[str, str]]:
    """(gateway with conditions, flow that was taken), as the trail has them."""
    process = walk.past.at(event.seq)
    gateways = {element for element, choice in walk.choices_at(event.seq).items() if choice.kind == "flow"}
    return [(process.flows[flow].source, flow) for flow in flows if flow in process.flows and process.flows[flow].source in gateways]


def _walked(element: str, flow: str) -> Seen:
    return Seen(element, "flow", flow, (), None)


def _why(walk: Walk, event: Event, seen: Seen) -> dict:
    seq = event.seq
    choice, process = walk.choice(seq, seen.element), walk.past.at(seq)
    procedure = releases.procedure_of(walk.past.digest_at(seq))
    values = None if seen.values is None else [
        {"path": path, "label": named(path, procedure), "value": value, "words": _words(path, value, event, procedure)} for path, value in seen.values.items()]
    said = {"element": seen.element, "name": choice.name if choice else seen.element, "kind": seen.kind, "chosen": seen.chosen,
            "flow_name": "", "expression": "", "values": values, "ways": [], "rows": list(seen.rows)}
    return said | (_of_flow(choice, process, seen) if seen.kind == "flow" else _of_table(choice, procedure, seen))


def _words(path: str, value, event: Event, procedure) -> str:
    """A value exactly, and what it is called where it is a button or was chosen from a list: 通过（pass）."""
    said = exactly(value)
    domain = domain_of(path, procedure.forms, procedure.code_tables)
    label = event.details.get("label") if path == "outcome" and value == event.outcome else domain.names.get(value) if domain and isinstance(value, str) else ""
    return f"{label}（{said}）" if isinstance(label, str) and label and label != said else said


def _of_flow(choice: engine.Choice | None, process: engine.Process, seen: Seen) -> dict:
    ways = [_way(process, *way) for way in choice.texts] if choice else []
    taken = next((way for way in ways if way["flow"] == seen.chosen), None)
    return {"ways": ways, "expression": taken["expression"] if taken else "", "default": bool(taken and taken["default"]), "flow_name": taken["name"] if taken else ""}


def _way(process: engine.Process, flow: str, target: str, condition: str, default: bool) -> dict:
    drawn, end = process.flows.get(flow), process.elements.get(target)
    return {"flow": flow, "name": drawn.name if drawn else "", "to": end.name or target if end else target, "expression": condition, "default": default}


def _of_table(choice: engine.Choice | None, procedure, seen: Seen) -> dict:
    decision = procedure.decisions.get(choice.table) if choice else None
    if decision is None:
        return {"table": ""}
    labels = dict(zip(decision.outputs, decision.output_labels))
    outputs = seen.chosen if isinstance(seen.chosen, dict) else {}
    matched = [decision.rules[row - 1] for row in seen.rows if row <= len(decision.rules)]
    cells = [" 且 ".join(f"{label or text} {cell}" for label, text, cell in zip(decision.labels or decision.inputs, decision.inputs, rule.inputs) if cell not in ("", "-"))
             for rule in matched]
    return {"table": decision.name or decision.id, "expression": "；".join(cells),
            "outputs": [{"name": name, "label": labels.get(name) or name, "words": exactly(value)} for name, value in outputs.items()]}
