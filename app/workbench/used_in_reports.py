"""The uses of fields in report templates, in `reports.yml` and in the samples of scenarios. For `field_uses.py` alone."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from flask_babel import gettext as _
from jinja2 import Environment, TemplateSyntaxError, nodes

from app.definitions import DefinitionError, Procedure
from app.definitions.plain_yaml import Mapped, plain_values
from app.workbench.uses import Use, fields_of


def in_reports(procedure: Procedure) -> Iterator[Use]:
    """In templates and in `reports.yml`."""
    asked = asked_by(procedure)
    for path in procedure.paths("reports", "*.html"):
        with suppress(TemplateSyntaxError):
            yield from _in_template(procedure.files[path].decode("utf-8", "replace"), path, asked.get(path, ""))
    path = f"reports/{procedure.name}/reports.yml"
    if path in procedure.files:
        with suppress(DefinitionError, AttributeError):
            for key, value in plain_values(procedure.files[path], path).items():
                yield from _in_report(path, key, value)


def asked_by(procedure: Procedure) -> dict[str, str]:
    """Path of a template -> the form that its report asks first: `asked` in the template."""
    with suppress(DefinitionError):
        return {f"reports/{procedure.name}/{key}.html": report.ask for key, report in procedure.reports.items() if report.ask}
    return {}


def _in_report(path: str, key: str, value) -> Iterator[Use]:
    what = _("报表“%(title)s”", title=value.get("title") or key)
    for name in ("shows", "members"):
        for text in value.get(name) or ():
            form, _dot, field = str(text).partition(".")
            yield Use(form, field, "", "report", path, key, what)
    for form, field, column in fields_of(str(value.get("available_when") or "")):
        yield Use(form, field, column, "report", path, key, what)


def _in_template(text: str, path: str, asked: str) -> Iterator[Use]:
    for found, line in _read(text, asked, {}):
        if len(found) > 2:
            what = _("%(name)s 第 %(line)d 行", name=path.rsplit("/", 1)[1], line=line)
            yield Use(found[1], found[2], found[3] if len(found) > 3 else "", "report", path, f"line {line}", what)


def names_in(text: str, asked: str) -> dict[str, set[tuple[str, ...]]]:
    """The names that a template gives to forms and tables: {"d": {("labels", "request")}}. None for one that cannot be read."""
    names: dict[str, set] = {}
    with suppress(TemplateSyntaxError):
        for _found in _read(text, asked, names):
            pass
    return names


def _read(text: str, asked: str, names: dict[str, set]) -> Iterator[tuple[tuple[str, ...], int]]:
    """(path, line) of everything that a template prints of forms; what names stand for is put into `names`."""
    known = {"asked": ("form", asked)} if asked else {}
    for node in _in_order(Environment(extensions=["jinja2.ext.do"]).parse(text)):
        if isinstance(node, (nodes.Assign, nodes.For)) and isinstance(node.target, nodes.Name):
            source = _path(node.node if isinstance(node, nodes.Assign) else node.iter, known)
            known[node.target.name] = source
            names.setdefault(node.target.name, set()).add(source)
        if isinstance(node, (nodes.Getattr, nodes.Getitem)):
            yield _path(node, known), node.lineno
        elif isinstance(node, nodes.Keyword) and node.key == "attribute":
            yield _steps_of(getattr(node.value, "value", "")), node.lineno
        elif isinstance(node, nodes.Call):
            yield from ((found, node.lineno) for found in _columns_named(node, known))


def _steps_of(text) -> tuple[str, ...]:
    """The path in `map(attribute="labels.request.book")`."""
    steps = str(text).split(".")
    return tuple(steps) if steps[0] in ("form", "labels") else ()


def _columns_named(node: nodes.Call, known: dict) -> Iterator[tuple[str, ...]]:
    """`rows([["price", "价格"]], d.books)`: a macro that is given a table and the keys of its columns."""
    tables = [found for found in (_path(one, known) for one in node.args) if len(found) == 3]
    keys = [first.value for one in node.args if isinstance(one, nodes.List) for inner in one.items
            for first in [inner.items[0] if isinstance(inner, nodes.List) and inner.items else inner] if isinstance(first, nodes.Const)]
    yield from ((*table, str(key)) for table in tables for key in keys)


def _in_order(node) -> Iterator[nodes.Node]:
    """Every node, what is assigned before what follows it."""
    yield node
    for child in node.iter_child_nodes():
        yield from _in_order(child)


def _path(node, known: dict) -> tuple[str, ...]:
    """("form", "request", "book") of `form.request.book`, of a name that stands for it, and of what a filter is applied to."""
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _path(node.node, known)
    if isinstance(node, nodes.Name):
        return known.get(node.name, (node.name,) if node.name in ("form", "labels") else ())
    if isinstance(node, nodes.Or):
        return _path(node.left, known)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node, known)
        if not base and node.attr in ("form", "labels"):  # of one case of a list: `one.labels.request`
            return (node.attr,)
        return (*base, node.attr) if base else ()
    if isinstance(node, nodes.Getitem):
        base, arg = _path(node.node, known), getattr(node.arg, "value", None)
        return (*base, *str(arg).split(".")) if base and isinstance(arg, str) else base
    return ()


def in_samples(procedure: Procedure) -> Iterator[Use]:
    forms = _form_of_elements(procedure)
    for path in procedure.paths("processes", "scenarios/*.yml"):
        with suppress(DefinitionError):
            for step in _steps(plain_values(procedure.files[path], path)):
                form = forms.get(str(step.get("task") or "")) or forms.get("start:" + str(step.get("process") or ""))
                for where, answers in _answers(procedure, path, step):
                    for field in answers if form else ():
                        yield Use(form, field, "", "scenario", where, "", where.rsplit("/", 1)[1])


def _steps(values) -> Iterator[Mapped]:
    if isinstance(values, Mapped):
        start = values.get("start")
        if isinstance(start, Mapped):
            yield _mapped({**start, "process": values.get("process"), "task": ""})
        for step in values.get("steps") or ():
            if isinstance(step, Mapped):
                yield _mapped({**step, "process": step.get("process") or values.get("process") if "task" not in step else ""})


def _mapped(values: dict) -> Mapped:
    made = Mapped(0)
    made.update(values)
    return made


def _answers(procedure: Procedure, path: str, step: Mapped) -> Iterator[tuple[str, Mapped]]:
    if isinstance(step.get("answers"), Mapped):
        yield path, step["answers"]
    name = step.get("answers_from")
    where = f"{path.rsplit('/', 1)[0]}/{name}"
    if isinstance(name, str) and where in procedure.files:
        values = plain_values(procedure.files[where], where)
        if isinstance(values, Mapped):
            yield where, values


def _form_of_elements(procedure: Procedure) -> dict[str, str]:
    """Element id -> form key; `start:<process>` -> the form a process starts with."""
    found: dict[str, str] = {}
    with suppress(DefinitionError):
        for diagram in procedure.diagrams:
            for process in diagram.processes:
                for element in process.walk():
                    key = element.xml.get("{http://camunda.org/schema/1.0/bpmn}formKey")
                    if key:
                        found[element.id] = key
                        found |= {f"start:{process.id}": key} if element.kind == "startEvent" else {}
    return found
