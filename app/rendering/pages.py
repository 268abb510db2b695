"""Forms as HTML: a section or row to fill in, a read-only view, a list of mistakes. Strict CSP: no style, no script.

Imported by `app/rendering/__init__.py` for the routes. Knows addresses only as `FormUrls`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.expressions import ExpressionError, compile_expression
from app.rendering.choices import Choices, FormUrls, NoChoices
from app.rendering.field_types import field_type
from app.rendering.field_types.base import as_list
from app.rendering.scene import Scene
from app.rendering.validation import read_answers, visible_scene, visible_sections, with_fixed
from app.rendering.warned import row_warnings, scene_warnings

WARNING_ICON = Markup('<span class="form-warning-sign" aria-hidden="true">!</span>')
TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "forms"


@lru_cache(maxsize=1)
def environment() -> Environment:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                      trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    env.install_gettext_callables(gettext, ngettext, newstyle=True)
    env.globals.update(field_type=field_type)
    env.globals["warning_icon"] = WARNING_ICON
    env.filters["element_id"] = element_id
    return env


def fragment(template: str, **values) -> Markup:
    """A template of the forms folder, filled."""
    return Markup(environment().get_template(f"{template}.html").render(**values))


def element_id(name: str) -> str:
    """The id of the control of a field: `f-name`, `f-row-title`."""
    return "f-" + name.replace(".", "-")


def render_section(form, section, answers: Mapping, errors: Mapping[str, str], context: Mapping, urls: FormUrls,
                   choices: Choices | None = None, remarks: Mapping[str, Iterable[str]] | None = None,
                   language: str = "zh", summary: bool = True, read: tuple | None = None) -> Markup:
    """A section to fill in; goes inside the page's `<form method="post">`, which the routes write.

    `answers` may be raw (after a mistake) or stored; `errors` as from `validate`; `remarks` {field key, or `#` and a
    section key (a table may be named as its section is): texts} of a return. With `summary` the section's mistakes are listed at its top.
    """
    scene, values = _read(form, answers, context, choices, language, read)
    return _draw_section(section, scene, values, errors, urls, remarks or {}, summary)


def render_sections(form, answers: Mapping, errors: Mapping[str, str], context: Mapping, urls: FormUrls,
                    choices: Choices | None = None, remarks: Mapping[str, Iterable[str]] | None = None,
                    language: str = "zh", summary: bool = False) -> dict[str, Markup]:
    """{section key: HTML} of all shown sections, reading the answers once: for a form on one page."""
    scene, values = _read(form, answers, context, choices, language)
    return {section.key: _draw_section(section, scene, values, errors, urls, remarks or {}, summary)
            for section in visible_sections(scene)}


def _read(form, answers, context, choices, language, read: tuple | None = None) -> tuple[Scene, dict]:
    """The scene that conditions see, and the values to show: as read, or as typed where they cannot be read."""
    scene, _unread = read or read_answers(form, answers, Scene(form, {}, context, choices or NoChoices()))
    scene = replace(scene, language=language)
    scene = scene.with_answers(with_fixed(form, scene, answers))
    return visible_scene(scene), {**answers, **scene.answers}


def _draw_section(section, scene: Scene, values, errors, urls, remarks, summary: bool) -> Markup:
    keys = {field.key for field in section.fields}
    own = {path: message for path, message in errors.items() if path.split(".")[0] in keys}
    return fragment(
        "section", warnings=scene_warnings(scene) | _paper_notes(section.fields, scene), form=scene.form, section=section, scene=scene, values=values, errors=own, urls=urls, remarks=remarks,
        asked=depended_on(scene.form), refresh_url=urls.refresh(section.key), target=f"section-{section.key}", prefix="",
        fields=_shown(section.fields, scene), mistakes=mistakes(scene.form, own, scene) if summary else [],
    )


def _paper_notes(fields, scene: Scene) -> dict[str, str]:
    """field key -> what is to be said about its signed copies. Of the fields drawn alone: each is a report filled anew."""
    copies = ((field, as_list(scene.answers.get(field.key))) for field in fields if field.blank)
    notes = {field.key: " ".join(scene.choices.paper_notes(field.blank, ids)) for field, ids in copies if ids}
    return {key: said for key, said in notes.items() if said}


def _shown(fields, scene: Scene) -> list:
    return [field for field in fields if not field.hidden and scene.shows(field)]


def render_row(form, field, row: Mapping, errors: Mapping[str, str], answers: Mapping, context: Mapping, urls: FormUrls,
               choices: Choices | None = None, language: str = "zh") -> Markup:
    """A row of a table to fill in, on its own page or panel: inputs `row.<column>`; `errors` as from `validate_row`."""
    scene, kind = Scene(form, answers, context, choices or NoChoices(), language=language), field_type(field)
    read, _unread = kind.clean_row(field, row, scene)
    scene, values = scene.in_row(read), {**row, **read}
    return fragment(
        "row", warnings=row_warnings(field, read, scene, {}, "row"), form=form, field=field, scene=scene, values=values, errors={f"row.{k}" if k else "row": m for k, m in errors.items()},
        urls=urls, remarks={}, asked=_row_depended_on(field), refresh_url=urls.refresh_row(field.key), target=f"row-{field.key}",
        prefix="row.", fields=kind.visible(field, read, scene), mistakes=_row_mistakes(kind.columns(field, read), errors, scene),
    )


def _row_mistakes(columns, errors: Mapping, scene: Scene) -> list[tuple[str, str, str]]:
    labels = {column.key: scene.text(column) for column in columns}
    return [(element_id(f"row.{key}") if key else "", labels.get(key, ""), message) for key, message in errors.items()]


def render_readonly(form, answers: Mapping, context: Mapping, choices: Choices | None = None, mask: bool = False,
                    changes: Mapping | None = None, urls: FormUrls | None = None, language: str = "zh",
                    level: int = 2, marking=None, faults: Mapping[str, str] | None = None,
                    section_url: Callable[[str], str] | None = None) -> Markup:
    """The whole form to read: shown sections as a dense grid, tables as tables, files as links when `urls` is given.

    `mask` hides personal data; `changes` as from `changed_fields` marks what differs; `level` is that of the headings.
    `marking` (`address(section, field)`, `said(section, field)`) lets a reader mark places; `faults` as from `validate`
    are said where they are, with a link by `section_url` to where they can be mended.
    """
    scene = visible_scene(Scene(form, answers, context, choices or NoChoices(), mask=mask, language=language))
    sections = [(section, _shown(section.fields, scene)) for section in visible_sections(scene)]
    return fragment("readonly", told=_told(scene), form=form, sections=sections, scene=scene, values=scene.answers, changes=changes or {},
                    urls=urls, level=level, marking=marking, faults=_by_field(faults or {}), section_url=section_url)


def _by_field(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """field key -> what is wrong with it; what concerns a row of a table with the row's number."""
    found: dict[str, list[str]] = {}
    for path, message in faults.items():
        key, _dot, rest = path.partition(".")
        number = rest.partition(".")[0]
        said = gettext("第 %(number)d 行：", number=int(number) + 1) + message if number.isdigit() else message
        found.setdefault(key, []).append(said)
    return found


