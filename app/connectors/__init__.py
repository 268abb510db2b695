"""The registry of what a service task's topic may name, and what a handler is told.

Operations and the linter import it. A handler runs outside the command's transaction, may open its own, and is
idempotent by `call.id`: the outbox calls it again after a crash. `topics.py` lists the topics with their parameters.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from app.clock import Clock
from app.connectors.topics import KNOWN_TOPICS, Topic
from app.errors import PingshenError

MODULES = ("notify", "send_message", "cases", "orders", "votes", "documents", "certificates", "batches", "pools", "registers")


class UnknownTopic(PingshenError):
    """没有名为“{topic}”的连接器。"""

    code = "unknown-topic"


class ParameterMissing(PingshenError):
    """连接器“{topic}”缺少参数 {parameter}，请在流程图中补上。"""

    code = "parameter-missing"


@dataclass(frozen=True)
class Call:
    """One request of a service task. `parameters` are plain values of the diagram's expressions."""

    id: str  # the request's own id: idempotency key
    case_id: int
    case_number: str
    parameters: Mapping
    clock: Clock
    dry: bool = False  # a scenario: nothing outside the service is asked, the answer is always the same

    def need(self, name: str, topic: str = ""):
        """The parameter, or ParameterMissing when it is absent or empty."""
        value = self.parameters.get(name)
        if value is None or value == "" or value == []:
            raise ParameterMissing(topic=topic, parameter=name)
        return value


Handler = Callable[[Call], dict | None]  # None: the answer comes later, as a message
_handlers: dict[str, Handler] = {}


def connector(topic: str):
    """Registers the function below as what answers the topic. The topic must be listed in `topics.py`."""
    if topic not in KNOWN_TOPICS:
        raise UnknownTopic(topic=topic)

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def handler_of(topic: str) -> Handler:
    """The function that answers this topic. Raises UnknownTopic."""
    # Imported when first needed: handlers use operations, and operations use this registry.
    for module in MODULES:
        import_module(f"app.connectors.{module}")
    if topic not in _handlers:
        raise UnknownTopic(topic=topic)
    return _handlers[topic]


__all__ = ["Call", "KNOWN_TOPICS", "ParameterMissing", "Topic", "UnknownTopic", "connector", "handler_of"]
