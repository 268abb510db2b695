"""Where in the text of a file a finding is: the part that a mend may change, so that everything else stays as it was written."""
from __future__ import annotations

import re

from .codes import Finding

Span = tuple[int, int]
_LINE = re.compile(r"第(\d+)行")


def span_of(text: str, finding: Finding) -> Span | None:
    """The part of the file that the finding speaks of: an element with all in it, a field, an entry, a line."""
    if finding.file.endswith((".bpmn", ".dmn")):
        return element_span(text, finding.element)
    if finding.file.endswith(".html") or finding.element.startswith("line "):
        number = _LINE.search(finding.message) or re.match(r"line (\d+)", finding.element)
        return line_span(text, int(number.group(1))) if number else None
    return entry_span(text, finding)


def element_span(text: str, name: str) -> Span | None:
    """An XML element with this id, from its `<` to the `>` of its end; None unless there is exactly one."""
    tags = list(re.finditer(rf'<([\w:.-]+)(?=[\s])(?:[^<>"\']|"[^"]*"|\'[^\']*\')*?\sid=(["\']){re.escape(name)}\2(?:[^<>"\']|"[^"]*"|\'[^\']*\')*>', text))
    if len(tags) != 1 or not name:
        return None
    tag = tags[0]
    if tag.group().endswith("/>"):
        return tag.span()
    depth = 0
    for found in re.finditer(rf'<(/?){re.escape(tag.group(1))}(?=[\s>/])(?:[^<>"\']|"[^"]*"|\'[^\']*\')*?(/?)>', text[tag.start():]):
        depth += -1 if found.group(1) else 0 if found.group(2) else 1
        if depth == 0:
            return tag.start(), tag.start() + found.end()
    return None


def head_of(text: str, span: Span) -> Span:
    """The start tag of an XML element."""
    found = re.compile(r'<(?:[^<>"\']|"[^"]*"|\'[^\']*\')*>').match(text, span[0])
    return found.span() if found else span


def own_part(text: str, span: Span) -> Span:
    """What belongs to a process, lane or sub-process itself, without the elements drawn inside it."""
    inner = re.compile(r"<(?:\w+:)?(?:laneSet|startEvent|flowNodeRef|userTask|exclusiveGateway|sequenceFlow)\b").search(text, head_of(text, span)[1], span[1])
    return (span[0], inner.start()) if inner else span


def line_span(text: str, number: int) -> Span | None:
    lines = text.splitlines(keepends=True)
    if not 0 < number <= len(lines):
        return None
    start = sum(map(len, lines[:number - 1]))
    return start, start + len(lines[number - 1].rstrip("\r\n"))


def entry_span(text: str, finding: Finding) -> Span | None:
    """An entry of a YAML file: a field (`- {key: x …}` or `- key: x` and what is indented below), or `x:` at the margin."""
    name = re.escape(finding.element)
    found = list(re.finditer(rf"^([ ]*)(?:- +)?(?:\{{ *)?(?:key: *[\"']?{name}[\"']?(?=[\s,}}])|{name}:)", text, re.MULTILINE))
    told = _LINE.search(finding.message)
    if told and len(found) > 1:
        found = [one for one in found if text.count("\n", 0, one.start()) + 1 == int(told.group(1))] or found
    if len(found) != 1:
        return None
    below = re.compile(rf"^(?! {{{len(found[0].group(1)) + 1},}}|\s*$)", re.MULTILINE).search(text, text.find("\n", found[0].end()) + 1 or len(text))
    end = below.start() if below and "\n" in text[found[0].end():] else len(text)
    return found[0].start(), found[0].start() + len(text[found[0].start():end].rstrip())
