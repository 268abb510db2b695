"""Mends of findings: offered where there is one right answer, written into the text so that nothing else changes.

A mend is a proposal: whoever applies it checks first that the finding is gone and no error has come (`mends`).
"""
from __future__ import annotations

import re

from ..bundle import Bundle
from ..errors import DefinitionError
from .codes import Finding
from .mends import MENDS, Fix, changed, spliced
from .spans import own_part, span_of

_NEAR = tuple(map(re.compile, (
    r"(?:vars|form)\.([\w.]+)，是否想写 ([^？]+)？", r"没有模板 ([\w-]+)\.html，是否想写 ([^？]+)？", r"camunda:(\w+)，是否想写 ([^？]+)？",
    r"“([^“”]+)”[^“”]{0,40}，是否想写 ([^？]+)？")))


def fix_for(finding: Finding, bundle: Bundle) -> Fix | None:
    """The mend of a finding; None where the analyst has to decide."""
    content = bundle.files.get(finding.file)
    if content is None:
        return None
    try:
        text = content.decode("utf-8")
        return _near_miss(finding, text) or (MENDS[finding.code](finding, bundle, text) if finding.code in MENDS else None)
    except (UnicodeDecodeError, DefinitionError):
        return None     # a file that cannot be read is mended first


def mends(finding: Finding, before: list[Finding], after: list[Finding]) -> bool:
    """Whether a mend did its work: the finding is gone, and no error is there that was not there before."""
    known, now = ([(one.code, one.file, one.element) for one in found] for found in (before, after))
    place = (finding.code, finding.file, finding.element)
    return now.count(place) < known.count(place) and not [
        one for one in after if one.severity == "error" and (one.code, one.file, one.element) not in known]


# -- a word that was meant otherwise

def _near_miss(finding: Finding, text: str) -> Fix | None:
    found = next(filter(None, (pattern.search(finding.message) for pattern in _NEAR)), None)
    if found is None:
        return None
    old, new = found.group(1).split(".")[-1], found.group(2)
    span = span_of(text, finding)
    if span is None:
        return None
    if finding.file.endswith(".bpmn"):
        span = own_part(text, span)
    word = re.compile(rf"(?<![\w\-.]){re.escape(old)}(?![\w-])|(?<=\.){re.escape(old)}(?![\w-])")
    part = text[slice(*span)]
    label = word.search(part, 0)
    if label is None or old == new:
        return None
    kept = _without_own_id(finding, part)
    made = "".join(piece if fixed else word.sub(lambda _match: new, piece) for fixed, piece in kept)
    return changed(finding, f"把“{old}”改成“{new}”", spliced(text, span, made)) if made != part else None


def _without_own_id(finding: Finding, part: str) -> list[tuple[bool, str]]:
    """The part in pieces; those that only name the entry itself stay as they are."""
    own = re.compile(rf"""\b(?:id|name|sourceRef|targetRef|bpmnElement)=(["']){re.escape(finding.element)}\1|<(?:\w+:)?(?:incoming|outgoing)>[^<]*<""")
    pieces, at = [], 0
    for found in own.finditer(part):
        pieces += [(False, part[at:found.start()]), (True, found.group())]
        at = found.end()
    return [*pieces, (False, part[at:])]
