"""What a report template reads: every form, field, column, variable and party that it names must be there.

Names that a template gives (`set`, `for`) are followed; what comes out of a macro or filter is not guessed at.
"""
from __future__ import annotations

from functools import lru_cache

import jinja2
from jinja2 import nodes

from ..errors import near_miss
from ..form import Field, Form
from .knowledge import Knowledge

_ANSWERS = ("form", "labels", "photos")
Path = tuple[str, ...]


@lru_cache(maxsize=256)
def paths_of(text: str) -> tuple[tuple[int, Path], ...]:
    """(line, path) of everything that the template reads; `[]` stands for a row. Raises jinja2.TemplateSyntaxError."""
    tree = jinja2.Environment().parse(text)
    names = _names(tree)
    found = {(node.lineno, path) for node in tree.find_all((nodes.Getattr, nodes.Getitem)) if (path := _path(node, names))}
    return tuple(sorted(found))


def _names(tree: nodes.Template) -> dict[str, Path | None]:
    """What the template's own names stand for; None for one that stands for different things."""
    names: dict[str, Path | None] = {}
    for _round in range(3):     # a name may be made of a name
        for node in tree.find_all((nodes.Assign, nodes.For)):
            if not isinstance(node.target, nodes.Name):
                continue
            value = _path(node.node if isinstance(node, nodes.Assign) else node.iter, names)
            path = value + ("[]",) if value and isinstance(node, nodes.For) else value
            known = names.get(node.target.name, path)
            names[node.target.name] = path if known == path else None
    return names


def _path(node, names: dict[str, Path | None]) -> Path:
    if isinstance(node, nodes.Name):
        return (names[node.name] or ()) if node.name in names else (node.name,)
    if isinstance(node, nodes.Or):      # `for row in form.a.rows or []`
        return _path(node.left, names) if isinstance(node.right, nodes.List) else ()
    if isinstance(node, nodes.Getattr):
        key = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        key = node.arg.value if isinstance(node.arg.value, str) else "[]"
    else:
        return ()
    if key in ("labels", "form") and not (isinstance(node.node, nodes.Name) and node.node.name in _ANSWERS):
        return (key,)       # `one.labels.…`: the answers of one of many cases
    below = _path(node.node, names)
    return (*below, key) if below else ()


def check_paths(known: Knowledge, path: str, text: str, asked: Form | None) -> None:
    """Tells of every path of a template that leads nowhere. `asked` is the form that the report asks before printing."""
    for line, names in paths_of(text):
        why = _fault(known, names, asked)
        if why:
            code, message = why
            known.findings.add(code, path, f"line {line}", f"第{line}行：{message}")


def _fault(known: Knowledge, names: Path, asked: Form | None) -> tuple[str, str] | None:
    root, *rest = names
    if root in _ANSWERS and rest and rest[0] not in known.forms_broken:
        form = known.forms.get(rest[0])
        if form is None:
            return "unknown-form", f"没有表单“{rest[0]}”{near_miss(rest[0], known.forms)}"
        return _field_fault(form, rest[1:])
    if root == "asked" and rest and asked is not None:
        return _field_fault(asked, rest)
    if root == "vars" and rest and rest[0] not in known.variables:
        return "unknown-variable", f"没有任何环节写入 vars.{rest[0]}{near_miss(rest[0], known.variables)}"
    if names[:2] == ("case", "parties") and len(names) > 2 and names[2] not in known.parties:
        return "unknown-party", f"没有当事方“{names[2]}”{near_miss(names[2], known.parties)}"
    return None


def _field_fault(form: Form, rest: list[str]) -> tuple[str, str] | None:
    if not rest:
        return None
    keys = [field.key for field in form.fields()]
    field = form.field(rest[0])
    if field is None:
        return "unknown-field", f"表单“{form.key}”没有字段“{rest[0]}”{near_miss(rest[0], keys)}"
    if field.type == "table" and len(rest) > 2 and rest[1] == "[]":
        return _column_fault(field, rest[2])
    return None


def _column_fault(table: Field, name: str) -> tuple[str, str] | None:
    keys = [column.key for column in table.all_columns()]
    return None if name in keys else ("unknown-field", f"表格“{table.key}”没有“{name}”这一列{near_miss(name, keys)}")
