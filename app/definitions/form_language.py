"""The form language as one table: which attributes there are, what each takes, and which type has which.

`forms.py` reads files by it and `json_schema()` describes it for editors, so that the two cannot disagree.
"""
from __future__ import annotations

from app.expressions import FUNCTIONS, VOCABULARY

# What an attribute takes. CEL texts may also be written as a plain number, true or false.
TEXT, CEL, FLAG, WHOLE, NUMBER, TEXTS, KEYS, RULES, OPTIONS, COLUMNS, KINDS, TEXT_MAP = (
    "text", "cel", "flag", "whole", "number", "texts", "keys", "rules", "options", "columns", "kinds", "text map")

PERSONAL = ("identity", "contact", "biometric", "health", "finance", "family", "employment", "belief", "opinion", "other")
WORDS = {                       # attributes that take one of a few words
    "width": ("full", "half", "third"),
    "style": ("radio", "select"),
    "format": ("id-card", "phone", "email", "uscc"),
    "personal": PERSONAL,
    "photo_rule": ("at_least", "exact"),
    "layout": ("catalogue",),
}
IN_PLACE = ("text", "long_text", "number", "money", "date", "month", "choice")  # columns that are typed in the table itself
NOBODY = "nobody"  # as the one reader of a form: only who filled it in, and who audits, reads the answers
ENDINGS = ("pdf", "jpg", "jpeg", "png")

COMMON = {
    "key": TEXT, "type": TEXT, "label": TEXT, "label_en": TEXT, "hint": TEXT, "hint_en": TEXT, "required": FLAG,
    "required_when": CEL, "shown_when": CEL, "valid_when": RULES, "warn_when": RULES, "default": CEL, "generated": CEL, "readonly": FLAG,
    "personal": TEXT, "summary": FLAG, "width": TEXT, "hidden": FLAG, "copied": FLAG, "names_person": FLAG,
}
_CHOICE = {"options": OPTIONS, "code_table": TEXT, "style": TEXT}
_FILE = {"accept": TEXTS, "max_mb": NUMBER, "max_files": WHOLE, "description": TEXT, "description_en": TEXT, "blank": TEXT, "sample": TEXT, "for_rows": TEXT_MAP}
_NOTHING = {"empty_text": TEXT, "empty_text_en": TEXT}
_TEXT = {"min_length": WHOLE, "max_length": WHOLE}

TYPES: dict[str, dict[str, str]] = {
    "text": {**_TEXT, "pattern": TEXT, "pattern_message": TEXT, "pattern_message_en": TEXT, "format": TEXT},
    "long_text": {**_TEXT, "rows": WHOLE},
    "number": {"min": NUMBER, "max": NUMBER, "decimals": WHOLE, "unit": TEXT, "unit_en": TEXT},
    "money": {"min": WHOLE, "max": WHOLE},
    "date": {"not_before": CEL, "not_after": CEL},
    "month": {"not_before": CEL, "not_after": CEL},
    "choice": _CHOICE,
    "cascade": {"code_table": TEXT, "levels": KEYS, "level_labels": TEXTS, "level_labels_en": TEXTS},
    "yes_no": {},
    "checks": {"options": OPTIONS, "code_table": TEXT, "exclusive": TEXT},
    "table": {"columns": COLUMNS, "kinds": KINDS, "min_rows": WHOLE, "max_rows": WHOLE, "list_columns": KEYS,
              "row_valid_when": RULES, "row_warn_when": RULES, "rows_from": CEL},
    "file": _FILE,
    "photo": {**_FILE, "photo_width": WHOLE, "photo_height": WHOLE, "photo_rule": TEXT},
    "look_up": {"connector": TEXT, "ask": KEYS, "fills": TEXT_MAP, "button": TEXT, "button_en": TEXT, "auto": FLAG},
    "person": {"role": TEXT, "scope": CEL, "party": TEXT},
    "people": {"role": TEXT, "scope": CEL, "min": WHOLE, "max": WHOLE, "party": TEXT},
    "organisation": {"kind": TEXT, "party": TEXT, "among": CEL, **_NOTHING},
    "entry": {"register": TEXT, "filter": CEL, "prefer": CEL, **_NOTHING},
    "cases": {"process": TEXT, "waiting_for": TEXT, "scope": CEL, "group": CEL, "among": CEL, "min": WHOLE, "max": WHOLE},
    "read_only": {"value": CEL, "link": CEL},
    "note": {"text": TEXT, "text_en": TEXT},
    "ballot": {"options": OPTIONS, "box": CEL},
    "turnout": {"cases": CEL},
}
NEEDED = {
    "table": ("columns",), "cascade": ("code_table",), "look_up": ("connector", "fills"), "read_only": ("value",),
    "note": ("text",), "ballot": ("options", "box"), "turnout": ("cases",), "cases": ("process",), "entry": ("register",),
}
SECTION = {"key": TEXT, "title": TEXT, "title_en": TEXT, "hint": TEXT, "hint_en": TEXT, "shown_when": CEL, "layout": TEXT, "fields": COLUMNS}
FORM = {"title": TEXT, "title_en": TEXT, "hint": TEXT, "hint_en": TEXT, "readers": TEXTS, "sections": COLUMNS}

