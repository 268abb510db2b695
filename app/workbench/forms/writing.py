"""Values as YAML text in the ways people write forms: plain words where they can be, quotes where they must.

Only `app/workbench/forms` imports this. Every text is read again before it is used: what would be read otherwise is
written in the next safer way.
"""
from __future__ import annotations

import json
import re

import yaml

from app.definitions import DefinitionError
from app.definitions.plain_yaml import plain_values

WIDTH = 140  # characters: above it a mapping gets a line for each key
_LIKE_SOMETHING_ELSE = re.compile(r"[-+]?[\d.]|(?:y|n|yes|no|on|off|true|false|null|~)$", re.IGNORECASE)


def scalar(value, *, flow: bool = False, like: str | None = None, indent: int = 2) -> str:
    """A scalar as text; `like` is the style that stood there before (' " | >), `indent` that of the lines of a block."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return next(text for text in _candidates(str(value), flow, like, indent) if _reads_as(text, value, flow))


def _candidates(value: str, flow: bool, like: str | None, indent: int):
    single, double = "'" + value.replace("'", "''") + "'", _double(value)
    lines = "\n" in value
    if like == '"':
        yield double
    if like == "'" and not lines:
        yield single
    if lines and not flow:
        yield _literal(value, indent)
    if not lines and not _LIKE_SOMETHING_ELSE.match(value):
        yield value
    if not lines:
        yield single
    yield double


def _double(value: str) -> str:
    """JSON's quotes; what YAML would take for the end of a line is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == " " else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _literal(value: str, indent: int) -> str:
    body, ends = value.rstrip("\n"), len(value) - len(value.rstrip("\n"))
    mark = "|" if ends == 1 else "|-" if ends == 0 else "|+"
    pad = " " * indent
    return "\n".join([mark, *(pad + line if line else "" for line in body.split("\n")), *[""] * max(ends - 1, 0)])


def _reads_as(text: str, value: str, flow: bool) -> bool:
    whole = f"{{k: {text}, z: 0}}" if flow else f"k: {text}\nz: 0\n"
    try:
        found = plain_values(whole, "")
        return found == {"k": value, "z": 0} and isinstance(yaml.safe_load(whole)["k"], str)
    except (DefinitionError, yaml.YAMLError, ValueError):
        return False


def flow_text(value, like: str | None = None) -> str:
    """Any value on one line: `{key: name, type: text}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key, flow=True)}: {flow_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow_text(inner) for inner in value) + "]"
    return scalar(value, flow=True, like=like)


def block_lines(value, indent: int) -> list[str]:
    """A mapping or list with a line for each member, indented; small members on one line each."""
    pad = " " * indent
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _under(f"{pad}{scalar(key)}:", inner, indent)]
    lines: list[str] = []
    for inner in value:
        lines += _member(inner, indent)
    return lines


def after_colon(value, indent: int, like: str | None = None) -> str:
    """What stands behind `key:` of a mapping whose keys are at `indent`: a word, or lines below."""
    return "\n".join(_under("", value, indent, like))


def _under(head: str, value, indent: int, like: str | None = None) -> list[str]:
    if not isinstance(value, (dict, list, tuple)) or not value:
        text = flow_text(value) if isinstance(value, (dict, list, tuple)) else scalar(value, indent=indent + 2, like=like)
        return f"{head} {text}".split("\n")
    if _fits(value, indent):
        return [f"{head} {flow_text(value)}"]
    return [head, *block_lines(value, indent + 2)]


def _fits(value, indent: int) -> bool:
    """Whether a value is better told on the line itself: words alone, and a few of them."""
    inner = value.values() if isinstance(value, dict) else value
    flat = not any(isinstance(one, (dict, list, tuple)) or (isinstance(one, str) and "\n" in one) for one in inner)
    return flat and len(flow_text(value)) + indent < WIDTH - 20


def item_lines(value, indent: int, flow: bool) -> list[str]:
    """A member of a list with its dash; on one line where its neighbours are, if it is short enough."""
    if flow and not _long(value, indent):
        return [f"{' ' * indent}- {flow_text(value)}"]
    return _member(value, indent)


def _member(value, indent: int) -> list[str]:
    pad = " " * indent
    if not isinstance(value, dict) or not value or _fits(value, indent) and "fields" not in value and "key" not in value:
        text = flow_text(value) if isinstance(value, (dict, list, tuple)) else scalar(value, indent=indent + 2)
        return f"{pad}- {text}".split("\n")
    lines = block_lines(value, indent + 2)
    return [f"{pad}- {lines[0][indent + 2:]}", *lines[1:]]


def _long(value, indent: int) -> bool:
    text = flow_text(value)
    return len(text) + indent > WIDTH * 4 or "\\n" in text
