"""The buttons of a user task, read off the gateway behind it.

Only `app/engine` imports it. Whether a button is shown (`when`) is not decided here.
"""
from __future__ import annotations

from app.expressions import ExpressionError, compile_expression

from .errors import EngineError
from .model import Decision, Element
from .reading import FlowText, ProcessText

SUBMIT, SUBMIT_LABEL = "submit", "提交"


def decisions_of(element: Element, text: ProcessText) -> tuple[Decision, ...]:
    """One decision per outcome that a condition of the gateway asks for, in the order of the file; else `submit`.

    Raises EngineError when a gateway that asks for an outcome can be reached from elsewhere too: the button would
    then belong to somebody else's task.
    """
    if element.kind != "userTask":
        return ()
    out = text.leaving(element.id)
    gateway = text.elements[out[0].target] if out else None
    if gateway is not None and gateway.kind == "exclusiveGateway":
        found = _of_gateway(gateway, text)
        if found:
            if len(text.arriving(gateway.id)) > 1:
                raise EngineError.at(gateway, f"网关的条件用到 outcome，因此只能从“{element.name or element.id}”到达")
            return found
    return (_decision(SUBMIT, out[0]) if out else Decision(SUBMIT, SUBMIT_LABEL, ""),)


def _of_gateway(gateway: Element, text: ProcessText) -> tuple[Decision, ...]:
    """Where several flows ask for the same outcome, the first one with a name makes the button."""
    found: dict[str, FlowText] = {}
    for flow in text.leaving(gateway.id):
        for outcome in _outcomes(gateway, flow):
            if outcome not in found or flow.name and not found[outcome].name:
                found[outcome] = flow
    return tuple(_decision(outcome, flow) for outcome, flow in found.items())


def _outcomes(gateway: Element, flow: FlowText) -> list[str]:
    if not flow.condition:
        return []
    try:
        words = compile_expression(flow.condition).literals_of("outcome")
    except ExpressionError as cause:
        raise EngineError.at(gateway, cause.why, expression=flow.condition) from cause
    return sorted(word for word in words if isinstance(word, str))


def _decision(outcome: str, flow: FlowText) -> Decision:
    label = flow.name or (SUBMIT_LABEL if outcome == SUBMIT else outcome)
    return Decision(outcome, label, flow.id, **{
        name: flow.properties.get(name, "") for name in ("reason", "confirm", "when", "style", "marks")})
