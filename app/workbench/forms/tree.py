"""A form or code table as the editor draws it: its plain values, on which line each part stands, what is wrong.

Works on a text that nobody has saved yet. A text that is no YAML has problems and no values.
"""
from __future__ import annotations

import re

from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, DefinitionError, check, load_form
from app.definitions.plain_yaml import Listed, Mapped, plain_values

_LINE = re.compile(r"第(\d+)行[，：]?")


def structure(text: str, path: str, bundle: Bundle | None = None) -> dict:
    """{"values", "lines", "problems"}; `values` is None where the text is no YAML. With the bundle, the linter's word too."""
    try:
        values = plain_values(text, path)
    except DefinitionError as error:
        return {"values": None, "lines": {}, "problems": [_problem(one.line, one.why) for one in error.problems]}
    return {"values": values, "lines": dict(_lines(values)), "problems": _problems(text, path, bundle)}


def _lines(value, path: tuple = ()):
    if isinstance(value, (Mapped, Listed)):
        yield "/".join(map(str, path)), value.line
        for step in value if isinstance(value, Mapped) else range(len(value)):
            yield from _lines(value[step], (*path, step))


def _problems(text: str, path: str, bundle: Bundle | None) -> list[dict]:
    try:
        load_form(text, path)
    except DefinitionError as error:
        return [_problem(one.line, one.why) for one in error.problems]
    if bundle is None:
        return []
    found = check(Bundle({**bundle.files, path: text.encode()}), topics=KNOWN_TOPICS)
    return [_problem(_line_of(one.message), _LINE.sub("", one.message, count=1), one.severity, one.element) for one in found if one.file == path]


def _line_of(message: str) -> int:
    found = _LINE.search(message)
    return int(found[1]) if found else 0


def _problem(line: int, why: str, severity: str = "error", element: str = "") -> dict:
    return {"line": line, "column": 1, "message": why, "severity": severity, "element": element}
