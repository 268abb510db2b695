"""Comparing diagrams and tables by what they say: elements, attributes and texts, not the spelling of the file."""
from __future__ import annotations

from lxml import etree

# Said by leaving them out: the schema's own defaults, which moddle does not write.
DEFAULTS = {("boundaryEvent", "cancelActivity"): "true", ("multiInstanceLoopCharacteristics", "isSequential"): "false", ("process", "processType"): "None", ("decisionTable", "hitPolicy"): "UNIQUE"}
UNORDERED = ("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNPlane", "{http://www.omg.org/spec/BPMN/20100524/MODEL}lane")


def said_by(content: bytes | str):
    """The tree of a file as nested tuples. The shapes of a plane and the members of a lane are sets: they are sorted."""
    return _said(etree.fromstring(content.encode() if isinstance(content, str) else content))


def _said(node):
    name = etree.QName(node)
    attributes = {key: value for key, value in node.attrib.items() if DEFAULTS.get((name.localname, key)) != value}
    children = [_said(child) for child in node if isinstance(child.tag, str)]
    if node.tag in UNORDERED:
        children.sort(key=repr)
    text = (node.text or "").strip() if children else (node.text or "")
    return node.tag, tuple(sorted(_number(key, value) for key, value in attributes.items())), text.strip(), tuple(children)


def _number(key: str, value: str):
    """Coordinates are numbers: 36.0 is 36."""
    if key in ("x", "y", "width", "height"):
        return key, float(value)
    return key, value


def differences(one, other, path: str = "") -> list[str]:
    """Where two trees differ, in words for the message of a failing test."""
    here = f"{path}/{etree.QName(one[0]).localname}"
    if one[:3] != other[:3]:
        return [f"{here}: {one[:3]} ≠ {other[:3]}"]
    mine, theirs = one[3], other[3]
    lost, added = [c for c in mine if c not in theirs], [c for c in theirs if c not in mine]
    if len(lost) == len(added):
        found = [line for a, b in zip(lost, added) for line in differences(a, b, here)]
        return found or ([] if mine == theirs else [f"{here}: order"])
    return [f"{here}: − {dict(c[1])} {c[2][:60]}" for c in lost] + [f"{here}: + {dict(c[1])} {c[2][:60]}" for c in added]
