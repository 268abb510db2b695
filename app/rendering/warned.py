"""What is to be said without refusing: the rules `warn_when` and `row_warn_when` of a form and its rows.

Imported by `app/rendering/__init__.py` and the pages. Nothing here stops anybody.
"""
from __future__ import annotations

from collections.abc import Mapping

from app.rendering.choices import Choices, NoChoices
from app.rendering.field_types import field_type
from app.rendering.scene import Scene, asked_language
from app.rendering.validation import read_answers, visible_fields, visible_scene


def warnings(form, answers: Mapping, context: Mapping, choices: Choices | None = None) -> dict[str, str]:
    """{path: message} of the `warn_when` rules that do not hold: told to whoever fills and whoever reads, never in the way.

    A rule that stumbles over what is not filled in yet warns of nothing. Paths as from `validate`.
    """
    scene = read_answers(form, answers, Scene(form, {}, context, choices or NoChoices(), language=asked_language()))[0]
    return scene_warnings(visible_scene(scene))


def scene_warnings(scene: Scene) -> dict[str, str]:
    """The same for a scene whose answers were read and whose hidden ones are gone."""
    found: dict[str, str] = {}
    for field in visible_fields(scene):
        _warn(field, field.key, scene, found)
        if field.type == "table":
            for index, row in enumerate(scene.answers.get(field.key) or []):
                row_warnings(field, row, scene, found, f"{field.key}.{index}")
    return found


def row_warnings(field, row: Mapping, scene: Scene, found: dict, path: str) -> dict:
    """Puts into `found` what a row of a table is warned of: paths `path.column`, and `path` for the whole row."""
    within = scene.in_row(row)
    for column in field_type(field).visible(field, row, scene):
        _warn(column, f"{path}.{column.key}", within, found)
    for message in within.failed_rules(field.row_warn_when)[:1]:
        found.setdefault(path, message)
    return found


def _warn(field, path: str, scene: Scene, found: dict) -> None:
    for message in scene.failed_rules(field.warn_when)[:1]:
        found.setdefault(path, message)
