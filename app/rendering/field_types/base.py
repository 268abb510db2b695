"""What every field type is: one class with all facets, one instance per type, registered by its name.

The definition itself is read by `app.definitions` (its table of attributes per type); everything after that is here.

A type keeps no state; what it needs comes as a field of the definition and a scene.
"""
from __future__ import annotations

from functools import wraps
from typing import Any, ClassVar

from flask_babel import gettext as _
from markupsafe import Markup, escape
from marshmallow import ValidationError, fields

from app.erased import WORDS
from app.proof.digests import is_erased
from app.rendering.scene import Scene
from app.rendering.texts import masked

FIELD_TYPES: dict[str, FieldType] = {}
LONGEST_TEXT = 50_000  # code points; nothing longer is read at all


def _or_erased(facet):
    """The facet, or the words for what was erased by law: no type has to know of it."""

    @wraps(facet)
    def run(self, field, value, *rest, **named):
        return Markup(escape(WORDS)) if is_erased(value) else facet(self, field, value, *rest, **named)

    return run


class FieldType:
    """The facets of a type. Values are plain: str, int, float, bool, list, dict or None."""

    name: ClassVar[str] = ""
    template: ClassVar[str] = "input"     # macro of app/templates/forms/fields/
    has_value: ClassVar[bool] = True      # False: shown only, no answer
    typed: ClassVar[bool] = True          # False: its answer does not come with the inputs of the page
    secret: ClassVar[bool] = False        # True: the answer is never stored with the others
    asked_once: ClassVar[bool] = False    # True: one answer may be given for many cases at once
    grouped: ClassVar[bool] = False       # several controls under one legend
    judged_when_empty: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for facet in {"print", "masked", "display"} & cls.__dict__.keys():
            setattr(cls, facet, _or_erased(cls.__dict__[facet]))
        if cls.name:
            FIELD_TYPES[cls.name] = cls()

    def empty(self, field) -> Any:
        """The value of an unanswered field."""
        return None

    def is_empty(self, value) -> bool:
        return value is None or value == "" or value == [] or value == {}

    def clean(self, field, raw, scene: Scene) -> Any:
        """The plain value of what was sent; ValueError (or marshmallow's ValidationError) when it cannot be read."""
        return raw

    def check(self, field, value, scene: Scene) -> list[str]:
        """What is wrong with a value that could be read: messages that say what to do."""
        return []

    def settled(self, field, value, scene: Scene, final: bool):
        """The value with what follows from other answers; `final` when it is judged to be stored and not only typed."""
        return value

    def schema(self, field) -> fields.Field:
        """The marshmallow field."""
        return Answer(field, self)

    def json_schema(self, field, scene: Scene) -> dict:
        """The JSON Schema of the value, of what can be said without knowing other answers."""
        return {}

    def parse(self, field, data, name: str) -> Any:
        """The raw value in submitted HTML form data (a MultiDict), under the input's name."""
        return data.get(name)

    def shown(self, field, value, scene: Scene) -> dict:
        """What the type's template needs besides the field and its value."""
        return {}

    @_or_erased
    def print(self, field, value, scene: Scene) -> str:
        """The value in words, lines separated by \\n: for reports and read-only views; 无 for nothing."""
        return nothing() if self.is_empty(value) else str(value)

    @_or_erased
    def masked(self, field, value, scene: Scene) -> str:
        """The value in words with personal data hidden as far as the scene asks for it."""
        text = self.print(field, value, scene)
        if not (scene.mask and field.personal) or self.is_empty(value):
            return text
        kind = "name" if field.personal == "identity" and len(text) <= 4 else str(field.personal)
        return masked(text, kind)

    @_or_erased
    def display(self, field, value, scene: Scene, urls=None) -> Markup:
        """The value in words as HTML of the read-only view."""
        return Markup("<br>").join(self.masked(field, value, scene).split("\n"))


class Answer(fields.Field):
    """A marshmallow field that reads by a field type; the scene is an attribute of the schema."""

    def __init__(self, field, kind: FieldType):
        super().__init__(allow_none=True, required=False)
        self.field, self.kind = field, kind

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return self.kind.clean(self.field, value, self.root.scene)
        except ValueError as error:
            if isinstance(error, ValidationError):
                raise
            raise ValidationError(str(error)) from None


def nothing() -> str:
    """The word for an unanswered field."""
    return _("无")


def field_type(field) -> FieldType:
    """The type of a field; KeyError for a type that does not exist (the definitions refuse it before)."""
    return FIELD_TYPES[field.type]


def as_text(raw) -> str:
    """What was sent as a normalised text; ValueError for anything but text."""
    from app.rendering.texts import normalised

    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError(_("此处应为文字"))
    text = normalised(str(raw))
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise ValueError(_("文字过长，无法读取，请删减后重试"))
    return text


def as_list(raw) -> list:
    """What was sent as a list: a single value counts as a list of one, nothing as an empty list."""
    if raw is None or raw == "":
        return []
    return list(raw) if isinstance(raw, (list, tuple)) else [raw]