def _told(scene: Scene) -> dict[str, list[str]]:
    """field key -> what is to be said of it; what concerns a row of a table with the row's number."""
    found: dict[str, list[str]] = {}
    notes = _paper_notes(scene.form.fields(), scene)
    for path, message in (*scene_warnings(scene).items(), *notes.items()):
        key, _dot, rest = path.partition(".")
        number = rest.partition(".")[0]
        found.setdefault(key, []).append(gettext("第 %(number)d 行：", number=int(number) + 1) + message if number else message)
    return found


def render_mistakes(form, errors: Mapping[str, str], context: Mapping, section_url: Callable[[str], str],
                    language: str = "zh") -> Markup:
    """All mistakes of a form with links to the fields, for the page after a refused submit."""
    return fragment("mistakes", mistakes=mistakes(form, errors, Scene(form, {}, context, language=language), section_url))


def mistakes(form, errors: Mapping[str, str], scene: Scene, section_url: Callable[[str], str] | None = None) -> list[tuple]:
    """(link or id, label, message) of each mistake in the order of the form."""
    found = []
    for section in form.sections:
        for field in section.fields:
            for path in (p for p in errors if p.split(".")[0] == field.key):
                page = section_url(section.key) + "#" if section_url else ""
                found.append((page + element_id(field.key), _path_label(field, path, scene), errors[path]))
    known = {field.key for field in form.fields()}
    return found + [("", path, message) for path, message in errors.items() if path.split(".")[0] not in known]


def _path_label(field, path: str, scene: Scene) -> str:
    parts, label = path.split("."), scene.text(field)
    if len(parts) > 1 and parts[1].isdigit():
        label += gettext(" 第 %(number)d 行", number=int(parts[1]) + 1)
    column = next((c for c in field.all_columns() if c.key == parts[-1]), None) if len(parts) > 2 else None
    return f"{label} {scene.text(column)}" if column else label


_DEPENDED: dict[int, tuple] = {}


def depended_on(form) -> frozenset[str]:
    """The fields that conditions, bounds, scopes or texts of other fields read: when they change the section is asked anew."""
    known = _DEPENDED.get(id(form))
    if known is None or known[0] is not form:
        if len(_DEPENDED) > 200:
            _DEPENDED.clear()
        known = _DEPENDED[id(form)] = (form, _read_by(_expressions(form), "answers"))
    return known[1]


def _row_depended_on(field) -> frozenset[str]:
    own = frozenset({field.kinds.field}) if field.kinds else frozenset()
    return own | _read_by((text for column in field.all_columns() for text in _conditions(column)), "row")


def _expressions(form) -> Iterable[str]:
    for section in form.sections:
        yield section.shown_when
        for field in section.fields:
            yield from _conditions(field)


def _conditions(field) -> tuple[str, ...]:
    rules = (rule.rule for rule in (*field.warn_when, *field.row_warn_when))
    return (field.shown_when, field.required_when, field.value, field.scope, field.generated, field.link, field.among,
            field.filter, field.prefer, field.rows_from, field.cases, *rules)


def _read_by(texts: Iterable[str], root: str) -> frozenset[str]:
    found = set()
    for text in filter(None, texts):
        try:
            paths = compile_expression(text).paths
        except ExpressionError:
            continue  # the publish gate reports it; here the section is only not asked anew
        found.update(path.split(".")[1] for path in paths if path.startswith(f"{root}."))
    return frozenset(found)