# Names that would read like something else in an expression (faults T2, H-04).
RESERVED = frozenset(VOCABULARY) | frozenset(FUNCTIONS) | frozenset(
    "true false null in as break const continue else for function if import let loop package namespace return var void"
    " while len eval exec globals locals".split())

_NAME = "^[A-Za-z][A-Za-z0-9_]*$"
_CEL = {"type": ["string", "number", "boolean"], "description": "CEL"}
_WHOLE = {"type": "integer", "minimum": 0}
_SHAPES = {
    TEXT: {"type": "string"}, CEL: _CEL, FLAG: {"type": "boolean"}, WHOLE: _WHOLE, NUMBER: {"type": "number"},
    TEXTS: {"type": "array", "items": {"type": "string"}},
    KEYS: {"type": "array", "items": {"type": "string", "pattern": _NAME}},
    TEXT_MAP: {"type": "object", "additionalProperties": {"type": "string"}},
    RULES: {"type": "array", "items": {"$ref": "#/$defs/rule"}},
    OPTIONS: {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/option"}},
    COLUMNS: {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/field"}},
    KINDS: {"$ref": "#/$defs/kinds"},
}


def json_schema() -> dict:
    """The JSON Schema of a form file, which `form-language.schema.json` holds for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pingshen form",
        **_object(FORM, ("title", "sections")),
        "$defs": {
            "section": _object(SECTION, ("key", "title", "fields")),
            "field": {"oneOf": [_field(name) for name in TYPES]},
            "rule": _object({"rule": CEL, "message": TEXT, "message_en": TEXT}, ("rule", "message")),
            "option": _object({"value": TEXT, "label": TEXT, "label_en": TEXT}, ("value", "label")),
            "kinds": _kinds(),
        },
    }


def _object(attributes: dict[str, str], needed: tuple[str, ...]) -> dict:
    properties = {name: _attribute(name, kind) for name, kind in attributes.items()}
    if "sections" in properties:
        properties["sections"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/section"}}
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def _attribute(name: str, kind: str) -> dict:
    if name in WORDS:
        return {"enum": list(WORDS[name])}
    if name == "key":
        return {"type": "string", "pattern": _NAME}
    if name == "accept":
        return {"type": "array", "items": {"enum": list(ENDINGS)}}
    return _SHAPES[kind]


def _field(name: str) -> dict:
    shape = _object({**COMMON, **TYPES[name]}, ("key", "type", *NEEDED.get(name, ())))
    shape["properties"]["type"] = {"const": name}
    return shape


def _kinds() -> dict:
    shape = _object({"field": TEXT, "options": OPTIONS}, ("field", "options"))
    shape["properties"]["columns"] = {"type": "object", "additionalProperties": _SHAPES[COLUMNS]}
    return shape
