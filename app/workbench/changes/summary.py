"""Who meets something new: the roles that a note's changes touch, and how."""
from __future__ import annotations

from collections.abc import Iterable

from .note import KINDS, Affected, Block
from .reading import Readable
from .words import Words


def workers(*sides: Readable) -> dict[str, frozenset[str]]:
    """Form key -> codes of the roles that fill it in, on either side."""
    found: dict[str, set[str]] = {}
    for side in sides:
        for element in side.elements.values():
            form = next((value for name, value in element.xml.attrib.items() if name.endswith("}formKey")), "")
            if form:
                lane = element.lane.properties.get("role", "") if element.lane else ""
                codes = element.properties.get("role") or lane
                found.setdefault(form, set()).update(code.strip() for code in codes.split(",") if code.strip())
    return {form: frozenset(codes) for form, codes in found.items()}


def affected(blocks: Iterable[Block], words: Words) -> tuple[Affected, ...]:
    """One entry for each role, by name: what came, what is different, what went."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for block in blocks:
        for change in block.changes:
            if change.kind in KINDS and change.subject:
                for code in change.roles:
                    kind = change.kind if change.kind in ("added", "removed") and _whole(change, block) else "changed"
                    found.setdefault(code, {"added": {}, "changed": {}, "removed": {}})[kind][change.subject] = None
    return tuple(Affected(code, words.role(code), *(tuple(name for name in kinds[kind] if kind == "added" or name not in kinds["added"]) for kind in ("added", "changed", "removed")))
                 for code, kinds in sorted(found.items(), key=lambda each: words.role(each[0])))


def _whole(change, block: Block) -> bool:
    """Whether a whole step, form or report came or went, and not a part of one."""
    return change.text.endswith(f"「{change.subject}」")
