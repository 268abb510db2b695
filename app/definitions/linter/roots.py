"""Which words of the vocabulary an element of a diagram may use."""
from __future__ import annotations

from ..diagrams import BPMN, Element
from .expressions import BASE, MEMBERS


def roots_at(element: Element | None) -> frozenset[str]:
    """`item` and `index` exist inside a multi-instance activity and on the flows right after one."""
    while element is not None:
        if element.xml.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None:
            return BASE | MEMBERS
        element = element.scope.owner
    return BASE
